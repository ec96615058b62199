/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the numbers of a variable mean: if all files mean the same by the same
 * bits, bits are copied; if not, one meaning is chosen here, and whatever differs
 * from it is converted when it is written.  Scale, offset, type and sign are one
 * thing: a rule for each of them would make numbers that no file has.
 */
#include "layout/layout_decide.h"

#include "base/str.h"
#include "layout/decision.h"
#include "model/encoding.h"
#include "layout/layout_check.h"
#include "record/json_write.h"

static const struct fact *fact_of(const struct decider *d, const char *var,
	enum fact_kind kind)
{
	return schema_find(d->s, (struct fact_key){ var, kind, "" });
}

size_t decider_count(const struct fact *f, const struct spread *files)
{
	struct arena a = ARENA_INIT;
	size_t n = 0;

	if (f == NULL || f->many || f->n == 1)
		return f ? f->n : 0;
	for (size_t i = 0; i < f->n; i++) {
		struct spread both = { 0 };

		spread_intersect(&a, &f->answers[i]->files, files, &both);
		n += both.nparts > 0;
		arena_reset(&a);
	}
	arena_release(&a);
	return n;
}

const struct answer *decider_answer(const struct fact *f, struct spread_key k)
{
	for (size_t i = 0; i < f->n; i++)
		if (spread_has(&f->answers[i]->files, k))
			return f->answers[i];
	return f->many ? fact_first(f, NULL) : NULL;
}

struct dtype decider_dtype(struct decider *d, const struct answer *x)
{
	struct js *v = decider_value(d, x->value);
	const char *name = js_text(v) ? js_text(v) : js_get_text(v, "dtype");
	struct dtype t = dtype_of(DTYPE_FLOAT64);

	if (name != NULL && !dtype_parse(name, &t))
		t = dtype_of(DTYPE_FLOAT64); /* schema_json.c checked it */
	return t;
}

void decider_encode(struct decider *d, struct layout_var *v,
	const struct encoding *e, struct dtype real)
{
	struct js *rest = js_new_list(d->a);
	struct js *obj = encoding_to_json(d->a, e, v->dtype);
	struct js *missing = js_get(obj, "missing");
	char type[16], scale[16];

	dtype_name(v->dtype, type);
	dtype_name(real, scale);
	for (size_t i = 0; i < js_count(missing); i++)
		js_add(rest, js_at(missing, i));
	if (e->nmissing > 0) {
		js_set(v->attrs, "_FillValue", js_at(missing, 0));
		js_set_text(v->attr_dtypes, "_FillValue", type);
	}
	if (e->nmissing > 1) {
		js_set(v->attrs, "missing_value",
			e->nmissing > 2 ? rest : js_at(missing, 1));
		js_set_text(v->attr_dtypes, "missing_value", type);
	}
	if (e->packed) {
		js_set(v->attrs, "scale_factor", js_get(obj, "scale_factor"));
		js_set(v->attrs, "add_offset", js_get(obj, "add_offset"));
		js_set_text(v->attr_dtypes, "scale_factor", scale);
		js_set_text(v->attr_dtypes, "add_offset", scale);
	}
	if (e->sign != ENCODING_SIGN_OWN)
		js_set_text(v->attrs, "_Unsigned",
			e->sign == ENCODING_SIGN_UNSIGNED ? "true" : "false");
	v->encoding = obj;
}

void decider_missing(struct decider *d, const struct meaning *m, struct dtype t,
	struct encoding *e)
{
	const struct answer *none = fact_find(m->missing, "[]", NULL);
	const struct answer *x = decider_answer(m->missing, d->first);
	struct js *list;

	if (x == NULL || x == none)
		x = fact_first(m->missing, none);
	list = x ? decider_value(d, x->value) : NULL;
	for (size_t i = 0; i < js_count(list); i++)
		if (e->nmissing < ENCODING_MAX_MISSING &&
			dtype_value_bytes(t, js_at(list, i),
				e->missing[e->nmissing]))
			e->nmissing++;
}

static void tell(struct decider *d, const struct fact *f, const char *what,
	const char *decided)
{
	decision_add(d->a, &d->told,
		&(struct decision){
			.what = what,
			.var = f->key.var,
			.name = "",
			.fact = f,
			.decided = decided,
			.policy = f->key.kind == FACT_PACKING ?
				"combine.packing" :
				NULL,
		});
}

