/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names are those of contents, so an archive that was fetched again, and is the
 * same, is not unpacked again.
 */
#include "net/unpack.h"

#include <string.h>

#include "base/str.h"
#include "net/derived.h"

struct target {
	struct unpack_job *job;
	const struct target *same; /* an earlier one that makes this file */
	struct derived derived;
	const atomic_bool *stop;
};

const char *unpack_identity(struct arena *a, const struct cache_file *file)
{
	if (*file->sha256 != '\0')
		return file->sha256;
	return arena_printf(a, "%s %llu %s", file->path,
		(unsigned long long)file->size, file->modified);
}

/* "x.nc" of "x.nc.gz"; else the member, or the archive. */
static const char *name_like(const struct unpack_job *job)
{
	const char *path = job->file->path, *dot = strrchr(path, '.');

	if (job->what->member != NULL)
		return job->what->member;
	if (job->what->kind == BUNDLE_PACKED && dot != NULL)
		return arena_strndup(job->arena, path, (size_t)(dot - path));
	return path;
}

static void fill(const struct unpack_job *job, struct cache_file *f)
{
	memcpy(f->etag, job->file->etag, sizeof(f->etag));
	memcpy(f->modified, job->file->modified, sizeof(f->modified));
	*job->file = *f;
}

/* True unless the file is there. */
static bool prepare(struct target *t, const char *cache)
{
	struct unpack_job *job = t->job;
	const char *member = job->what->member;
	const struct derived_name name = {
		.folder = cache,
		.id = arena_printf(job->arena, "unpack:%s!%s",
			unpack_identity(job->arena, job->file),
			member ? member : ""),
		.like = name_like(job),
	};
	struct cache_file file;

	if (!derived_find(job->arena, &name, &t->derived, &file))
		return true;
	fill(job, &file);
	return false;
}

static int add(void *state, const void *p, size_t len, struct err *err)
{
	struct target *t = state;

	if (t->stop != NULL && atomic_load(t->stop))
		return err_set(err, ERR_TEMP, "it was ended with the run");
	return derived_add(&t->derived, p, len, err);
}

static void finish(struct target *t, const struct err *why)
{
	struct cache_file file;

	if (why->kind == ERR_NONE &&
		derived_publish(&t->derived, &file, t->job->err) == 0) {
		fill(t->job, &file);
		return;
	}
	derived_abort(&t->derived);
	if (why->kind != ERR_NONE)
		*t->job->err = *why;
}

/* The one that makes the same file, or NULL. */
static const struct target *find_same(const struct target *targets, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (targets[i].same == NULL && targets[i].derived.hash &&
			str_eq(targets[i].derived.place.data,
				targets[n].derived.place.data))
			return &targets[i];
	return NULL;
}

/* Its want, or none if the file is there, or being made. */
static bool add_want(struct target *targets, size_t i, const char *cache,
	struct bundle_want *want)
{
	struct target *t = &targets[i];

	if (!prepare(t, cache))
		return false;
	t->same = find_same(targets, i);
	if (t->same == NULL && derived_begin(&t->derived, t->job->err) < 0)
		return false;
	*want = (struct bundle_want){ .member = t->job->what->member,
		.add = add,
		.state = t };
	return t->same == NULL;
}

static void copy_same(struct target *t)
{
	struct cache_file file = *t->same->job->file;

	file.path = t->derived.place.data; /* of this job's arena */
	if (t->same->job->err->kind == ERR_NONE)
		fill(t->job, &file);
	else
		*t->job->err = *t->same->job->err;
}

void unpack_all(const char *cache, uint64_t limit, const atomic_bool *stop,
	struct unpack_job *jobs, size_t n)
{
	struct arena a = ARENA_INIT;
	struct target *targets = ARENA_NEW(&a, struct target, n);
	struct bundle_want *wants = ARENA_NEW(&a, struct bundle_want, n);
	struct bundle_input in = { .limit = limit };
	size_t m = 0;

	for (size_t i = 0; i < n; i++) {
		targets[i].job = &jobs[i];
		targets[i].stop = stop;
		in.path = arena_strdup(&a, jobs[i].file->path);
		in.kind = jobs[i].what->kind;
		m += add_want(targets, i, cache, &wants[m]);
	}
	if (m > 0)
		bundle_read(&in, wants, m);
	for (size_t i = 0; i < m; i++)
		finish(wants[i].state, &wants[i].err);
	for (size_t i = 0; i < n; i++)
		if (targets[i].same != NULL)
			copy_same(&targets[i]);
	arena_release(&a);
}
