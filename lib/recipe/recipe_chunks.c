/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree keeps what was written, so that a part of a recipe handed on reads
 * the same again.  'auto' was refused: it would mean another size in every
 * version.
 */
#include "recipe/recipe_chunks.h"

#include <stddef.h>
#include <string.h>

#include "base/size.h"
#include "base/str.h"

#define REST "..."

static const double default_tolerance = 0.5;

/* Blosc's limit (BLOSC_MAX_BUFFERSIZE), the lowest of all codecs. */
static const uint64_t most_bytes = INT32_MAX - 16;

enum { MAX_ASPECT = 1000000 };

struct even {
	struct js *size, *aspect, *tolerance;
};

static const struct member even_members[] = {
	{ "size", member_any, .offset = offsetof(struct even, size),
		.required = true },
	{ "aspect", member_mapping, .offset = offsetof(struct even, aspect) },
	{ "tolerance", member_any, .offset = offsetof(struct even, tolerance) },
	MEMBER_END,
};

/* The mapping being read: every size in it must be this one. */
struct scope {
	const char *what; /* may stand for a value, in messages */
	const char *size; /* the first that was read, or NULL */
	uint64_t bytes;
	bool is_even;
};

static int check_length(const struct reading *rd, const struct spot *at)
{
	int64_t n;

	if (!js_i64(at->value, &n))
		return spot_wants(rd, at, "a length that fits 64 bits");
	if (n < -1 || n == 0)
		return spot_fail(rd, at,
			"must be a length >= 1, or -1 for the "
			"whole dimension, not %lld",
			(long long)n);
	if (n > (int64_t)most_bytes)
		return spot_fail(rd, at,
			"is longer than any chunk; -1 is the whole dimension");
	return 0;
}

/* A size has a unit: "20" in quotes may have been meant as a length. */
static bool parse_size(const char *text, uint64_t *out)
{
	size_t len = strlen(text);

	return len > 0 && (text[len - 1] < '0' || text[len - 1] > '9') &&
		size_parse(text, out);
}

static int check_size(const struct reading *rd, const struct spot *at,
	struct scope *scope)
{
	const char *text = js_text(at->value);
	uint64_t n;

	if (text == NULL)
		return spot_wants(rd, at, "a size such as '100MB'");
	if (!parse_size(text, &n))
		return spot_fail(rd, at,
			"must be a length, -1, or a size such as '100MB' or "
			"'64MiB', not '%.80s'",
			text);
	if (n > most_bytes)
		return spot_fail(rd, at,
			"is '%.80s', and codecs take chunks of at most %llu "
			"bytes",
			text, (unsigned long long)most_bytes);
	if (scope->size != NULL && scope->bytes != n)
		return spot_fail(rd, at,
			"is '%.80s', and another entry says '%.80s': a chunk "
			"has one size",
			text, scope->size);
	scope->size = text;
	scope->bytes = n;
	return 0;
}

static int check_aspect(const struct reading *rd, const struct spot *at)
{
	for (void *it = js_first(at->value); it; it = js_next(at->value, it)) {
		const struct spot child = spot_member(at, js_name(it));
		const struct member range = { .min = 1, .max = MAX_ASPECT };
		const struct js *set = js_get(at->up->up->value, js_name(it));
		int64_t n;

		if (member_integer(rd, &child, &range, &n) < 0)
			return -1;
		if (set != NULL)
			return spot_fail(rd, &child,
				"is of no use, because the chunk's length "
				"along '%.80s' is set beside it",
				js_name(it));
	}
	return 0;
}

/* {size: 150MB, aspect: {time: 10}, tolerance: 0.5} */
static int check_even(const struct reading *rd, const struct spot *at,
	struct scope *scope)
{
	const struct spot size = spot_member(at, "size");
	const struct spot aspect = spot_member(at, "aspect");
	const struct spot tolerance = spot_member(at, "tolerance");
	struct even even = { NULL, NULL, NULL };
	double t = default_tolerance;

	if (members_read(rd, at, even_members, &even) < 0 ||
		check_size(rd, &size, scope) < 0)
		return -1;
	scope->is_even = true;
	if (even.aspect != NULL && check_aspect(rd, &aspect) < 0)
		return -1;
	if (even.tolerance != NULL &&
		(!js_real(even.tolerance, &t) || !(t >= 0 && t <= 1)))
		return spot_fail(rd, &tolerance,
			"must be a number from 0 to 1");
	return 0;
}

static int check_value(const struct reading *rd, const struct spot *at,
	struct scope *scope)
{
	switch (js_type(at->value)) {
	case JS_INT:
		return check_length(rd, at);
	case JS_TEXT:
		return check_size(rd, at, scope);
	case JS_OBJECT:
		if (str_eq(at->name, REST))
			return check_even(rd, at, scope);
		/* fall through */
	default:
		return spot_wants(rd, at, scope->what);
	}
}

