/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records, one a line, become a schema, a layout, arrays and a plan, or are
 * refused.  What a schema says of itself reads back as the same bytes.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "format/zarr_meta.h"
#include "schema/fold.h"
#include "plan/plan.h"
#include "record/json_write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_facts(struct arena *a, const struct schema *s,
	struct buf *out)
{
	js_write(out, schema_to_json(a, s), JS_RECORD);
}

static void check_round_trip(struct arena *a, const struct schema *s)
{
	struct buf once = BUF_INIT, twice = BUF_INIT;
	struct err err = ERR_INIT;
	struct schema back;
	struct js *facts;

	write_facts(a, s, &once);
	facts = js_parse(a, once.data, once.len, &err);
	schema_init(&back, a);
	if (facts == NULL || schema_from_json(&back, facts, &err) < 0)
		abort();
	write_facts(a, &back, &twice);
	if (once.len != twice.len ||
		memcmp(once.data, twice.data, once.len) != 0)
		abort();
	buf_release(&once);
	buf_release(&twice);
}

/* What the same lines give when they are folded in bulk. */
static void check_fold(struct arena *a, struct fold *f, const struct schema *s)
{
	struct buf want = BUF_INIT, have = BUF_INIT;
	struct err err = ERR_INIT;
	struct schema all;

	schema_init(&all, a);
	if (fold_end(f, &all, &err) < 0)
		abort();
	write_facts(a, s, &want);
	write_facts(a, &all, &have);
	if (want.len != have.len || memcmp(want.data, have.data, have.len) != 0)
		abort();
	buf_release(&want);
	buf_release(&have);
}

/* Some regions of a plan of records as they are, or of lines. */
struct regions {
	bool lines;
	unsigned left;
	struct buf text;
};

static int keep(void *state, size_t file, const struct buf *line,
	struct err *err)
{
	struct regions *r = state;

	buf_addf(&r->text, "%zu ", file);
	buf_add(&r->text, line->data, line->len);
	return r->left == 0 ? err_set(err, ERR_FAIL, "enough") : (--r->left, 0);
}

/* NULL is a record that was refused. */
static void cut(struct arena *a, const struct plan_target *t, struct js **recs,
	size_t n, struct regions *out)
{
	struct plan *p = plan_open(a, t);
	struct plan_sink sink = { keep, out };
	struct buf line = BUF_INIT;
	struct err err = ERR_INIT;
	int r;

	for (size_t i = 0; i < n; i++) {
		if (recs[i] == NULL)
			continue;
		buf_reset(&line);
		js_write(&line, recs[i], JS_RECORD);
		err_clear(&err);
		r = out->lines ?
			plan_add_line(p, (struct span){ line.data, line.len },
				i, &err) :
			plan_add(p, recs[i], i, &err);
		if (r < 0 && out->lines)
			abort();
		if (r < 0)
			recs[i] = NULL;
	}
	buf_release(&line);
	err_clear(&err);
	r = plan_cut(p, &sink, &err);
	buf_addf(&out->text, "%d %s\n", r, r ? err.msg : "");
}

/* What the parser makes of records, and what is read of them unparsed, which is not
 * asked whether it should have been refused. */
static void plan(struct arena *a, const struct layout *l, struct js **recs,
	size_t n)
{
	struct recipe_target recipe = { .zarr_format = 3 };
	struct regions parsed = { .lines = false, .left = 50 };
	struct regions read = { .lines = true, .left = 50 };
	struct plan_target target = { .layout = l };
	struct err err = ERR_INIT;
	struct js **documents;
	struct arrays arrays;

	if (arrays_decide(a, l, &recipe, &arrays, &err) < 0)
		return;
	documents = ARENA_NEW(a, struct js *, arrays.n);
	for (size_t i = 0; i < arrays.n; i++)
		documents[i] = zarr_meta_array(a, &arrays.at[i]);
	target.arrays = &arrays;
	target.documents = documents;
	cut(a, &target, recs, n, &parsed);
	cut(a, &target, recs, n, &read);
	if (parsed.text.len != read.text.len ||
		memcmp(parsed.text.data, read.text.data, read.text.len) != 0)
		abort();
	buf_release(&parsed.text);
	buf_release(&read.text);
}

static void decide(struct arena *a, const struct schema *s, struct js **recs,
	size_t n)
{
	struct err err = ERR_INIT;
	struct layout l, back;

	if (layout_decide(a, s, &recipe_combine_default, &l, &err) < 0)
		return;
	if (layout_from_json(a, layout_to_json(a, &l), &back, &err) < 0)
		abort();
	plan(a, &back, recs, n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data, *end = text + size;
	struct arena arena = ARENA_INIT;
	struct fold *fold = fold_open();
	struct js *recs[16];
	struct schema s;
	size_t n = 0;

	schema_init(&s, &arena);
	while (text < end && n < 16) {
		const char *line = memchr(text, '\n', (size_t)(end - text));
		size_t len = (size_t)((line ? line : end) - text);
		struct err err = ERR_INIT;
		struct js *rec = js_parse(&arena, text, len, &err);

		if (rec != NULL && schema_fold(&s, rec, &err) == 0) {
			recs[n++] = rec;
			if (fold_line(fold, (struct span){ text, len }, &err) <
				0)
				abort();
		}
		text += len + 1;
	}
	check_fold(&arena, fold, &s);
	fold_close(fold);
	check_round_trip(&arena, &s);
	decide(&arena, &s, recs, n);
	arena_release(&arena);
	return 0;
}
