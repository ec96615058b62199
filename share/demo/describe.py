#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Print what is in a Zarr (version 3) store, from its metadata alone.

    describe.py STORE

Needs nothing but Python, and shows that there is no magic in a store.
"""

import json
import os
import sys


def size(folder):
    """Files and bytes below the folder."""
    paths = [os.path.join(top, name)
             for top, _, names in os.walk(folder) for name in names]
    return len(paths), sum(os.path.getsize(p) for p in paths)


def human(n):
    return f"{n / 1e6:.1f} MB" if n >= 1e6 else f"{n / 1e3:.1f} kB"


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: describe.py STORE")
    store = sys.argv[1]
    with open(os.path.join(store, "zarr.json"), encoding="utf-8") as f:
        arrays = json.load(f)["consolidated_metadata"]["metadata"]
    dims = {d: n for a in arrays.values()
            for d, n in zip(a["dimension_names"], a["shape"])}
    print("  dimensions ", ", ".join(f"{d} {n}" for d, n in dims.items()))
    print("  variables")
    for name, a in arrays.items():
        chunk = a["chunk_grid"]["configuration"]["chunk_shape"]
        print(f"    {name:8} {a['data_type']:8} "
              f"{' x '.join(map(str, a['shape'])):13} "
              f"chunk {' x '.join(map(str, chunk)):13} "
              f"{a['attributes'].get('long_name', '').lower()}".rstrip())
    files, total = size(store)
    documents = len(arrays) + 1
    print(f"  stored      {files - documents} chunks, {documents} documents, "
          f"{human(total)}")


if __name__ == "__main__":
    main()
