/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The layout says what the target means; each file says for itself what it
 * means, so nothing has to be handed on for each of a million files.  What is
 * only compared is told apart from the store in full, and nothing is taken for
 * missing that neither side declares.
 */
#include "plan/plan_encoding.h"

#include "base/str.h"
#include "model/encoding.h"
#include "model/timecode.h"
#include "model/units.h"

/* Bounds have their time from elsewhere; where times need not be re-encoded
 * they are numbers like any others. */
static int set_time(const struct plan_source *have, const struct encoding *to,
	struct encoding *from, struct err *err)
{
	struct dataset_time time;

	from->time = from->calendar = NULL;
	if (to->time == NULL)
		return 0;
	if (!dataset_time(have->dataset, have->var, &time))
		return err_set(err, ERR_DATA,
			"no time, where the schema has one; make the schema "
			"again from these datasets");
	from->time = time.units;
	from->calendar = time.calendar;
	from->udunits_months = timecode_needs_months(time.units, time.calendar);
	return 0;
}

static int set_units(const struct layout_var *want,
	const struct plan_source *have, struct encoding *from, struct err *err)
{
	const char *to = js_get_text(want->attrs, "units");
	const char *unit = dataset_units(have->dataset, have->var);
	struct dataset_time time;

	if (from->time != NULL || to == NULL ||
		dataset_time(have->dataset, have->var, &time))
		return 0;
	if (unit == NULL)
		return err_set(err, ERR_DATA,
			"no 'units' that are text, where the schema has '%s'; "
			"repair the file, or bake it apart",
			to);
	if (str_eq(unit, to))
		return 0;
	if (units_same(unit, to))
		return 0;
	from->converted = true;
	return units_convert(unit, to, &from->units[0], &from->units[1], err);
}

/* A file that names no missing value has that of netCDF all the same, except of
 * bytes (netCDF users guide, "Fill values").  It matters where the target can
 * tell what is missing. */
static void add_default(struct arena *a, const struct layout_var *want,
	const struct encoding *to, struct dtype t, struct encoding *from)
{
	const struct js *fill = encoding_default_fill(a, t);

	if (from->nmissing > 0 || t.size < 2 || fill == NULL ||
		(to->nmissing == 0 && !dtype_is_float(want->dtype)))
		return;
	if (dtype_value_bytes(t, fill, from->missing[0]))
		from->nmissing = 1;
}

int plan_encoding(struct arena *a, const struct layout_var *want,
	const struct plan_source *have, const struct js **out, struct err *err)
{
	struct dtype t = have->var->table.dtype;
	struct encoding from, to;

	*out = NULL;
	if (want->encoding == NULL)
		return 0;
	if (dtype_is_text(t))
		return err_set(err, ERR_DATA,
			"text, where the schema has numbers; make the schema "
			"again from these datasets");
	if (encoding_from_json(want->encoding, want->dtype, &to, err) < 0 ||
		encoding_of_attrs(have->var->attrs, t, &from, err) < 0)
		return -1;
	if (set_time(have, &to, &from, err) < 0 ||
		set_units(want, have, &from, err) < 0)
		return -1;
	add_default(a, want, &to, t, &from);
	if (!dtype_equal(t, want->dtype) || !encoding_equal(&from, &to, t))
		*out = encoding_to_json(a, &from, t);
	return 0;
}

/* The units and calendar of a time of the store, also of bounds. */
static bool store_time(const struct layout *l, const struct layout_var *v,
	struct dataset_time *out)
{
	struct variable *vars;
	struct arena a = ARENA_INIT;
	bool found = false;
	struct dataset ds = { .nvars = l->nvars };
	const struct variable *self = NULL;

	vars = ARENA_NEW(&a, struct variable, l->nvars);
	ds.vars = vars;
	for (unsigned i = 0; i < l->nvars; i++) {
		vars[i].name = l->vars[i].name;
		vars[i].attrs = l->vars[i].attrs;
		if (&l->vars[i] == v)
			self = &vars[i];
	}
	if (self != NULL)
		found = dataset_time(&ds, self, out);
	arena_release(&a);
	return found;
}

int plan_encoding_store(struct arena *a, const struct layout *l,
	const struct layout_var *v, const struct js **out, struct err *err)
{
	struct dataset_time time;
	struct encoding e;

	*out = v->encoding;
	if (v->encoding != NULL || dtype_is_text(v->dtype))
		return 0;
	if (encoding_of_attrs(v->attrs, v->dtype, &e, err) < 0)
		return -1;
	e.time = e.calendar = NULL;
	if (store_time(l, v, &time)) {
		e.time = time.units;
		e.calendar = time.calendar;
		e.udunits_months =
			timecode_needs_months(time.units, time.calendar);
	}
	*out = encoding_to_json(a, &e, v->dtype);
	return 0;
}

/* Characters of no width have no bytes that could be read. */
static bool is_no_text(const struct chunk_table *t)
{
	return t->dtype.kind == DTYPE_CHAR && t->ndim > 0 &&
		t->shape[t->ndim - 1] == 0;
}

int plan_encoding_close(struct arena *a, const struct layout_var *want,
	const struct plan_source *have, const struct js **out, struct err *err)
{
	struct dtype t = have->var->table.dtype;
	struct encoding from, to;
	struct dataset_time time;
	char x[16], y[16];

	*out = NULL;
	if (dtype_is_text(t) || dtype_is_text(want->dtype)) {
		if (t.kind == want->dtype.kind && t.size <= want->dtype.size &&
			!is_no_text(&have->var->table))
			return 0;
		return err_set(err, ERR_DATA,
			"%s, and %s in the file it is taken from, which "
			"combine.static 'close' cannot compare; make the files "
			"agree, or set it to 'first'",
			dtype_name(t, x), dtype_name(want->dtype, y));
	}
	if (encoding_from_json(have->store, want->dtype, &to, err) < 0 ||
		encoding_of_attrs(have->var->attrs, t, &from, err) < 0)
		return -1;
	if ((to.time == NULL) != !dataset_time(have->dataset, have->var, &time))
		return err_set(err, ERR_DATA,
			"a time in some files and none in others, which "
			"combine.static 'close' cannot compare; make the files "
			"agree, or set it to 'first'");
	if (set_time(have, &to, &from, err) < 0 ||
		set_units(want, have, &from, err) < 0)
		return -1;
	*out = encoding_to_json(a, &from, t);
	return 0;
}
