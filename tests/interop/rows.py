# SPDX-License-Identifier: Apache-2.0
"""Archives whose files differ, and what each must become: worked out here with
NumPy and by hand, never by pgf.

Where pangeo-forge-recipes wrote wrong numbers, the row says what they were.
"""

from dataclasses import dataclass, field

import netCDF4
import numpy as np

import archive
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
    needs: str = ""
    formats: tuple = (3, 2)     # of Zarr
    listed: bool = False        # the recipe has a list of these files


# --- what a variable must be ------------------------------------------------------

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


# --- how files are told -----------------------------------------------------------

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


# --- scale, offset, fill: 2.7 -----------------------------------------------------

def packed(raw, scale, offset=0.0, dtype="i2", scales="f8", **attrs):
    kind = np.dtype(scales).type
    return var(raw, dtype, scale_factor=kind(scale), add_offset=kind(offset),
               **attrs)


def packing_rows():
    hundred = np.float64(0.01)
    fiftieth = np.float64(0.02)
    yield Row(
        "the same scale, offset and fill are kept",
        runs("v", packed([25, -9], .01, fill=-9), packed([50, 1], .01, fill=-9)),
        {"v": Raw([25, -9, 50, 1], "i2", {"scale_factor": .01, "_FillValue":
                                         np.int16(-9)})})
    # 0.25 was read back as 25.0, 100.25 as 5012.0.
    yield Row(
        "scale 0.01 and 0.02",
        runs("v", packed([25, 75], .01), packed([5012, 3], .02)),
        {"v": Means([25 * hundred, 75 * hundred, 5012 * fiftieth,
                     3 * fiftieth], "f8")}, needs="packing")
    yield Row(
        "offset 273.15 and 0",
        runs("v", packed([1, 2], .5, 273.15), packed([3, -4], .5)),
        {"v": Means([.5 + 273.15, 1 + 273.15, 1.5, -2.], "f8")},
        needs="packing")
    yield Row(
        "scales of type float32 unpack to float32",
        runs("v", packed([1, 2], .1, scales="f4"),
             packed([3], .3, scales="f4")),
        {"v": Means(np.array([1, 2, 3]) * np.array(
            [np.float32(.1)] * 2 + [np.float32(.3)], "f8"), "f4")},
        needs="packing")
    yield Row(
        "scales of types float32 and float64 unpack to float64",
        runs("v", packed([1], .1, scales="f4"), packed([3], .3, scales="f8")),
        {"v": Means([1 * float(np.float32(.1)), 3 * .3], "f8")},
        needs="packing")
    yield Row(
        "the same scale of whole numbers is kept",
        runs("v", packed([1, 2], 3, 10, scales="i4"),
             packed([3], 3, 10, scales="i4")),
        {"v": Raw([1, 2, 3], "i2", {"scale_factor": 3, "add_offset": 10})})
    for scales, dtype in ("i4", "i2"), ("i2", "u1"), ("u1", "i4"), ("i8", "i1"):
        yield Row(
            f"{dtype} and scales of whole numbers ({scales})",
            runs("v", packed([1, 2], 3, 10, dtype, scales),
                 packed([100], 7, 0, dtype, scales)),
            {"v": Means([13, 16, 700], "f8")}, needs="packing")
    yield Row(
        "scales of whole numbers, and of halves",
        runs("v", packed([1, -9], 2, 0, scales="i2", fill=-9),
             packed([3], .5, 0, scales="f4", fill=-9)),
        {"v": Means([2, NAN, 1.5], "f8")}, needs="packing")
    yield Row(
        "scales of whole numbers, packed like the first file",
        runs("v", packed([1, 2], 2, 1, scales="i4"),
             packed([3], 4, 1, scales="i4")),
        {"v": Raw([1, 2, 6], "i2", {"scale_factor": 2., "add_offset": 1.})},
        combine={"packing": "repack"}, needs="packing")
    yield Row(
        "int8 and int16, each with its scale",
        runs("v", packed([100, -3], .5, dtype="i1"), packed([3000], .25)),
        {"v": Means([50, -1.5, 750], "f8")}, needs="packing")
    yield Row(
        "one file packed, the other float32",
        runs("v", packed([1, 2], .5, 1., scales="f4"),
             var([7.25, NAN], "f4")),
        {"v": Means([1.5, 2, 7.25, NAN], "f4")}, needs="packing")
    yield Row(
        "one file packed, the other integers as they are",
        runs("v", packed([1, 2], .5), var([7], "i2")),
        {"v": Means([.5, 1, 7], "f8")}, needs="packing")
    yield Row(
        "scale differs and cells are missing",
        runs("v", packed([1, -9], .5, fill=-9), packed([-8, 2], .25, fill=-8)),
        {"v": Means([.5, NAN, NAN, .5], "f8")}, needs="packing")
    yield Row(
        "a sign told by _Unsigned in one file",
        runs("v", packed([-1, 1], .5, dtype="i1", _Unsigned="true"),
             packed([-1, 1], .25, dtype="i1")),
        {"v": Means([127.5, .5, -.25, .25], "f8", ("scale_factor", "add_offset",
                                                  "_Unsigned"))},
        needs="packing")
    yield Row(
        "limits of packed values do not outlive the packing",
        runs("v", packed([1], .5, valid_range=np.array([0, 9], "i2")),
             packed([2], .25, valid_range=np.array([0, 9], "i2"))),
        {"v": Means([.5, .5], "f8", ("scale_factor", "valid_range"))},
        needs="packing")
    yield Row(
        "packing: error", runs("v", packed([1], .5), packed([2], .25)),
        refused=("v",), combine={"packing": "error"}, needs="packing")


