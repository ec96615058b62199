# SPDX-License-Identifier: Apache-2.0
"""The rules of combining once more, in NumPy and cftime.

Everything is worked out from the source files: what the store must hold when
files differ, or for which variable it must be refused. Nothing here knows how
pgf does it; where the rules leave a choice (which of two fills, which unit of
time), what is compared is what the numbers mean.
"""

import functools
import itertools
from dataclasses import dataclass, field
from fractions import Fraction

import cftime
import netCDF4
import numpy as np

import truth

# What an array of numbers means; everything else is prose.
PACKING = ("scale_factor", "add_offset", "_Unsigned")
MISSING = ("_FillValue", "missing_value")
TIME = ("units", "calendar")
UNIT_US = {"microseconds": 1, "milliseconds": 10 ** 3, "seconds": 10 ** 6,
           "minutes": 60 * 10 ** 6, "hours": 3600 * 10 ** 6,
           "days": 86400 * 10 ** 6, "weeks": 7 * 86400 * 10 ** 6}
CALENDARS = {"gregorian": "standard", "365_day": "noleap",
             "366_day": "all_leap"}
POLICY = {"packing": "unpack", "attrs": "drop", "static": "equal",
          "missing_variable": "error", "order": "increasing", "gaps": "warn",
          "units": "error", "time": {}, "attrs_add": {}}


@dataclass
class Numbers:
    """What a reader makes of an array: values where they are valid."""
    values: np.ndarray      # float64, integers, or object (exact microseconds)
    missing: np.ndarray     # bool


@dataclass
class Want:
    """One array of the store. bits: raw values that must be there as they are;
    else numbers is what they must mean."""
    dims: tuple
    shape: tuple
    attrs: dict
    kind: str                           # number, time, char, text
    bits: np.ndarray = None
    numbers: Numbers = None
    dtypes: tuple = ()                  # what the type may be; () any
    raw: np.ndarray = None              # what valid cells are stored as
    clock: str = ""                     # the units that a time must have
    close: float = 0                    # how near numbers must be, relatively


@dataclass
class Expected:
    vars: dict = field(default_factory=dict)
    attrs: dict = field(default_factory=dict)
    refused: list = field(default_factory=list)     # variables; [] is baked
    told: list = field(default_factory=list)        # (variable, attribute)
    bounds: dict = field(default_factory=dict)      # variable -> its axis


# --- what numbers mean ----------------------------------------------------------

def same(a, b):
    """Equal attributes: type, shape and value; NaN is NaN."""
    if a is None or b is None:
        return a is b
    a, b = np.asarray(a), np.asarray(b)
    return a.dtype == b.dtype and a.shape == b.shape and (
        a.tolist() == b.tolist() or a.tobytes() == b.tobytes())


def is_time(attrs):
    return " since " in str(attrs.get("units", ""))


def calendar(attrs):
    name = str(attrs.get("calendar", "standard")).lower()
    return CALENDARS.get(name, name)


def unit_us(attrs):
    """Microseconds of the unit of a time."""
    name = attrs["units"].split(" since ")[0].strip().lower()
    for full, us in UNIT_US.items():
        if name in (full, full[:-1]):
            return us
    return {"h": UNIT_US["hours"], "hr": UNIT_US["hours"],
            "d": UNIT_US["days"], "min": UNIT_US["minutes"],
            "s": UNIT_US["seconds"], "sec": UNIT_US["seconds"]}[name]


def reference_us(attrs):
    """The reference of a time in microseconds since year 1 of its calendar."""
    cal = calendar(attrs)
    start = cftime.num2date(0, "days since " +
                            attrs["units"].split(" since ")[1], cal)
    return int(cftime.date2num(start, "microseconds since 0001-01-01", cal))


def missing_cells(raw, attrs):
    """True where a cell is one of the attributes' missing values, or NaN."""
    out = np.zeros(raw.shape, bool)
    if raw.dtype.kind == "f":
        out |= np.isnan(raw)
    for name in MISSING:
        for value in np.atleast_1d(attrs.get(name, [])):
            out |= raw == np.asarray(value).astype(raw.dtype)
    return out


