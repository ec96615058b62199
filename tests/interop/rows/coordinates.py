# SPDX-License-Identifier: Apache-2.0
"""Rows of coordinates, whose names combine.py compares with those that
xarray finds in the sources."""

from rows.row import MERGED, Dates, Raw, Row, days, file, merged, var

GRID = ("y", "x")


def listed(k, names, attrs=None, **more):
    """One step of v on a grid that lat, lon, area and height tell of."""
    v = var([[[k, 1], [2, 3]]], "f4", ("time", *GRID))
    if names:
        v.attrs["coordinates"] = names
    return file({"time": days(k, 1), "v": v, "height": var(2., "f8", ()),
                 "lat": var([[1, 2], [3, 4]], "f4", GRID),
                 "lon": var([[5, 6], [7, 8]], "f4", GRID),
                 "area": var([[9, 9], [9, 9]], "f4", GRID), **more},
                attrs or {})


def list_rows():
    yield Row("coordinates that a variable lists",
              [listed(k, "lat lon height") for k in (0, 1)],
              {"height": Raw(2., "f8"), "lat": Raw([[1, 2], [3, 4]], "f4")})
    yield Row("coordinates that each file lists otherwise",
              [listed(0, "lat lon"), listed(1, ""),
               listed(2, "height\n lat  nowhere")],
              {"lat": Raw([[1, 2], [3, 4]], "f4")},
              dropped=(("v", "coordinates"),))
    yield Row("coordinates that the group lists",
              [listed(k, "lat lon", {"coordinates": "height"})
               for k in (0, 1)],
              {"height": Raw(2., "f8")})
    yield Row("coordinates that the group lists otherwise in each file",
              [listed(0, "lat", {"coordinates": "height lon"}),
               listed(1, "lat", {"coordinates": "area"}), listed(2, "lat")],
              {"height": Raw(2., "f8")}, attrs={
                  "coordinates": "height lon area"},
              dropped=(("", "coordinates"),))
    yield Row("a coordinate along time that no dimension is named for",
              [listed(k, "lat step", step=var([k * 6], "i4"))
               for k in (0, 1)],
              {"step": Raw([0, 6], "i4")})
    yield Row("coordinates that one of the merged files lists", merged(
        lambda f: [f[k, "b"].vars["b"].attrs.update(coordinates="lat")
                   or f[k, "b"].vars.update(lat=var([5., 6.], "f4", ("y",)))
                   for k in (0, 1)]),
        {"lat": Raw([5, 6], "f4")}, dims=MERGED)


LONG = [{"concat": "time", "range": {"start": 0, "stop": 19}},
        {"merge": "member", "values": ["a", "b"]}]


def since(k, name, day):
    return file({"time": var([0], "i4", units=f"days since 2000-01-{day:02}"),
                 name: var([k], "i4")})


def unit_rows():
    """Each step counts from a day of its own, so that all times are 0."""
    files = {(k, m): since(k, m, k + 1) for k in range(20) for m in "ab"}
    dates = [f"2000-01-{k + 1:02}T00:00:00" for k in range(20)]
    yield Row("merged files of 20 units of time", files,
              {"time": Dates(dates), "a": Raw(list(range(20)), "i4"),
               "b": Raw(list(range(20)), "i4")}, dims=LONG)
    yield Row("merged files of 20 units of time, one pair of which differs",
              {**files, (18, "b"): since(18, "b", 20)}, refused=("time",),
              dims=LONG)


def rows():
    yield from list_rows()
    yield from unit_rows()
