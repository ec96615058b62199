/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pgf-open: file records in, dataset records out.  Reads metadata only, except
 * of variables that do not grow along all concat dimensions of the record, and
 * of small ones that merged files may repeat: a digest of their values tells later
 * whether the files agree.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crash.h"
#include "base/clock.h"
#include "base/folder.h"
#include "base/io.h"
#include "base/num.h"
#include "base/str.h"
#include "chunk/source.h"
#include "format/input.h"
#include "net/url.h"
#include "record/ahead.h"
#include "record/ledger.h"

/* Bytes that are asked for at once, at least, of a remote file. */
enum { BLOCK = 1 << 15 };

static const char *recipe;

static const struct opt opts[] = {
	{ OPT_TEXT, 'r', "recipe", "RECIPE", &recipe,
		"ask for files on servers as its member fetch says" },
	{ OPT_END, 0, NULL, NULL, NULL, NULL },
};

static const struct opt_spec spec = {
	.name = "pgf-open",
	.summary = "describe files as tables of chunks",
	.synopsis =
		"[-kqv] [-r RECIPE] [-o FILE] [--stamp FILE] [--files-from FILE] "
		"[--rejects FILE] [FILE...]",
	.opts = opts,
	.more = tool_filter_options,
};

/* One depot for each record that is looked at; what comes at once takes 2 MB of the
 * disk a record, at most. */
struct depots {
	struct depot *of[AHEAD_MAX];
	struct origin origin[AHEAD_MAX];
};

/* The file of a record being opened. */
struct opened {
	struct arena *arena;
	struct js *rec;
	struct depot *depot; /* of remote files */
	struct origin origin, store;
	struct view file;
	struct input in;
};

/* The origin of what is read first of a file on a server: the file, or the document
 * of a Zarr store. */
static int read_origin(struct arena *a, const struct js *file,
	struct origin *out, struct err *err)
{
	const struct js *document = js_get(file, "document");
	const char *name = js_get_text(document, "name");
	struct origin store;
	struct js *whole;

	if (document == NULL)
		return origin_read(a, file, out, err);
	if (name == NULL ||
		(!str_eq(name, "zarr.json") && !str_eq(name, ".zmetadata")))
		return err_set(err, ERR_DATA,
			"member 'document' has no 'name' of one");
	if (origin_read_folder(a, file, &store, err) < 0)
		return -1;
	whole = js_copy(a, document);
	js_set_text(whole, "url", origin_object(a, store.url, name));
	return origin_read(a, whole, out, err);
}

/* A file that stays on its server. */
static int open_remote(struct opened *o, const struct js *file, struct err *err)
{
	struct depot_copy *copy;

	if (read_origin(o->arena, file, &o->origin, err) < 0)
		return err_in(err, "member 'file'");
	copy = depot_copy_of(o->depot, &o->origin, err);
	if (copy == NULL)
		return -1;
	o->file = view_of_copy(copy, &o->origin);
	return 0;
}

/* A Zarr store that stays on its server: of its document all is known. */
static int open_store(struct opened *o, const struct js *file, struct err *err)
{
	if (open_remote(o, file, err) < 0 ||
		origin_read_folder(o->arena, file, &o->store, err) < 0)
		return -1;
	o->file.path = o->store.shown;
	o->file.store = &o->store;
	o->file.document = js_get_text(js_get(file, "document"), "name");
	return 0;
}

/* A Zarr store: its files are looked at one by one. */
static int open_folder(struct opened *o, const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY);

	o->file = view_of_file(fd, path, 0);
	if (fd >= 0)
		return 0;
	return err_set(err, ERR_TEMP,
		"cannot open '%s', which was there: %s; run again", path,
		strerror(errno));
}

/* Open what pgf-fetch put into the record. */
static int open_fetched(struct opened *o, const struct js *file,
	struct err *err)
{
	const char *path = js_get_text(file, "path");
	uint64_t size;
	int fd;

