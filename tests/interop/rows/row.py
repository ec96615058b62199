# SPDX-License-Identifier: Apache-2.0
"""What a row of a table is: the files of an archive, and what they must become;
and the words in which files are told."""

from dataclasses import dataclass, field

import numpy as np

import judge
import rules
from archive import File, Var

NAN = float("nan")


@dataclass
class Row:
    """files in order along `time`, or by key where dims say so. want: what
    variables must be (Raw, Means, Dates, Text); or refused: one of these names
    is in the message."""
    name: str
    files: object
    want: dict = field(default_factory=dict)
    refused: tuple = ()
    combine: dict = field(default_factory=dict)
    chunks: dict = field(default_factory=dict)
    dims: list = None
    attrs: dict = None          # of the group, if they matter
    dropped: tuple = ()         # attributes of variables that must be listed
    earlier: tuple = ()         # (chunks, number of files) of bakes before
    files_used: int = 0         # of the last bake; 0: all
    formats: tuple = (3, 2)     # of Zarr
    listed: bool = False        # the recipe has a list of these files


@dataclass
class Raw:
    """The stored numbers themselves, and some of the attributes."""
    values: object
    dtype: str
    attrs: dict = field(default_factory=dict)

    def check(self, name, raw, decoded):
        got = raw[name]
        assert got.dtype == self.dtype, f"{name}: type {got.dtype}"
        np.testing.assert_array_equal(got.values, self.values, err_msg=name)
        judge.same_attrs(name, {**dict(got.attrs), **self.attrs}, got.attrs)


@dataclass
class Means:
    """What a reader makes of them; NaN is missing. type: what is stored."""
    values: object
    dtype: str
    gone: tuple = ("scale_factor", "add_offset")
    attrs: dict = field(default_factory=dict)

    def check(self, name, raw, decoded):
        assert raw[name].dtype == self.dtype, f"{name}: {raw[name].dtype}"
        left = [a for a in self.gone if a in raw[name].attrs]
        assert not left, f"{name}: {left} is still there"
        want = np.array(self.values, float)
        if self.dtype[0] == "f":
            want = want.astype(self.dtype).astype(float)
        got = decoded[name].values.astype(float)
        np.testing.assert_array_equal(got, want, err_msg=name)
        judge.same_attrs(name, {**dict(raw[name].attrs), **self.attrs},
                         raw[name].attrs)


@dataclass
class Dates:
    values: list        # ISO 8601 to the second
    calendar: str = "standard"
    dtype: str = ""
    units: str = ""

    def check(self, name, raw, decoded):
        got = [d.isoformat() for d in decoded[name].values.ravel()]
        assert got == self.values, f"{name}: {got}, want {self.values}"
        assert rules.calendar(raw[name].attrs) == self.calendar, name
        assert not self.units or raw[name].attrs["units"] == self.units
        if self.dtype:
            assert raw[name].dtype == self.dtype, f"{name}: {raw[name].dtype}"


@dataclass
class Bytes:
    """Chars one by one, and the names of dimensions."""
    values: object

    def check(self, name, raw, decoded):
        got = raw[name].values
        got = got.view("S1").reshape(got.shape + (-1,)) \
            if got.dtype.itemsize > 1 else got
        np.testing.assert_array_equal(got, self.values, err_msg=name)


@dataclass
class Text:
    values: object

    def check(self, name, raw, decoded):
        got = decoded[name].values
        if got.dtype.kind == "S":
            got = np.char.decode(got, "utf-8")
        assert got.tolist() == self.values, f"{name}: {got.tolist()}"


def var(values, dtype, dims=("time",), /, **attrs):
    v = Var(tuple(dims), np.array(values, dtype), {})
    for key, value in attrs.items():
        if key == "fill":
            key = "_FillValue"
        if key in ("_FillValue", "missing_value"):
            value = np.array(value).astype(dtype)
            value = value[()]
        v.attrs[key] = value
    return v


def file(variables, attrs=None, unlimited=("time",), format="NETCDF4"):
    """A File whose dimensions are those of its variables."""
    dims = {}
    for v in variables.values():
        dims.update(zip(v.dims, v.data.shape))
    return File(dims, variables, attrs or {},
                tuple(d for d in unlimited if d in dims), format)


def days(first, n, **attrs):
    return var(np.arange(first, first + n), "f8",
               **{"units": "days since 2000-01-01", **attrs})


def runs(name, *parts, **more):
    """A file for each part, a variable of that name; time goes on."""
    out, at = [], 0
    for p in parts:
        n = p.data.shape[p.dims.index("time")]
        out.append(file({"time": days(at, n), name: p, **more}))
        at += n
    return out


def bounded(units, at):
    return file({"time": var([at + 3], "i4", units=units, bounds="time_bnds"),
                 "time_bnds": var([[at, at + 6]], "i4", ("time", "nv"))})


def packed(raw, scale, offset=0.0, dtype="i2", scales="f8", **attrs):
    kind = np.dtype(scales).type
    return var(raw, dtype, scale_factor=kind(scale), add_offset=kind(offset),
               **attrs)


def static(value, y=(10., 20., 30.), **more):
    return file({"time": days(value, 1), "v": var([[value] * len(y)], "i4",
                                                  ("time", "y")),
                 "y": var(y, "f8", ("y",)), **more})


MERGED = [{"concat": "time", "range": {"start": 0, "stop": 1}},
          {"merge": "member", "values": ["a", "b"]}]


def merged(change=None, members="ab", dims=MERGED):
    """Two steps of variables a and b, each in a file of its own."""
    files = {}
    for k in 0, 1:
        for m in members:
            files[k, m] = file({"time": days(k, 1), m: var(
                [[k, k + 10]], "i4", ("time", "y")),
                "y": var((1., 2.), "f8", ("y",))})
    if change:
        change(files)
    return files


BOTH = {m: Raw([[0, 10], [1, 11]], "i4") for m in "ab"}
