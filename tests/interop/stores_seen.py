# SPDX-License-Identifier: Apache-2.0
"""Zarr stores as sources, by the writers of today (zarr-python 3) and of before
(zarr-python 2): every value as xarray reads it from the
sources, in folders and on a server."""

import os
import subprocess
import warnings

import numcodecs
import numpy as np
import xarray as xr
import yaml
import zarr
from zarr import codecs

import remote

HERE = os.path.dirname(os.path.abspath(__file__))
SHAPE, CHUNKS = (5, 7, 6), (2, 4, 3)

V2 = {
    "none": (">i4", None, None, -1),
    "lz4": ("<f4", numcodecs.Blosc("lz4", 5, 1), None, np.nan),
    "lz4hc": (">f8", numcodecs.Blosc("lz4hc", 5, 2), None, -np.inf),
    "bloscz": ("<i8", numcodecs.Blosc("zstd", 1, 1), None, 2**62 + 1),
    "zlibb": ("<u8", numcodecs.Blosc("zlib", 1, 0), None, 2**64 - 1),
    "blosclz": ("|u1", numcodecs.Blosc("blosclz", 9, 1), None, 255),
    "zstd": ("<i2", numcodecs.Zstd(3), None, None),
    "gzip": ("|i1", numcodecs.GZip(1), None, 0),
    "zlib": (">u2", numcodecs.Zlib(1), [numcodecs.Shuffle(2)], 7),
    "bz2": ("<f8", numcodecs.BZ2(1), [numcodecs.Shuffle(8)], 1.5),
    "fletcher": ("<u4", None, [numcodecs.Fletcher32()], 3),
}
BIG = codecs.BytesCodec(endian="big")
V3 = {
    "plain": dict(dtype="float32", fill_value=np.inf, compressors=None),
    "big": dict(dtype="int16", fill_value=-5, serializer=BIG),
    "blosc": dict(dtype="float64", fill_value=np.nan, compressors=[
        codecs.BloscCodec(cname="zlib", shuffle="bitshuffle")]),
    "sums": dict(dtype="uint64", fill_value=2**64 - 1, compressors=[
        codecs.GzipCodec(level=1), codecs.Crc32cCodec()]),
    "truth": dict(dtype="bool", fill_value=True),
    "dots": dict(dtype="int64", fill_value=-2**63, chunk_key_encoding={
        "name": "v2", "separator": "."}),
    "end": dict(dtype="int32", fill_value=9, shards=(4, 4, 6)),
    "start": dict(dtype="float32", fill_value=0.25, chunks=(4, 8, 6),
                  compressors=None, serializer=codecs.ShardingCodec(
                      chunk_shape=(2, 4, 3), index_location="start",
                      codecs=[BIG, codecs.ZstdCodec()])),
}


def values(dtype, fill, seed):
    """Random bits that are numbers; the first chunk is never written."""
    rng = np.random.default_rng(seed)
    dtype = np.dtype(dtype)
    if dtype.kind == "b":
        out = rng.integers(0, 2, SHAPE).astype(bool)
    elif dtype.kind == "f":
        out = rng.normal(size=SHAPE).astype(dtype)
    else:
        out = np.frombuffer(rng.bytes(dtype.itemsize * np.prod(SHAPE)),
                            dtype).reshape(SHAPE).copy()
    out[:4, :4] = 0 if fill is None else fill
    return out


def add(group, name, data, dims, **more):
    array = group.create_array(name, shape=data.shape, **more,
                               config={"write_empty_chunks": False})
    if array.metadata.zarr_format == 2:
        array.attrs["_ARRAY_DIMENSIONS"] = dims
    array[...] = data


