# SPDX-License-Identifier: Apache-2.0
"""Files that stay on their server give the store that copies of them give, which
holds what was written; and of a variable among many, few bytes are asked for."""

import contextlib
import hashlib
import json
import os
import subprocess
import sys

import h5py
import netCDF4
import numpy as np
import xarray as xr
import yaml

SERVER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fault",
                      "parts.py")
STEPS, ROWS, COLUMNS = 8, 200, 120
NAMES = ["v", *(f"other{i}" for i in range(6))]


def values(n, name):
    """Of file n: noise, so that nothing gets small."""
    seed = np.random.default_rng([n, NAMES.index(name)])
    return seed.integers(-9999, 9999, (STEPS, ROWS, COLUMNS), dtype="i4")


def write_netcdf(path, n, **form):
    with netCDF4.Dataset(path, "w", **form) as f:
        f.createDimension("time", None)
        f.createDimension("y", ROWS)
        f.createDimension("x", COLUMNS)
        f.createVariable("time", "f8", ("time",))[:] = time_of(n)
        more = {} if form["format"] != "NETCDF4" else {
            "chunksizes": (1, 64, 64), "zlib": True, "complevel": 1}
        for name in NAMES:
            v = f.createVariable(name, "i4", ("time", "y", "x"), **more)
            v[:] = values(n, name)


def write_hdf5(path, n, libver):
    """By hand, since netcdf-c writes one form only: chunks in each index there is."""
    most = {"v": (None, ROWS, COLUMNS), "other0": (None, None, COLUMNS),
            "other1": (STEPS, ROWS, COLUMNS)}
    with h5py.File(path, "w", libver=libver) as f:
        scales = {"time": time_of(n), "y": np.arange(ROWS, dtype="f4"),
                  "x": np.arange(COLUMNS, dtype="f4")}
        for name, data in scales.items():
            f.create_dataset(name, data=data).make_scale(name)
        for name in NAMES:
            v = f.create_dataset(
                name, data=values(n, name), chunks=(1, 64, 64), shuffle=True,
                maxshape=most.get(name, most["v"]), compression="gzip")
            for i, dim in enumerate(scales):
                v.dims[i].attach_scale(f[dim])


def time_of(n):
    return np.arange(n * STEPS, (n + 1) * STEPS, dtype="f8")


FORMS = {
    "NetCDF-3 classic": (write_netcdf, {"format": "NETCDF3_CLASSIC"}),
    "NetCDF-3 64-bit": (write_netcdf, {"format": "NETCDF3_64BIT_OFFSET"}),
    "CDF-5": (write_netcdf, {"format": "NETCDF3_64BIT_DATA"}),
    "NetCDF-4": (write_netcdf, {"format": "NETCDF4"}),
    "HDF5 earliest": (write_hdf5, {"libver": "earliest"}),
    "HDF5 1.10": (write_hdf5, {"libver": ("v110", "v110")}),
}


@contextlib.contextmanager
def serving(folder, name="src"):
    """The files in a folder at a URL; the log of what is asked."""
    log = os.path.join(folder, "log")
    with open(log, "w"):
        pass
    with subprocess.Popen(
            [sys.executable, "-u", SERVER, os.path.join(folder, name), log],
            stdout=subprocess.PIPE, text=True) as server:
        try:
            yield server.stdout.readline().strip(), log
        finally:
            server.kill()


def bake(folder, url, cache):
    store = os.path.join(folder, f"{cache}.zarr")
    path = os.path.join(folder, f"{cache}.yaml")
    with open(path, "w", encoding="utf-8") as f:
        yaml.safe_dump({
            "name": "remote",
            "pattern": {"url": url + "/good/{time}.nc", "dims": [
                {"concat": "time", "range": {"start": 0, "stop": 1}}]},
            "fetch": {"cache": cache},
            "target": {"store": store, "chunks": {"time": 5, "y": 100}}}, f)
    work = os.path.join(folder, f"work-{cache}")
    run(["pgf", "bake", path, "--work", work])
    return store, os.path.join(work, "remote")


def run(argv, **how):
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=120, **how)
    assert done.returncode == 0, f"code {done.returncode}; {done.stderr}"


def digests(store):
    """Of all chunks."""
    found = {}
    for top, _, names in os.walk(store):
        for name in names:
            path = os.path.join(top, name)
            with open(path, "rb") as f:
                found[os.path.relpath(path, store)] = \
                    hashlib.sha256(f.read()).hexdigest()
    return {k: v for k, v in found.items() if not k.endswith(".json")}


def asked(log):
    with open(log, encoding="utf-8") as f:
        return sum(int(line.split()[2]) for line in f)


def write_one(folder, work, log):
    """The regions of one variable: bytes that were asked for."""
    regions = os.path.join(folder, "regions")
    with open(regions, "w", encoding="utf-8") as out:
        for batch in sorted(os.listdir(os.path.join(work, "r"))):
            with open(os.path.join(work, "r", batch), encoding="utf-8") as f:
                out.writelines(line for line in f
                               if json.loads(line)["key"]["vars"] == ["v"])
    before = asked(log)
    run(["pgf-write", "-r", os.path.join(work, "conf.ranges"), "-o",
         os.path.join(folder, "receipts"), os.path.join(folder, "one.zarr"),
         regions])
    return asked(log) - before


def one_form(folder, write, form):
    source = os.path.join(folder, "src")
    os.makedirs(source)
    for n in range(2):
        write(os.path.join(source, f"{n}.nc"), n, **form)
    whole = sum(f.stat().st_size for f in os.scandir(source))
    with serving(folder) as (url, log):
        kept, _ = bake(folder, url, True)
        remote, work = bake(folder, url, False)
        bytes_of_one = write_one(folder, work, log)
    assert digests(kept) == digests(remote)
    assert len(digests(remote)) > 5 * len(NAMES)
    with xr.open_zarr(remote, chunks=None, decode_times=False) as got:
        np.testing.assert_array_equal(got["time"], np.arange(2 * STEPS))
        for name in NAMES:
            np.testing.assert_array_equal(
                got[name], np.concatenate([values(n, name) for n in range(2)]))
    assert bytes_of_one < whole / (len(NAMES) - 1), \
        f"{bytes_of_one} of {whole} bytes for one of {len(NAMES)} variables"


def check(tap, folder):
    for name, (write, form) in FORMS.items():
        tap.check(f"remote {name}", one_form,
                  os.path.join(folder, name.replace(" ", "-")), write, form)
