# SPDX-License-Identifier: Apache-2.0
"""Rows of lengths, ranks and chunks that differ; archives that grow; and files
along two dimensions."""

import numpy as np

from rows.row import Raw, Row, Text, bounded, days, file, runs, static, var


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
        dims=dims, chunks=chunks, **more)


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
    yield Row("a grid that is no product", wrong, refused=("x",), dims=dims)
    wrong = dict(files)
    wrong.pop((1, 2))
    yield Row("a grid with a hole", wrong, refused=("1_2",), dims=dims)


def rows():
    yield from shape_rows()
    yield from length_rows()
    yield from growth_rows()
    yield from grid_rows()
