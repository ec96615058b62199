/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Variables: which files have one, what it looks like, and from which it is
 * taken.
 */
#include "layout/layout_decide.h"

#include "base/str.h"
#include "layout/decision.h"
#include "layout/layout_check.h"
#include "model/place.h"
#include "model/region.h"

static int decide_shape(struct decider *d, struct layout_var *v,
	const struct answer *dims, struct err *err)
{
	struct js *list = decider_value(d, dims->value);

	if (js_count(list) > DATASET_MAX_NDIM)
		return err_set(err, ERR_DATA, "more than %d dimensions",
			DATASET_MAX_NDIM);
	v->ndim = (unsigned)js_count(list);
	v->dims = ARENA_NEW(d->a, const char *, v->ndim);
	v->shape = ARENA_NEW(d->a, uint64_t, v->ndim);
	v->concat = ARENA_NEW(d->a, int, v->ndim);
	v->concat_axis = -1;
	for (unsigned i = 0; i < v->ndim; i++) {
		bool width;

		v->dims[i] = js_text(js_at(list, i));
		for (unsigned j = 0; j < i; j++)
			if (str_eq(v->dims[i], v->dims[j]))
				return err_set(err, ERR_DATA,
					"dimension '%.200s' twice, which no "
					"reader of Zarr understands; take the "
					"variable out of the files",
					v->dims[i]);
		v->concat[i] = layout_concat(d->out, v->dims[i]);
		if (v->concat[i] >= 0 && v->concat_axis < 0)
			v->concat_axis = (int)i;
		width = i + 1 == v->ndim &&
			decider_width(d, v->name, v->dims[i], &v->shape[i]);
		if (decider_dim(d, v->dims[i], width, &v->shape[i], err) < 0)
			return -1;
	}
	return 0;
}

/* One fact of a variable that must be the same in all files that have it. */
static int one_answer(struct decider *d, struct fact_key key, const char *what,
	const struct answer **out, struct err *err)
{
	struct agreement must = {
		.schema = d->s,
		.fact = schema_find(d->s, key),
		.what = arena_printf(d->a, "%s of variable '%.200s'", what,
			key.var),
		.remedy = "bake the files that agree apart from the others",
	};

	if (must.fact == NULL)
		return err_set(err, ERR_DATA,
			"no fact tells %s of variable "
			"'%.200s'",
			what, key.var);
	*out = must.fact->answers[0];
	return layout_check_same(&must, err);
}

static bool lacks_concat(const struct decider *d, const struct layout_var *v)
{
	return v->concat_axis < 0 ||
		layout_mask(d->out, v) != place_mask(d->out->nconcat, ~0u);
}

/* What else than values other files than the first may have of their own. */
static const struct {
	enum fact_kind kind;
	const char *name, *what;
} own[] = {
	{ FACT_DIGEST, "", "values" },
	{ FACT_PACKING, "", "packing" },
	{ FACT_MISSING, "", "missing value" },
	{ FACT_TIME, "", "calendar" },
	{ FACT_ATTR, "units", "attribute" },
};

/* From number i on: where several files of one place differ; that other places
 * have something else is nothing left behind. */
static void tell_first(struct decider *d, const struct layout_var *v, size_t i)
{
	struct clash two;

	for (; i < sizeof(own) / sizeof(*own); i++) {
		const struct fact *f = schema_find(d->s,
			(struct fact_key){ v->name, own[i].kind, own[i].name });

		if (f != NULL &&
			(f->many ||
				layout_check_clash(f, layout_mask(d->out, v),
					&two)))
			decision_add(d->a, &d->told,
				&(struct decision){
					.what = own[i].what,
					.var = v->name,
					.name = own[i].name,
					.fact = f,
					.decided = "taken from the first file",
					.policy = "combine.static",
				});
	}
}

static int compare_values(struct decider *d, struct layout_var *v,
	const struct answer *found, struct err *err)
{
	if (!d->first_only)
		return layout_check_digest(d->s, v->name, &found->files,
			layout_mask(d->out, v), err);
	if (!str_eq(d->policy->statics.policy, "close")) {
		tell_first(d, v, 0);
		return 0;
	}
	if (decider_close(d, v, &found->files, err) < 0)
		return -1;
	tell_first(d, v, 1);
	return 0;
}

/* One answer of all files that have the variable: a list, or null for files whose
 * chunks cannot stay. */
static void decide_chunks(struct decider *d, struct layout_var *v)
{
	const struct fact *f = schema_find(d->s,
		(struct fact_key){ v->name, FACT_CHUNKS, "" });
	struct js *list;

	if (f == NULL || f->many)
		return;
	list = decider_value(d, f->answers[0]->value);
	if (js_type(list) != JS_LIST || js_count(list) != v->ndim)
		return;
	v->chunk_shape = ARENA_NEW(d->a, uint64_t, v->ndim);
	for (unsigned i = 0; i < v->ndim; i++)
		js_u64(js_at(list, i), &v->chunk_shape[i]);
}

int decider_var(struct decider *d, size_t at, struct layout_var *v,
	struct err *err)
{
	const char *name = d->s->facts[at].key.var;
	const struct answer *dims = NULL;
	const struct spread *files;

	*v = (struct layout_var){
		.name = name,
		.attrs = js_new_object(d->a),
		.attr_dtypes = js_new_object(d->a),
	};
	d->recoded = false;
	d->time_units = d->data_units = NULL;
	if (!region_name_is_safe(name))
		return err_set(err, ERR_DATA,
			"variable '%.200s' cannot be an array of a store by "
			"that name; rename it in the files",
			name);
	dims = decider_text_dims(d, name);
	if (dims == NULL &&
		one_answer(d, (struct fact_key){ name, FACT_DIMS, "" },
			"the list of dimensions", &dims, err) < 0)
		return -1;
	if (decide_shape(d, v, dims, err) < 0)
		return err_in(err, "variable '%.200s'", name);
	decide_chunks(d, v);
	if (decider_from(d, v, dims, err) < 0)
		return -1;
	d->first_only = lacks_concat(d, v) &&
		!str_eq(d->policy->statics.policy, "equal");
	if (compare_values(d, v, dims, err) < 0)
		return -1;
	/* of one that was compared, all that it was compared with */
	files = lacks_concat(d, v) && !d->first_only ? &dims->files : &v->from;
	d->first = spread_first(files);
	if (v->close.nparts > 0 && decider_is_text(d, name))
		files = &dims->files; /* as wide as the widest of them */
	if ((decider_is_text(d, name) ? decider_text(d, at, v, files, err) :
					decider_encoding(d, v, files, err)) < 0)
		return -1;
	if (decider_attrs(d, at, v, &dims->files, err) < 0)
		return -1;
	return v->nmissing > 0 ? decider_fill(d, v, err) : 0;
}
