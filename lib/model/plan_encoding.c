/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The layout says what the target means; each file says for itself what it
 * means, so nothing has to be handed on for each of a million files.
 */
#include "model/plan_encoding.h"

#include "base/str.h"
#include "model/encoding.h"
#include "model/units.h"

/* Bounds have their time from elsewhere; where times need not be re-encoded
 * they are numbers like any others. */
static int set_time(const struct plan_source *have, const struct encoding *to,
	struct encoding *from, struct err *err)
{
	const struct js *attrs = dataset_time(have->dataset, have->var);
	const char *calendar = js_get_text(attrs, "calendar");

	from->time = from->calendar = NULL;
	if (to->time == NULL)
		return 0;
	if (attrs == NULL)
		return err_set(err, ERR_DATA,
			"no time, where the schema has one; make the schema "
			"again from these datasets");
	from->time = js_get_text(attrs, "units");
	from->calendar = calendar ? calendar : "standard";
	return 0;
}

static int set_units(const struct layout_var *want,
	const struct plan_source *have, struct encoding *from, struct err *err)
{
	const char *to = js_get_text(want->attrs, "units");
	const char *unit = js_get_text(have->var->attrs, "units");

	if (from->time != NULL || to == NULL ||
		dataset_time(have->dataset, have->var))
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
