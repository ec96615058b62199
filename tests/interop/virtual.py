# SPDX-License-Identifier: Apache-2.0
"""The same sources through kerchunk and VirtualiZarr give the same data, and
VirtualiZarr reads our stores."""

import glob
import os
import re

import kerchunk.combine
import kerchunk.hdf
import kerchunk.netCDF3
import numpy as np
import xarray as xr
from obstore.store import LocalStore
from obspec_utils.registry import ObjectStoreRegistry
from virtualizarr import open_virtual_dataset
from virtualizarr.parsers import HDFParser, NetCDF3Parser, ZarrParser


def equal(want, store, **options):
    with xr.open_zarr(store, chunks=None, **options) as got:
        for name in want.variables:
            assert got[name].dims == want[name].dims, name
            np.testing.assert_array_equal(got[name].values, want[name].values,
                                          err_msg=name)


def by_kerchunk(files, store):
    if "nc3" in files[0]:
        refs = [kerchunk.netCDF3.NetCDF3ToZarr(f).translate() for f in files]
    else:
        refs = [kerchunk.hdf.SingleHdf5ToZarr(f).translate() for f in files]
    whole = kerchunk.combine.MultiZarrToZarr(
        refs, concat_dims=["time"], identical_dims=["lat", "lon"]).translate()
    with xr.open_dataset(whole, engine="kerchunk", chunks=None) as ds:
        equal(ds, store)


def registry():
    return ObjectStoreRegistry({"file://": LocalStore()})


def by_virtualizarr(files, store):
    parser = NetCDF3Parser() if "nc3" in files[0] else HDFParser()
    parts = [open_virtual_dataset(
        "file://" + f, registry=registry(), parser=parser,
        loadable_variables=["time", "lat", "lon"]) for f in files]
    whole = xr.concat(parts, dim="time", coords="minimal", compat="override",
                      combine_attrs="override")
    refs = whole.vz.to_kerchunk(format="dict")
    # Raw, since it makes every NetCDF-3 fill a _FillValue of 0.
    raw = {"mask_and_scale": False, "decode_times": False}
    with xr.open_dataset(refs, engine="kerchunk", chunks=None, **raw) as ds:
        equal(ds, store, **raw)


def of_store(store):
    """Our store as a virtual data set: its chunks are where we say."""
    ds = open_virtual_dataset(
        "file://" + store, registry=registry(), parser=ZarrParser(),
        loadable_variables=["time", "lat", "lon"])
    assert set(ds.variables) == {"time", "lat", "lon", "foo", "bar"}
    manifest = ds["foo"].data.manifest
    for i, row in manifest.dict().items():
        path = re.sub("^file:/*", "/", row["path"])
        assert os.path.getsize(path) == row["length"], (i, row)
        assert path.startswith(store), path


def run(tap, baked, folder):
    for pattern in "nc4-D", "nc3-D", "nc4-2D":
        case = next((c for c in baked if c.zarr_format == 3 and
                     c.name == f"ancestor {pattern}, chunks time 2"), None)
        if case is None:
            continue
        files = sorted(glob.glob(os.path.join(folder, pattern, "*.nc")))
        tap.check(f"virtual {pattern}: kerchunk", by_kerchunk, files,
                  case.store)
        tap.check(f"virtual {pattern}: virtualizarr", by_virtualizarr, files,
                  case.store)
        tap.check(f"virtual {pattern}: virtualizarr of the store", of_store,
                  case.store)
