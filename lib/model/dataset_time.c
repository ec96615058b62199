/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bounds are where readers of CF go wrong: they have the units of what they
 * bound without saying so, so they must be re-encoded with it.
 */
#include "model/dataset.h"

#include <strings.h>

#include "base/str.h"

static bool is_time(const char *units)
{
	for (; units != NULL && *units != '\0'; units++)
		if (strncasecmp(units, " since ", 7) == 0)
			return true;
	return false;
}

static bool names(const struct js *attrs, const char *attr, const char *var)
{
	const char *name = js_get_text(attrs, attr);

	return name != NULL && str_eq(name, var);
}

/* The attributes of the variable whose bounds v holds, or NULL. */
static const struct js *bounded(const struct dataset *ds,
	const struct variable *v)
{
	for (unsigned i = 0; i < ds->nvars; i++) {
		const struct js *attrs = ds->vars[i].attrs;

		if (&ds->vars[i] != v &&
			(names(attrs, "bounds", v->name) ||
				names(attrs, "climatology", v->name)))
			return attrs;
	}
	return NULL;
}

const char *dataset_units(const struct dataset *ds, const struct variable *v)
{
	return js_get_text(js_get(v->attrs, "units") ? v->attrs :
						       bounded(ds, v),
		"units");
}

bool dataset_time(const struct dataset *ds, const struct variable *v,
	struct dataset_time *out)
{
	const char *calendar = js_get_text(v->attrs, "calendar");

	out->units = dataset_units(ds, v);
	if (!is_time(out->units))
		return false;
	if (calendar == NULL)
		calendar = js_get_text(bounded(ds, v), "calendar");
	out->calendar = calendar ? calendar : "standard";
	return true;
}