def signed_as_told(raw, attrs):
    told = str(attrs.get("_Unsigned", "")).lower()
    if told == "true" and raw.dtype.kind == "i":
        return raw.view(raw.dtype.str.replace("i", "u"))
    if told == "false" and raw.dtype.kind == "u":
        return raw.view(raw.dtype.str.replace("u", "i"))
    return raw


def is_packed(attrs):
    return "scale_factor" in attrs or "add_offset" in attrs


def meaning(raw, attrs):
    """Numbers of a raw array: unpacked in float64, times as microseconds."""
    missing = missing_cells(raw, attrs)
    if is_time(attrs):
        unit, start = unit_us(attrs), reference_us(attrs)
        us = [0 if gone else round(Fraction(x) * unit) + start
              for x, gone in zip(raw.ravel().tolist(), missing.ravel())]
        values = np.empty(raw.size, object)
        values[:] = us
        return Numbers(values.reshape(raw.shape), missing)
    raw = signed_as_told(raw, attrs)
    if is_packed(attrs):
        scale = float(np.ravel(attrs.get("scale_factor", 1))[0])
        offset = float(np.ravel(attrs.get("add_offset", 0))[0])
        # What is missing may overflow; nobody looks at it.
        with np.errstate(all="ignore"):
            raw = raw.astype("f8") * scale + offset
    return Numbers(raw, missing)


def unpacked_types(raw, attrs):
    """The float types that CF (8.1) gives unpacked data: that of scale and
    offset; a 32-bit integer does not fit a float32, so there a float64 is as
    good."""
    if not is_packed(attrs):
        if raw.dtype.kind == "f":
            return {raw.dtype.name}
        return {np.result_type(raw.dtype, "f4").name, "float64"}
    types = {np.asarray(attrs[k]).dtype for k in PACKING[:2] if k in attrs}
    name = np.result_type(*types, "f4").name
    return {name, "float64"} if raw.dtype.itemsize > 2 else {name}


def promoted_types(sets):
    """Every result of NumPy's promotion with one type from each set; in any
    order, for of three it is not associative."""
    out = set()
    for names in set(itertools.product(*map(sorted, sets))):
        for order in itertools.permutations(sorted(set(names))):
            out.add(functools.reduce(np.promote_types, order))
    return tuple(sorted(np.dtype(t).name for t in out))


def bounds_of(variables):
    """{bounds: axis} where the bounds leave units to their axis (CF 7.1)."""
    out = {}
    for name, v in variables.items():
        b = str(v.attrs.get("bounds", v.attrs.get("climatology", "")))
        if b in variables and "units" not in variables[b].attrs and \
                is_time(v.attrs):
            out[b] = name
    return out


def with_units_of(axis, attrs):
    return {**{k: axis[k] for k in TIME if k in axis}, **attrs}


# --- one variable in all its files ----------------------------------------------

class Refusal(Exception):
    pass


def encoding(v):
    """What must be the same for bits to be copied."""
    names = PACKING + MISSING + (TIME if is_time(v.attrs) else ())
    return [v.data.dtype.name if v.kind == "number" else v.kind,
            *(v.attrs.get(n) for n in names)]


def same_encoding(parts):
    first = encoding(parts[0])
    return all(all(same(a, b) for a, b in zip(first, encoding(p)))
               for p in parts[1:])


def common_attrs(name, all_attrs, told, policy):
    """Attributes that nobody contradicts; the others are told."""
    out, order = {}, []
    for attrs in all_attrs:
        order += [k for k in attrs if k not in order]
    for k in order:
        values = [attrs[k] for attrs in all_attrs if k in attrs]
        if all(same(values[0], v) for v in values[1:]):
            out[k] = values[0]
            continue
        if policy == "error":
            raise Refusal(k)
        told.append((name, k))
        if policy == "first":
            out[k] = values[0]
    return out


