/* SPDX-License-Identifier: Apache-2.0 */
/*
 * note: what the bytes of a .part are part of, for a run to come.
 */
#ifndef PGF_NOTE_H
#define PGF_NOTE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "net/cache.h"
#include "net/http.h"

/* One version of a file, and whether a range of it can be asked for. */
struct note {
	uint64_t length; /* of the whole file, or HTTP_UNKNOWN */
	struct http_validators validators;
	char if_range[HTTP_TAG_MAX]; /* "": it cannot be continued */
};

#define NOTE_INIT                      \
	{                              \
		.length = HTTP_UNKNOWN \
	}

/* False if there is none, or none to be trusted; then *n is NOTE_INIT. */
bool note_read(const struct cache_place *place, struct note *n);

/* Put it in place; only for who holds the place. */
int note_write(const struct cache_place *place, const struct note *n,
	struct err *err) PGF_CHECKED;

#endif
