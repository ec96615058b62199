/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The target is stated in the words of v3, so v3 is compared member by member
 * and v2 through the words it has for the same thing.  Anything not understood
 * counts as another layout: taking a store back too often costs time, too
 * seldom costs the data.
 */
#include "store/published.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

/* An absent fill value (v2: null) is what cells hold without one. */
static bool same_fill(const struct js *v, const struct target *t)
{
	struct arena a = ARENA_INIT;
	uint8_t *bytes;
	bool same;

	if (t->fill_text != NULL)
		return v == NULL || js_type(v) == JS_NULL ||
			(js_text(v) && str_eq(js_text(v), t->fill_text));
	if (js_type(v) == JS_NULL)
		return true;
	if (js_equal(v, js_get(t->metadata, "fill_value")))
		return true;
	bytes = arena_alloc(&a, t->dtype.size, 1);
	same = dtype_value_bytes(t->dtype, v, bytes) &&
		memcmp(bytes, t->fill, t->dtype.size) == 0;
	arena_release(&a);
	return same;
}

bool published_is_v3(const struct js *doc, const struct target *t)
{
	static const char *const members[] = {
		"data_type",
		"chunk_grid",
		"chunk_key_encoding",
		"codecs",
	};

	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++)
		if (!js_equal(js_get(doc, members[i]),
			    js_get(t->metadata, members[i])))
			return false;
	return same_fill(js_get(doc, "fill_value"), t);
}

static bool same_text(const struct js *v, const char *text)
{
	return js_text(v) != NULL && str_eq(js_text(v), text);
}

/* "<f4", "|i1", "|S8", "|O". */
static bool same_type(const struct js *v, struct dtype t)
{
	char kind = t.kind == DTYPE_STRING ? 'O' :
		dtype_is_text(t)           ? 'S' :
		dtype_is_float(t)          ? 'f' :
		dtype_is_signed(t)         ? 'i' :
					     'u';
	char text[16];

	if (kind == 'O')
		return same_text(v, "|O");
	snprintf(text, sizeof(text), "%c%c%u",
		t.size == 1 || kind == 'S' ? '|' : '<', kind, t.size);
	return same_text(v, text);
}

static bool same_chunks(const struct js *v, const struct target *t)
{
	uint64_t n;

	if (js_type(v) != JS_LIST || js_count(v) != t->ndim)
		return false;
	for (unsigned i = 0; i < t->ndim; i++)
		if (!js_u64(js_at(v, i), &n) || n != t->chunk_shape[i])
			return false;
	return true;
}

/* A v2 codec has its parameters beside its id; Blosc's shuffle is a number
 * there, and it has no typesize. */
static bool same_codec(const struct js *v2, const struct js *v3)
{
	static const char *const shuffles[] = {
		"noshuffle",
		"shuffle",
		"bitshuffle",
	};
	const struct js *conf = js_get(v3, "configuration");
	const char *name = js_get_text(v3, "name");
	int64_t shuffle;

	if (name == NULL || !same_text(js_get(v2, "id"), name))
		return false;
	for (void *it = js_first(v2); it; it = js_next(v2, it)) {
		const struct js *have = js_member(it);
		const struct js *want = js_get(conf, js_name(it));

		if (str_eq(js_name(it), "id") || want == NULL ||
			js_equal(have, want))
			continue;
		if (!str_eq(js_name(it), "shuffle") ||
			!js_i64(have, &shuffle) || shuffle < 0 || shuffle > 2 ||
			!same_text(want, shuffles[shuffle]))
			return false;
	}
	return true;
}

/* In v2 the last codec is the compressor, those before it are filters; what
 * makes bytes of values is not written down, except for text. */
static bool same_codecs(const struct js *doc, const struct target *t)
{
	const struct js *compressor = js_get(doc, "compressor");
	const struct js *filters = js_get(doc, "filters");
	size_t text = t->dtype.kind == DTYPE_STRING ? 1 : 0;
	size_t nfilters = js_count(filters), n = js_count(t->codecs);
	size_t have = nfilters - (nfilters ? text : 0) +
		(js_type(compressor) == JS_OBJECT);

	if (n != have + 1 || nfilters < text)
		return false;
	for (size_t i = 0; i < have; i++) {
		const struct js *v2 = i + text < nfilters ?
			js_at(filters, i + text) :
			compressor;

		if (!same_codec(v2, js_at(t->codecs, i + 1)))
			return false;
	}
	return true;
}

bool published_is_v2(const struct js *doc, const struct target *t)
{
	const char *separator = js_get_text(doc, "dimension_separator");

	if (separator == NULL)
		separator = ".";
	return t->v2_keys && separator[0] == t->separator &&
		same_text(js_get(doc, "order"), "C") &&
		same_type(js_get(doc, "dtype"), t->dtype) &&
		same_chunks(js_get(doc, "chunks"), t) &&
		same_fill(js_get(doc, "fill_value"), t) && same_codecs(doc, t);
}
