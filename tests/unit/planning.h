/* SPDX-License-Identifier: Apache-2.0 */
/* From the records of archive.h to regions, for the tests of shapes. */
#ifndef PGF_TEST_PLANNING_H
#define PGF_TEST_PLANNING_H

#include "archive.h"
#include "plan/plan.h"
#include "schema/schema.h"

/* Regions, and for each the number of the file that it begins in. */
struct planned {
	struct js *regions, *inputs;
	struct arena *arena;
	const struct recipe_combine *policy; /* NULL: the default */
	struct layout layout;
	uint64_t memory; /* of a task; 0: not said */
};

/* The regions of a plan, and their inputs, as text; of records that were added as
 * they are, or as lines. */
struct planning_text {
	bool lines;
	struct buf regions, inputs;
};

static inline int planning_keep(void *state, size_t file,
	const struct buf *line, struct err *err)
{
	struct planning_text *t = state;

	(void)err;
	buf_addf(&t->regions, "%s%.*s", t->regions.len ? "," : "",
		(int)line->len - 1, line->data);
	buf_addf(&t->inputs, "%s%zu", t->inputs.len ? "," : "", file);
	return 0;
}

static inline int planning_run(struct arena *a, const struct plan_target *t,
	const char *const *files, struct planning_text *out, struct err *err)
{
	struct plan *plan = plan_open(a, t);
	struct plan_sink sink = { planning_keep, out };
	struct buf line = BUF_INIT;
	int r = 0;

	for (size_t i = 0; files[i] != NULL && r == 0; i++) {
		const struct js *rec = archive_record(a, files[i]);

		buf_reset(&line);
		js_write(&line, rec, JS_RECORD);
		r = out->lines ?
			plan_add_line(plan,
				(struct span){ line.data, line.len }, i, err) :
			plan_add(plan, rec, i, err);
	}
	buf_release(&line);
	return r < 0 ? -1 : plan_cut(plan, &sink, err);
}

static inline struct js *planning_list(struct arena *a, struct buf *text)
{
	struct err err = ERR_INIT;
	const char *list =
		arena_printf(a, "[%s]", text->data ? text->data : "");

	buf_release(text);
	return js_parse(a, list, strlen(list), &err);
}

/* Both ways of adding must give the same. */
static inline int planning_all(struct planned *out, const struct plan_target *t,
	const char *const *files, struct err *err)
{
	struct planning_text one = { .lines = false }, two = { .lines = true };
	struct err other = ERR_INIT;
	int r = planning_run(out->arena, t, files, &one, err);

	assert_int_equal(planning_run(out->arena, t, files, &two, &other), r);
	assert_string_equal(r ? err->msg : "", r ? other.msg : "");
	if (one.regions.len > 0)
		assert_string_equal(one.regions.data, two.regions.data);
	assert_int_equal(one.inputs.len, two.inputs.len);
	out->regions = planning_list(out->arena, &one.regions);
	out->inputs = planning_list(out->arena, &one.inputs);
	buf_release(&two.regions);
	buf_release(&two.inputs);
	return r;
}

/* As plan_files, under a policy. */
static inline int plan_with(struct planned *out, const char *const *files,
	const char *chunks, struct err *err)
{
	struct arena *a = out->arena;
	struct recipe_target recipe = { .zarr_format = 3,
		.chunks = chunks ? archive_parse(a, chunks) : NULL };
	struct arrays arrays;
	struct schema s;
	struct js **documents;

	schema_init(&s, a);
	for (size_t i = 0; files[i] != NULL; i++)
		if (schema_fold(&s, archive_record(a, files[i]), err) < 0)
			return -1;
	if (layout_decide(a, &s,
		    out->policy ? out->policy : &recipe_combine_default,
		    &out->layout, err) < 0 ||
		arrays_decide(a, &out->layout, &recipe, &arrays, err) < 0)
		return -1;
	documents = ARENA_NEW(a, struct js *, arrays.n);
	for (size_t i = 0; i < arrays.n; i++)
		documents[i] = archive_parse(a, "{'shape':0,'attributes':0}");
	return planning_all(out,
		&(struct plan_target){ &out->layout, &arrays, documents,
			out->memory },
		files, err);
}

/* Everything that the programs do with dataset records, the last NULL. */
static inline int plan_files(struct arena *a, const char *const *files,
	const char *chunks, struct planned *out, struct err *err)
{
	*out = (struct planned){ .arena = a };
	return plan_with(out, files, chunks, err);
}

/* "v{offset}+{size}:url{offset}url{offset} ..": every region in few words. */
static inline const char *plan_brief(struct arena *a, const struct js *regions)
{
	struct buf text = BUF_INIT;
	const char *copy;

	for (size_t i = 0; i < js_count(regions); i++) {
		const struct js *r = js_at(regions, i);
		const struct js *from = js_get(r, "from");

		buf_addf(&text, "%s%s%s+%s:", i ? " " : "",
			js_text(js_at(js_path(r, "key", "vars", NULL), 0)),
			archive_text(a, js_path(r, "key", "offset", NULL)),
			archive_text(a, js_get(r, "size")));
		for (size_t k = 0; k < js_count(from); k++) {
			const char *url = js_get_text(js_at(from, k), "url");

			buf_addf(&text, "%s%s", url ? url : "fill",
				archive_text(a,
					js_get(js_at(from, k), "offset")));
		}
	}
	copy = arena_strdup(a, text.data ? text.data : "");
	buf_release(&text);
	return copy;
}

#endif
