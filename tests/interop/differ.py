# SPDX-License-Identifier: Apache-2.0
"""Archives drawn from seeds, baked, and every value compared with what the
rules say of the sources.

    differ.py --seeds 1-60              these seeds; TAP
    differ.py --seconds 600             random seeds for so long
    differ.py --seeds 17 --keep DIR     leave everything of a seed in DIR
    differ.py --seeds 17 --only text,merge     with these features only

A failing seed is drawn again with features left out as long as it fails, so
that what is printed is small.
"""

import argparse
import copy
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
import warnings

import numpy as np
import yaml

import archive
import forms
import generate
import judge
import rules
import truth
from tap import Tap

SEEDS = range(1, 61)


def name_of(key):
    *places, member = key
    return "_".join([*([member.replace("/", "-")] if member else []),
                     *(f"{k:03d}" for k in places)]) + ".nc"


def merges(drawn):
    """The merge dimensions of a recipe: their names and values, sorted."""
    if drawn.members == [None]:
        return {}
    values = zip(*(m.split("/") for m in drawn.members))
    names = ["kind", "member"] if "/" in drawn.members[0] else ["member"]
    return {n: sorted(set(v)) for n, v in zip(names, values)}


def items(drawn, folder, before):
    """The files that are there, as pgf-expand would list them."""
    path = os.path.join(folder, f"items{before}.ndjson")
    with open(path, "w", encoding="utf-8") as f:
        for key in drawn.files:
            if key[0] < before:
                f.write(json.dumps({"key": {
                    "concat": dict(zip(drawn.concat, key)),
                    "merge": dict(zip(merges(drawn),
                                      (key[-1] or "").split("/")))},
                    "url": os.path.join(folder, "src", name_of(key))}) + "\n")
    return path


def recipe(drawn, folder, fewer=0):
    """fewer: so many places less along the first dimension."""
    dims = [{"concat": name, "range": {"start": 0, "stop": max(
        key[i] for key in drawn.files)}} for i, name in enumerate(drawn.concat)]
    dims[0]["range"]["stop"] -= fewer
    names = ["{" + name + ":03d}" for name in drawn.concat]
    values = merges(drawn)
    dims += [{"merge": n, "values": v} for n, v in values.items()]
    if values:
        names.insert(0, "-".join("{" + n + "}" for n in values))
    pattern = {"url": os.path.join(folder, "src", "_".join(names) + ".nc"),
               "dims": dims}
    if drawn.gone:
        stop = dims[0]["range"]["stop"] + 1
        pattern = {"list": items(drawn, folder, stop), "dims": [
            {k: v for k, v in d.items() if k in ("concat", "merge")}
            for d in dims]}
    return {"name": "drawn", "pattern": pattern, **drawn.recipe}


def prepare(seed, features, folder):
    """Files and recipe of a seed; what they must become."""
    drawn = generate.archive(seed, features)
    files = {}
    for key, f in drawn.files.items():
        path = os.path.join(folder, "src", name_of(key))
        archive.write(path, f)
        files[key] = truth.read_file(path).for_format(
            drawn.recipe["target"]["zarr_format"])
        # Also where the file has no variable along it.
        files[key].dims.update({d: f.dims[d] for d in drawn.concat})
    for name, fewer in ("r.yaml", 0), ("first.yaml", 1):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
            yaml.safe_dump(recipe(drawn, folder, fewer), f, sort_keys=False)
    return drawn, rules.expect(files, drawn.concat,
                               drawn.recipe.get("combine", {}))


def run(argv, folder):
    return subprocess.run(argv, cwd=folder, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=300)


# Another order, another tree, another number of processes: the same store.
ANY_ORDER = """
pgf-expand r.yaml | shuf --random-source=r.yaml | pgf-fetch --cache cache |
	pgf-open | shuf --random-source=r.yaml >open.ndjson
split -n r/{parts} open.ndjson part.
for p in part.*; do pgf-schema --partial "$p" >"tree.$p"; done
set -- tree.*
while [ $# -gt 2 ]; do
	a=$1 b=$2
	shift 2
	pgf-schema --partial "$b" "$a" >"tree.$a.$#"
	set -- "$@" "tree.$a.$#"
done
pgf-schema -q -r r.yaml "$@" >schema.json
cmp schema.json w/drawn/schema.json
pgf-plan -r r.yaml --schema schema.json <open.ndjson |
	shuf --random-source=r.yaml | pgf-write other.zarr | tac |
	pgf-seal -r r.yaml --schema schema.json other.zarr
"""


def check(seed, features, folder):
    """Raises AssertionError that says what is wrong with the seed."""
    drawn, expected = prepare(seed, features, folder)
    store = os.path.join(folder, "a.zarr")
    # Every third store is first made without the last place.
    grown = seed % 3 == 1 and not expected.refused and \
        max(key[0] for key in drawn.files) > 0
    jobs = 1 if expected.refused else seed % 4 + 1
    first = run(["pgf", "bake", "first.yaml", "--store", store, "--work", "w",
                 "-q"], folder) if grown else None
    done = run(["pgf", "bake", "r.yaml", "--store", store, "--work", "w",
                f"-j{jobs}"], folder)
    if expected.refused:
        judge.refusal(expected, done.returncode, done.stderr, store)
        return
    assert done.returncode == 0, f"code {done.returncode}; {done.stderr}"
    judge.value(expected, store)
    judge.told(expected, os.path.join(folder, "w", "drawn", "schema.json"))
    if grown:
        assert first.returncode in (0, 65), first.stderr
        forms.shell("pgf bake -q r.yaml --store b.zarr --work wb", folder)
        forms.same(os.path.join(folder, "b.zarr"), store)
    if seed % 3 == 0:
        forms.shell(ANY_ORDER.format(parts=2 + seed % 5), folder)
        forms.same(store, os.path.join(folder, "other.zarr"))


