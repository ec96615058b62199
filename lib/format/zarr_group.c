/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Documents that hold all others are believed, as every reader does: a store of
 * which each array must be asked for cannot be read from a server.
 *
 * Python writes NaN, the infinities and whole numbers of any size bare into JSON,
 * which has neither; they are put into quotes before the text is parsed, for which
 * records have them too (record/json).
 */
#include "format/zarr_group.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"

enum { MOST_DIGITS = 18 }; /* of a number that surely fits */

/* The end of a text in quotes that begins at s. */
static const char *skip_text(const char *s, const char *end)
{
	for (s++; s < end && *s != '"'; s++)
		if (*s == '\\' && s + 1 < end)
			s++;
	return s < end ? s + 1 : end;
}

/* Is what begins there a word or a number that is no JSON?  Its length, or 0. */
static size_t odd(const char *s, const char *end)
{
	static const char *const words[] = { "NaN", "Infinity", "-Infinity" };
	const char *p = s;

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		size_t n = strlen(words[i]);

		if ((size_t)(end - s) >= n && memcmp(s, words[i], n) == 0)
			return n;
	}
	if (p < end && *p == '-')
		p++;
	while (p < end && *p >= '0' && *p <= '9')
		p++;
	if (p - s <= MOST_DIGITS || (p < end && strchr(".eE", *p) != NULL))
		return 0;
	return (size_t)(p - s);
}

/* The end of a number or word that is JSON. */
static const char *skip_plain(const char *s, const char *end)
{
	const char *p = s;

	while (p < end && *p != '\0' && strchr("+-.0123456789eE", *p) != NULL)
		p++;
	return p > s ? p : s + 1;
}

static void put_in_quotes(const struct buf *text, struct buf *out)
{
	const char *s = text->data, *end = s + text->len, *next;

	for (; s < end; s = next) {
		size_t n = odd(s, end);

		next = n > 0      ? s + n :
			*s == '"' ? skip_text(s, end) :
				    skip_plain(s, end);
		if (n > 0)
			buf_addc(out, '"');
		buf_add(out, s, (size_t)(next - s));
		if (n > 0)
			buf_addc(out, '"');
	}
}

/* NULL: ERR_DATA. */
static const struct js *parse(struct arena *a, const struct buf *text,
	struct err *err)
{
	struct buf plain = BUF_INIT;
	const struct js *v;

	put_in_quotes(text, &plain);
	v = js_parse(a, plain.len ? plain.data : "", plain.len, err);
	buf_release(&plain);
	if (v != NULL && js_type(v) != JS_OBJECT) {
		err_set(err, ERR_DATA, "not an object");
		return NULL;
	}
	return v;
}

static int check_version(const struct js *doc, int64_t version, struct err *err)
{
	int64_t n = 0;

	if (js_i64(js_get(doc, "zarr_format"), &n) && n == version)
		return 0;
	return err_set(err, ERR_DATA, "'zarr_format' is not %d", (int)version);
}

/* Room for one more. */
static struct zarr_node *add_node(struct arena *a, struct zarr_group *g,
	const char *name)
{
	if ((g->n & (g->n - 1)) == 0) { /* full: twice as many */
		struct zarr_node *more =
			ARENA_NEW(a, struct zarr_node, g->n ? 2 * g->n : 1);

		if (g->n > 0)
			memcpy(more, g->nodes, g->n * sizeof(*more));
		g->nodes = more;
	}
	g->nodes[g->n] =
		(struct zarr_node){ .version = g->version, .name = name };
	return &g->nodes[g->n++];
}

/* "sst" of "sst/.zarray", or NULL: it is another one, or lies deeper. */
static const char *node_name(struct arena *a, const char *key,
	const char *document)
{
	const char *slash = strchr(key, '/');

	if (slash == NULL || slash == key || !str_eq(slash + 1, document))
		return NULL;
	return arena_strndup(a, key, (size_t)(slash - key));
}

