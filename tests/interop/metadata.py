# SPDX-License-Identifier: Apache-2.0
"""The store as plain files: the documents, the chunks, and nothing else.

Readers forgive much; the specifications, xarray's conventions and other
readers do not. Each function raises AssertionError.
"""

import base64
import itertools
import json
import os
import re
import struct

import numpy as np

from check import same_chunks, theirs

V2_KEYS = {"zarr_format", "shape", "chunks", "dtype", "compressor",
           "fill_value", "order", "filters"}
V3_KEYS = {"zarr_format", "node_type", "shape", "data_type", "chunk_grid",
           "chunk_key_encoding", "fill_value", "codecs", "attributes",
           "dimension_names"}


def strict(constant):
    raise AssertionError(f"{constant} is not JSON")


def load(*path):
    with open(os.path.join(*path), encoding="utf-8") as f:
        return json.load(f, parse_constant=strict)


def files(store):
    """{relative name: size} of everything in the store."""
    found = {}
    for folder, _, names in os.walk(store):
        for name in names:
            path = os.path.join(folder, name)
            found[os.path.relpath(path, store)] = os.path.getsize(path)
    return found


def group_attributes(store):
    if os.path.exists(os.path.join(store, "zarr.json")):
        return load(store, "zarr.json")["attributes"]
    return load(store, ".zattrs")


def separator(case):
    usual = "/" if case.zarr_format == 3 else "."
    return case.recipe["target"].get("separator", usual)


