/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schema_maker: a schema of one file in the making, shared by the files that make
 * it.  For schema_fold.c and schema_values.c only.
 */
#ifndef PGF_SCHEMA_MAKER_H
#define PGF_SCHEMA_MAKER_H

#include "model/dataset.h"
#include "model/schema.h"

struct maker {
	struct schema *schema;
	struct answer answer; /* files and URLs set once */
	struct buf text;
};

/* Add what the file answers. */
void maker_add(struct maker *m, struct fact_key key, const struct js *v,
	const char *dtype);

/* Add the facts on what the numbers of a variable mean. */
void maker_add_values(struct maker *m, const struct dataset *ds,
	const struct variable *v);

/* Add where the values of a concat coordinate begin and end, if the record holds
 * them. */
void maker_add_series(struct maker *m, const struct dataset *ds,
	const struct variable *v, struct spread_key file);

#endif
