# SPDX-License-Identifier: Apache-2.0
"""Rows of times: units and calendars that differ; order, overlap and gaps."""

import numpy as np

from rows.row import Dates, Raw, Row, bounded, days, file, var


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
             "v": Raw([0, 1, 2, 0, 1, 2], "i4")})
    yield Row(
        "days since the start of each file",
        [clock([0, 1], "days since 2000-01-01"),
         clock([0, 1], "days since 2000-01-03")],
        {"time": Dates(hours((1, 0), (2, 0), (3, 0), (4, 0)))})
    yield Row(
        "days, then hours",
        [clock([0, 1], "days since 2000-01-01"),
         clock([30, 36], "hours since 2000-01-01")],
        {"time": Dates(hours((1, 0), (2, 0), (2, 6), (2, 12)))})
    yield Row(
        "half days of floats, then minutes",
        [clock([0, .5], "days since 2000-01-01", "f8"),
         clock([1440, 1500], "minutes since 2000-01-01")],
        {"time": Dates(hours((1, 0), (1, 12), (2, 0), (2, 1)))})
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
                           calendar)})
    yield Row(
        "calendar gregorian is calendar standard",
        [clock([0], "days since 2000-01-01", calendar="gregorian"),
         clock([1], "days since 2000-01-01", calendar="standard")],
        {"time": Dates(hours((1, 0), (2, 0)))})
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
        {"time": Dates(["1900-01-01T00:00:00", "2000-01-01T00:00:00"])})
    yield Row("a time that is no axis", [
        file({"time": days(0, 1), "made": var([3], "i4",
                                              units="hours since 2000-01-01")}),
        file({"time": days(1, 1), "made": var([3], "i4",
                                              units="hours since 2000-01-02")}),
    ], {"made": Dates(hours((1, 3), (2, 3)))})
    # Bounds have no units of their own (CF 7.1): they are the axis'.
    yield Row("bounds follow their axis", [
        bounded("hours since 2000-01-01", 0),
        bounded("hours since 2000-01-02", 0)],
        {"time": Dates(hours((1, 3), (2, 3))),
         "time_bnds": Dates(hours((1, 0), (1, 6), (2, 0), (2, 6)))})
    yield Row("the unit that the recipe asks for", [
        clock([0, 1], "hours since 2000-01-01"),
        clock([2, 3], "hours since 2000-01-01")],
        {"time": Dates(hours(*((1, h) for h in range(4))),
                       units="minutes since 2000-01-02")},
        combine={"time": {"units": "minutes since 2000-01-02"}})
    yield Row("a unit since the 31st", [
        clock([0, 1], "hours since 2000-01-01"),
        clock([2, 3], "hours since 2000-01-01")],
        {"time": Dates(hours(*((1, h) for h in range(4))),
                       units="hours since 1999-12-31")},
        combine={"time": {"units": "hours since 1999-12-31"}})
    yield Row("a unit since a day that the calendar has not", [
        clock([h], "hours since 2000-01-01", calendar="360_day")
        for h in (0, 1)], refused=("time",),
        combine={"time": {"units": "hours since 1999-12-31"}})
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
                                "months": "udunits"}})
    yield Row("months of 360_day stay 30 days", [
        clock([0, 1], "months since 2000-01-01", calendar="360_day"),
        clock([60], "days since 2000-01-01", calendar="360_day")],
        {"time": Raw([0, 30, 60], "i8", {"units": "days since 2000-01-01"})},
        combine={"time": {"units": "days since 2000-01-01",
                          "months": "udunits"}})


def order_rows():
    def two(*stretches):
        return [file({"time": var(s, "f8", units="days since 2000-01-01"),
                      "v": var(s, "f8")}) for s in stretches]

    for name, a, b in [("the wrong order", [2, 3], [0, 1]),
                       ("an overlap", [0, 1, 2], [2, 3]),
                       ("the same file twice", [0, 1], [0, 1]),
                       ("disorder within a file", [0, 2, 1], [3, 4])]:
        yield Row(name, two(a, b), refused=("time",))
        yield Row(name + ", allowed", two(a, b), {"v": Raw(a + b, "f8")},
                  combine={"order": "any"})
    yield Row("falling order, asked for", two([4, 3], [2, 1]),
              {"v": Raw([4, 3, 2, 1], "f8")},
              combine={"order": "decreasing"})
    yield Row("falling order", two([4, 3], [2, 1]), refused=("time",),
              combine={"order": "increasing"})
    yield Row("a gap is told", two([0, 1, 2], [7, 8]),
              {"v": Raw([0, 1, 2, 7, 8], "f8")})
    yield Row("a gap, allowed", two([0, 1, 2], [7, 8]),
              {"v": Raw([0, 1, 2, 7, 8], "f8")}, combine={"gaps": "allow"})
    yield Row("a gap, not allowed", two([0, 1, 2], [7, 8]), refused=("time",),
              combine={"gaps": "error"})
    yield Row("months are no gaps", two([0, 31, 59, 90], [120, 151, 181, 212]),
              {"v": Raw([0, 31, 59, 90, 120, 151, 181, 212], "f8")},
              combine={"gaps": "error"})


def rows():
    yield from time_rows()
    yield from order_rows()