def chunk_names(case, shape, chunks):
    grid = [range(-(-n // c)) for n, c in zip(shape, chunks)]
    for index in itertools.product(*grid):
        if case.zarr_format == 3:
            yield separator(case).join(["c", *map(str, index)])
        else:
            yield separator(case).join(map(str, index)) or "0"


def ours(case, attrs):
    """Recipe, version and plan are recorded."""
    added = {k: v for k, v in attrs.items() if k not in theirs(attrs)}
    text = json.dumps(added)
    assert case.recipe["name"] in text, f"no recipe name among {added}"
    plan = added.get("pgf_plan", "")
    assert re.fullmatch("[0-9a-f]{64}", plan), f"pgf_plan is {plan!r}"


def check(case):
    (v3 if case.zarr_format == 3 else v2)(case)


# --- version 3 ----------------------------------------------------------------

def v3(case):
    root = load(case.store, "zarr.json")
    want = {"zarr_format", "node_type", "attributes", "consolidated_metadata"}
    assert set(root) == want, f"members of the group: {sorted(root)}"
    assert (root["zarr_format"], root["node_type"]) == (3, "group")
    ours(case, root["attributes"])
    inline = root["consolidated_metadata"]
    assert (inline["kind"], inline["must_understand"]) == ("inline", False)
    variables = case.truth().vars
    assert set(inline["metadata"]) == set(variables), sorted(inline["metadata"])
    expected = {"zarr.json"}
    for name, v in variables.items():
        doc = load(case.store, name, "zarr.json")
        assert doc == inline["metadata"][name], f"{name}: consolidated differs"
        v3_array(case, name, v, doc)
        chunks = v3_shard(case, name, doc)
        expected.add(f"{name}/zarr.json")
        expected.update(f"{name}/{c}" for c in
                        chunk_names(case, doc["shape"], chunks))
        if name in case.codecs:
            got = [c["name"] for c in v3_codecs(doc)]
            assert got == case.codecs[name], f"{name}: codecs {got}"
    nothing_else(case, expected)


def v3_codecs(doc):
    """Of a chunk, which may lie in a shard."""
    first = doc["codecs"][0]
    if first["name"] == "sharding_indexed":
        return first["configuration"]["codecs"]
    return doc["codecs"]


def v3_shard(case, name, doc):
    """The shape of a stored object, and that it is the one asked for."""
    shape = doc["chunk_grid"]["configuration"]["chunk_shape"]
    if name not in case.shards:
        same_chunks(case, name, shape)
        return shape
    assert tuple(shape) == case.shards[name], f"{name}: shards {shape}"
    codec, = doc["codecs"]
    assert codec["name"] == "sharding_indexed", f"{name}: {codec['name']}"
    same_chunks(case, name, codec["configuration"]["chunk_shape"])
    assert codec["configuration"]["index_location"] == "end", name
    assert codec["configuration"]["index_codecs"] == [
        {"name": "bytes", "configuration": {"endian": "little"}},
        {"name": "crc32c"}], name
    return shape


def v3_array(case, name, v, doc):
    # A scalar has no dimension to name.
    optional = {"storage_transformers"}
    if not v.dims:
        optional.add("dimension_names")
    assert V3_KEYS - optional <= set(doc) <= V3_KEYS | optional, \
        f"{name}: members {sorted(doc)}"
    assert (doc["zarr_format"], doc["node_type"]) == (3, "array")
    assert doc["shape"] == list(v.data.shape), f"{name}: {doc['shape']}"
    assert doc.get("dimension_names", []) == list(v.dims), name
    assert doc["chunk_grid"]["name"] == "regular"
    assert all(c > 0 for c in doc["chunk_grid"]["configuration"]["chunk_shape"])
    assert doc["chunk_key_encoding"] == {
        "name": "default", "configuration": {"separator": separator(case)}}
    text = v.data.dtype == object
    dtype = "string" if text else v.data.dtype.name
    assert doc["data_type"] == dtype, f"{name}: {doc['data_type']}"
    assert "_ARRAY_DIMENSIONS" not in doc["attributes"], name
    first = v3_codecs(doc)[0]
    if text:
        assert first["name"] == "vlen-utf8", first
    elif v.data.dtype.itemsize == 1:
        assert first["name"] == "bytes", first
        assert first.get("configuration", {}) == {}, first
    else:
        assert first == {"name": "bytes",
                         "configuration": {"endian": "little"}}, first
    assert all(set(c) <= {"name", "configuration"} for c in doc["codecs"])
    v3_fill(name, v, doc)


def number(dtype, json_value):
    """A JSON fill value as dtype."""
    return np.array(json_value if isinstance(json_value, str) and
                    dtype.kind == "f" else int(json_value)
                    if dtype.kind in "iu" else json_value).astype(dtype)


def v3_fill(name, v, doc):
    fill = doc["fill_value"]
    if v.data.dtype == object:
        assert fill == "", f"{name}: fill_value {fill!r}"
        return
    dtype = v.data.dtype
    declared = "_FillValue" in v.attrs
    want = (np.asarray(v.attrs["_FillValue"]).astype(dtype) if declared else
            np.array(np.nan if dtype.kind == "f" else 0, dtype))
    got = number(dtype, fill)
    np.testing.assert_array_equal(got, want.reshape(()), err_msg=name)
    if not declared:
        assert "_FillValue" not in doc["attributes"], name
        return
    stored = doc["attributes"]["_FillValue"]
    if dtype.kind == "f":
        stored = struct.unpack("<d", base64.b64decode(stored))[0]
    else:
        assert not isinstance(stored, (str, float)), f"{name}: {stored!r}"
    np.testing.assert_array_equal(np.array(stored).astype(dtype),
                                  want.reshape(()), err_msg=name)


# --- version 2 ----------------------------------------------------------------

def v2(case):
    consolidated = load(case.store, ".zmetadata")
    assert consolidated["zarr_consolidated_format"] == 1
    docs = dict(consolidated["metadata"])
    for key, doc in docs.items():
        assert doc == load(case.store, key), f"{key}: consolidated differs"
    assert docs.pop(".zgroup") == {"zarr_format": 2}
    ours(case, docs.pop(".zattrs"))
    expected = {".zmetadata", ".zgroup", ".zattrs"}
    for name, v in case.truth().vars.items():
        array, attrs = docs.pop(f"{name}/.zarray"), docs.pop(f"{name}/.zattrs")
        v2_array(case, name, v, array, attrs)
        expected |= {f"{name}/.zarray", f"{name}/.zattrs"}
        expected.update(f"{name}/{c}" for c in
                        chunk_names(case, array["shape"], array["chunks"]))
        same_chunks(case, name, array["chunks"])
        if name in case.compressors:
            got, want = array["compressor"], case.compressors[name]
            assert (got is None) == (want is None), f"{name}: {got}"
            assert want is None or want.items() <= got.items(), f"{name}: {got}"
    assert not docs, f"more than there is: {sorted(docs)}"
    nothing_else(case, expected)


def v2_array(case, name, v, array, attrs):
    assert V2_KEYS <= set(array) <= V2_KEYS | {"dimension_separator"}, \
        f"{name}: members {sorted(array)}"
    assert (array["zarr_format"], array["order"]) == (2, "C")
    assert array.get("dimension_separator", ".") == separator(case)
    assert attrs["_ARRAY_DIMENSIONS"] == list(v.dims), name
    assert array["shape"] == list(v.data.shape), name
    assert all(c > 0 for c in array["chunks"])
    assert "_FillValue" not in attrs, name
    dtype, filters = array["dtype"], array["filters"]
    if v.kind == "number":
        want = v.data.dtype.newbyteorder("<").str
        assert dtype == want, f"{name}: {dtype}, want {want}"
        assert filters is None, f"{name}: filters {filters}"
    elif v.kind == "char":
        assert dtype == "|S1" and filters is None, f"{name}: {dtype}"
    else:
        assert dtype.startswith("|S") or (dtype, filters) == (
            "|O", [{"id": "vlen-utf8"}]), f"{name}: {dtype} {filters}"
    fill = array["fill_value"]
    if "_FillValue" not in v.attrs:
        assert fill is None, f"{name}: fill_value {fill!r}, want null"
    elif v.kind == "number":
        want = np.asarray(v.attrs["_FillValue"]).astype(v.data.dtype)
        np.testing.assert_array_equal(number(v.data.dtype, fill),
                                      want.reshape(()), err_msg=name)


# --- both ---------------------------------------------------------------------

def nothing_else(case, expected):
    """Every chunk is there that holds something; no temporary file is."""
    found = files(case.store)
    assert case.absent <= expected, sorted(case.absent - expected)
    expected = expected - case.absent
    missing = sorted(expected - set(found))
    extra = sorted(set(found) - expected)
    assert not missing, f"{len(missing)} missing, such as {missing[0]}"
    assert not extra, f"{len(extra)} too many, such as {extra[0]}"
    empty = [n for n, size in found.items() if not size]
    assert not empty, f"empty: {empty[0]}"
