#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The same bake by xarray, dask and zarr-python 3, as its users write it.

    bake_xarray.py HOW STORE FILE...

HOW is one of
    threads     open_mfdataset, chunks of 20 days, two threads of dask
    processes   open_mfdataset, chunks of 20 days, two processes of dask
    regions     an empty store by xarray, then two processes that each read and
                write one region of 20 days at a time: no graph, no transfer
Values stay packed (mask_and_scale=False), so that no time goes into turning
int16 to float and back. The benchmark takes whichever is fastest.
"""

import sys
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import xarray as xr
import zarr

STEP = 20
CODEC = {"cname": "lz4", "clevel": 5}
WORKERS = 2


def opened(files, **options):
    return xr.open_mfdataset(
        files, combine="nested", concat_dim="time", engine="netcdf4",
        data_vars="minimal", coords="minimal", compat="override",
        join="override", decode_times=False, mask_and_scale=False, **options)


def encoding(ds):
    codec = zarr.codecs.BloscCodec(**CODEC, shuffle="shuffle", typesize=2)
    whole = (STEP, ds.sizes["lat"], ds.sizes["lon"])
    out = {v: {"chunks": whole, "compressors": [codec]} for v in ds.data_vars}
    out["time"] = {"chunks": (ds.sizes["time"],)}
    return out


def clean(ds):
    """Drop the source's storage options: to_zarr would take them for its own."""
    for v in ds.variables.values():
        v.encoding = {}
    return ds


def by_dask(scheduler, store, files):
    import dask
    with dask.config.set(scheduler=scheduler, num_workers=WORKERS):
        ds = clean(opened(files, chunks={})).chunk({"time": STEP})
        ds.to_zarr(store, mode="w", zarr_format=3, consolidated=True,
                   encoding=encoding(ds))


def region(store, files, start):
    group = zarr.open_group(store, mode="r+")
    parts = [xr.open_dataset(f, decode_times=False, mask_and_scale=False,
                             engine="netcdf4") for f in files]
    for name in parts[0].data_vars:
        values = np.concatenate([p[name].values for p in parts])
        group[name][start:start + len(files)] = values
    for p in parts:
        p.close()


def by_regions(store, files):
    ds = clean(opened(files, chunks={})).chunk({"time": STEP})
    ds.to_zarr(store, mode="w", zarr_format=3, consolidated=True, compute=False,
               encoding=encoding(ds))
    starts = range(0, len(files), STEP)
    with ProcessPoolExecutor(WORKERS) as pool:
        list(pool.map(region, [store] * len(starts),
                      [files[i:i + STEP] for i in starts], starts))


def main():
    how, store, files = sys.argv[1], sys.argv[2], sys.argv[3:]
    if how == "regions":
        by_regions(store, files)
    else:
        by_dask(how, store, files)


if __name__ == "__main__":
    main()