	if (path == NULL && js_get(file, "document") != NULL)
		return open_store(o, file, err);
	if (path == NULL && js_get(file, "url") != NULL)
		return open_remote(o, file, err);
	if (path != NULL && js_get(file, "listing") != NULL)
		return open_folder(o, path, err);
	if (path == NULL || !js_u64(js_get(file, "size"), &size))
		return err_set(err, ERR_DATA,
			"member 'file' has no 'path' or no 'size'");
	/* a download's time is the server's, not that of the copy */
	fd = source_open(path, size,
		js_get(file, "sha256") == NULL ? js_get_text(file, "modified") :
						 NULL,
		js_get_text(file, "etag"), err);
	o->file = view_of_file(fd, path, size);
	return fd < 0 ? -1 : 0;
}

static int add_folder(struct opened *o, struct err *err)
{
	struct js *file = js_new_object(o->arena);
	char tag[XXH_TAG];

	if (folder_tag(o->file.fd, o->file.path, tag, err) < 0)
		return -1;
	js_set_text(file, "path", o->file.path);
	js_set_text(file, "listing", tag);
	js_set(o->rec, "file", file);
	return 0;
}

static void add_file(struct opened *o, const struct stat *st)
{
	struct js *file = js_new_object(o->arena);
	char modified[CLOCK_TEXT];

	clock_text(st->st_mtim.tv_sec, st->st_mtim.tv_nsec, modified);
	js_set_text(file, "path", o->file.path);
	js_set_u64(file, "size", o->file.size);
	js_set_text(file, "modified", modified);
	js_set(o->rec, "file", file);
}

/* Open the local file that "url" or "path" names, and add the member "file". */
static int open_named(struct opened *o, struct err *err)
{
	const char *text = js_get_text(o->rec, "url");
	struct buf path = BUF_INIT;
	struct url url;
	struct stat st;
	int fd;

	if (text == NULL)
		text = js_get_text(o->rec, "path");
	if (text == NULL)
		return err_set(err, ERR_DATA,
			"the record has no 'file', 'url' or 'path'");
	if (url_parse(o->arena, text, &url, err) < 0)
		return -1;
	if (url.kind != URL_LOCAL)
		return err_set(err, ERR_DATA,
			"'%s' is not a local file; "
			"pgf-fetch gets it",
			url_show(o->arena, text));
	if (io_absolute(NULL, url.path, &path, err) < 0)
		return -1;
	text = arena_strdup(o->arena, path.data);
	buf_release(&path);
	fd = open(text, O_RDONLY | O_CLOEXEC);
	o->file = view_of_file(fd, text, 0);
	if (fd < 0)
		return err_set(err,
			errno == ENOENT || errno == ENOTDIR ? ERR_DATA :
							      ERR_FAIL,
			"cannot open '%s': %s", text, strerror(errno));
	if (fstat(fd, &st) < 0)
		return err_sys(err, "cannot look at '%s'", text);
	if (S_ISDIR(st.st_mode))
		return add_folder(o, err);
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_DATA, "'%s' is not a file", text);
	o->file.size = (uint64_t)st.st_size;
	add_file(o, &st);
	return 0;
}

/* The recipe may state the format. */
static int check_format(const struct opened *o, struct err *err)
{
	const char *stated = js_get_text(o->rec, "format");

	if (stated == NULL || str_eq(stated, o->in.format))
		return 0;
	return err_set(err, ERR_DATA, "the recipe says '%s', the file is '%s'",
		stated, o->in.format);
}

/* "lat, lon, time" */
static const char *names_of(struct arena *a, const struct dataset *ds)
{
	const char *text = "none";

	for (unsigned i = 0; i < ds->ndims; i++)
		text = i == 0 ?
			ds->dims[i].name :
			arena_printf(a, "%s, %s", text, ds->dims[i].name);
	return text;
}