/* The encoding of the answer that the first file gives. */
static int first_packing(struct decider *d, const struct meaning *m,
	struct encoding *e, struct dtype *t)
{
	const struct answer *x = decider_answer(m->packing, d->first);
	struct js *v = decider_value(d, x->value);

	*t = decider_dtype(d, x);
	js_remove(v, "dtype");
	if (encoding_from_json(v, *t, e, m->err) < 0)
		return err_in(m->err,
			"variable '%.200s': its packing differs and in '%.200s' "
			"cannot be understood",
			m->packing->key.var, x->first.text);
	return 0;
}

/* One type for the scale and the offset of all files. */
static struct dtype real_dtype(struct decider *d, const struct meaning *m)
{
	const struct answer *x =
		m->unpacked ? decider_answer(m->unpacked, d->first) : NULL;
	struct dtype t = dtype_of(DTYPE_FLOAT64);

	if (x != NULL)
		t = decider_dtype(d, x);
	return dtype_is_float(t) ? t : dtype_of(DTYPE_FLOAT64);
}

static int unify_missing(struct decider *d, const struct meaning *m,
	struct layout_var *v)
{
	struct buf text = BUF_INIT;
	struct encoding e;

	if (first_packing(d, m, &e, &v->dtype) < 0)
		return -1;
	decider_missing(d, m, v->dtype, &e);
	decider_encode(d, v, &e, real_dtype(d, m));
	js_write(&text, js_get(v->attrs, "_FillValue"), JS_RECORD);
	tell(d, m->missing, "missing value",
		arena_printf(d->a, "%s in all", text.data));
	buf_release(&text);
	return 0;
}

static void promote(struct decider *d, const struct fact *f,
	const struct spread *files, struct promotion *p)
{
	struct arena a = ARENA_INIT;

	for (size_t i = 0; f != NULL && i < f->n; i++) {
		struct dtype t = decider_dtype(d, f->answers[i]);
		struct spread both = { 0 };

		spread_intersect(&a, &f->answers[i]->files, files, &both);
		if (both.nparts > 0 && p->any)
			(void)dtype_promote(t, p->t, &p->t);
		else if (both.nparts > 0)
			p->t = t;
		if (both.nparts > 0) {
			p->any = true;
			p->packed = p->packed ||
				(f->key.kind == FACT_UNPACKED &&
					dtype_is_float(t));
		}
		arena_reset(&a);
	}
	arena_release(&a);
}

struct promotion decider_promote(struct decider *d, const struct meaning *m)
{
	struct promotion p = { .any = false };
	struct arena a = ARENA_INIT;
	struct spread packed = { 0 }, plain = { 0 };

	if (m->unpacked != NULL)
		fact_files(&a, m->unpacked, &packed);
	spread_subtract(&a, m->files, &packed, &plain);
	promote(d, m->unpacked, m->files, &p);
	promote(d, m->dtype, &plain, &p);
	arena_release(&a);
	return p;
}

/* Floats, with NaN for what is missing. */
static void make_real(struct decider *d, const struct meaning *m,
	const struct promotion *p, struct layout_var *v)
{
	struct encoding e = encoding_none();

	v->dtype = p->t;
	if (m->missing != NULL &&
		(m->missing->n > 1 ||
			!str_eq(m->missing->answers[0]->value, "[]"))) {
		e.nmissing = 1;
		dtype_value_bytes(p->t, js_new_text(d->a, "NaN"), e.missing[0]);
	}
	decider_encode(d, v, &e, p->t);
	d->recoded = true;
	d->recoded_at = decision_file(m->packing);
}

static void unpack(struct decider *d, const struct meaning *m,
	const struct promotion *p, struct layout_var *v)
{
	char name[16];

	make_real(d, m, p, v);
	tell(d, m->packing, "packing",
		arena_printf(d->a, "unpacked to %s", dtype_name(p->t, name)));
}

static int repack(struct decider *d, const struct meaning *m,
	struct layout_var *v)
{
	struct encoding e;

	if (first_packing(d, m, &e, &v->dtype) < 0)
		return -1;
	decider_missing(d, m, v->dtype, &e);
	decider_encode(d, v, &e, real_dtype(d, m));
	d->recoded = true;
	d->recoded_at = decision_file(m->packing);
	tell(d, m->packing, "packing", "repacked like the first file");
	return 0;
}

static void widen(struct decider *d, const struct meaning *m,
	const struct promotion *p, struct layout_var *v)
{
	struct encoding e = encoding_none();
	char name[16];

	v->dtype = p->t;
	decider_missing(d, m, p->t, &e);
	decider_encode(d, v, &e, p->t);
	tell(d, m->dtype, "type",
		arena_printf(d->a, "promoted to %s", dtype_name(p->t, name)));
}

