/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The layout as text and back.  It travels beside the facts so that the stages
 * after pgf-schema need not decide again, and could not decide otherwise.
 */
#include "layout/layout.h"

#include <math.h>
#include <string.h>

#include "base/num.h"
#include "base/str.h"
#include "model/encoding.h"
#include "model/place.h"
#include "model/region.h"

const struct layout_var *layout_var(const struct layout *l, const char *name)
{
	for (unsigned i = 0; i < l->nvars; i++)
		if (str_eq(l->vars[i].name, name))
			return &l->vars[i];
	return NULL;
}

const struct dim *layout_dim(const struct layout *l, const char *name)
{
	for (unsigned i = 0; i < l->ndims; i++)
		if (str_eq(l->dims[i].name, name))
			return &l->dims[i];
	return NULL;
}

int layout_concat(const struct layout *l, const char *name)
{
	for (unsigned i = 0; i < l->nconcat; i++)
		if (str_eq(l->concat[i].name, name))
			return (int)i;
	return -1;
}

uint64_t layout_mask(const struct layout *l, const struct layout_var *v)
{
	unsigned keep = 0;

	for (unsigned i = 0; i < v->ndim; i++)
		if (v->concat[i] >= 0)
			keep |= 1u << v->concat[i];
	return place_mask(l->nconcat, keep);
}

/* No overflow: the bits of a place hold them all. */
uint64_t layout_places(const struct layout *l, const struct layout_var *v)
{
	uint64_t n = 1;

	for (unsigned i = 0; i < v->ndim; i++)
		if (v->concat[i] >= 0)
			n *= l->concat[v->concat[i]].nfiles;
	return n;
}

uint64_t layout_first_length(const struct layout_concat *c)
{
	for (size_t i = 0; i < c->nlengths; i++)
		if (c->lengths[i].len > 0)
			return c->lengths[i].len;
	return 1;
}

static struct js *text_list(struct arena *a, const char **v, unsigned n)
{
	struct js *list = js_new_list(a);

	for (unsigned i = 0; i < n; i++)
		js_add_text(list, v[i]);
	return list;
}

static struct js *number_list(struct arena *a, const uint64_t *v, unsigned n)
{
	struct js *list = js_new_list(a);

	for (unsigned i = 0; i < n; i++)
		js_add_u64(list, v[i]);
	return list;
}

static struct js *lengths_to_json(struct arena *a,
	const struct layout_concat *c)
{
	struct js *list = js_new_list(a);

	for (size_t i = 0; i < c->nlengths; i++) {
		struct js *pair = js_new_list(a);

		js_add_u64(pair, c->lengths[i].count);
		js_add_u64(pair, c->lengths[i].len);
		js_add(list, pair);
	}
	return list;
}

static struct js *close_to_json(struct arena *a, const struct layout_var *v)
{
	struct js *obj = js_new_object(a);

	js_set(obj, "tolerance", js_new_real(a, v->tolerance));
	js_set(obj, "with", spread_to_json(a, &v->close));
	return obj;
}

static struct js *var_to_json(struct arena *a, const struct layout_var *v)
{
	struct js *obj = js_new_object(a);
	char name[16];

	js_set(obj, "dims", text_list(a, v->dims, v->ndim));
	js_set(obj, "shape", number_list(a, v->shape, v->ndim));
	js_set_text(obj, "dtype", dtype_name(v->dtype, name));
	js_set(obj, "attrs", v->attrs);
	js_set(obj, "attr_dtypes", v->attr_dtypes);
	if (v->encoding != NULL)
		js_set(obj, "encoding", v->encoding);
	if (v->chunk_shape != NULL)
		js_set(obj, "chunk_shape",
			number_list(a, v->chunk_shape, v->ndim));
	js_set(obj, "from", spread_to_json(a, &v->from));
	if (v->nmissing > 0)
		js_set_u64(obj, "missing", v->nmissing);
	if (v->close.nparts > 0)
		js_set(obj, "close", close_to_json(a, v));
	return obj;
}

struct js *layout_to_json(struct arena *a, const struct layout *l)
{
	struct js *obj = js_new_object(a), *vars = js_new_object(a);
	struct js *dims = js_new_object(a), *concat = js_new_object(a);

	for (unsigned i = 0; i < l->nconcat; i++)
		js_set(concat, l->concat[i].name,
			lengths_to_json(a, &l->concat[i]));
	for (unsigned i = 0; i < l->ndims; i++)
		js_set_u64(dims, l->dims[i].name, l->dims[i].len);
	for (unsigned i = 0; i < l->nvars; i++)
		js_set(vars, l->vars[i].name, var_to_json(a, &l->vars[i]));
	js_set(obj, "concat", concat);
	js_set(obj, "dims", dims);
	js_set(obj, "attrs", l->attrs);
	js_set(obj, "attr_dtypes", l->attr_dtypes);
	js_set(obj, "vars", vars);
	js_set(obj, "decisions", l->decisions);
	return obj;
}

static int read_lengths(struct arena *a, const struct js *list,
	struct layout_concat *out, struct err *err)
{
	uint64_t total = 0;

