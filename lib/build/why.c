/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The receipt says which region a chunk was written with, the region which
 * pieces of files it is made of, and what the fetch left in which batch those
 * files are.  The files are searched as text and only what is found is parsed.
 */
#include "build/why.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/str.h"
#include "build/places.h"
#include "build/recorded.h"
#include "chunk/crc32c.h"
#include "chunk/grid.h"
#include "chunk/inlay.h"
#include "model/region.h"
#include "record/json_write.h"
#include "store/owner.h"

struct search {
	struct arena *arena;
	const char *work, *store, *chunk;
	char *batch; /* of the receipt: "00002" */
	struct js *receipt, *object, *record;
	struct region region;
	struct box box; /* of the chunk, clipped to the region */
};

/* name as it stands in a record: "member":"text". */
static char *as_member(struct arena *a, const char *member, const char *text)
{
	struct buf out = BUF_INIT;
	char *copy;

	buf_addf(&out, "\"%s\":", member);
	js_write(&out, js_new_text(a, text), JS_RECORD);
	copy = arena_strndup(a, out.data, out.len);
	buf_release(&out);
	return copy;
}

/* The first line of the file that has the needle, as a record; NULL if there is
 * none or on error. */
static struct js *find_line(struct arena *a, const char *path,
	const char *needle, struct err *err)
{
	struct buf text = BUF_INIT;
	struct js *rec = NULL;
	const char *hit, *begin;

	if (io_read_file(path, SIZE_MAX, &text, err) == 0) {
		buf_addc(&text, '\0');
		hit = strstr(text.data, needle);
		for (begin = hit; hit && begin > text.data && begin[-1] != '\n';
			begin--)
			;
		if (hit != NULL)
			rec = js_parse(a, begin, strcspn(begin, "\n"), err);
	}
	buf_release(&text);
	return rec;
}

/* Of the batches of a folder, the one whose file has the needle, and its line;
 * NULL without an error if there is none. */
static struct js *find_batch(const struct search *s, char folder,
	const char *needle, char **batch, struct err *err)
{
	const char *path = arena_printf(s->arena, "%s/%c", s->work, folder);
	struct dirent **names = NULL;
	struct js *rec = NULL;
	int n = scandir(path, &names, NULL, alphasort);

	if (n < 0)
		err_sys(err, "cannot open folder '%s'", path);
	for (int i = 0; i < n; i++) {
		const char *name = names[i]->d_name;

		if (rec == NULL && err->kind == ERR_NONE &&
			strspn(name, "0123456789") == strlen(name)) {
			rec = find_line(s->arena,
				arena_printf(s->arena, "%s/%s", path, name),
				needle, err);
			if (rec != NULL)
				*batch = arena_strdup(s->arena, name);
		}
		free(names[i]); /* scandir's */
	}
	free(names);
	return rec;
}

static int find_receipt(struct search *s, struct err *err)
{
	const struct js *objects;

	s->receipt = find_batch(s, 'w', as_member(s->arena, "name", s->chunk),
		&s->batch, err);
	objects = js_get(s->receipt, "objects");
	for (size_t i = 0; i < js_count(objects); i++) {
		const char *name = js_get_text(js_at(objects, i), "name");

		if (name != NULL && str_eq(name, s->chunk))
			s->object = js_at(objects, i);
	}
	if (s->object != NULL)
		return 0;
	if (err->kind == ERR_NONE)
		err_set(err, ERR_DATA,
			"no task of '%s' has written a chunk '%s'", s->work,
			s->chunk);
	return -1;
}

/* The region of the receipt, which has the same key. */
static int find_region(struct search *s, struct err *err)
{
	struct buf key = BUF_INIT;
	const char *path = arena_printf(s->arena, "%s/r/%s", s->work, s->batch);

	buf_adds(&key, "\"key\":");
	js_write(&key, js_get(s->receipt, "key"), JS_RECORD);
	s->record = find_line(s->arena, path, key.data, err);
	buf_release(&key);
	if (s->record != NULL)
		return region_from_record(s->arena, s->record, &s->region, err);
	if (err->kind == ERR_NONE)
		err_set(err, ERR_DATA,
			"'%s' plans chunk '%s' no more: bake again", path,
			s->chunk);
	return -1;
}

static bool is_chunk(const struct search *s, const uint64_t *at)
{
	const struct target *t = &s->region.target;
	struct grid_key how = { t->v2_keys, t->separator };
	struct buf key = BUF_INIT;
	bool same;

	buf_addf(&key, "%s/", t->name);
	grid_key_text(&key, how, t->ndim, at);
	same = str_eq(key.data, s->chunk);
	buf_release(&key);
	return same;
}