def prose(attrs, time):
    gone = PACKING + MISSING + (TIME if time else ())
    return {k: v for k, v in attrs.items() if k not in gone}


CONVERSIONS = {("degC", "K"): (1, 273.15), ("K", "degC"): (1, -273.15),
               ("mK", "K"): (.001, 0), ("K", "mK"): (1000, 0),
               ("degC", "mK"): (1000, 273150), ("mK", "degC"): (.001, -273.15)}


def check_units(parts, policy):
    """Units of data must agree, or are converted; a time's need only be of one
    calendar."""
    times = [is_time(p.attrs) for p in parts]
    if any(times) and not all(times):
        raise Refusal
    if all(times):
        if len({calendar(p.attrs) for p in parts}) > 1:
            raise Refusal
        return
    to = parts[0].attrs.get("units")
    for p in parts[1:]:
        own = p.attrs.get("units")
        if policy["units"] == "convert" and (own, to) in CONVERSIONS:
            continue
        if not all(same(p.attrs.get(k), parts[0].attrs.get(k))
                   for k in TIME):
            raise Refusal


def in_units_of(first, v):
    """Numbers in the units of the first, and how near a reader's are to them."""
    numbers = meaning(v.data, v.attrs)
    own, to = v.attrs.get("units"), first.attrs.get("units")
    if own == to or (own, to) not in CONVERSIONS:
        return numbers
    scale, offset = CONVERSIONS[own, to]
    with np.errstate(all="ignore"):
        return Numbers(numbers.values.astype("f8") * scale + offset,
                       numbers.missing)


def join(arrays, axes):
    """Lay parts end to end: {(i, j, ..): array}, one axis for each index."""
    if not axes:
        return next(iter(arrays.values()))
    groups = {}
    for at, a in arrays.items():
        groups.setdefault(at[0], {})[at[1:]] = a
    return np.concatenate([join(groups[k], axes[1:]) for k in sorted(groups)],
                          axis=axes[0])


def widest(parts, lengths):
    """Of dimensions that differ in nothing but the width of chars those with the
    greatest, of the first of such files."""
    dims = {p.dims[:-1] for p in parts}
    if len(dims) > 1:
        raise Refusal
    names = list(dict.fromkeys(p.dims[-1] for p in parts))
    return dims.pop() + (max(names, key=lambda n: lengths[n]),)


def widen(parts, width):
    """Texts of different widths in char arrays: NULs up to the longest, for a
    dimension has one length."""
    for at, p in parts.items():
        pad = [(0, 0)] * (p.data.ndim - 1) + [(0, width - p.data.shape[-1])]
        data = np.pad(p.data.view("u1"), pad).view("S1")
        parts[at] = truth.Var(p.dims, data, p.attrs, p.kind)