	out->nlengths = js_count(list);
	out->lengths = ARENA_NEW(a, struct length_run, out->nlengths);
	for (size_t i = 0; i < out->nlengths; i++) {
		struct length_run *r = &out->lengths[i];
		const struct js *pair = js_at(list, i);
		uint64_t part;

		if (js_count(pair) != 2 || !js_u64(js_at(pair, 0), &r->count) ||
			!js_u64(js_at(pair, 1), &r->len) || r->count == 0 ||
			!num_mul(r->count, r->len, &part) ||
			!num_add(total, part, &total) || total > INT64_MAX ||
			!num_add(out->nfiles, r->count, &out->nfiles) ||
			out->nfiles > INT64_MAX)
			return err_set(err, ERR_DATA,
				"'concat' holds a run that is not "
				"[count, length]");
	}
	return 0;
}

static int read_concat(struct arena *a, const struct js *obj,
	struct layout *out, struct err *err)
{
	if (js_type(obj) != JS_OBJECT || js_count(obj) > PLACE_MAX_DIMS)
		return err_set(err, ERR_DATA,
			"'concat' is not an object of at most %d dimensions",
			PLACE_MAX_DIMS);
	out->concat = ARENA_NEW(a, struct layout_concat, js_count(obj));
	for (void *it = js_first(obj); it; it = js_next(obj, it)) {
		struct layout_concat *c = &out->concat[out->nconcat++];

		c->name = js_name(it);
		if (out->nconcat > 1 && strcmp(c[-1].name, c->name) >= 0)
			return err_set(err, ERR_DATA,
				"the dimensions in 'concat' are not sorted");
		if (read_lengths(a, js_member(it), c, err) < 0)
			return -1;
	}
	for (unsigned i = 0; i < out->nconcat; i++)
		if (out->concat[i].nfiles == 0 ||
			out->concat[i].nfiles - 1 > place_limit(out->nconcat))
			return err_set(err, ERR_DATA,
				"'concat' has no files, or more than a place "
				"can tell apart");
	return 0;
}

static int read_dims(struct arena *a, const struct js *obj, struct layout *out,
	struct err *err)
{
	out->dims = ARENA_NEW(a, struct dim, js_count(obj));
	for (void *it = js_first(obj); it; it = js_next(obj, it)) {
		struct dim *d = &out->dims[out->ndims++];

		d->name = js_name(it);
		if (!js_u64(js_member(it), &d->len) || d->len > INT64_MAX)
			return err_set(err, ERR_DATA,
				"dimension '%.200s' has no length", d->name);
	}
	return 0;
}

/* The lengths of the files must add up to the dimension. */
static int check_total(const struct layout *l, struct err *err)
{
	for (unsigned k = 0; k < l->nconcat; k++) {
		const struct layout_concat *c = &l->concat[k];
		const struct dim *d = layout_dim(l, c->name);
		uint64_t total = 0;

		for (size_t i = 0; i < c->nlengths; i++)
			total += c->lengths[i].count * c->lengths[i].len;
		if (d != NULL && d->len != total)
			return err_set(err, ERR_DATA,
				"'concat' does not add up to dimension '%s'",
				d->name);
	}
	return 0;
}

static int read_axis(const struct layout *l, const struct js *obj,
	struct layout_var *v, unsigned i, struct err *err)
{
	const char *name = js_text(js_at(js_get(obj, "dims"), i));
	const struct dim *d = name ? layout_dim(l, name) : NULL;

	if (d == NULL ||
		!js_u64(js_at(js_get(obj, "shape"), i), &v->shape[i]) ||
		v->shape[i] != d->len)
		return err_set(err, ERR_DATA,
			"'dims' and 'shape' do not fit the dimensions");
	v->dims[i] = d->name;
	for (unsigned j = 0; j < i; j++)
		if (str_eq(v->dims[j], d->name))
			return err_set(err, ERR_DATA, "dimension '%s' twice",
				d->name);
	v->concat[i] = layout_concat(l, d->name);
	if (v->concat[i] >= 0 && v->concat_axis < 0)
		v->concat_axis = (int)i;
	return 0;
}

/* Files that exist. */
static int read_files(struct arena *a, const struct layout *l,
	const struct js *list, struct spread *out, struct err *err)
{
	uint64_t at[PLACE_MAX_DIMS] = { 0 };

	if (spread_from_json(a, list, out, err) < 0)
		return -1;
	for (size_t i = 0; i < out->nparts; i++)
		for (size_t j = 0; j < out->parts[i].nruns; j++) {
			uint64_t last = out->parts[i].runs[j].last;
			unsigned n = place_unpack(last, at);
			bool fits = n == (l->nconcat ? l->nconcat : 1);

			for (unsigned k = 0; fits && k < n; k++)
				fits = at[k] <
					(l->nconcat ? l->concat[k].nfiles : 1);
			if (!fits)
				return err_set(err, ERR_DATA,
					"'from' or 'close' has a file that "
					"'concat' has not");
		}
	return 0;
}

