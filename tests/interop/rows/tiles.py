# SPDX-License-Identifier: Apache-2.0
"""Rows of files that are laid along several dimensions at once: whole
arrays, cut into files by NumPy, must become whole again."""

import copy
import itertools

import numpy as np

import archive
from archive import Var
from rows.row import NAN, Bytes, Dates, Means, Raw, Row, Text, days, file, var

FILL = {"missing_variable": "fill"}


def along(**edges):
    """Concat dimensions, as a recipe has them."""
    return [{"concat": d, "range": {"start": 0, "stop": len(e) - 2}}
            for d, e in edges.items()]


def cut(whole, edges, members=None):
    """{place: File} of variables that are cut at the edges of each dimension;
    with members {name: variables}, {(place.., name): File}."""
    files = {}
    for at in itertools.product(*(range(len(e) - 1) for e in edges.values())):
        spans = {d: slice(e[k], e[k + 1])
                 for k, (d, e) in zip(at, edges.items())}
        parts = {n: Var(v.dims, v.data[tuple(spans.get(d, slice(None))
                                             for d in v.dims)],
                        dict(v.attrs)) for n, v in whole.items()}
        for m, names in (members or {None: list(parts)}).items():
            key = at + ((m,) if members else ())
            files[key] = file({n: copy.deepcopy(parts[n]) for n in names},
                              unlimited=())
            files[key].dims.update({d: s.stop - s.start
                                    for d, s in spans.items()})
    return files


def raw(whole, *names):
    """All of it as it is, but for what is told apart."""
    return {n: Raw(v.data, v.data.dtype.name, v.attrs)
            for n, v in whole.items() if not names or n in names}


def axis(name, n, step=.5):
    return var(np.arange(n) * step - 3, "f8", (name,), units="m")


def plane(ny, nx):
    """A map with all that may stand on one: along both axes, along one, none."""
    rng = np.random.default_rng(7)
    edges = np.arange(nx + 1) * .5 - 3.25
    x = axis("x", nx)
    x.attrs["bounds"] = "x_bnds"
    return {
        "y": axis("y", ny), "x": x,
        "x_bnds": var(np.stack([edges[:-1], edges[1:]], axis=1), "f8",
                      ("x", "nv")),
        "v": var(rng.normal(size=(ny, nx)), "f4", ("y", "x"), units="K"),
        "turned": var(rng.integers(-99, 99, (nx, ny)), "i2", ("x", "y")),
        "deep": var(rng.integers(0, 9, (2, ny, 3, nx)), "u1",
                    ("p", "y", "q", "x")),
        "row": var(rng.integers(0, 99, ny), "i4", ("y",)),
        "column": var(rng.normal(size=(nx, 2)), "f8", ("x", "p")),
        "crs": var(7, "i4", ()),
        "p": var([5., 6.], "f8", ("p",)),
    }


def cube(nt, ny, nx):
    rng = np.random.default_rng(8)
    return {
        "time": days(0, nt), "y": axis("y", ny), "x": axis("x", nx),
        "v": var(rng.normal(size=(nt, ny, nx)), "f4", ("time", "y", "x")),
        "odd": var(rng.integers(-9, 9, (nx, 2, nt, ny)), "i2",
                   ("x", "z", "time", "y")),
        "area": var(rng.normal(size=(ny, nx)), "f8", ("y", "x")),
        "orbit": var(np.arange(nt) * 3, "i4", ("time",)),
    }