/* "..." last: what it chooses cannot go with sizes beside it. */
static int check_rest(const struct reading *rd, const struct spot *at,
	struct scope *scope)
{
	const struct spot rest = spot_member(at, REST);
	bool sized = scope->size != NULL;

	if (rest.value == NULL)
		return 0;
	if (check_value(rd, &rest, scope) < 0)
		return -1;
	if (scope->is_even && sized)
		return spot_fail(rd, &rest,
			"chooses the lengths that entries beside it give a "
			"size for; say one or the other");
	return 0;
}

/* One variable's mapping. */
static int check_own(const struct reading *rd, const struct spot *at,
	const struct scope *all)
{
	struct scope own = {
		.what = "a length, -1, or a size such as '100MB'",
	};

	for (void *it = js_first(at->value); it; it = js_next(at->value, it)) {
		const struct spot child = spot_member(at, js_name(it));

		if (!str_eq(js_name(it), REST) &&
			check_value(rd, &child, &own) < 0)
			return -1;
	}
	if (check_rest(rd, at, &own) < 0)
		return -1;
	if (own.size != NULL && all->size != NULL &&
		js_get(at->value, REST) == NULL &&
		(all->is_even || all->bytes != own.bytes))
		return spot_fail(rd, at,
			"says '%.80s', and '%.80s' for all variables is left "
			"to reach its other dimensions: a chunk has one size; "
			"say '...' here too",
			own.size, all->size);
	return 0;
}

static bool is_own(void *it)
{
	return js_type(js_member(it)) == JS_OBJECT &&
		!str_eq(js_name(it), REST);
}

static int check_all(const struct reading *rd, const struct spot *at)
{
	struct scope all = {
		.what = "a length, -1, a size such as '100MB', or a mapping of "
			"a variable's dimensions to such",
	};

	for (void *it = js_first(at->value); it; it = js_next(at->value, it)) {
		const struct spot child = spot_member(at, js_name(it));

		if (!is_own(it) && !str_eq(js_name(it), REST) &&
			check_value(rd, &child, &all) < 0)
			return -1;
	}
	if (check_rest(rd, at, &all) < 0)
		return -1;
	for (void *it = js_first(at->value); it; it = js_next(at->value, it)) {
		const struct spot child = spot_member(at, js_name(it));

		if (is_own(it) && check_own(rd, &child, &all) < 0)
			return -1;
	}
	return 0;
}

int recipe_chunks_read(const struct reading *rd, const struct spot *at,
	const struct member *m, void *field)
{
	struct scope all = {
		.what = "a mapping, a length, -1, or a size such as '100MB'",
	};
	struct js *out = at->value;

	(void)m;
	if (js_type(at->value) == JS_OBJECT) {
		if (check_all(rd, at) < 0)
			return -1;
	} else {
		if (check_value(rd, at, &all) < 0)
			return -1;
		out = js_new_object(rd->arena);
		js_set(out, REST, at->value);
	}
	*(struct js **)field = out;
	return 0;
}

/* What was checked when it was read. */
static struct chunk_wish wish_of(const struct js *value, const char *dim)
{
	struct chunk_wish w = { .kind = CHUNK_UNSAID, .aspect = 1 };
	const char *size = js_text(value);
	int64_t n;

	if (js_i64(value, &n) && js_type(value) == JS_INT) {
		w.kind = n < 0 ? CHUNK_WHOLE : CHUNK_LENGTH;
		w.n = n < 0 ? 0 : (uint64_t)n;
	} else if (js_type(value) == JS_OBJECT) {
		w.kind = CHUNK_EVEN;
		size = js_get_text(value, "size");
		w.tolerance = default_tolerance;
		js_real(js_get(value, "tolerance"), &w.tolerance);
		js_u64(js_get(js_get(value, "aspect"), dim), &w.aspect);
	} else if (size != NULL) {
		w.kind = CHUNK_BYTES;
	}
	if (size != NULL && !size_parse(size, &w.n))
		w.kind = CHUNK_UNSAID;
	return w;
}

struct chunk_wish recipe_chunk(const struct js *chunks,
	const struct chunk_axis *axis)
{
	const struct js *own = js_get(chunks, axis->var);
	struct chunk_wish w;

	if (js_type(own) != JS_OBJECT || str_eq(axis->var, REST))
		own = NULL;
	w = wish_of(js_get(own, axis->dim), axis->dim);
	if (w.kind == CHUNK_UNSAID)
		w = wish_of(js_get(own, REST), axis->dim);
	w.is_own = w.kind != CHUNK_UNSAID;
	if (w.is_own || axis->only_own)
		return w;
	if (js_type(js_get(chunks, axis->dim)) != JS_OBJECT)
		w = wish_of(js_get(chunks, axis->dim), axis->dim);
	if (w.kind == CHUNK_UNSAID)
		w = wish_of(js_get(chunks, REST), axis->dim);
	return w;
}
