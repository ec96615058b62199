# SPDX-License-Identifier: Apache-2.0
"""Files that differ, row by row (the tables in rows/):
bake, read with xarray, compare.

    run combine            every row, for Zarr 2 and 3; TAP
    run combine -k 'a|b'   those whose name contains "a" or "b"
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import warnings
from concurrent.futures import ThreadPoolExecutor

import xarray as xr
import yaml

import archive
import differ
import forms
import judge
import rows
import rules
from tap import Tap

KINDS = "concat", "merge"


def path_of(key):
    return "_".join(map(str, key)) + ".nc"


def names_of(row):
    """The dimensions that a key of a row's files has, in that order."""
    return sorted(row.dims, key=lambda d: (
        "merge" in d, d.get("concat") != "time"))


def item(row, key, folder):
    """A file as a line of items, of which some may be left out."""
    out = {"concat": {}, "merge": {}}
    for d, k in zip(names_of(row), key):
        kind = next(x for x in KINDS if x in d)
        out[kind][d[kind]] = k
    return json.dumps({"key": out, "url": os.path.join(
        folder, "src", path_of(key))}) + "\n"


def recipe(row, zarr_format, chunks, count=0):
    pattern = {"dims": row.dims or [{"concat": "time"}]}
    if row.listed:
        pattern = {"dims": [{k: v for k, v in d.items() if k in KINDS}
                            for d in row.dims], "list": "items.ndjson"}
    elif isinstance(row.files, list):
        pattern["files"] = [f"src/{i}.nc" for i in range(
            count or len(row.files))]
    else:
        names = [next(v for k, v in d.items() if k in KINDS)
                 for d in names_of(row)]
        pattern["url"] = "src/" + "_".join("{" + n + "}" for n in names) + ".nc"
    return {"name": "row", "pattern": pattern, "combine": row.combine,
            "target": {"zarr_format": zarr_format, "chunks": chunks}}


def prepare(row, zarr_format, folder):
    """Sources and recipe. HDF5 stands no second thread, so not in a pool."""
    os.makedirs(folder)
    keyed = {(i,): f for i, f in enumerate(row.files)} \
        if isinstance(row.files, list) else row.files
    for key, f in keyed.items():
        archive.write(os.path.join(folder, "src", path_of(key)), f)
    if row.listed:
        with open(os.path.join(folder, "items.ndjson"), "w") as f:
            f.writelines(item(row, key, folder) for key in keyed)
    steps = [*row.earlier, (row.chunks, row.files_used)]
    for name, (chunks, count) in zip(recipes(row), steps):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
            yaml.safe_dump(recipe(row, zarr_format, chunks, count), f,
                           sort_keys=False)


def recipes(row):
    return [*(f"r{i}.yaml" for i in range(len(row.earlier))), "r.yaml"]


def bake(folder, row):
    """What the last bake said; those before it must be done."""
    for name in recipes(row):
        done = differ.run(["pgf", "bake", name, "--store", "a.zarr", "--work",
                           "w", "-j1"], folder)
        if done.returncode != 0:
            break
    return done


def look(row, store):
    """xarray reads it; every array that matters is what it must be."""
    coder = xr.coders.CFDatetimeCoder(use_cftime=True)
    raw = xr.open_zarr(store, chunks=None, decode_cf=False)
    decoded = xr.open_zarr(store, chunks=None, decode_times=coder,
                           decode_timedelta=False)
    for name, want in row.want.items():
        assert name in raw.variables, f"{name} is not there"
        want.check(name, raw.variables, decoded.variables)
    if row.attrs is not None:
        got = {k: v for k, v in raw.attrs.items() if not k.startswith("pgf")}
        judge.same_attrs("group", row.attrs, got)


def same_coords(folder):
    """What is a coordinate of any source is one of the store, and no other."""
    want = set()
    for name in os.listdir(os.path.join(folder, "src")):
        with xr.open_dataset(os.path.join(folder, "src", name),
                             decode_times=False) as ds:
            want |= set(ds.coords)
    with xr.open_zarr(os.path.join(folder, "a.zarr"), chunks=None,
                      decode_times=False) as ds:
        assert set(ds.coords) == want, f"{sorted(ds.coords)}, not {want}"