def fill_rows():
    # Missing cells became -327.67 and -99.99.
    yield Row(
        "fill -32767 and -9999 of packed int16",
        runs("v", packed([25, -32767], .01, fill=-32767),
             packed([-9999, 75], .01, fill=-9999)),
        {"v": Means([.25, NAN, NAN, .75], "i2", ())}, needs="fill")
    # Missing cells became the numbers -999.0 and -9999.0.
    yield Row(
        "fill -999 and -9999 of float32",
        runs("v", var([1.5, -999], "f4", fill=-999),
             var([-9999, 2.5], "f4", fill=-9999)),
        {"v": Means([1.5, NAN, NAN, 2.5], "f4")}, needs="fill")
    yield Row(
        "fill NaN and -999 of float64",
        runs("v", var([1.5, NAN], "f8", fill=NAN),
             var([-999, 2.5], "f8", fill=-999)),
        {"v": Means([1.5, NAN, NAN, 2.5], "f8")}, needs="fill")
    yield Row(
        "fill -1 and -9 of int32",
        runs("v", var([5, -1], "i4", fill=-1), var([-9, 7], "i4", fill=-9)),
        {"v": Means([5, NAN, NAN, 7], "i4")}, needs="fill")
    yield Row(
        "_FillValue in one file, missing_value in the other",
        runs("v", var([5, -1], "i4", fill=-1),
             var([-9, 7], "i4", missing_value=-9)),
        {"v": Means([5, NAN, NAN, 7], "i4")}, needs="fill")
    yield Row(
        "a file that has no fill",
        runs("v", var([5, -1], "i4", fill=-1), var([9, 7], "i4")),
        {"v": Means([5, NAN, 9, 7], "i4")}, needs="fill")
    yield Row(
        "both _FillValue and missing_value, others in the second file",
        runs("v", var([1, 5, -1, -2], "i4", fill=-1, missing_value=-2),
             var([-3, -4, 7], "i4", fill=-3, missing_value=-4)),
        {"v": Means([1, 5, NAN, NAN, NAN, NAN, 7], "i4")}, needs="fill")
    yield Row(
        "a valid value that is the other file's fill",
        runs("v", var([5, -1], "i4", fill=-1), var([-9, -1], "i4", fill=-9)),
        refused=("v",), needs="fill")
    # What netCDF itself puts into cells that nobody wrote.
    never = netCDF4.default_fillvals
    yield Row(
        "cells that were never written, beside a fill",
        runs("v", var([1.5, never["f4"]], "f4"),
             var([-999, 2.5], "f4", fill=-999)),
        {"v": Means([1.5, NAN, NAN, 2.5], "f4")}, needs="never")
    yield Row(
        "cells that were never written, of another scale",
        runs("v", packed([1, never["i2"]], .5), packed([2, 3], .25)),
        {"v": Means([.5, NAN, .5, .75], "f8")}, needs="never")
    yield Row(
        "cells that were never written, where all files are alike",
        runs("v", packed([1, never["i2"]], .5), packed([2, 3], .5)),
        {"v": Raw([1, never["i2"], 2, 3], "i2")})
    yield Row(
        "the same missing_value is kept",
        runs("v", var([5, -1], "i4", missing_value=-1),
             var([-1, 7], "i4", missing_value=-1)),
        {"v": Raw([5, -1, -1, 7], "i4", {"missing_value": np.int32(-1)})})


def dtype_rows():
    for one, two, result in [
            ("f4", "f8", "f8"), ("i4", "f4", "f8"), ("i2", "f4", "f4"),
            ("i2", "i4", "i4"), ("i1", "u1", "i2"), ("u2", "i4", "i4"),
            ("i8", "u8", "f8"), ("u1", "f8", "f8")]:
        for a, b in (one, two), (two, one):
            yield Row(
                f"types {a} and {b}",
                runs("v", var([1, 2], a), var([3, 100], b)),
                {"v": Raw([1, 2, 3, 100], result)}, needs="dtype")
    yield Row(
        "int32 and float32: what a float32 cannot hold",
        runs("v", var([16777217, -2147483648], "i4"), var([.5], "f4")),
        {"v": Raw([16777217, -2147483648, .5], "f8")}, needs="dtype")
    big = var([1.5, 2], "f4")
    big.storage = {"endian": "big"}
    yield Row("float32 of both byte orders",
              runs("v", big, var([3], "f4")), {"v": Raw([1.5, 2, 3], "f4")})
    yield Row(
        "truth values, which netCDF has as int8",
        runs("v", var([0, 1], "i1", dtype="bool"),
             var([1, 1], "i1", dtype="bool")),
        {"v": Raw([False, True, True, True], "bool")})
    yield Row(
        "a type that cannot be promoted",
        runs("v", var([0, 1], "i1"), var(["a", "b"], object)),
        refused=("v",))


# --- time -------------------------------------------------------------------------

def hours(*stamps):
    return [f"2000-01-{d:02d}T{h:02d}:00:00" for d, h in stamps]


def clock(values, units, dtype="i4", calendar=None):
    more = {"calendar": calendar} if calendar else {}
    return file({"time": var(values, dtype, units=units, **more),
                 "v": var(np.arange(len(values)), "i4")})