/* At most one file for each place of the variable. */
static int read_from(struct arena *a, const struct layout *l,
	const struct js *obj, struct layout_var *v, struct err *err)
{
	if (read_files(a, l, js_get(obj, "from"), &v->from, err) < 0)
		return -1;
	if (v->from.nparts == 0 || spread_count(&v->from) > layout_places(l, v))
		return err_set(err, ERR_DATA,
			"'from' has no file, or more than places");
	js_u64(js_get(obj, "missing"), &v->nmissing);
	if (v->nmissing != layout_places(l, v) - spread_count(&v->from))
		return err_set(err, ERR_DATA,
			"'from' and 'missing' do not add up to the places");
	return 0;
}

static int read_close(struct arena *a, const struct layout *l,
	const struct js *obj, struct layout_var *v, struct err *err)
{
	const struct js *tolerance = js_get(obj, "tolerance");

	if (obj == NULL)
		return 0;
	if (!js_real(tolerance, &v->tolerance) || !isfinite(v->tolerance) ||
		v->tolerance < 0)
		return err_set(err, ERR_DATA, "'close' has no 'tolerance'");
	return read_files(a, l, js_get(obj, "with"), &v->close, err);
}

static int read_chunk_shape(struct arena *a, const struct js *v,
	struct layout_var *var, struct err *err)
{
	if (v == NULL)
		return 0;
	var->chunk_shape = ARENA_NEW(a, uint64_t, var->ndim);
	if (js_type(v) != JS_LIST || js_count(v) != var->ndim)
		return err_set(err, ERR_DATA, "'chunk_shape' does not fit");
	for (unsigned i = 0; i < var->ndim; i++)
		if (!js_u64(js_at(v, i), &var->chunk_shape[i]) ||
			var->chunk_shape[i] == 0)
			return err_set(err, ERR_DATA,
				"'chunk_shape' does not fit");
	return 0;
}

static int read_var(struct arena *a, const struct layout *l,
	const struct js *obj, struct layout_var *v, struct err *err)
{
	const char *dtype = js_get_text(obj, "dtype");
	struct encoding e;

	v->ndim = (unsigned)js_count(js_get(obj, "dims"));
	v->concat_axis = -1;
	v->attrs = js_get(obj, "attrs");
	v->attr_dtypes = js_get(obj, "attr_dtypes");
	if (!region_name_is_safe(v->name))
		return err_set(err, ERR_DATA, "not a name for an array");
	if (v->ndim > DATASET_MAX_NDIM ||
		js_count(js_get(obj, "shape")) != v->ndim)
		return err_set(err, ERR_DATA, "'dims' and 'shape' do not fit");
	if (dtype == NULL || !dtype_parse(dtype, &v->dtype))
		return err_set(err, ERR_DATA, "unknown 'dtype'");
	if (js_type(v->attrs) != JS_OBJECT ||
		js_type(v->attr_dtypes) != JS_OBJECT)
		return err_set(err, ERR_DATA,
			"'attrs' and 'attr_dtypes' are not objects");
	v->encoding = js_get(obj, "encoding");
	if (encoding_from_json(v->encoding, v->dtype, &e, err) < 0)
		return err_in(err, "'encoding'");
	v->dims = ARENA_NEW(a, const char *, v->ndim);
	v->shape = ARENA_NEW(a, uint64_t, v->ndim);
	v->concat = ARENA_NEW(a, int, v->ndim);
	for (unsigned i = 0; i < v->ndim; i++)
		if (read_axis(l, obj, v, i, err) < 0)
			return -1;
	if (read_chunk_shape(a, js_get(obj, "chunk_shape"), v, err) < 0 ||
		read_from(a, l, obj, v, err) < 0)
		return -1;
	return read_close(a, l, js_get(obj, "close"), v, err);
}

int layout_from_json(struct arena *a, const struct js *v, struct layout *out,
	struct err *err)
{
	struct js *vars = js_get(v, "vars");

	*out = (struct layout){
		.attrs = js_get(v, "attrs"),
		.attr_dtypes = js_get(v, "attr_dtypes"),
		.decisions = js_get(v, "decisions"),
	};
	if (js_type(vars) != JS_OBJECT || js_type(out->attrs) != JS_OBJECT ||
		js_type(out->attr_dtypes) != JS_OBJECT)
		return err_set(err, ERR_DATA,
			"no member 'layout' with 'vars', 'attrs' and "
			"'attr_dtypes'; pgf-schema without --partial makes it");
	if (read_concat(a, js_get(v, "concat"), out, err) < 0 ||
		read_dims(a, js_get(v, "dims"), out, err) < 0 ||
		check_total(out, err) < 0)
		return err_in(err, "layout");
	out->vars = ARENA_NEW(a, struct layout_var, js_count(vars));
	for (void *it = js_first(vars); it; it = js_next(vars, it)) {
		struct layout_var *x = &out->vars[out->nvars++];

		x->name = js_name(it);
		if (read_var(a, out, js_member(it), x, err) < 0)
			return err_in(err, "layout: variable '%.200s'",
				x->name);
	}
	return 0;
}
