/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files are written in the order of the inputs, so that only one is in memory.  If
 * an update comes upon something that it has not expected it gives up, and a plan
 * from nothing says what is wrong: so there is one place for that.
 */
#include "build/regions.h"

#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/sheaf.h"
#include "base/str.h"
#include "build/shrink.h"
#include "plan/plan_merge.h"
#include "plan/plan_update.h"
#include "record/stream.h"

/* The files being written: number `at` is in hand. */
struct writing {
	struct regions *r;
	struct plan_update *update; /* or NULL */
	struct sheaf *sheaf;
	size_t at;
	struct buf text, old, all, path;
	bool *lose; /* of files: they may have lost regions */
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* What a file is; lives in the arena. */
static const char *mark_of(struct regions *r, const char *path, struct err *err)
{
	struct buf text = BUF_INIT;
	const char *mark = NULL;

	if (io_mark(path, &text, err) == 0)
		mark = arena_strndup(r->arena, text.data, text.len);
	buf_release(&text);
	return mark;
}

static const char *path_in(struct buf *path, const struct regions *r,
	const char *folder, size_t i)
{
	buf_reset(path);
	buf_addf(path, "%s/%s", folder, r->account.entries[i].name);
	return path->data;
}

static const char *output_path(struct buf *path, const struct regions *r,
	size_t i)
{
	return path_in(path, r, r->folder, i);
}

int regions_begin(struct regions *r, size_t n, struct err *err)
{
	r->account = (struct plan_account){ .n = n };
	r->account.entries = ARENA_NEW(r->arena, struct plan_entry, n);
	for (size_t i = 0; i < n; i++) {
		struct plan_entry *e = &r->account.entries[i];

		e->name = base_name(r->inputs[i]);
		e->in = mark_of(r, r->inputs[i], err);
		if (e->in == NULL)
			return -1;
	}
	return io_make_dirs(r->folder, err);
}

/* The text of the file in hand, from what was there and what is new. */
static int merge(struct writing *w, struct buf **out, struct err *err)
{
	struct plan_lines lines = { { NULL, 0 },
		{ w->text.data, w->text.len } };

	buf_reset(&w->old);
	buf_reset(&w->all);
	*out = &w->all;
	if (plan_update_is_old(w->update, w->at) &&
		io_read_file(output_path(&w->path, w->r, w->at), SIZE_MAX,
			&w->old, err) < 0)
		return -1;
	lines.old = (struct span){ w->old.data, w->old.len };
	if (plan_update_merge(w->update, w->at, &lines, &w->all))
		return 0;
	return err_set(err, ERR_DATA, "'%s' is not what was planned",
		output_path(&w->path, w->r, w->at));
}

/* Is a text what there is of the file in hand, but for some regions? */
static bool is_less(struct writing *w, struct span text)
{
	struct err ignored = ERR_INIT;

	buf_reset(&w->old);
	return w->r->receipts != NULL &&
		io_read_file(output_path(&w->path, w->r, w->at), SIZE_MAX,
			&w->old, &ignored) == 0 &&
		shrink_is((struct span){ w->old.data, w->old.len }, text);
}

static int put_text(struct writing *w, struct span text, struct err *err)
{
	bool less = is_less(w, text);
	const char *path = output_path(&w->path, w->r, w->at);

	/* From nothing: who planned before may have died before it was done. */
	w->lose[w->at] = less || w->update == NULL;
	return less ? sheaf_put_aged(w->sheaf, path, text.text, text.len, err) :
		      sheaf_put(w->sheaf, path, text.text, text.len, err);
}

static int put_file(struct writing *w, struct err *err)
{
	struct buf *text = &w->text;

	if (w->update != NULL) {
		if (text->len == 0 && plan_update_is_old(w->update, w->at) &&
			!plan_update_suspects(w->update, w->at)) {
			plan_update_keep(w->update, w->at);
			return 0;
		}
		if (merge(w, &text, err) < 0)
			return -1;
	}
	return put_text(w,
		(struct span){ text->data ? text->data : "", text->len }, err);
}

/* Write the files before number `to`, of which all regions are known. */
static int put_files(struct writing *w, size_t to, struct err *err)
{
	for (; w->at < to; w->at++) {
		if (put_file(w, err) < 0)
			return -1;
		buf_reset(&w->text);
	}
	return 0;
}

static int put_line(void *state, size_t file, const struct buf *line,
	struct err *err)
{
	struct writing *w = state;

