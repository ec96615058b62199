# SPDX-License-Identifier: Apache-2.0
"""Fixtures, bakes, readers, in this order; see README.md here."""

import argparse
import functools
import http.server
import json
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import yaml

import cases
import check
import combine
import differ
import faults
import filters_seen
import forms
import metadata
import remote
import stores_seen
import virtual
from tap import Tap

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ["BUILD"]
PROGRAMS = os.path.abspath(os.path.join(os.environ.get("PGF_BUILD", BUILD), "bin"))


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


def serve(folder):
    """The folder at a loopback URL, for as long as this process lives."""
    handler = functools.partial(Quiet, directory=folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def modes(folder, name):
    """How the regions of an array were written."""
    got = set()
    for batch in os.listdir(folder):
        with open(os.path.join(folder, batch), encoding="utf-8") as f:
            got |= {r["mode"] for r in map(json.loads, f)
                    if r["key"]["vars"] == [name]}
    return got


def bake(case, folder):
    """Write the recipe, run pgf; the store is the case's from here on."""
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "recipe.yaml")
    with open(path, "w", encoding="utf-8") as f:
        yaml.safe_dump(case.recipe, f, sort_keys=False, allow_unicode=True)
    first = ["--prune", str(case.earlier)] if case.earlier else None
    for arguments in filter(None.__ne__, (first, case.arguments)):
        done = subprocess.run(
            ["pgf", "bake", path, "--store", case.store,
             "--work", os.path.join(folder, "work"), "-j1", *arguments],
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=120)
        assert done.returncode == 0, \
            f"code {done.returncode}; {done.stderr or done.stdout}"
    for name, want in case.modes.items():
        got = modes(os.path.join(folder, "work", case.recipe["name"], "w"),
                    name)
        assert got == want, f"{name}: modes {got}, want {want}"


def read_zarr2(stores):
    python = os.path.join(BUILD, "venv-zarr2", "bin", "python")
    done = subprocess.run([python, os.path.join(HERE, "read_zarr2.py")],
                          input="\n".join(stores).encode(),
                          stdout=subprocess.PIPE, check=True)
    return pickle.loads(done.stdout)


def read_zarrita(these):
    """node finds the modules beside the script, so that goes to them."""
    script = shutil.copy(os.path.join(HERE, "read_zarrita.mjs"), BUILD)
    request = [{"store": c.store, "format": c.zarr_format,
                "arrays": [n for n, v in c.truth().vars.items()]}
               for c in these]
    done = subprocess.run(["node", script], input=json.dumps(request),
                          stdout=subprocess.PIPE, text=True, check=True)
    rows = map(json.loads, done.stdout.splitlines())
    return {(r["store"], r["name"]): r for r in rows}


def read_all(tap, these):
    """Every reader against every store that was baked."""
    two = [c.store for c in these if c.zarr_format == 2]
    with ThreadPoolExecutor(2) as pool:
        by_zarr2 = pool.submit(read_zarr2, two)
        by_zarrita = pool.submit(read_zarrita, these)
    # What went wrong over there is raised where its results are looked at.
    for case in these:
        judge = tap.check if not case.faulty else tap.fails
        for name, function in readers(case, by_zarr2, by_zarrita).items():
            if case.faulty and name not in case.faulty:
                continue
            judge(f"v{case.zarr_format} {case.name}: {name}", function, case)


def readers(case, by_zarr2, by_zarrita):
    out = {"metadata": metadata.check,
           "xarray and zarr 3": check.xarray3,
           "xarray, decoded": check.xarray3_decoded}
    if case.original is not None:
        out["the original"] = lambda c: check.original(c, c.original)
    if case.zarr_format == 2:
        out["zarr 2"] = lambda c: check.zarr2(c, by_zarr2.result())
    if check.numbers(case):
        out["tensorstore"] = check.tensor_store
        out["zarrs"] = check.zarrs
    out["zarrita"] = lambda c: check.zarrita(c, by_zarrita.result())
    return out


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-k", default="", metavar="TEXT",
                        help="only the cases whose name contains TEXT")
    parser.add_argument("--keep", metavar="FOLDER",
                        help="work in FOLDER and leave it")
    options = parser.parse_args()
    os.environ["PATH"] = PROGRAMS + os.pathsep + os.environ["PATH"]
    # What xarray thinks of its own defaults is not ours to test.
    warnings.simplefilter("ignore")

    top = options.keep or tempfile.mkdtemp(prefix="pgf-interop.")
    top = os.path.abspath(top)
    tap = Tap()
    try:
        run(tap, options, top)
    finally:
        if not options.keep:
            shutil.rmtree(top, ignore_errors=True)
    return tap.end()


def run(tap, options, top):
    def folder(name):
        return os.path.join(top, name)

    url = serve(top)
    every = [
        *cases.ancestors(folder("ancestor"), url + "/ancestor"),
        *cases.listed_cases(folder("ancestor"), url + "/ancestor"),
        *cases.month_cases(folder("months")),
        *cases.shard_cases(folder("shards")),
        *cases.empty_cases(folder("empty")),
        *cases.merge_cases(folder("merge")),
        *cases.zoo_cases(folder("zoo")),
        *cases.kept_zoo_cases(folder("zoo")),
        *cases.drift_cases(folder("drift")),
    ]
    every = [c for c in every if options.k in f"v{c.zarr_format} {c.name}"]
    with ThreadPoolExecutor(2) as pool:
        for i, case in enumerate(every):
            case.store = folder(f"bake/{i}/store.zarr")
            case.baked = pool.submit(bake, case, folder(f"bake/{i}"))
    for case in every:
        tap.check(f"v{case.zarr_format} {case.name}: bake", case.baked.result)
    baked = [c for c in every if not c.baked.exception()]
    planted = [] if options.k else faults.plant(baked, folder("faults"))
    read_all(tap, baked + planted)
    if options.k in "forms":
        forms.run(tap, folder("forms"), folder("months"))
    if options.k in "combine":
        combine.run(tap, folder("combine"))
    if options.k in "differ":
        differ.faults(tap, folder("differ/faults"))
        differ.fixed(tap, folder("differ"))
    if options.k in "filters":
        filters_seen.run(tap, folder("filters"))
    if options.k in "remote":
        remote.check(tap, folder("remote"))
    if options.k in "stores":
        stores_seen.run(tap, folder("stores"))
    if options.k in "virtual":
        virtual.run(tap, baked, folder("ancestor"))


if __name__ == "__main__":
    sys.exit(main())
