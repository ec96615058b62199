/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a work folder needs of a cache is what its batches name (k/B, f/B), so no list of
 * files and users has to be kept in step with them; counting links was refused, as
 * each user would have to make its own.
 */
#include "build/downloads.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/sha256.h"
#include "base/str.h"
#include "net/bundle_name.h"
#include "net/cache.h"
#include "record/stream.h"

static const char *note_of(struct arena *a, const char *cache, const char *work)
{
	struct sha256 *h = sha256_open();
	char hex[SHA256_HEX];

	sha256_add(h, work, strlen(work));
	sha256_end(h, hex);
	sha256_close(h);
	return arena_printf(a, "%s/users/%s", cache, hex);
}

static int take_lock(struct downloads *d, struct arena *a, int how,
	struct err *err)
{
	const char *path = arena_printf(a, "%s/users/lock", d->path);

	/* Without O_CLOEXEC: tasks that outlive us use the cache, too. */
	d->lock = open(path, O_RDWR | O_CREAT, 0666);
	if (d->lock < 0)
		return err_sys(err, "cannot open '%s'", path);
	while (flock(d->lock, how) < 0) {
		if (errno == EWOULDBLOCK)
			return err_set(err, ERR_TEMP,
				"cache '%s' is in use by a bake: try again "
				"when it has ended",
				d->path);
		if (errno != EINTR)
			return err_sys(err, "cannot lock '%s'", path);
	}
	return 0;
}

static int use_own(struct downloads *d, struct arena *a, const char *work)
{
	d->path = arena_printf(a, "%s/cache", work);
	return 0;
}

int downloads_open(struct downloads *d, struct arena *a, const char *path,
	const char *work, struct err *err)
{
	const char *note;
	struct buf text = BUF_INIT;
	int r;

	*d = (struct downloads)DOWNLOADS_INIT;
	if (path == NULL)
		return use_own(d, a, work);
	d->path = path;
	d->is_shared = true;
	note = note_of(a, path, work);
	if (io_make_parent(note, err) < 0 || take_lock(d, a, LOCK_SH, err) < 0)
		return -1;
	buf_addf(&text, "%s\n", work);
	r = io_replace_if_changed(note, text.data, text.len, err);
	buf_release(&text);
	return r;
}

int downloads_open_alone(struct downloads *d, struct arena *a, const char *work,
	struct err *err)
{
	const char *conf = arena_printf(a, "%s/conf.fetch", work), *path = NULL;
	struct buf text = BUF_INIT;
	int r = io_read_file(conf, 1 << 16, &text, err);

	*d = (struct downloads)DOWNLOADS_INIT;
	if (r == 0)
		path = js_get_text(js_parse(a, text.data ? text.data : "",
					   text.len, err),
			"cache");
	buf_release(&text);
	if (r < 0)
		return -1;
	if (path == NULL || path[0] != '/')
		return use_own(d, a, work);
	d->path = path;
	d->is_shared = true;
	return take_lock(d, a, LOCK_EX | LOCK_NB, err);
}

int downloads_leave(const struct downloads *d, struct arena *a,
	const char *work, struct err *err)
{
	const char *note = note_of(a, d->path, work);

	if (d->is_shared && unlink(note) < 0 && errno != ENOENT)
		return err_sys(err, "cannot remove '%s'", note);
	return 0;
}

void downloads_close(struct downloads *d)
{
	if (d->lock >= 0)
		close(d->lock);
	d->lock = -1;
}

/* The two last parts of a path in a cache, "ab/cdef..-name", as 64 digits. */
static void add_path(struct arena *a, const char *path, struct names *out)
{
	const char *base = strrchr(path, '/');

	if (base != NULL && base - path >= 2 && strlen(base) > 62)
		names_add(out, a,
			arena_printf(a, "%.2s%.62s", base - 2, base + 1), 0);
}

static int add_local(struct arena *a, const char *path, struct names *out,
	struct err *err)
{
	struct buf full = BUF_INIT;
	int r = io_absolute(NULL, path, &full, err);

	if (r == 0)
		names_add(out, a, arena_strdup(a, full.data), 0);
	buf_release(&full);
	return r;
}

/* Of a member of an archive, the archive. */
static int add_url(struct arena *a, const char *text, struct names *out,
	struct err *err)
{
	struct arena one = ARENA_INIT;
	struct bundle_name name;
	struct cache_place place;
	struct url url;
	int r = bundle_name_split(&one, text, &name, err);

	if (r == 0)
		r = url_parse(&one, name.container ? name.container : text,
			&url, err);
	if (r == 0 && url.kind == URL_LOCAL) {
		r = add_local(a, url.path, out, err);
	} else if (r == 0) {
		cache_place(&one, "", &url, &place);
		add_path(a, place.data, out);
	}
	arena_release(&one);
	return r;
}

