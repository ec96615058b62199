// SPDX-License-Identifier: Apache-2.0
// Reads stores with zarrita.js. stdin: JSON [{store, format, arrays: [name]}];
// stdout: a JSON line per array: {store, name, shape} and "bytes", the raw bytes
// in base64, or "strings", or "scalar" as text, or "error".

import { readFileSync } from "node:fs";
import * as zarr from "zarrita";
import { FileSystemStore } from "@zarrita/storage";

// A scalar comes back bare, and as text it survives JSON whatever it is.
function values(chunk, shape) {
	if (shape.length === 0)
		return { scalar: String(chunk) };
	const data = chunk.data;
	if (!ArrayBuffer.isView(data))
		return { strings: Array.from(data) };
	const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
	return { bytes: bytes.toString("base64") };
}

for (const { store, format, arrays } of JSON.parse(readFileSync(0, "utf8"))) {
	const root = zarr.root(new FileSystemStore(store));
	const open = format === 2 ? zarr.open.v2 : zarr.open.v3;
	for (const name of arrays) {
		let result;
		try {
			const array = await open(root.resolve(name),
				{ kind: "array" });
			result = { shape: array.shape,
				...values(await zarr.get(array), array.shape) };
		} catch (e) {
			result = { error: String(e.stack) };
		}
		console.log(JSON.stringify({ store, name, ...result }));
	}
}