def time_rows():
    # All six stamps became the same day.
    for dtype in "i4", "i8", "f8":
        yield Row(
            f"hours since the start of each file ({dtype})",
            [clock([0, 1, 2], "hours since 2000-01-01", dtype),
             clock([0, 1, 2], "hours since 2000-01-01 03:00", dtype)],
            {"time": Dates(hours(*((1, h) for h in range(6)))),
             "v": Raw([0, 1, 2, 0, 1, 2], "i4")}, needs="time")
    yield Row(
        "days since the start of each file",
        [clock([0, 1], "days since 2000-01-01"),
         clock([0, 1], "days since 2000-01-03")],
        {"time": Dates(hours((1, 0), (2, 0), (3, 0), (4, 0)))}, needs="time")
    yield Row(
        "days, then hours",
        [clock([0, 1], "days since 2000-01-01"),
         clock([30, 36], "hours since 2000-01-01")],
        {"time": Dates(hours((1, 0), (2, 0), (2, 6), (2, 12)))}, needs="time")
    yield Row(
        "half days of floats, then minutes",
        [clock([0, .5], "days since 2000-01-01", "f8"),
         clock([1440, 1500], "minutes since 2000-01-01")],
        {"time": Dates(hours((1, 0), (1, 12), (2, 0), (2, 1)))}, needs="time")
    for calendar, last in (("noleap", "03-01"), ("all_leap", "02-29"),
                           ("360_day", "02-29"), ("julian", "03-01")):
        first = f"2001-02-{'29' if calendar == '360_day' else '28'}"
        want = {"noleap": ["2001-02-28", "2001-03-01", "2001-03-02"],
                "julian": ["2001-02-28", "2001-03-01", "2001-03-02"],
                "all_leap": ["2001-02-28", "2001-02-29", "2001-03-01"],
                "360_day": ["2001-02-29", "2001-02-30", "2001-03-01"]}
        yield Row(
            f"per-file references in calendar {calendar}",
            [clock([0, 1], f"days since {first}", calendar=calendar),
             clock([48], f"hours since {first}", calendar=calendar)],
            {"time": Dates([d + "T00:00:00" for d in want[calendar]],
                           calendar)}, needs="time")
    yield Row(
        "calendar gregorian is calendar standard",
        [clock([0], "days since 2000-01-01", calendar="gregorian"),
         clock([1], "days since 2000-01-01", calendar="standard")],
        {"time": Dates(hours((1, 0), (2, 0)))}, needs="time")
    yield Row(
        "the same calendar noleap is kept",
        [clock([0, 58], "days since 2000-01-01", calendar="noleap"),
         clock([59], "days since 2000-01-01", calendar="noleap")],
        {"time": Dates(["2000-01-01T00:00:00", "2000-02-28T00:00:00",
                        "2000-03-01T00:00:00"], "noleap", "i4")})
    yield Row(
        "calendars noleap and standard",
        [clock([0], "days since 2000-01-01", calendar="noleap"),
         clock([1], "days since 2000-01-01", calendar="standard")],
        refused=("time",))
    yield Row(
        "calendars 360_day and none",
        [clock([0], "days since 2000-01-01", calendar="360_day"),
         clock([1], "days since 2000-01-01")],
        refused=("time",))
    yield Row(
        "seconds since 1900 do not fit 32 bits",
        [clock([0], "seconds since 1900-01-01"),
         clock([0], "seconds since 2000-01-01")],
        {"time": Dates(["1900-01-01T00:00:00", "2000-01-01T00:00:00"])},
        needs="time")
    yield Row("a time that is no axis", [
        file({"time": days(0, 1), "made": var([3], "i4",
                                              units="hours since 2000-01-01")}),
        file({"time": days(1, 1), "made": var([3], "i4",
                                              units="hours since 2000-01-02")}),
    ], {"made": Dates(hours((1, 3), (2, 3)))}, needs="time")
    # Bounds have no units of their own (CF 7.1): they are the axis'.
    yield Row("bounds follow their axis", [
        bounded("hours since 2000-01-01", 0),
        bounded("hours since 2000-01-02", 0)],
        {"time": Dates(hours((1, 3), (2, 3))),
         "time_bnds": Dates(hours((1, 0), (1, 6), (2, 0), (2, 6)))},
        needs="time")
    yield Row("the unit that the recipe asks for", [
        clock([0, 1], "hours since 2000-01-01"),
        clock([2, 3], "hours since 2000-01-01")],
        {"time": Dates(hours(*((1, h) for h in range(4))),
                       units="minutes since 2000-01-02")},
        combine={"time": {"units": "minutes since 2000-01-02"}}, needs="time")
    yield Row("a unit since the 31st", [
        clock([0, 1], "hours since 2000-01-01"),
        clock([2, 3], "hours since 2000-01-01")],
        {"time": Dates(hours(*((1, h) for h in range(4))),
                       units="hours since 1999-12-31")},
        combine={"time": {"units": "hours since 1999-12-31"}}, needs="time")
    yield Row("a unit since a day that the calendar has not", [
        clock([h], "hours since 2000-01-01", calendar="360_day")
        for h in (0, 1)], refused=("time",),
        combine={"time": {"units": "hours since 1999-12-31"}}, needs="time")
    # udunits2 -H year -W seconds: 31556925.9747
    year = 31556925974700 / 86400e6
    months = [clock([0, 1], "months since 2000-01-01"),
              clock([60], "days since 2000-01-01"),
              clock([1], "years since 2000-01-01", "f8")]
    yield Row("months, years and days", months, refused=("units",))
    yield Row("months, years and days, of UDUNITS", months,
              {"time": Raw([0, 2629743831225 / 86400e6, 60, year], "f8",
                           {"units": "days since 2000-01-01"})},
              combine={"time": {"units": "days since 2000-01-01",
                                "months": "udunits"}}, needs="time")
    yield Row("months of 360_day stay 30 days", [
        clock([0, 1], "months since 2000-01-01", calendar="360_day"),
        clock([60], "days since 2000-01-01", calendar="360_day")],
        {"time": Raw([0, 30, 60], "i8", {"units": "days since 2000-01-01"})},
        combine={"time": {"units": "days since 2000-01-01",
                          "months": "udunits"}}, needs="time")


def bounded(units, at):
    return file({"time": var([at + 3], "i4", units=units, bounds="time_bnds"),
                 "time_bnds": var([[at, at + 6]], "i4", ("time", "nv"))})


# --- order, overlap, gaps: 2.4 ----------------------------------------------------

