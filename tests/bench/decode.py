#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Decode and gather alone: the values of the hundred files into memory, on one
core, by what pgf-write does it with and by netcdf-c (decode.c). CPU is user and
system time of the whole process; for pgf that is with the records read, for
netcdf-c with its own look at each file's metadata.

    decode.py [--record] [--runs N]    as tests/bench/run calls it
"""

import argparse
import glob
import os
import statistics
import subprocess

import bench
import open as opening

FOLDER = os.path.join(bench.FOLDER, "decoding")
DECODE = os.path.join(os.path.dirname(bench.BIN), "bench", "decode")
PLAN = """
pgf-expand r.yaml | pgf-fetch --cache cache | pgf-open > open.ndjson
pgf-schema < open.ndjson > schema.json
pgf-plan -r r.yaml --schema schema.json < open.ndjson > regions.ndjson
"""


def plan():
    """Region records of the recipe of bench.py."""
    os.makedirs(FOLDER, exist_ok=True)
    with open(os.path.join(FOLDER, "r.yaml"), "w", encoding="utf-8") as f:
        f.write(bench.RECIPE.format(files=os.path.join(bench.FOLDER, "files")))
    path = bench.BIN + os.pathsep + os.environ["PATH"]
    subprocess.run(["bash", "-euo", "pipefail", "-c", PLAN], cwd=FOLDER,
                   env=dict(os.environ, PATH=path), check=True)
    return os.path.join(FOLDER, "regions.ndjson")


def table(runs, size):
    lines = ["| decode and gather | CPU min | CPU median | GB/s |",
             "|---|---|---|---|"]
    for name, cpu in runs.items():
        lines.append(f"| {name} | {min(cpu):.2f} s "
                     f"| {statistics.median(cpu):.2f} s "
                     f"| {size / 1e9 / min(cpu):.2f} |")
    ours, theirs = runs.values()
    return "\n".join(lines + [
        f"| **netcdf-c / pgf** | {min(theirs) / min(ours):.1f} x "
        f"| {statistics.median(theirs) / statistics.median(ours):.1f} x | |"])


def main():
    parser = argparse.ArgumentParser(prog="tests/bench/run")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    files = sorted(glob.glob(os.path.join(bench.FOLDER, "files", "*.nc")))
    todo = {"pgf": ["taskset", "1", DECODE, "regions", plan()],
            "netcdf-c": ["taskset", "1", DECODE, "netcdf", *files]}
    size = int(subprocess.run(todo["pgf"], check=True, text=True,
                              stdout=subprocess.PIPE).stdout)
    runs = {name: [] for name in todo}
    for _ in range(options.runs):
        for name, command in todo.items():
            runs[name].append(opening.cpu_of(command))
    text = (f"{len(files)} files, {size / 1e6:.0f} MB of values; {options.runs} "
            f"runs each, alternating; {bench.machine()}\n\n"
            + table(runs, size))
    print(text)
    if options.record:
        bench.record("decoding", text)


if __name__ == "__main__":
    main()
