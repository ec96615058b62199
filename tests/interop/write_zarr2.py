# SPDX-License-Identifier: Apache-2.0
"""Two stores in the folder argv[1], as zarr-python 2 writes them."""

import os
import sys

import numpy as np
import zarr

for i in range(2):
    group = zarr.open_group(os.path.join(sys.argv[1], f"{i}.zarr"), mode="w")
    time = group.create_dataset("time", data=np.arange(3) + 3 * i)
    time.attrs["_ARRAY_DIMENSIONS"] = ["time"]
    for n, (name, dtype, fill) in enumerate((
            ("a", "<f4", np.nan), ("b", ">i2", -9), ("c", "S3", b""),
            ("e", "<f8", None))):
        v = group.create_dataset(
            name, shape=(3, 8, 5), chunks=(2, 3, 5), dtype=dtype,
            fill_value=fill, dimension_separator="./"[n % 2])
        v.attrs["_ARRAY_DIMENSIONS"] = ["time", "y", "x"]
        data = np.arange(120).reshape(3, 8, 5) - 7 * i
        v[:, 3:] = data[:, 3:].astype(dtype)
    if i:
        zarr.consolidate_metadata(group.store)