def order_rows():
    def two(*stretches):
        return [file({"time": var(s, "f8", units="days since 2000-01-01"),
                      "v": var(s, "f8")}) for s in stretches]

    for name, a, b in [("the wrong order", [2, 3], [0, 1]),
                       ("an overlap", [0, 1, 2], [2, 3]),
                       ("the same file twice", [0, 1], [0, 1]),
                       ("disorder within a file", [0, 2, 1], [3, 4])]:
        yield Row(name, two(a, b), refused=("time",), needs="order")
        yield Row(name + ", allowed", two(a, b), {"v": Raw(a + b, "f8")},
                  combine={"order": "any"}, needs="order")
    yield Row("falling order, asked for", two([4, 3], [2, 1]),
              {"v": Raw([4, 3, 2, 1], "f8")}, needs="order",
              combine={"order": "decreasing"})
    yield Row("falling order", two([4, 3], [2, 1]), refused=("time",),
              combine={"order": "increasing"}, needs="order")
    yield Row("a gap is told", two([0, 1, 2], [7, 8]),
              {"v": Raw([0, 1, 2, 7, 8], "f8")}, needs="gaps")
    yield Row("a gap, allowed", two([0, 1, 2], [7, 8]),
              {"v": Raw([0, 1, 2, 7, 8], "f8")}, combine={"gaps": "allow"},
              needs="gaps")
    yield Row("a gap, not allowed", two([0, 1, 2], [7, 8]), refused=("time",),
              combine={"gaps": "error"}, needs="gaps")
    yield Row("months are no gaps", two([0, 31, 59, 90], [120, 151, 181, 212]),
              {"v": Raw([0, 31, 59, 90, 120, 151, 181, 212], "f8")},
              combine={"gaps": "error"}, needs="gaps")


# --- shapes -----------------------------------------------------------------------

def static(value, y=(10., 20., 30.), **more):
    return file({"time": days(value, 1), "v": var([[value] * len(y)], "i4",
                                                  ("time", "y")),
                 "y": var(y, "f8", ("y",)), **more})


def shape_rows():
    yield Row("months of 31, 28 and 31 days",
              runs("v", *(var(np.arange(n) * n, "i4") for n in (31, 28, 31))),
              {"v": Raw(np.concatenate([np.arange(n) * n
                                        for n in (31, 28, 31)]), "i4")})
    yield Row("scalars, and data without the concat dimension", [
        static(0, crs=var(7, "i4", ()), area=var([1, 2, 3], "i4", ("y",))),
        static(1, crs=var(7, "i4", ()), area=var([1, 2, 3], "i4", ("y",)))],
        {"crs": Raw(7, "i4"), "area": Raw([1, 2, 3], "i4"),
         "v": Raw([[0] * 3, [1] * 3], "i4")}, chunks={"y": 2, "time": 1})
    rank = [file({"time": days(k, 1),
                  "sst": var(np.full((1, 2), k), "i2", ("time", "y")),
                  "temp": var(np.arange(12).reshape(1, 3, 2, 2) + k, "i2",
                              ("time", "z", "y", "x"))}) for k in (0, 1)]
    for z in 1, 2, -1:
        yield Row(f"two and four dimensions, z {z}", rank,
                  {"sst": Raw([[0, 0], [1, 1]], "i2"),
                   "temp": Raw(np.stack([np.arange(12).reshape(3, 2, 2) + k
                                         for k in (0, 1)]), "i2")},
                  chunks={"z": z})
    yield Row("bounds with chunks of 1", [bounded("hours since 2000-01-01", k)
                                          for k in (0, 6, 12)],
              {"time_bnds": Raw([[0, 6], [6, 12], [12, 18]], "i4")},
              chunks={"nv": 1})
    yield Row("a dimension without a variable", [
        file({"v": var([[1, 2]], "i4", ("time", "cell"))}),
        file({"v": var([[3, 4]], "i4", ("time", "cell"))})],
        {"v": Raw([[1, 2], [3, 4]], "i4")})
    yield Row("strings of different lengths",
              runs("v", var(["a", "longer"], object), var(["", "Zürich"],
                                                         object)),
              {"v": Text(["a", "longer", "", "Zürich"])})
    yield Row("a file of no steps",
              [static(0), file({"time": days(1, 0), "v": var(
                  np.zeros((0, 3)), "i4", ("time", "y")),
                  "y": var((10., 20., 30.), "f8", ("y",))}), static(1)],
              {"v": Raw([[0] * 3, [1] * 3], "i4")})
    yield Row("one file", [static(3)], {"v": Raw([[3] * 3], "i4")})
    yield Row("an axis cut short by one", [static(0), static(1, (10., 20.))],
              refused=("y",))
    yield Row("another order of dimensions", [
        file({"time": days(0, 1), "v": var([[1, 2]], "i4", ("time", "y"))}),
        file({"time": days(1, 1), "v": var([[1], [2]], "i4", ("y", "time"))},
             unlimited=())], refused=("v",))
    yield Row("a chunk larger than the dimension", [static(0), static(1)],
              {"v": Raw([[0] * 3, [1] * 3], "i4")}, chunks={"time": 99, "y": 99})
    yield Row("chunks of a dimension that is not there", [static(0)],
              refused=("lev",), chunks={"lev": 2})
    yield Row("files along another dimension than time",
              [static(0), file({"time": days(0, 1), "v": var(
                  [[4, 5]], "i4", ("time", "y")),
                  "y": var((40., 50.), "f8", ("y",))})],
              {"v": Raw([[0, 0, 0, 4, 5]], "i4"),
               "y": Raw([10, 20, 30, 40, 50], "f8")}, dims=[{"concat": "y"}])


def words(dim, width, *texts, at=0, dims=("time",), **more):
    """Text as chars, of which the last dimension is the width."""
    texts = np.array(texts, object)
    return file({"time": days(at, len(texts)), "v": Var(
        (*dims, dim), archive.chars(texts, width), {}), **more})


