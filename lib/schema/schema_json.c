/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all files agree on is written without saying so for each answer, which
 * makes the schema of a tidy archive as short as the header of one file.
 */
#include "schema/schema.h"

#include <string.h>

#include "model/calendar.h"
#include "model/dtype.h"
#include "model/place.h"
#include "record/json_write.h"

/* Text to value; it was written by js_write or came through js_parse. */
static struct js *parse_value(struct arena *a, const char *text)
{
	struct err err = ERR_INIT;
	struct js *v = js_parse(a, text, strlen(text), &err);

	return v ? v : js_new_null(a);
}

static struct js *grid_to_json(struct arena *a, const struct grid_time *g)
{
	struct js *list = js_new_list(a);

	js_add(list, js_new_int(a, g->step));
	js_add(list, js_new_int(a, g->phase));
	return list;
}

static bool grid_from_json(const struct js *v, struct grid_time *out)
{
	return js_count(v) == 2 && js_i64(js_at(v, 0), &out->step) &&
		js_i64(js_at(v, 1), &out->phase) && out->step > 0 &&
		out->phase >= 0 && out->phase < out->step;
}

static struct js *answer_to_json(struct arena *a, const struct schema *s,
	struct answer *answer)
{
	struct js *out = js_new_object(a);

	js_set(out, "value", parse_value(a, answer->value));
	if (answer->dtype != NULL)
		js_set_text(out, "dtype", answer->dtype);
	if (answer->grid.step != 0)
		js_set(out, "grid", grid_to_json(a, &answer->grid));
	if (answer->series.nparts > 0)
		js_set(out, "series", series_to_json(a, &answer->series));
	if (spread_equal(&answer->files, &s->files))
		return out;
	js_set(out, "files", spread_to_json(a, &answer->files));
	js_set_text(out, "first", answer->first.text);
	js_set_text(out, "last", answer->last.text);
	return out;
}

static struct js *fact_to_json(struct arena *a, const struct schema *s,
	const struct fact *f)
{
	struct js *list = js_new_list(a), *out = js_new_object(a);

	for (size_t i = 0; i < f->n; i++)
		js_add(list, answer_to_json(a, s, f->answers[i]));
	if (!f->many)
		return list;
	js_set(out, "files", spread_to_json(a, &f->files));
	js_set_text(out, "first", f->first.text);
	js_set_text(out, "last", f->last.text);
	js_set(out, "some", list);
	return out;
}

static struct js *get_object(struct arena *a, struct js *obj, const char *name)
{
	if (js_get(obj, name) == NULL)
		js_set(obj, name, js_new_object(a));
	return js_get(obj, name);
}

static const char *const kind_names[] = {
	[FACT_CONCAT] = "concat",
	[FACT_MERGE] = "merge",
	[FACT_DIM] = "dims",
	[FACT_ATTR] = "attrs",
	[FACT_DIMS] = "dims",
	[FACT_DTYPE] = "dtype",
	[FACT_DIGEST] = "digest",
	[FACT_PACKING] = "packing",
	[FACT_MISSING] = "missing",
	[FACT_UNPACKED] = "unpacked",
	[FACT_TIME] = "time",
	[FACT_SERIES] = "series",
	[FACT_MEANING] = "meaning",
	[FACT_CHUNKS] = "chunks",
	[FACT_MONTHS] = "months",
};

struct js *schema_to_json(struct arena *a, const struct schema *s)
{
	struct js *out = js_new_object(a), *vars = js_new_object(a);

	js_set(out, "files", spread_to_json(a, &s->files));
	if (s->files.nparts > 0) {
		js_set_text(out, "first", s->first.text);
		js_set_text(out, "last", s->last.text);
	}
	for (size_t i = 0; i < s->n; i++) {
		const struct fact *f = &s->facts[i];
		const char *member = kind_names[f->key.kind];
		struct js *at = out;

		if (*f->key.var != '\0')
			at = get_object(a, vars, f->key.var);
		if (f->key.kind == FACT_DIM || f->key.kind == FACT_ATTR) {
			at = get_object(a, at, member);
			member = f->key.name;
		}
		js_set(at, member, fact_to_json(a, s, f));
	}
	js_set(out, "vars", vars);
	return out;
}

static bool is_text_list(const struct js *v)
{
	for (size_t i = 0; i < js_count(v); i++)
		if (js_text(js_at(v, i)) == NULL)
			return false;
	return js_type(v) == JS_LIST;
}

