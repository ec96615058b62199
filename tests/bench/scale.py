#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a recipe of many files costs, on synthetic records and without a network.

The archive is of N items: four int16 variables of 720 x 1440, and their time. No
file is there: fetch, open, write and seal are stand-ins that hand on what they
would have said, so that what is left is compiling, make, facts, schema and plan.
Then their graph, which has nothing to do, is looked at by make, ninja, snakemake and dask.

    scale.py [--record] [-n N]    as tests/bench/run --scale calls it
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time


HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ["BUILD"]
BIN = os.path.join(os.environ.get("PGF_BUILD", BUILD), "bin")

RECIPE = """\
name: scale
pattern:
  url: "https://archive.invalid/{{time}}.nc"
  dims: [{{concat: time, range: {{start: 0, stop: {last}}}}}]
target:
  store: store.zarr
  chunks: {{sst: {{time: 20}}, anom: {{time: 20}}, err: {{time: 20}},
           ice: {{time: 20}}}}
"""

STAND_IN = """\
#!/bin/sh
while [ $# -gt 1 ]; do [ "$1" = -o ] && out=$2; shift; done
{make}
"""

# What stands in for a program, given $1, its last operand, and $out.
STAND_INS = {
    "fetch": 'cp "$1" "$out" && touch "$out.ok"',
    "open": 'python3 "$PGF_SCALE" --records "$1" >"$out.new" && '
            'mv "$out.new" "$out" && touch "$out.ok"',
    "write": ': >"$out"',
    "seal": 'echo "{}" >"$out"',
}


def variable(name, offset):
    return {"dims": ["time", "lat", "lon"], "shape": [1, 720, 1440],
            "dtype": "int16", "endian": "little", "fill": -999,
            "attrs": {"units": "K", "long_name": "variable " + name,
                      "scale_factor": 0.01, "add_offset": 0.0,
                      "_FillValue": -999},
            "attr_dtypes": {"scale_factor": "float32",
                            "add_offset": "float32", "_FillValue": "int16"},
            "chunk_shape": [1, 720, 1440],
            "codecs": [{"name": "shuffle",
                        "configuration": {"elementsize": 2}},
                       {"name": "zlib", "configuration": {"level": 4}}],
            "refs": {"offset": [offset], "length": [800000]}}


def template():
    """A dataset record, %-formatted with the position and the day."""
    names = ["sst", "anom", "err", "ice"]
    rec = {"key": {"concat": {"time": "@"}}, "url": "https://archive.invalid/@.nc",
           "file": {"path": "/cache/@.nc", "size": 3300000, "sha256": "ab" * 32},
           "format": "netcdf4", "dims": {"time": 1, "lat": 720, "lon": 1440},
           "attrs": {"title": "scale", "history": "made @"}, "attr_dtypes": {},
           "vars": {n: variable(n, 800000 * i) for i, n in enumerate(names)}}
    rec["vars"]["time"] = {
        "dims": ["time"], "shape": [1], "dtype": "float64", "endian": "little",
        "attrs": {"units": "days since 1981-01-01", "calendar": "standard"},
        "attr_dtypes": {}, "chunk_shape": [1], "codecs": [],
        "refs": {"offset": [3200000], "length": [8]}, "data": ["@"]}
    text = json.dumps(rec, separators=(",", ":")).replace("%", "%%")
    return text.replace('"@"', "@").replace("@", "%(i)d") + "\n"


def records(path, out):
    """The dataset records of a file of items."""
    form = template()
    for line in open(path, encoding="utf-8"):
        out.write(form % {"i": json.loads(line)["key"]["concat"]["time"]})


