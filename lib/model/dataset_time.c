/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bounds are where readers of CF go wrong: they have the units of what they
 * bound without saying so, so they must be re-encoded with it.
 */
#include "model/dataset.h"

#include <strings.h>

#include "base/str.h"

static bool is_time(const struct js *attrs)
{
	const char *units = js_get_text(attrs, "units");

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

const struct js *dataset_time(const struct dataset *ds,
	const struct variable *v)
{
	if (is_time(v->attrs))
		return v->attrs;
	if (js_get(v->attrs, "units") != NULL)
		return NULL;
	for (unsigned i = 0; i < ds->nvars; i++) {
		const struct js *attrs = ds->vars[i].attrs;

		if (is_time(attrs) &&
			(names(attrs, "bounds", v->name) ||
				names(attrs, "climatology", v->name)))
			return attrs;
	}
	return NULL;
}
