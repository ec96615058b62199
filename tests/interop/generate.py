# SPDX-License-Identifier: Apache-2.0
"""From a seed, an archive and a recipe that nobody would think of.

What is drawn is switched by FEATURES, so that a failing seed can be made
smaller by leaving features out (differ.py --without).
"""

import itertools
from dataclasses import dataclass
from datetime import timedelta

import cftime
import numpy as np

from archive import File, Var, chars

# Each may be left out.
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
    "static",       # a static variable changes: refused, or as the policy says
    "absent",       # a variable is not in all files: refused, or filled
    "calendar",     # calendars differ: refused
    "policies",     # other than the defaults
    "fills",        # another _FillValue, missing_value in each file
    "scales",       # another scale and offset in each file
    "types",        # another type in each file
    "times",        # another unit and reference of time in each file
    "grid",         # two concat dimensions
    "order",        # a concat coordinate out of order
    "first",        # combine.static
    "fill",         # combine.missing_variable
    "unsigned",     # _Unsigned, in some files
    "cube",         # a third concat dimension
    "empty",        # files of no length
    "two merges",   # two merge dimensions
    "widths",       # text of another width in each file, strings of fixed width
    "gone",         # files that are not there: refused, or filled
    "gaps",         # a gap in time: refused, if the policy says so
    "clock",        # combine.time.units
    "convert",      # units of data differ, and are converted
    "close",        # static variables jitter, each file in its own words
    "keep",         # chunks stay as they are; files like each other in theirs
]
WORDS = ["", "a", "Oslo", "Reykjavík", "東京", "two words", "x" * 40]
FLOATS, INTS = ["f4", "f8"], ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]
CLASSIC = ["i1", "i2", "i4", "f4", "f8"]
FORMATS = ["NETCDF4", "NETCDF4_CLASSIC", "NETCDF3_CLASSIC",
           "NETCDF3_64BIT_OFFSET", "NETCDF3_64BIT_DATA"]
CLOCKS = ["seconds since 1950-03-01", "hours since 1970-01-01 06:00",
          "days since 2010-12-30"]
AXES = "t", "x", "y"    # along which files may be laid
CALENDARS = ["standard", "gregorian", "proleptic_gregorian", "julian",
             "noleap", "365_day", "all_leap", "360_day"]
