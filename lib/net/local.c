/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A new time alone does not make another file: so the bytes are read, once for each
 * time.  Who reads the file later finds the old time in the record, another on the
 * disk, and asks for the digest then (chunk/source).
 */
#include "net/local.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/io.h"
#include "base/str.h"
#include "base/xxh.h"
#include "net/url.h"
#include "record/stream.h"

static void add(struct local *l, const struct js *rec)
{
	const struct js *file = js_get(rec, "file");
	const char *path = js_get_text(file, "path");
	const char *tag = js_get_text(file, "etag");
	const char *time = js_get_text(file, "modified");
	struct cache_file f = { .size = 0 };

	if (path == NULL || tag == NULL || time == NULL || !xxh_is_tag(tag) ||
		strlen(time) >= sizeof(f.modified) ||
		!js_u64(js_get(file, "size"), &f.size))
		return;
	f.path = arena_strdup(l->arena, path);
	snprintf(f.etag, sizeof(f.etag), "%s", tag);
	snprintf(f.modified, sizeof(f.modified), "%s", time);
	if (l->n == l->cap) {
		struct cache_file *more = ARENA_NEW(l->arena, struct cache_file,
			l->cap ? l->cap * 2 : 64);

		if (l->n > 0)
			memcpy(more, l->files, l->n * sizeof(*more));
		l->files = more;
		l->cap = l->cap ? l->cap * 2 : 64;
	}
	if (names_add(&l->paths, l->arena, f.path, l->n)->value == l->n)
		l->files[l->n++] = f;
}

int local_open(struct local *l, struct arena *a, const char *known,
	struct err *err)
{
	struct arena one = ARENA_INIT;
	struct stream_in *in;
	struct js *rec;
	int got;

	*l = (struct local){ .arena = a, .has_digests = known != NULL };
	if (known == NULL || access(known, F_OK) < 0)
		return 0;
	in = stream_open(&known, 1);
	while ((got = stream_next(in, &one, &rec, err)) > 0) {
		add(l, rec);
		arena_reset(&one);
	}
	arena_release(&one);
	stream_close(in);
	return got;
}

static bool same_stat(const struct stat *x, const struct stat *y)
{
	return x->st_size == y->st_size &&
		x->st_mtim.tv_sec == y->st_mtim.tv_sec &&
		x->st_mtim.tv_nsec == y->st_mtim.tv_nsec;
}

static int add_digest(const struct local *l, int fd, struct cache_file *f,
	struct err *err)
{
	const struct names_entry *e = names_find(&l->paths, f->path);
	const struct cache_file *old = e ? &l->files[e->value] : NULL;
	struct stat before, after;

	if (old != NULL && old->size == f->size &&
		str_eq(old->modified, f->modified)) {
		memcpy(f->etag, old->etag, sizeof(f->etag));
		return 0;
	}
	if (fstat(fd, &before) < 0 ||
		xxh_tag_of_file(fd, f->path, f->etag, err) < 0 ||
		fstat(fd, &after) < 0)
		return err->kind ? -1 :
				   err_sys(err, "cannot read '%s'", f->path);
	if (!same_stat(&before, &after))
		return err_set(err, ERR_TEMP,
			"'%s' changes while it is read: run again when it is "
			"whole",
			f->path);
	if (old != NULL && old->size == f->size && str_eq(old->etag, f->etag))
		memcpy(f->modified, old->modified, sizeof(f->modified));
	return 0;
}

int local_find(const struct local *l, struct arena *a, const char *path,
	struct cache_file *out, struct err *err)
{
	struct buf text = BUF_INIT;
	struct stat st;
	int fd, r = io_absolute(NULL, path, &text, err);

	if (r == 0)
		out->path = arena_strdup(a, text.data);
	buf_release(&text);
	if (r < 0)
		return -1;
	if (!str_is_utf8(out->path, strlen(out->path)))
		return err_set(err, ERR_DATA, "the path of '%s' is not UTF-8",
			url_show(a, path));
	fd = open(out->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return err_set(err, ERR_DATA, "cannot open '%s': %s",
			url_show(a, out->path), strerror(errno));
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return err_set(err, ERR_DATA,
			"cannot open '%s': not a regular file",
			url_show(a, out->path));
	}
	out->size = (uint64_t)st.st_size;
	clock_text(st.st_mtim.tv_sec, st.st_mtim.tv_nsec, out->modified);
	r = l->has_digests ? add_digest(l, fd, out, err) : 0;
	close(fd);
	return r;
}

bool local_is_store(const char *path)
{
	static const char *const names[] = { "zarr.json", ".zmetadata",
		".zgroup" };
	int dir = open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
	bool found = false;

	if (dir < 0)
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		found |= faccessat(dir, names[i], F_OK, 0) == 0;
	close(dir);
	return found;
}

static int add_listing(struct js *file, const char *path, struct err *err)
{
	char tag[XXH_TAG];
	int r, fd = open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY);

	if (fd < 0)
		return err_set(err, ERR_DATA, "cannot open '%s': %s", path,
			strerror(errno));
	r = folder_tag(fd, path, tag, err);
	close(fd);
	js_set_text(file, "path", path);
	js_set_text(file, "listing", tag);
	return r;
}

struct js *local_store(struct arena *a, const char *path, bool plain,
	struct err *err)
{
	struct js *file = js_new_object(a);
	struct buf text = BUF_INIT;
	int r = io_absolute(NULL, path, &text, err);

	if (r == 0 && !plain)
		r = err_set(err, ERR_DATA,
			"'%s' is a Zarr store, which has no digest and "
			"goes through no program",
			url_show(a, path));
	if (r == 0 && !str_is_utf8(text.data, text.len))
		r = err_set(err, ERR_DATA, "the path of '%s' is not UTF-8",
			url_show(a, path));
	if (r == 0)
		r = add_listing(file, text.data, err);
	buf_release(&text);
	return r == 0 ? file : NULL;
}

bool local_is_absent(const char *path)
{
	struct stat st;

	return stat(path, &st) < 0 && (errno == ENOENT || errno == ENOTDIR);
}

int local_check(struct arena *a, const struct cache_file *file,
	const struct checks *checks, struct err *err)
{
	if (cache_agrees(file, checks))
		return 0;
	return err_set(err, ERR_DATA,
		"'%s' is not the file that the record means: it has not the "
		"digest of its '%s'; get the file again, or correct the "
		"record",
		url_show(a, file->path),
		checks_want(checks, DIGEST_SHA256) ? "sha256" : "md5");
}
