/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schema_maker: a schema of one file in the making, for the files that make it
 * (schema_*.c) and for model/stack, which makes one of the parts of a record.
 */
#ifndef PGF_SCHEMA_MAKER_H
#define PGF_SCHEMA_MAKER_H

#include "model/dataset.h"
#include "schema/schema.h"

struct maker {
	struct schema *schema;
	struct answer answer; /* files and URLs set once */
	struct buf text;
};

/* The file that is asked, and by which dimensions it is known; the names are
 * sorted. */
struct maker_key {
	unsigned nconcat, nmerge;
	const char **concat, **merge;
	struct spread_key file;
};

/* The member "key" of a record; see schema_read_key. */
int maker_read_key(struct arena *a, const struct js *key, struct maker_key *out,
	struct err *err) PGF_CHECKED;

/* Add what the file answers. */
void maker_add(struct maker *m, struct fact_key key, const struct js *v,
	const char *dtype);

/* Add the facts on the file as a whole, and those on a variable but for its
 * series. */
void maker_add_group(struct maker *m, const struct dataset *ds,
	const struct maker_key *key);
void maker_add_variable(struct maker *m, const struct dataset *ds,
	const struct variable *v, const struct maker_key *key);

/* Is it along a concat dimension, and named like it?  Then it has a series. */
bool maker_is_coordinate(const struct variable *v, const struct maker_key *key);

/* Add the facts on what the numbers of a variable mean; repeated: files at one
 * place must hold the same. */
void maker_add_values(struct maker *m, const struct dataset *ds,
	const struct variable *v, bool repeated);

/* Add where the values of a concat coordinate begin and end, if the record holds
 * them. */
void maker_add_series(struct maker *m, const struct dataset *ds,
	const struct variable *v, struct spread_key file);

#endif
