/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blocks are chained, newest first, each at least twice the one before, so a
 * record of any size costs a handful of mallocs; a reset keeps the newest
 * (largest) block, so a long run of similar records costs none.  A general
 * allocator with per-object free was refused: no record needs it.
 */
#define _DEFAULT_SOURCE /* madvise */
#include "base/mem.h"

#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
	FIRST_BLOCK = 16 * 1024,
	ALIGN = 16,
	LARGE_PAGE = 2 << 20,
	KEEP_MAX = 16 << 20,
	GROW_LEAST = 16, /* elements */
};

struct arena_block {
	struct arena_block *next;
	size_t cap, used;
	_Alignas(16) unsigned char data[];
};

struct arena_hook {
	struct arena_hook *next;
	void (*fn)(void *);
	void *p;
};

static _Noreturn void out_of_memory(size_t size)
{
	fprintf(stderr, "out of memory (%zu bytes wanted)\n", size);
	exit(ERR_TEMP);
}

void *mem_alloc(size_t size)
{
	return mem_resize(NULL, size);
}

void *mem_resize(void *p, size_t size)
{
	void *q = realloc(p, size ? size : 1);

	if (q == NULL)
		out_of_memory(size);
	return q;
}

void mem_free(void *p)
{
	free(p);
}

/* Whole pages inside it only, so that no more becomes resident than is used. */
void mem_widen(void *p, size_t size)
{
	size_t before = LARGE_PAGE - (uintptr_t)p % LARGE_PAGE;

	if (size < before || size - before < LARGE_PAGE)
		return;
	size -= before;
	(void)madvise((char *)p + before, size - size % LARGE_PAGE,
		MADV_HUGEPAGE);
}

void mem_keep(void)
{
#ifdef M_TRIM_THRESHOLD /* of glibc */
	(void)mallopt(M_MMAP_THRESHOLD, KEEP_MAX / 4);
	(void)mallopt(M_TRIM_THRESHOLD, KEEP_MAX);
#endif
}

static void add_block(struct arena *a, size_t size)
{
	size_t cap = a->blocks ? a->blocks->cap : FIRST_BLOCK / 2;
	struct arena_block *b;

	cap = cap > SIZE_MAX / 4 ? cap : cap * 2;
	if (cap < size)
		cap = size;
	if (cap > SIZE_MAX - sizeof(*b))
		out_of_memory(size);
	b = mem_alloc(sizeof(*b) + cap);
	b->next = a->blocks;
	b->cap = cap;
	b->used = 0;
	a->blocks = b;
}

void *arena_alloc(struct arena *a, size_t n, size_t size)
{
	size_t total;
	void *p;

	if (__builtin_mul_overflow(n, size, &total) || total > SIZE_MAX - ALIGN)
		out_of_memory(SIZE_MAX);
	total = (total + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (a->blocks == NULL || a->blocks->cap - a->blocks->used < total)
		add_block(a, total);
	p = a->blocks->data + a->blocks->used;
	a->blocks->used += total;
	a->size += total;
	memset(p, 0, total);
	return p;
}

void *arena_memdup(struct arena *a, const void *p, size_t size)
{
	void *q = arena_alloc(a, 1, size);

	if (size > 0)
		memcpy(q, p, size);
	return q;
}

char *arena_strndup(struct arena *a, const char *s, size_t len)
{
	char *q = arena_alloc(a, 1, len + 1);

	memcpy(q, s, len);
	return q;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	char brief[256]; /* enough for most, which are then printed once */
	va_list ap;
	char *q;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(brief, sizeof(brief), fmt, ap);
	va_end(ap);
	if (n < 0)
		out_of_memory(SIZE_MAX);
	if ((size_t)n < sizeof(brief))
		return arena_memdup(a, brief, (size_t)n + 1);
	q = arena_alloc(a, 1, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(q, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return q;
}

void *arena_grow(struct arena *a, void *at, size_t n, size_t *cap, size_t size)
{
	size_t more = *cap > SIZE_MAX / 2 ? SIZE_MAX : 2 * *cap;
	void *out;

	if (n < *cap)
		return at;
	more = more > GROW_LEAST ? more : GROW_LEAST;
	out = arena_alloc(a, more, size);
	if (n > 0)
		memcpy(out, at, n * size);
	*cap = more;
	return out;
}

void arena_defer(struct arena *a, void (*fn)(void *), void *p)
{
	struct arena_hook *h = ARENA_NEW(a, struct arena_hook, 1);

	h->fn = fn;
	h->p = p;
	h->next = a->hooks;
	a->hooks = h;
}

static void run_hooks(struct arena *a)
{
	while (a->hooks != NULL) {
		struct arena_hook *h = a->hooks;

		a->hooks = h->next;
		h->fn(h->p);
	}
}

void arena_reset(struct arena *a)
{
	run_hooks(a);
	while (a->blocks != NULL && a->blocks->next != NULL) {
		struct arena_block *old = a->blocks->next;

		a->blocks->next = old->next;
		mem_free(old);
	}
	if (a->blocks != NULL)
		a->blocks->used = 0;
	a->size = 0;
}

void arena_release(struct arena *a)
{
	arena_reset(a);
	mem_free(a->blocks);
	a->blocks = NULL;
}
