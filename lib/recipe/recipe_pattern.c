/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The members are read first, each by itself; then what they say together is
 * checked, and the template is compiled against the dimensions.
 */
#include "recipe/recipe_pattern.h"

#include <stddef.h>
#include <string.h>

#include "base/str.h"
#include "model/place.h"
#include "recipe/recipe_keys.h"
#include "recipe/recipe_listing.h"

/* The members as they stand. */
struct raw_pattern {
	const char *url, *format, *glob, *list;
	struct js *dims, *files, *listing;
};

#define RAW(field) .offset = offsetof(struct raw_pattern, field)

static const char *const formats[] = { "auto", "netcdf3", "netcdf4", "zarr",
	NULL };

static const struct member pattern_members[] = {
	{ "url", member_text, RAW(url) },
	{ "format", member_choice, RAW(format), .words = formats },
	{ "dims", member_list, RAW(dims) },
	{ "files", member_list, RAW(files) },
	{ "glob", member_text, RAW(glob) },
	{ "list", member_text, RAW(list) },
	{ "listing", member_mapping, RAW(listing) },
	MEMBER_END,
};

struct raw_dim {
	const char *concat, *merge;
	struct js *dates, *values, *range;
	int64_t items_per_file;
};

#define DIM(field) .offset = offsetof(struct raw_dim, field)

static const struct member dim_members[] = {
	{ "concat", member_text, DIM(concat) },
	{ "merge", member_text, DIM(merge) },
	{ "dates", member_mapping, DIM(dates) },
	{ "values", member_any, DIM(values) },
	{ "range", member_mapping, DIM(range) },
	{ "items_per_file", member_integer, DIM(items_per_file), .min = 1,
		.max = INT64_MAX },
	MEMBER_END,
};

static int read_keys(const struct reading *rd, const struct spot *at,
	const struct raw_dim *in, struct pattern_dim *out)
{
	const struct spot dates = spot_member(at, "dates");
	const struct spot values = spot_member(at, "values");
	const struct spot range = spot_member(at, "range");
	int given = !!in->dates + !!in->values + !!in->range;

	if (given > 1)
		return spot_fail(rd, at,
			"has more than one of 'dates', "
			"'values' and 'range'");
	if (in->dates != NULL)
		return recipe_dates_read(rd, &dates, NULL, out);
	if (in->values != NULL)
		return recipe_values_read(rd, &values, NULL, out);
	if (in->range != NULL)
		return recipe_range_read(rd, &range, NULL, out);
	out->keys = PATTERN_POSITIONS;
	return 0;
}

static int read_dim(const struct reading *rd, const struct spot *at,
	struct pattern_dim *out)
{
	struct raw_dim in = { .concat = NULL };

	*out = (struct pattern_dim){ .op = PATTERN_CONCAT };
	if (members_read(rd, at, dim_members, &in) < 0)
		return -1;
	if (!in.concat == !in.merge)
		return spot_fail(rd, at,
			"must have one of 'concat' and "
			"'merge', and the name of the dimension there");
	out->op = in.concat ? PATTERN_CONCAT : PATTERN_MERGE;
	out->name = in.concat ? in.concat : in.merge;
	out->items_per_file = (uint64_t)in.items_per_file;
	if (in.merge != NULL && in.items_per_file > 0)
		return spot_fail(rd, at,
			"is a merge dimension, for which "
			"'items_per_file' has no meaning");
	return read_keys(rd, at, &in, out);
}

/* A new dimension, after those in out. */
static int check_dim(const struct reading *rd, const struct spot *at,
	const struct pattern_dim *dim, const struct pattern_spec *out)
{
	size_t nconcat = dim->op == PATTERN_CONCAT;

	for (size_t k = 0; k < out->ndims; k++) {
		nconcat += out->dims[k].op == PATTERN_CONCAT;
		if (str_eq(out->dims[k].name, dim->name))
			return spot_fail(rd, at,
				"has the name '%.80s' of another dimension",
				dim->name);
	}
	if (out->ndims == PATTERN_MAX_DIMS)
		return spot_fail(rd, at,
			"is one dimension too many; there may be %d",
			PATTERN_MAX_DIMS);
	if (dim->op == PATTERN_CONCAT && nconcat > PLACE_MAX_DIMS)
		return spot_fail(rd, at,
			"is one concat dimension too many; there may be %d",
			PLACE_MAX_DIMS);
	return 0;
}

static int check_positions(const struct reading *rd, const struct spot *at,
	const struct pattern_spec *spec)
{
	unsigned nconcat = 0;

	for (size_t i = 0; i < spec->ndims; i++)
		nconcat += spec->dims[i].op == PATTERN_CONCAT;
	for (size_t i = 0; i < spec->ndims; i++)
		if (spec->dims[i].op == PATTERN_CONCAT &&
			spec->dims[i].n > place_limit(nconcat))
			return spot_fail(rd, at,
				"has %llu keys of '%.80s'; with %u concat "
				"dimensions there may be %llu of each",
				(unsigned long long)spec->dims[i].n,
				spec->dims[i].name, nconcat,
				(unsigned long long)place_limit(nconcat));
	return 0;
}

