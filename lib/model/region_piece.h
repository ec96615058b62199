/* SPDX-License-Identifier: Apache-2.0 */
/*
 * region_piece: the target and the source pieces of a region record, and how
 * they are read.  The first half of model/region.
 */
#ifndef PGF_REGION_PIECE_H
#define PGF_REGION_PIECE_H

#include "model/dataset.h"
#include "model/encoding.h"
#include "model/origin.h"

/* The target array: the parts of its Zarr v3 metadata that writing needs. */
struct target {
	const char *name; /* path of the array in the store: "sst" */
	unsigned ndim;
	uint64_t *shape, *chunk_shape;
	struct dtype dtype; /* numeric, char, S<n>, or string */
	uint8_t *fill;      /* dtype.size bytes, little-endian; NULL: string */
	const char *fill_text;   /* of a string array; else NULL */
	struct js *codecs;       /* list of Zarr v3 codecs */
	uint64_t *inner_shape;   /* of the chunks in a shard; or NULL */
	struct js *inner_codecs; /* of these; or codecs */
	char separator;          /* '/' or '.' */
	bool v2_keys;            /* "0.0" instead of "c/0/0" */
	const char **dims;
	struct js *metadata; /* the whole document */
};

struct depot;
struct depot_copy;

struct piece {
	const char *path; /* local file, or what to call a remote one, or one
			   * whose values are recorded; NULL: the piece is
			   * filled */
	bool recorded;    /* the values are in the record, and no file is
			   * asked for them */
	const struct origin *origin; /* of a remote file; or NULL */
	struct depot_copy *copy;     /* of it: set by who reads */
	struct depot *
		depot; /* for those of the objects of a remote folder: likewise */
	uint64_t size;        /* of the file, when it was opened */
	const char *modified; /* mtime as in the file record; NULL: not to be
				 * compared (a download, which has a digest) */
	const char *etag;     /* its digest, as a tag (base/xxh), or NULL */
	const char *sha256;   /* of a download, or NULL */
	const char *var;  /* name in the source, for the library and messages */
	uint64_t *offset; /* target.ndim: where the piece begins */
	struct chunk_table table; /* ndim: the target's; of text, more */
	uint64_t cell_size;       /* bytes that make one element of the target;
				   * 0: text of variable length */
	const struct encoding *encoding; /* NULL: bits are copied */
	bool *skip; /* of table.refs: chunks that are carried over and need
		     * not be read; NULL: none */
};

/* What pieces must fit: the target, bytes of a cell of text (struct region), what
 * a piece with an encoding becomes, or NULL. */
struct region_frame {
	const struct target *target;
	uint64_t cell_size;
	const struct encoding *encoding;
};

/* Read a list of pieces; n is its length.  ERR_DATA: one that does not fit. */
int region_pieces(struct arena *a, const struct js *list,
	const struct region_frame *f, struct piece **out,
	struct err *err) PGF_CHECKED;

/* Parts of a record.  "member 'x' WHY": */
int region_bad(struct err *err, const char *member, const char *why);

/* a list of whole numbers >= low; */
int region_numbers(struct arena *a, const struct js *list, uint64_t low,
	uint64_t **out, unsigned *n) PGF_CHECKED;

/* a number per dimension, from an object by name, where one that is not there
 * is 0 if that is allowed; */
int region_by_name(const struct js *obj, const struct target *t,
	bool zero_allowed, uint64_t *out) PGF_CHECKED;

/* bytes of a cell of fixed size: an element times n dimensions; */
bool region_cell_bytes(struct dtype t, const uint64_t *shape, unsigned n,
	uint64_t *out);

/* the member "encoding" of an object, or NULL. */
int region_encoding(struct arena *a, const struct js *obj, struct dtype t,
	const struct encoding **out, struct err *err) PGF_CHECKED;

#endif
