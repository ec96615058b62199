/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists are held whole, because a name that is given twice would end up twice
 * in the store, and to find that all names must be seen before the first is
 * used.
 */
#include "recipe/pattern_files.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"
#include "recipe/pattern_url.h"

enum { LIST_MAX = 1 << 30 };

struct listing {
	struct arena *arena;
	const struct pattern_spec *spec;
	struct pattern_files *out;
	struct pattern_seen seen;
	struct buf url;
	struct err *err;
};

static int add_file(struct listing *l, const char *text)
{
	if (pattern_url_resolve(l->spec->folder, text, &l->url, l->err) < 0)
		return -1;
	if (!pattern_seen_add(&l->seen, l->url.data, l->url.len))
		return err_set(l->err, ERR_DATA, "'%.200s' is listed twice",
			text);
	l->out->at[l->out->n++] =
		arena_strndup(l->arena, l->url.data, l->url.len);
	return 0;
}

static int add_given(struct listing *l)
{
	const struct pattern_spec *spec = l->spec;

	l->out->at = ARENA_NEW(l->arena, const char *, spec->nfiles);
	for (size_t i = 0; i < spec->nfiles; i++)
		if (add_file(l, spec->files[i]) < 0)
			return err_in(l->err, "files[%zu]", i);
	return 0;
}

/* The folder is not part of what the user wrote: its characters stand for
 * themselves. */
static void add_quoted(struct buf *out, const char *s)
{
	for (; *s != '\0'; s++) {
		if (strchr("*?[\\", *s) != NULL)
			buf_addc(out, '\\');
		buf_addc(out, *s);
	}
}

static int by_bytes(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

/* Is a folder, whose name ends with a slash, a Zarr store? */
static bool is_store(struct arena *a, const char *path)
{
	static const char *const marks[] = { "zarr.json", ".zmetadata",
		".zgroup", ".zarray" };

	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (access(arena_printf(a, "%s%s", path, marks[i]), F_OK) == 0)
			return true;
	return false;
}

static int add_found(struct listing *l, glob_t *found)
{
	qsort(found->gl_pathv, found->gl_pathc, sizeof(*found->gl_pathv),
		by_bytes);
	l->out->at = ARENA_NEW(l->arena, const char *, found->gl_pathc);
	for (size_t i = 0; i < found->gl_pathc; i++) {
		char *path = found->gl_pathv[i];
		size_t len = strlen(path);

		if (str_ends(path, "/")) { /* a folder */
			if (!is_store(l->arena, path))
				continue;
			path[len - 1] = '\0';
		}
		if (add_file(l, path) < 0)
			return -1;
	}
	return 0;
}

/* A folder that cannot be read hides files; one that is not there has none. */
static int on_unreadable(const char *path, int cause)
{
	(void)path;
	errno = cause;
	return cause != ENOENT && cause != ENOTDIR;
}

/* A folder "**", which to glob(3) is one level and to shells and Python all. */
static bool means_all_levels(const char *path)
{
	const char *at = path;

	while ((at = strstr(at, "**/")) != NULL)
		if (at == path || at[-1] == '/')
			return true;
		else
			at++;
	return false;
}

static int add_glob(struct listing *l)
{
	const char *path = l->spec->path;
	struct buf full = BUF_INIT;
	glob_t found = { .gl_pathc = 0 };
	int r;

	if (means_all_levels(path))
		return err_set(l->err, ERR_DATA,
			"'%.200s': '**' is one level of folders here; write "
			"'*/' for each, or list the files (list) that find(1) "
			"finds",
			path);
	if (*path != '/') {
		add_quoted(&full, l->spec->folder);
		buf_addc(&full, '/');
	}
	buf_adds(&full, path);
	r = glob(full.data, GLOB_MARK | GLOB_NOSORT, on_unreadable, &found);
	buf_release(&full);
	if (r == 0)
		r = add_found(l, &found);
	else if (r != GLOB_NOMATCH)
		r = err_set(l->err, ERR_FAIL, "cannot look for '%.200s': %s",
			path,
			r == GLOB_NOSPACE ? "out of memory" : strerror(errno));
	else
		r = 0;
	globfree(&found);
	if (r == 0 && l->out->n == 0)
		r = err_set(l->err, ERR_DATA, "'%.200s' matches no file", path);
	return r;
}

/* A line without its end and blanks around it. */
static const char *trim(char *s, size_t len)
{
	while (len > 0 && strchr(" \t\r", s[len - 1]) != NULL)
		len--;
	s[len] = '\0';
	return s + strspn(s, " \t");
}

static int add_lines(struct listing *l, char *s)
{
	for (size_t line = 1; *s != '\0'; line++) {
		size_t len = strcspn(s, "\n");
		bool last = s[len] == '\0';
		const char *text = trim(s, len);

		if (*text != '\0' && *text != '#' && add_file(l, text) < 0)
			return err_in(l->err, "%s:%zu", l->spec->path, line);
		s += len + !last;
	}
	return 0;
}

static int add_listed(struct listing *l)
{
	struct buf path = BUF_INIT, text = BUF_INIT;
	size_t lines = 1;
	int r = pattern_list_path(l->spec, &path, l->err);

	if (r == 0)
		r = io_read_file(path.data, LIST_MAX, &text, l->err);
	if (r == 0 && text.len > 0 && memchr(text.data, '\0', text.len))
		r = err_set(l->err, ERR_DATA,
			"'%.200s' is not text: it has "
			"a zero byte",
			l->spec->path);
	for (size_t i = 0; i < text.len; i++)
		lines += text.data[i] == '\n';
	if (r == 0 && text.len > 0) {
		l->out->at = ARENA_NEW(l->arena, const char *, lines);
		r = add_lines(l, text.data);
	}
	if (r == 0 && l->out->n == 0)
		r = err_set(l->err, ERR_DATA, "'%.200s' lists no file",
			l->spec->path);
	buf_release(&path);
	buf_release(&text);
	return r;
}

int pattern_list_path(const struct pattern_spec *spec, struct buf *out,
	struct err *err)
{
	if (spec->local != NULL)
		return io_absolute(NULL, spec->local, out, err);
	if (strstr(spec->path, "://") != NULL)
		return err_set(err, ERR_FAIL, "'%.200s' was not read",
			spec->path);
	return io_absolute(spec->folder, spec->path, out, err);
}

int pattern_files_read(struct arena *a, const struct pattern_spec *spec,
	struct pattern_files *out, struct err *err)
{
	struct listing l = { .arena = a, .spec = spec, .out = out, .err = err };
	int r;

	*out = (struct pattern_files){ .n = 0 };
	if (spec->from == PATTERN_FILES)
		r = add_given(&l);
	else if (spec->from == PATTERN_GLOB)
		r = add_glob(&l);
	else
		r = add_listed(&l);
	pattern_seen_release(&l.seen);
	buf_release(&l.url);
	return r < 0 ? err_in(err, "%s", spec->where) : 0;
}