class Archive:
    def __init__(self, folder, n):
        self.folder, self.n = folder, n
        self.work = os.path.join(folder, ".pgf", "scale")
        self.bin = os.path.join(folder, "bin")
        self.makefile = os.path.join(self.work, "recipe.mk")

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def grow(self, n):
        self.n = n
        with open(self.path("r.yaml"), "w", encoding="utf-8") as f:
            f.write(RECIPE.format(last=n - 1))

    def make_programs(self):
        """The real programs, but for those that need files."""
        os.makedirs(self.bin)
        for name in os.listdir(BIN):
            stage = name[4:]
            target = os.path.join(self.bin, name)
            if stage in STAND_INS:
                with open(target, "w", encoding="utf-8") as f:
                    f.write(STAND_IN.format(make=STAND_INS[stage]))
                os.chmod(target, 0o755)
            else:
                shutil.copy(os.path.join(BIN, name), target)

    def make_state(self):
        """f/ and o/ as fetch and open would have left them."""
        form = template()
        i = 0
        for name in sorted(os.listdir(os.path.join(self.work, "k"))):
            with open(os.path.join(self.work, "k", name), "rb") as f:
                n = f.read().count(b"\n")
            for end in "", ".ok":
                with open(os.path.join(self.work, "f", name + end), "w"):
                    pass
            with open(os.path.join(self.work, "o", name), "w",
                      encoding="utf-8") as f:
                f.write("".join(form % {"i": k} for k in range(i, i + n)))
            with open(os.path.join(self.work, "o", name + ".ok"), "w"):
                pass
            i += n

    def seal(self):
        """A store that pgf takes for its own."""
        os.makedirs(self.path("store.zarr"), exist_ok=True)
        with open(self.path("store.zarr", "zarr.json"), "w",
                  encoding="utf-8") as f:
            json.dump({"zarr_format": 3, "node_type": "group",
                       "attributes": {"pgf_recipe": "scale"}}, f)


class Run:
    """Seconds of a command and its children, and the memory of the largest."""

    def __init__(self, *argv, cwd=None, **env):
        begin = time.monotonic()
        child = subprocess.Popen(argv, cwd=cwd, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE,
                                 env=dict(os.environ, **env))
        with child.stdout, child.stderr:
            # Of little length, so one after the other will do.
            self.out = child.stdout.read().decode()
            self.err = child.stderr.read().decode()
        _, status, used = os.wait4(child.pid, 0)
        self.wall = time.monotonic() - begin
        self.cpu = used.ru_utime + used.ru_stime
        self.rss = used.ru_maxrss / 1024
        if status:
            sys.exit(f"scale: {argv} ended with {status}: {self.err[-2000:]}")

    def row(self, name, note=""):
        print(f"{name}: {self.wall:.2f} s", file=sys.stderr)
        return (name, f"{self.wall:.2f} s", f"{self.cpu:.2f} s",
                f"{self.rss:.0f} MB", note)

    def rate(self, n):
        return f"{n / self.cpu:,.0f} items a second of CPU"


def table(rows):
    head = ("| | wall | CPU | memory | |", "|---|---|---|---|---|")
    return "\n".join(head + tuple(f"| {' | '.join(r)} |" for r in rows))


def tasks_of(text):
    """How many tasks of each stage a bake -v says it runs."""
    words = [line.split() for line in text.splitlines()
             if line.startswith("/") and "/pgf-" in line.split()[0]]
    stages = [w[2] if w[1] == "--stage" else os.path.basename(w[0])[4:]
              for w in words]
    return ", ".join(f"{s} {stages.count(s)}" for s in dict.fromkeys(stages))


def ours(a):
    """What pgf costs, from nothing and with nothing to do."""
    bake = [os.path.join(a.bin, "pgf"), "bake", "-j2", a.path("r.yaml")]
    compile = [os.path.join(a.bin, "pgf-make"), "-o", a.path("r.mk"),
               a.path("r.yaml")]
    make = ["make", "-j2", "-f", a.makefile]
    env = {"PGF_SCALE": os.path.abspath(__file__)}
    rows = [Run(*compile).row("compile, at first")]
    a.make_state()
    run = Run(*make, "schema", **env)
    rows.append(run.row("facts and schema", run.rate(a.n)))
    run = Run(*make, "plan", **env)
    rows.append(run.row("plan", run.rate(a.n)))
    Run(*make, **env)
    a.seal()
    rows.append(Run(*compile).row("compile, nothing new"))
    rows.append(Run(*make).row("make, nothing to do"))
    run = Run(*bake)
    if "up to date" not in run.out:
        sys.exit("scale: there was something to do: " + run.out[:1000])
    rows.append(run.row("bake, nothing to do"))
    # The first begins a batch, if they are full, and time goes with it.
    for name in "bake, one file more", "bake, another one":
        a.grow(a.n + 1)
        run = Run(*bake, "-v", **env)
        rows.append(run.row(name, tasks_of(run.err)))
    return rows


SNAKEFILE = """\
B = [f"{{i:05d}}" for i in range({n})]
rule all:
    input: "seal.json"
rule fetch:
    input: "k/{{b}}"
    output: "f/{{b}}"
    shell: "touch {{output}}"
rule open:
    input: "f/{{b}}"
    output: "o/{{b}}"
    shell: "touch {{output}}"
rule facts:
    input: "o/{{b}}"
    output: "s/{{b}}"
    shell: "touch {{output}}"
rule schema:
    input: expand("s/{{b}}", b=B)
    output: "schema.json"
    shell: "touch {{output}}"
rule write:
    input: "schema.json", "o/{{b}}"
    output: "w/{{b}}"
    shell: "touch {{output}}"
rule seal:
    input: expand("w/{{b}}", b=B)
    output: "seal.json"
    shell: "touch {{output}}"
"""


