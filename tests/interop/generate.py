# SPDX-License-Identifier: Apache-2.0
"""From a seed, an archive and a recipe that nobody would think of.

What differs between files is drawn from FEATURES, so that a failing seed can be
made smaller by leaving features out (differ.py --without).
"""

import itertools
from dataclasses import dataclass

import cftime
import numpy as np

from archive import File, Var, chars

# Each may be left out. The order is part of what a seed means: append only.
FEATURES = [
    "attrs",        # attributes that differ: dropped
    "storage",      # chunks, codecs, byte order, checksums
    "formats",      # netCDF-3 and -4, mixed
    "ragged",       # lengths that differ
    "merge",        # variables in files of their own
    "text",         # arrays of char, strings
    "missing",      # _FillValue, missing_value
    "packed",       # scale_factor, add_offset
    "rank",         # static, scalar, four dimensions
    "units",        # units of data differ: refused
    "static",       # a static variable changes: refused
    "absent",       # a variable is not in all files: refused
    "calendar",     # calendars differ: refused
    "policies",     # other than the defaults
]

WORDS = ["", "a", "Oslo", "Reykjavík", "東京", "two words", "x" * 40]
FLOATS, INTS = ["f4", "f8"], ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]
CLASSIC = ["i1", "i2", "i4", "f4", "f8"]
FORMATS = ["NETCDF4", "NETCDF4_CLASSIC", "NETCDF3_CLASSIC",
           "NETCDF3_64BIT_OFFSET", "NETCDF3_64BIT_DATA"]
CALENDARS = ["standard", "gregorian", "proleptic_gregorian", "julian",
             "noleap", "365_day", "all_leap", "360_day"]
UNITS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
V3_CODECS = [
    [{"name": "zstd", "configuration": {"level": 3, "checksum": False}}],
    [{"name": "gzip", "configuration": {"level": 1}}],
    [{"name": "blosc", "configuration": {
        "cname": "zstd", "clevel": 3, "shuffle": "bitshuffle"}}],
    [{"name": "blosc", "configuration": {
        "cname": "zlib", "clevel": 1, "shuffle": "noshuffle"}}],
    [{"name": "bytes", "configuration": {"endian": "little"}}],
]


@dataclass
class Archive:
    files: dict         # (place along concat, member) -> File
    concat: list
    members: list       # [None] without a merge dimension
    recipe: dict        # its target and combine
    what: list          # a line a feature that was used


class Dice:
    """Draws that read like sentences."""

    def __init__(self, seed):
        self.rng = np.random.Generator(np.random.PCG64(seed))

    def chance(self, p):
        return bool(self.rng.random() < p)

    def one(self, options):
        return options[int(self.rng.integers(len(options)))]

    def between(self, low, high):
        return int(self.rng.integers(low, high + 1))

    def some(self, options, n):
        order = self.rng.permutation(len(options))[:n]
        return [options[i] for i in sorted(order.tolist())]