def combine(name, parts, dims, concat, policy, told):
    """{place: truth.Var} of one variable as a Want; raises Refusal. dims: the
    lengths of dimensions at each place where it should be, and of them all."""
    dims, longest = dims
    first = parts[min(parts)]
    every = [parts[at] for at in sorted(parts)]
    if len({p.kind for p in every}) > 1:
        raise Refusal
    if first.kind == "char" and first.dims[-1] not in concat:
        last = widest(every, longest)
        parts = {at: truth.Var(last, p.data, p.attrs, p.kind)
                 for at, p in parts.items()}
        first = parts[min(parts)]
        every = [parts[at] for at in sorted(parts)]
    if len({p.dims for p in every}) > 1:
        raise Refusal
    if all(d in first.dims for d in concat):
        # Merged files are no reason to take one of them.
        policy = policy | {"static": "equal"}
    axes = [first.dims.index(d) for d in concat if d in first.dims]
    keep = [i for i, d in enumerate(concat) if d in first.dims]
    if first.kind == "char":
        axes_free = range(first.data.ndim - 1)
    else:
        axes_free = range(first.data.ndim)
    other = [tuple(p.data.shape[i] for i in axes_free if i not in axes)
             for p in every]
    if len(set(other)) > 1:
        raise Refusal
    lengths = {tuple(at[i] for i in keep): n for at, n in dims.items()}
    groups = {}
    for at in sorted(parts):
        groups.setdefault(tuple(at[i] for i in keep), []).append(parts[at])
    for same_place in groups.values():
        for p in same_place[1:]:
            compare_static(same_place[0], p, policy)
    chosen = {at: g[0] for at, g in groups.items()}
    # Where the first file is asked for, the others are not; those that must be
    # close to it were compared, in units of its own.
    if policy["static"] != "equal" and first.kind == "number":
        check_units([*chosen.values()], policy)
    elif first.kind == "number":
        check_units(every, policy)
    clocked = is_time(first.attrs) and policy["time"]
    if isinstance(policy["static"], dict) and len(chosen) == 1 < len(every) and \
            set(lengths) == set(chosen) and not clocked:
        return first_of(name, every, told, policy)
    alike = first.kind != "number" or same_encoding(every) and \
        len({p.attrs.get("units") for p in every}) == 1 and not clocked
    attrs = common_attrs(name, [p.attrs for p in every], told, policy["attrs"]) \
        if alike else None
    absent = [at for at in lengths if at not in chosen]
    if first.kind != "number":
        chosen |= {at: empty(first, lengths[at]) for at in absent}
    elif attrs is not None and absent:
        attrs = None
    if first.kind == "char":
        widen(chosen, longest[first.dims[-1]])
    if attrs is not None:
        data = join({at: p.data for at, p in chosen.items()}, axes)
        return Want(first.dims, data.shape, attrs, first.kind, bits=data)
    return convert(name, chosen, {at: lengths[at] for at in absent}, every,
                   axes, policy, told)


def compare_static(a, b, policy):
    """Two that must be the same: bit for bit, or nearly if so asked."""
    if a.data.shape != b.data.shape:
        raise Refusal
    if policy["static"] == "first":
        return
    if isinstance(policy["static"], dict) and a.kind == "number":
        compare_close(a, b, policy["static"]["close"])
        return
    if not same_encoding([a, b]):
        raise Refusal
    if a.kind == "text":
        if a.data.tolist() != b.data.tolist():
            raise Refusal
    elif a.data.tobytes() != b.data.tobytes():
        raise Refusal


def compare_close(a, b, tolerance):
    """Numbers that may not be further apart than the tolerance, in the units of
    the first."""
    one, other = a.attrs.get("units"), b.attrs.get("units")
    if is_time(a.attrs) != is_time(b.attrs) or calendar(a.attrs) != calendar(
            b.attrs) or not is_time(a.attrs) and one != other and \
            (other, one) not in CONVERSIONS:
        raise Refusal
    x, y = meaning(a.data, a.attrs), in_units_of(a, b)
    if is_time(a.attrs):
        tolerance *= unit_us(a.attrs)
    if np.any(x.missing != y.missing):
        raise Refusal
    for p, q in zip(x.values[~x.missing].tolist(),
                    y.values[~y.missing].tolist()):
        if p != q and not abs(p - q) <= tolerance:
            raise Refusal


def first_of(name, every, told, policy):
    """What all files have, in the words of the first."""
    first = every[0]
    time = is_time(first.attrs)
    attrs = common_attrs(name, [prose(p.attrs, time) for p in every], told,
                         policy["attrs"])
    attrs |= {k: v for k, v in first.attrs.items() if k not in attrs and
              k in PACKING + MISSING + TIME}
    return Want(first.dims, first.data.shape, attrs, first.kind,
                bits=first.data)


def empty(first, dims):
    """Text that no file has."""
    shape = tuple(dims.get(d, n) for d, n in zip(first.dims, first.data.shape))
    data = np.full(shape, "" if first.kind == "text" else b"",
                   first.data.dtype)
    return truth.Var(first.dims, data, {}, first.kind)


def default_fill(numbers, dtype):
    """Integers that have no missing value get netCDF's; none may use it."""
    dtype = np.dtype(dtype)
    fill = netCDF4.default_fillvals[dtype.str[1:]]
    if dtype.kind in "iu" and np.any(
            numbers.values[~numbers.missing] == fill):
        raise Refusal