static int add_batch(struct arena *a, const char *path, struct names *out,
	struct err *err)
{
	struct stream_in *in = stream_open(&path, 1);
	struct arena one = ARENA_INIT;
	struct js *rec;
	int got;

	while ((got = stream_next(in, &one, &rec, err)) > 0) {
		const char *url = js_get_text(rec, "url");
		const char *file = js_text(js_path(rec, "file", "path", NULL));

		/* What was unpacked is not called by its URL. */
		if (file != NULL)
			add_path(a, file, out);
		if (url != NULL && add_url(a, url, out, err) < 0) {
			got = -1;
			break;
		}
		arena_reset(&one);
	}
	arena_release(&one);
	stream_close(in);
	return got;
}

/* Call fn for each file of a folder, which may not be there. */
static int each_file(const char *folder,
	int (*fn)(void *state, const char *path, struct err *err), void *state,
	struct err *err)
{
	struct arena one = ARENA_INIT;
	const struct dirent *e;
	DIR *dir = opendir(folder);
	int r = 0;

	if (dir == NULL && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (dir == NULL)
		return err_sys(err, "cannot open folder '%s'", folder);
	while (r == 0 && (e = readdir(dir)) != NULL) {
		size_t n = strspn(e->d_name, "0123456789abcdef");

		if (n > 0 && e->d_name[n] == '\0')
			r = fn(state,
				arena_printf(&one, "%s/%s", folder, e->d_name),
				err);
		arena_reset(&one);
	}
	closedir(dir);
	arena_release(&one);
	return r;
}

struct reader {
	struct arena *arena;
	const char *work;
	struct names *names;
};

static int read_batch(void *state, const char *path, struct err *err)
{
	const struct reader *r = state;

	return add_batch(r->arena, path, r->names, err);
}

static int read_work(struct reader *r, const char *work, struct err *err)
{
	if (each_file(arena_printf(r->arena, "%s/k", work), read_batch, r,
		    err) < 0)
		return -1;
	return each_file(arena_printf(r->arena, "%s/f", work), read_batch, r,
		err);
}

/* A note of another work folder. */
static int read_note(void *state, const char *path, struct err *err)
{
	struct reader *r = state;
	struct buf text = BUF_INIT;
	int got = io_read_file(path, 1 << 16, &text, err);

	if (got == 0 && text.len > 0) {
		text.data[text.len - 1] = '\0';
		if (!str_eq(text.data, r->work))
			got = read_work(r, text.data, err);
	}
	buf_release(&text);
	return got;
}

int downloads_owners(const struct downloads *d, struct arena *a,
	const char *work, struct downloads_owners *out, struct err *err)
{
	struct reader ours = { a, work, &out->ours };
	struct reader others = { a, work, &out->others };

	*out = (struct downloads_owners){ .ours = { .n = 0 } };
	if (read_work(&ours, work, err) < 0)
		return -1;
	return each_file(arena_printf(a, "%s/users", d->path), read_note,
		&others, err);
}

int downloads_open_at(struct downloads *d, struct arena *a, const char *path,
	struct err *err)
{
	*d = (struct downloads)DOWNLOADS_INIT;
	d->path = path;
	d->is_shared = access(arena_printf(a, "%s/users", path), F_OK) == 0;
	return d->is_shared ? take_lock(d, a, LOCK_EX | LOCK_NB, err) : 0;
}

int downloads_named(const struct downloads *d, struct arena *a,
	struct names *out, struct err *err)
{
	struct reader all = { a, "", out };

	return each_file(arena_printf(a, "%s/users", d->path), read_note, &all,
		err);
}

int downloads_add(struct arena *a, const char *path, struct names *out,
	struct err *err)
{
	struct reader r = { a, "", out };
	struct stat st;

	if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode))
		return add_batch(a, path, out, err);
	if (access(arena_printf(a, "%s/k", path), F_OK) < 0)
		return err_set(err, ERR_DATA,
			"'%s' is no work folder: it has no folder 'k'", path);
	return read_work(&r, path, err);
}

bool downloads_is_file(const char *key, char digest[DOWNLOADS_DIGEST])
{
	static const char digits[] = "0123456789abcdef";
	const char *rest = key + 3;

	if (strspn(key, digits) != 2 || key[2] != '/' ||
		strspn(rest, digits) != 62 || strchr(rest, '/') != NULL ||
		(rest[62] != '\0' && rest[62] != '-' && rest[62] != '.'))
		return false;
	snprintf(digest, DOWNLOADS_DIGEST, "%.2s%.62s", key, rest);
	return true;
}
