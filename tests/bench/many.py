#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Many files of 100 KB: pgf bake against xarray, and against itself.

A thousand files, baked by pgf and by xarray + dask two ways, in turn; and what a
file costs pgf where there are 100, 1,000 and 10,000 of them, and each of those that
are more than the row above has. Bakes of few files are repeated, so that each figure is
of as much work. As in bench.py, input is in the page cache, targets are empty, and
pgf's time includes the fsync.

What starting processes costs is measured by starting them: the ledger of a bake says
which programs ran how often, and --version asks one of them for nothing else.
"""

import argparse
import collections
import functools
import glob
import json
import os
import resource
import statistics
import subprocess
import sys

from bench import BIN, FOLDER, HERE, equal, machine, once, record, store

COUNTS = 100, 1000, 10000
COMPARED = 1000
WAYS = "serial", "processes"

RECIPE = """\
name: many
pattern:
  list: "{listed}"
  format: netcdf4
  dims: [{{concat: time}}]
target:
  chunks: {{time: 50}}
  codecs: [{{name: blosc, configuration: {{cname: lz4, clevel: 5, shuffle: shuffle}}}}]
"""


def pgf(files):
    """The command that bakes the first files; the store is many-N.zarr."""
    stem = os.path.join(FOLDER, f"many-{len(files)}")
    with open(stem + ".txt", "w", encoding="utf-8") as f:
        f.write("".join(name + "\n" for name in files))
    with open(stem + ".yaml", "w", encoding="utf-8") as f:
        f.write(RECIPE.format(listed=stem + ".txt"))
    return [os.path.join(BIN, "pgf"), "bake", stem + ".yaml", "--store",
            store(f"many-{len(files)}"), "--work",
            os.path.join(FOLDER, "work"), "-j2", "-q"]


def xarray(how, files):
    return [sys.executable, os.path.join(HERE, "many_xarray.py"), how,
            store("many-" + how), *files]


def compare(files, runs):
    """Wall and CPU seconds of each way to bake the same files."""
    bakes = {f"many-{len(files)}": pgf(files)}
    bakes |= {"many-" + how: xarray(how, files) for how in WAYS}
    found = {name: [] for name in bakes}
    for i in range(runs):
        for name, command in bakes.items():
            found[name].append(once(name, command))
            print(f"run {i + 1}, {name}: {found[name][-1][0]:.2f} s",
                  file=sys.stderr)
    first, *others = bakes
    for name in others:
        equal(store(first), store(name))
    return list(found.values())


def comparison(found):
    rows = ["| 1,000 files of 100 KB | wall median | CPU median |", "|---|---|---|"]
    medians = [[statistics.median(x) for x in zip(*runs)] for runs in found]
    for name, (wall, cpu) in zip(
            ("pgf", *("xarray, " + how for how in WAYS)), medians):
        rows.append(f"| {name} | {wall:.2f} s | {cpu:.2f} s |")
    best = [min(m[i] for m in medians[1:]) / medians[0][i] for i in (0, 1)]
    rows.append(f"| **fastest xarray / pgf** | {best[0]:.1f} x | "
                f"{best[1]:.1f} x |")
    return "\n".join(rows)


def cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@functools.cache
def start(program, times=50):
    """CPU seconds of a process that has nothing to do."""
    begin = cpu()
    for _ in range(times):
        subprocess.run([os.path.join(BIN, program), "--version"], check=True,
                       stdout=subprocess.DEVNULL)
    return (cpu() - begin) / times


def starts():
    """Of the last bake: how many processes, and CPU seconds of starting them."""
    with open(os.path.join(FOLDER, "work", "many", "ledger.ndjson"), encoding="utf-8") as f:
        rows = [json.loads(line) for line in f]
    count = collections.Counter(r["program"] for r in rows
                                if "task" in r and "end" in r)
    count["pgf"] += 2       # itself, and make in its place
    return sum(count.values()), sum(n * start(p) for p, n in count.items())


def growth(files, runs):
    """Milliseconds a file, of wall and of CPU, by the number of files."""
    rows = ["| files | wall a file | CPU a file | each more: wall | CPU "
            "| processes | their start |", "|---|---|---|---|---|---|---|"]
    less = None
    for n in COUNTS:
        name, repeat = f"many-{n}", runs * max(1, COMPARED // n)
        found = [once(name, pgf(files[:n])) for _ in range(repeat)]
        wall, used = (statistics.median(x) for x in zip(*found))
        more = "| | |" if less is None else (
            f"| {(wall - less[1]) / (n - less[0]) * 1000:.2f} ms "
            f"| {(used - less[2]) / (n - less[0]) * 1000:.2f} ms |")
        less = n, wall, used
        number, cost = starts()
        rows.append(f"| {n:,} | {wall / n * 1000:.2f} ms "
                    f"| {used / n * 1000:.2f} ms {more} {number} "
                    f"| {cost / used * 100:.1f} % of CPU |")
        print(rows[-1], file=sys.stderr)
    return "\n".join(rows)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--runs", type=int, default=3)
    options, _ = parser.parse_known_args()
    files = sorted(glob.glob(os.path.join(FOLDER, "plain", "*.nc")))
    for path in files:
        with open(path, "rb") as f:
            f.read()
    text = "\n\n".join([comparison(compare(files[:COMPARED], options.runs)),
                        growth(files, options.runs), machine()])
    print(text)
    if options.record:
        record("many", text)


if __name__ == "__main__":
    main()
