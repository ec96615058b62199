# SPDX-License-Identifier: Apache-2.0
"""Rows of packings that the recipe states: what NumPy makes of the
sources, rounded half to even."""

from dataclasses import dataclass

import numpy as np

from rows.row import NAN, Means, Raw, Row, days, file, packed, runs, static, var


@dataclass
class Packed:
    """Real numbers (NaN is missing), packed by NumPy; a reader sees the same."""
    real: object
    dtype: str
    scale: float
    offset: float
    fill: int

    def check(self, name, raw, decoded):
        real = np.array(self.real, float)
        gone = np.isnan(real)
        whole = np.rint((np.where(gone, 0, real) - self.offset) / self.scale)
        whole = np.where(gone, self.fill, whole).astype(self.dtype)
        got = raw[name]
        assert got.dtype == self.dtype, f"{name}: type {got.dtype}"
        np.testing.assert_array_equal(got.values, whole, err_msg=name)
        attrs = {k: got.attrs.get(k) for k in ("scale_factor", "add_offset")}
        assert attrs == {"scale_factor": self.scale,
                         "add_offset": self.offset}, f"{name}: {attrs}"
        assert got.attrs.get("_FillValue") == self.fill, f"{name}: {got.attrs}"
        for left in "missing_value", "valid_range", "_Unsigned":
            assert left not in got.attrs, f"{name}: {left}"
        means = np.where(gone, NAN, whole * self.scale + self.offset)
        np.testing.assert_allclose(decoded[name].values, means, rtol=1e-6,
                                   err_msg=name)


ASKED = {"dtype": "int16", "scale_factor": 0.01, "add_offset": 5,
         "_FillValue": -32768}


def asked(real):
    return {"v": Packed(real, "i2", .01, 5., -32768)}


def stated_rows():
    combine = {"packing": {"v": ASKED}}
    yield Row("a stated packing of floats",
              runs("v", var([1.5, NAN, 5.005], "f8"),
                   var([-1e20, 5.015, 5.025], "f4", fill=np.float32(-1e20))),
              asked([1.5, NAN, 5.005, NAN, float(np.float32(5.015)),
                     float(np.float32(5.025))]), combine=combine)
    yield Row("a stated packing where all files agree on another",
              runs("v", packed([25, -9], .5, fill=-9,
                               valid_range=np.array([0, 99], "i2")),
                   packed([50, 1], .5, fill=-9,
                          valid_range=np.array([0, 99], "i2"))),
              asked([12.5, NAN, 25, .5]), combine=combine)
    yield Row("a stated packing, and each file has its own",
              runs("v", packed([25, -9], .5, fill=-9),
                   packed([-1, 1], .25, 3, dtype="i1", _Unsigned="true"),
                   var([7, 8], "i4", missing_value=8)),
              asked([12.5, NAN, 66.75, 3.25, 7, NAN]), combine=combine)
    yield Row("a stated packing that the files have",
              runs("v", packed([25, -32768], .01, 5, fill=-32768),
                   packed([-9, 1], .01, 5, fill=-9)),
              asked([25 * .01 + 5, NAN, NAN, 1 * .01 + 5]), combine=combine)
    yield Row("a stated packing of a variable without time",
              [static(k, w=var([1.5, NAN, 3], "f4", ("y",), fill=NAN))
               for k in (0, 1)],
              {"w": Packed([1.5, NAN, 3], "i2", .01, 5., -32768)},
              combine={"packing": {"w": ASKED}})
    yield Row("a stated packing of converted units",
              runs("v", var([275, 280.25], "f8", units="K"),
                   var([1.5, NAN], "f8", units="degC")),
              asked([275, 280.25, 1.5 + 273.15, NAN]),
              combine={"units": "convert", **combine})
    yield Row("a stated packing of a variable that a file lacks",
              [static(0, extra=var([5.5], "f4")), static(1)],
              {"extra": Packed([5.5, NAN], "i2", .01, 5., -32768)},
              combine={"missing_variable": "fill",
                       "packing": {"extra": ASKED}})
    yield Row("a stated packing of one, words for the others",
              [file({"time": days(k, 1), "v": var([k + .5], "f4"),
                     "u": packed([2], .5 / (k + 1)),
                     "w": packed([2], .5 / (k + 1))}) for k in (0, 1)],
              {**asked([.5, 1.5]), "u": Means([1, .5], "f8"),
               "w": Raw([2, 1], "i2", {"scale_factor": .5})},
              combine={"packing": {"v": ASKED, "w": "repack", "*": "unpack"}})
    yield Row("a number that a stated packing has no room for",
              runs("v", var([1, 2], "f4"), var([3, 400], "f4")),
              refused=("1.nc",), combine=combine)
    yield Row("a number that would become a stated missing value",
              runs("v", var([1, 2], "f4"), var([3, -322.68], "f8")),
              refused=("1.nc",), combine=combine)
    yield Row("a missing number and a stated packing that has none",
              runs("v", var([1, 2], "f4"), var([3, NAN], "f4")),
              refused=("1.nc",),
              combine={"packing": {"v": {"dtype": "int8", "scale_factor": 1}}})


def rows():
    yield from stated_rows()