static int reconcile(struct decider *d, const struct meaning *m,
	struct layout_var *v)
{
	const struct promotion p = decider_promote(d, m);
	const struct agreement must = {
		.schema = d->s,
		.fact = m->packing,
		.what = arena_printf(d->a, "the packing of variable '%.200s'",
			v->name),
		.remedy = "combine.packing 'unpack' makes floats of all, "
			  "'repack' packs all like the first file",
	};

	if (!p.packed) {
		widen(d, m, &p, v);
		return 0;
	}
	if (str_eq(m->packing_word, "error"))
		return layout_check_same(&must, m->err);
	if (str_eq(m->packing_word, "repack"))
		return repack(d, m, v);
	unpack(d, m, &p, v);
	return 0;
}

/* Numbers in other units are reals, unless they are packed again. */
static int convert_units(struct decider *d, const struct meaning *m,
	struct layout_var *v)
{
	struct promotion p = decider_promote(d, m);

	if (p.packed && str_eq(m->packing_word, "repack"))
		return repack(d, m, v);
	if (!dtype_is_float(p.t))
		p.t = dtype_of(DTYPE_FLOAT64);
	if (decider_count(m->packing, m->files) > 1)
		unpack(d, m, &p, v);
	else
		make_real(d, m, &p, v);
	return 0;
}

/* Text, and what is compared with others bit for bit, is not converted. */
static int check_plain(struct decider *d, const struct meaning *m,
	const struct layout_var *v, bool numeric)
{
	struct agreement must = {
		.schema = d->s,
		.fact = m->dtype,
		.what = arena_printf(d->a, "the type of variable '%.200s'",
			v->name),
		.remedy = "bake the files that agree apart from the others",
	};

	if (spread_count(m->files) == 1)
		return 0;
	if (!numeric && layout_check_same(&must, m->err) < 0)
		return -1;
	must.fact = m->packing;
	must.what = arena_printf(d->a,
		"what the numbers of variable '%.200s' mean", v->name);
	if (layout_check_same(&must, m->err) < 0)
		return -1;
	must.fact = m->missing;
	return must.fact ? layout_check_same(&must, m->err) : 0;
}

static bool is_numeric(struct decider *d, const struct fact *dtype)
{
	for (size_t i = 0; i < dtype->n; i++)
		if (dtype_is_text(decider_dtype(d, dtype->answers[i])))
			return false;
	return true;
}

int decider_encoding(struct decider *d, struct layout_var *v,
	const struct spread *files, struct err *err)
{
	struct meaning m = {
		.dtype = fact_of(d, v->name, FACT_DTYPE),
		.packing = fact_of(d, v->name, FACT_PACKING),
		.missing = fact_of(d, v->name, FACT_MISSING),
		.unpacked = fact_of(d, v->name, FACT_UNPACKED),
		.time = fact_of(d, v->name, FACT_TIME),
		.files = files,
		.err = err,
	};
	const struct recipe_packing_of *asked =
		recipe_packing_find(&d->policy->packing, v->name);
	bool numeric;
	int r;

	m.packing_word =
		asked && asked->word ? asked->word : d->policy->packing.rest;
	if (m.dtype == NULL || m.packing == NULL)
		return err_set(err, ERR_DATA,
			"no fact tells the type of variable '%.200s'; make the "
			"facts again",
			v->name);
	numeric = is_numeric(d, m.dtype) && m.missing != NULL;
	v->dtype = decider_dtype(d,
		decider_answer(m.packing, d->first) ?
			decider_answer(m.packing, d->first) :
			m.packing->answers[0]);
	if (v->concat_axis < 0 || !numeric) {
		r = check_plain(d, &m, v, numeric);
		if (r < 0 || asked == NULL || asked->word != NULL)
			return r;
	}
	if (asked != NULL && asked->word == NULL)
		return decider_stated(d, &m, asked, v);
	r = decider_time(d, &m, v);
	if (r != 0)
		return r < 0 ? -1 : 0;
	if (d->time_units == NULL) {
		r = decider_units(d, &m, v);
		if (r != 0)
			return r < 0 ? -1 : convert_units(d, &m, v);
	}
	if (decider_count(m.packing, files) > 1)
		return reconcile(d, &m, v);
	if (decider_count(m.missing, files) > 1)
		return unify_missing(d, &m, v);
	return 0;
}