static int read_dims(const struct reading *rd, const struct spot *at,
	struct pattern_spec *out)
{
	for (size_t i = 0; i < js_count(at->value); i++) {
		const struct spot element = spot_element(at, i);
		struct pattern_dim dim;

		if (read_dim(rd, &element, &dim) < 0 ||
			check_dim(rd, &element, &dim, out) < 0)
			return -1;
		out->dims[out->ndims++] = dim;
	}
	return check_positions(rd, at, out);
}

/* Exactly one of these; its name. */
static const char *source_of(const struct reading *rd, const struct spot *at)
{
	static const char *const sources[] = { "url", "files", "glob", "list",
		"listing" };
	const char *found = NULL;

	for (size_t i = 0; i < 5; i++) {
		const struct spot child = spot_member(at, sources[i]);

		if (child.value == NULL)
			continue;
		if (found != NULL) {
			spot_fail(rd, &child,
				"cannot stand beside "
				"'pattern.%s': one of 'url', 'files', 'glob', "
				"'list' and 'listing' says where the files are",
				found);
			return NULL;
		}
		found = sources[i];
	}
	if (found == NULL)
		spot_fail(rd, at,
			"names no files: it needs one of 'url', "
			"'files', 'glob', 'list' and 'listing'");
	return found;
}

static int compile_url(const struct reading *rd, const struct spot *at,
	struct pattern_spec *spec)
{
	struct template_name *names =
		ARENA_NEW(rd->arena, struct template_name, spec->ndims);
	struct template_source src = { .text = js_text(at->value),
		.names = names,
		.n = spec->ndims };
	struct template *url = NULL;

	for (size_t i = 0; i < spec->ndims; i++) {
		const struct pattern_dim *dim = &spec->dims[i];

		if (dim->keys == PATTERN_POSITIONS)
			return spot_fail(rd, at,
				"needs keys, and the "
				"dimension '%.80s' has none: give it 'dates', "
				"'values' or 'range'",
				dim->name);
		pattern_dim_name(rd->arena, dim, &names[i]);
	}
	if (template_compile(rd->arena, &src, &url, rd->err) < 0)
		return spot_in(rd, at);
	for (size_t i = 0; i < spec->ndims; i++)
		if (spec->dims[i].n > 1 && !template_uses(url, i))
			return spot_fail(rd, at,
				"does not use '{%.80s}', so "
				"all its keys would mean the same file",
				spec->dims[i].name);
	spec->url = url;
	return 0;
}

static int read_files(const struct reading *rd, const struct spot *at,
	struct pattern_spec *spec)
{
	spec->nfiles = js_count(at->value);
	spec->files = ARENA_NEW(rd->arena, const char *, spec->nfiles);
	if (spec->nfiles == 0)
		return spot_fail(rd, at, "is empty");
	for (size_t i = 0; i < spec->nfiles; i++) {
		const struct spot element = spot_element(at, i);

		if (member_text(rd, &element, NULL, &spec->files[i]) < 0)
			return -1;
	}
	return 0;
}

/* Listed files bring their order, so one concat dimension without keys; records
 * bring their keys, so any dimensions without keys. */
static int check_listed(const struct reading *rd, const struct spot *at,
	const struct pattern_spec *spec)
{
	bool records = (spec->from == PATTERN_LIST &&
			       str_ends(spec->path, ".ndjson")) ||
		(spec->from == PATTERN_LISTING && spec->listing.group[0] > 0);

	for (size_t i = 0; i < spec->ndims; i++)
		if (spec->dims[i].keys != PATTERN_POSITIONS)
			return spot_fail(rd, at,
				"gives the keys itself, so "
				"the dimension '%.80s' can have none",
				spec->dims[i].name);
	if (spec->from == PATTERN_FILES && spec->nfiles == 1 &&
		spec->ndims == 0)
		return 0;
	if (!records &&
		(spec->ndims != 1 || spec->dims[0].op != PATTERN_CONCAT))
		return spot_fail(rd, at,
			"needs one dimension: "
			"dims: [{concat: NAME}]");
	return 0;
}

static int read_source(const struct reading *rd, const struct spot *at,
	const struct raw_pattern *in, struct pattern_spec *spec)
{
	const char *name = source_of(rd, at);
	struct spot child;

	if (name == NULL)
		return -1;
	child = spot_member(at, name);
	spec->where = spot_where(rd, &child);
	if (in->url != NULL)
		return compile_url(rd, &child, spec);
	spec->from = in->files ? PATTERN_FILES :
		in->glob       ? PATTERN_GLOB :
		in->listing    ? PATTERN_LISTING :
				 PATTERN_LIST;
	spec->path = in->glob ? in->glob : in->list;
	if (in->files != NULL && read_files(rd, &child, spec) < 0)
		return -1;
	if (in->listing != NULL && recipe_listing_read(rd, &child, spec) < 0)
		return -1;
	return check_listed(rd, &child, spec);
}

int recipe_pattern_read(const struct reading *rd, const struct spot *at,
	const struct member *m, void *field)
{
	const struct spot dims = spot_member(at, "dims");
	struct raw_pattern in = { .url = NULL };
	struct pattern_spec *spec = field;

	(void)m;
	if (members_read(rd, at, pattern_members, &in) < 0)
		return -1;
	*spec = (struct pattern_spec){ .folder = rd->folder };
	if (in.format != NULL && !str_eq(in.format, "auto"))
		spec->format = in.format;
	if (read_dims(rd, &dims, spec) < 0)
		return -1;
	return read_source(rd, at, &in, spec);
}