def decisions(row, folder):
    with open(os.path.join(folder, "w", "row", "schema.json"), encoding="utf-8") as f:
        found = {(d.get("var", ""), d.get("name", ""))
                 for d in json.load(f)["layout"]["decisions"]}
    assert set(row.dropped) <= found, f"not told: {row.dropped} {found}"


def check(row, baked, folder):
    done = baked.result()
    if row.refused:
        refused(row, done, os.path.join(folder, "a.zarr"))
        return
    assert done.returncode == 0, f"code {done.returncode}; {done.stderr}"
    look(row, os.path.join(folder, "a.zarr"))
    same_coords(folder)
    decisions(row, folder)


def refused(row, done, store):
    if not any(n[0].isdigit() for n in row.refused):
        judge.refusal(rules.Expected(refused=list(row.refused)),
                      done.returncode, done.stderr, store)
        return
    # What is at fault is a file: it is named by its path.
    assert done.returncode != 0, "it was baked"
    assert any(n in done.stderr for n in row.refused), done.stderr
    assert not os.path.exists(os.path.join(store, "zarr.json"))


def three_orders(folder):
    """History in any order of the records: the same bytes (2.3)."""
    row = next(r for r in rows.attributes.rows() if r.name.startswith("attributes of the"))
    prepare(row, 3, folder)
    done = bake(folder, row)
    assert done.returncode == 0, done.stderr
    forms.shell("""
pgf-expand r.yaml | pgf-fetch --cache c | pgf-open >o
n=0
for order in '1p;2p;3p' '3p;1p;2p' '2p;3p;1p'; do
	for p in ${order//;/ }; do sed -n "$p" o; done >o.$n
	sed -n 1,2p o.$n | pgf-schema --partial >left
	sed -n 3p o.$n | pgf-schema --partial >right
	pgf-schema -q -r r.yaml right left >s.$n
	cmp s.0 s.$n
	pgf-plan -r r.yaml --schema s.$n <o.$n | pgf-write $n.zarr |
		pgf-seal -r r.yaml --schema s.$n $n.zarr
	n=$((n + 1))
done
""", folder)
    for n in range(3):
        forms.same(os.path.join(folder, "a.zarr"),
                   os.path.join(folder, f"{n}.zarr"))


def run(tap, folder, text=""):
    these = [(r, fmt) for r in rows.rows() for fmt in r.formats
             if any(t in r.name for t in text.split("|"))]
    baked = []
    with ThreadPoolExecutor(2) as pool:
        for i, (row, fmt) in enumerate(these):
            here = os.path.join(folder, str(i))
            prepare(row, fmt, here)
            baked.append((row, fmt, pool.submit(bake, here, row), here))
    for row, fmt, done, here in baked:
        tap.check(f"v{fmt} combine: {row.name}", check, row, done, here)
    if not text:
        tap.check("combine: history in three orders", three_orders,
                  os.path.join(folder, "orders"))


def main(argv, programs):
    parser = argparse.ArgumentParser(prog="run combine")
    parser.add_argument("-k", default="", metavar="TEXT")
    parser.add_argument("--keep", metavar="FOLDER")
    options = parser.parse_args(argv)
    os.environ["PATH"] = programs + os.pathsep + os.environ["PATH"]
    warnings.simplefilter("ignore")
    top = os.path.abspath(options.keep or tempfile.mkdtemp(prefix="pgf-rows."))
    tap = Tap()
    try:
        run(tap, top, options.k)
    finally:
        if not options.keep:
            shutil.rmtree(top, ignore_errors=True)
    return tap.end()


if __name__ == "__main__":
    build = os.environ["BUILD"]
    sys.exit(main(sys.argv[1:], os.path.join(
        os.environ.get("PGF_BUILD", build), "bin")))
