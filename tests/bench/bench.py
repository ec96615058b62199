#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""pgf bake against xarray + dask: the same files, chunks and codec.

Both start cold: a new process, an empty target, no work folder. The input is in
the page cache for both, and the disk has nothing left to write when a run
begins; pgf's time includes the fsync of all it writes. Runs alternate, so that a
slow minute of the machine hits both. CPU is the user and system time of all
child processes. Prints a table of minimum and median, then compares the stores.
"""

import argparse
import atexit
import functools
import glob
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import xarray as xr
import zarr

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ["BUILD"]
FOLDER = os.path.join(BUILD, "bench")
BIN = os.path.join(os.environ.get("PGF_BUILD", BUILD), "bin")

RECIPE = """\
name: bench
pattern:
  glob: "{files}/*.nc"
  format: netcdf4
  dims: [{{concat: time}}]
target:
  zarr_format: 3
  chunks: {{time: 20}}
  codecs: [{{name: blosc, configuration: {{cname: lz4, clevel: 5, shuffle: shuffle}}}}]
"""


def commands(files):
    """name -> argument list that makes the store name.zarr from nothing."""
    recipe = os.path.join(FOLDER, "recipe.yaml")
    with open(recipe, "w", encoding="utf-8") as f:
        f.write(RECIPE.format(files=os.path.join(FOLDER, "files")))
    out = {"pgf": [os.path.join(BIN, "pgf"), "bake", recipe, "--store",
                   store("pgf"), "--work", os.path.join(FOLDER, "work"),
                   "-j2", "-q"]}
    for how in "threads", "processes", "regions":
        out["xarray, " + how] = [
            sys.executable, os.path.join(HERE, "bake_xarray.py"), how,
            store("xarray, " + how), *files]
    return out


def store(name):
    return os.path.join(FOLDER, name.replace(", ", "-") + ".zarr")


@functools.cache
def aside():
    """A folder for what is in the way, removed when all is done: a file system
    without a journal steps around what was freed a moment ago, file by file."""
    path = tempfile.mkdtemp(dir=FOLDER)
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


def clear(path):
    if os.path.lexists(path):
        os.rename(path, os.path.join(tempfile.mkdtemp(dir=aside()), "old"))


def warm(megabytes=512):
    """Let the kernel have free memory at hand that was in use before: a virtual
    machine may have to ask its host for any other."""
    path = os.path.join(aside(), "memory")
    with open(path, "wb") as f:
        for _ in range(megabytes):
            f.write(bytes(1 << 20))
    os.remove(path)


def once(name, command):
    """Wall and CPU seconds of one run from nothing."""
    clear(store(name))
    clear(os.path.join(FOLDER, "work"))
    warm()
    os.sync()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.monotonic()
    done = subprocess.run(command, stdin=subprocess.DEVNULL)
    wall = time.monotonic() - begin
    if done.returncode:
        sys.exit(f"bench: {name} ended with code {done.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, (after.ru_utime + after.ru_stime -
                  before.ru_utime - before.ru_stime)


def equal(a, b):
    """The two stores hold the same values in the same chunks."""
    with xr.open_zarr(a, chunks=None, decode_cf=False) as x, \
            xr.open_zarr(b, chunks=None, decode_cf=False) as y:
        if set(x.variables) != set(y.variables):
            sys.exit(f"variables differ: {set(x) ^ set(y)}")
        for name in x.variables:
            if not np.array_equal(x[name].values, y[name].values):
                sys.exit(f"{name} differs")
            if name in x.data_vars and \
                    x[name].encoding["chunks"] != y[name].encoding["chunks"]:
                sys.exit(f"chunks of {name} differ")


def size(folder):
    return sum(os.path.getsize(os.path.join(top, n))
               for top, _, names in os.walk(folder) for n in names)


def table(runs):
    """Rows of minimum and median, and how they compare with pgf."""
    lines = ["| bake | wall min | wall median | CPU min | CPU median | stored |",
             "|---|---|---|---|---|---|"]
    for name, rows in runs.items():
        walls, cpus = zip(*rows)
        lines.append(
            f"| {name} | {min(walls):.2f} s | {statistics.median(walls):.2f} s "
            f"| {min(cpus):.2f} s | {statistics.median(cpus):.2f} s "
            f"| {size(store(name)) / 1e6:.0f} MB |")
    if "pgf" in runs and len(runs) > 1:
        lines.append(ratio(runs))
    return "\n".join(lines)


def ratio(runs):
    """The best of the others over pgf."""
    def best(statistic, i):
        return min(statistic([r[i] for r in rows])
                   for name, rows in runs.items() if name != "pgf")

    def of_pgf(statistic, i):
        return statistic([r[i] for r in runs["pgf"]])

    cells = [f"{best(s, i) / of_pgf(s, i):.1f} x" for i in (0, 1)
             for s in (min, statistics.median)]
    return "| **fastest xarray / pgf** | " + " | ".join(cells) + " | |"


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        cpu = next((line.split(":")[1].strip() for line in f
                    if line.startswith("model name")), platform.machine())
    return (f"{os.cpu_count()} x {cpu}; Python {platform.python_version()}, "
            f"xarray {xr.__version__}, zarr {zarr.__version__}")


def record(name, text):
    """Put text between the marks of that name in README.md."""
    path = os.path.join(HERE, "README.md")
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    with open(path, encoding="utf-8") as f:
        head, rest = f.read().split(begin)
    with open(path, "w", encoding="utf-8") as f:
        f.write(head + begin + "\n" + text + "\n" + end + rest.split(end)[1])


def main():
    parser = argparse.ArgumentParser(prog="tests/bench/run")
    parser.add_argument("--record", action="store_true",
                        help="write the figures into tests/bench/README.md")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", action="append",
                        help="run only the bakes of this name")
    options = parser.parse_args()
    files = sorted(glob.glob(os.path.join(FOLDER, "files", "*.nc")))
    todo = {n: c for n, c in commands(files).items()
            if not options.only or n in options.only}
    for path in files:
        with open(path, "rb") as f:     # both find the input in memory
            f.read()
    runs = {name: [] for name in todo}
    for i in range(options.runs):
        for name, command in todo.items():
            runs[name].append(once(name, command))
            print(f"run {i + 1}, {name}: {runs[name][-1][0]:.2f} s",
                  file=sys.stderr)
    names = list(todo)
    for name in names[1:]:
        equal(store(names[0]), store(name))
    text = (f"{len(files)} files, {size(os.path.join(FOLDER, 'files')) / 1e6:.0f}"
            f" MB; {options.runs} runs each, alternating; {machine()}\n\n"
            + table(runs))
    print(text)
    if options.record:
        record("figures", text)


if __name__ == "__main__":
    main()