def write(path, version, i):
    group = zarr.create_group(path, zarr_format=version)
    three = {"dimension_names": ["time"]} if version == 3 else {}
    add(group, "time", np.arange(5 * i, 5 * i + 5), ["time"], dtype="int64",
        chunks=(5,), fill_value=-1, **three)
    dims = ["time", "y", "x"]
    if version == 2:
        for n, (k, (dtype, one, filters, fill)) in enumerate(V2.items()):
            add(group, k, values(dtype, fill, 100 * i + n), dims, dtype=dtype,
                chunks=CHUNKS, compressors=one, filters=filters,
                fill_value=fill, chunk_key_encoding={
                    "name": "v2", "separator": "./"[n % 2]})
        return
    for n, (k, how) in enumerate(V3.items()):
        add(group, k, values(how["dtype"], how["fill_value"], 100 * i + n),
            dims, dimension_names=dims, **{"chunks": CHUNKS, **how})
    if i == 0:
        zarr.consolidate_metadata(path)


def write_by_zarr2(folder):
    python = os.path.join(os.environ["BUILD"], "venv-zarr2", "bin", "python")
    subprocess.run([python, os.path.join(HERE, "write_zarr2.py"), folder],
                   check=True)


def bake(folder, zarr_format, url=None):
    path = os.path.join(folder, f"{zarr_format}{'-away' if url else ''}.yaml")
    names = sorted(os.listdir(os.path.join(folder, "in")))
    recipe = {
        "name": "stores",
        "pattern": {"files": [f"{url}/good/{name}" for name in names],
                    "dims": [{"concat": "time"}]} if url else
                   {"glob": os.path.join(folder, "in", "*.zarr"),
                    "dims": [{"concat": "time"}]},
        "fetch": {"cache": not url},
        "target": {"zarr_format": zarr_format,
                   "chunks": {"time": 3, "y": 7, "x": 6}}}
    with open(path, "w", encoding="utf-8") as f:
        yaml.safe_dump(recipe, f, sort_keys=False)
    store = path[:-5] + ".zarr"
    done = subprocess.run(["pgf", "bake", path, "--store", store, "-j1",
                           "--work", path[:-5] + ".work"],
                          stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=120)
    assert done.returncode == 0, f"code {done.returncode}; {done.stderr}"
    return store


def raw(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return xr.open_zarr(path, decode_cf=False).load()


def same_away(folder):
    """The same stores on a server, where they need consolidated metadata."""
    for name in os.listdir(os.path.join(folder, "in")):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            zarr.consolidate_metadata(os.path.join(folder, "in", name))
    with remote.serving(folder, "in") as (url, _):
        same(folder, 3, url)


def same(folder, zarr_format, url=None):
    sources = sorted(os.listdir(os.path.join(folder, "in")))
    want = xr.concat([raw(os.path.join(folder, "in", n)) for n in sources],
                     "time", data_vars="all")
    got = raw(bake(folder, zarr_format, url))
    assert set(got.variables) == set(want.variables), str(got.variables)
    for name, variable in want.variables.items():
        a, b = variable.values, got[name].values
        assert got[name].dims == variable.dims, name
        if a.dtype.kind == "S":  # text of v3 is of variable length
            b = b.astype(a.dtype)
        assert a.dtype.newbyteorder("=") == b.dtype, f"{name}: {b.dtype}"
        assert a.astype(b.dtype).tobytes() == b.tobytes(), \
            f"{name}: {np.sum(a != b)} values differ"


def run(tap, folder):
    for name, version in (("v2", 2), ("v3", 3), ("zarr-python 2", 2)):
        top = os.path.join(folder, name)
        os.makedirs(os.path.join(top, "in"))
        if name == "zarr-python 2":
            write_by_zarr2(os.path.join(top, "in"))
        else:
            for i in range(2):
                write(os.path.join(top, "in", f"{i}.zarr"), version, i)
        for zarr_format in (2, 3):
            tap.check(f"stores of {name} as sources of v{zarr_format}", same,
                      top, zarr_format)
        tap.check(f"stores of {name} on a server as sources", same_away, top)
