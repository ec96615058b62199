/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names of one folder are read before any is acted on, so that removing
 * files cannot disturb the reading.
 */
#include "store/tree.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"

static void path_of(struct buf *out, const char *root, const char *key)
{
	buf_reset(out);
	buf_addf(out, "%s%s%s", root, *key ? "/" : "", key);
}

int tree_size(const char *root, const char *key, uint64_t *size,
	struct err *err)
{
	struct buf path = BUF_INIT;
	struct stat st;
	int r = 0;

	path_of(&path, root, key);
	if (lstat(path.data, &st) < 0) {
		if (errno != ENOENT && errno != ENOTDIR)
			r = err_sys(err, "cannot look at '%s'", path.data);
	} else if (S_ISREG(st.st_mode)) {
		*size = (uint64_t)st.st_size;
		r = 1;
	}
	buf_release(&path);
	return r;
}

/* The names in a folder, one after the other, each with its NUL. */
static int read_names(const char *path, struct buf *out, struct err *err)
{
	DIR *dir = opendir(path);
	const struct dirent *e;

	if (dir == NULL && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (dir == NULL)
		return err_sys(err, "cannot read folder '%s'", path);
	while ((e = readdir(dir)) != NULL)
		if (!str_eq(e->d_name, ".") && !str_eq(e->d_name, ".."))
			buf_add(out, e->d_name, strlen(e->d_name) + 1);
	closedir(dir);
	return 0;
}

static int walk_folder(const struct tree_walk *w, const char *folder,
	struct err *err);

static int walk_one(const struct tree_walk *w, const char *key, struct err *err)
{
	struct buf path = BUF_INIT;
	struct stat st;
	int r = 0;

	path_of(&path, w->root, key);
	if (lstat(path.data, &st) < 0)
		r = errno == ENOENT ?
			0 :
			err_sys(err, "cannot look at '%s'", path.data);
	else if (S_ISREG(st.st_mode))
		r = w->fn(w->state, key, err);
	else if (S_ISDIR(st.st_mode) && w->deep)
		r = walk_folder(w, key, err);
	buf_release(&path);
	return r;
}

static int walk_folder(const struct tree_walk *w, const char *folder,
	struct err *err)
{
	struct buf names = BUF_INIT, path = BUF_INIT;
	int r;

	path_of(&path, w->root, folder);
	r = read_names(path.data, &names, err);
	for (size_t i = 0; r == 0 && i < names.len;
		i += strlen(names.data + i) + 1) {
		path_of(&path, folder, names.data + i);
		r = walk_one(w, *folder ? path.data : names.data + i, err);
	}
	buf_release(&names);
	buf_release(&path);
	return r;
}

int tree_walk(const struct tree_walk *walk, struct err *err)
{
	return walk_folder(walk, walk->below, err);
}

int tree_remove(const char *root, const char *key, struct err *err)
{
	struct buf path = BUF_INIT;
	char *slash;
	int r = 0;

	path_of(&path, root, key);
	if (unlink(path.data) < 0 && errno != ENOENT && errno != ENOTDIR)
		r = err_sys(err, "cannot remove '%s'", path.data);
	while (r == 0 && (slash = strrchr(path.data, '/')) != NULL &&
		slash > path.data + strlen(root)) {
		*slash = '\0';
		if (rmdir(path.data) < 0)
			break; /* not empty, most often */
	}
	buf_release(&path);
	return r;
}
