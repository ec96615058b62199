# SPDX-License-Identifier: Apache-2.0
"""The cases: a recipe, how to bake it, and the truth about its sources."""

import bz2
import gzip
import lzma
import os
import sys
import tarfile
import zipfile
from dataclasses import dataclass, field
from functools import cache
from typing import Callable

import h5py
import xarray as xr

import truth

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "fixtures"))
import ancestor  # noqa: E402
import drift     # noqa: E402
import months    # noqa: E402
import zoo       # noqa: E402

BLOSC = {"name": "blosc", "configuration": {
    "cname": "lz4", "clevel": 5, "shuffle": "shuffle"}}
BLOSC2 = {"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1}


@dataclass
class Case:
    """One store to be baked and everything it must be."""
    name: str
    recipe: dict
    source: Callable                   # () -> truth.Truth of the sources
    zarr_format: int = 3
    arguments: list = field(default_factory=list)
    earlier: int = 0                   # positions of a first bake
    chunks: dict = field(default_factory=dict)      # variable -> shape, beside
                                                    # what the rules give
    shards: dict = field(default_factory=dict)      # variable -> shape (v3)
    absent: set = field(default_factory=set)        # objects of fill alone
    codecs: dict = field(default_factory=dict)      # variable -> names (v3)
    compressors: dict = field(default_factory=dict)     # variable -> part (v2)
    original: xr.Dataset = None        # the store decodes to this
    decode: dict = field(default_factory=dict)      # options of open_zarr
    modes: dict = field(default_factory=dict)       # variable -> of receipts
    store: str = ""
    faulty: frozenset = frozenset()    # readers that must fail
    baked: object = None               # the bake under way

    def truth(self):
        if not hasattr(self, "_truth"):
            self._truth = self.source().for_format(self.zarr_format)
        return self._truth

    def chunk_shapes(self):
        """{variable: chunk shape} of all, by the recipe and by the rules."""
        source = self.truth()
        concat = next((d["concat"] for d in self.recipe["pattern"]["dims"]
                       if "concat" in d), None)
        asked = self.recipe["target"].get("chunks", {})
        return {name: truth.chunk_shape(source, name, concat, asked)
                for name in source.vars} | self.chunks


def recipe(url_or_files, dims, zarr_format=3, **target):
    pattern = {"dims": dims}
    pattern["files" if isinstance(url_or_files, list) else "url"] = url_or_files
    return {"name": "interop", "pattern": pattern,
            "target": {"zarr_format": zarr_format, **target}}


read = cache(truth.read_file)


# --- the ancestor's suite -----------------------------------------------------

def ancestor_truth(paths, variables, count):
    def source():
        return truth.merge([
            truth.concat([read(paths[name, i]) for i in range(count)], "time")
            for name in variables])
    return source


def ancestor_case(folder, base, name, args, chunks, fmt, prune=None):
    """One pattern at one choice of target chunks; base is a folder or a URL."""
    variables = args.get("variables", [None])
    step = ancestor.STEPS[args["cut"]]
    days = args.get("days", 10)
    count = days // step
    paths = {(v, i): os.path.join(folder, name, f"{v + '_' if v else ''}{i:03d}.nc")
             for v in variables for i in range(count)}
    time = {"concat": "time",
            "range": {"start": 0, "stop": count - 1, "step": 1},
            "items_per_file": step}
    url = base + "/" + name + "/{time:03d}.nc"
    dims = [time]
    if variables != [None]:
        url = base + "/" + name + "/{variable}_{time:03d}.nc"
        dims = [time, {"merge": "variable", "values": variables}]
    count = prune or count
    shape = tuple(chunks.get(d, n) for d, n in
                  (("time", step), ("lat", 18), ("lon", 36)))
    r = recipe(url, dims, fmt, chunks=chunks)
    r["pattern"]["format"] = "netcdf3" if "nc3" in name else "netcdf4"
    chosen = " ".join(f"{d} {n}" for d, n in chunks.items()) or "default"
    original = ancestor.dataset(days).isel(time=slice(0, count * step))
    return Case(
        name=f"ancestor {name}, chunks {chosen}", recipe=r, zarr_format=fmt,
        source=ancestor_truth(paths, variables, count),
        arguments=["--prune", str(prune)] if prune else [],
        chunks={"foo": shape, "bar": shape, "time": (1024,), "lat": (18,),
                "lon": (36,)},
        codecs={"foo": ["bytes", "blosc"]} if fmt == 3 else {},
        compressors={"foo": BLOSC2, "bar": BLOSC2} if fmt == 2 else {},
        original=original.drop_vars(args.get("without", [])))


# Chunks that its tests of schemas, rechunking, writers and, before Beam, of
# whole recipes ask for; both variables in a file, or one in each.
TOGETHER = [
    {}, {"time": 2, "lon": 9}, {"time": 3, "lon": 7}, {"time": 10},
    {"time": 10, "lat": 3}, {"time": 7, "lat": 5}, {"lon": 12},
    {"lon": 12, "time": 1}, {"lon": 12, "time": 3}]
APART = [{"time": n, **more} for n in (1, 2, 5)
         for more in ({}, {"lat": 5}, {"lat": 5, "lon": 5})]


def ancestors(folder, url):
    known = ancestor.patterns()
    for name, args in known.items():
        ancestor.write(os.path.join(folder, name), **args)
    for fmt in 3, 2:
        for name, args in known.items():
            for n in 1, 2, 3:
                yield ancestor_case(folder, folder, name, args, {"time": n},
                                    fmt)
            for prune, chunks in (1, {}), (2, {"time": 2}), (2, {"time": 10}):
                c = ancestor_case(folder, folder, name, args, chunks, fmt,
                                  prune)
                c.name += f" --prune {prune}"
                yield c
        for name, choices in (("nc4-2D", TOGETHER), ("multi-nc4-D", APART),
                              ("multi-nc4-2D", APART)):
            for chunks in choices:
                if chunks not in ({"time": 1}, {"time": 2}):
                    yield ancestor_case(folder, folder, name, known[name],
                                        chunks, fmt)
        for name in "nc4-D", "nc3-D", "multi-nc4-2D":
            c = ancestor_case(folder, url, name, known[name], {"time": 2}, fmt)
            c.name += " over http"
            yield c
        yield from ancestor_variants(folder, fmt)


def listed_cases(folder, url):
    """Files that a server lists, with keys in their names; the same packed, and
    members of archives, behind the same server."""
    known = ancestor.patterns()
    files = os.path.join(folder, "nc4-D")
    names = sorted(n for n in os.listdir(files) if n.endswith(".nc"))
    packed = os.path.join(folder, "packed")
    os.makedirs(packed, exist_ok=True)
    for n, pack in zip(names, 3 * (len(names) // 3 + 1) * [
            ("gz", gzip), ("bz2", bz2), ("xz", lzma)]):
        with open(os.path.join(files, n), "rb") as f, pack[1].open(
                os.path.join(packed, f"{n}.{pack[0]}"), "wb") as g:
            g.write(f.read())
    with tarfile.open(os.path.join(folder, "half.tar.gz"), "w:gz") as t:
        for n in names[:5]:
            t.add(os.path.join(files, n), "a/" + n)
    with zipfile.ZipFile(os.path.join(folder, "half.zip"), "w",
                         zipfile.ZIP_DEFLATED) as z:
        for n in names[5:]:
            z.write(os.path.join(files, n), "ü " + n)

    def case(what, name, pattern):
        c = ancestor_case(folder, folder, name, known[name], {"time": 2}, 3)
        dims = [{k: v for k, v in d.items() if k in ("concat", "merge")}
                for d in c.recipe["pattern"]["dims"]]
        c.name += what
        c.recipe["pattern"] = {"dims": dims, **pattern}
        return c

    yield case(", listed", "multi-nc4-2D", {"listing": {
        "url": url + "/multi-nc4-2D/",
        "match": r"^(?<variable>[a-z]+)_(?<time>\d+)[.]nc$"}})
    yield case(", packed and listed", "nc4-D", {"listing": {
        "url": url + "/packed/", "match": r"^(\d+)[.]nc[.]"}})
    yield case(", of archives", "nc4-D", {"files": [
        f"{url}/half.tar.gz!a/{n}" for n in names[:5]] + [
        f"{url}/half.zip!%C3%BC%20{n}" for n in names[5:]]})


def ancestor_variants(folder, fmt):
    """A dimension without a coordinate; a codec for one variable; and twice as
    many days, of which the second half comes later."""
    args = {"cut": "D", "fmt": "nc4", "without": ["lon"]}
    ancestor.write(os.path.join(folder, "no-lon"), **args)
    yield ancestor_case(folder, folder, "no-lon", args, {"time": 2}, fmt)
    c = ancestor_case(folder, folder, "nc4-D", ancestor.patterns()["nc4-D"],
                      {"time": 3}, fmt)
    c.name += ", foo by zstd"
    c.recipe["target"]["codecs"] = {"foo": [{"name": "blosc", "configuration": {
        "cname": "zstd", "clevel": 3, "shuffle": "shuffle"}}]}
    if fmt == 2:
        c.compressors["foo"] = {"id": "blosc", "cname": "zstd", "clevel": 3,
                                "shuffle": 1}
    yield c
    args = {"cut": "D", "fmt": "nc4", "days": 20}
    ancestor.write(os.path.join(folder, "twenty"), **args)
    for n in 2, 3:
        c = ancestor_case(folder, folder, "twenty", args, {"time": n}, fmt)
        c.name += ", ten and ten"
        c.earlier = 10
        yield c


# --- files as archives cut them -----------------------------------------------

CODECS = {
    "blosc zstd bitshuffle": ([{"name": "blosc", "configuration": {
        "cname": "zstd", "clevel": 3, "shuffle": "bitshuffle"}}],
        {"id": "blosc", "cname": "zstd", "clevel": 3, "shuffle": 2}),
    "blosc zlib": ([{"name": "blosc", "configuration": {
        "cname": "zlib", "clevel": 1, "shuffle": "shuffle"}}],
        {"id": "blosc", "cname": "zlib", "clevel": 1, "shuffle": 1}),
    "blosc lz4 noshuffle": ([{"name": "blosc", "configuration": {
        "cname": "lz4", "clevel": 9, "shuffle": "noshuffle"}}],
        {"id": "blosc", "cname": "lz4", "clevel": 9, "shuffle": 0}),
    "zstd": ([{"name": "zstd", "configuration": {
        "level": 5, "checksum": False}}], {"id": "zstd", "level": 5}),
    "gzip": ([{"name": "gzip", "configuration": {"level": 6}}],
             {"id": "gzip", "level": 6}),
    "bytes only": ([{"name": "bytes", "configuration": {"endian": "little"}}],
                   None),
    "zstd with checksum, crc32c": ([
        {"name": "bytes", "configuration": {"endian": "little"}},
        {"name": "zstd", "configuration": {"level": 1, "checksum": True}},
        {"name": "crc32c"}], "v3 only"),
    "crc32c": ([{"name": "crc32c"}], "v3 only"),
}


def month_cases(folder):
    paths = months.write(folder, 5)
    days = 31 + 28 + 31 + 30 + 31

    def source():
        return truth.concat([read(p) for p in paths], "time")

    def case(name, fmt, chunks, expect, **target):
        return Case(
            name=f"months {name}", zarr_format=fmt, source=source,
            recipe=recipe(paths, [{"concat": "time"}], fmt, chunks=chunks,
                          **target),
            chunks={"t2m": expect, "time": (1024,)},
            decode={"decode_coords": True})

    for fmt in 3, 2:
        for n in 1, 28, 31, 40, 100:
            yield case(f"time {n}", fmt, {"time": n}, (n, 7, 9))
        yield case("whole time", fmt, {"time": -1}, (days, 7, 9))
        yield case("boxes", fmt, {"time": 10, "y": 3, "x": 4}, (10, 3, 4))
        c = case("per variable", fmt, {"time": 7, "pr": {"time": 50, "x": 2}},
                 (7, 7, 9))
        c.chunks["pr"] = (50, 7, 2)
        yield c
        yield case("the other separator", fmt, {"time": 40, "x": 4}, (40, 7, 4),
                   separator="./"[fmt == 2])
        for name, (codecs, v2) in CODECS.items():
            if fmt == 2 and v2 == "v3 only":
                continue
            c = case(f"codec {name}", fmt, {"time": 20}, (20, 7, 9),
                     codecs=codecs)
            if fmt == 2:
                c.compressors = {"t2m": v2, "lat": v2}
            else:
                names = [x["name"] for x in codecs]
                c.codecs = {"t2m": names if names[0] == "bytes"
                            else ["bytes", *names]}
            yield c


def of_maps(t2m, bounds, grid=None):
    """Shapes by variable: t2m and pr, time_bnds, lat and lon."""
    shapes = {"t2m": t2m, "pr": t2m, "time_bnds": bounds, "lat": grid,
              "lon": grid}
    return {name: shape for name, shape in shapes.items() if shape}


SHARDS = {
    # name: (target, chunks, shards), of those that have some
    "along time": (
        {"chunks": {"time": 5}, "shards": {"time": 40}},
        of_maps((5, 7, 9), (5, 2)),
        of_maps((40, 7, 9), (40, 2))),
    "rounded up to whole chunks": (
        {"chunks": {"time": 20, "y": 3, "x": 2},
         "shards": {"time": 31, "x": 5}},
        of_maps((20, 3, 2), (20, 2), (3, 2)),
        of_maps((40, 3, 6), (40, 2), (3, 6))),
    "the whole array": (
        {"chunks": {"time": 1, "y": 1, "x": 1}, "shards": -1},
        of_maps((1, 1, 1), (1, 2), (1, 1)),
        of_maps((151, 7, 9), (151, 2), (7, 9))),
    # 4 times 2 x 3 chunks of 320 bytes; 50 chunks of 160 bytes
    "of a size": (
        {"chunks": {"time": 10, "y": 4, "x": 4},
         "shards": {"y": -1, "x": -1, "...": "8kB"}},
        of_maps((10, 4, 4), (10, 2), (4, 4)),
        of_maps((40, 8, 12), (500, 2), (8, 12))),
    "of one variable and a coordinate": (
        {"chunks": {"time": 10, "lat": {"y": 2}},
         "shards": {"pr": {"time": 30}, "lat": {"y": 6}}},
        {"lat": (2, 9), "t2m": (10, 7, 9), "pr": (10, 7, 9)},
        {"lat": (6, 9), "pr": (30, 7, 9)}),
    "with zstd and checksums": (
        {"chunks": {"time": 7}, "shards": {"time": 70},
         "codecs": [{"name": "zstd", "configuration": {"level": 3}},
                    {"name": "crc32c"}]},
        of_maps((7, 7, 9), (7, 2)),
        of_maps((70, 7, 9), (70, 2))),
}


def shard_cases(folder):
    """Stores of version 3 only: version 2 has no shards."""
    paths = months.write(folder, 5)

    def source():
        return truth.concat([read(p) for p in paths], "time")

    for name, (target, chunks, shards) in SHARDS.items():
        yield Case(
            name=f"shards {name}", source=source,
            recipe=recipe(paths, [{"concat": "time"}], 3, **target),
            chunks={"time": (1024,), **chunks}, shards=shards)


def empty_cases(folder):
    """The first cell of every map holds nothing, in all months."""
    paths = months.write(folder, 5)
    chunks = {"time": 50, "y": 1, "x": 1}
    plain = {3: {f"{v}/c/{i}/0/0" for v in ("t2m", "pr") for i in range(4)},
             2: {f"{v}/{i}.0.0" for v in ("t2m", "pr") for i in range(4)}}
    whole = {f"{v}/c/0/0/0" for v in ("t2m", "pr")}

    def source():
        return truth.concat([read(p) for p in paths], "time")

    def case(name, fmt, absent, **target):
        return Case(
            name=f"empty chunks {name}", zarr_format=fmt, source=source,
            recipe=recipe(paths, [{"concat": "time"}], fmt, chunks=chunks,
                          write_empty_chunks=False, **target),
            chunks={"time": (1024,), "t2m": (50, 1, 1), "pr": (50, 1, 1)},
            absent=absent)

    yield case("left out", 3, plain[3])
    yield case("left out", 2, plain[2])
    c = case("in shards", 3, whole, shards={"time": 200})
    c.shards = {"t2m": (200, 1, 1), "pr": (200, 1, 1), "time_bnds": (200, 2)}
    yield c
    c = case("in shards with others", 3, set(), shards={"time": 100, "x": 9})
    c.shards = of_maps((100, 1, 9), (100, 2), (1, 9))
    yield c


def merge_cases(folder):
    variables = ["t2m", "pr"]
    paths = months.write(folder, 4, variables, one_each=True)
    time = {"concat": "time", "range": {"start": 1, "stop": 4}}
    names = {"merge": "variable", "values": variables}

    def source():
        return truth.merge([
            truth.concat([read(paths[v, m]) for m in range(4)], "time")
            for v in variables])

    for fmt in 3, 2:
        for order in ([time, names], [names, time]):
            yield Case(
                name="merged months, " + " then ".join(
                    next(iter(d)) for d in order),
                zarr_format=fmt, source=source,
                recipe=recipe(folder + "/{variable}_{time:02d}.nc", order, fmt,
                              chunks={"time": 17}),
                chunks={"t2m": (17, 7, 9), "pr": (17, 7, 9)})


def zoo_cases(folder):
    paths = zoo.write(folder)
    for fmt in 3, 2:
        for name, path in paths.items():
            entry = zoo.ZOO[name]
            for chunks in ({}, {"time": 2}) if entry.concat else ({},):
                dims = [{"concat": entry.concat}]
                files = [path]
                if not entry.concat:
                    dims = [{"merge": "file", "values": [name[:-3]]}]
                    files = folder + "/{file}.nc"
                yield Case(
                    name=f"zoo {name[:-3]}" + (" time 2" if chunks else ""),
                    recipe=recipe(files, dims, fmt, chunks=chunks),
                    zarr_format=fmt, source=lambda p=path: read(p))


# --- chunks that stay as they are ---------------------------------------------

def drift_cases(folder):
    """Chunks of one array, each stored in its own way."""
    paths = drift.write(folder)

    def source():
        return truth.concat([read(p) for p in paths], "time")

    for fmt in 3, 2:
        yield Case(
            name="keep drift", zarr_format=fmt, source=source,
            recipe=recipe(paths, [{"concat": "time"}], fmt, codecs="keep"),
            chunks={n: drift.CHUNKS for n in drift.NAMES if n != "swapped"},
            codecs={"i2": ["bytes", "blosc"]} if fmt == 3 else {},
            compressors={"i2": BLOSC2} if fmt == 2 else {},
            modes={"i2": {"mixed"}, "f4": {"mixed"}, "f8": {"copy"},
                   "u1": {"mixed"}, "swapped": {"decode"}, "y": {"copy"},
                   "time": {"decode"}})
        yield Case(
            name="keep drift, other chunks", zarr_format=fmt, source=source,
            recipe=recipe(paths, [{"concat": "time"}], fmt, codecs="keep",
                          chunks={"time": 3}),
            modes={n: {"decode"} for n in drift.NAMES})


# Of variables that are stored so that they can stay. Values of the zoo are nearly
# random: a chunk that deflate has made no smaller is decoded.
STAY = {"chunked": ("a", "copy"), "deflate": ("a", "mixed"),
        "shuffle": ("a", "copy"), "fletcher-last": ("a", "mixed"),
        "filter-mask": ("a", "mixed"), "user-block": ("b", "mixed"),
        "many-chunks": ("a", "copy"), "latest": ("fixed_filtered", "mixed")}


def chunks_of(path):
    """{variable: {dimension: length}}: what is stored in chunks."""
    with h5py.File(path) as f:
        return {n: v.chunks for n, v in f.items()
                if isinstance(v, h5py.Dataset) and v.chunks}


def kept_zoo_cases(folder):
    """The zoo once more, in the chunks of the files."""
    for fmt in 3, 2:
        for name, entry in zoo.ZOO.items():
            path = os.path.join(folder, name)
            if entry.concat and h5py.is_hdf5(path):
                c = kept_zoo_case(name[:-3], path, fmt)
                if c is not None:
                    yield c


def kept_zoo_case(name, path, fmt):
    source = read(path).for_format(fmt)
    asked = {n: dict(zip(source.vars[n].dims, c))
             for n, c in chunks_of(path).items()
             if n in source.vars and source.vars[n].dims != (n,)
             and len(c) == len(source.vars[n].dims)}
    if not asked:
        return None
    return Case(
        name=f"keep zoo {name}", zarr_format=fmt, source=lambda: read(path),
        recipe=recipe([path], [{"concat": zoo.ZOO[name + ".nc"].concat}], fmt,
                      chunks=asked, codecs="keep"),
        modes={STAY[name][0]: {STAY[name][1]}} if name in STAY else {})
