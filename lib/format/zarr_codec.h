/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zarr_codec: the codecs of a Zarr array, in the words of chunk tables.
 *
 * Those of v2 are named by numcodecs; those of v3 by the registry of zarr-extensions,
 * or as "numcodecs.NAME".
 */
#ifndef PGF_ZARR_CODEC_H
#define PGF_ZARR_CODEC_H

#include <stdbool.h>

#include "record/json.h"

struct zarr_codecs {
	struct js *list;              /* as in a chunk table */
	bool big_endian;              /* v3; v2 says it in the type */
	const struct js *inner_shape; /* of the chunks in a shard, or NULL */
	bool index_first, index_checksum; /* of a shard */
};

/* Those of an array, by its document.  Lives in the arena, or is the document's.
 * ERR_DATA: one that is not read, by its name. */
int zarr_codecs_read(struct arena *a, int version, const struct js *doc,
	struct zarr_codecs *out, struct err *err) PGF_CHECKED;

#endif
