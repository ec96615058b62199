# SPDX-License-Identifier: Apache-2.0
"""Rows of merged files, which have different variables."""

import numpy as np

from rows.row import BOTH, MERGED, NAN, Means, Raw, Row, days, file, merged, var


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


def rows():
    yield from merge_rows()
    yield from member_rows()
