/* SPDX-License-Identifier: Apache-2.0 */
#include "record/ahead.h"

/* A record that waits for its turn. */
struct waiting {
	struct arena arena;
	struct js *rec;
	const char *place; /* where it stood in the input */
	struct err err;    /* it cannot be parsed */
};

/* The next record: false if there is none. */
static bool take(struct stream_in *in, struct waiting *w)
{
	int got;

	arena_reset(&w->arena);
	err_clear(&w->err);
	got = stream_next(in, &w->arena, &w->rec, &w->err);
	if (got < 0)
		w->rec = tool_bad_line(&w->arena, in);
	if (got != 0)
		w->place = tool_place(&w->arena, in, w->rec);
	return got != 0;
}

static int turn(const struct ahead *how, size_t i, struct waiting *w,
	struct stream_out *out, struct err *err)
{
	struct tool_sink sink = { .arena = &w->arena,
		.out = out,
		.state = how->state };

	if (w->err.kind == ERR_NONE && how->one(i, w->rec, &sink, &w->err) == 0)
		return 0;
	err_in(&w->err, "%s", w->place);
	return tool_refuse(w->rec, &w->err, err);
}

/* How many had their turn; -1: one ends the run. */
static int some(const struct ahead *how, struct stream_in *in,
	struct waiting *w, struct stream_out *out, struct err *err)
{
	size_t n = 0;
	int fd;

	while (n < AHEAD_MAX && (n == 0 || stream_ready(in, &fd)) &&
		take(in, &w[n])) {
		if (w[n].err.kind == ERR_NONE)
			how->announce(how->state, n, &w[n].arena, w[n].rec);
		n++;
	}
	how->together(how->state, n);
	for (size_t i = 0; i < n; i++)
		if (turn(how, i, &w[i], out, err) < 0)
			return -1;
	return (int)n;
}

int ahead_each(char **operands, const struct ahead *how, struct err *err)
{
	struct waiting w[AHEAD_MAX] = { 0 };
	struct stream_in *in = tool_input(operands, err);
	struct stream_out *out = in != NULL ? tool_output(err) : NULL;
	int n = out != NULL ? 1 : -1;

	while (n > 0)
		n = some(how, in, w, out, err);
	for (size_t i = 0; i < AHEAD_MAX; i++)
		arena_release(&w[i].arena);
	stream_close(in);
	if (n < 0) {
		stream_abort(out);
		return -1;
	}
	return tool_publish(out, err) < 0 ? -1 : tool_verdict(err);
}