static int read_zmetadata(struct arena *a, const struct js *doc,
	struct zarr_group *g, struct err *err)
{
	const struct js *all = js_get(doc, "metadata");

	if (js_type(all) != JS_OBJECT)
		return err_set(err, ERR_DATA, "'metadata' is not an object");
	if (js_get(all, ".zarray") != NULL)
		return err_set(err, ERR_DATA,
			"an array, not a group of arrays");
	g->attrs = js_get(all, ".zattrs");
	g->nodes = ARENA_NEW(a, struct zarr_node, 1);
	for (void *it = js_first(all); it; it = js_next(all, it)) {
		const char *name = node_name(a, js_name(it), ".zarray");
		struct zarr_node *node;

		if (name == NULL)
			continue;
		node = add_node(a, g, name);
		node->array = js_member(it);
		node->attrs = js_get(all, arena_printf(a, "%s/.zattrs", name));
	}
	return 0;
}

static bool is_array(const struct js *doc)
{
	const char *type = js_get_text(doc, "node_type");

	return type != NULL && str_eq(type, "array");
}

static int read_root(struct arena *a, const struct js *doc,
	struct zarr_group *g, struct err *err)
{
	const char *type = js_get_text(doc, "node_type");
	const struct js *inner = js_get(doc, "consolidated_metadata");
	const char *kind = js_get_text(inner, "kind");
	const struct js *all = js_get(inner, "metadata");

	if (check_version(doc, 3, err) < 0)
		return -1;
	if (type == NULL || !str_eq(type, "group"))
		return err_set(err, ERR_DATA, "%s",
			is_array(doc) ? "an array, not a group of arrays" :
					"'node_type' is not 'group'");
	g->attrs = js_get(doc, "attributes");
	if (js_type(inner) == JS_NULL)
		return 0;
	if (kind == NULL || !str_eq(kind, "inline") ||
		js_type(all) != JS_OBJECT)
		return err_set(err, ERR_DATA,
			"'consolidated_metadata' is of no kind that is known");
	g->nodes = ARENA_NEW(a, struct zarr_node, 1);
	for (void *it = js_first(all); it; it = js_next(all, it)) {
		struct zarr_node *node;

		if (strchr(js_name(it), '/') != NULL ||
			!is_array(js_member(it)))
			continue;
		node = add_node(a, g, js_name(it));
		node->array = js_member(it);
		node->attrs = js_get(js_member(it), "attributes");
	}
	return 0;
}

int zarr_group_parse(struct arena *a, int version, struct buf *text,
	struct zarr_group *out, struct err *err)
{
	const struct js *doc = parse(a, text, err);

	*out = (struct zarr_group){ .version = version };
	if (doc == NULL)
		return -1;
	return version == 2 ? read_zmetadata(a, doc, out, err) :
			      read_root(a, doc, out, err);
}

/* 1: the file is there and text holds it; 0: it is not. */
static int read_file(int dir, const char *name, struct buf *text,
	struct err *err)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct io_range all = { 0, 0 };
	struct stat st;
	int r;

	buf_reset(text);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (fd < 0)
		return err_sys(err, "cannot open '%s'", name);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
		st.st_size > ZARR_GROUP_MAX) {
		close(fd);
		return err_set(err, ERR_DATA,
			"'%s' is no file, or too large for a document", name);
	}
	all.len = (size_t)st.st_size;
	buf_resize(text, all.len);
	r = io_read_at(fd, name, all, text->data, err);
	close(fd);
	return r < 0 ? -1 : 1;
}

/* 1: the document is there; 0: it is not. */
static int read_document(struct arena *a, int dir, const char *name,
	const struct js **out, struct err *err)
{
	struct buf text = BUF_INIT;
	int r = read_file(dir, name, &text, err);

	*out = NULL;
	if (r > 0) {
		*out = parse(a, &text, err);
		if (*out == NULL)
			r = err_in(err, "'%s'", name);
	}
	buf_release(&text);
	return r;
}

