/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes go into a file and not through the pipe: whoever asked reads them
 * where they would lie in the remote file, with the code that reads local ones.
 */
#include "net/ranges.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/io.h"
#include "net/wanted.h"

enum { HELD_MAX = 256 }; /* orders under way */

struct order {
	struct arena arena;
	struct order *next;
	struct js *rec;
	struct url url;
	struct wanted wanted;
	int to;
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

	if (o->wanted.look > 0) /* wherever in the file they are */
		offset -= o->pulls[0].offset;
	o->bytes += len;
	return io_write_at(o->to, o->wanted.to,
		(struct io_range){ o->wanted.base + offset, len }, p, err);
}

static void add_look(struct order *o, const char *shown)
{
	o->pulls = ARENA_NEW(&o->arena, struct pull, 1);
	o->pulls[0] = (struct pull){
		.url = &o->url,
		.shown = shown,
		.length = o->wanted.look,
		.version = o->wanted.version,
		.look = true,
		.last = o->wanted.last,
		.put = o->to >= 0 ? put : NULL,
		.state = o,
	};
	o->n = 1;
}

static void add_pulls(struct order *o, const char *shown)
{
	const struct wanted *w = &o->wanted;

	o->pulls = ARENA_NEW(&o->arena, struct pull, w->n);
	for (o->n = 0; o->n < w->n; o->n++)
		o->pulls[o->n] = (struct pull){
			.url = &o->url,
			.shown = shown,
			.offset = w->pieces[o->n].start,
			.length = w->pieces[o->n].end - w->pieces[o->n].start,
			.version = w->version,
			.put = put,
			.state = o,
		};
}

static int read_order(struct order *o, struct access *access, struct err *err)
{
	struct wanted *w = &o->wanted;
	const char *shown;

	if (wanted_read(&o->arena, o->rec, w, err) < 0 ||
		url_parse(&o->arena, w->url, &o->url, err) < 0)
		return -1;
	shown = url_show(&o->arena, w->url);
	if (pull_check(&o->url, shown, err) < 0 ||
		access_resolve(access, &o->arena, &o->url, err) < 0)
		return -1;
	if (w->to != NULL)
		o->to = open(w->to, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	if (w->to != NULL && o->to < 0)
		return err_sys(err, "cannot open '%s'", w->to);
	if (w->look > 0)
		add_look(o, shown);
	else
		add_pulls(o, shown);
	return 0;
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
	else
		(void)read_order(o, s->access, &o->err);
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

/* Of what was looked at. */
static void answer_look(struct order *o, struct js *out)
{
	const struct pull *one = &o->pulls[0];

	if (one->absent) {
		err_clear(&o->err);
		js_set(out, "absent", js_new_bool(&o->arena, true));
	} else if (o->err.kind == ERR_NONE) {
		js_set_u64(out, "size", one->head.length);
		js_set_u64(out, "tag", one->version.tag);
	}
}

static int answer(const struct service *s, struct order *o, struct err *err)
{
	struct js *out = js_new_object(&o->arena);

	for (size_t i = 0; i < o->n && o->err.kind == ERR_NONE; i++)
		o->err = o->pulls[i].err;
	if (js_get(o->rec, "id") != NULL)
		js_set(out, "id", js_get(o->rec, "id"));
	js_set_u64(out, "bytes", o->bytes);
	if (o->wanted.look > 0 && o->n > 0)
		answer_look(o, out);
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