/* The cells of the chunk, of those that the region has. */
static int find_box(struct search *s, struct err *err)
{
	const struct target *t = &s->region.target;
	const struct grid grid = { t->ndim, t->shape, t->chunk_shape };
	struct box all = box_of(t->ndim, s->region.offset, s->region.size);
	struct box chunk;
	struct grid_walk w;

	for (bool more = grid_walk_begin(&w, &grid, &all); more;
		more = grid_walk_next(&w)) {
		if (!is_chunk(s, w.at))
			continue;
		grid_chunk_box(&grid, w.at, &chunk);
		if (box_intersect(&all, &chunk, &s->box))
			return 0;
	}
	return err_set(err, ERR_DATA,
		"the region of chunk '%s' has changed: bake again", s->chunk);
}

/* By dimension. */
static void set_box(const struct search *s, struct js *obj,
	const struct box *box)
{
	struct js *start = js_new_object(s->arena);
	struct js *count = js_new_object(s->arena);

	for (unsigned i = 0; i < box->ndim; i++) {
		js_set_u64(start, s->region.target.dims[i], box->start[i]);
		js_set_u64(count, s->region.target.dims[i], box->count[i]);
	}
	js_set(obj, "start", start);
	js_set(obj, "count", count);
}

static void copy_member(struct js *to, const struct js *from, const char *name)
{
	if (js_get(from, name) != NULL)
		js_set(to, name, js_get(from, name));
}

/* The file of piece i, if it has cells of the chunk; else NULL. */
static struct js *source(const struct search *s, size_t i)
{
	static const char *const members[] = { "url", "path", "size", "sha256",
		"etag", "modified", "var" };
	const struct piece *p = &s->region.pieces[i];
	const struct js *from = js_at(js_get(s->record, "from"), i);
	struct box box, part;
	struct js *obj;

	if (p->path == NULL || p->recorded || !inlay_box(&s->region, p, &box) ||
		!box_intersect(&box, &s->box, &part))
		return NULL;
	obj = js_new_object(s->arena);
	for (size_t k = 0; k < sizeof(members) / sizeof(members[0]); k++)
		copy_member(obj, from, members[k]);
	set_box(s, obj, &part);
	return obj;
}

static void add_task(const struct search *s, struct js *tasks, const char *task)
{
	for (size_t i = 0; i < js_count(tasks); i++)
		if (str_eq(js_text(js_at(tasks, i)), task))
			return;
	js_add_text(tasks, arena_strdup(s->arena, task));
}

/* Fetch, open and schema of a batch. */
static void add_batch(const struct search *s, struct js *tasks,
	const char *batch)
{
	static const char folders[] = "fos";

	for (size_t k = 0; k < strlen(folders); k++)
		add_task(s, tasks,
			arena_printf(s->arena, "%c/%s", folders[k], batch));
}

/* Files whose values the region holds itself, and their batches. */
static int add_recorded(const struct search *s, struct js *sources,
	struct js *tasks, struct err *err)
{
	struct js *batches = js_new_list(s->arena);

