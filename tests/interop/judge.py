# SPDX-License-Identifier: Apache-2.0
"""A store, or a refusal, against what rules.py expects of it."""

import base64
import json
import os
import re
import struct
from fractions import Fraction

import numpy as np
import zarr

import metadata
import rules
from check import OURS, plain, same_values


def stored(store):
    """({name: truth-like (dims, raw, attrs)}, group attributes), by zarr-python;
    _FillValue is a number of the array's type again."""
    group = zarr.open_group(store, mode="r")
    out = {}
    for name, array in group.arrays():
        attrs = dict(array.attrs)
        v2 = array.metadata.zarr_format == 2
        if v2:
            dims = tuple(attrs.pop("_ARRAY_DIMENSIONS"))
        else:
            dims = tuple(array.metadata.dimension_names or ())
        raw = np.asarray(array[...])
        fill = attrs.pop("_FillValue", None)
        if fill is None and v2 and array.metadata.fill_value is not None:
            fill = array.metadata.fill_value
        elif isinstance(fill, str) and raw.dtype.kind == "f":
            fill = struct.unpack("<d", base64.b64decode(fill))[0]
        if fill is not None and raw.dtype.kind in "fiu":
            fill = np.asarray(fill).astype(raw.dtype)[()]
        if fill is not None:
            attrs["_FillValue"] = fill
        out[name] = (dims, raw, attrs)
    return out, {k: v for k, v in group.attrs.items()
                 if not k.startswith(OURS)}


def as_number(value):
    """JSON writes NaN and great integers as text."""
    if isinstance(value, list):
        return [as_number(x) for x in value]
    if isinstance(value, str) and re.fullmatch(r"-?\d+", value):
        return int(value)
    return float(value) if value in ("NaN", "Infinity", "-Infinity") else value


def same_attrs(what, want, got):
    for k, v in want.items():
        assert k in got, f"{what}: attribute {k!r} is gone"
        number = np.asarray(v).dtype.kind in "fiu"
        assert plain(v) == plain(got[k], number), \
            f"{what}: attribute {k!r} is {got[k]!r}, want {v!r}"
    more = set(got) - set(want)
    assert not more, f"{what}: attributes {sorted(more)} should be gone"


def value(expected, store):
    """Every value, dimension and attribute of the store."""
    arrays, attrs = stored(store)
    assert set(arrays) == set(expected.vars), \
        f"variables {sorted(arrays)}, want {sorted(expected.vars)}"
    same_attrs("group", expected.attrs, attrs)
    for name, want in expected.vars.items():
        dims, raw, own = arrays[name]
        if name in expected.bounds and want.bits is None:
            own = rules.with_units_of(arrays[expected.bounds[name]][2], own)
        array(name, want, dims, raw, own)


def array(name, want, dims, raw, attrs):
    assert (dims, raw.shape) == (want.dims, want.shape), \
        f"{name}: {dims} {raw.shape}, want {want.dims} {want.shape}"
    if want.bits is not None:
        if want.kind == "char":
            raw = raw.astype("S1")
        same_attrs(name, want.attrs, attrs)
        same_values(name, want.bits, raw)
        return
    attrs = {k: as_number(v) if k in rules.PACKING + rules.MISSING else v
             for k, v in attrs.items()}
    got = {"number": numbers, "time": times}[want.kind](name, want, raw, attrs)
    bad = np.argwhere(got.missing != want.numbers.missing)
    assert not bad.size, (
        f"{name}: {len(bad)} cells are missing in one only, first "
        f"{tuple(bad[0])}: {raw[tuple(bad[0])]!r}")
    same_attrs(name, want.attrs, rules.prose(attrs, want.kind == "time"))


def differ(name, want, got, valid):
    bad = np.argwhere(valid & (want != got))
    if bad.size:
        at = tuple(bad[0])
        raise AssertionError(f"{name}: {len(bad)} of {want.size} values differ,"
                             f" first at {at}: {got[at]!r}, want {want[at]!r}")


def numbers(name, want, raw, attrs):
    assert not want.dtypes or raw.dtype.name in want.dtypes, \
        f"{name}: type {raw.dtype}, want {' or '.join(want.dtypes)}"
    valid = ~want.numbers.missing
    got = rules.meaning(raw, attrs)
    if want.raw is not None:
        differ(name, want.raw, raw, valid)
        return got
    values = want.numbers.values
    if raw.dtype.kind == "f" and not rules.is_packed(attrs):
        with np.errstate(all="ignore"):
            values = values.astype(raw.dtype)
    if want.close:
        with np.errstate(all="ignore"):
            size = np.maximum(np.abs(values.astype("f8")), 300 * 1000)
            near = np.abs(values - got.values.astype("f8")) <= want.close * size
        values = np.where(near, got.values, values)
    differ(name, values, got.values, valid)
    return got


def times(name, want, raw, attrs):
    """Microsecond for microsecond; a float is the one nearest to it."""
    assert rules.is_time(attrs), f"{name}: units {attrs.get('units')!r}"
    assert not want.clock or attrs["units"] == want.clock, \
        f"{name}: {attrs['units']!r}, want {want.clock!r}"
    got = rules.meaning(raw, attrs)
    valid = ~want.numbers.missing
    if raw.dtype.kind == "f":
        unit, start = rules.unit_us(attrs), rules.reference_us(attrs)
        near = [float(Fraction(us - start, unit)) if ok else 0.0 for us, ok in
                zip(want.numbers.values.ravel(), valid.ravel())]
        near = np.array(near).reshape(raw.shape).astype(raw.dtype)
        differ(name, near, raw, valid)
    else:
        differ(name, want.numbers.values, got.values, valid)
    return got


# --- decisions and refusals -----------------------------------------------------

def told(expected, schema):
    """The schema lists every attribute that differs, and no other."""
    with open(schema, encoding="utf-8") as f:
        decisions = json.load(f)["layout"]["decisions"]
    got = {(d.get("var", ""), d["name"]) for d in decisions
           if d["what"] == "attribute"}
    assert got == set(expected.told), \
        f"decisions about {sorted(got)}, want {sorted(expected.told)}"


def refusal(expected, code, stderr, store):
    """65, one line that names a variable at fault, no store."""
    assert code == 65, f"code {code}, want 65 ({expected.refused}); {stderr}"
    lines = [x for x in stderr.splitlines() if ": warning: " not in x]
    assert len(lines) == 1, f"{len(lines)} lines: {stderr}"
    names = set(expected.refused)
    assert any(f"'{n}'" in lines[0] for n in names), \
        f"none of {sorted(names)} is named: {lines[0]}"
    found = [f for f in (metadata.files(store) if os.path.exists(store) else ())
             if os.path.basename(f) in ("zarr.json", ".zgroup", ".zmetadata",
                                        ".zarray", ".zattrs")]
    assert not found, f"a store was published: {found[:3]}"