def plane_rows():
    for name, edges, chunks in [
            ("regular", {"y": [0, 4, 8], "x": [0, 5, 10]}, {}),
            ("regular, in chunks across the seams",
             {"y": [0, 4, 8], "x": [0, 5, 10]}, {"y": 3, "x": 4}),
            ("ragged", {"y": [0, 1, 6, 8], "x": [0, 7, 10]}, {}),
            ("ragged, in one chunk", {"y": [0, 1, 6, 8], "x": [0, 7, 10]},
             {"y": -1, "x": -1}),
            ("ragged, in chunks of 1", {"y": [0, 1, 6, 8], "x": [0, 7, 10]},
             {"y": 1, "x": 1}),
            ("of no length, some", {"y": [0, 0, 4, 4, 8], "x": [0, 10, 10]},
             {"x": 4}),
            ("one alone", {"y": [0, 8], "x": [0, 10]}, {})]:
        whole = plane(8, 10)
        yield Row(f"tiles, {name}", cut(whole, edges), raw(whole),
                  dims=along(**edges), chunks=chunks)
    edges = {"y": [0, 3, 8], "x": [0, 7, 10]}
    whole = plane(8, 10)
    yield Row("tiles, x before y in the recipe", {
        k[::-1]: f for k, f in cut(whole, edges).items()}, raw(whole),
        dims=along(x=edges["x"], y=edges["y"]))
    wrong = cut(whole, edges)
    wrong[1, 1].vars["row"].data[0] += 1
    yield Row("tiles whose static variables differ within a row", wrong,
              refused=("row",), dims=along(**edges))
    yield Row("tiles whose static variables differ, the first",
              copy.deepcopy(wrong), raw(whole), dims=along(**edges), combine={"static": "first"})
    for k, f in wrong.items():
        f.vars["row"].attrs["units"] = "m" if k[0] else "km"
    yield Row("tiles, the first, whose units are those of their row", wrong,
              refused=("row",), dims=along(**edges),
              combine={"static": "first"})
    wrong = cut(whole, edges)
    wrong[1, 0].vars["x"].data[-1] += .25
    yield Row("tiles on axes that differ", wrong, refused=("x",),
              dims=along(**edges))
    swapped = cut(whole, edges | {"x": [0, 5, 10]})
    swapped = {(i, 1 - j): f for (i, j), f in swapped.items()}
    yield Row("tiles in the wrong order", swapped, refused=("x",),
              dims=along(**edges))


def cube_rows():
    edges = {"time": [0, 2, 3], "y": [0, 3, 4], "x": [0, 1, 5, 6]}
    for chunks in {}, {"time": 2, "y": 2, "x": 4}:
        whole = cube(3, 4, 6)
        yield Row(f"three dimensions, chunks {chunks or 'by themselves'}",
                  cut(whole, edges), raw(whole), dims=along(**edges),
                  chunks=chunks)
    rng = np.random.default_rng(9)
    whole = {"time": days(0, 5), "ensemble": var([3, 5, 8], "i4",
                                                 ("ensemble",)),
             "v": var(rng.normal(size=(3, 5, 2)), "f8",
                      ("ensemble", "time", "y"))}
    edges = {"time": [0, 2, 5], "ensemble": [0, 1, 2, 3]}
    yield Row("time and ensemble", cut(whole, edges), raw(whole),
              dims=along(**edges), chunks={"time": 3, "ensemble": 2})
    members = {"a": ["time", "y", "x", "v", "area"],
               "b": ["time", "x", "odd", "orbit", "area"]}
    edges = {"time": [0, 2, 3], "y": [0, 4], "x": [0, 1, 5, 6]}
    whole = cube(3, 4, 6)
    dims = [*along(**edges), {"merge": "part", "values": ["a", "b"]}]
    for order in dims, [dims[-1], *dims[:-1]]:
        yield Row("three dimensions and a merge, first "
                  + next(iter(order[0].values())),
                  cut(whole, edges, members), raw(whole), dims=order,
                  chunks={"x": 4})