def nothing(first, dims):
    """A part that no file has: all missing."""
    shape = tuple(dims.get(d, n) for d, n in zip(first.dims, first.data.shape))
    dtype = object if is_time(first.attrs) else first.data.dtype
    return Numbers(np.zeros(shape, dtype), np.ones(shape, bool))


def target_missing(every):
    """The missing values of the first file that has any."""
    for p in every:
        values = [x for k in MISSING for x in np.atleast_1d(p.attrs.get(k, []))]
        if values:
            return values
    return []


def repack(p, first, missing):
    """Raw numbers in the packing of the first file, which they must fit."""
    target = signed_as_told(first.data, first.attrs).dtype
    same_packing = all(same(p.attrs.get(k), first.attrs.get(k))
                       for k in PACKING)
    read = meaning(p.data, p.attrs)
    if same_packing:
        raw = signed_as_told(p.data, p.attrs)
    else:
        raw = read.values.astype("f8")
        if is_packed(first.attrs):
            raw = (raw - float(first.attrs.get("add_offset", 0))) / \
                float(first.attrs.get("scale_factor", 1))
            raw = np.rint(raw) if target.kind in "iu" else raw
    valid = raw[~read.missing]
    with np.errstate(all="ignore"):
        fits = valid.astype(target) == valid if target.kind in "iu" or \
            same_packing else True
    # What no element of the target can equal means nothing in it.
    with np.errstate(all="ignore"):
        missing = [x for x in missing if first.data.dtype.kind == "f" or
                   np.isfinite(x) and int(x) == x and
                   np.iinfo(first.data.dtype).min <= x <=
                   np.iinfo(first.data.dtype).max]
    missing = signed_as_told(np.array(missing, first.data.dtype), first.attrs)
    clash = np.isin(valid, missing)
    if not np.all(fits) or np.any(clash) or \
            np.any(read.missing) and not len(missing) and \
            target.kind in "iu":
        raise Refusal
    raw = np.where(read.missing, 0, raw).astype(target)
    return raw.view(first.data.dtype)


def convert(name, chosen, absent, every, axes, policy, told):
    """Files whose numbers are not written alike, or that have none."""
    first = every[0]
    time = is_time(first.attrs)
    units = {} if time or "units" not in first.attrs else \
        {"units": first.attrs["units"]}
    attrs = common_attrs(name, [prose(p.attrs, time) | units for p in every],
                         told, policy["attrs"])
    read = {at: in_units_of(first, p) for at, p in chosen.items()}
    read |= {at: nothing(first, dims) for at, dims in absent.items()}
    numbers = Numbers(join({at: r.values for at, r in read.items()}, axes),
                      join({at: r.missing for at, r in read.items()}, axes))
    kind = "time" if time else "number"
    want = Want(first.dims, numbers.values.shape, attrs, kind, numbers=numbers)
    if time:
        want.clock = policy["time"].get("units", "")
        return want
    if len({p.attrs.get("units") for p in every}) > 1:
        told.append((name, "units"))
        want.close = 8 * np.finfo(first.data.dtype).eps
        want.dtypes = (first.data.dtype.name,)
        return want
    packings = [[p.data.dtype.name, *(p.attrs.get(k) for k in PACKING)]
                for p in every]
    if all(all(map(same, packings[0], p)) for p in packings[1:]):
        want.dtypes = (first.data.dtype.name,)
        if absent and not target_missing(every):
            raw = join({at: p.data for at, p in chosen.items()} |
                       {at: np.zeros(read[at].values.shape, first.data.dtype)
                        for at in absent}, axes)
            default_fill(Numbers(raw, numbers.missing), first.data.dtype)
    elif any(is_packed(p.attrs) for p in every):
        if policy["packing"] == "error":
            raise Refusal
        if policy["packing"] == "repack":
            want.raw = join({at: repack(p, first, target_missing(every))
                             for at, p in chosen.items()} |
                            {at: np.zeros(read[at].values.shape,
                                          first.data.dtype)
                             for at in absent}, axes)
            want.dtypes = (first.data.dtype.name,)
            if absent and not target_missing(every):
                default_fill(Numbers(want.raw, numbers.missing),
                             first.data.dtype)
            return want
        want.dtypes = promoted_types(unpacked_types(p.data, p.attrs)
                                     for p in every)
    else:
        want.dtypes = promoted_types(
            {signed_as_told(p.data, p.attrs).dtype.name} for p in every)
        if absent and not target_missing(every):
            default_fill(numbers, want.dtypes[0])
    return want


