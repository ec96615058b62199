/* SPDX-License-Identifier: Apache-2.0 */
/*
 * window: one stretch of a file, read at once because several chunks lie in it.
 *
 * At most WINDOW_MOST bytes; what is asked for beyond that is read by itself.
 */
#ifndef PGF_WINDOW_H
#define PGF_WINDOW_H

#include <stdint.h>

#include "base/err.h"
#include "chunk/source.h"

enum {
	WINDOW_MOST = 1 << 18, /* bytes: what a second-level cache holds */
	WINDOW_GAP = 1 << 13,  /* bytes that are cheaper read than left out */
};

struct window;

struct window *window_open(void);
void window_close(struct window *w);

/* Forget what was read: the next bytes are of another file, or again. */
void window_reset(struct window *w);

/* True if the bytes at that range are there already. */
bool window_has(const struct window *w, struct io_range at);

/* The bytes of a range of a file, valid and the caller's to change until the next
 * call.  If they must be read, so is what follows up to end, which is at most
 * WINDOW_MOST behind the start of the range, or of no consequence.  NULL: as
 * source_read fails. */
uint8_t *window_get(struct window *w, const struct source *f,
	struct io_range at, uint64_t end, struct err *err) PGF_CHECKED;

#endif
