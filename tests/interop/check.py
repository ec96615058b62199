# SPDX-License-Identifier: Apache-2.0
"""The store against the truth, one function a reader. Each raises
AssertionError that says what differs."""

import base64
import warnings

import numpy as np
import tensorstore
import xarray as xr
import zarr

# What pgf adds to the attributes of a store begins with this.
OURS = "pgf"


def same_values(what, want, got):
    """Bit for bit the same; text the same strings."""
    got = np.asarray(got)
    if want.dtype == object:
        got = got.astype(object)
        assert got.shape == want.shape, \
            f"{what}: shape {got.shape}, want {want.shape}"
        pairs = zip(want.ravel(), (g.decode() if isinstance(g, bytes) else g
                                   for g in got.ravel()))
        bad = [(w, g) for w, g in pairs if w != g]
        assert not bad, f"{what}: {len(bad)} differ, first (want, got) {bad[0]}"
        return
    assert got.dtype == want.dtype, f"{what}: {got.dtype}, want {want.dtype}"
    assert got.shape == want.shape, \
        f"{what}: shape {got.shape}, want {want.shape}"
    if want.tobytes() == got.tobytes():
        return
    raw = f"V{want.dtype.itemsize}"
    bad = np.argwhere(np.ascontiguousarray(want).view(raw).reshape(want.shape)
                      != np.ascontiguousarray(got).view(raw).reshape(want.shape)
                      ) if want.ndim else np.zeros((1, 0), int)
    at = tuple(bad[0])
    raise AssertionError(
        f"{what}: {len(bad)} of {want.size} values differ, first at {at}: "
        f"{got[at]!r}, want {want[at]!r}")


def plain(value, number=False):
    """An attribute as JSON knows it: every float as the double that it is, NaN
    and the infinities as text, one-element arrays as scalars. With number,
    text stands for a number, as great integers and NaN do in JSON."""
    a = np.asarray(value.decode() if isinstance(value, bytes) else value)
    if number and a.dtype.kind in "UTO":
        a = np.array([int(x) if str(x).lstrip("-").isdigit() else float(x)
                      for x in a.ravel()], object)
    flat = [x if isinstance(x, str) else repr(x) for x in a.ravel().tolist()]
    return flat[0] if len(flat) == 1 else flat


def same_attrs(what, want, got, ignore=()):
    got = {k: v for k, v in got.items() if k not in ignore}
    want = {k: v for k, v in want.items() if k not in ignore}
    assert set(got) == set(want), \
        f"{what}: attributes {sorted(got)}, want {sorted(want)}"
    for k in want:
        number = np.asarray(want[k]).dtype.kind in "fiu"
        w, g = plain(want[k]), plain(got[k], number)
        assert w == g, f"{what}: attribute {k!r} is {g!r}, want {w!r}"


def theirs(attrs):
    return {k: v for k, v in attrs.items() if not k.startswith(OURS)}


# --- xarray and zarr-python 3 -------------------------------------------------

def raw_variables(case, group_attrs, variables):
    """Names, dimensions, values and attributes of the raw store."""
    truth = case.truth()
    same_attrs("group", truth.attrs, theirs(group_attrs))
    assert set(variables) == set(truth.vars), \
        f"variables {sorted(variables)}, want {sorted(truth.vars)}"
    for name, v in truth.vars.items():
        dims, values, attrs = variables[name]
        assert tuple(dims) == v.dims, f"{name}: {dims}, want {v.dims}"
        if v.kind == "char":
            values = np.asarray(values).astype("S1")
        same_values(name, v.data, values)
        same_attrs(name, v.attrs, attrs)


