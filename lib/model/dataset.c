/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records are read back into plain structs once, with every check in one
 * place; programs that walked the JSON themselves would each forget another
 * check.
 */
#include "model/dataset.h"

#include <inttypes.h>
#include <string.h>

#include "base/num.h"
#include "base/str.h"

static struct js *dims_to_json(struct arena *a, const struct dataset *ds)
{
	struct js *obj = js_new_object(a);

	for (unsigned i = 0; i < ds->ndims; i++)
		js_set_u64(obj, ds->dims[i].name, ds->dims[i].len);
	return obj;
}

static struct js *variable_to_json(struct arena *a, const struct variable *v)
{
	struct js *obj = js_new_object(a), *dims = js_new_list(a);

	for (unsigned i = 0; i < v->table.ndim; i++)
		js_add_text(dims, v->dims[i]);
	js_set(obj, "dims", dims);
	chunk_table_type_to_json(a, &v->table, obj);
	js_set(obj, "attrs", v->attrs);
	js_set(obj, "attr_dtypes", v->attr_dtypes);
	chunk_table_place_to_json(a, &v->table, obj);
	if (v->digest != NULL)
		js_set_text(obj, "digest", v->digest);
	if (v->data != NULL)
		js_set(obj, "data", v->data);
	if (v->range != NULL)
		js_set(obj, "range", v->range);
	return obj;
}

void dataset_to_record(struct arena *a, const struct dataset *ds,
	struct js *rec)
{
	struct js *vars = js_new_object(a);

	for (unsigned i = 0; i < ds->nvars; i++)
		js_set(vars, ds->vars[i].name,
			variable_to_json(a, &ds->vars[i]));
	js_set_text(rec, "format", ds->format);
	js_set(rec, "dims", dims_to_json(a, ds));
	js_set(rec, "attrs", ds->attrs);
	js_set(rec, "attr_dtypes", ds->attr_dtypes);
	js_set(rec, "vars", vars);
}

static int get_object(const struct js *obj, const char *name, struct js **out,
	struct err *err)
{
	*out = js_get(obj, name);
	if (js_type(*out) != JS_OBJECT)
		return err_set(err, ERR_DATA, "member '%s' is not an object",
			name);
	return 0;
}

static int get_attrs(const struct js *obj, struct js **attrs,
	struct js **dtypes, struct err *err)
{
	struct dtype t;

	if (get_object(obj, "attrs", attrs, err) < 0 ||
		get_object(obj, "attr_dtypes", dtypes, err) < 0)
		return -1;
	for (void *it = js_first(*attrs); it; it = js_next(*attrs, it))
		if (js_type(js_member(it)) == JS_OBJECT)
			return err_set(err, ERR_DATA,
				"member 'attrs': '%.200s' is an object",
				js_name(it));
	for (void *it = js_first(*dtypes); it; it = js_next(*dtypes, it)) {
		const char *name = js_text(js_member(it));

		if (name == NULL || !dtype_parse(name, &t))
			return err_set(err, ERR_DATA,
				"member 'attr_dtypes': '%s' has no known type",
				js_name(it));
	}
	return 0;
}

static int read_dims(struct arena *a, const struct js *rec, struct dataset *ds,
	struct err *err)
{
	struct js *obj;

	if (get_object(rec, "dims", &obj, err) < 0)
		return -1;
	ds->dims = ARENA_NEW(a, struct dim, js_count(obj));
	for (void *it = js_first(obj); it; it = js_next(obj, it)) {
		struct dim *d = &ds->dims[ds->ndims++];

		d->name = js_name(it);
		if (!js_u64(js_member(it), &d->len) || d->len > INT64_MAX)
			return err_set(err, ERR_DATA,
				"member 'dims': '%s' has no length", d->name);
	}
	return 0;
}

/* Names of the dimensions, and that the shape is theirs. */
static int read_var_dims(struct arena *a, const struct js *obj,
	const struct dataset *ds, struct variable *v, struct err *err)
{
	const struct js *list = js_get(obj, "dims");

	if (js_type(list) != JS_LIST || js_count(list) != v->table.ndim)
		return err_set(err, ERR_DATA,
			"member 'dims' is not a list of "
			"%u names",
			v->table.ndim);
	v->dims = ARENA_NEW(a, const char *, v->table.ndim);
	for (unsigned i = 0; i < v->table.ndim; i++) {
		const char *name = js_text(js_at(list, i));
		const struct dim *d = NULL;

		if (name != NULL)
			d = dataset_dim(ds, name);
		if (d == NULL)
			return err_set(err, ERR_DATA,
				"member 'dims': '%s' is "
				"no dimension of the file",
				name != NULL ? name : "");
		if (d->len != v->table.shape[i])
			return err_set(err, ERR_DATA,
				"dimension '%s' has "
				"length %" PRIu64
				", member 'shape' says %" PRIu64,
				name, d->len, v->table.shape[i]);
		v->dims[i] = name;
	}
	return 0;
}

static int read_variable(struct arena *a, const struct js *obj,
	const struct dataset *ds, struct variable *v, struct err *err)
{
	uint64_t n;

	if (chunk_table_from_json(a, obj, &v->table, err) < 0 ||
		read_var_dims(a, obj, ds, v, err) < 0 ||
		get_attrs(obj, &v->attrs, &v->attr_dtypes, err) < 0)
		return -1;
	v->digest = js_get_text(obj, "digest");
	if (v->digest == NULL && js_get(obj, "digest") != NULL)
		return err_set(err, ERR_DATA, "member 'digest' is not text");
	v->data = js_get(obj, "data");
	v->range = js_get(obj, "range");
	if (v->data != NULL &&
		(js_type(v->data) != JS_LIST ||
			!num_product(v->table.shape, v->table.ndim, &n) ||
			js_count(v->data) != n))
		return err_set(err, ERR_DATA,
			"member 'data' is not a list of all values");
	return 0;
}

int dataset_from_record(struct arena *a, const struct js *rec,
	struct dataset *out, struct err *err)
{
	struct js *vars;

	memset(out, 0, sizeof(*out));
	out->format = js_get_text(rec, "format");
	if (out->format == NULL ||
		(!str_eq(out->format, "netcdf3") &&
			!str_eq(out->format, "netcdf4") &&
			!str_eq(out->format, "zarr")))
		return err_set(err, ERR_DATA,
			"member 'format' is not 'netcdf3', 'netcdf4' or "
			"'zarr'");
	if (read_dims(a, rec, out, err) < 0 ||
		get_attrs(rec, &out->attrs, &out->attr_dtypes, err) < 0 ||
		get_object(rec, "vars", &vars, err) < 0)
		return -1;
	out->vars = ARENA_NEW(a, struct variable, js_count(vars));
	for (void *it = js_first(vars); it; it = js_next(vars, it)) {
		struct variable *v = &out->vars[out->nvars++];

		v->name = js_name(it);
		if (read_variable(a, js_member(it), out, v, err) < 0)
			return err_in(err, "variable '%s'", v->name);
	}
	return 0;
}

const struct variable *dataset_var(const struct dataset *ds, const char *name)
{
	for (unsigned i = 0; i < ds->nvars; i++)
		if (str_eq(ds->vars[i].name, name))
			return &ds->vars[i];
	return NULL;
}

const struct dim *dataset_dim(const struct dataset *ds, const char *name)
{
	for (unsigned i = 0; i < ds->ndims; i++)
		if (str_eq(ds->dims[i].name, name))
			return &ds->dims[i];
	return NULL;
}
