/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A second name for a file that rename is going to replace costs no copy.  Digests
 * in place of contents were refused: they tell that something is new, which is known
 * already.
 */
#include "build/former.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"
#include "net/url.h"
#include "record/json_write.h"

enum { MOST_TOLD = 3, MOST_TEXT = 60, MOST_BYTES = 1 << 26 };

static const char *below(const struct former *f, const char *name)
{
	return arena_printf(f->arena, "%s/%s", f->path, name);
}

static const char *path_of(const struct former *f, const char *name)
{
	char *path = arena_printf(f->arena, "%s/%s/%s", f->path, FORMER_FOLDER,
		name);
	char *slash = strrchr(path, '/');

	if (strchr(name, '/') != NULL)
		*slash = '-'; /* v/00001 */
	return path;
}

static bool is_after(struct timespec x, struct timespec y)
{
	return x.tv_sec > y.tv_sec ||
		(x.tv_sec == y.tv_sec && x.tv_nsec > y.tv_nsec);
}

/* Was a file made after what was there before had been put aside? */
static bool is_made_since(const struct former *f, const char *target,
	const char *was)
{
	struct stat made, kept;

	return stat(below(f, target), &made) == 0 && stat(was, &kept) == 0 &&
		is_after(made.st_mtim, kept.st_ctim);
}

void former_keep(const struct former *f, const char *name)
{
	const char *was = path_of(f, name), *path = below(f, name);
	struct err ignored = ERR_INIT;

	if (link(path, was) == 0)
		return;
	if (errno == EEXIST && is_made_since(f, "seal.json", was) &&
		unlink(was) < 0)
		return;
	if (errno == ENOENT &&
		io_make_dirs(below(f, FORMER_FOLDER), &ignored) < 0)
		return;
	if (link(path, was) < 0)
		return;
}

void former_forget(const struct former *f)
{
	const char *folder = below(f, FORMER_FOLDER);
	DIR *dir = opendir(folder);
	const struct dirent *e;

	if (dir == NULL)
		return;
	while ((e = readdir(dir)) != NULL)
		if (e->d_name[0] != '.')
			unlinkat(dirfd(dir), e->d_name, 0);
	closedir(dir);
	rmdir(folder);
}

/* What is told of one file. */
struct telling {
	struct arena *arena;
	struct buf *out;
	size_t n;
};

static void begin_item(struct telling *t)
{
	buf_adds(t->out, t->n++ == 0 ? " (" : ", ");
}

static void add_short(struct buf *out, const char *text, size_t len)
{
	size_t n = len < MOST_TEXT ? len : MOST_TEXT;

	while (n > 0 && n < len && ((unsigned char)text[n] & 0xc0) == 0x80)
		n--;
	buf_add(out, text, n);
	if (n < len)
		buf_adds(out, "...");
}

static void add_value(struct buf *out, const struct js *v)
{
	struct buf text = BUF_INIT;

	if (v == NULL) {
		buf_adds(out, "nothing");
		return;
	}
	js_write(&text, v, JS_RECORD);
	add_short(out, text.data, text.len);
	buf_release(&text);
}

static bool is_same(const struct js *x, const struct js *y)
{
	struct buf one = BUF_INIT, two = BUF_INIT;
	bool same;

	if (x == NULL || y == NULL)
		return x == y;
	js_write(&one, x, JS_SORTED);
	js_write(&two, y, JS_SORTED);
	same = one.len == two.len && memcmp(one.data, two.data, one.len) == 0;
	buf_release(&one);
	buf_release(&two);
	return same;
}

static void tell_value(struct telling *t, const char *name,
	const struct js *was, const struct js *is)
{
	if (t->n >= MOST_TOLD) {
		t->n++;
		return;
	}
	begin_item(t);
	buf_addf(t->out, "%s: ", name);
	add_value(t->out, was);
	buf_adds(t->out, " -> ");
	add_value(t->out, is);
}

/* Members whose values differ, by their names. */
static void tell_members(struct telling *t, const char *prefix,
	const struct js *was, const struct js *is)
{
	const struct js *both[] = { was, is };

	for (int k = 0; k < 2; k++) {
		for (void *it = js_first(both[k]); it;
			it = js_next(both[k], it)) {
			const struct js *x = js_get(was, js_name(it));
			const struct js *y = js_get(is, js_name(it));
			const char *name = arena_printf(t->arena, "%s%s%s",
				prefix, *prefix ? "." : "", js_name(it));

			if ((k == 1 && x != NULL) || is_same(x, y))
				continue;
			if (js_type(x) == JS_OBJECT && js_type(y) == JS_OBJECT)
				tell_members(t, name, x, y);
			else
				tell_value(t, name, x, y);
		}
	}
}

static void tell_conf(struct telling *t, const struct buf *was,
	const struct buf *is)
{
	struct err ignored = ERR_INIT;
	const struct js *x = js_parse(t->arena, was->data, was->len, &ignored);
	const struct js *y = js_parse(t->arena, is->data, is->len, &ignored);

	if (js_type(x) == JS_OBJECT && js_type(y) == JS_OBJECT)
		tell_members(t, "", x, y);
}