# --- a whole archive ------------------------------------------------------------

def check_axis(name, want, policy):
    """The coordinate of a concat dimension must run in one direction."""
    if policy["order"] == "any" or want.kind not in ("number", "time"):
        return
    numbers = want.numbers or meaning(want.bits, want.attrs)
    steps = np.diff(numbers.values[~numbers.missing])
    if policy["order"] == "decreasing":
        steps = -steps
    if not np.all(steps > 0):
        raise Refusal
    if policy["gaps"] == "error" and len(steps) and \
            np.max(steps) > 1.5 * sorted(steps)[len(steps) // 2]:
        raise Refusal


def expect(files, concat, policy=()):
    """What becomes of files: {(places along concat.., member): truth.Truth}."""
    policy = POLICY | dict(policy)
    out = Expected()
    names = sorted({n for t in files.values() for n in t.vars})
    longest = {}
    for t in files.values():
        longest |= {d: max(n, longest.get(d, 0)) for d, n in t.dims.items()}
    if len(files) < len(all_places(files, concat)) and \
            policy["missing_variable"] == "error":
        out.refused.append("fill")
    for t in files.values():
        out.bounds |= bounds_of(t.vars)
    for name in names:
        holders = {at: t.vars[name] for at, t in files.items()
                   if name in t.vars}
        if name in out.bounds:
            holders = {at: truth.Var(v.dims, v.data, with_units_of(
                files[at].vars[out.bounds[name]].attrs, v.attrs), v.kind)
                for at, v in holders.items()}
        told = []
        try:
            dims = check_presence(files, holders, concat, policy), longest
            want = combine(name, holders, dims, concat, policy, told)
            if want.dims == (name,) and name in concat:
                check_axis(name, want, policy)
        except Refusal:
            out.refused.append(name)
            continue
        if name in out.bounds:
            want.attrs = {k: v for k, v in want.attrs.items() if k not in TIME}
        out.vars[name] = want
        out.told += told
    try:
        out.attrs = common_attrs("", [t.attrs for t in files.values()],
                                 out.told, policy["attrs"])
    except Refusal as e:
        out.refused.append(str(e))
    out.attrs.update(policy["attrs_add"])
    return out


def all_places(files, concat):
    """{place: lengths} also of files that are not there: others tell."""
    sizes = [max(at[i] for at in files) + 1 for i in range(len(concat))]
    along = {(i, at[i]): t.dims[d] for at, t in files.items()
             for i, d in enumerate(concat)}
    return {at + (m,): {d: along[i, k] for i, (d, k) in
                        enumerate(zip(concat, at))}
            for at in itertools.product(*map(range, sizes))
            for m in dict.fromkeys(at[-1] for at in files)}


def check_presence(files, holders, concat, policy):
    """A variable must be at every place along its own concat dimensions, in
    files of one member, or where it is not is filled. The lengths at all places
    of these members."""
    first = holders[min(holders)]
    keep = [i for i, d in enumerate(concat) if d in first.dims]
    members = {at[-1] for at in holders}
    there = {at: n for at, n in all_places(files, concat).items()
             if at[-1] in members}

    def places(keys, member):
        return {tuple(at[i] for i in keep) for at in keys if at[-1] == member}

    if policy["missing_variable"] == "error" and not any(
            places(holders, m) == places(there, m) for m in members):
        raise Refusal
    return there
