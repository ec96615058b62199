# SPDX-License-Identifier: Apache-2.0
"""Every way to run a recipe makes the same store, byte for byte."""

import os
import re
import subprocess

import yaml

import cases
import metadata

PIPE = """
pgf-expand r.yaml | pgf-fetch --cache cache | pgf-open > open.ndjson
pgf-schema < open.ndjson > schema.json
pgf-plan -r r.yaml --schema schema.json < open.ndjson |
	{write} |
	pgf-seal -r r.yaml --schema schema.json {store}
"""

FORMS = {
    "the pipe": PIPE.format(write="pgf-write pipe.zarr", store="pipe.zarr"),
    "the pipe, parallel": PIPE.format(
        write="parallel --pipe -N1 -j4 pgf-write parallel.zarr",
        store="parallel.zarr"),
    "the pipe, shuffled": PIPE.format(
        write="shuf --random-source=/dev/zero | pgf-write shuffled.zarr | tac",
        store="shuffled.zarr"),
    "make -j1": "pgf-make r.yaml --store make1.zarr --work w1 > 1.mk\n"
                "make -s -j1 -f 1.mk",
    "make -j8": "pgf-make r.yaml --store make8.zarr --work w8 > 8.mk\n"
                "make -s -j8 -f 8.mk",
    "bake -j2, again": "pgf bake r.yaml --store again.zarr --work wb -j2\n"
                       "rm -r again.zarr wb\n"
                       "pgf bake r.yaml --store again.zarr --work wb -j2",
}
STORES = ["pipe", "parallel", "shuffled", "make1", "make8", "again"]


def shell(script, folder):
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", script],
                          cwd=folder, stdin=subprocess.DEVNULL, text=True,
                          capture_output=True, timeout=120)
    assert done.returncode == 0, \
        f"code {done.returncode}; {done.stderr or done.stdout}"


def contents(store):
    out = {}
    for name in metadata.files(store):
        with open(os.path.join(store, name), "rb") as f:
            out[name] = f.read()
    return out


def same(a, b):
    a, b = contents(a), contents(b)
    assert set(a) == set(b), f"only one has {sorted(set(a) ^ set(b))[:3]}"
    bad = sorted(n for n in a if a[n] != b[n])
    assert not bad, f"{len(bad)} files differ, such as {bad[0]}"


def same_plan(a, b):
    """What names the data is the same hash, however they were baked."""
    a, b = (metadata.group_attributes(s)["pgf_plan"] for s in (a, b))
    assert re.fullmatch("[0-9a-f]{64}", a), f"pgf_plan is {a!r}"
    assert a == b, f"pgf_plan is {b}, want {a}"


def once_more(folder):
    """A bake of what is baked touches nothing."""
    def times():
        return {n: os.stat(os.path.join(folder, "bake.zarr", n)).st_mtime_ns
                for n in metadata.files(os.path.join(folder, "bake.zarr"))}
    before = times()
    shell("pgf bake r.yaml --store bake.zarr --work w", folder)
    assert times() == before


def run(tap, folder, sources):
    for fmt in 3, 2:
        here = os.path.join(folder, f"v{fmt}")
        os.makedirs(here)
        recipe = cases.recipe(
            [os.path.join(sources, f"{m:02d}.nc") for m in (1, 2, 3, 4, 5)],
            [{"concat": "time"}], fmt, chunks={"time": 20, "x": 5})
        with open(os.path.join(here, "r.yaml"), "w", encoding="utf-8") as f:
            yaml.safe_dump(recipe, f, sort_keys=False)
        tap.check(f"v{fmt} forms: bake", shell,
                  "pgf bake r.yaml --store bake.zarr --work w", here)
        for (name, script), store in zip(FORMS.items(), STORES):
            tap.check(f"v{fmt} forms: {name}", shell, script, here)
            tap.check(f"v{fmt} forms: {name}: same plan", same_plan,
                      os.path.join(here, "bake.zarr"),
                      os.path.join(here, store + ".zarr"))
            tap.check(f"v{fmt} forms: {name}: same bytes", same,
                      os.path.join(here, "bake.zarr"),
                      os.path.join(here, store + ".zarr"))
        tap.check(f"v{fmt} forms: bake once more", once_more, here)
