/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An engine is a line in this table and a file that prints for it; graph and tasks
 * know none.
 */
#include "build/printer.h"

#include "base/str.h"
#include "build/make.h"
#include "build/ndjson.h"
#include "build/ninja.h"

static const struct printer printers[] = {
	{ "make", "recipe.mk", make_print },
	{ "ninja", "recipe.ninja", ninja_print },
	{ "ndjson", NULL, ndjson_print },
};

const struct printer *printer_find(const char *name, struct err *err)
{
	for (size_t i = 0; i < sizeof(printers) / sizeof(printers[0]); i++)
		if (str_eq(printers[i].name, name))
			return &printers[i];
	err_set(err, ERR_USAGE, "format '%.80s' is none of make, ninja, ndjson",
		name);
	return NULL;
}
