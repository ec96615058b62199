#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Cut the COADS climatology into one NetCDF-4 file a month.

    split.py coads_climatology.cdf FOLDER

Was run once to make the files beside it; needs the Python package netCDF4.
Values, names and attributes are the source's. What is changed: each file holds
one step of TIME, variables are shuffled and deflated in one chunk a step, and
TIME says its calendar, without which "0000-01-01" is no date to most readers.
"""

import os
import sys

import netCDF4


def month(source, i, path):
    """Step i of the source as a file of its own."""
    with netCDF4.Dataset(path, "w", format="NETCDF4") as out:
        out.setncatts({a: source.getncattr(a) for a in source.ncattrs()})
        for name, dim in source.dimensions.items():
            out.createDimension(name, None if dim.isunlimited() else len(dim))
        for name, v in source.variables.items():
            v.set_auto_maskandscale(False)
            moves = v.dimensions[:1] == ("TIME",)
            data = v[i:i + 1] if moves else v[:]
            attrs = {a: v.getncattr(a) for a in v.ncattrs()}
            options = {"chunksizes": (1,) if name == "TIME" else None}
            if data.ndim > 1:
                options = {"zlib": True, "shuffle": True, "complevel": 9,
                           "chunksizes": data.shape}
            new = out.createVariable(
                name, v.dtype.str.lstrip("<>|"), v.dimensions,
                fill_value=attrs.pop("_FillValue", None), **options)
            new.set_auto_maskandscale(False)
            new.setncatts(attrs)
            if name == "TIME":
                new.calendar = "proleptic_gregorian"
            new[:] = data


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: split.py coads_climatology.cdf FOLDER")
    with netCDF4.Dataset(sys.argv[1]) as source:
        for i in range(len(source.dimensions["TIME"])):
            month(source, i, os.path.join(sys.argv[2], f"coads-{i + 1:02d}.nc"))


if __name__ == "__main__":
    main()
