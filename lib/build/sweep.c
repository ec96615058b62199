/* SPDX-License-Identifier: Apache-2.0 */
/*
 * First all records are read, then the sidecars, and only then anything goes: what was
 * made from a file is told by the sidecar of what was made, which has the digest of the
 * file.  Keeping by age was refused: it knows nothing of what is wanted.
 */
#include "build/sweep.h"

#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"
#include "build/downloads.h"
#include "net/cache.h"
#include "net/lock.h"
#include "store/tree.h"

/* A file that was made from another. */
struct made {
	struct made *next;
	const char *digest, *from, *sha256;
};

struct sweeper {
	const struct sweep *how;
	struct sweep_done *done;
	struct arena arena;
	const char *cache; /* absolute */
	struct downloads downloads;
	struct lock *lock;
	struct names named; /* digests of URLs, paths of local files */
	struct names bytes; /* digests of the contents of those */
	struct made *made;
};

static const char *after(const char *text, const char *start)
{
	return str_starts(text, start) ? text + strlen(start) : NULL;
}

/* A sidecar. */
static int look(void *state, const char *key, struct err *err)
{
	struct sweeper *s = state;
	char digest[DOWNLOADS_DIGEST];
	struct cache_file file;
	const char *url, *from;
	struct made *m;

	(void)err;
	if (!str_ends(key, ".json") || !downloads_is_file(key, digest))
		return 0;
	url = cache_read_any(&s->arena,
		arena_printf(&s->arena, "%s/%s", s->cache, key), &file);
	if (url == NULL)
		return 0;
	from = after(url, "unpack:");
	if (from == NULL)
		from = after(url, "exec:");
	if (names_find(&s->named, digest) != NULL) {
		names_add(&s->bytes, &s->arena,
			arena_strdup(&s->arena, file.sha256), 0);
	} else if (from != NULL) {
		m = ARENA_NEW(&s->arena, struct made, 1);
		*m = (struct made){ s->made, arena_strdup(&s->arena, digest),
			from, arena_strdup(&s->arena, file.sha256) };
		s->made = m;
	}
	return 0;
}

/* Is what it was made from, a digest, or path, size and time, named? */
static bool has_source(struct sweeper *s, const char *from)
{
	struct arena a = ARENA_INIT;
	bool has = strspn(from, "0123456789abcdef") == 64 &&
		names_find(&s->bytes, arena_strndup(&a, from, 64)) != NULL;

	for (const char *p = strchr(from, ' '); !has && p != NULL;
		p = strchr(p + 1, ' '))
		has = names_find(&s->named,
			      arena_strndup(&a, from, (size_t)(p - from))) !=
			NULL;
	arena_release(&a);
	return has;
}

/* What was made from what is named is named, and so on. */
static void name_made(struct sweeper *s)
{
	bool more = true;

	while (more) {
		more = false;
		for (struct made **at = &s->made; *at != NULL;) {
			struct made *m = *at;

			if (!has_source(s, m->from)) {
				at = &m->next;
				continue;
			}
			names_add(&s->named, &s->arena, m->digest, 0);
			names_add(&s->bytes, &s->arena, m->sha256, 0);
			*at = m->next;
			more = true;
		}
	}
}

static int tell(struct sweeper *s, const char *key, uint64_t size,
	struct err *err)
{
	struct arena a = ARENA_INIT;
	struct js *rec = js_new_object(&a);
	int r;

	js_set_text(rec, "path", arena_printf(&a, "%s/%s", s->cache, key));
	js_set_u64(rec, "size", size);
	r = stream_put(s->how->out, rec, err);
	arena_release(&a);
	return r;
}

/* What a run that was killed has left where it made a file; of those that are not, none is
 * there, since we are alone. */
static bool is_left(const char *key)
{
	return strspn(key, "0123456789abcdef") == 2 && key[2] == '/' &&
		io_is_temp_name(key + 3);
}

static int sweep_one(void *state, const char *key, struct err *err)
{
	struct sweeper *s = state;
	char digest[DOWNLOADS_DIGEST];
	uint64_t size = 0;
	bool left = is_left(key);

	if (!left && !downloads_is_file(key, digest))
		return 0;
	if (!left && names_find(&s->named, digest) != NULL) {
		s->done->kept++;
		return 0;
	}
	if (tree_size(s->cache, key, &size, err) < 0 ||
		tell(s, key, size, err) < 0)
		return -1;
	s->done->files++;
	s->done->bytes += size;
	return s->how->dry ? 0 : tree_remove(s->cache, key, err);
}

static int read_names(struct sweeper *s, struct err *err)
{
	char *const *from = s->how->from;

	if (*from == NULL && downloads_add(&s->arena, "-", &s->named, err) < 0)
		return -1;
	for (; *from != NULL; from++)
		if (downloads_add(&s->arena, *from, &s->named, err) < 0)
			return -1;
	if (s->named.n == 0)
		return err_set(err, ERR_DATA,
			"no record names a file: to empty the cache remove its "
			"folder");
	return downloads_named(&s->downloads, &s->arena, &s->named, err);
}

static int run(struct sweeper *s, struct err *err)
{
	struct tree_walk walk = { s->cache, "", true, look, s };

	if (access(s->cache, F_OK) < 0)
		return err_set(err, ERR_DATA, "there is no folder '%s'",
			s->cache);
	if (downloads_open_at(&s->downloads, &s->arena, s->cache, err) < 0)
		return -1;
	s->lock = lock_open_alone(s->cache, err);
	if (s->lock == NULL || read_names(s, err) < 0 ||
		tree_walk(&walk, err) < 0)
		return -1;
	name_made(s);
	walk.fn = sweep_one;
	return tree_walk(&walk, err);
}

int sweep_run(const struct sweep *how, struct sweep_done *out, struct err *err)
{
	struct sweeper s = { .how = how,
		.done = out,
		.arena = ARENA_INIT,
		.downloads = DOWNLOADS_INIT };
	struct buf path = BUF_INIT;
	int r = io_absolute(NULL, how->cache, &path, err);

	*out = (struct sweep_done){ .files = 0 };
	s.cache = path.data;
	if (r == 0)
		r = run(&s, err);
	lock_close(s.lock);
	downloads_close(&s.downloads);
	buf_release(&path);
	arena_release(&s.arena);
	return r;
}
