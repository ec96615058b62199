#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A year of daily maps as time series: pgf bake against rechunker.

365 files of one int16 map of 720 x 1440 each, to chunks of 365 x 90 x 90, blosc
lz4-5 with shuffle, Zarr v2, which is what rechunker writes. Memory is 1 GB: of a
task of pgf, which is one region then and has two jobs to itself, and of a worker
of rechunker, which has two threads; pgf also with one job, and with 500 MB, which
makes two tasks of it, and decodes each source chunk twice. As in bench.py, input is in the page
cache, targets are empty, runs alternate, and pgf's time includes the fsync. The
peak is the resident memory of the largest process, as the kernel says.
"""

import argparse
import glob
import json
import os
import shutil
import statistics
import subprocess
import sys
import time

from bench import BIN, BUILD, FOLDER, HERE, equal, machine, record, store

WAYS = "files", "blocks", "whole"
PGF = {"1GB": ("1GB", 2), "1GB, -j1": ("1GB", 1), "500MB": ("500MB", 2)}
PYTHON = os.path.join(BUILD, "venv-rechunker", "bin", "python")
WORK = os.path.join(FOLDER, "work")
TEMPORARY = os.path.join(FOLDER, "temporary.zarr")

RECIPE = """\
name: rechunk
pattern:
  glob: "{files}/*.nc"
  format: netcdf4
  dims: [{{concat: time}}]
target:
  zarr_format: 2
  chunks: {{time: 365, lat: 90, lon: 90}}
  codecs: [{{name: blosc, configuration: {{cname: lz4, clevel: 5, shuffle: shuffle}}}}]
run: {{memory: {memory}}}
"""


def pgf(name, memory, jobs):
    recipe = os.path.join(FOLDER, f"rechunk-{memory}.yaml")
    with open(recipe, "w", encoding="utf-8") as f:
        f.write(RECIPE.format(files=os.path.join(FOLDER, "year"),
                              memory=memory))
    return [os.path.join(BIN, "pgf"), "bake", recipe, "--store",
            store(name), "--work", WORK, f"-j{jobs}", "-q"]


def rechunker(how, files):
    return [PYTHON, os.path.join(HERE, "rechunk_rechunker.py"), how,
            store("rechunker, " + how), TEMPORARY, *files]


def decoded():
    """How often the last bake of pgf read its sources."""
    with open(os.path.join(WORK, "rechunk", "seal.json"), encoding="utf-8") as f:
        read = json.load(f)["work"]["bytes_in"]
    inputs = glob.glob(os.path.join(FOLDER, "year", "*.nc"))
    return read / sum(os.path.getsize(name) for name in inputs)


def once(name, command):
    """Wall and CPU seconds and peak MB of one run from nothing."""
    for folder in store(name), WORK, TEMPORARY:
        shutil.rmtree(folder, ignore_errors=True)
    os.sync()
    begin = time.monotonic()
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    wall = time.monotonic() - begin
    if status:
        sys.exit(f"rechunk: {name} ended with status {status}")
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1e3 * 1.024


def table(found, passes):
    rows = ["| 365 x (1, 720, 1440) to (365, 90, 90) | wall min | wall median "
            "| CPU median | peak | sources read |", "|---|---|---|---|---|---|"]
    for name, runs in found.items():
        wall, cpu, peak = zip(*runs)
        times = f"{passes[name]:.1f} x" if name in passes else ""
        rows.append(f"| {name} | {min(wall):.2f} s | "
                    f"{statistics.median(wall):.2f} s | "
                    f"{statistics.median(cpu):.2f} s | {max(peak):.0f} MB | "
                    f"{times} |")
    best = [min(statistic(r[i] for r in runs) for name, runs in found.items()
                if name not in passes) /
            statistic(r[i] for r in found["pgf, " + next(iter(PGF))])
            for statistic, i in ((min, 0), (statistics.median, 0),
                                 (statistics.median, 1))]
    rows.append("| **fastest rechunker / pgf with 1 GB** | " +
                " | ".join(f"{b:.1f} x" for b in best) + " | | |")
    return "\n".join(rows)


def versions():
    return subprocess.run(
        [PYTHON, "-c", "import rechunker, xarray, dask, zarr; print('rechunker "
         "%s, xarray %s, dask %s, zarr %s' % (rechunker.__version__, "
         "xarray.__version__, dask.__version__, zarr.__version__))"],
        capture_output=True, text=True, check=True).stdout.strip()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--runs", type=int, default=3)
    options, _ = parser.parse_known_args()
    files = sorted(glob.glob(os.path.join(FOLDER, "year", "*.nc")))
    for path in files:
        with open(path, "rb") as f:
            f.read()
    todo = {"pgf, " + name: pgf("pgf, " + name, *how) for name, how in PGF.items()}
    todo |= {"rechunker, " + how: rechunker(how, files) for how in WAYS}
    found, passes = {name: [] for name in todo}, {}
    for i in range(options.runs):
        for name, command in todo.items():
            found[name].append(once(name, command))
            if name.startswith("pgf"):
                passes[name] = decoded()
            print(f"run {i + 1}, {name}: {found[name][-1][0]:.2f} s",
                  file=sys.stderr)
    first, *others = todo
    for name in others:
        equal(store(first), store(name))
    text = "\n\n".join([f"{options.runs} runs each, alternating; {machine()}; "
                        f"of rechunker: {versions()}", table(found, passes)])
    print(text)
    if options.record:
        record("rechunk", text)


if __name__ == "__main__":
    main()
