# SPDX-License-Identifier: Apache-2.0
"""Rows of scale, offset, fill and type that differ between files."""

import netCDF4
import numpy as np

from rows.row import NAN, Means, Raw, Row, packed, runs, var


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
                     3 * fiftieth], "f8")})
    yield Row(
        "offset 273.15 and 0",
        runs("v", packed([1, 2], .5, 273.15), packed([3, -4], .5)),
        {"v": Means([.5 + 273.15, 1 + 273.15, 1.5, -2.], "f8")})
    yield Row(
        "scales of type float32 unpack to float32",
        runs("v", packed([1, 2], .1, scales="f4"),
             packed([3], .3, scales="f4")),
        {"v": Means(np.array([1, 2, 3]) * np.array(
            [np.float32(.1)] * 2 + [np.float32(.3)], "f8"), "f4")})
    yield Row(
        "scales of types float32 and float64 unpack to float64",
        runs("v", packed([1], .1, scales="f4"), packed([3], .3, scales="f8")),
        {"v": Means([1 * float(np.float32(.1)), 3 * .3], "f8")})
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
            {"v": Means([13, 16, 700], "f8")})
    yield Row(
        "scales of whole numbers, and of halves",
        runs("v", packed([1, -9], 2, 0, scales="i2", fill=-9),
             packed([3], .5, 0, scales="f4", fill=-9)),
        {"v": Means([2, NAN, 1.5], "f8")})
    yield Row(
        "scales of whole numbers, packed like the first file",
        runs("v", packed([1, 2], 2, 1, scales="i4"),
             packed([3], 4, 1, scales="i4")),
        {"v": Raw([1, 2, 6], "i2", {"scale_factor": 2., "add_offset": 1.})},
        combine={"packing": "repack"})
    yield Row(
        "int8 and int16, each with its scale",
        runs("v", packed([100, -3], .5, dtype="i1"), packed([3000], .25)),
        {"v": Means([50, -1.5, 750], "f8")})
    yield Row(
        "one file packed, the other float32",
        runs("v", packed([1, 2], .5, 1., scales="f4"),
             var([7.25, NAN], "f4")),
        {"v": Means([1.5, 2, 7.25, NAN], "f4")})
    yield Row(
        "one file packed, the other integers as they are",
        runs("v", packed([1, 2], .5), var([7], "i2")),
        {"v": Means([.5, 1, 7], "f8")})
    yield Row(
        "scale differs and cells are missing",
        runs("v", packed([1, -9], .5, fill=-9), packed([-8, 2], .25, fill=-8)),
        {"v": Means([.5, NAN, NAN, .5], "f8")})
    yield Row(
        "a sign told by _Unsigned in one file",
        runs("v", packed([-1, 1], .5, dtype="i1", _Unsigned="true"),
             packed([-1, 1], .25, dtype="i1")),
        {"v": Means([127.5, .5, -.25, .25], "f8", ("scale_factor", "add_offset",
                                                  "_Unsigned"))})
    yield Row(
        "limits of packed values do not outlive the packing",
        runs("v", packed([1], .5, valid_range=np.array([0, 9], "i2")),
             packed([2], .25, valid_range=np.array([0, 9], "i2"))),
        {"v": Means([.5, .5], "f8", ("scale_factor", "valid_range"))})
    yield Row(
        "packing: error", runs("v", packed([1], .5), packed([2], .25)),
        refused=("v",), combine={"packing": "error"})


def fill_rows():
    # Missing cells became -327.67 and -99.99.
    yield Row(
        "fill -32767 and -9999 of packed int16",
        runs("v", packed([25, -32767], .01, fill=-32767),
             packed([-9999, 75], .01, fill=-9999)),
        {"v": Means([.25, NAN, NAN, .75], "i2", ())})
    # Missing cells became the numbers -999.0 and -9999.0.
    yield Row(
        "fill -999 and -9999 of float32",
        runs("v", var([1.5, -999], "f4", fill=-999),
             var([-9999, 2.5], "f4", fill=-9999)),
        {"v": Means([1.5, NAN, NAN, 2.5], "f4")})
    yield Row(
        "fill NaN and -999 of float64",
        runs("v", var([1.5, NAN], "f8", fill=NAN),
             var([-999, 2.5], "f8", fill=-999)),
        {"v": Means([1.5, NAN, NAN, 2.5], "f8")})
    yield Row(
        "fill -1 and -9 of int32",
        runs("v", var([5, -1], "i4", fill=-1), var([-9, 7], "i4", fill=-9)),
        {"v": Means([5, NAN, NAN, 7], "i4")})
    yield Row(
        "_FillValue in one file, missing_value in the other",
        runs("v", var([5, -1], "i4", fill=-1),
             var([-9, 7], "i4", missing_value=-9)),
        {"v": Means([5, NAN, NAN, 7], "i4")})
    yield Row(
        "a file that has no fill",
        runs("v", var([5, -1], "i4", fill=-1), var([9, 7], "i4")),
        {"v": Means([5, NAN, 9, 7], "i4")})
    yield Row(
        "both _FillValue and missing_value, others in the second file",
        runs("v", var([1, 5, -1, -2], "i4", fill=-1, missing_value=-2),
             var([-3, -4, 7], "i4", fill=-3, missing_value=-4)),
        {"v": Means([1, 5, NAN, NAN, NAN, NAN, 7], "i4")})
    yield Row(
        "a valid value that is the other file's fill",
        runs("v", var([5, -1], "i4", fill=-1), var([-9, -1], "i4", fill=-9)),
        refused=("v",))
    # What netCDF itself puts into cells that nobody wrote.
    never = netCDF4.default_fillvals
    yield Row(
        "cells that were never written, beside a fill",
        runs("v", var([1.5, never["f4"]], "f4"),
             var([-999, 2.5], "f4", fill=-999)),
        {"v": Means([1.5, NAN, NAN, 2.5], "f4")})
    yield Row(
        "cells that were never written, of another scale",
        runs("v", packed([1, never["i2"]], .5), packed([2, 3], .25)),
        {"v": Means([.5, NAN, .5, .75], "f8")})
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
                {"v": Raw([1, 2, 3, 100], result)})
    yield Row(
        "int32 and float32: what a float32 cannot hold",
        runs("v", var([16777217, -2147483648], "i4"), var([.5], "f4")),
        {"v": Raw([16777217, -2147483648, .5], "f8")})
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


def rows():
    yield from packing_rows()
    yield from fill_rows()
    yield from dtype_rows()
