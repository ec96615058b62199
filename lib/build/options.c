/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows as macros, since a table of constants cannot be put together from others
 * otherwise, and one option at a time should say where its value goes.
 */
#include "build/options.h"

#include <stdlib.h>

/* An empty path would be the current folder; it comes of variables of a shell that are
 * not set. */
static int check_given(const char *option, const char *path, struct err *err)
{
	return path == NULL || *path != '\0' ?
		0 :
		err_set(err, ERR_USAGE,
			"%s is empty: give it a folder, or leave it out",
			option);
}

int options_read(const struct options *o, char **operands,
	struct compile_input *out, struct err *err)
{
	if (operands[0] == NULL || operands[1] != NULL)
		return err_set(err, ERR_USAGE, "one recipe is wanted");
	if (check_given("--store", o->store, err) < 0 ||
		check_given("--work", o->work, err) < 0)
		return -1;
	*out = (struct compile_input){
		.recipe = operands[0],
		.sets = &o->sets,
		.store = o->store,
		.work = o->work,
		.cache = o->cache ? o->cache : getenv("PGF_CACHE"),
		.prune = (uint64_t)o->prune,
	};
	if (out->cache != NULL && *out->cache == '\0')
		out->cache = NULL;
	return 0;
}