	if (put_files(w, file, err) < 0)
		return -1;
	buf_add(&w->text, line->data, line->len);
	return 0;
}

/* Take away the receipts of what file i has lost. */
static int lose(struct writing *w, size_t i, struct err *err)
{
	buf_reset(&w->old);
	if (access(path_in(&w->path, w->r, w->r->receipts, i), F_OK) < 0)
		return 0;
	if (io_read_file(output_path(&w->path, w->r, i), SIZE_MAX, &w->old,
		    err) < 0)
		return -1;
	return shrink_receipts(w->sheaf,
		path_in(&w->path, w->r, w->r->receipts, i),
		(struct span){ w->old.data, w->old.len }, err);
}

/* All files of regions are there before the first receipt goes: who dies between
 * leaves an account that is not true of them, and so plans from nothing. */
static int lose_all(struct writing *w, struct err *err)
{
	if (w->r->receipts == NULL)
		return 0;
	for (size_t i = 0; i < w->r->account.n; i++)
		if (w->lose[i] && lose(w, i, err) < 0)
			return -1;
	return sheaf_flush(w->sheaf, err);
}

static int end(struct writing *w, int r, struct err *err)
{
	if (r == 0)
		r = put_files(w, w->r->account.n, err);
	if (r == 0)
		r = sheaf_flush(w->sheaf, err);
	if (r == 0)
		r = lose_all(w, err);
	sheaf_close(w->sheaf);
	buf_release(&w->text);
	buf_release(&w->old);
	buf_release(&w->all);
	buf_release(&w->path);
	return r;
}

int regions_make(struct regions *r, struct plan *p, struct err *err)
{
	struct writing w = { .r = r, .sheaf = sheaf_open() };
	const struct plan_sink sink = { put_line, &w };

	w.lose = ARENA_NEW(r->arena, bool, r->account.n);
	return end(&w, plan_cut_by_input(p, &sink, &r->account, err), err);
}

/* Are the files of an account what it says they are? */
static bool is_there(struct regions *r, const struct plan_account *old)
{
	struct buf path = BUF_INIT, mark = BUF_INIT;
	struct err ignored = ERR_INIT;
	bool same = old->n <= r->account.n;

	for (size_t i = 0; same && i < old->n; i++) {
		buf_reset(&mark);
		same = str_eq(old->entries[i].name,
			       r->account.entries[i].name) &&
			io_mark(output_path(&path, r, i), &mark, &ignored) ==
				0 &&
			str_eq(mark.data, old->entries[i].out);
	}
	buf_release(&path);
	buf_release(&mark);
	return same;
}

static bool add_input(struct plan *p, const char *name, size_t i)
{
	struct stream_in *in = stream_open(&name, 1);
	struct err ignored = ERR_INIT;
	struct span line;
	int got;

	while ((got = stream_next_line(in, &ignored)) > 0) {
		line.text = stream_text(in, &line.len);
		if (plan_add_line(p, line, i, &ignored) < 0) {
			got = -1;
			break;
		}
	}
	stream_close(in);
	return got == 0;
}

/* Add the inputs that are wanted. */
static bool add_inputs(struct regions *r, struct plan *p,
	const struct plan_update *u)
{
	for (size_t i = 0; i < r->account.n; i++) {
		if (!plan_update_wants(u, i))
			continue;
		r->nread++;
		if (!add_input(p, r->inputs[i], i))
			return false;
	}
	return true;
}

/* Everything up to the first file that is written. */
static struct plan_update *begin_update(struct regions *r, struct plan *p,
	const struct buf *since)
{
	struct plan_account *old = ARENA_NEW(r->arena, struct plan_account, 1);
	struct plan_update *u;

	if (!plan_account_read(r->arena, since, old) || !is_there(r, old))
		return NULL;
	u = plan_update_open(p, old, &r->account);
	if (u == NULL || !add_inputs(r, p, u) || !plan_update_choose(u) ||
		!add_inputs(r, p, u))
		return NULL;
	return u;
}

int regions_update(struct regions *r, const struct buf *since, bool *done,
	struct err *err)
{
	struct plan *p = plan_open(r->arena, r->target);
	struct plan_update *u = begin_update(r, p, since);
	struct writing w = { .r = r, .update = u };
	const struct plan_sink sink = { put_line, &w };
	int result;

	*done = false;
	if (u == NULL)
		return 0;
	w.sheaf = sheaf_open();
	w.lose = ARENA_NEW(r->arena, bool, r->account.n);
	result = end(&w, plan_update_cut(u, &sink, err), err);
	*done = result == 0;
	if (result < 0 && err->kind == ERR_DATA) {
		err_clear(err);
		return 0;
	}
	return result;
}

int regions_account(struct regions *r, struct buf *out, struct err *err)
{
	struct buf path = BUF_INIT;
	int result = 0;

	for (size_t i = 0; i < r->account.n && result == 0; i++) {
		struct plan_entry *e = &r->account.entries[i];

		e->out = mark_of(r, output_path(&path, r, i), err);
		result = e->out ? 0 : -1;
	}
	buf_release(&path);
	if (result == 0)
		plan_account_write(out, &r->account);
	return result;
}