def coded_rows():
    edges = {"time": [0, 2, 3], "x": [0, 3, 4]}
    whole = {"time": days(0, 3), "x": axis("x", 4),
             "v": var(np.arange(12).reshape(3, 4), "i2", ("time", "x"))}
    scales = cut(whole, edges)
    want = np.arange(12.).reshape(3, 4)
    for (i, j), f in scales.items():
        scale = [.5, .25, 2, 1.5][2 * i + j]
        f.vars["v"].attrs["scale_factor"] = scale
        want[edges["time"][i]:edges["time"][i + 1],
             edges["x"][j]:edges["x"][j + 1]] *= scale
    yield Row("tiles of different scales", scales, {"v": Means(want, "f8")},
              dims=along(**edges), chunks={"time": 2, "x": 2})
    # Each row of tiles tells its time in its own way.
    clocks = cut(whole, edges)
    for (i, j), f in clocks.items():
        if i:
            f.vars["time"] = var([0], "f8", units="hours since 2000-01-03")
    stamps = [f"2000-01-0{d}T00:00:00" for d in (1, 2, 3)]
    yield Row("tiles, a time for each row", clocks,
              {"time": Dates(stamps), **raw(whole, "x", "v")},
              dims=along(**edges))
    clocks = copy.deepcopy(clocks)
    clocks[1, 1].vars["time"] = var([24], "f8", units="hours since 2000-01-02")
    yield Row("tiles of one row that tell its time in two ways", clocks,
              refused=("time",), dims=along(**edges))
    names = cut(whole, edges)
    words = np.array([["a", "bc", "", "Oslo"], ["x", "yz", "w", "Bergen"],
                      ["New York", "1", "2", "3"]], object)
    for (i, j), f in names.items():
        part = words[edges["time"][i]:edges["time"][i + 1],
                     edges["x"][j]:edges["x"][j + 1]]
        n = max(len(w) for w in part.ravel())
        f.vars["name"] = Var(("time", "x", "n"), archive.chars(part, n), {})
        f.dims["n"] = n
    yield Row("tiles of text as wide as it must be", names,
              {"name": Text(words.tolist())}, dims=along(**edges),
              chunks={"time": 2, "x": 2})
    yield Row("tiles of text, byte for byte", names,
              {"name": Bytes(archive.chars(words, 8))}, dims=along(**edges),
              chunks={"time": 2, "x": 3, "n": 3}, formats=(2,))


def missing_rows():
    edges = {"y": [0, 1, 6, 8], "x": [0, 7, 10]}
    whole = plane(8, 10)
    holes = cut(whole, edges)
    holes.pop((1, 1))
    yield Row("a tile that is missing", holes, refused=("1 of 6 are missing",), listed=True,
              dims=along(**edges))
    v = whole["v"].data.copy()
    v[1:6, 7:] = np.nan
    turned = whole["turned"].data.astype("f8").T.copy()
    turned[1:6, 7:] = np.nan
    deep = whole["deep"].data.astype("f8")
    deep[:, 1:6, :, 7:] = np.nan
    want = {**raw(whole, "y", "x", "x_bnds", "row", "column", "crs", "p"),
            "v": Raw(v, "f4"), "turned": Means(turned.T, "i2", ()),
            "deep": Means(deep, "u1", ())}
    for chunks in {}, {"y": 3, "x": 4}:
        yield Row(f"a tile that is missing, filled, chunks {chunks}", holes,
                  want, listed=True, dims=along(**edges), chunks=chunks,
                  combine=FILL, dropped=(("v", ""), ("turned", "")))
    # Nobody knows what stands along the row.
    rowless = {k: f for k, f in cut(whole, edges).items() if k[0] != 1}
    yield Row("a row of tiles that is missing", rowless, refused=("1; every position needs one",),
              listed=True, dims=along(**edges), combine=FILL)
    # One tile of each row and column is enough.
    few = {k: f for k, f in cut(whole, edges).items()
           if k in ((0, 0), (1, 1), (2, 0))}
    v = np.full((8, 10), NAN, "f4")
    for rows, columns in ((slice(0, 1), slice(0, 7)), (slice(1, 6),
                          slice(7, 10)), (slice(6, 8), slice(0, 7))):
        v[rows, columns] = whole["v"].data[rows, columns]
    yield Row("few tiles", few, {
        **raw(whole, "y", "x", "x_bnds", "row", "column", "crs"),
        "v": Raw(v, "f4")}, listed=True, dims=along(**edges), combine=FILL)


def rows():
    for group in (plane_rows, cube_rows, coded_rows, missing_rows):
        yield from group()
