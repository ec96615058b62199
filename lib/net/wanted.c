/* SPDX-License-Identifier: Apache-2.0 */
#include "net/wanted.h"

#include "base/num.h"

static const char *text_or(const struct js *obj, const char *name)
{
	const char *text = js_get_text(obj, name);

	return text != NULL ? text : "";
}

static int bad(struct err *err, const char *why)
{
	return err_set(err, ERR_DATA, "%s: see pgf-records(5)", why);
}

static uint64_t piece_of(uint64_t length)
{
	return num_max(WANTED_PIECE, num_ceil_div(length, WANTED_PIECES));
}

/* Count the pieces of a range that is in the file. */
static int check_range(const struct wanted *w, const struct js *range,
	size_t *pieces, struct err *err)
{
	uint64_t offset, length, end;

	if (!js_u64(js_at(range, 0), &offset) ||
		!js_u64(js_at(range, 1), &length) || length == 0 ||
		!num_add(offset, length, &end) || end > w->version.size ||
		!num_add(end, w->base, &end) || end > INT64_MAX)
		return bad(err,
			"member 'ranges' has one that is not in the file");
	*pieces += (size_t)num_ceil_div(length, piece_of(length));
	return 0;
}

static void add_range(struct wanted *w, const struct js *range)
{
	uint64_t at = 0, length = 0, end, piece;

	js_u64(js_at(range, 0), &at);
	js_u64(js_at(range, 1), &length);
	piece = piece_of(length);
	for (end = at + length; at < end; at += piece)
		w->pieces[w->n++] =
			(struct span_range){ at, num_min(end, at + piece) };
}

static int read_ranges(struct arena *a, const struct js *ranges,
	struct wanted *w, struct err *err)
{
	size_t n = 0;

	for (size_t i = 0; i < js_count(ranges); i++)
		if (check_range(w, js_at(ranges, i), &n, err) < 0)
			return -1;
	w->pieces = ARENA_NEW(a, struct span_range, n);
	for (size_t i = 0; i < js_count(ranges); i++)
		add_range(w, js_at(ranges, i));
	return 0;
}

/* What any version begins or ends with, WANTED_PIECE at most. */
static int read_look(const struct js *rec, struct wanted *w, struct err *err)
{
	const struct js *first = js_get(rec, "first");
	const struct js *last = js_get(rec, "last");

	w->last = first == NULL;
	w->version.size = HTTP_UNKNOWN;
	if ((first != NULL) == (last != NULL) ||
		!js_u64(first != NULL ? first : last, &w->look) ||
		w->look == 0 || w->look > WANTED_LOOK ||
		w->base > INT64_MAX - w->look)
		return bad(err,
			"member 'first' or 'last' is no number of bytes");
	return 0;
}

static int read_members(struct arena *a, const struct js *rec, struct wanted *w,
	struct err *err)
{
	const struct js *ranges = js_get(rec, "ranges");

	if (js_get(rec, "base") != NULL &&
		!js_u64(js_get(rec, "base"), &w->base))
		return bad(err, "member 'base' is no number of bytes");
	if (js_get(rec, "tag") != NULL &&
		(!js_u64(js_get(rec, "tag"), &w->version.tag) ||
			w->version.tag == 0))
		return bad(err, "member 'tag' is no number");
	if (w->url != NULL && ranges == NULL &&
		(js_get(rec, "first") != NULL || js_get(rec, "last") != NULL))
		return read_look(rec, w, err);
	if (w->url == NULL || w->to == NULL || js_type(ranges) != JS_LIST)
		return bad(err, "the record has no 'url', 'ranges' and 'to'");
	if (!js_u64(js_get(rec, "size"), &w->version.size))
		return bad(err, "the record has no 'size'");
	return read_ranges(a, ranges, w, err);
}

int wanted_read(struct arena *a, const struct js *rec, struct wanted *out,
	struct err *err)
{
	*out = (struct wanted){
		.url = js_get_text(rec, "url"),
		.to = js_get_text(rec, "to"),
		.version = { .etag = text_or(rec, "etag"),
			.modified = text_or(rec, "modified") },
	};
	return read_members(a, rec, out, err);
}