	for (size_t i = 0; i < s->region.npieces; i++) {
		const struct piece *p = &s->region.pieces[i];
		struct recorded what = { .work = s->work, .var = p->var };
		struct box box, part;

		if (!p->recorded || !inlay_box(&s->region, p, &box) ||
			!box_intersect(&box, &s->box, &part))
			continue;
		what.start = part.start[0];
		what.count = part.count[0];
		if (recorded_find(s->arena, &what, sources, batches, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < js_count(batches); i++)
		add_batch(s, tasks, js_text(js_at(batches, i)));
	return 0;
}

/* Those of the sources, then what all share. */
static int add_tasks(const struct search *s, struct js *sources,
	struct js *tasks, struct err *err)
{
	for (size_t i = 0; i < js_count(sources); i++) {
		const char *url = js_get_text(js_at(sources, i), "url");
		char *batch = NULL;

		if (url == NULL ||
			!find_batch(s, 'f', as_member(s->arena, "url", url),
				&batch, err))
			continue;
		add_batch(s, tasks, batch);
	}
	if (err->kind != ERR_NONE || add_recorded(s, sources, tasks, err) < 0)
		return -1;
	add_task(s, tasks, "schema.json");
	add_task(s, tasks, "plan.ok");
	add_task(s, tasks, arena_printf(s->arena, "w/%s", s->batch));
	return 0;
}

/* How the object in the store is to its receipt. */
static const char *compare_object(const struct search *s)
{
	const char *sum = js_get_text(s->object, "crc32c");
	struct buf bytes = BUF_INIT;
	struct err ignored = ERR_INIT;
	const char *found = "missing";
	char text[16] = "";

	if (io_read_file(arena_printf(s->arena, "%s/%s", s->store, s->chunk),
		    SIZE_MAX, &bytes, &ignored) == 0) {
		if (sum != NULL && strlen(sum) == 8)
			memcpy(text, sum, 8);
		found = bytes.len > 0 &&
				str_eq(arena_printf(s->arena, "%08" PRIx32,
					       crc32c_of(bytes.data,
						       bytes.len)),
					text) ?
			"same" :
			"differs";
	} else if (sum == NULL) {
		found = "same";
	}
	buf_release(&bytes);
	return found;
}

static struct js *compose(const struct search *s, struct err *err)
{
	struct js *obj = js_new_object(s->arena);
	struct js *sources = js_new_list(s->arena);
	struct js *tasks = js_new_list(s->arena);
	const char *digest = js_get_text(s->receipt, "region");

	for (size_t i = 0; i < s->region.npieces; i++) {
		struct js *from = source(s, i);

		if (from != NULL)
			js_add(sources, from);
	}
	if (add_tasks(s, sources, tasks, err) < 0)
		return NULL;
	js_set_text(obj, "chunk", s->chunk);
	copy_member(obj, s->object, "size");
	copy_member(obj, s->object, "crc32c");
	js_set_text(obj, "stored", compare_object(s));
	copy_member(obj, s->receipt, "region");
	js_set(obj, "current",
		js_new_bool(s->arena,
			digest != NULL && str_eq(digest, s->region.digest)));
	set_box(s, obj, &s->box);
	js_set(obj, "tasks", tasks);
	js_set(obj, "sources", sources);
	return obj;
}

static char *real_path(struct arena *a, const char *path, struct err *err)
{
	char *real = realpath(path, NULL), *copy;

	if (real == NULL) {
		err_set(err, ERR_DATA, "there is no '%s'", path);
		return NULL;
	}
	copy = arena_strdup(a, real);
	free(real); /* realpath's */
	return copy;
}

static bool says(const struct search *s, const char *work, const char *conf,
	const char *member, const char *want)
{
	const char *said = places_said(s->arena, work, conf, member);

	return said != NULL && want != NULL && str_eq(said, want);
}

/* The work folder that has written the store: of those that may have, that of the
 * recipe which the store names. */
static int find_work(struct search *s, const char *work, struct err *err)
{
	const struct owner owner = owner_of(s->arena, s->store);
	struct words found = WORDS_INIT;
	const char *other;

	if (work == NULL)
		work = arena_printf(s->arena, "%s/.pgf",
			places_above(s->arena, s->store));
	places_list(s->arena, work, &found);
	for (size_t i = 0; i < found.n; i++)
		if (says(s, found.at[i], "conf.write", "store", s->store) &&
			(s->work == NULL ||
				says(s, found.at[i], "conf.seal", "name",
					owner.recipe)))
			s->work = found.at[i];
	if (s->work != NULL)
		return 0;
	if (found.n == 0)
		return err_set(err, ERR_DATA,
			"no work folder at '%s', name it with --work", work);
	other = places_said(s->arena, found.at[0], "conf.write", "store");
	if (found.n > 1 || other == NULL)
		return err_set(err, ERR_DATA,
			"no work folder in '%s' is of store '%s': name another "
			"with --work",
			work, s->store);
	return err_set(err, ERR_DATA,
		"work folder '%s' is of store '%s', not of '%s': name "
		"another with --work",
		found.at[0], other, s->store);
}

struct js *why_explain(struct arena *a, const struct why_input *in,
	struct err *err)
{
	struct search s = { .arena = a, .chunk = in->chunk };

	if (!str_is_utf8(in->chunk, strlen(in->chunk))) {
		err_set(err, ERR_DATA, "the name of the chunk is not UTF-8");
		return NULL;
	}
	s.store = real_path(a, in->store, err);
	if (s.store == NULL || find_work(&s, in->work, err) < 0 ||
		find_receipt(&s, err) < 0 || find_region(&s, err) < 0 ||
		find_box(&s, err) < 0)
		return NULL;
	return compose(&s, err);
}
