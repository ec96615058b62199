/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A record becomes a schema of one file, and that is united with the rest:
 * there is no second way to add a file that could disagree with the first.
 */
#include "schema/schema_maker.h"

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

static bool has_dim(const struct variable *v, const char *name)
{
	for (unsigned i = 0; i < v->table.ndim; i++)
		if (str_eq(v->dims[i], name))
			return true;
	return false;
}

/* Values that must be the same in several files: of variables that lack a
 * concat dimension, and, where members are merged, of all that have a digest
 * (each member has a time). */
static bool wants_digest(const struct variable *v, const struct maker_key *key)
{
	if (v->digest == NULL)
		return false;
	for (unsigned i = 0; i < key->nconcat; i++)
		if (!has_dim(v, key->concat[i]))
			return true;
	return key->nmerge > 0 || key->nconcat == 0;
}

static bool has_place(const struct variable *v, const struct maker_key *key)
{
	for (unsigned i = 0; i < key->nconcat; i++)
		if (has_dim(v, key->concat[i]))
			return true;
	return false;
}

/* Along a concat dimension, and named like it. */
bool maker_is_coordinate(const struct variable *v, const struct maker_key *key)
{
	for (unsigned i = 0; i < key->nconcat; i++)
		if (v->table.ndim == 1 && str_eq(v->dims[0], v->name) &&
			str_eq(v->name, key->concat[i]))
			return true;
	return false;
}

/* Chunks that could stay as they are.  What is stored in one piece has none to
 * speak of, and of what has no elements they do not matter.  Where they lie is not
 * asked: model/stack does not know. */
static void add_chunks(struct maker *m, const struct variable *v)
{
	const struct chunk_table *t = &v->table;
	struct js *list = js_new_list(m->schema->arena);
	bool is_one = js_count(t->codecs) == 0;

	for (unsigned i = 0; i < t->ndim; i++) {
		if (t->shape[i] == 0)
			return;
		is_one = is_one && t->chunk_shape[i] == t->shape[i];
		js_add_u64(list, t->chunk_shape[i]);
	}
	if (is_one || (t->big_endian && t->dtype.size > 1))
		list = js_new_null(m->schema->arena);
	maker_add(m, (struct fact_key){ v->name, FACT_CHUNKS, "" }, list, NULL);
}

void maker_add_variable(struct maker *m, const struct dataset *ds,
	const struct variable *v, const struct maker_key *key)
{
	struct arena *a = m->schema->arena;
	struct js *dims = js_new_list(a);
	char name[16];

	for (unsigned i = 0; i < v->table.ndim; i++)
		js_add_text(dims, v->dims[i]);
	maker_add(m, (struct fact_key){ v->name, FACT_DIMS, "" }, dims, NULL);
	maker_add(m, (struct fact_key){ v->name, FACT_DTYPE, "" },
		js_new_text(a, dtype_name(v->table.dtype, name)), NULL);
	if (wants_digest(v, key))
		maker_add(m, (struct fact_key){ v->name, FACT_DIGEST, "" },
			js_new_text(a, v->digest), NULL);
	add_attrs(m, v->name, v->attrs, v->attr_dtypes);
	maker_add_values(m, ds, v, wants_digest(v, key) && has_place(v, key));
	add_chunks(m, v);
}

static void add_names(struct maker *m, enum fact_kind kind, const char **names,
	unsigned n)
{
	struct arena *a = m->schema->arena;
	struct js *v = js_new_list(a);

	for (unsigned i = 0; i < n; i++)
		js_add_text(v, names[i]);
	if (n < 2)
		v = n ? js_new_text(a, names[0]) : js_new_null(a);
	maker_add(m, (struct fact_key){ "", kind, "" }, v, NULL);
}

void maker_add_group(struct maker *m, const struct dataset *ds,
	const struct maker_key *key)
{
	struct arena *a = m->schema->arena;

	add_names(m, FACT_CONCAT, key->concat, key->nconcat);
	add_names(m, FACT_MERGE, key->merge, key->nmerge);
	for (unsigned i = 0; i < ds->ndims; i++)
		maker_add(m,
			(struct fact_key){ "", FACT_DIM, ds->dims[i].name },
			js_new_u64(a, ds->dims[i].len), NULL);
	add_attrs(m, "", ds->attrs, ds->attr_dtypes);
}

static void add_dataset(struct maker *m, const struct dataset *ds,
	const struct maker_key *key)
{
	maker_add_group(m, ds, key);
	for (unsigned i = 0; i < ds->nvars; i++) {
		const struct variable *v = &ds->vars[i];

		maker_add_variable(m, ds, v, key);
		if (maker_is_coordinate(v, key))
			maker_add_series(m, ds, v, key->file);
	}
}

static int fold_dataset(struct schema *s, const struct js *rec, struct err *err)
{
	struct arena *a = s->arena;
	const char *url = js_get_text(rec, "url");
	struct maker m = { .schema = s };
	struct spread files = { 0 };
	struct dataset ds;
	struct maker_key key;

	if (maker_read_key(a, js_get(rec, "key"), &key, err) < 0)
		return -1;
	if (url == NULL)
		return err_set(err, ERR_DATA, "no member 'url'");
	if (dataset_from_record(a, rec, &ds, err) < 0)
		return -1;
	spread_add(a, &files, key.file.member,
		(struct run){ key.file.position, key.file.position });
	schema_add_files(s, &files, url, url);
	m.answer.files = files;
	m.answer.first.text = m.answer.last.text = arena_strdup(a, url);
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
