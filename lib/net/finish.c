/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An archive is read once for all that is wanted of it: a member of a compressed
 * tar is found only by unpacking what stands before it.
 */
#include "net/finish.h"

#include "base/str.h"

bool finish_is_packed(const struct finish_item *item)
{
	return item->err->kind == ERR_NONE && !item->unpacked &&
		item->what.kind != BUNDLE_NONE;
}

static bool is_raw(const struct finish *f, const struct finish_item *item)
{
	return f->errand.command.text != NULL && !item->executed &&
		item->err->kind == ERR_NONE;
}

bool finish_needs(const struct finish *f, const struct finish_item *item)
{
	return finish_is_packed(item) || is_raw(f, item);
}

static void unpack(const struct finish *f, struct finish_item **items, size_t n)
{
	struct arena a = ARENA_INIT;
	struct unpack_job *jobs = ARENA_NEW(&a, struct unpack_job, n);
	const char **urls = ARENA_NEW(&a, const char *, n);
	const char *path = arena_strdup(&a, items[0]->file->path);
	size_t m = 0;

	for (size_t i = 0; i < n; i++) {
		struct finish_item *item = items[i];

		if (!finish_is_packed(item) || !str_eq(item->file->path, path))
			continue;
		item->unpacked = true;
		jobs[m] = (struct unpack_job){ &item->what, item->arena,
			item->file, item->err };
		urls[m++] = url_show(&a, item->url);
	}
	unpack_all(f->cache, f->unpack_limit, f->errand.stop, jobs, m);
	for (size_t i = 0; i < m; i++)
		if (jobs[i].err->kind != ERR_NONE)
			err_in(jobs[i].err, "cannot unpack '%s'", urls[i]);
	arena_release(&a);
}

void finish_next(const struct finish *f, struct finish_item **items, size_t n)
{
	struct finish_item *first = items[0];

	if (finish_is_packed(first)) {
		unpack(f, items, n);
		return;
	}
	first->executed = true;
	if (errand_run(first->arena, &f->errand, first->file, first->err) < 0)
		err_in(first->err, "cannot use '%s'",
			url_show(first->arena, first->url));
}
