# SPDX-License-Identifier: Apache-2.0
"""What a store must hold, worked out from the source files without pgf.

Files are read by netcdf-c through netCDF4, nothing masked, scaled or joined,
and laid end to end by NumPy.
"""

from dataclasses import dataclass, field

import netCDF4
import numpy as np
import xarray as xr


@dataclass
class Var:
    """One array as stored: raw values, the file's own attributes.

    Text is an object array of str (kind "text"); char arrays keep their bytes
    and last dimension (kind "char").
    """
    dims: tuple
    data: np.ndarray
    attrs: dict
    kind: str = "number"


@dataclass
class Truth:
    dims: dict
    vars: dict
    attrs: dict = field(default_factory=dict)
    first: dict = field(default_factory=dict)   # lengths in the first file

    def for_format(self, zarr_format):
        """The same as that Zarr format tells it: v3 joins chars to strings."""
        if zarr_format == 2:
            return self
        return Truth(self.dims, {n: joined(v) for n, v in self.vars.items()},
                     self.attrs, self.first)

    def dataset(self):
        """As xarray sees the raw store; numbers only."""
        return xr.Dataset({n: (v.dims, v.data, v.attrs)
                           for n, v in self.vars.items()
                           if v.kind == "number"}, attrs=self.attrs)


def text(b):
    """Bytes of a fixed-length text cell as str: cut at the first NUL."""
    b = b.split(b"\0")[0]
    try:
        return b.decode("utf-8")
    except UnicodeDecodeError:
        return b.decode("iso-8859-1")


def joined(v):
    if v.kind != "char":
        return v
    width = v.data.shape[-1] if v.data.ndim else 1
    rows = np.ascontiguousarray(v.data).reshape(-1, width)
    cells = [text(r.tobytes()) for r in rows]
    shape = v.data.shape[:-1]
    data = np.array(cells, object).reshape(shape)
    return Var(v.dims[:-1], data, v.attrs, "text")


def read_file(path):
    """One NetCDF file as a Truth."""
    with netCDF4.Dataset(path) as f:
        variables = {}
        for name, v in f.variables.items():
            v.set_auto_maskandscale(False)
            v.set_auto_chartostring(False)
            attrs = {a: v.getncattr(a) for a in v.ncattrs()}
            data = np.asarray(v[...])
            if v.dtype is str:
                kind, data = "text", data.astype(object)
            elif v.dtype == "S1":
                kind = "char"
            else:
                # Big and little endian are the file's affair.
                kind, data = "number", data.astype(data.dtype.newbyteorder("="))
            variables[name] = Var(v.dimensions, data, attrs, kind)
        used = {d for v in variables.values() for d in v.dims}
        dims = {d: len(f.dimensions[d]) for d in f.dimensions if d in used}
        attrs = {a: f.getncattr(a) for a in f.ncattrs()}
    return Truth(dims, variables, attrs, dict(dims))


def concat(parts, dim):
    """Files laid end to end along dim; what lacks it comes from the first."""
    first = parts[0]
    if dim is None or len(parts) == 1:
        return first
    variables = {}
    for name, v in first.vars.items():
        data = v.data
        if dim in v.dims:
            data = np.concatenate([p.vars[name].data for p in parts],
                                  axis=v.dims.index(dim))
        variables[name] = Var(v.dims, data, v.attrs, v.kind)
    dims = dict(first.dims)
    dims[dim] = sum(p.dims[dim] for p in parts)
    return Truth(dims, variables, first.attrs, first.first)


def merge(parts):
    """Data sets with different variables side by side."""
    out = Truth({}, {}, parts[0].attrs)
    for p in parts:
        out.dims.update(p.dims)
        out.first.update(p.first)
        for name, v in p.vars.items():
            out.vars.setdefault(name, v)
    return out


def chunk_shape(source, name, concat, asked):
    """The chunk shape of a variable: what is asked for, else the first file's
    length along the concat dimension, else all. A coordinate is one chunk; along
    the concat dimension it has room, 1024 or the next power of two."""
    v = source.vars[name]
    mine = asked.get(name)
    mine = mine if isinstance(mine, dict) else {}
    out = []
    for dim, n in zip(v.dims, v.data.shape):
        coordinate = v.dims == (name,)
        own = mine.get(dim, 0)
        own = own or (0 if coordinate else asked.get(dim, 0))
        if own > 0:
            n = own
        elif own == 0 and dim == concat and coordinate:
            n = n and max(1024, 1 << (n - 1).bit_length())
        elif own == 0 and dim == concat:
            n = n and source.first[dim]
        out.append(n or 1)
    return tuple(out)
