# SPDX-License-Identifier: Apache-2.0
"""Rows of text, whose width differs between files."""

import numpy as np

import archive
from archive import Var
from rows.row import Bytes, Row, Text, days, file, var


def words(dim, width, *texts, at=0, dims=("time",), **more):
    """Text as chars, of which the last dimension is the width."""
    texts = np.array(texts, object)
    return file({"time": days(at, len(texts)), "v": Var(
        (*dims, dim), archive.chars(texts, width), {}), **more})


def text_rows():
    two = {"v": Text(["Oslo", "New York"])}
    wide = archive.chars(np.array(["Oslo", "New York"]), 8)
    yield Row("arrays of char of different widths and dimensions", [
        words("n5", 5, "Oslo"), words("n8", 8, "New York", at=1)], two,
        dropped=(("v", ""),))
    yield Row("arrays of char of different widths", [
        words("n", 5, "Oslo"), words("n", 8, "New York", at=1)], two,
        dropped=(("v", "n"),))
    yield Row("the widest chars first, in chunks", [
        words("n", 8, "New York", "Bergen"), words("n", 3, "Ål", at=2)],
        {"v": Text(["New York", "Bergen", "Ål"])}, chunks={"time": 2})
    yield Row("bytes of different widths, in chunks of 3 by 3", [
        words("n", 5, "Oslo"), words("n", 8, "New York", at=1)],
        {"v": Bytes(wide)}, chunks={"time": 3, "n": 3}, formats=(2,))
    blank = [words("n", 5, "Oslo"), words("n", 8, "New York", at=1)]
    for f in blank:
        f.vars["v"].attrs["_FillValue"] = b"-"
    yield Row("what ends a narrow text is NUL, not the fill value", blank,
              {"v": Bytes(wide)}, formats=(2,))
    yield Row("chars in two dimensions, and a place without a file", [
        words("n", 2, ["a", "bc"], dims=("time", "y")), file(
            {"time": days(1, 1), "w": var([[1, 1]], "i4", ("time", "y"))}),
        words("n", 7, ["", "Zürich"], dims=("time", "y"), at=2)],
        {"v": Text([["a", "bc"], ["", ""], ["", "Zürich"]])},
        combine={"missing_variable": "fill"})
    yield Row("chars of no width", [
        words("n", 0, "", at=0), words("n", 4, "Oslo", at=1)],
        {"v": Text(["", "Oslo"])})
    yield Row("two variables, of which one is as wide in all files", [
        words("n5", 5, "Oslo", w=Var(("time", "n8"), archive.chars(
            ["Norway"], 8), {})),
        words("n8", 8, "New York", at=1, w=Var(("time", "n8"), archive.chars(
            ["USA"], 8), {}))],
        {**two, "w": Text(["Norway", "USA"])})
    number = [words("n", w, t, at=k, m=var(np.zeros((1, w)), "i4",
                                          ("time", "n")))
              for k, (t, w) in enumerate((("Oslo", 5), ("New York", 8)))]
    yield Row("a width that is also a dimension of numbers", number,
              refused=("n",))
    yield Row("a width before the last dimension", [
        file({"time": days(k, 1), "v": Var(
            ("time", "n", "m"), archive.chars([["ab"] * w], 2), {})})
        for k, w in enumerate((5, 8))], refused=("n",))
    yield Row("chars, and a number for each", [
        words("n", 5, "Oslo"),
        file({"time": days(1, 1), "v": var([[0] * 5], "i1", ("time", "n"))})],
        refused=("v",))
    yield Row("strings of fixed widths that differ", [
        file({"time": days(k, 2), "v": Var(("time",), np.array(w), {})})
        for k, w in ((0, [b"Oslo", b"Rome"]), (2, [b"New York", b""]),
                     (4, [b"a", b"bc"]))],
        {"v": Text(["Oslo", "Rome", "New York", "", "a", "bc"])},
        dropped=(("v", ""),))
    yield Row("strings of a fixed width, and of any", [
        file({"time": days(0, 1), "v": Var(("time",), np.array([b"Oslo"]),
                                           {})}),
        file({"time": days(1, 1), "v": var(["Rome"], object)})],
        refused=("v",))
    yield Row("static names, the same in wider chars", [
        words("n", w, "x", at=k, name=Var(("n",), archive.chars(
            np.array("Oslo", object), w), {})) for k, w in ((0, 5), (1, 8))],
        refused=("name",))
    yield Row("static names, the first", [
        words("n", w, "x", at=k, name=Var(("n",), archive.chars(
            np.array("Oslo", object), w), {})) for k, w in ((0, 5), (1, 8))],
        {"name": Text("Oslo"), "v": Text(["x", "x"])},
        combine={"static": "first"})


def rows():
    yield from text_rows()
