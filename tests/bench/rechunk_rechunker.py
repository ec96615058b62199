#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The same rechunk by rechunker, xarray, dask and zarr-python 2.

    rechunk_rechunker.py HOW STORE TEMPORARY FILE...

HOW is one of
    files    chunks of the source are those of the files: one map each; what
             does not fit goes through a temporary store
    blocks   dask reads as many maps at once as make an eighth of the memory
    whole    dask reads all maps at once: no temporary store is needed
Memory is 1 GB, by two threads of dask. Values stay packed. The benchmark takes
whichever is fastest.
"""

import sys

import dask
import numcodecs
import rechunker
import xarray as xr

MAPS = {"files": 1, "blocks": 60, "whole": -1}
CHUNKS = {"time": 365, "lat": 90, "lon": 90}


def main():
    how, store, temporary, files = (sys.argv[1], sys.argv[2], sys.argv[3],
                                    sys.argv[4:])
    codec = numcodecs.Blosc("lz4", 5, numcodecs.Blosc.SHUFFLE)
    with dask.config.set(scheduler="threads", num_workers=2):
        ds = xr.open_mfdataset(
            files, combine="nested", concat_dim="time", engine="netcdf4",
            data_vars="minimal", coords="minimal", compat="override",
            join="override", decode_times=False, mask_and_scale=False,
            chunks={}).chunk({"time": MAPS[how]})
        for v in ds.variables.values():
            v.encoding = {}
        plan = rechunker.rechunk(
            ds, {d: n for d, n in CHUNKS.items() if d in ds.sizes}, "1GB",
            store, temp_store=temporary,
            target_options={v: {"compressor": codec} for v in ds.data_vars})
        plan.execute()


if __name__ == "__main__":
    main()
