/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mem: memory that cannot fail, and arenas.
 *
 * A filter that is out of memory has nothing left to decide, so these end the
 * process (exit code 75: another machine, or less beside it, may do).  Most
 * memory belongs to an arena: what is parsed or built for one record dies with
 * that record in one call.
 */
#ifndef PGF_MEM_H
#define PGF_MEM_H

#include <stdarg.h>
#include <stddef.h>

#include "base/err.h"

/* Like malloc, realloc and calloc, but never NULL.  Sizes are in bytes; n and
 * size are multiplied with a check.  Release with mem_free. */
void *mem_alloc(size_t size);
void *mem_resize(void *p, size_t size);
void mem_free(void *p);

/* Ask for large pages below memory that is about to be filled, and is not small: a
 * fault for every 4 KiB costs as much as what is done to them. */
void mem_widen(void *p, size_t size);

/* From now on keep some MB of what is given back, where the system would get it and be
 * asked for it again at once. */
void mem_keep(void);

struct arena_block;
struct arena_hook;

/* A pool that is given back as a whole.  Zero-initialised is empty and ready:
 * `struct arena a = ARENA_INIT;`. */
struct arena {
	struct arena_block *blocks;
	struct arena_hook *hooks;
	size_t size; /* bytes handed out since the last reset */
};

#define ARENA_INIT             \
	{                      \
		.blocks = NULL \
	}

/* n elements of size bytes, zeroed and aligned for any type; they live until
 * the arena is reset or released.  Never NULL, also for 0 bytes. */
void *arena_alloc(struct arena *a, size_t n, size_t size);

/* Copies that live as long as the arena. */
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t len);
void *arena_memdup(struct arena *a, const void *p, size_t size);
char *arena_printf(struct arena *a, const char *fmt, ...) PGF_PRINTF(2, 3);

/* Room for one more behind the n elements of size bytes at at, which are NULL at first:
 * at, or a copy twice as large if n is *cap. */
void *arena_grow(struct arena *a, void *at, size_t n, size_t *cap, size_t size);

/* Have fn(p) called when the arena is reset or released, last one first: ties
 * the life of a foreign object to the arena. */
void arena_defer(struct arena *a, void (*fn)(void *), void *p);

/* Give everything back but keep one block for the next round. */
void arena_reset(struct arena *a);

/* Give everything back. */
void arena_release(struct arena *a);

/* n typed elements from an arena. */
#define ARENA_NEW(a, type, n) ((type *)arena_alloc((a), (n), sizeof(type)))

#endif