/* Take a line off a text, without its end. */
static bool next_line(const char **text, const char **line, size_t *len)
{
	if (*text == NULL || **text == '\0')
		return false;
	*line = *text;
	*len = strcspn(*text, "\n");
	*text += *len + ((*text)[*len] == '\n');
	return true;
}

/* The URL of an item, or NULL. */
static const char *url_of(struct telling *t, const char *line, size_t len)
{
	struct err ignored = ERR_INIT;
	const char *url =
		js_get_text(js_parse(t->arena, line, len, &ignored), "url");

	return url ? url_show(t->arena, url) : NULL;
}

/* "2345 bytes of 2026-01-02T03:04:05.678Z", of "SIZE SECONDS.NANOSECONDS". */
static void add_validator(struct buf *out, const char *line, size_t len)
{
	char text[64], *end;
	struct tm tm;
	time_t seconds;

	snprintf(text, sizeof(text), "%.*s", (int)(len < 60 ? len : 60), line);
	end = strchr(text, ' ');
	seconds = end ? (time_t)strtoll(end + 1, NULL, 10) : 0;
	if (end == NULL || gmtime_r(&seconds, &tm) == NULL) {
		buf_adds(out, "no file");
		return;
	}
	buf_addf(out, "%.*s bytes of %04d-%02d-%02dT%02d:%02d:%02d",
		(int)(end - text), text, tm.tm_year + 1900, tm.tm_mon + 1,
		tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
	end = strchr(end, '.');
	buf_addf(out, "%sZ", end ? end : "");
}

/* Of the lines of one file that stand against those of another: the first that
 * differ, in the words of `tell`, and how many do. */
struct lines {
	const char *was, *is, *items;
	void (*tell)(struct telling *t, const char *const line[3],
		const size_t len[3]);
};

static void tell_lines(struct telling *t, struct lines l)
{
	const char *line[3];
	size_t len[3], n = 0, more = 0, less = 0;

	for (;;) {
		bool was = next_line(&l.was, &line[0], &len[0]);
		bool is = next_line(&l.is, &line[1], &len[1]);

		if (!next_line(&l.items, &line[2], &len[2]))
			line[2] = "", len[2] = 0;
		if (!was && !is)
			break;
		more += !was;
		less += !is;
		if (!was || !is ||
			(len[0] == len[1] &&
				memcmp(line[0], line[1], len[0]) == 0))
			continue;
		if (n++ == 0)
			l.tell(t, line, len);
	}
	if (n > 1) {
		begin_item(t);
		buf_addf(t->out, "%zu more of these", n - 1);
	}
	if (more + less > 0) {
		begin_item(t);
		buf_addf(t->out, "%zu file%s %s", more + less,
			more + less > 1 ? "s" : "", more ? "more" : "less");
	}
}

static void tell_validator(struct telling *t, const char *const line[3],
	const size_t len[3])
{
	const char *url = url_of(t, line[2], len[2]);

	begin_item(t);
	buf_addf(t->out, "%s%s", url ? url : "", url ? ": " : "");
	add_validator(t->out, line[0], len[0]);
	buf_adds(t->out, " -> ");
	add_validator(t->out, line[1], len[1]);
}

static void tell_item(struct telling *t, const char *const line[3],
	const size_t len[3])
{
	const char *was = url_of(t, line[0], len[0]);
	const char *is = url_of(t, line[1], len[1]);

	begin_item(t);
	if (was != NULL && is != NULL && !str_eq(was, is))
		buf_addf(t->out, "%s -> %s", was, is);
	else
		buf_addf(t->out, "what the recipe says of %s", is ? is : "it");
}

static bool read_text(const char *path, struct buf *out)
{
	struct err ignored = ERR_INIT;
	bool ok = io_read_file(path, MOST_BYTES, out, &ignored) == 0;

	buf_addc(out, '\0');
	out->len--;
	return ok;
}

static void tell_batch(struct telling *t, const struct former *f,
	const char *name, struct lines l)
{
	struct buf items = BUF_INIT;

	l.tell = name[0] == 'v' ? tell_validator : tell_item;
	if (read_text(below(f, arena_printf(t->arena, "k%s", name + 1)),
		    &items))
		l.items = items.data;
	tell_lines(t, l);
	buf_release(&items);
}

void former_tell(const struct former *f, const char *name, const char *target,
	struct buf *out)
{
	struct arena a = ARENA_INIT;
	struct telling t = { &a, out, 0 };
	struct buf was = BUF_INIT, is = BUF_INIT;
	const char *path = path_of(f, name);

	if (!is_made_since(f, target, path) && read_text(path, &was) &&
		read_text(below(f, name), &is)) {
		if (str_starts(name, "conf."))
			tell_conf(&t, &was, &is);
		else if (str_starts(name, "v/") || str_starts(name, "k/"))
			tell_batch(&t, f, name,
				(struct lines){ .was = was.data,
					.is = is.data });
	}
	if (t.n > MOST_TOLD && str_starts(name, "conf."))
		buf_addf(out, ", %zu more", t.n - MOST_TOLD);
	if (t.n > 0)
		buf_addc(out, ')');
	buf_release(&was);
	buf_release(&is);
	arena_release(&a);
}