UNITS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
SENTINELS = list(range(91, 100))    # every type holds them, no valid cell does
CODECS = [
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
    files: dict         # (place along each concat dimension.., member) -> File
    concat: list
    members: list       # [None] without a merge dimension
    recipe: dict        # its target and combine
    what: list          # the features that were used
    gone: bool = False  # some files of the product are not there


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


class Builder:
    """One archive. A draw is made whether its feature is on or not, so that
    leaving one out changes as little else as can be."""

    def __init__(self, seed, features):
        self.dice = Dice(seed)
        self.features = set(features)
        self.what = []
        # Dice of its own: what else a seed draws is not changed by it.
        self.kept = Dice(seed + (1 << 40))
        self.keeps = "keep" in self.features and self.kept.chance(.4)
        self.shapes = {}        # keep: of chunks, by variable
        self.near = Dice(seed + (2 << 40))      # likewise
        self.close = "close" in self.features and self.near.chance(.3)

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
        self.cuts = {"t": self.lay(5)}
        columns, rows = self.lay(3), self.lay(2)
        if self.on("grid", .4):
            self.cuts["x"] = columns
            if self.on("cube", .5):
                self.cuts["y"] = rows
        self.hollow()
        self.concat = list(self.cuts)
        self.members = [None]
        if self.on("merge", .3):
            # As a key has them: by the names of the dimensions.
            self.members = ["k1/m1", "k1/m2", "k2/m1", "k2/m2"] \
                if self.on("two merges", .3) else ["m1", "m2"]
        self.unlimited = ("t",) if dice.chance(.6) else ()
        self.files = {}
        wide, widths = self.on("widths", .4), dice.rng.integers(2, 10, 5)
        for place in itertools.product(*(range(len(self.cuts.get(d, [0])))
                                         for d in AXES)):
            for m in self.members:
                dims = self.sizes | {d: n[k] for (d, n), k in zip(
                    self.cuts.items(), place)}
                dims["n"] = int(widths[place[0]]) if wide else dims["n"]
                self.files[place + (m,)] = File(
                    dims, {}, {"title": "drawn"}, self.unlimited,
                    self.file_format())
        self.coordinates()
        for i in range(dice.between(1, 4)):
            self.variable(f"v{i}", dice.one(self.members))
        if not all(f.vars for f in self.files.values()):
            self.put("alone", (), lambda f, key: Var((), np.array(7, "i4")))
        self.policies()
        self.trouble()
        left = self.leave_out()
        files = {key[:len(self.concat)] + key[-1:]: f
                 for key, f in self.files.items() if key in left}
        return Archive(files, self.concat, self.members,
                       {"target": self.target(), "combine": self.combine},
                       sorted(set(self.what)), len(files) < len(self.files))

    def hollow(self):
        """Files of no length; netCDF takes them for unlimited, and the classic
        format has room for one such dimension, the first."""
        d, k = self.dice.one(AXES), self.dice.between(0, 2)
        if self.on("empty", .12) and self.format == "NETCDF4" and \
                k < len(self.cuts.get(d, [])) > 1:
            self.cuts[d] = list(self.cuts[d])
            self.cuts[d][k] = 0

    def leave_out(self):
        """The files that are there: each position has one, for it tells the
        length, and each member."""
        keys = list(self.files)
        drop = {self.dice.one(keys) for _ in range(self.dice.between(1, 3))}
        left = [k for k in keys if k not in drop]
        parts = [{k[i] for k in left} == {k[i] for k in keys}
                 for i in range(len(AXES) + 1)]
        hit = self.on("gone", .2) and all(parts)
        names = {n for k in left for n in self.files[k].vars}
        if hit and names == {n for f in self.files.values() for n in f.vars}:
            return left
        return keys

    def lay(self, most):
        """Lengths of the files along a concat dimension."""
        dice = self.dice
        count, length = dice.between(1, most), dice.between(1, 5)
        draws = [dice.between(1, 7) for _ in range(most)]
        return draws[:count] if self.on("ragged", .5) else [length] * count

    def file_format(self):
        other = self.dice.one(FORMATS[1:3])
        mixed = self.dice.chance(.15) and "formats" in self.features
        return other if mixed and self.format != "NETCDF4" else self.format

    def classic(self):
        return {f.format for f in self.files.values()} != {"NETCDF4"}

    # --- variables

    def put(self, name, dims, make, members=None):
        """make(part) is the variable in that part of it; parts that files have
        in common are made once."""
        made = {}
        for key, f in self.files.items():
            if members is not None and key[-1] not in members:
                continue
            part = tuple(i for i, d in zip(key, AXES) if d in dims
                         and d in self.concat)
            if part not in made:
                made[part] = make(f, key)
            v = made[part]
            if v.data.dtype == "S1":
                f.dims[v.dims[-1]] = v.data.shape[-1]
            f.vars[name] = Var(v.dims, v.data.copy(), dict(v.attrs))
            f.vars[name].storage = self.storage(f, v)
            if self.keeps:
                self.like_each_other(name, f.vars[name], f)

    def coordinates(self):
        """Time, and what stands in every file."""
        dice = self.dice
        if dice.chance(.85):
            self.time()
        places = {d: np.cumsum([0] + n) for d, n in self.cuts.items()}
        total = {d: int(e[-1]) for d, e in places.items()}
        lat = np.linspace(-80, 80, max(2, total.get("y", self.sizes["y"])))
        lat = lat.astype(dice.one(FLOATS))[:total.get("y", self.sizes["y"])]

        def span(d, key):
            k = key[AXES.index(d)]
            return slice(*places[d][k:k + 2]) if d in places else slice(None)

        if dice.chance(.7):
            self.put("y", ("y",), lambda f, key: Var(
                ("y",), lat[span("y", key)], {"units": "degrees_north"}))
        if "x" in self.concat and dice.chance(.8):
            self.put("x", ("x",), lambda f, key: Var(
                ("x",), np.arange(total["x"], dtype="f4")[span("x", key)],
                {"units": "degrees_east"}))
        if self.on("rank", .4):
            self.put("area", ("y", "x"), lambda f, key: Var(
                ("y", "x"), np.arange(f.dims["y"] * f.dims["x"], dtype="i4")
                .reshape(f.dims["y"], f.dims["x"]) + 50 * key[1] + 7 * key[2],
                {"long_name": "area"}))
        if self.on("rank", .3):
            self.put("crs", (), lambda f, key: Var((), np.array(7, "i4"), {
                "grid_mapping_name": "latitude_longitude"}))

    def time(self):
        """A true axis of seconds, and how each file writes it down."""
        dice = self.dice
        calendar = dice.one(CALENDARS)
        start = cftime.datetime(dice.between(1900, 2060), dice.between(1, 12),
                                dice.between(1, 28), dice.between(0, 23),
                                calendar=calendar)
        step = dice.one([60, 1800, 3600, 21600, 86400])
        shared = self.clock(start, step)
        bounds = dice.chance(.3)
        ends = np.cumsum([0] + self.cuts["t"])
        late, where = dice.between(2, 9), dice.between(1, 4)
        if not self.on("gaps", .2) or ends[-1] < 6:
            late = 0
        own = self.on("times", .6)
        attrs = {"bounds": "t_bnds"} if bounds else {}
        kept = {}

        def make(f, key):
            unit, since, dtype = kept.setdefault(
                key[0], self.clock(start, step) if own else shared)
            at = np.arange(*ends[key[0]:key[0] + 2])
            at = (at + late * (at >= where)) * step
            stamp = since.strftime("%Y-%m-%d %H:%M:%S")
            return Var(("t",), self.told(at, start, unit, since, dtype), {
                "units": f"{unit} since {stamp}", "calendar": calendar,
                **attrs})

        def edges(f, key):
            unit, since, dtype = kept[key[0]]
            at = np.arange(*ends[key[0]:key[0] + 2])
            at = (at + late * (at >= where)) * step
            both = np.stack([at, at + step], axis=1)
            return Var(("t", "nv"), self.told(both, start, unit, since, dtype))

        self.put("t", ("t",), make)
        if bounds:
            for f in self.files.values():
                f.dims["nv"] = 2
            self.put("t_bnds", ("t", "nv"), edges)

    def clock(self, start, step):
        """A unit, a reference and a type that can hold the axis."""
        dice = self.dice
        unit = dice.one(list(UNITS))
        whole = step % UNITS[unit] == 0
        since = start - timedelta(seconds=step * dice.between(0, 50))
        dtype = dice.one(["i4", "f8"] if self.classic() else ["i4", "i8", "f8"])
        return unit, since, dtype if whole else "f8"

    @staticmethod
    def told(at, start, unit, since, dtype):
        ago = (start - since).total_seconds()
        return ((at + ago) / UNITS[unit]).astype(dtype)

    def variable(self, name, member):
        """A variable of the files of one member, along the concat dimension."""
        dice = self.dice
        ranks = [("t",), ("t", "y"), ("t", "y", "x"), ("y", "t"),
                 ("t", "z", "y", "x"), ("x", "y", "t")]
        dims = dice.one(ranks if self.on("rank", .8) else ranks[:3])
        text = dice.between(0, 1) if self.on("text", .12) else None
        if text is not None:
            dims = dims[:2] if dims[0] == "t" else ("t",)
            strings = text and not self.classic()
            fixed = dice.chance(.5) and "widths" in self.features
            named = dice.chance(.3) and "widths" in self.features
            self.put(name, dims, lambda f, key: self.text(
                f, dims, strings, fixed, named), [member])
            return
        types = CLASSIC if self.classic() else FLOATS + INTS
        shared = self.numbers_told(types)
        many = [d for d in ("fills", "scales", "types", "unsigned")
                if self.on(d, .25)]
        attrs = {"long_name": f"drawn {name}", "units": dice.one(["K", "1"])}
        other = dice.one(["degC", "mK"])
        converted = attrs["units"] == "K" and self.on("convert", .5)
        plain = shared["dtype"].kind == "f" and not many

        def make(f, key):
            told = self.other(shared, many, types)
            data = self.numbers(told["dtype"], [f.dims[d] for d in dims],
                                [told[k] for k in ("_FillValue",
                                                   "missing_value")
                                 if k in told])
            own = {"units": other} if dice.chance(.5) and converted and plain \
                else {}
            return Var(dims, data, attrs | own | {
                k: v for k, v in told.items() if k != "dtype"})

        self.put(name, dims, make, [member])

    def numbers_told(self, types):
        """Type, packing and missing values of a variable."""
        dice = self.dice
        dtype = np.dtype(dice.one(types))
        out = {"dtype": dtype}
        edge = (np.finfo if dtype.kind == "f" else np.iinfo)(dtype)
        fill = dice.one([edge.min, edge.max, dice.one(SENTINELS)])
        fill = np.nan if dtype.kind == "f" and dice.chance(.3) else fill
        second = dice.one(SENTINELS)
        scale, offset, kind = self.scale()
        if self.on("missing", .5):
            out["_FillValue"] = dtype.type(fill)
        if self.on("missing", .25):
            out["missing_value"] = dtype.type(second)
        if self.on("packed", .3) and dtype.itemsize <= 2:
            out |= {"scale_factor": kind(scale), "add_offset": kind(offset)}
        return out

    def scale(self):
        dice = self.dice
        return (dice.one([.01, .5, .02, 2]), dice.one([0, 273.15, -7]),
                np.dtype(dice.one(FLOATS)).type)

    def other(self, told, many, types):
        """What this file has instead of what the others have."""
        dice = self.dice
        told = dict(told)
        dtype = np.dtype(dice.one(types))
        fill, second = dice.one(SENTINELS), dice.one(SENTINELS)
        scale, offset, kind = self.scale()
        if "types" in many:
            if "scale_factor" in told and dtype.itemsize > 2:
                dtype = np.dtype("i2")
            told["dtype"] = dtype
            for k in ("_FillValue", "missing_value"):
                if k in told:
                    told[k] = dtype.type(fill)
        if "unsigned" in many and told["dtype"].str[1:] in ("i1", "i2"):
            told["_Unsigned"] = dice.one(["true", "false"])
        if "fills" in many:
            for k, value in (("_FillValue", fill), ("missing_value", second)):
                told.pop(k, None)
                if dice.chance(.7):
                    told[k] = told["dtype"].type(value)
        if "scales" in many and told["dtype"].itemsize <= 2:
            told |= {"scale_factor": kind(scale), "add_offset": kind(offset)}
        return told

    def text(self, f, dims, strings, fixed, named):
        """Strings of any or of a fixed width, or chars, whose dimension may be
        named for the width."""
        words = np.array(self.dice.rng.choice(
            WORDS, [f.dims[d] for d in dims]), object)
        width = f.dims["n"]
        if strings and not fixed:
            return Var(dims, words, {"long_name": "words"})
        short = np.array([w.encode()[:width].decode(errors="ignore")
                          for w in words.ravel()], object).reshape(words.shape)
        if strings:
            return Var(dims, np.array([w.encode() for w in short.ravel()],
                                      f"S{width}").reshape(words.shape),
                       {"long_name": "fixed"})
        last = f"n{width}" if named else "n"
        return Var(dims + (last,), chars(short, width), {"long_name": "chars"})

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
            # Nor what netCDF puts where nobody wrote.
            data = np.where((data <= edge.min + 1) | (data == edge.max) |
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
        if "storage" not in self.features or v.data.dtype == object or \
                not f.format.startswith("NETCDF4"):
            return {}
        out = {}
        if v.data.dtype.kind in "fiu" and f.format == "NETCDF4":
            out["endian"] = endian
        if not v.dims or not chunked:
            return out
        # netCDF takes no chunk that is longer than a fixed dimension.
        chunks = [n if d in f.unlimited else max(1, min(n, f.dims[d]))
                  for n, d in zip(chunks, v.dims)]
        out |= {"chunksizes": chunks, "fletcher32": sums}
        if deflate:
            out |= {"zlib": True, "complevel": level, "shuffle": shuffle}
        self.what.append("storage")
        return out

    def like_each_other(self, name, v, f):
        """Mostly little-endian, in chunks of the same shape in all files."""
        if self.kept.chance(.8) and v.storage.get("endian") == "big":
            v.storage["endian"] = "little"
        if "chunksizes" in v.storage:
            shape = self.shapes.setdefault(name, v.storage["chunksizes"])
            v.storage["chunksizes"] = [
                c if d in f.unlimited else min(c, f.dims[d])
                for c, d in zip(shape, v.dims)]
            v.storage["fletcher32"] &= self.kept.chance(.3)

    # --- what differs

    def trouble(self):
        dice = self.dice
        every = list(self.files.values())
        shared = sorted(set.union(*(set(f.vars) for f in every)))
        for name in [""] + shared:
            if self.on("attrs", .1):
                for f in every:
                    where = f if not name else f.vars.get(name)
                    if where and dice.chance(.8):
                        where.attrs["history"] = f"made {dice.between(0, 2)}"
        if self.on("units", .06):
            self.spoil("v", lambda v, f: v.data.dtype.kind in "fiu" and
                       v.attrs.update(units="furlong"))
        if self.on("static", .07):
            value = dice.one([77, 1e-9])
            self.spoil("y", lambda v, f: v.data.__setitem__(
                slice(1), v.data[:1] + value))
        if self.on("absent", .1):
            self.spoil("v", lambda v, f: f.vars.pop(self.spoilt))
        if self.on("calendar", .05):
            self.spoil("t", lambda v, f: v.attrs.update(
                calendar="julian" if v.attrs["calendar"] == "360_day"
                else "360_day"))
        if self.on("order", .08):
            self.spoil("t", lambda v, f: v.data.__setitem__(
                slice(-1, None), v.data[-1:] - 400))
        if self.close:
            self.jitter()
        for f in every:
            self.tidy(f)

    def jitter(self):
        """Static variables that are nearly, but not the same in all files, and
        seldom too far away."""
        tolerance = self.combine["static"]["close"]
        far = self.near.one([.5, .5, .5, 1, 1.5]) * tolerance
        whole = self.near.one([np.dtype(t) for t in ("i2", "f8", "f4", "i4")])
        for f in list(self.files.values()):
            for name in ("x", "y"):
                if name in f.vars and f.vars[name].data.dtype == "f8":
                    f.vars[name].data += self.near.rng.uniform(
                        -far, far, f.vars[name].data.shape)
            area, pack = f.vars.get("area"), self.near.chance(.3)
            if area is None or "x" in self.concat or "y" in self.concat or \
                    not self.near.chance(.5):
                continue
            area.data = area.data.astype(whole)
            area.storage.pop("endian", None)
            if pack and whole.kind == "i":
                area.data = 2 * area.data
                area.attrs["scale_factor"] = np.float64(.5)

    def spoil(self, prefix, change):
        """Change one variable in one file that is not its only one."""
        names = sorted({n for f in self.files.values() for n in f.vars
                        if n == prefix or prefix == "v" and n[0] == "v"})
        if not names:
            return
        self.spoilt = self.dice.one(names)
        have = [f for f in self.files.values() if self.spoilt in f.vars]
        if len(have) > 1:
            f = self.dice.one(have)
            change(f.vars[self.spoilt], f)

    def tidy(self, f):
        """What the format of the file asks for."""
        used = {d for v in f.vars.values() for d in v.dims}
        f.dims = {d: n for d, n in f.dims.items()
                  if d in used or d in self.concat}
        # Nothing is written along it, so it would have no length.
        f.unlimited = tuple(d for d in f.unlimited if d in used)
        if f.format != "NETCDF4" and any(
                "t" in v.dims[1:] for v in f.vars.values()):
            f.unlimited = ()
        # Nor is anything where another dimension has no length.
        if 0 in f.dims.values():
            f.unlimited = ()
        for v in f.vars.values():
            if "chunksizes" in v.storage:
                v.storage["chunksizes"] = [
                    c if d in f.unlimited else max(1, min(c, f.dims[d]))
                    for c, d in zip(v.storage["chunksizes"], v.dims)]

    # --- the recipe

    def target(self):
        dice = self.dice
        chunks = {}
        for d in ("t", "y", "x"):
            n = dice.one([-1, 1, 2, 3, 5, 100])
            used = any(d in v.dims for f in self.files.values()
                       for v in f.vars.values())
            if dice.chance(.5) and used:
                chunks[d] = n
        target = {"zarr_format": dice.one([2, 3]), "chunks": chunks}
        codecs = dice.one(CODECS)
        if dice.chance(.4):
            target["codecs"] = codecs
        if self.keeps:
            self.what.append("keep")
            target["codecs"] = "keep"
            if self.kept.chance(.6):
                target["chunks"] = {}
        return target

    def policies(self):
        dice = self.dice
        self.combine = out = {}
        attrs = dice.one(["drop", "first", "first", "error"])
        title = dice.chance(.5)
        if self.on("policies", .3):
            out["attrs"] = attrs
        if self.on("policies", .2):
            out["attrs_add"] = {"made_by": "me", "numbers": [1, 2.5]}
            if title:
                out["attrs_add"]["title"] = "another"
        static = dice.one(["equal", "first"])
        if self.on("first", .4):
            out["static"] = static
        if self.close:
            self.what.append("close")
            out["static"] = {"close": self.near.one([0, 1e-9, 1e-6])}
        if self.on("fill", .5):
            out["missing_variable"] = "fill"
        packing = dice.one(["unpack", "repack", "error"])
        if self.on("scales", .3):
            out["packing"] = packing
        clock, gaps = dice.one(CLOCKS), dice.one(["allow", "warn", "error"])
        if self.on("clock", .2):
            out["time"] = {"units": clock}
        if self.on("gaps", .5):
            out["gaps"] = gaps
        if self.on("convert", .7):
            out["units"] = "convert"
        order = dice.one(["any", "any", "increasing"])
        if self.on("order", .3):
            out["order"] = order


def archive(seed, features=FEATURES):
    return Builder(seed, features).archive()
