/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_write: JSON text, the same bytes for the same value everywhere.
 *
 * Members in their order, reals in the shortest form that reads back equal,
 * no escapes beyond the ones RFC 8259 demands.
 */
#ifndef PGF_JSON_WRITE_H
#define PGF_JSON_WRITE_H

#include "record/json.h"

enum js_style {
	JS_RECORD,   /* one line; integers beyond +-2^53 as text */
	JS_DOCUMENT, /* indented by two, integers as they are: zarr.json */
	JS_SORTED,   /* one line, members sorted by name: to be hashed */
};

/* Append v to out, without a newline at the end. */
void js_write(struct buf *out, const struct js *v, enum js_style style);

/* Append what js_write would, in a record, of js_new_text and js_new_u64, for
 * who makes so many that the values would be in the way. */
void js_write_text(struct buf *out, const char *s);
void js_write_u64(struct buf *out, uint64_t v);

#endif