/* No such dimension; often there is one value of it, and the remedy is known. */
static int fail_dim(const struct opened *o, const struct dataset *ds,
	const char *name, struct err *err)
{
	const struct variable *v = dataset_var(ds, name);

	if (v != NULL && v->table.ndim == 0)
		return err_set(err, ERR_DATA,
			"no dimension '%s': there it is a single value; let a "
			"command make a dimension of it (fetch.exec of the "
			"recipe)",
			name);
	return err_set(err, ERR_DATA, "no dimension '%s'; the file has %s",
		name, names_of(o->arena, ds));
}

static int check_dims(const struct opened *o, const struct dataset *ds,
	struct err *err)
{
	const struct js *concat = js_path(o->rec, "key", "concat", NULL);
	const struct js *expect = js_get(o->rec, "expect");
	bool merged = js_count(js_path(o->rec, "key", "merge", NULL)) > 0;

	/* Members may have different dimensions: model/layout_member. */
	for (void *it = js_first(concat); it && !merged;
		it = js_next(concat, it))
		if (dataset_dim(ds, js_name(it)) == NULL)
			return fail_dim(o, ds, js_name(it), err);
	for (void *it = js_first(expect); it; it = js_next(expect, it)) {
		const struct dim *d = dataset_dim(ds, js_name(it));
		uint64_t n;

		if (!js_u64(js_member(it), &n))
			return err_set(err, ERR_DATA,
				"member 'expect': '%s' "
				"is not a whole number",
				js_name(it));
		if (d == NULL ? !merged : d->len != n)
			return err_set(err, ERR_DATA,
				"dimension '%s' has "
				"length %" PRIu64
				", the recipe promises %" PRIu64
				" items per file",
				js_name(it), d == NULL ? 0 : d->len, n);
	}
	return 0;
}

enum { SMALL = 1 << 16 }; /* elements that are read without being asked */

/* The same in all files along a concat dimension; without one there is nothing
 * to be the same along. */
static bool is_static(const struct js *concat, const struct variable *v)
{
	size_t n = 0;

	for (unsigned i = 0; i < v->table.ndim; i++)
		n += js_get(concat, v->dims[i]) != NULL;
	return n < js_count(concat);
}

/* Of the others, what several merged files are likely to repeat: coordinates
 * and their bounds. */
static bool may_repeat(const struct js *merge, const struct variable *v)
{
	uint64_t n;

	return js_count(merge) > 0 &&
		num_product(v->table.shape, v->table.ndim, &n) &&
		(v->table.ndim == 1 || n <= SMALL);
}

/* Without a key there is nothing to agree with. */
static int add_digests(const struct opened *o, const struct dataset *ds,
	struct err *err)
{
	const struct js *concat = js_path(o->rec, "key", "concat", NULL);
	const struct js *merge = js_path(o->rec, "key", "merge", NULL);

	if (js_get(o->rec, "key") == NULL)
		return 0;
	for (unsigned i = 0; i < ds->nvars; i++) {
		struct variable *v = &ds->vars[i];

		if (!is_static(concat, v) && !may_repeat(merge, v))
			continue;
		v->digest = input_digest(o->arena, &o->in, v, err);
		if (v->digest == NULL)
			return err_in(err, "variable '%s'", v->name);
	}
	return 0;
}

/* Whether files follow each other is seen by the coordinates of the concat
 * dimensions. */
static int add_axes(const struct opened *o, const struct dataset *ds,
	struct err *err)
{
	const struct js *concat = js_path(o->rec, "key", "concat", NULL);

	for (unsigned i = 0; i < ds->nvars; i++) {
		struct variable *v = &ds->vars[i];

		if (v->table.ndim == 1 && str_eq(v->dims[0], v->name) &&
			js_get(concat, v->name) != NULL &&
			input_axis(o->arena, &o->in, v, err) < 0)
			return err_in(err, "variable '%s'", v->name);
	}
	return 0;
}

