/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sixteen bytes a file, sorted, so that a million of them are counted in a
 * moment; two that agree in both digests by chance only make the count wrong,
 * never the store.
 */
#include "build/census.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/str.h"
#include "base/xxh.h"
#include "record/scan.h"

static struct span member(struct span object, const char *name)
{
	struct scan_member m;
	struct scan s;

	scan_begin(&s, object);
	while (scan_next(&s, &m))
		if (span_is(m.name, name))
			return m.value;
	return (struct span){ "", 0 };
}

/* The digest if there is one; else size, time and tag; of a folder its listing. */
static uint64_t content_of(struct span file)
{
	struct span sum = member(file, "sha256");
	struct span size = member(file, "size"),
		    time = member(file, "modified"),
		    etag = member(file, "etag"),
		    listing = member(file, "listing");

	if (sum.len > 0)
		return xxh_short(sum.text, sum.len);
	return xxh_short(size.text, size.len) * 3 +
		xxh_short(time.text, time.len) +
		xxh_short(etag.text, etag.len) * 5 +
		xxh_short(listing.text, listing.len) * 7;
}

static void add(struct census *c, struct span line)
{
	struct span url = member(line, "url");

	if (url.len == 0 || member(member(line, "file"), "missing").len > 0)
		return;
	if (c->n == c->cap) {
		c->cap = c->cap ? c->cap * 2 : 256;
		c->at = mem_resize(c->at, c->cap * sizeof(*c->at));
	}
	c->at[c->n++] = (struct census_entry){ xxh_short(url.text, url.len),
		content_of(member(line, "file")) };
}

static int add_batch(struct census *c, const char *path, struct err *err)
{
	struct buf text = BUF_INIT;
	const char *at, *end;
	int r = io_read_file(path, SIZE_MAX, &text, err);

	at = text.data ? text.data : "";
	while (r == 0 &&
		(end = memchr(at, '\n', text.len - (size_t)(at - text.data))) !=
			NULL) {
		add(c, (struct span){ at, (size_t)(end - at) });
		at = end + 1;
	}
	buf_release(&text);
	return r;
}

static int compare(const void *a, const void *b)
{
	const struct census_entry *x = a, *y = b;

	if (x->url != y->url)
		return x->url < y->url ? -1 : 1;
	return (x->content > y->content) - (x->content < y->content);
}

int census_take(struct census *c, const struct state *s, struct err *err)
{
	DIR *dir = opendir(state_path(s, "f"));
	const struct dirent *e;
	struct arena one = ARENA_INIT;
	int r = 0;

	if (dir == NULL)
		return err_sys(err, "cannot open folder '%s'",
			state_path(s, "f"));
	while (r == 0 && (e = readdir(dir)) != NULL) {
		if (strspn(e->d_name, "0123456789") != strlen(e->d_name))
			continue;
		r = add_batch(c,
			arena_printf(&one, "%s/f/%s", s->path, e->d_name), err);
		arena_reset(&one);
	}
	closedir(dir);
	arena_release(&one);
	if (c->n > 0)
		qsort(c->at, c->n, sizeof(*c->at), compare);
	return r;
}

struct census_change census_compare(const struct census *before,
	const struct census *after)
{
	struct census_change out = { 0, 0, 0 };
	size_t i = 0, j = 0;

	while (i < before->n && j < after->n) {
		const struct census_entry *old = &before->at[i];
		const struct census_entry *new = &after->at[j];

		if (old->url == new->url)
			out.changed += old->content != new->content;
		out.gone += old->url < new->url;
		out.added += old->url > new->url;
		i += old->url <= new->url;
		j += old->url >= new->url;
	}
	out.gone += before->n - i;
	out.added += after->n - j;
	return out;
}

void census_release(struct census *c)
{
	mem_free(c->at);
	*c = (struct census)CENSUS_INIT;
}
