/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows as macros, since a table of constants cannot be put together from others
 * otherwise, and one option at a time should say where its value goes.
 */
#include "build/options.h"

#include <stdlib.h>

int options_read(const struct options *o, char **operands,
	struct compile_input *out, struct err *err)
{
	if (operands[0] == NULL || operands[1] != NULL)
		return err_set(err, ERR_USAGE, "one recipe is wanted");
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
