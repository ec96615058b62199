/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dtype: element types.
 *
 * Numeric names are those of the Zarr v3 core specification.  Text has three
 * forms: "char" (netCDF's one-byte character), "S12" (fixed length, bytes,
 * padded with NUL) and "string" (variable length, UTF-8).
 */
#ifndef PGF_DTYPE_H
#define PGF_DTYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record/json.h"

enum dtype_kind {
	DTYPE_INT8,
	DTYPE_INT16,
	DTYPE_INT32,
	DTYPE_INT64,
	DTYPE_UINT8,
	DTYPE_UINT16,
	DTYPE_UINT32,
	DTYPE_UINT64,
	DTYPE_FLOAT32,
	DTYPE_FLOAT64,
	DTYPE_CHAR,   /* 1 byte */
	DTYPE_BYTES,  /* size bytes: "S<size>" */
	DTYPE_STRING, /* variable; size is 0 */
};

struct dtype {
	enum dtype_kind kind;
	uint32_t size; /* bytes of one element in a source chunk */
};

/* The type of a numeric or char kind. */
struct dtype dtype_of(enum dtype_kind kind);

/* Parse and print a name ("int16", "S12"); buffer of at least 16 bytes. */
bool dtype_parse(const char *name, struct dtype *out);
const char *dtype_name(struct dtype t, char out[16]);

bool dtype_equal(struct dtype a, struct dtype b);
bool dtype_is_float(struct dtype t);
bool dtype_is_integer(struct dtype t);
bool dtype_is_signed(struct dtype t);
bool dtype_is_text(struct dtype t); /* char, S<n>, string */

/* The smallest type that holds both, by NumPy's table: two integers of which no
 * integer holds both, and an integer of 32 bits or more with a float, are
 * float64.  False, and *out is a, if either is text and they differ. */
bool dtype_promote(struct dtype a, struct dtype b, struct dtype *out);

/* The bytes (little-endian, t.size of them) of a JSON scalar in type t: false
 * if it is not exactly a value of t.  Float types take the nearest value (so
 * -999.9 declared as a double is the float32 nearest to it); "NaN" and the
 * infinities are taken for float types.  char and S<n>: base64 text. */
bool dtype_value_bytes(struct dtype t, const struct js *v, void *out);

/* The JSON scalar of the little-endian bytes of a value of type t (int64 and
 * uint64 beyond +-2^53 are still integers or, above INT64_MAX, text).  char and
 * S<n>: base64 text. */
struct js *dtype_bytes_value(struct arena *a, struct dtype t,
	const void *bytes);

#endif
