/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes go into a file and not through the pipe: whoever asked reads them
 * where they would lie in the remote file, with the code that reads local ones.
 */
#include "net/ranges.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/io.h"
#include "base/num.h"

/* Orders under way; a longer range comes in such pieces, several at once, but in
 * no more than so many. */
enum { HELD_MAX = 256, PIECE = 1 << 23, PIECES_MAX = 1024 };

struct order {
	struct arena arena;
	struct order *next;
	struct js *rec;
	struct url url;
	int to;
	uint64_t base; /* where byte 0 of the file goes */
	size_t n;
	struct pull *pulls;
	uint64_t bytes;
	struct err err;
};

struct service {
	struct stream_in *in;
	struct stream_out *out;
	struct puller *puller;
	struct access *access;
	const struct err *why; /* nothing can be brought, or NULL */
	struct order *first, **last;
	size_t held;
	bool ended;
};

static int put(void *state, uint64_t offset, const void *p, size_t len,
	struct err *err)
{
	struct order *o = state;

	o->bytes += len;
	return io_write_at(o->to, js_get_text(o->rec, "to"),
		(struct io_range){ o->base + offset, len }, p, err);
}

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
	return num_max(PIECE, num_ceil_div(length, PIECES_MAX));
}

/* Count the pieces of a range that is in the file. */
static int check_range(const struct order *o, const struct js *range,
	uint64_t size, size_t *pieces, struct err *err)
{
	uint64_t offset, length, end;

	if (!js_u64(js_at(range, 0), &offset) ||
		!js_u64(js_at(range, 1), &length) || length == 0 ||
		!num_add(offset, length, &end) || end > size ||
		!num_add(end, o->base, &end) || end > INT64_MAX)
		return bad(err,
			"member 'ranges' has one that is not in the file");
	*pieces += (size_t)num_ceil_div(length, piece_of(length));
	return 0;
}

static void add_range(struct order *o, const struct js *range,
	const struct pull *like)
{
	uint64_t offset = 0, length = 0, piece;

	js_u64(js_at(range, 0), &offset);
	js_u64(js_at(range, 1), &length);
	piece = piece_of(length);
	for (; length > 0; offset += piece, length -= piece) {
		struct pull *one = &o->pulls[o->n++];

		piece = num_min(piece, length);
		*one = *like;
		one->offset = offset;
		one->length = piece;
	}
}

static int read_ranges(struct order *o, const struct js *ranges,
	const struct pull *like, struct err *err)
{
	size_t n = 0;

	for (size_t i = 0; i < js_count(ranges); i++)
		if (check_range(o, js_at(ranges, i), like->version.size, &n,
			    err) < 0)
			return -1;
	o->pulls = ARENA_NEW(&o->arena, struct pull, n);
	for (size_t i = 0; i < js_count(ranges); i++)
		add_range(o, js_at(ranges, i), like);
	return 0;
}

static int read_order(struct order *o, struct access *access, struct err *err)
{
	const struct js *ranges = js_get(o->rec, "ranges");
	const char *text = js_get_text(o->rec, "url");
	const char *to = js_get_text(o->rec, "to");
	struct pull like = { .url = &o->url, .put = put, .state = o };

	if (text == NULL || to == NULL || js_type(ranges) != JS_LIST)
		return bad(err, "the record has no 'url', 'ranges' and 'to'");
	like.version.etag = text_or(o->rec, "etag");
	like.version.modified = text_or(o->rec, "modified");
	if (!js_u64(js_get(o->rec, "size"), &like.version.size))
		return bad(err, "the record has no 'size'");
	if (js_get(o->rec, "base") != NULL &&
		!js_u64(js_get(o->rec, "base"), &o->base))
		return bad(err, "member 'base' is no number of bytes");
	if (url_parse(&o->arena, text, &o->url, err) < 0)
		return -1;
	like.shown = url_show(&o->arena, text);
	if (pull_check(&o->url, like.shown, err) < 0 ||
		access_resolve(access, &o->arena, &o->url, err) < 0)
		return -1;
	if (read_ranges(o, ranges, &like, err) < 0)
		return -1;
	o->to = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	return o->to < 0 ? err_sys(err, "cannot open '%s'", to) : 0;
}

static void release(struct order *o)
{
	if (o->to >= 0)
		close(o->to);
	arena_release(&o->arena);
	mem_free(o);
}

/* Take one order; marks the end of the input. */
static void admit(struct service *s)
{
	struct order *o = mem_alloc(sizeof(*o));
	int got;

	*o = (struct order){ .arena = ARENA_INIT, .to = -1 };
	got = stream_next(s->in, &o->arena, &o->rec, &o->err);
	if (got == 0) {
		s->ended = true;
		release(o);
		return;
	}
	if (got < 0)
		o->rec = js_new_object(&o->arena);
	else if (s->why != NULL)
		o->err = *s->why;
	if (got < 0 || s->why != NULL || read_order(o, s->access, &o->err) < 0)
		o->n = 0;
	for (size_t i = 0; i < o->n; i++)
		puller_add(s->puller, &o->pulls[i]);
	*s->last = o;
	s->last = &o->next;
	s->held++;
}

static bool is_done(const struct order *o)
{
	for (size_t i = 0; i < o->n; i++)
		if (!o->pulls[i].done)
			return false;
	return true;
}

static int answer(const struct service *s, struct order *o, struct err *err)
{
	struct js *out = js_new_object(&o->arena);

	for (size_t i = 0; i < o->n && o->err.kind == ERR_NONE; i++)
		o->err = o->pulls[i].err;
	if (js_get(o->rec, "id") != NULL)
		js_set(out, "id", js_get(o->rec, "id"));
	js_set_u64(out, "bytes", o->bytes);
	if (o->err.kind != ERR_NONE) {
		js_set_text(out, "error", o->err.msg);
		js_set_int(out, "code", o->err.kind);
	}
	return stream_put(s->out, out, err);
}

static int answer_done(struct service *s, struct err *err)
{
	struct order **at = &s->first;
	int r = 0;

	while (r == 0 && *at != NULL) {
		struct order *o = *at;

		if (!is_done(o)) {
			at = &o->next;
			continue;
		}
		r = answer(s, o, err);
		*at = o->next;
		s->held--;
		release(o);
	}
	for (at = &s->first; *at != NULL; at = &(*at)->next)
		continue;
	s->last = at;
	return r;
}

static int serve(struct service *s, struct err *err)
{
	while (!s->ended || s->first != NULL) {
		bool full = s->ended || s->held >= HELD_MAX;
		int fd = -1;

		if (!full && (s->first == NULL || stream_ready(s->in, &fd)))
			admit(s);
		else if (puller_run(s->puller, fd, err) < 0)
			return -1;
		if (answer_done(s, err) < 0)
			return -1;
	}
	return 0;
}

static int serve_all(struct service *s, struct err *err)
{
	int r;

	s->last = &s->first;
	r = serve(s, err);
	puller_close(s->puller);
	while (s->first != NULL) {
		struct order *o = s->first;

		s->first = o->next;
		release(o);
	}
	return r;
}

int ranges_serve(struct stream_in *in, struct stream_out *out,
	const struct pull_options *options, struct err *err)
{
	struct service s = { .in = in, .out = out, .access = options->access };
	struct err why = ERR_INIT;

	s.puller = puller_open(options, &why);
	if (s.puller == NULL)
		s.why = &why;
	return serve_all(&s, err);
}

int ranges_refuse(struct stream_in *in, struct stream_out *out,
	const struct err *why, struct err *err)
{
	struct service s = { .in = in, .out = out, .why = why };

	return serve_all(&s, err);
}
