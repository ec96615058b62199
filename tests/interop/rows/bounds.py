# SPDX-License-Identifier: Apache-2.0
"""Rows of bounds, which have the units and the calendar of what they
bound, whether they say so or not (CF 7.1)."""

import cftime
import numpy as np

from rows.row import Dates, Raw, Row, file, var


def bounded(units, at, attrs=None, own=None, bounds="time_bnds", dtype="i4"):
    """One step, from 6 before to 6 after it."""
    axis = var([at], "i4", units=units, **(attrs or {}))
    if bounds:
        axis.attrs["bounds"] = bounds
    return file({"time": axis, "time_bnds": var(
        [[at - 6, at + 6]], dtype, ("time", "nv"), **(own or {}))})


def dates(*units_and_times, calendar="standard"):
    return [d.isoformat() for units, times in units_and_times
            for d in cftime.num2date(np.ravel(times), units, calendar)]


def both(*units_and_times, calendar="standard"):
    return {"time": Dates(dates(*units_and_times, calendar=calendar),
                          calendar),
            "time_bnds": Bounds(dates(*((u, [t - 6, t + 6])
                                        for u, t in units_and_times),
                                      calendar=calendar))}


class Bounds(Dates):
    """Dates of a variable without units, which are those of the axis."""

    def check(self, name, raw, decoded):
        axis = {k: raw["time"].attrs[k] for k in ("units", "calendar")
                if k in raw["time"].attrs}
        own = {k: raw[name].attrs[k] for k in axis if k in raw[name].attrs}
        assert own == {k: axis[k] for k in own}, f"{own}, not {axis}"
        got = [d.isoformat() for d in cftime.num2date(
            raw[name].values.ravel(), axis["units"],
            axis.get("calendar", "standard"))]
        assert got == self.values, f"{name}: {got}, want {self.values}"


class Last(Bounds):
    """Only of the last step: the others have none."""

    def check(self, name, raw, decoded):
        assert np.isnan(raw[name].values[:-1]).all(), name
        super().check(name, {**raw, name: raw[name][-1:]}, decoded)


FIRST, LATER = "hours since 2000-01-01", "hours since 2000-01-05"


def time_rows():
    want = both((FIRST, 9), (LATER, 7))
    for k in 0, 1:
        own = [None, None]
        own[k] = {"units": (FIRST, LATER)[k]}
        yield Row(f"bounds with units of their own in file {k} only",
                  [bounded(FIRST, 9, own=own[0]),
                   bounded(LATER, 7, own=own[1])], want)
    yield Row("bounds with units of their own in both files",
              [bounded(FIRST, 9, own={"units": FIRST}),
               bounded(LATER, 7, own={"units": LATER})], want)
    yield Row("bounds with units of their own in no file", [
        bounded(FIRST, 9), bounded(LATER, 7)], want)
    yield Row("bounds with units of their own in one file, and all are alike",
              [bounded(FIRST, 9, own={"units": FIRST}), bounded(FIRST, 30)],
              both((FIRST, 9), (FIRST, 30)))
    yield Row("bounds that one of the files does not call so",
              [bounded(FIRST, 9), bounded(LATER, 7, bounds="")],
              refused=("time_bnds",))
    yield Row("bounds that one of the files does not call so, and all are alike",
              [bounded(FIRST, 9), bounded(FIRST, 30, bounds="")],
              both((FIRST, 9), (FIRST, 30)))
    yield Row("bounds in the unit that the recipe asks for",
              [bounded(FIRST, 9), bounded(FIRST, 30)],
              both((FIRST, 9), (FIRST, 30)),
              combine={"time": {"units": "minutes since 1999-12-31"}})
    want = both((FIRST, 9), (LATER, 7))
    want["time_bnds"] = Last(want["time_bnds"].values[2:])
    yield Row("bounds that only a later file has, filled",
              [file({"time": var([9], "i4", units=FIRST)}),
               bounded(LATER, 7, dtype="f8")],
              want, combine={"missing_variable": "fill"})
    early, late = "days since 2000-02-20", "days since 2000-03-20"
    calendar = {"calendar": "noleap"}
    yield Row("bounds with units of their own and the calendar of their axis",
              [bounded(early, 9, calendar, {"units": early}),
               bounded(late, 9, calendar, {"units": late})],
              both((early, 9), (late, 9), calendar="noleap"))


def level(units, at, own=None):
    return file({"lev": var([at], "f8", ("lev",), units=units,
                            bounds="lev_bnds"),
                 "lev_bnds": var([[at - 5, at + 5]], "f8", ("lev", "nv"),
                                 **(own or {}))}, unlimited=("lev",))


def unit_rows():
    want = {"lev": Raw([10, 20.0], "f8", {"units": "hPa"}),
            "lev_bnds": Raw([[5, 15], [19.95, 20.05]], "f8")}
    for told in False, True:
        own = [{"units": u} if told else None for u in ("hPa", "Pa")]
        yield Row("bounds of converted units" + ", which they tell" * told,
                  [level("hPa", 10, own[0]), level("Pa", 2000, own[1])], want,
                  combine={"units": "convert"}, dims=[{"concat": "lev"}])


def rows():
    yield from time_rows()
    yield from unit_rows()
