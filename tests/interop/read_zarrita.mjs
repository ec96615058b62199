// SPDX-License-Identifier: Apache-2.0
// Reads stores with zarrita.js. stdin: JSON [{store, format, arrays: [name]}];
// stdout: a JSON line per array, {store, name, shape, and base64 of the raw
// bytes, or the list of strings, or the error}.

import { readFileSync } from "node:fs";
import * as zarr from "zarrita";
import { FileSystemStore } from "@zarrita/storage";

function values(chunk) {
	const data = chunk.data;
	if (ArrayBuffer.isView(data)) {
		const bytes = Buffer.from(
			data.buffer, data.byteOffset, data.byteLength);
		return { bytes: bytes.toString("base64"),
			type: data.constructor.name };
	}
	return { strings: Array.from(data) };
}

for (const { store, format, arrays } of JSON.parse(readFileSync(0, "utf8"))) {
	const root = zarr.root(new FileSystemStore(store));
	const open = format === 2 ? zarr.open.v2 : zarr.open.v3;
	for (const name of arrays) {
		let result;
		try {
			const array = await open(root.resolve(name),
				{ kind: "array" });
			const chunk = await zarr.get(array);
			result = { shape: array.shape,
				...values(chunk.data === undefined
					? { data: [chunk] } : chunk) };
			if (chunk.data === undefined)
				result.scalar = String(chunk);
		} catch (e) {
			result = { error: String(e.stack) };
		}
		console.log(JSON.stringify({ store, name, ...result }));
	}
}
