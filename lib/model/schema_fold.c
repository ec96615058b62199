/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A record becomes a schema of one file, and that is united with the rest:
 * there is no second way to add a file that could disagree with the first.
 */
#include "model/schema_maker.h"

#include "base/str.h"
#include "model/dataset.h"
#include "record/json_write.h"

void maker_add(struct maker *m, struct fact_key key, const struct js *v,
	const char *dtype)
{
	buf_reset(&m->text);
	js_write(&m->text, v, JS_SORTED);
	m->answer.value = m->text.data;
	m->answer.dtype = dtype;
	schema_add_answer(m->schema, key, &m->answer);
}

static void add_attrs(struct maker *m, const char *var, const struct js *attrs,
	const struct js *dtypes)
{
	for (void *it = js_first(attrs); it; it = js_next(attrs, it))
		maker_add(m, (struct fact_key){ var, FACT_ATTR, js_name(it) },
			js_member(it), js_get_text(dtypes, js_name(it)));
}

/* Values that must be the same in several files: of variables without the
 * concat dimension, and, where members are merged, of all that have a digest
 * (each member has a time). */
static bool wants_digest(const struct variable *v, const char *concat,
	bool merged)
{
	if (v->digest == NULL)
		return false;
	for (unsigned i = 0; !merged && concat && i < v->table.ndim; i++)
		if (str_eq(v->dims[i], concat))
			return false;
	return true;
}

struct key {
	const char *concat, *merge; /* names of the dimensions, or NULL */
	struct spread_key file;
};

static void add_variable(struct maker *m, const struct variable *v,
	const struct key *key)
{
	struct arena *a = m->schema->arena;
	struct js *dims = js_new_list(a);
	char name[16];

	for (unsigned i = 0; i < v->table.ndim; i++)
		js_add_text(dims, v->dims[i]);
	maker_add(m, (struct fact_key){ v->name, FACT_DIMS, "" }, dims, NULL);
	maker_add(m, (struct fact_key){ v->name, FACT_DTYPE, "" },
		js_new_text(a, dtype_name(v->table.dtype, name)), NULL);
	if (wants_digest(v, key->concat, key->merge != NULL))
		maker_add(m, (struct fact_key){ v->name, FACT_DIGEST, "" },
			js_new_text(a, v->digest), NULL);
	add_attrs(m, v->name, v->attrs, v->attr_dtypes);
	maker_add_values(m, v);
}

static void add_name(struct maker *m, enum fact_kind kind, const char *name)
{
	struct arena *a = m->schema->arena;

	maker_add(m, (struct fact_key){ "", kind, "" },
		name ? js_new_text(a, name) : js_new_null(a), NULL);
}

static void add_dataset(struct maker *m, const struct dataset *ds,
	const struct key *key)
{
	struct arena *a = m->schema->arena;

	add_name(m, FACT_CONCAT, key->concat);
	add_name(m, FACT_MERGE, key->merge);
	for (unsigned i = 0; i < ds->ndims; i++)
		maker_add(m,
			(struct fact_key){ "", FACT_DIM, ds->dims[i].name },
			js_new_u64(a, ds->dims[i].len), NULL);
	add_attrs(m, "", ds->attrs, ds->attr_dtypes);
	for (unsigned i = 0; i < ds->nvars; i++)
		add_variable(m, &ds->vars[i], key);
}

static int read_key(const struct js *rec, struct key *out, struct err *err)
{
	const struct js *key = js_get(rec, "key");
	const struct js *concat = js_get(key, "concat");
	const struct js *merge = js_get(key, "merge");
	void *c = js_first(concat), *m = js_first(merge);

	*out = (struct key){ .file.member = "" };
	if (js_type(key) != JS_OBJECT)
		return err_set(err, ERR_DATA, "no member 'key'");
	if (js_count(concat) > 1 || js_count(merge) > 1)
		return err_set(err, ERR_DATA,
			"more than one concat or merge dimension in 'key'");
	if (c != NULL)
		out->concat = js_name(c);
	if (c != NULL &&
		(!js_u64(js_member(c), &out->file.position) ||
			out->file.position >= INT64_MAX))
		return err_set(err, ERR_DATA,
			"position '%s' in 'key' is not a whole number",
			out->concat);
	if (m != NULL) {
		out->merge = js_name(m);
		out->file.member = js_text(js_member(m));
	}
	if (out->file.member == NULL)
		return err_set(err, ERR_DATA, "'%s' in 'key' is not text",
			out->merge);
	return 0;
}

static int fold_dataset(struct schema *s, const struct js *rec, struct err *err)
{
	struct arena *a = s->arena;
	const char *url = js_get_text(rec, "url");
	struct maker m = { .schema = s };
	struct dataset ds;
	struct key key;

	if (read_key(rec, &key, err) < 0)
		return -1;
	if (url == NULL)
		return err_set(err, ERR_DATA, "no member 'url'");
	if (dataset_from_record(a, rec, &ds, err) < 0)
		return -1;
	spread_add(a, &m.answer.files, key.file.member,
		(struct run){ key.file.position, key.file.position });
	m.answer.first.text = m.answer.last.text = arena_strdup(a, url);
	schema_add_files(s, &m.answer.files, url, url);
	add_dataset(&m, &ds, &key);
	buf_release(&m.text);
	return 0;
}

static int make_schema(struct schema *s, const struct js *rec, struct err *err)
{
	if (js_get(rec, "facts") != NULL)
		return schema_from_json(s, js_get(rec, "facts"), err);
	if (js_get(rec, "vars") != NULL)
		return fold_dataset(s, rec, err);
	return err_set(err, ERR_DATA,
		"neither a dataset (member 'vars') nor a schema (member "
		"'facts'); pgf-open makes datasets");
}

int schema_fold(struct schema *s, const struct js *rec, struct err *err)
{
	struct arena a = ARENA_INIT;
	struct schema one;
	int r;

	schema_init(&one, &a);
	r = make_schema(&one, rec, err);
	if (r == 0)
		r = schema_unite(s, &one, err);
	arena_release(&a);
	return r;
}
