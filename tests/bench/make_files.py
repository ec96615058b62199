#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A hundred days of a quarter-degree analysis: the input of the benchmark.

    make_files.py FOLDER [DAYS]
    make_files.py --year FOLDER [DAYS]
    make_files.py --small FOLDER [FILES]
    make_files.py --plain FOLDER [FILES]

Each file holds one day of four int16 variables of 720 x 1440, packed, shuffled
and deflated at level 4 in chunks of a whole map, as daily analyses are. Fields
are smooth waves that drift from day to day, with noise in the last digits and
land masked out, so that they compress as real ones do (about 2.5 to 1).
The files of a year hold the first of these variables only.
Small files hold one field of 50 x 100 floats, its coordinates and attributes; plain
ones are the same of 120 x 240, about 100 KB.
"""

import os
import sys
from concurrent.futures import ProcessPoolExecutor

import netCDF4
import numpy as np

NY, NX = 720, 1440
FILL = -999
VARIABLES = {               # units, scale_factor, amplitude, noise (in counts)
    "sst": ("Celsius", 0.01, 1500, 6),
    "anom": ("Celsius", 0.01, 300, 6),
    "err": ("Celsius", 0.01, 40, 2),
    "ice": ("1", 0.01, 100, 1),
}


def field(day, k, amplitude, noise):
    """A drifting sum of waves, in counts."""
    rng = np.random.default_rng(1000 * k + day)
    y = np.linspace(-np.pi / 2, np.pi / 2, NY)[:, None]
    x = np.linspace(0, 2 * np.pi, NX)[None, :]
    a = np.cos(y) ** 2 + 0 * x
    for m in range(1, 9):
        a = a + np.sin(m * x + 0.02 * day * m + k) * np.cos(
            (m + 1) * y + 0.01 * day) / (m + 1)
    a = amplitude * a + noise * rng.standard_normal((NY, NX))
    return np.clip(np.rint(a), -32000, 32000).astype("i2")


def land():
    """A fixed third of the map."""
    y = np.linspace(-3, 3, NY)[:, None]
    x = np.linspace(0, 12, NX)[None, :]
    return np.sin(x) * np.cos(1.3 * y) + 0.3 * np.sin(3 * x + 2 * y) > 0.35


def write(folder, day, variables=tuple(VARIABLES)):
    path = os.path.join(folder, f"day-{day:03d}.nc")
    with netCDF4.Dataset(path + ".tmp", "w", format="NETCDF4") as f:
        f.Conventions = "CF-1.6"
        f.createDimension("time", 1)
        f.createDimension("lat", NY)
        f.createDimension("lon", NX)
        v = f.createVariable("time", "f4", ("time",))
        v.units = "days since 1981-01-01 12:00:00"
        v[:] = day
        v = f.createVariable("lat", "f4", ("lat",))
        v.units = "degrees_north"
        v[:] = np.linspace(-89.875, 89.875, NY)
        v = f.createVariable("lon", "f4", ("lon",))
        v.units = "degrees_east"
        v[:] = np.linspace(0.125, 359.875, NX)
        for k, name in enumerate(variables):
            units, scale, amp, noise = VARIABLES[name]
            v = f.createVariable(
                name, "i2", ("time", "lat", "lon"), zlib=True, complevel=4,
                shuffle=True, chunksizes=(1, NY, NX), fill_value=FILL)
            v.set_auto_maskandscale(False)
            v.units = units
            v.scale_factor = scale
            v.add_offset = 0.0
            a = field(day, k, amp, noise)
            a[land()] = FILL
            v[0] = a
    os.rename(path + ".tmp", path)


def write_small(folder, day, ny=50, nx=100):
    """One step of a small field, as a file of about 30 KB."""
    path = os.path.join(folder, f"step-{day:05d}.nc")
    axes = {"time": [day], "lat": np.arange(ny), "lon": np.arange(nx)}
    units = {"time": "days since 2000-01-01", "lat": "degrees_north",
             "lon": "degrees_east"}
    with netCDF4.Dataset(path, "w", format="NETCDF4") as f:
        f.setncatts({"Conventions": "CF-1.8", "title": "small files",
                     "institution": "none", "source": "made up"})
        for name, values in axes.items():
            f.createDimension(name, None if name == "time" else len(values))
            v = f.createVariable(name, "f8", (name,))
            v.setncatts({"units": units[name], "standard_name": name})
            v[:] = values
        v = f.createVariable("sst", "f4", ("time", "lat", "lon"), zlib=True,
                             shuffle=True, chunksizes=(1, ny, nx),
                             fill_value=FILL)
        v.setncatts({"units": "Celsius", "long_name": "temperature",
                     "valid_min": np.float32(-2), "cell_methods": "time: mean"})
        v[0] = np.random.default_rng(day).normal(10, 5, (ny, nx))


def write_year(folder, day):
    write(folder, day, ("sst",))


def write_plain(folder, day):
    write_small(folder, day, 120, 240)


KINDS = {"--year": (write_year, 365), "--small": (write_small, 5000), "--plain": (write_plain, 10000)}


def main():
    make, files, args = write, 100, sys.argv[1:]
    if args and args[0] in KINDS:
        make, files = KINDS[args.pop(0)]
    if len(args) not in (1, 2):
        sys.exit("usage: make_files.py [--year | --small | --plain] FOLDER [FILES]")
    files = int(args[1]) if len(args) == 2 else files
    os.makedirs(args[0], exist_ok=True)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(make, [args[0]] * files, range(files), chunksize=20))


if __name__ == "__main__":
    main()
