#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Chunks that stay as the files have them: pgf bake with codecs: keep, xarray with
the chunks of the files, and cp -r of the files, which makes no store at all.

xarray is as users write it: two threads or processes of dask, chunks of a day. It has
no way to keep what the files hold, so it encodes its chunks again: with what those of
pgf have, deflate of level 4, which makes the same store, and with lz4-5, which makes a
larger one in the least time. cp leaves what it wrote to the kernel; with a sync of each file it does what pgf
has done when it ends; to copy its store so is the least that makes one.

    keep.py [--record] [--runs N]    as tests/bench/run calls it
"""

import argparse
import glob
import os
import shutil
import statistics
import sys

import bench
import bake_xarray

WAYS = {
    f"xarray, {codec}, {how}": (codec, how)
    for codec in ("deflate", "lz4") for how in ("threads", "processes")}
CODECS = {"deflate": {"cname": "zlib", "clevel": 4}, "lz4": bake_xarray.CODEC}
FLAT = "pgf, a folder a variable"
FILES = os.path.join(bench.FOLDER, "files")
RECIPE = """\
name: bench
pattern: {{glob: "{files}/*.nc", format: netcdf4, dims: [{{concat: time}}]}}
target: {{codecs: keep}}
"""


def commands(files):
    recipe = os.path.join(bench.FOLDER, "keep.yaml")
    with open(recipe, "w", encoding="utf-8") as f:
        f.write(RECIPE.format(files=FILES))
    copy = bench.store("cp -r")
    synced = bench.store("cp -r, sync")

    def pgf(name, *options):
        return [os.path.join(bench.BIN, "pgf"), "bake", recipe, "--store",
                bench.store(name), "--work", os.path.join(bench.FOLDER, "work"),
                "-j2", "-q", *options]

    return {
        "pgf": pgf("pgf"),
        FLAT: pgf(FLAT, "--set", "target.separator=."),
        **{name: [sys.executable, os.path.abspath(__file__), "--be-xarray", *way,
                  bench.store(name), *files] for name, way in WAYS.items()},
        "cp -r": ["cp", "-r", FILES, copy],
        **{f"cp -r of the store of {name}, sync": [
            "sh", "-c", 'cp -r "$1" "$2" && sync -f "$2"', "sh",
            bench.store(name),
            bench.store(f"cp -r of the store of {name}, sync")]
           for name in ("pgf", FLAT)},
        "cp -r, sync": ["sh", "-c", 'cp -r "$1" "$2" && sync "$2"/*', "sh",
                        FILES, synced],
    }


def be_xarray(codec, how, store, files):
    bake_xarray.STEP = 1
    bake_xarray.CODEC = CODECS[codec]
    bake_xarray.by_dask(how, store, files)


def table(runs):
    def best(name):
        return min(wall for wall, _ in runs[name])

    lines = ["| keep | wall min | wall median | CPU min | stored | wall of it / wall of pgf |",
             "|---|---|---|---|---|---|"]
    for name, rows in runs.items():
        walls, cpus = zip(*rows)
        lines.append(
            f"| {name} | {min(walls):.2f} s | {statistics.median(walls):.2f} s "
            f"| {min(cpus):.2f} s | {bench.size(bench.store(name)) / 1e6:.0f} MB "
            f"| {best(name) / best('pgf'):.2f} |")
    return "\n".join(lines)


def main():
    if sys.argv[1:2] == ["--be-xarray"]:
        return be_xarray(*sys.argv[2:5], sys.argv[5:])
    parser = argparse.ArgumentParser(prog="tests/bench/run")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    files = sorted(glob.glob(os.path.join(FILES, "*.nc")))
    todo = commands(files)
    for path in files:
        with open(path, "rb") as f:
            f.read()
    runs = {name: [] for name in todo}
    for i in range(options.runs):
        for name, command in todo.items():
            runs[name].append(bench.once(name, command))
            print(f"run {i + 1}, {name}: {runs[name][-1][0]:.2f} s",
                  file=sys.stderr)
    for name in WAYS:
        bench.equal(bench.store("pgf"), bench.store(name))
    text = (f"{len(files)} files, {bench.size(FILES) / 1e6:.0f} MB; "
            f"{options.runs} runs each, alternating; {bench.machine()}\n\n"
            + table(runs))
    print(text)
    if options.record:
        bench.record("keep", text)
    for name in todo:
        shutil.rmtree(bench.store(name), ignore_errors=True)


if __name__ == "__main__":
    main()
