#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""pgf-open against xarray and netCDF4: the same small files, one after the other.

Each is one process that looks at every file: pgf-open says where all chunks lie,
xarray opens a data set without decoding it, netCDF4 reads shape, type, chunks,
filters and attributes of each variable. CPU is user and system time of the whole
process, imports included.

    open.py [--record] [--runs N]    as tests/bench/run calls it
    open.py PEER FILE...             be the peer
"""

import argparse
import glob
import os
import resource
import statistics
import subprocess
import sys

FILES = os.path.join(os.environ["BUILD"], "bench", "small")
PEERS = "xarray", "netCDF4"


def be(peer, files):
    if peer == "xarray":
        import xarray
        for path in files:
            with xarray.open_dataset(path, engine="netcdf4", decode_cf=False):
                pass
        return
    import netCDF4
    for path in files:
        with netCDF4.Dataset(path) as f:
            for v in f, *f.variables.values():
                for name in v.ncattrs():
                    v.getncattr(name)
            for v in f.variables.values():
                v.shape, v.dtype, v.chunking(), v.filters()


def cpu_of(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime -
            before.ru_utime - before.ru_stime)


def commands(files):
    names = os.path.join(os.path.dirname(FILES), "small.ndjson")
    with open(names, "w", encoding="utf-8") as f:
        f.writelines(f'{{"path":"{path}"}}\n' for path in files)
    out = {"pgf-open": [os.path.join(bench.BIN, "pgf-open"), names]}
    for peer in PEERS:
        out[peer] = [sys.executable, __file__, peer, *files]
    return out


def table(runs, n):
    lines = ["| open | CPU min | CPU median | files a second of CPU |",
             "|---|---|---|---|"]
    for name, cpu in runs.items():
        lines.append(f"| {name} | {min(cpu):.2f} s "
                     f"| {statistics.median(cpu):.2f} s "
                     f"| {n / min(cpu):.0f} |")
    ratio = min(runs["xarray"]) / min(runs["pgf-open"])
    return "\n".join(lines + [f"| **xarray / pgf-open** | {ratio:.1f} x | | |"])


def main():
    parser = argparse.ArgumentParser(prog="tests/bench/run")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    files = sorted(glob.glob(os.path.join(FILES, "*.nc")))
    todo = commands(files)
    runs = {name: [] for name in todo}
    for _ in range(options.runs):
        for name, command in todo.items():
            runs[name].append(cpu_of(command))
    text = (f"{len(files)} files, {bench.size(FILES) / 1e6:.0f} MB; "
            f"{options.runs} runs each, alternating; {bench.machine()}\n\n"
            + table(runs, len(files)))
    print(text)
    if options.record:
        bench.record("opening", text)


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in PEERS:
        be(sys.argv[1], sys.argv[2:])
    else:
        import bench
        main()