def dask_graph(n):
    """Look whether each file is there, each after those it is made of."""
    import dask.threaded

    def look(path, *after):
        return os.path.exists(path) and all(after)

    graph = {}
    for i in range(n):
        b = f"{i:05d}"
        graph["f" + b] = (look, "f/" + b)
        graph["o" + b] = (look, "o/" + b, "f" + b)
        graph["s" + b] = (look, "s/" + b, "o" + b)
        graph["w" + b] = (look, "w/" + b, "o" + b, "schema")
    graph["schema"] = (look, "schema.json", *(f"s{i:05d}" for i in range(n)))
    graph["seal"] = (look, "seal.json", *(f"w{i:05d}" for i in range(n)))
    if not dask.threaded.get(graph, "seal", num_workers=2):
        sys.exit("scale: dask found files missing")


def done(a, n):
    """All files that the tasks make, each as old as the others."""
    now = time.time()
    names = [f"{stage}/{i:05d}{end}" for stage in "fosrw" for i in range(n)
             for end in ("", ".ok")]
    names += ["schema.json", "schema.ok", "plan.ok", "seal.json"]
    with open(os.path.join(a.work, "recipe.ninja"), encoding="utf-8") as f:
        names += [line.split()[1].rstrip(":") for line in f
                  if line.startswith("build group/")]
    os.makedirs(os.path.join(a.work, "group"), exist_ok=True)
    for name in names:
        path = os.path.join(a.work, name)
        with open(path, "w"):
            pass
        os.utime(path, (now, now))


def peers(a):
    """The same files, looked at by others; nothing is to be done."""
    compile = [os.path.join(a.bin, "pgf-make"), a.path("r.yaml")]
    Run(*compile, "-o", a.path("r.mk"))
    n = len(os.listdir(os.path.join(a.work, "k")))
    Run(*compile, "-o", a.path("r.ninja"), "--format", "ninja")
    done(a, n)
    with open(os.path.join(a.work, "Snakefile"), "w", encoding="utf-8") as f:
        f.write(SNAKEFILE.format(n=n))
    ninja = ["ninja", "-C", a.work, "-f", "recipe.ninja"]
    rows = []
    for command in ["make", "-f", a.makefile], ninja:
        run = Run(*command)
        if any(line[0] in "/[" for line in run.out.splitlines()):
            sys.exit(f"scale: {command[0]} found something to do")
        rows.append(run.row(command[0]))
    run = Run(sys.executable, os.path.abspath(__file__), "--dask", str(n),
              cwd=a.work)
    rows.append(run.row("dask", "asks only whether files are there"))
    snakemake = os.path.join(BUILD, "venv-scale", "bin", "snakemake")
    Run(snakemake, "-q", "--touch", "-c", "2", cwd=a.work)
    run = Run(snakemake, "-q", "-c", "2", "--rerun-triggers", "mtime",
              cwd=a.work)
    rows.append(run.row("snakemake"))
    return n, rows


def archive(name, n):
    folder = os.path.join(BUILD, "bench", name)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    a = Archive(folder, n)
    a.grow(n)
    a.make_programs()
    return a


def main():
    p = argparse.ArgumentParser(prog="tests/bench/run --scale")
    p.add_argument("--record", action="store_true")
    p.add_argument("--records", metavar="FILE", help=argparse.SUPPRESS)
    p.add_argument("--dask", type=int, help=argparse.SUPPRESS)
    p.add_argument("-n", type=int, default=1000000)
    options = p.parse_args()
    if options.records:
        return records(options.records, sys.stdout)
    if options.dask:
        return dask_graph(options.dask)
    text = table(ours(archive("scale", options.n)))
    n, rows = peers(archive("scale-peers", options.n))
    text += (f"\n\nTheir graph, of {n:,} batches, with nothing to do:\n\n"
             + table(rows))
    # Only now: what a child inherits of memory counts as its own.
    import bench
    text = f"{options.n:,} files; {bench.machine()}\n\n{text}"
    print(text)
    if options.record:
        bench.record("scale", text)
    return None


if __name__ == "__main__":
    main()
