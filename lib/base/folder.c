/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sorted by name, since a folder lists its files by chance.  The bytes of the files are
 * not read: a store of a terabyte would be read twice.
 */
#include "base/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

enum { DEEPEST = 64 };

struct walk {
	struct xxh *h;
	const char *path;
	struct buf line;
};

static int by_name(const void *x, const void *y)
{
	return strcmp(*(char *const *)x, *(char *const *)y);
}

struct names_in {
	char **at;
	size_t n;
};

static int list(struct arena *a, int dir, const char *path,
	struct names_in *out, struct err *err)
{
	int copy = openat(dir, ".", O_RDONLY | O_CLOEXEC | O_DIRECTORY);
	DIR *d = copy < 0 ? NULL : fdopendir(copy);
	struct buf names = BUF_INIT;
	struct dirent *e;

	if (d == NULL)
		return err_sys(err, "cannot list '%s'", path);
	while ((e = readdir(d)) != NULL) {
		char *name = arena_strdup(a, e->d_name);

		if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
			buf_add(&names, &name, sizeof(name));
	}
	closedir(d);
	out->n = names.len / sizeof(*out->at);
	out->at = ARENA_NEW(a, char *, out->n);
	if (out->n > 0)
		memcpy(out->at, names.data, names.len);
	buf_release(&names);
	qsort(out->at, out->n, sizeof(*out->at), by_name);
	return 0;
}

static int walk_folder(struct walk *w, int dir, unsigned depth,
	struct err *err);

static int add_entry(struct walk *w, int dir, const char *name, unsigned depth,
	struct err *err)
{
	struct stat st;
	int sub, r;

	if (fstatat(dir, name, &st, 0) < 0)
		return err_set(err, ERR_TEMP,
			"'%s' in '%s' is gone while the folder is read: run "
			"again",
			name, w->path);
	buf_reset(&w->line);
	buf_addf(&w->line, "%u %s", depth, name);
	buf_addc(&w->line, '\0');
	if (!S_ISDIR(st.st_mode))
		buf_addf(&w->line, "%lld %lld.%09ld\n", (long long)st.st_size,
			(long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
	xxh_add(w->h, w->line.data, w->line.len);
	if (!S_ISDIR(st.st_mode))
		return 0;
	sub = openat(dir, name, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
	if (sub < 0)
		return err_sys(err, "cannot open '%s' in '%s'", name, w->path);
	r = walk_folder(w, sub, depth + 1, err);
	close(sub);
	return r;
}

static int walk_folder(struct walk *w, int dir, unsigned depth, struct err *err)
{
	struct arena a = ARENA_INIT;
	struct names_in names = { NULL, 0 };
	int r;

	if (depth > DEEPEST)
		return err_set(err, ERR_DATA,
			"'%s' has folders more than %d deep", w->path, DEEPEST);
	r = list(&a, dir, w->path, &names, err);
	for (size_t i = 0; i < names.n && r == 0; i++)
		r = add_entry(w, dir, names.at[i], depth, err);
	arena_release(&a);
	return r;
}

int folder_tag(int dir, const char *path, char out[XXH_TAG], struct err *err)
{
	struct walk w = { .h = xxh_open(), .path = path };
	char digest[XXH_HEX];
	int r = walk_folder(&w, dir, 0, err);

	xxh_end(w.h, digest);
	xxh_close(w.h);
	buf_release(&w.line);
	snprintf(out, XXH_TAG, "xxh3-%s", digest);
	return r;
}