def text_rows():
    two = {"v": Text(["Oslo", "New York"])}
    wide = archive.chars(np.array(["Oslo", "New York"]), 8)
    yield Row("arrays of char of different widths and dimensions", [
        words("n5", 5, "Oslo"), words("n8", 8, "New York", at=1)], two,
        dropped=(("v", ""),))
    yield Row("arrays of char of different widths", [
        words("n", 5, "Oslo"), words("n", 8, "New York", at=1)], two,
        dropped=(("v", "n"),))
    yield Row("the widest chars first, in chunks", [
        words("n", 8, "New York", "Bergen"), words("n", 3, "Ål", at=2)],
        {"v": Text(["New York", "Bergen", "Ål"])}, chunks={"time": 2})
    yield Row("bytes of different widths, in chunks of 3 by 3", [
        words("n", 5, "Oslo"), words("n", 8, "New York", at=1)],
        {"v": Bytes(wide)}, chunks={"time": 3, "n": 3}, formats=(2,))
    blank = [words("n", 5, "Oslo"), words("n", 8, "New York", at=1)]
    for f in blank:
        f.vars["v"].attrs["_FillValue"] = b"-"
    yield Row("what ends a narrow text is NUL, not the fill value", blank,
              {"v": Bytes(wide)}, formats=(2,))
    yield Row("chars in two dimensions, and a place without a file", [
        words("n", 2, ["a", "bc"], dims=("time", "y")), file(
            {"time": days(1, 1), "w": var([[1, 1]], "i4", ("time", "y"))}),
        words("n", 7, ["", "Zürich"], dims=("time", "y"), at=2)],
        {"v": Text([["a", "bc"], ["", ""], ["", "Zürich"]])},
        combine={"missing_variable": "fill"})
    yield Row("chars of no width", [
        words("n", 0, "", at=0), words("n", 4, "Oslo", at=1)],
        {"v": Text(["", "Oslo"])})
    yield Row("two variables, of which one is as wide in all files", [
        words("n5", 5, "Oslo", w=Var(("time", "n8"), archive.chars(
            ["Norway"], 8), {})),
        words("n8", 8, "New York", at=1, w=Var(("time", "n8"), archive.chars(
            ["USA"], 8), {}))],
        {**two, "w": Text(["Norway", "USA"])})
    number = [words("n", w, t, at=k, m=var(np.zeros((1, w)), "i4",
                                          ("time", "n")))
              for k, (t, w) in enumerate((("Oslo", 5), ("New York", 8)))]
    yield Row("a width that is also a dimension of numbers", number,
              refused=("n",))
    yield Row("a width before the last dimension", [
        file({"time": days(k, 1), "v": Var(
            ("time", "n", "m"), archive.chars([["ab"] * w], 2), {})})
        for k, w in enumerate((5, 8))], refused=("n",))
    yield Row("chars, and a number for each", [
        words("n", 5, "Oslo"),
        file({"time": days(1, 1), "v": var([[0] * 5], "i1", ("time", "n"))})],
        refused=("v",))
    yield Row("strings of fixed widths that differ", [
        file({"time": days(k, 2), "v": Var(("time",), np.array(w), {})})
        for k, w in ((0, [b"Oslo", b"Rome"]), (2, [b"New York", b""]),
                     (4, [b"a", b"bc"]))],
        {"v": Text(["Oslo", "Rome", "New York", "", "a", "bc"])},
        dropped=(("v", ""),))
    yield Row("strings of a fixed width, and of any", [
        file({"time": days(0, 1), "v": Var(("time",), np.array([b"Oslo"]),
                                           {})}),
        file({"time": days(1, 1), "v": var(["Rome"], object)})],
        refused=("v",))
    yield Row("static names, the same in wider chars", [
        words("n", w, "x", at=k, name=Var(("n",), archive.chars(
            np.array("Oslo", object), w), {})) for k, w in ((0, 5), (1, 8))],
        refused=("name",))
    yield Row("static names, the first", [
        words("n", w, "x", at=k, name=Var(("n",), archive.chars(
            np.array("Oslo", object), w), {})) for k, w in ((0, 5), (1, 8))],
        {"name": Text("Oslo"), "v": Text(["x", "x"])},
        combine={"static": "first"})


# --- files and chunks of other lengths, and archives that grow -----------------

def one_a_day(lengths):
    """Files of these lengths along time; v is the day of each."""
    ends = np.cumsum([0, *lengths])
    return [file({"time": days(a, b - a), "v": var(np.arange(a, b), "f8")})
            for a, b in zip(ends, ends[1:])]


def length_rows():
    # What its tests need locks for: two files in a chunk, in a file no chunk.
    hundred = {"v": Raw(np.arange(100.), "f8"),
               "time": Raw(np.arange(100.), "f8")}
    for step, chunk in (15, 10), (10, 100), (10, 10), (7, 33):
        yield Row(f"100 days in files of {step}, chunks of {chunk}",
                  one_a_day(np.diff(cuts(100, step))), hundred,
                  chunks={"time": chunk})
    for lengths, chunk in [((2, 4, 3, 4, 2), n) for n in (2, 3, 5)] + [
            ((5, 4, 6), 4), ((2, 2, 3, 2, 2), 4), ((5, 2, 2, 3, 2, 2), 4)]:
        yield Row(f"files of {'+'.join(map(str, lengths))}, chunks of {chunk}",
                  one_a_day(lengths),
                  {"v": Raw(np.arange(float(sum(lengths))), "f8")},
                  chunks={"time": chunk})


def growth_rows():
    """An archive is baked, and once more when it has more files."""
    for name, lengths, chunk, earlier in [
            ("aligned", [4, 4], 2, [(2, 1)]),
            ("in the middle of a chunk", [3, 4], 2, [(2, 1)]),
            ("twice in the middle of a chunk", [3, 4, 2, 5], 4,
             [(4, 1), (4, 3)]),
            ("not at all the second time", [3, 4], 2, [(2, 2)]),
            ("by a file shorter than the first", [5, 1], 3, [(3, 1)]),
            ("and gets other chunks", [3, 4, 2], 3, [(2, 2)]),
            ("and then shrinks", [3, 4], 2, [(2, 4)])]:
        more = [1] * (max(n for _, n in earlier) - len(lengths))
        total = float(sum(lengths))
        yield Row(f"an archive that grows {name}",
                  one_a_day(lengths + more),
                  {"v": Raw(np.arange(total), "f8"),
                   "time": Raw(np.arange(total), "f8")},
                  chunks={"time": chunk}, files_used=len(lengths),
                  earlier=tuple(({"time": c}, n) for c, n in earlier))


