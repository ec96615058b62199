/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pattern_dim: the keys of one dimension, by number.
 *
 * Dates and ranges are computed, not stored, so that walking keys needs no
 * memory and any key can be asked for.
 */
#ifndef PGF_PATTERN_DIM_H
#define PGF_PATTERN_DIM_H

#include "recipe/template.h"

enum pattern_op { PATTERN_CONCAT, PATTERN_MERGE };

enum pattern_keys {
	PATTERN_POSITIONS, /* no keys of its own: files are given */
	PATTERN_DATES,
	PATTERN_VALUES,
	PATTERN_RANGE,
};

struct pattern_value {
	const char *name;
	bool is_integer;
	int64_t number;
	const struct js *members; /* of a mapping's value, or NULL */
};

struct pattern_dim {
	enum pattern_op op;
	const char *name;
	enum pattern_keys keys;
	uint64_t n;              /* keys, skipped ones not counted */
	uint64_t items_per_file; /* 0: no promise */

	enum calendar calendar; /* dates */
	struct date start;
	struct step step;
	bool by_day;    /* every key is a midnight */
	uint64_t *skip; /* numbers of steps, ascending, no two equal */
	size_t nskip;

	int64_t first, by; /* range */

	struct pattern_value *values;
};

enum { PATTERN_KEY_TEXT = 32 };

/* Key number k < n; its text is in buffer or lives as long as the dim. */
void pattern_dim_key(const struct pattern_dim *dim, uint64_t k,
	char buffer[PATTERN_KEY_TEXT], struct template_value *out);

/* What a template may say of the dim; members come from the arena. */
void pattern_dim_name(struct arena *a, const struct pattern_dim *dim,
	struct template_name *out);

#endif
