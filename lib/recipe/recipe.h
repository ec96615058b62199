/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recipe: the file a user writes, read and checked (pgf-recipe(5)).
 *
 * It is data, never code.  Every member is known to a table; an unknown one is
 * an error with its line and the nearest known name.  Also the programs that
 * need only a few members read them from a recipe: one that holds no others.
 */
#ifndef PGF_RECIPE_H
#define PGF_RECIPE_H

#include "base/opt.h"
#include "recipe/pattern.h"
#include "recipe/recipe_access.h"
#include "recipe/recipe_combine.h"
#include "recipe/recipe_target.h"

/* Members that must be there, besides name. */
enum recipe_need {
	RECIPE_NEEDS_PATTERN = 1,
	RECIPE_NEEDS_TARGET = 2, /* target.store */
};

struct recipe_fetch {
	bool cache;  /* whole files are kept, else parts are read as needed */
	bool digest; /* local files are read, so that a touch is known as one */
	int64_t per_host, retries;
	const char *unpack;     /* "auto" or "none" */
	const char *on_missing; /* "error" or "skip" */
	struct recipe_access access;
	const char *exec;     /* a command for every file, or NULL */
	int64_t exec_timeout; /* seconds */
};

struct recipe_run {
	int64_t jobs;    /* 0: one a processor */
	int64_t batch;   /* items in a task; 0: any */
	uint64_t memory; /* bytes of one task; 0: not said */
};

struct recipe {
	const char *path;   /* as given; "<stdin>" for "-" */
	const char *folder; /* absolute: what relative paths start from */
	const char *name;
	bool has_pattern;
	struct pattern_spec pattern;
	struct recipe_fetch fetch;
	struct recipe_combine combine;
	struct recipe_target target;
	struct recipe_run run;
	struct js *tree; /* everything, with defaults, paths absolute */
};

/* What to read, and with which overrides (MEMBER=VALUE; may be NULL). */
struct recipe_input {
	const char *path; /* "-" is stdin */
	const struct opt_list *sets;
	unsigned need; /* or of enum recipe_need */
};

/* Read a recipe into out, which lives in the arena.  ERR_DATA: "r.yaml:7:
 * cause"; what is wrong with an override is ERR_USAGE. */
int recipe_read(struct arena *a, const struct recipe_input *in,
	struct recipe *out, struct err *err) PGF_CHECKED;

/* The same from text in memory: path is only its name, and the folder for what
 * is relative. */
int recipe_parse(struct arena *a, const struct recipe_input *in,
	const struct buf *text, struct recipe *out,
	struct err *err) PGF_CHECKED;

/* A recipe with chosen members only, in the given order: names as in "title" or
 * "target.chunks", NULL-terminated.  Those that the recipe lacks are left out;
 * defaults are written out.  Shares its values with the recipe. */
struct js *recipe_to_json(struct arena *a, const struct recipe *r,
	const char *const *members);

#endif
