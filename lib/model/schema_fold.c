/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A record becomes a schema of one file, and that is united with the rest:
 * there is no second way to add a file that could disagree with the first.
 */
#include "model/schema_maker.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "model/dataset.h"
#include "model/place.h"
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

struct key {
	unsigned nconcat, nmerge;
	const char **concat, **merge; /* names of the dimensions, sorted */
	struct spread_key file;
};

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
static bool wants_digest(const struct variable *v, const struct key *key)
{
	if (v->digest == NULL)
		return false;
	for (unsigned i = 0; i < key->nconcat; i++)
		if (!has_dim(v, key->concat[i]))
			return true;
	return key->nmerge > 0 || key->nconcat == 0;
}

/* Along a concat dimension, and named like it. */
static bool is_coordinate(const struct variable *v, const struct key *key)
{
	for (unsigned i = 0; i < key->nconcat; i++)
		if (v->table.ndim == 1 && str_eq(v->dims[0], v->name) &&
			str_eq(v->name, key->concat[i]))
			return true;
	return false;
}

static void add_variable(struct maker *m, const struct dataset *ds,
	const struct variable *v, const struct key *key)
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
	maker_add_values(m, ds, v);
	if (is_coordinate(v, key))
		maker_add_series(m, ds, v, key->file);
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

static void add_dataset(struct maker *m, const struct dataset *ds,
	const struct key *key)
{
	struct arena *a = m->schema->arena;

	add_names(m, FACT_CONCAT, key->concat, key->nconcat);
	add_names(m, FACT_MERGE, key->merge, key->nmerge);
	for (unsigned i = 0; i < ds->ndims; i++)
		maker_add(m,
			(struct fact_key){ "", FACT_DIM, ds->dims[i].name },
			js_new_u64(a, ds->dims[i].len), NULL);
	add_attrs(m, "", ds->attrs, ds->attr_dtypes);
	for (unsigned i = 0; i < ds->nvars; i++)
		add_variable(m, ds, &ds->vars[i], key);
}

static int by_name(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

/* The names of an object's members, sorted. */
static unsigned sorted_names(struct arena *a, const struct js *obj,
	const char ***out)
{
	unsigned n = 0;

	*out = ARENA_NEW(a, const char *, js_count(obj) + 1);
	for (void *it = js_first(obj); it; it = js_next(obj, it))
		(*out)[n++] = js_name(it);
	if (n > 1)
		qsort(*out, n, sizeof(**out), by_name);
	return n;
}

static int read_place(const struct js *concat, struct key *key, struct err *err)
{
	uint64_t at[PLACE_MAX_DIMS];

	if (key->nconcat > PLACE_MAX_DIMS)
		return err_set(err, ERR_DATA,
			"%u concat dimensions in 'key'; at most %d are "
			"supported",
			key->nconcat, PLACE_MAX_DIMS);
	for (unsigned i = 0; i < key->nconcat; i++) {
		const char *name = key->concat[i];

		if (!js_u64(js_get(concat, name), &at[i]))
			return err_set(err, ERR_DATA,
				"position '%.200s' in 'key' is not a whole "
				"number",
				name);
		if (at[i] > place_limit(key->nconcat))
			return err_set(err, ERR_DATA,
				"position '%.200s' in 'key' is above %llu, "
				"the most with %u concat dimensions",
				name,
				(unsigned long long)place_limit(key->nconcat),
				key->nconcat);
	}
	if (!place_pack(key->nconcat, at, &key->file.position))
		return err_set(err, ERR_DATA, "'key' names no place");
	return 0;
}

/* The values along the merge dimensions as one text; see schema.h. */
static int read_member(struct arena *a, const struct js *merge, struct key *key,
	struct err *err)
{
	struct buf text = BUF_INIT;

	buf_adds(&text, "");
	for (unsigned i = 0; i < key->nmerge; i++) {
		const char *v = js_text(js_get(merge, key->merge[i]));

		if (v == NULL) {
			buf_release(&text);
			return err_set(err, ERR_DATA,
				"'%.200s' in 'key' is not text", key->merge[i]);
		}
		if (i > 0)
			buf_addc(&text, '/');
		for (; *v != '\0'; v++)
			if (key->nmerge > 1 && (*v == '/' || *v == '%'))
				buf_adds(&text, *v == '/' ? "%2F" : "%25");
			else
				buf_addc(&text, *v);
	}
	key->file.member = arena_strdup(a, text.data);
	buf_release(&text);
	return 0;
}

static int read_key(struct arena *a, const struct js *rec, struct key *out,
	struct err *err)
{
	const struct js *key = js_get(rec, "key");
	const struct js *concat = js_get(key, "concat");
	const struct js *merge = js_get(key, "merge");

	*out = (struct key){ .file.member = "" };
	if (js_type(key) != JS_OBJECT)
		return err_set(err, ERR_DATA, "no member 'key'");
	out->nconcat = sorted_names(a, concat, &out->concat);
	out->nmerge = sorted_names(a, merge, &out->merge);
	if (read_place(concat, out, err) < 0)
		return -1;
	return read_member(a, merge, out, err);
}

int schema_read_key(struct arena *a, const struct js *rec,
	struct spread_key *out, struct err *err)
{
	struct key key;

	if (read_key(a, rec, &key, err) < 0)
		return -1;
	*out = key.file;
	return 0;
}

static int fold_dataset(struct schema *s, const struct js *rec, struct err *err)
{
	struct arena *a = s->arena;
	const char *url = js_get_text(rec, "url");
	struct maker m = { .schema = s };
	struct spread files = { 0 };
	struct dataset ds;
	struct key key;

	if (read_key(a, rec, &key, err) < 0)
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
