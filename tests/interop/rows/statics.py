# SPDX-License-Identifier: Apache-2.0
"""Rows of variables without the concat dimension, and of some that only some
files have."""

import numpy as np

import archive
from archive import Var
from rows.row import (BOTH, MERGED, NAN, Means, Raw, Row, Text, days, file,
                      merged, packed, static, var)


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
              combine={"static": {"close": 1e-6}})
    yield Row("a latitude that is off by more than close",
              [static(0), static(1, y + [0, 1e-3, 0])], refused=("y",),
              combine={"static": {"close": 1e-6}})
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
    near = {"combine": {"static": {"close": .01}}}
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
              combine={"static": {"close": 0}})
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
              combine={"static": {"close": 1}})
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
              combine={"missing_variable": "fill"})
    files = [static(0), static(1, extra=packed([5], .5, fill=-9))]
    yield Row("a packed variable that the first file has not, filled", files,
              {"extra": Means([NAN, 2.5], "i2", ())},
              combine={"missing_variable": "fill"})


def rows():
    yield from static_rows()
    yield from absent_rows()
