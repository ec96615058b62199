# SPDX-License-Identifier: Apache-2.0
"""Files that other people's HDF5 filters wrote: every value as h5py reads it, and
damaged chunks refused, with their place named and nothing stored."""

import os
import shutil
import subprocess
import sys

import h5py
import numpy as np
import xarray as xr
import yaml

WRITER = os.path.join(os.path.dirname(__file__), "..", "fixtures", "filters.py")

# What no decoder can see the damage of.
UNCHECKED = {"none", "bitshuffle", "bitshuffle_blocks"}


def bake(folder, files, names):
    """Bake files FOLDER/NAME.nc; the process and the store."""
    os.makedirs(folder)
    path, store = (os.path.join(folder, n) for n in ("r.yaml", "s.zarr"))
    recipe = {
        "name": "filters",
        "pattern": {"url": os.path.join(files, "{variable}.nc"), "dims": [
            {"concat": "time", "values": [0]},
            {"merge": "variable", "values": names}]},
        "target": {"chunks": {"time": 4, "lat": 50, "lon": 31}}}
    with open(path, "w", encoding="utf-8") as f:
        yaml.safe_dump(recipe, f, sort_keys=False)
    done = subprocess.run(["pgf", "bake", path, "--store", store, "-j1",
                           "--work", os.path.join(folder, "w")],
                          stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=120)
    return done, store


def same(store, path, name):
    want = np.load(path[:-3] + ".npy")
    got = xr.open_zarr(store, decode_cf=False)[name].values
    assert got.dtype == want.dtype.newbyteorder("="), f"{got.dtype}"
    want = want.astype(got.dtype)
    assert got.tobytes() == want.tobytes(), \
        f"{np.sum(got != want)} values differ"


def none_unknown(folder):
    """No filter is left to the library."""
    for name in os.listdir(os.path.join(folder, "w", "filters", "o")):
        with open(os.path.join(folder, "w", "filters", "o", name), encoding="utf-8") as f:
            assert '"name":"hdf5"' not in f.read()


def damage(path, name):
    """The last chunk becomes something else of the same length."""
    with h5py.File(path) as f:
        d = f[name].id
        info = d.get_chunk_info(d.get_num_chunks() - 1)
    with open(path, "r+b") as f:
        f.seek(info.byte_offset)
        f.write(((b"\xff" * 13 + b"\x5a") * info.size)[:info.size])
    return "/".join(str(o // c) for o, c in zip(info.chunk_offset, (5, 20, 31)))


def refused(folder, path, name):
    files = os.path.join(folder, "files")
    os.makedirs(files)
    copy = shutil.copy(path, files)
    chunk = damage(copy, name)
    done, store = bake(os.path.join(folder, "bake"), files, [name])
    assert done.returncode == 65, f"code {done.returncode}; {done.stderr}"
    for part in (f"variable '{name}'", f"'{copy}'", f"chunk {chunk}"):
        assert part in done.stderr, f"no {part} in {done.stderr}"
    stored = [n for _, _, names in os.walk(store) for n in names]
    assert "zarr.json" not in stored, f"{stored}"


def run(tap, folder):
    files = os.path.join(folder, "files")
    own = {k: v for k, v in os.environ.items() if k != "HDF5_PLUGIN_PATH"}
    subprocess.run([sys.executable, WRITER, files], check=True, env=own)
    paths = {n[:-3]: os.path.join(files, n)
             for n in sorted(os.listdir(files)) if n.endswith(".nc")}
    here = os.path.join(folder, "all")
    done, store = bake(here, files, list(paths))

    def baked():
        assert done.returncode == 0, f"code {done.returncode}; {done.stderr}"
    tap.check("filters: bake", baked)
    tap.check("filters: all known", none_unknown, here)
    for name, path in paths.items():
        tap.check(f"filters: {name}", same, store, path, name)
        if name not in UNCHECKED:
            tap.check(f"filters: {name}, damaged", refused,
                      os.path.join(folder, name), path, name)
