# SPDX-License-Identifier: Apache-2.0
"""Rows of attributes that differ."""

import numpy as np

from rows.row import NAN, Raw, Row, runs, static, var


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
              combine={"units": "convert"})
    yield Row("units K and m, converted",
              runs("v", var([273.15], "f8", units="K"),
                   var([0], "f8", units="m")), refused=("v",),
              combine={"units": "convert"})


def rows():
    yield from attr_rows()
