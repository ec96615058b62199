/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spans: a set of bytes of a file, as stretches that do not touch.
 *
 * What is there of a file that comes in parts, and what is still wanted of it.
 */
#ifndef PGF_SPANS_H
#define PGF_SPANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* From start up to, but not with, end; never empty in a set. */
struct span_range {
	uint64_t start, end;
};

/* In ascending order.  Zero-initialised is empty. */
struct spans {
	struct span_range *at;
	size_t n, cap;
};

#define SPANS_INIT         \
	{                  \
		.at = NULL \
	}

/* Put the bytes in; stretches with at most gap bytes between them become one,
 * gap included.  An empty range changes nothing. */
void spans_add(struct spans *s, struct span_range r, uint64_t gap);

/* True if all bytes are in. */
bool spans_has(const struct spans *s, struct span_range r);

/* Append to out those parts of the range that are not in s. */
void spans_missing(const struct spans *s, struct span_range r,
	struct spans *out);

/* Bytes in all. */
uint64_t spans_size(const struct spans *s);

/* Make it empty, memory kept; give the memory back, too. */
void spans_reset(struct spans *s);
void spans_release(struct spans *s);

#endif