class Builder:
    """One archive. Every draw is made whether its feature is on or not, so
    that leaving one out changes as little else as can be."""

    def __init__(self, seed, features):
        self.dice = Dice(seed)
        self.features = set(features)
        self.what = []

    def on(self, feature, p):
        """The feature is wanted here, with probability p."""
        hit = self.dice.chance(p)
        if hit and feature in self.features:
            self.what.append(feature)
            return True
        return False

    def archive(self):
        dice = self.dice
        self.format = dice.one(FORMATS) if self.on("formats", .5) else "NETCDF4"
        self.sizes = {"y": dice.between(1, 6), "x": dice.between(1, 7),
                      "z": dice.between(1, 3), "n": 5}
        count = dice.between(1, 5)
        length = dice.between(1, 5)
        ragged = self.on("ragged", .5)
        draws = [dice.between(1, 7) for _ in range(5)]
        self.lengths = draws[:count] if ragged else [length] * count
        names = ["m1", "m2"]
        self.members = names if self.on("merge", .3) else [None]
        self.unlimited = ("t",) if dice.chance(.6) else ()
        self.files = {(k, m): File({"t": n}, {}, {"title": "drawn"},
                                   self.unlimited, self.file_format())
                      for k, n in enumerate(self.lengths)
                      for m in self.members}
        self.dimensions()
        self.coordinates()
        for i in range(dice.between(1, 4)):
            self.variable(f"v{i}", dice.one(self.members))
        self.trouble()
        return Archive(self.files, ["t"], self.members, self.recipe(),
                       sorted(set(self.what)))

    def file_format(self):
        other = self.dice.one(FORMATS[1:3])
        mixed = self.dice.chance(.15) and "formats" in self.features
        return other if mixed and self.format != "NETCDF4" else self.format

    def dimensions(self):
        for f in self.files.values():
            f.dims.update(self.sizes)

    # --- variables

    def types(self):
        """Types that every file of the archive can hold."""
        if {f.format for f in self.files.values()} == {"NETCDF4"}:
            return FLOATS + INTS
        return CLASSIC

    def coordinates(self):
        """Time, and what stands in every file."""
        dice = self.dice
        if dice.chance(.85):
            self.time()
        lat = np.linspace(-80, 80, self.sizes["y"]).astype(dice.one(FLOATS))
        if dice.chance(.7):
            self.everywhere("y", Var(("y",), lat, {"units": "degrees_north"}))
        area = np.arange(self.sizes["y"] * self.sizes["x"], dtype="i4")
        if self.on("rank", .4):
            self.everywhere("area", Var(("y", "x"), area.reshape(
                self.sizes["y"], self.sizes["x"]), {"long_name": "area"}))
        if self.on("rank", .3):
            self.everywhere("crs", Var((), np.array(7, "i4"), {
                "grid_mapping_name": "latitude_longitude"}))

    def everywhere(self, name, v):
        for f in self.files.values():
            f.vars[name] = Var(v.dims, v.data.copy(), dict(v.attrs),
                               self.storage(f, v))

    def time(self):
        dice = self.dice
        unit, calendar = dice.one(list(UNITS)), dice.one(CALENDARS)
        start = cftime.datetime(dice.between(1900, 2060), dice.between(1, 12),
                                dice.between(1, 28), dice.between(0, 23),
                                calendar=calendar)
        dtype = dice.one(["i4", "f8", "f8", "f4"])
        first, step = dice.between(0, 300), dice.between(1, 7)
        stamp = start.strftime(dice.one(["%Y-%m-%d %H:%M:%S", "%Y-%m-%d"]))
        at = first
        for k, n in enumerate(self.lengths):
            values = (np.arange(n) * step + at).astype(dtype)
            at += n * step
            for m in self.members:
                f = self.files[k, m]
                v = Var(("t",), values, {"units": f"{unit} since {stamp}",
                                         "calendar": calendar})
                v.storage = self.storage(f, v)
                f.vars["t"] = v

    def variable(self, name, member):
        """A variable of the files of one member, along the concat dimension."""
        dice = self.dice
        ranks = [("t",), ("t", "y"), ("t", "y", "x"), ("y", "t"),
                 ("t", "z", "y", "x"), ("x", "y", "t")]
        dims = dice.one(ranks if self.on("rank", .8) else ranks[:3])
        text = dice.between(0, 1) if self.on("text", .12) else None
        if text is not None:
            self.text(name, member, dims[:2] if dims[0] == "t" else ("t",),
                      text)
            return
        dtype = np.dtype(dice.one(self.types()))
        attrs = {"long_name": f"drawn {name}", "units": dice.one(["K", "1"])}
        missing = self.missing(dtype)
        if self.on("packed", .3) and dtype.itemsize <= 2:
            kind = dice.one(FLOATS)
            attrs["scale_factor"] = np.dtype(kind).type(dice.one([.01, .5, 2]))
            attrs["add_offset"] = np.dtype(kind).type(dice.one([0, 273.15]))
        for (k, m), f in self.files.items():
            if m != member:
                continue
            data = self.numbers(dtype, [f.dims[d] for d in dims],
                                list(missing.values()))
            v = Var(dims, data, {**attrs, **missing})
            v.storage = self.storage(f, v)
            f.vars[name] = v

    def text(self, name, member, dims, strings):
        for (k, m), f in self.files.items():
            if m != member:
                continue
            words = np.array(self.dice.rng.choice(
                WORDS, [f.dims[d] for d in dims]), object)
            if strings and f.format == "NETCDF4":
                f.vars[name] = Var(dims, words, {"long_name": "words"})
                continue
            short = np.array([w.encode()[:5].decode(errors="ignore")
                              for w in words.ravel()], object)
            v = Var(dims + ("n",), chars(short.reshape(words.shape), 5),
                    {"long_name": "chars"})
            v.storage = self.storage(f, v)
            f.vars[name] = v

    def missing(self, dtype):
        """Values that mean missing, the same in all files."""
        dice = self.dice
        edge = (np.finfo if dtype.kind == "f" else np.iinfo)(dtype)
        fill = dice.one([edge.min, edge.max, 99])
        fill = np.nan if dtype.kind == "f" and dice.chance(.3) else fill
        second = dice.one([98, 97])
        out = {}
        if self.on("missing", .5):
            out["_FillValue"] = dtype.type(fill)
        if self.on("missing", .25):
            out["missing_value"] = dtype.type(second)
        return out

    def numbers(self, dtype, shape, missing):
        """Values with all their bits in use, some of them missing; a valid one
        is never what means missing, here or in another file."""
        rng = self.dice.rng
        if dtype.kind == "f":
            data = rng.normal(0, 1000, shape).astype(dtype)
        else:
            edge = np.iinfo(dtype)
            data = rng.integers(edge.min, edge.max, shape, dtype,
                                endpoint=True)
            small = rng.integers(0, 90, shape).astype(dtype)
            data = np.where((data == edge.min) | (data == edge.max) |
                            ((data > 90) & (data < 100)), small, data)
        hole = rng.random(shape) < .15
        if missing:
            data = np.where(hole, missing[0], data)
            data = np.where(rng.random(shape) < .05, missing[-1], data)
        return np.asarray(data, dtype)

    # --- how it lies in the file

    def storage(self, f, v):
        """Options of createVariable, drawn for this file alone."""
        dice = self.dice
        chunked, level, shuffle, sums, endian = (
            dice.chance(.6), dice.between(1, 9), dice.chance(.5),
            dice.chance(.3), dice.one(["native", "big", "little"]))
        chunks = [dice.between(1, max(1, n) + 2) for n in v.data.shape]
        deflate = dice.chance(.7)
        if "storage" not in self.features or not f.format.startswith("NETCDF4"):
            return {}
        out = {}
        if v.data.dtype.kind in "fiu" and f.format == "NETCDF4":
            out["endian"] = endian
        if not v.dims or not chunked:
            return out
        # netCDF takes no chunk that is longer than a fixed dimension.
        chunks = [n if d in f.unlimited else min(n, f.dims[d])
                  for n, d in zip(chunks, v.dims)]
        out |= {"chunksizes": chunks, "fletcher32": sums}
        if deflate:
            out |= {"zlib": True, "complevel": level, "shuffle": shuffle}
        self.what.append("storage")
        return out

    # --- what differs

    def trouble(self):
        dice = self.dice
        every = list(self.files.values())
        shared = sorted(set.union(*(set(f.vars) for f in every)))
        for name in [""] + shared:
            if self.on("attrs", .1):
                for i, f in enumerate(every):
                    where = f if not name else f.vars.get(name)
                    if where and dice.chance(.8):
                        where.attrs["history"] = f"made {dice.between(0, 2)}"
        if self.on("units", .06):
            self.spoil(lambda v, f: v.data.dtype.kind in "fiu" and
                       v.attrs.update(units="furlong"), "v")
        if self.on("static", .05):
            self.spoil(lambda v, f: v.data.__setitem__(
                (0,) * v.data.ndim, 77), "y")
        if self.on("absent", .05):
            self.spoil(lambda v, f: f.vars.pop(self.spoilt), "v")
        if self.on("calendar", .05):
            self.spoil(lambda v, f: v.attrs.update(
                calendar="julian" if v.attrs["calendar"] == "360_day"
                else "360_day"), "t")
        for f in every:
            self.tidy(f)

    def spoil(self, change, prefix):
        """Change one variable in one file that is not its only one."""
        names = sorted({n for f in self.files.values() for n in f.vars
                        if n.startswith(prefix)})
        if not names:
            return
        self.spoilt = self.dice.one(names)
        have = [f for f in self.files.values() if self.spoilt in f.vars]
        if len(have) > 1:
            f = self.dice.one(have)
            change(f.vars[self.spoilt], f)

    @staticmethod
    def tidy(f):
        """What the format of the file asks for."""
        used = {d for v in f.vars.values() for d in v.dims}
        f.dims = {d: n for d, n in f.dims.items() if d in used or d == "t"}
        # Nothing is written along it, so it would have no length.
        f.unlimited = tuple(d for d in f.unlimited if d in used)
        if f.format != "NETCDF4" and any(
                "t" in v.dims[1:] for v in f.vars.values()):
            f.unlimited = ()
            for v in f.vars.values():
                if "chunksizes" in v.storage:
                    v.storage["chunksizes"] = [
                        min(c, f.dims[d]) for c, d in
                        zip(v.storage["chunksizes"], v.dims)]

    # --- the recipe

    def recipe(self):
        dice = self.dice
        fmt = dice.one([2, 3])
        chunks = {}
        for d in ("t", "y", "x"):
            n = dice.one([-1, 1, 2, 3, 5, 100])
            used = any(d in v.dims for f in self.files.values()
                       for v in f.vars.values())
            if dice.chance(.5) and used:
                chunks[d] = n
        target = {"zarr_format": fmt, "chunks": chunks}
        codecs = dice.one(V3_CODECS)
        if dice.chance(.4):
            target["codecs"] = codecs
        return {"target": target, "combine": self.policies()}

    def policies(self):
        out = {}
        if self.on("policies", .3):
            out["attrs"] = self.dice.one(["drop", "first", "first", "error"])
        if self.on("policies", .2):
            out["attrs_add"] = {"made_by": "me", "numbers": [1, 2.5]}
            if self.dice.chance(.5):
                out["attrs_add"]["title"] = "another"
        return out


def archive(seed, features=FEATURES):
    return Builder(seed, features).archive()


def places(a):
    """Keys of the files in the order of a recipe: concat, then merge."""
    return sorted(a.files, key=lambda k: (k[0], a.members.index(k[1])))


def product(*axes):
    return list(itertools.product(*axes))
