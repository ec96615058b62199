/* SPDX-License-Identifier: Apache-2.0 */
/* From the records of archive.h to regions, for the tests of shapes. */
#ifndef PGF_TEST_PLANNING_H
#define PGF_TEST_PLANNING_H

#include "archive.h"
#include "model/plan.h"
#include "model/schema.h"

/* Regions, and for each the number of the file that it begins in. */
struct planned {
	struct js *regions, *inputs;
	struct arena *arena;
	const struct recipe_combine *policy; /* NULL: the default */
	struct layout layout;
	uint64_t memory; /* of a task; 0: not said */
};

static inline int planning_keep(void *state, size_t file, const struct js *rec,
	struct err *err)
{
	struct planned *p = state;

	(void)err;
	js_add(p->regions, js_copy(p->arena, rec));
	js_add_u64(p->inputs, file);
	return 0;
}

/* As plan_files, under a policy. */
static inline int plan_with(struct planned *out, const char *const *files,
	const char *chunks, struct err *err)
{
	struct arena *a = out->arena;
	struct recipe_target recipe = { .zarr_format = 3,
		.chunks = chunks ? archive_parse(a, chunks) : NULL };
	struct plan_sink sink = { planning_keep, out };
	struct arrays arrays;
	struct schema s;
	struct plan *plan;
	struct js **documents;

	out->regions = js_new_list(a);
	out->inputs = js_new_list(a);
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
	plan = plan_open(a,
		&(struct plan_target){ &out->layout, &arrays, documents,
			out->memory });
	for (size_t i = 0; files[i] != NULL; i++)
		if (plan_add(plan, archive_record(a, files[i]), i, err) < 0)
			return -1;
	return plan_cut(plan, &sink, err);
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
