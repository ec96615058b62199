# SPDX-License-Identifier: Apache-2.0
"""Stores that are wrong on purpose, so that the readers' scripts are known to
be able to fail. Each fault names the readers that must notice."""

import copy
import json
import os
import shutil

VALUES = {"xarray and zarr 3", "xarray, decoded", "zarr 2", "tensorstore",
          "zarrs", "zarrita"}
BY_XARRAY = {"metadata", "xarray and zarr 3", "zarr 2"}


def edit(store, name, change):
    """Change a document and its copy in the consolidated metadata alike."""
    v3 = os.path.exists(os.path.join(store, "zarr.json"))
    top = os.path.join(store, "zarr.json" if v3 else ".zmetadata")
    keys = [name + "/zarr.json"] if v3 else [name + "/.zarray",
                                             name + "/.zattrs"]
    with open(top) as f:
        whole = json.load(f)
    for key in keys:
        path = os.path.join(store, key)
        with open(path) as f:
            doc = json.load(f)
        change(doc)
        with open(path, "w") as f:
            json.dump(doc, f)
        if v3:
            whole["consolidated_metadata"]["metadata"][name] = doc
        else:
            whole["metadata"][key] = doc
    with open(top, "w") as f:
        json.dump(whole, f)


def chunk(store, i):
    v3 = os.path.exists(os.path.join(store, "zarr.json"))
    return os.path.join(store, f"foo/c/{i}/0/0" if v3 else f"foo/{i}.0.0")


def swap(store):
    a, b = chunk(store, 0), chunk(store, 1)
    os.rename(a, a + "~")
    os.rename(b, a)
    os.rename(a + "~", b)


def transposed(doc):
    names = doc.get("dimension_names") or doc.get("_ARRAY_DIMENSIONS")
    if names:
        names[0], names[1] = names[1], names[0]


def attribute(doc):
    attrs = doc.get("attributes", doc)
    if "long_name" in attrs:
        attrs["long_name"] += "!"


def fill(doc):
    if "fill_value" in doc:
        doc["fill_value"] = 5.0


def stale(store):
    """The consolidated metadata alone is changed."""
    v3 = os.path.exists(os.path.join(store, "zarr.json"))
    path = os.path.join(store, "zarr.json" if v3 else ".zmetadata")
    with open(path) as f:
        text = f.read()
    with open(path, "w") as f:
        f.write(text.replace("Fantastic Foo", "Fantastic Fob"))


FAULTS = {
    "two chunks swapped": (swap, VALUES),
    "a chunk missing": (lambda s: os.remove(chunk(s, 1)),
                        {"metadata"} | VALUES - {"zarr 2"}),
    "a temporary file left": (lambda s: open(chunk(s, 0) + ".tmp", "w"),
                              {"metadata"}),
    "dimensions in another order": (lambda s: edit(s, "foo", transposed),
                                    BY_XARRAY),
    "an attribute changed": (lambda s: edit(s, "foo", attribute),
                             {"xarray and zarr 3", "xarray, decoded",
                              "zarr 2"}),
    "another fill value": (lambda s: edit(s, "foo", fill), {"metadata"}),
    "stale consolidated metadata": (stale, {"metadata", "xarray and zarr 3",
                                            "zarr 2"}),
}


def plant(baked, folder):
    """Spoiled copies of a good store of each format, as cases that must fail."""
    out = []
    for fmt in 3, 2:
        good = next(c for c in baked if c.zarr_format == fmt
                    and c.name == "ancestor nc4-D, chunks time 2")
        for i, (name, (spoil, noticed)) in enumerate(FAULTS.items()):
            bad = copy.copy(good)
            bad.name = "planted fault, " + name
            bad.store = os.path.join(folder, f"v{fmt}-{i}.zarr")
            bad.faulty = noticed
            shutil.copytree(good.store, bad.store)
            spoil(bad.store)
            out.append(bad)
    return out