def static_rows():
    y = np.array([10., 20., 30.])
    yield Row("a static variable that changes",
              [static(0, area=var([1, 2, 3], "i4", ("y",))),
               static(1, area=var([1, 2, 4], "i4", ("y",)))],
              refused=("area",))
    yield Row("a latitude that jitters by 1e-9",
              [static(0), static(1, y + [0, 1e-9, 0])], refused=("y",))
    yield Row("a latitude that jitters by 1e-9, close",
              [static(0), static(1, y + [0, 1e-9, 0])],
              {"y": Raw(y, "f8"), "v": Raw([[0] * 3, [1] * 3], "i4")},
              combine={"static": {"close": 1e-6}}, needs="close")
    yield Row("a latitude that is off by more than close",
              [static(0), static(1, y + [0, 1e-3, 0])], refused=("y",),
              combine={"static": {"close": 1e-6}}, needs="close")
    yield from close_rows()
    yield Row("another latitude, the first",
              [static(0), static(1, y + 1)],
              {"y": Raw(y, "f8"), "v": Raw([[0] * 3, [1] * 3], "i4")},
              combine={"static": "first"})
    yield Row("NaN in a static variable is the same NaN",
              [static(k, mask=var([1, NAN, 3], "f4", ("y",))) for k in (0, 1)],
              {"mask": Raw([1, NAN, 3], "f4")})


def close_rows():
    """Alike within .01, each file in its own words; the first file's are kept."""
    near = {"combine": {"static": {"close": .01}}, "needs": "close"}
    y = np.array([10., 20., 30.])
    one, many = [static(0)], Raw(y, "f8")

    def pack(raw, scale, **attrs):
        return var(raw, "i2", ("y",), scale_factor=np.float64(scale),
                   add_offset=np.float64(0), **attrs)

    yield Row("a latitude of float64, float32 and packed, close",
              one + [static(1, (y + .005).astype("f4")),
                     file({"time": days(2, 1), "y": pack([10000, 20009, 30000], .001),
                           "v": var([[2] * 3], "i4", ("time", "y"))})],
              {"y": many, "v": Raw([[k] * 3 for k in range(3)], "i4")}, **near)
    yield Row("a latitude that is packed, and more than close off",
              one + [file({"time": days(1, 1), "y": pack([1000, 2002, 3000], .01),
                           "v": var([[2] * 3], "i4", ("time", "y"))})],
              refused=("y",), **near)
    yield Row("packed first, and the same numbers unpacked",
              [static(0, a=pack([25, 50, -9], .5, fill=-9)),
               static(1, a=var([12.5, 25, NAN], "f8", ("y",)))],
              {"a": Raw([25, 50, -9], "i2", {"scale_factor": .5})},
              combine={"static": {"close": 0}}, needs="close")
    yield Row("the same bits, packed in two ways",
              [static(0, a=pack([25, 50, 1], .5)),
               static(1, a=pack([25, 50, 1], .25))],
              refused=("a",), **near)
    yield Row("missing in both, each by its own value",
              [static(k, a=var([1, -9 * (k + 1), 3], "f4", ("y",),
                               fill=-9 * (k + 1))) for k in (0, 1)],
              {"a": Raw([1, -9, 3], "f4", {"_FillValue": np.float32(-9)})},
              **near)
    yield Row("missing in one only",
              [static(0, a=var([1, -9, 3], "f4", ("y",), fill=-9)),
               static(1, a=var([1, -9, 3], "f4", ("y",)))],
              refused=("a",), **near)
    yield Row("metres and kilometres, close",
              [static(0, h=var([1500, 20], "f8", ("z",), units="m")),
               static(1, h=var([1.5, .020001], "f8", ("z",), units="km"))],
              {"h": Raw([1500, 20], "f8", {"units": "m"})}, **near)
    yield Row("metres and kilometres, further apart than close",
              [static(0, h=var([1500, 20], "f8", ("z",), units="m")),
               static(1, h=var([1.5, .02002], "f8", ("z",), units="km"))],
              refused=("h",), **near)
    yield Row("metres and kelvins are never close",
              [static(0, h=var([1, 2], "f8", ("z",), units="m")),
               static(1, h=var([1, 2], "f8", ("z",), units="K"))],
              refused=("h",), **near)
    hours = var(24, "i4", (), units="hours since 2000-01-01")
    for what, days_, wanted in (
            ("the same", 1., {"want": {"r": Raw(24, "i4")}}),
            ("another", 1.01, {"refused": ("r",)})):
        yield Row(f"{what} instant in days, close to hours",
                  [static(0, r=hours), static(1, r=var(
                      days_, "f8", (), units="days since 2000-01-01"))],
                  **wanted, **near)
    yield Row("an instant of another calendar is never close",
              [static(0, r=hours), static(1, r=var(
                  24, "i4", (), units="hours since 2000-01-01",
                  calendar="noleap"))], refused=("r",), **near)
    big = 2**53
    yield Row("integers beyond 2^53, close",
              [static(k, n=var([big, big + 1 + k], "i8", ("z",)))
               for k in (0, 1)],
              {"n": Raw([big, big + 1], "i8")},
              combine={"static": {"close": 1}}, needs="close")
    yield Row("integers beyond 2^53 that are not equal",
              [static(k, n=var([big, big + k], "i8", ("z",))) for k in (0, 1)],
              refused=("n",), **near)
    yield Row("text is equal or not",
              [static(k, s=var(["a", "bc"[k]], "S1", ("z",)))
               for k in (0, 1)], refused=("s",), **near)
    def short(width, *texts):
        return Var(("z", f"n{width}"), archive.chars(texts, width), {})

    yield Row("chars in arrays of another width, close",
              [static(0, s=short(3, "ab", "c")), static(1, s=short(5, "ab", "c")),
               static(2, s=short(2, "ab", "c"))],
              {"s": Text(["ab", "c"])}, **near)
    yield Row("chars in a wider array that say more, close",
              [static(0, s=short(3, "ab", "c")),
               static(1, s=short(5, "ab", "cdef"))], refused=("s",), **near)
    jitter = {"a": np.array([1., 2.]), "b": np.array([1.001, 1.999])}
    files = merged(lambda f: [f[k, m].vars["y"].data.__setitem__(
        slice(None), jitter[m] + k * 1e-4) for k, m in f])
    yield Row("merged files whose axes jitter, close", files,
              {**BOTH, "y": Raw(jitter["a"], "f8")}, dims=MERGED, **near)
    cells = {(i, j): file({
        "time": days(i, 1), "x": var([j + i * .001], "f8", ("x",)),
        "v": var([[i + 10 * j]], "i4", ("time", "x"))})
        for i in range(3) for j in range(2)}
    grid = [{"concat": "time", "range": {"start": 0, "stop": 2}},
            {"concat": "x", "range": {"start": 0, "stop": 1}}]
    yield Row("a grid whose columns jitter, close", cells,
              {"x": Raw([0., 1.], "f8"),
               "v": Raw([[0, 10], [1, 11], [2, 12]], "i4")}, dims=grid, **near)
    off = dict(cells)
    off[2, 1] = file({"time": days(2, 1), "x": var([1.02], "f8", ("x",)),
                      "v": var([[12]], "i4", ("time", "x"))})
    yield Row("a grid with one column that is off", off, refused=("x",),
              dims=grid, **near)


