# SPDX-License-Identifier: Apache-2.0
"""Runs under zarr-python 2: the stores named on stdin, one a line, as xarray
sees them, raw and decoded; a pickle of {store: result} on stdout.

A store that cannot be read is the text of its error. All in plain NumPy, as
the reader of the pickle has other versions of everything else.
"""

import pickle
import sys
import traceback
import warnings

import numpy as np
import xarray as xr
import zarr

assert zarr.__version__.startswith("2."), zarr.__version__


def plain(a):
    a = np.asarray(a)
    return a.astype(object) if a.dtype.kind == "T" else a


def read(store):
    warnings.simplefilter("error")  # such as "failed to open consolidated"
    raw = xr.open_zarr(store, decode_cf=False, consolidated=True).load()
    warnings.simplefilter("default")
    cf = xr.open_zarr(store, consolidated=True).load()
    group = zarr.open_group(store, mode="r")
    return {
        "attrs": raw.attrs,
        "raw": {n: (v.dims, plain(v.values), v.attrs)
                for n, v in raw.variables.items()},
        "decoded": {n: (v.dims, plain(v.values), dict(v.attrs))
                    for n, v in cf.variables.items()},
        "coords": sorted(map(str, cf.coords)),
        "arrays": {n: {"chunks": a.chunks, "fill_value": a.fill_value,
                       "compressor": a.compressor and a.compressor.get_config(),
                       "dtype": a.dtype.str}
                   for n, a in group.arrays()},
    }


def main():
    results = {}
    for store in sys.stdin.read().split("\n"):
        if store:
            try:
                results[store] = read(store)
            except Exception:
                results[store] = traceback.format_exc()
    pickle.dump(results, sys.stdout.buffer)


main()
