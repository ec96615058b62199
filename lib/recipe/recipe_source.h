/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recipe_source: the values of a recipe before anyone looked at them, with
 * overrides in place, and where each came from.
 */
#ifndef PGF_RECIPE_SOURCE_H
#define PGF_RECIPE_SOURCE_H

#include "base/opt.h"
#include "record/yaml.h"

/* A member that the command line put there. */
struct recipe_override {
	const struct js *parent;
	const char *name;
	const char *text;          /* "target.zarr_format=2" */
	struct yaml_places places; /* of what is in its value */
};

struct recipe_source {
	struct arena *arena;
	struct yaml_doc doc;
	struct recipe_override *overrides;
	size_t n, cap;
};

/* Parse in and apply the overrides (may be NULL), which may name members below
 * target, fetch and run.  ERR_DATA for the document, ERR_USAGE for them. */
int recipe_source_read(struct arena *a, const struct yaml_text *in,
	const struct opt_list *sets, struct recipe_source *out,
	struct err *err) PGF_CHECKED;

/* Where the member of that name (or, with name NULL, element i) of parent
 * stands: "r.yaml:7", with kind ERR_DATA, or "--set target.zarr_format=5", with
 * ERR_USAGE.  NULL if it is not known. */
struct recipe_place {
	const struct js *parent;
	const char *name;
	size_t i;
};
const char *recipe_source_where(const struct recipe_source *src,
	const struct recipe_place *at, enum err_kind *kind);

#endif