static bool is_lengths(const struct js *v)
{
	uint64_t n;

	for (size_t i = 0; i < js_count(v); i++)
		if (!js_u64(js_at(v, i), &n) || n == 0)
			return false;
	return js_type(v) == JS_LIST;
}

/* No name, one, or a sorted list of more. */
static bool is_names(const struct js *v)
{
	if (js_type(v) == JS_NULL || js_type(v) == JS_TEXT)
		return true;
	if (!is_text_list(v) || js_count(v) < 2)
		return false;
	for (size_t i = 1; i < js_count(v); i++)
		if (strcmp(js_text(js_at(v, i - 1)), js_text(js_at(v, i))) >= 0)
			return false;
	return true;
}

/* Layout relies on these. */
static bool value_is_valid(enum fact_kind kind, const struct js *v)
{
	enum calendar calendar;
	struct dtype t;
	uint64_t n;

	switch (kind) {
	case FACT_CONCAT:
		return js_count(v) <= PLACE_MAX_DIMS && is_names(v);
	case FACT_MERGE:
		return is_names(v);
	case FACT_DIM:
		return js_u64(v, &n) && n <= INT64_MAX;
	case FACT_DTYPE:
	case FACT_UNPACKED:
		return js_text(v) != NULL && dtype_parse(js_text(v), &t);
	case FACT_DIGEST:
		return js_text(v) != NULL;
	case FACT_SERIES:
		if (js_type(v) == JS_NULL)
			return true;
		return js_text(v) != NULL &&
			calendar_find(js_text(v), &calendar);
	case FACT_TIME:
	case FACT_MONTHS:
		return js_text(v) != NULL &&
			calendar_find(js_text(v), &calendar);
	case FACT_PACKING:
		return js_get_text(v, "dtype") != NULL &&
			dtype_parse(js_get_text(v, "dtype"), &t);
	case FACT_MISSING:
		return js_type(v) == JS_LIST;
	case FACT_MEANING:
		return js_type(v) == JS_OBJECT;
	case FACT_DIMS:
		return is_text_list(v);
	case FACT_CHUNKS:
		return js_type(v) == JS_NULL || is_lengths(v);
	case FACT_ATTR:
		return v != NULL && js_type(v) != JS_OBJECT;
	}
	return false;
}

/* The members files, first and last, which must be files of the schema. */
struct givers {
	struct spread files;
	const char *first, *last;
};

static int read_givers(struct arena *a, const struct schema *s,
	const struct js *v, struct givers *out, struct err *err)
{
	struct spread foreign = { 0 };

	*out = (struct givers){ s->files, s->first.text, s->last.text };
	if (js_get(v, "files") != NULL) {
		const char *first = js_get_text(v, "first");
		const char *last = js_get_text(v, "last");

		out->files = (struct spread){ 0 };
		out->first = first ? first : "";
		out->last = last ? last : "";
		if (spread_from_json(a, js_get(v, "files"), &out->files, err) <
			0)
			return -1;
		spread_subtract(a, &out->files, &s->files, &foreign);
	}
	if (out->files.nparts == 0 || foreign.nparts > 0)
		return err_set(err, ERR_DATA,
			"an answer is of no file, or of files not in 'files'");
	return 0;
}

static int add_answer(struct arena *a, struct schema *s, struct fact_key key,
	const struct js *v, struct err *err)
{
	struct answer answer = { .dtype = js_get_text(v, "dtype") };
	struct buf text = BUF_INIT;
	struct givers from;

	if (!value_is_valid(key.kind, js_get(v, "value")))
		return err_set(err, ERR_DATA, "member 'value' does not fit");
	if ((key.kind == FACT_TIME || key.kind == FACT_MONTHS) &&
		!grid_from_json(js_get(v, "grid"), &answer.grid))
		return err_set(err, ERR_DATA, "member 'grid' does not fit");
	if (key.kind == FACT_SERIES &&
		series_from_json(a, js_get(v, "series"), &answer.series, err) <
			0)
		return -1;
	if (read_givers(a, s, v, &from, err) < 0)
		return -1;
	js_write(&text, js_get(v, "value"), JS_SORTED);
	answer.value = text.data;
	answer.files = from.files;
	answer.first.text = arena_strdup(a, from.first);
	answer.last.text = arena_strdup(a, from.last);
	schema_add_answer(s, key, &answer);
	buf_release(&text);
	return 0;
}

