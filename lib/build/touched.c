/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t/B says something of v/B and f/B as they are, so it goes before v/B changes.  A file
 * must also have been fetched at the very time that v/B says: of one that changed in
 * between, f/B has a digest that belongs to no time of v/B.
 */
#include "build/touched.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/str.h"
#include "build/tasks.h"
#include "net/local.h"
#include "net/url.h"

enum { MOST_BYTES = 1 << 28 }; /* of a file of the work folder */

/* A line of what there was, of what there is, and of the items. */
struct line {
	const char *was, *is, *item;
	size_t was_len, is_len, item_len;
};

struct looker {
	struct touched *touched;
	struct arena arena;
	struct local known; /* from f/B */
	bool reads;         /* else only whether there is any sense in it */
};

/* "SIZE SECONDS.NANOSECONDS" */
static bool parse(const char *text, size_t len, uint64_t *size,
	char time[CLOCK_TEXT])
{
	char copy[64], *space, *point;
	int64_t seconds, nanoseconds;

	if (len >= sizeof(copy))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	space = strchr(copy, ' ');
	point = space ? strchr(space, '.') : NULL;
	if (point == NULL)
		return false;
	*space = *point = '\0';
	if (!str_to_u64(copy, size) || !str_to_i64(space + 1, &seconds) ||
		!str_to_i64(point + 1, &nanoseconds))
		return false;
	clock_text(seconds, (long)nanoseconds, time);
	return true;
}

/* The absolute path of a local file, or NULL. */
static const char *path_of(struct looker *k, const struct line *l)
{
	struct err ignored = ERR_INIT;
	const char *text =
		js_get_text(js_parse(&k->arena, l->item, l->item_len, &ignored),
			"url");
	struct buf path = BUF_INIT;
	const char *copy = NULL;
	struct url url;

	if (text == NULL || url_parse(&k->arena, text, &url, &ignored) < 0 ||
		url.kind != URL_LOCAL)
		return NULL;
	if (io_absolute(NULL, url.path, &path, &ignored) == 0)
		copy = arena_strndup(&k->arena, path.data, path.len);
	buf_release(&path);
	return copy;
}

/* Has it still the size and time that the line says? */
static bool is_still(const char *path, const struct line *l)
{
	struct buf text = BUF_INIT;
	struct stat st;
	bool same = false;

	if (stat(path, &st) == 0) {
		buf_addf(&text, "%lld %lld.%09ld", (long long)st.st_size,
			(long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
		same = text.len == l->is_len &&
			memcmp(text.data, l->is, text.len) == 0;
	}
	buf_release(&text);
	return same;
}

static bool has_bytes(struct looker *k, const char *path,
	const struct cache_file *old, const struct line *l)
{
	struct err ignored = ERR_INIT;
	struct cache_file now = { .size = 0 };

	return local_find(&k->known, &k->arena, path, &now, &ignored) == 0 &&
		now.size == old->size && str_eq(now.etag, old->etag) &&
		is_still(path, l);
}

/* Is the file of a line what it was? */
static bool is_same(struct looker *k, const struct line *l)
{
	char was[CLOCK_TEXT], is[CLOCK_TEXT];
	uint64_t old_size, size;
	const struct cache_file *old;
	const struct names_entry *e;
	const char *path;

	if (l->was_len == l->is_len && memcmp(l->was, l->is, l->is_len) == 0)
		return true;
	if (!parse(l->was, l->was_len, &old_size, was) ||
		!parse(l->is, l->is_len, &size, is) || size != old_size)
		return false;
	path = path_of(k, l);
	e = path ? names_find(&k->known.paths, path) : NULL;
	if (e == NULL)
		return false;
	old = &k->known.files[e->value];
	if (old->size != size || !str_eq(old->modified, was))
		return false;
	if (k->reads)
		return has_bytes(k, path, old, l);
	if (size > k->touched->left)
		return false;
	k->touched->left -= size;
	return true;
}

static bool next(const char **text, const char **line, size_t *len)
{
	if (**text == '\0')
		return false;
	*line = *text;
	*len = strcspn(*text, "\n");
	*text += *len + ((*text)[*len] == '\n');
	return true;
}

/* Are all? */
static bool are_same(struct looker *k, const char *was, const char *is,
	const char *items)
{
	struct line l;

	while (next(&is, &l.is, &l.is_len)) {
		if (!next(&was, &l.was, &l.was_len) ||
			!next(&items, &l.item, &l.item_len) || !is_same(k, &l))
			return false;
	}
	return *was == '\0';
}

/* First without reading any of them, so that none is read for nothing. */
static bool look(struct looker *k, size_t batch, const struct buf *items,
	const struct buf *validators)
{
	const struct state *s = k->touched->state;
	struct err ignored = ERR_INIT;
	struct buf was = BUF_INIT;
	const char *v = tasks_file(&k->arena, 'v', batch, "");
	const char *f = tasks_file(&k->arena, 'f', batch, "");
	bool same = io_read_file(state_path(s, v), MOST_BYTES, &was,
			    &ignored) == 0 &&
		was.len > 0 &&
		local_open(&k->known, &k->arena, state_path(s, f), &ignored) ==
			0 &&
		are_same(k, was.data, validators->data, items->data);

	k->reads = true;
	same = same && are_same(k, was.data, validators->data, items->data);
	buf_release(&was);
	return same;
}

static bool has(const struct touched *t, const char *name,
	const struct buf *text)
{
	return io_has_content(state_path(t->state, name), text->data,
		text->len);
}

int touched_keeps(struct touched *t, size_t batch, const struct buf *items,
	const struct buf *validators, struct err *err)
{
	struct arena *a = t->state->arena;
	const char *seen = tasks_file(a, 't', batch, "");
	struct looker k = { .touched = t, .arena = ARENA_INIT };
	int r = 0;

	if (has(t, tasks_file(a, 'v', batch, ""), validators))
		return 1;
	if (t->left > 0 && has(t, tasks_file(a, 'k', batch, ""), items))
		r = has(t, seen, validators) ||
			look(&k, batch, items, validators);
	arena_release(&k.arena);
	if (r == 0)
		return state_remove(t->state, seen, err);
	return state_put(t->state, seen, validators, err) < 0 ? -1 : 1;
}
