/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All of what was fetched is read once, however many files are asked for.
 */
#include "build/recorded.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/str.h"
#include "model/place.h"
#include "plan/plan_place.h"
#include "record/document.h"
#include "record/stream.h"
#include "schema/schema_maker.h"

struct finding {
	struct arena *arena;
	const struct recorded *what;
	const struct layout_var *var;
	const struct plan_axis *axis;
	unsigned axis_number;
	struct js *sources, *batches;
};

static int find_var(struct finding *f, struct layout *l, struct err *err)
{
	const char *path =
		arena_printf(f->arena, "%s/schema.json", f->what->work);
	const struct js *schema = document_read(f->arena, path, err);

	if (schema == NULL ||
		layout_from_json(f->arena, js_get(schema, "layout"), l, err) <
			0)
		return -1;
	f->var = layout_var(l, f->what->var);
	if (f->var == NULL || f->var->ndim != 1 || f->var->concat[0] < 0)
		return err_set(err, ERR_DATA,
			"'%s' does not know '%s' as a coordinate: bake again",
			path, f->what->var);
	f->axis_number = (unsigned)f->var->concat[0];
	f->axis = &plan_axes(f->arena, l)[f->axis_number];
	return 0;
}

/* The elements of a file that are asked for; false if there are none. */
static bool find_span(const struct finding *f, struct arena *a,
	const struct js *rec, struct plan_span *out)
{
	const struct recorded *what = f->what;
	struct err ignored = ERR_INIT;
	uint64_t at[PLACE_MAX_DIMS], end;
	struct maker_key key;
	struct plan_span span;

	if (maker_read_key(a, js_get(rec, "key"), &key, &ignored) < 0 ||
		!spread_has(&f->var->from, key.file))
		return false;
	place_unpack(key.file.position, at);
	if (at[f->axis_number] >= f->axis->concat->nfiles)
		return false;
	span = plan_axis_span(f->axis, at[f->axis_number]);
	out->offset = num_max(span.offset, what->start);
	end = num_min(span.offset + span.len, what->start + what->count);
	out->len = end > out->offset ? end - out->offset : 0;
	return out->len > 0;
}

static void copy_member(struct finding *f, struct js *to, const struct js *from,
	const char *name)
{
	if (js_get(from, name) != NULL)
		js_set(to, name, js_copy(f->arena, js_get(from, name)));
}

static void add_source(struct finding *f, const struct js *rec,
	const struct plan_span *span)
{
	static const char *const members[] = { "path", "size", "sha256", "etag",
		"modified" };
	struct js *obj = js_new_object(f->arena);
	struct js *start = js_new_object(f->arena);
	struct js *count = js_new_object(f->arena);

	copy_member(f, obj, rec, "url");
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++)
		copy_member(f, obj, js_get(rec, "file"), members[i]);
	js_set_text(obj, "var", f->what->var);
	js_set_u64(start, f->var->dims[0], span->offset);
	js_set_u64(count, f->var->dims[0], span->len);
	js_set(obj, "start", start);
	js_set(obj, "count", count);
	js_add(f->sources, obj);
}

static int search_batch(struct finding *f, const char *name, struct err *err)
{
	const char *path =
		arena_printf(f->arena, "%s/f/%s", f->what->work, name);
	struct stream_in *in = stream_open(&path, 1);
	struct arena record = ARENA_INIT;
	struct plan_span span;
	struct js *rec;
	size_t before = js_count(f->sources);
	int got;

	while ((got = stream_next(in, &record, &rec, err)) > 0) {
		if (find_span(f, &record, rec, &span))
			add_source(f, rec, &span);
		arena_reset(&record);
	}
	arena_release(&record);
	stream_close(in);
	if (js_count(f->sources) > before)
		js_add_text(f->batches, arena_strdup(f->arena, name));
	return got;
}

int recorded_find(struct arena *a, const struct recorded *what,
	struct js *sources, struct js *batches, struct err *err)
{
	struct finding f = { .arena = a,
		.what = what,
		.sources = sources,
		.batches = batches };
	const char *path = arena_printf(a, "%s/f", what->work);
	struct dirent **names = NULL;
	struct layout layout;
	int n, r = 0;

	if (find_var(&f, &layout, err) < 0)
		return -1;
	n = scandir(path, &names, NULL, alphasort);
	if (n < 0)
		return err_sys(err, "cannot open folder '%s'", path);
	for (int i = 0; i < n; i++) {
		const char *name = names[i]->d_name;

		if (r == 0 && strspn(name, "0123456789") == strlen(name))
			r = search_batch(&f, name, err);
		free(names[i]); /* scandir's */
	}
	free(names);
	return r;
}