static int read_answers(struct schema *s, struct fact_key key,
	const struct js *list, struct err *err)
{
	struct arena a = ARENA_INIT;
	int r = 0;

	for (size_t i = 0; r == 0 && i < js_count(list); i++) {
		r = add_answer(&a, s, key, js_at(list, i), err);
		arena_reset(&a);
	}
	arena_release(&a);
	return r;
}

static int read_many(struct schema *s, struct fact_key key, const struct js *v,
	struct err *err)
{
	struct arena a = ARENA_INIT;
	struct givers from;
	int r = read_givers(&a, s, v, &from, err);

	if (r == 0 &&
		(schema_most_values(key.kind) == SIZE_MAX ||
			js_count(js_get(v, "some")) == 0))
		r = err_set(err, ERR_DATA, "member 'some' has no answers");
	if (r == 0)
		schema_add_many(s, key, &from.files, from.first, from.last);
	arena_release(&a);
	return r < 0 ? -1 : read_answers(s, key, js_get(v, "some"), err);
}

static int read_fact(struct schema *s, struct fact_key key, const struct js *v,
	struct err *err)
{
	int r = 0;

	if (js_type(v) == JS_OBJECT)
		r = read_many(s, key, v, err);
	else if (v != NULL && js_type(v) != JS_LIST)
		r = err_set(err, ERR_DATA, "no list of answers");
	else
		r = read_answers(s, key, v, err);
	if (r < 0)
		return err_in(err, "'%s'",
			*key.name ? key.name : kind_names[key.kind]);
	return 0;
}

static int read_facts(struct schema *s, struct fact_key key,
	const struct js *obj, struct err *err)
{
	if (obj != NULL && js_type(obj) != JS_OBJECT)
		return err_set(err, ERR_DATA, "'%s' is no object",
			kind_names[key.kind]);
	for (void *it = js_first(obj); it; it = js_next(obj, it)) {
		key.name = js_name(it);
		if (read_fact(s, key, js_member(it), err) < 0)
			return -1;
	}
	return 0;
}

static int read_kinds(struct schema *s, const struct js *obj, const char *var,
	struct err *err)
{
	static const enum fact_kind of_group[] = { FACT_CONCAT, FACT_MERGE };
	static const enum fact_kind of_var[] = { FACT_DIMS, FACT_DTYPE,
		FACT_DIGEST, FACT_PACKING, FACT_MISSING, FACT_UNPACKED,
		FACT_TIME, FACT_SERIES, FACT_MEANING, FACT_CHUNKS,
		FACT_MONTHS };
	bool group = *var == '\0';
	struct fact_key key = { var, FACT_ATTR, "" };

	if (read_facts(s, key, js_get(obj, "attrs"), err) < 0)
		return -1;
	key.kind = FACT_DIM;
	if (group && read_facts(s, key, js_get(obj, "dims"), err) < 0)
		return -1;
	for (size_t i = 0; i < (group ? 2u : 11u); i++) {
		key.kind = group ? of_group[i] : of_var[i];
		if (read_fact(s, key, js_get(obj, kind_names[key.kind]), err) <
			0)
			return -1;
	}
	return 0;
}

int schema_from_json(struct schema *s, const struct js *facts, struct err *err)
{
	struct arena a = ARENA_INIT;
	const struct js *vars = js_get(facts, "vars");
	const char *first = js_get_text(facts, "first");
	const char *last = js_get_text(facts, "last");
	struct spread files = { 0 };
	int r = spread_from_json(&a, js_get(facts, "files"), &files, err);

	if (r == 0 && files.nparts > 0 && (first == NULL || last == NULL))
		r = err_set(err, ERR_DATA, "no member 'first' or 'last'");
	if (r == 0)
		schema_add_files(s, &files, first, last);
	arena_release(&a);
	if (r < 0 || read_kinds(s, facts, "", err) < 0)
		return err_in(err, "facts");
	if (vars != NULL && js_type(vars) != JS_OBJECT)
		return err_set(err, ERR_DATA, "facts: 'vars' is no object");
	for (void *it = js_first(vars); it; it = js_next(vars, it)) {
		if (*js_name(it) == '\0')
			return err_set(err, ERR_DATA,
				"facts: a variable has no name");
		if (read_kinds(s, js_member(it), js_name(it), err) < 0)
			return err_in(err, "facts: variable '%s'", js_name(it));
	}
	return 0;
}