def attempt(seed, features, folder):
    """Why the seed fails, or None."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    try:
        check(seed, features, folder)
    except AssertionError as e:
        return str(e) or traceback.format_exc()
    except Exception:
        return traceback.format_exc()
    return None


def shrink(seed, features, folder, why):
    """Leave out what is not needed to fail."""
    left = list(features)
    for name in features:
        fewer = [f for f in left if f != name]
        again = attempt(seed, fewer, folder)
        if again is not None:
            left, why = fewer, again
    return left, why


def one(seed, features, folder, small=True):
    why = attempt(seed, features, folder)
    if why is None:
        return
    if small:
        features, why = shrink(seed, features, folder, why)
    raise AssertionError(f"{why}\nagain: tests/interop/run differ --seeds "
                         f"{seed} --only {','.join(features) or 'nothing'}")


def fixed(tap, folder, seeds=SEEDS, features=generate.FEATURES):
    for seed in seeds:
        tap.check(f"differ: seed {seed}", one, seed, features,
                  os.path.join(folder, str(seed)))


# --- a comparison that cannot fail is worth nothing -----------------------------

def last_bit(want):
    raw = np.ascontiguousarray(want.bits).view("u1").reshape(-1)
    raw[-1] ^= 1
    want.bits = raw.view(want.bits.dtype).reshape(want.bits.shape)


def last_number(want):
    flat = want.numbers.values.reshape(-1)
    at = np.flatnonzero(~want.numbers.missing)[-1]
    flat[at] = flat[at] + 1 if want.kind == "time" or flat.dtype.kind in "iu" \
        else np.nextafter(flat[at].astype(want.dtypes[0]), np.inf)


CONVERTED = {
    "a number of another last bit": last_number,
    "a cell that is missing": lambda want: want.numbers.missing.__setitem__(
        tuple(np.argwhere(~want.numbers.missing)[0]), True),
    "another type": lambda want: setattr(want, "dtypes", ("int64",)),
}
COPIED = {
    "a value of another last bit": last_bit,
    "an attribute": lambda want: want.attrs.update(long_name="other"),
    "an attribute too many": lambda want: want.attrs.popitem(),
    "the order of dimensions": lambda want: setattr(want, "dims",
                                                    want.dims[::-1]),
}


def first_with(folder, converted):
    """A drawn archive that has an array of numbers that are converted, with a
    cell that is not missing, or that are copied, with attributes; and the
    array's name."""
    for seed in SEEDS:
        here = os.path.join(folder, f"{seed}-{converted}")
        os.makedirs(here)
        _, expected = prepare(seed, generate.FEATURES, here)
        for name, want in expected.vars.items():
            if not expected.refused and want.kind == "number" and \
                    (want.bits is None) == converted and len(want.dims) > 1 \
                    and want.raw is None \
                    and (converted or want.attrs and want.bits.size) \
                    and (not converted or not want.numbers.missing.all()):
                return here, expected, name
    raise AssertionError("no seed has one")


def faults(tap, folder):
    """Expectations spoiled on purpose: each must be missed by the store."""
    for spoils, converted in (COPIED, False), (CONVERTED, True):
        here, expected, name = first_with(folder, converted)
        forms.shell("pgf bake -q r.yaml --store a.zarr --work w", here)
        store = os.path.join(here, "a.zarr")
        tap.check("differ: as it is", judge.value, expected, store)
        for what, spoil in spoils.items():
            wrong = copy.deepcopy(expected)
            spoil(wrong.vars[name])
            tap.fails(f"differ: {what}", judge.value, wrong, store)


def soak(tap, folder, seconds, features):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        seed = random.SystemRandom().randrange(1 << 32)
        here = os.path.join(folder, str(seed))
        tap.check(f"soak: seed {seed}", one, seed, features, here)
        shutil.rmtree(here, ignore_errors=True)


def seeds_of(text):
    for part in text.split(","):
        low, _, high = part.partition("-")
        yield from range(int(low), int(high or low) + 1)


def main(argv, programs):
    parser = argparse.ArgumentParser(prog="run differ")
    parser.add_argument("--seeds", default="1-60")
    parser.add_argument("--seconds", type=float, default=0)
    parser.add_argument("--keep", metavar="FOLDER")
    parser.add_argument("--only", metavar="FEATURES")
    options = parser.parse_args(argv)
    os.environ["PATH"] = programs + os.pathsep + os.environ["PATH"]
    only = generate.FEATURES if options.only is None else options.only.split(",")
    features = [f for f in generate.FEATURES if f in only]
    top = os.path.abspath(options.keep or tempfile.mkdtemp(prefix="pgf-soak."))
    # netCDF4 says that the byte order is not this machine's; that is the point.
    warnings.simplefilter("ignore")
    tap = Tap()
    try:
        if options.seconds:
            soak(tap, top, options.seconds, features)
        else:
            fixed(tap, top, seeds_of(options.seeds), features)
    finally:
        if not options.keep:
            shutil.rmtree(top, ignore_errors=True)
    return tap.end()


if __name__ == "__main__":
    build = os.environ["BUILD"]
    sys.exit(main(sys.argv[1:], os.path.join(
        os.environ.get("PGF_BUILD", build), "bin")))
