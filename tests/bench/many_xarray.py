#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Many small files by xarray, dask and zarr-python 3, as its users write it.

    many_xarray.py serial | processes STORE FILE...

serial opens one file after the other and writes with dask's threads; processes
opens them with dask, too (parallel=True). With threads that ends in a segmentation
fault now and then: netCDF4 is not made for it.
"""

import sys

import dask
import xarray as xr
import zarr

STEP, WORKERS = 50, 2


def main():
    how, target, files = sys.argv[1], sys.argv[2], sys.argv[3:]
    codec = zarr.codecs.BloscCodec(
        cname="lz4", clevel=5, shuffle="shuffle", typesize=4)
    scheduler = "processes" if how == "processes" else "threads"
    with dask.config.set(scheduler=scheduler, num_workers=WORKERS):
        ds = xr.open_mfdataset(
            files, combine="nested", concat_dim="time", engine="netcdf4",
            data_vars="minimal", coords="minimal", compat="override",
            join="override", decode_times=False, mask_and_scale=False,
            chunks={}, parallel=how != "serial")
        for v in ds.variables.values():
            v.encoding = {}
        shape = (STEP, ds.sizes["lat"], ds.sizes["lon"])
        ds.chunk({"time": STEP}).to_zarr(
            target, mode="w", zarr_format=3, consolidated=True,
            encoding={"sst": {"chunks": shape, "compressors": [codec]},
                      "time": {"chunks": (ds.sizes["time"],)}})


if __name__ == "__main__":
    main()