/* What is in a folder of that name: an array, or not. */
static int read_node(struct arena *a, int dir, struct zarr_group *g,
	const char *name, struct err *err)
{
	bool v2 = g->version == 2;
	const char *path =
		arena_printf(a, "%s/%s", name, v2 ? ".zarray" : "zarr.json");
	const struct js *doc, *attrs = NULL;
	struct zarr_node *node;
	int r = read_document(a, dir, path, &doc, err);

	if (r <= 0 || (!v2 && !is_array(doc)))
		return r < 0 ? -1 : 0;
	if (v2 &&
		read_document(a, dir, arena_printf(a, "%s/.zattrs", name),
			&attrs, err) < 0)
		return -1;
	node = add_node(a, g, name);
	node->array = doc;
	node->attrs = v2 ? attrs : js_get(doc, "attributes");
	return 0;
}

static int by_name(const void *x, const void *y)
{
	return strcmp(*(char *const *)x, *(char *const *)y);
}

/* Every folder of the store; sorted, for the order of a folder is chance. */
static int read_folders(struct arena *a, int dir, struct zarr_group *g,
	struct err *err)
{
	int copy = openat(dir, ".", O_RDONLY | O_CLOEXEC | O_DIRECTORY);
	DIR *d = copy < 0 ? NULL : fdopendir(copy);
	struct buf names = BUF_INIT;
	char **list;
	size_t n;
	int r = 0;

	if (d == NULL)
		return err_sys(err, "cannot list the folder");
	for (struct dirent *e; (e = readdir(d)) != NULL;) {
		char *name = arena_strdup(a, e->d_name);

		if (name[0] != '.')
			buf_add(&names, &name, sizeof(name));
	}
	closedir(d);
	n = names.len / sizeof(*list);
	list = ARENA_NEW(a, char *, n);
	if (n > 0)
		memcpy(list, names.data, names.len);
	buf_release(&names);
	qsort(list, n, sizeof(*list), by_name);
	g->nodes = ARENA_NEW(a, struct zarr_node, 1);
	for (size_t i = 0; i < n && r == 0; i++)
		r = read_node(a, dir, g, list[i], err);
	return r;
}

/* Version 2 without a document for all. */
static int read_plain_v2(struct arena *a, int dir, struct zarr_group *g,
	struct err *err)
{
	const struct js *doc, *attrs;
	int r = read_document(a, dir, ".zgroup", &doc, err);

	if (r < 0)
		return -1;
	if (r == 0 && faccessat(dir, ".zarray", F_OK, 0) == 0)
		return err_set(err, ERR_DATA,
			"an array, not a group of arrays");
	if (r == 0)
		return err_set(err, ERR_DATA,
			"a folder without .zgroup, .zmetadata or zarr.json: no "
			"Zarr store");
	*g = (struct zarr_group){ .version = 2 };
	if (check_version(doc, 2, err) < 0 ||
		read_document(a, dir, ".zattrs", &attrs, err) < 0)
		return -1;
	g->attrs = attrs;
	return read_folders(a, dir, g, err);
}

int zarr_group_read(struct arena *a, int dir, struct zarr_group *out,
	struct err *err)
{
	static const char
		*const names[] = { [2] = ".zmetadata", [3] = "zarr.json" };
	struct buf text = BUF_INIT;
	int version = 3, r = read_file(dir, names[version], &text, err);

	if (r == 0) {
		version = 2;
		r = read_file(dir, names[version], &text, err);
	}
	if (r > 0 && zarr_group_parse(a, version, &text, out, err) < 0)
		r = err_in(err, "'%s'", names[version]);
	buf_release(&text);
	if (r <= 0)
		return r < 0 ? -1 : read_plain_v2(a, dir, out, err);
	return out->nodes != NULL ? 0 : read_folders(a, dir, out, err);
}