def absent_rows():
    files = [static(0, extra=var([5], "f4")), static(1),
             static(2, extra=var([7], "f4"))]
    yield Row("a variable that is not in all files", files, refused=("extra",))
    yield Row("a variable that is not in all files, filled", files,
              {"extra": Means([5, NAN, 7], "f4"),
               "v": Raw([[0] * 3, [1] * 3, [2] * 3], "i4")},
              combine={"missing_variable": "fill"}, needs="absent")
    files = [static(0), static(1, extra=packed([5], .5, fill=-9))]
    yield Row("a packed variable that the first file has not, filled", files,
              {"extra": Means([NAN, 2.5], "i2", ())},
              combine={"missing_variable": "fill"}, needs="absent")


# --- merged files -----------------------------------------------------------------

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


def merge_rows():
    yield Row("merge by concat", merged(), BOTH, dims=MERGED)
    yield Row("concat by merge", merged(), BOTH, dims=MERGED[::-1])
    yield Row("a member of the matrix is missing",
              merged(lambda f: f.pop((1, "b"))), refused=("1_b",), dims=MERGED)
    # y of the second was ignored.
    yield Row("merged files on different axes", merged(
        lambda f: [f[k, "b"].vars["y"].data.__iadd__(100) for k in (0, 1)]),
        refused=("y",), dims=MERGED)
    # What only the second file has was never filled.
    yield Row("a coordinate that only the second member has", merged(
        lambda f: [f[k, "b"].vars.update(lat=var([5., 6.], "f4", ("y",)))
                   for k in (0, 1)]),
        {**BOTH, "lat": Raw([5, 6], "f4")}, dims=MERGED)
    yield Row("merged variables of different rank", merged(
        lambda f: [f[k, "b"].vars.update(b=var(
            np.full((1, 4, 2), k), "i2", ("time", "z", "y")))
            or f[k, "b"].dims.update(z=4) for k in (0, 1)]),
        {"a": BOTH["a"], "b": Raw(np.stack([np.full((4, 2), k)
                                            for k in (0, 1)]), "i2")},
        dims=MERGED)
    yield Row("the time of merged files differs", merged(
        lambda f: f[1, "b"].vars["time"].data.__iadd__(1)),
        refused=("time",), dims=MERGED)
    # The bits are those of the other member; the instants are not.
    for attr, value in (("calendar", "noleap"),
                        ("units", "days since 2000-01-02")):
        yield Row(f"the {attr} of merged files differ", merged(
            lambda f, a=attr, v=value: f[1, "b"].vars["time"].attrs.update(
                {a: v})), refused=("time",), dims=MERGED)
    for dims in MERGED, MERGED[::-1]:
        first = next(iter(dims[0]))
        yield Row(f"one merged file is longer ({first} first)", merged(
            lambda f: f.update({(1, "b"): file({
                "time": days(1, 2), "b": var(np.zeros((2, 2)), "i4",
                                             ("time", "y"))})})),
            refused=("time",), dims=dims)


def still(values=(7, 8), **more):
    """A file without the concat dimension."""
    return file({"depth": var(values, "i4", ("y",)),
                 "y": var((1., 2.), "f8", ("y",)), **more})