static int describe(struct opened *o, struct err *err)
{
	struct dataset ds;

	o->in.file = &o->file;
	if (input_identify(&o->in, err) < 0 || check_format(o, err) < 0 ||
		input_read(o->arena, &o->in, &ds, err) < 0 ||
		check_dims(o, &ds, err) < 0 || add_digests(o, &ds, err) < 0 ||
		add_axes(o, &ds, err) < 0)
		return err_in(err, "cannot open '%s'", o->file.path);
	dataset_to_record(o->arena, &ds, o->rec);
	return 0;
}

/* A file that is not there: a dataset without variables, as long as the recipe
 * says that its files are. */
static int put_absent(struct js *rec, struct tool_sink *sink, struct err *err)
{
	const struct js *expect = js_get(rec, "expect");
	struct dataset ds = { .format = "netcdf4" };
	struct dim *dims =
		ARENA_NEW(sink->arena, struct dim, js_count(expect) + 1);

	ds.dims = dims;
	ds.attrs = js_new_object(sink->arena);
	ds.attr_dtypes = js_new_object(sink->arena);
	for (void *it = js_first(expect); it; it = js_next(expect, it)) {
		struct dim *d = &dims[ds.ndims++];

		d->name = js_name(it);
		if (!js_u64(js_member(it), &d->len))
			return err_set(err, ERR_DATA,
				"member 'expect': '%s' is not a whole number",
				d->name);
	}
	dataset_to_record(sink->arena, &ds, rec);
	return stream_put(sink->out, rec, err);
}

static int open_record(struct js *rec, struct tool_sink *sink,
	struct depot *depot, struct err *err)
{
	struct opened o = { .arena = sink->arena,
		.rec = rec,
		.depot = depot,
		.file = { .fd = -1 } };
	const struct js *file = js_get(rec, "file");
	int result;

	if (js_get(file, "missing") != NULL)
		return put_absent(rec, sink, err);
	result = file != NULL ? open_fetched(&o, file, err) :
				open_named(&o, err);

	crash_name(o.file.path);
	if (result == 0)
		result = describe(&o, err);
	crash_name(NULL);
	/* a library may go on without what it could not read */
	if (depot_verdict(o.depot, err) < 0)
		result = -1;
	if (o.file.fd >= 0 && o.file.copy == NULL)
		close(o.file.fd);
	return result < 0 ? -1 : stream_put(sink->out, rec, err);
}

/* What its file begins and ends with will be wanted. */
static void announce(void *state, size_t i, struct arena *a,
	const struct js *rec)
{
	struct depots *d = state;
	const struct js *file = js_get(rec, "file");
	struct err ignored = ERR_INIT;

	if (js_get(file, "path") != NULL)
		return;
	if (read_origin(a, file, &d->origin[i], &ignored) == 0 &&
		depot_copy_of(d->of[i], &d->origin[i], &ignored) == NULL)
		depot_reset(d->of[i]);
}

static void together(void *state, size_t n)
{
	struct depots *d = state;

	if (n > 1)
		depot_bring_ends(d->of, n);
}

static int open_one(size_t i, struct js *rec, struct tool_sink *sink,
	struct err *err)
{
	struct depots *d = sink->state;
	int r;

	r = open_record(rec, sink, d->of[i], err);
	depot_reset(d->of[i]);
	return r;
}

static int run(char **operands, struct err *err)
{
	struct depots d;
	const struct ahead how = { &d, announce, together, open_one };
	int r;

	crash_watch();
	d.of[0] = depot_open(BLOCK, recipe);
	for (size_t i = 1; i < AHEAD_MAX; i++)
		d.of[i] = depot_open_beside(d.of[0]);
	r = ahead_each(operands, &how, err);
	ledger_count(depot_bytes(d.of[0]), 0, 0);
	for (size_t i = AHEAD_MAX; i-- > 0;)
		depot_close(d.of[i]);
	return r;
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	int first = tool_begin(&spec, argc, argv, &err);

	return tool_end(first < 0 ? -1 : run(argv + first, &err), &err);
}
