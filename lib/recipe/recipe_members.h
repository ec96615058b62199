/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recipe_members: mappings read by tables.
 *
 * A table names every member a mapping may have and the function that reads it
 * into a field of a struct.  Unknown members, wrong types and ranges are then
 * errors without a line of code anywhere else, and each error says where.
 */
#ifndef PGF_RECIPE_MEMBERS_H
#define PGF_RECIPE_MEMBERS_H

#include "recipe/recipe_source.h"

struct reading {
	struct arena *arena;
	const struct recipe_source *source;
	const char *folder; /* absolute: what paths are relative to */
	struct err *err;
};

/* A value and the way to it. */
struct spot {
	const struct spot *up; /* of the container; NULL for the root */
	const char *name;      /* in a mapping; NULL for an element of a list */
	size_t i;
	struct js *value;
};

struct member;

typedef int member_fn(const struct reading *rd, const struct spot *at,
	const struct member *m, void *field);

struct member {
	const char *name;
	member_fn *read;
	size_t offset; /* of the field in the struct of the table */
	bool required;
	int64_t min, max;           /* member_integer */
	const char *const *words;   /* member_choice */
	const struct member *table; /* member_section */
};

#define MEMBER_END           \
	{                    \
		.name = NULL \
	}

/* Read the mapping at a spot into out: every member by the table, which ends
 * with MEMBER_END.  Fields of absent members are left alone. */
int members_read(const struct reading *rd, const struct spot *at,
	const struct member *table, void *out) PGF_CHECKED;

/* Readers, and the type of the field. */
member_fn member_text;    /* const char *, not empty */
member_fn member_integer; /* int64_t */
member_fn member_flag;    /* bool */
member_fn member_choice;  /* const char *: one of words */
member_fn member_list;    /* struct js * */
member_fn member_mapping; /* struct js * */
member_fn member_any;     /* struct js * */
member_fn member_section; /* a struct, read by another table */

/* The spot of a member or an element of a container. */
struct spot spot_member(const struct spot *up, const char *name);
struct spot spot_element(const struct spot *up, size_t i);

/* "r.yaml:7", and how the spot is written: "target.codecs[0]"; the root is
 * "recipe". */
const char *spot_where(const struct reading *rd, const struct spot *at);
const char *spot_path(const struct reading *rd, const struct spot *at);

/* Errors: "WHERE: 'PATH' TEXT", and "WHERE: TEXT". */
int spot_fail(const struct reading *rd, const struct spot *at, const char *fmt,
	...) PGF_PRINTF(3, 4);
int spot_say(const struct reading *rd, const struct spot *at, const char *fmt,
	...) PGF_PRINTF(3, 4);

/* Put "WHERE: 'PATH': " in front of an error that has no place yet. */
int spot_in(const struct reading *rd, const struct spot *at);

/* "'PATH' must be WANTED, not a list". */
int spot_wants(const struct reading *rd, const struct spot *at,
	const char *wanted);

/* "'a', 'b', 'c'" of a NULL-terminated list. */
const char *words_listed(struct arena *a, const char *const *words);

#endif