def xarray3(case):
    """Through xarray and zarr-python 3: raw, then decoded."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        raw = xr.open_zarr(case.store, decode_cf=False, consolidated=True,
                           chunks=None, use_zarr_fill_value_as_mask=None)
    raw_variables(case, raw.attrs, {
        str(n): (v.dims, v.values, v.attrs) for n, v in raw.variables.items()})
    raw.close()


def xarray3_decoded(case):
    """What a person sees: dates, missing cells, packed values, coordinates."""
    want = decode(case.truth().dataset())
    with xr.open_zarr(case.store, chunks=None, **case.decode) as got:
        got = got.drop_vars([n for n in got.variables if n not in
                             want.variables])
        got.attrs = theirs(got.attrs)
        for v in list(want.variables.values()) + list(got.variables.values()):
            v.attrs = {k: plain(x).__repr__().lower().replace("infinity", "inf")
                       for k, x in v.attrs.items()}
        for ds in (want, got):
            ds.attrs = {}
        xr.testing.assert_identical(want, got)
        for name, v in want.variables.items():
            same = ("units", "calendar", "scale_factor", "add_offset",
                    "_FillValue", "missing_value")
            for k in same:
                w, g = v.encoding.get(k), got[name].encoding.get(k)
                number = np.asarray(w).dtype.kind in "fiu"
                assert repr(plain(w)) == repr(plain(g, number)), \
                    f"{name}: encoding {k} is {g!r}, want {w!r}"
            stored = case.truth().vars[name].data.dtype
            assert got[name].encoding["dtype"] == stored, name
            same_chunks(case, name, got[name].encoding["chunks"])


def same_chunks(case, name, got):
    want = case.chunk_shapes()[name]
    assert tuple(got) == want, f"{name}: chunks {tuple(got)}, want {want}"


def decode(ds):
    """What xarray makes of the truth, once its attributes are as JSON has
    them: there a float32 is a double of the same value."""
    for v in ds.variables.values():
        for k, x in v.attrs.items():
            if isinstance(x, np.floating) and k != "_FillValue":
                v.attrs[k] = float(x)
    return xr.decode_cf(ds)


def original(case, ds):
    """The store decodes to the data set that the files were cut from."""
    with xr.open_zarr(case.store, chunks=None) as got:
        for name, v in ds.variables.items():
            np.testing.assert_array_equal(got[name].values, v.values)
            assert got[name].dims == v.dims


# --- zarr-python 2 ------------------------------------------------------------

def zarr2(case, results):
    """What read_zarr2.py brought back from the other environment."""
    r = results[case.store]
    assert not isinstance(r, str), r
    raw_variables(case, r["attrs"], r["raw"])
    want = decode(case.truth().dataset())
    coords = [c for c in r["coords"] if c in want.variables]
    assert coords == sorted(map(str, want.coords)), coords
    for name, v in want.variables.items():
        dims, values, attrs = r["decoded"][name]
        assert tuple(dims) == v.dims
        same_decoded(name, v.values, values)
    for name, array in r["arrays"].items():
        same_chunks(case, name, array["chunks"])
    for name, compressor in case.compressors.items():
        got = r["arrays"][name]["compressor"] or {}
        assert (compressor or {}).items() <= got.items(), \
            f"{name}: compressor {got}, want {compressor}"


def same_decoded(name, want, got):
    """Equal values; dates may be of another unit, floats of another width,
    as releases of xarray choose."""
    assert want.shape == got.shape, f"{name}: {got.shape}, want {want.shape}"
    if want.dtype.kind == "M":
        want, got = want.astype("M8[ns]"), got.astype("M8[ns]")
    if want.dtype.kind == "m":
        want, got = want.astype("m8[ns]"), got.astype("m8[ns]")
    if want.dtype.kind == "f" and got.dtype != want.dtype:
        np.testing.assert_allclose(got, want, rtol=1e-6, err_msg=name)
        return
    np.testing.assert_array_equal(got, want, err_msg=name)


# --- the others: raw arrays ---------------------------------------------------

def numbers(case):
    """Arrays that every reader takes: text is not among them."""
    return {n: v for n, v in case.truth().vars.items() if v.kind == "number"}


def tensor_store(case):
    for name, v in numbers(case).items():
        driver = "zarr3" if case.zarr_format == 3 else "zarr"
        array = tensorstore.open({
            "driver": driver,
            "kvstore": {"driver": "file", "path": f"{case.store}/{name}/"},
        }, read=True, open=True).result()
        same_values(name, v.data, array.read().result())
        if case.zarr_format == 3:
            assert tuple(array.domain.labels) == v.dims, array.domain


def zarrs(case):
    """zarr-python with its codecs replaced by those of zarrs (Rust)."""
    path = "zarrs.ZarrsCodecPipeline"
    with zarr.config.set({"codec_pipeline.path": path,
                          "codec_pipeline.strict": True}):
        group = zarr.open_group(case.store, mode="r")
        for name, v in numbers(case).items():
            array = group[name]
            if 0 in array.shape:
                continue
            pipeline = type(array.async_array.codec_pipeline).__module__
            assert pipeline.startswith("zarrs"), pipeline
            same_values(name, v.data, array[...])


def zarrita(case, results):
    """What read_zarrita.mjs printed."""
    for name, v in case.truth().vars.items():
        r = results[case.store, name]
        if 0 in v.data.shape:   # it cannot read nothing
            continue
        assert "error" not in r, f"{name}: {r['error']}"
        if v.kind == "number":
            got = decode_js(r, v.data.dtype)
            assert r["shape"] == list(v.data.shape), f"{name}: {r['shape']}"
            same_values(name, v.data, got.reshape(v.data.shape))
        elif v.kind == "text":
            got = [r["scalar"]] if "scalar" in r else r["strings"]
            same_values(name, v.data.ravel(), np.array(got, object))


def decode_js(result, dtype):
    if "scalar" in result:
        return np.array(result["scalar"]).astype(dtype)
    return np.frombuffer(base64.b64decode(result["bytes"]), dtype)
