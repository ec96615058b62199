#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The figures of README.md here as a picture, share/doc/bench.svg: a bar for the wall
time of each program, a group of bars for each work.

    draw.py    as `tests/bench/run --record` calls it, after all was recorded
"""

import os
import re
from xml.sax.saxutils import escape

HERE = os.path.dirname(os.path.abspath(__file__))
PICTURE = os.path.join(HERE, "..", "..", "share", "doc", "bench.svg")

# What is drawn: the table's mark, a title, and what its rows are called there.
WORKS = [
    ("figures", "Bake 100 daily files (829 MB of values) in chunks of 20 days", {
        "pgf": "pgf", "xarray, threads": "xarray + dask, threads",
        "xarray, processes": "xarray + dask, processes",
        "xarray, regions": "xarray, region writes"}),
    ("keep", "The same files with the chunks that they have", {
        "pgf": "pgf, codecs: keep",
        "xarray, deflate, threads": "xarray, the same codec",
        "xarray, lz4, processes": "xarray, lz4"}),
    ("rechunk", "365 maps to time series within 1 GB", {
        "pgf, 1GB": "pgf", "rechunker, whole": "rechunker"}),
    ("many", "1,000 files of 100 KB", {
        "pgf": "pgf", "xarray, serial": "xarray",
        "xarray, processes": "xarray, processes"}),
]
WIDTH, LABEL, BAR, STEP = 760, 230, 420, 24


def seconds(mark):
    """Wall median of each row of the table of that mark."""
    with open(os.path.join(HERE, "README.md"), encoding="utf-8") as f:
        text = re.search(f"<!-- {mark}: begin -->(.*?)<!-- {mark}: end -->",
                         f.read(), re.DOTALL)[1]
    rows = [[cell.strip() for cell in line.strip("|").split("|")]
            for line in text.splitlines() if line.startswith("|")]
    column = rows[0].index("wall median")
    return {row[0]: float(row[column].removesuffix(" s")) for row in rows
            if len(row) > column and row[column].endswith(" s")}


def text(x, y, words, **style):
    look = "".join(f' {k.replace("_", "-")}="{v}"' for k, v in style.items())
    return f'<text x="{x}" y="{y}" font-size="13" fill="#24313f"{look}>{escape(words)}</text>'


def group(y, title, times):
    """Lines of SVG, and where the next group begins."""
    longest = max(times.values())
    out = [text(16, y, title, font_weight="bold")]
    for name, wall in times.items():
        y += STEP
        ours = name.startswith("pgf")
        length = max(2, round(BAR * wall / longest))
        out += [text(LABEL - 8, y, name, text_anchor="end"),
                f'<rect x="{LABEL}" y="{y - 13}" width="{length}" height="17" rx="2" '
                f'fill="{"#e08a2e" if ours else "#8fc1e3"}"/>',
                text(LABEL + length + 8, y, f"{wall:.2f} s")]
    return out, y + STEP + 16


def main():
    y, body = 30, []
    for mark, title, names in WORKS:
        found = seconds(mark)
        lines, y = group(y, title, {names[n]: found[n] for n in names})
        body += lines
    with open(PICTURE, "w", encoding="utf-8") as f:
        f.write(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y - 24}" '
                'font-family="sans-serif" role="img" '
                'aria-label="Wall time of pgf and of others for four works">\n'
                f'<rect width="{WIDTH}" height="{y - 24}" fill="#ffffff"/>\n'
                + "\n".join(body) + "\n</svg>\n")


if __name__ == "__main__":
    main()