def member_rows():
    """Members of which some files, or the concat dimension, are not there."""
    fill = {"missing_variable": "fill"}
    holes = merged(lambda f: f.pop((1, "b")))
    yield Row("no file of a member at a place", holes,
              refused=("1 of 4 are missing",), dims=MERGED, listed=True)
    yield Row("no file of a member at a place, filled", holes, {
        "a": BOTH["a"], "b": Means([[0, 10], [NAN, NAN]], "i4", ()),
        "time": Raw([0, 1], "f8")}, dims=MERGED, listed=True, combine=fill,
        dropped=(("b", ""),))
    holes = merged(lambda f: (f.pop((1, "b")), f.pop((0, "a"))))
    yield Row("each member at a place of its own, filled", holes, {
        "a": Means([[NAN, NAN], [1, 11]], "i4", ()),
        "b": Means([[0, 10], [NAN, NAN]], "i4", ()),
        "time": Raw([0, 1], "f8")}, dims=MERGED, listed=True, combine=fill)
    yield Row("a place that no member has", merged(
        lambda f: [f.pop((0, m)) for m in "ab"]), dims=MERGED, listed=True,
        refused=("0; every position needs one",), combine=fill)
    depth = {"a": BOTH["a"], "depth": Raw([7, 8], "i4"),
             "time": Raw([0, 1], "f8")}
    for name, places in ("at every place", (0, 1)), ("at the first place",
                         (0,)), ("at the last place", (1,)):
        for policy in {}, fill:
            yield Row(f"a member without time, {name}, {policy}", {
                **merged(members="a"), **{(k, "b"): still() for k in places}},
                depth, dims=MERGED, listed=True, combine=policy)
    yield Row("a member without time that changes", {
        **merged(members="a"), **{(k, "b"): still((7, k)) for k in (0, 1)}},
        refused=("depth",), dims=MERGED, listed=True)
    yield Row("a member without time in one of its files",
              merged(lambda f: f.update({(1, "b"): still()})),
              refused=("b", "time"), dims=MERGED, listed=True)
    yield Row("no member with time", {
        (k, m): still(**{m: var([1, 2], "i4", ("y",))})
        for k in (0, 1) for m in "ab"}, refused=("time",), dims=MERGED,
        listed=True)


def cuts(n, step):
    """Ends of pieces of n, each step long, the last what is left."""
    return [*range(0, n, step), n]


def tiled(name, rows, cols, chunks, **more):
    """A file for each piece between rows along time and cols along x."""
    whole = np.arange(rows[-1] * cols[-1]).reshape(rows[-1], cols[-1])
    files = {}
    for i, (r, to) in enumerate(zip(rows, rows[1:])):
        for j, (c, end) in enumerate(zip(cols, cols[1:])):
            files[i, j] = file({
                "time": days(r, to - r),
                "x": var(np.arange(c, end), "f8", ("x",)),
                "v": var(whole[r:to, c:end], "i4", ("time", "x"))})
    dims = [{"concat": d, "range": {"start": 0, "stop": len(at) - 2}}
            for d, at in (("time", rows), ("x", cols))]
    return Row(name, files, {
        "v": Raw(whole, "i4"), "time": Raw(np.arange(float(rows[-1])), "f8"),
        "x": Raw(np.arange(float(cols[-1])), "f8")},
        dims=dims, chunks=chunks, needs="grid", **more)


def grid_rows():
    """Two concat dims: 2+3+4 by 3+1+2, in chunks of 4 by 4; and every cut of
    10 by 18 that its tests of combining fragments make."""
    row = tiled("a grid of 2+3+4 by 3+1+2", [0, 2, 5, 9], [0, 3, 4, 6],
                {"time": 4, "x": 4})
    yield row
    for t in 1, 2, 3, 5, 10:
        for x in 8, 9, 17, 18:
            yield tiled(f"10 by 18 cut by {t} and {x}", cuts(10, t),
                        cuts(18, x), {"time": 4, "x": -1})
    files, dims = row.files, row.dims
    wrong = dict(files)
    wrong[2, 2] = file({"time": days(5, 4), "x": var([4, 5, 6], "f8", ("x",)),
                        "v": var(np.zeros((4, 3)), "i4", ("time", "x"))})
    yield Row("a grid that is no product", wrong, refused=("x",), dims=dims,
              needs="grid")
    wrong = dict(files)
    wrong.pop((1, 2))
    yield Row("a grid with a hole", wrong, refused=("1_2",), dims=dims,
              needs="grid")


# --- attributes -------------------------------------------------------------------

def attr_rows():
    yield Row("units K, degC and m",
              runs("v", *(var([1], "f4", units=u) for u in ("K", "degC", "m"))),
              refused=("v",))
    yield Row("units in some files only",
              runs("v", var([1], "f4", units="K"), var([2], "f4")),
              refused=("v",))
    yield Row("attributes that differ are dropped",
              [static(0, w=var([1], "f4", long_name="one", same="yes")),
               static(1, w=var([2], "f4", long_name="two", same="yes"))],
              {"w": Raw([1, 2], "f4", {"same": "yes"})},
              dropped=(("w", "long_name"),))
    yield Row("an attribute that only some files have is kept",
              [static(0, w=var([1], "f4")),
               static(1, w=var([2], "f4", note="late"))],
              {"w": Raw([1, 2], "f4", {"note": "late"})})
    yield Row("an attribute that is NaN in all files is kept",
              [static(k, w=var([k], "f4", limit=np.float32("nan")))
               for k in (0, 1)],
              {"w": Raw([0, 1], "f4", {"limit": NAN})})
    groups = [static(0), static(1), static(2)]
    for i, f in enumerate(groups):
        f.attrs = {"title": "one", "history": f"h{i}", "conventions": "CF-1.8"}
    yield Row("attributes of the group: what all agree on", groups, {
        "v": Raw([[0] * 3, [1] * 3, [2] * 3], "i4")},
        attrs={"title": "one", "conventions": "CF-1.8"},
        dropped=(("", "history"),))
    yield Row("units K and degC, converted",
              runs("v", var([273.15, 300], "f8", units="K"),
                   var([0, 26.85], "f8", units="degC")),
              {"v": Raw([273.15, 300, 273.15, 26.85 + 273.15], "f8",
                        {"units": "K"})},
              combine={"units": "convert"}, needs="units")
    yield Row("units K and m, converted",
              runs("v", var([273.15], "f8", units="K"),
                   var([0], "f8", units="m")), refused=("v",),
              combine={"units": "convert"}, needs="units")


def rows():
    for group in (packing_rows, fill_rows, dtype_rows, time_rows, order_rows,
                  shape_rows, length_rows, growth_rows, text_rows,
                  static_rows, absent_rows, merge_rows, member_rows, grid_rows,
                  attr_rows):
        yield from group()
