# SPDX-License-Identifier: Apache-2.0
"""Small NetCDF files written as they are described, byte for byte as told.

Nothing is packed, masked or converted on the way: what a description holds are
the raw values of the file.
"""

import os
import random
from dataclasses import dataclass, field

import h5py
import netCDF4
import numpy as np


@dataclass
class Var:
    """One variable of one file: raw values, attributes (_FillValue too), and how
    createVariable is to store it."""
    dims: tuple
    data: np.ndarray
    attrs: dict = field(default_factory=dict)
    storage: dict = field(default_factory=dict)


@dataclass
class File:
    """unlimited: names of the dimensions that may grow."""
    dims: dict
    vars: dict
    attrs: dict = field(default_factory=dict)
    unlimited: tuple = ()
    format: str = "NETCDF4"


def write(path, file):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with netCDF4.Dataset(path, "w", format=file.format) as f:
        f.set_auto_mask(False)
        f.setncatts(file.attrs)
        for name, n in file.dims.items():
            f.createDimension(name, None if name in file.unlimited else n)
        for name, v in file.vars.items():
            if not is_fixed(v):
                write_variable(f, name, v)
    if any(is_fixed(v) for v in file.vars.values()):
        write_fixed(path, file)


def is_fixed(v):
    """Strings of a fixed length, which netCDF reads and cannot write."""
    return v.data.dtype.kind == "S" and v.data.dtype.itemsize > 1


def write_fixed(path, file):
    with h5py.File(path, "r+") as f:
        for name, v in file.vars.items():
            if is_fixed(v):
                d = f.create_dataset(name, data=v.data, track_order=True)
                for i, dim in enumerate(v.dims):
                    d.dims[i].attach_scale(f[dim])
                d.attrs.update(v.attrs)


def write_variable(f, name, v):
    attrs = dict(v.attrs)
    fill = attrs.pop("_FillValue", None)
    kind = str if v.data.dtype == object else v.data.dtype
    n = f.createVariable(name, kind, v.dims, fill_value=fill, **v.storage)
    n.set_auto_maskandscale(False)
    n.set_auto_chartostring(False)
    for key, value in attrs.items():
        n.setncattr(key, value)
    if v.data.size:
        n[...] = v.data


def chars(words, width):
    """Text as netCDF's arrays of char, one more dimension at the end."""
    shape = np.shape(words) + (width,)
    if not width:
        return np.zeros(shape, "S1")
    flat = np.array([w.encode() for w in np.ravel(words)], f"S{width}")
    return flat.view("S1").reshape(shape)


def shuffled(items, seed):
    """The items in another order that depends on nothing but the seed."""
    items = list(items)
    random.Random(seed).shuffle(items)
    return items
