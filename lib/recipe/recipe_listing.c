/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nothing is asked here: that a server lists what matches is seen when the
 * recipe is expanded.
 */
#include "recipe/recipe_listing.h"

#include <stddef.h>
#include <string.h>

#include "base/str.h"

struct raw_listing {
	const char *url, *match, *sort;
	int64_t depth;
};

#define LISTING(field) .offset = offsetof(struct raw_listing, field)

static const char *const orders[] = { "name", "match", NULL };

static const struct member listing_members[] = {
	{ "url", member_text, LISTING(url), .required = true },
	{ "match", member_text, LISTING(match) },
	{ "sort", member_choice, LISTING(sort), .words = orders },
	{ "depth", member_integer, LISTING(depth), .max = 32 },
	MEMBER_END,
};

static int find_dim(const struct pattern_spec *spec, const char *name)
{
	for (size_t d = 0; d < spec->ndims; d++)
		if (str_eq(spec->dims[d].name, name))
			return (int)d;
	return -1;
}

/* A name makes a group the key of the dimension. */
static int read_groups(const struct reading *rd, const struct spot *at,
	struct pattern_spec *spec)
{
	struct pattern_listing *l = &spec->listing;
	size_t named = 0;

	for (size_t i = 1; i <= regex_groups(l->match); i++) {
		const char *name = regex_group_name(l->match, i);
		int d = name ? find_dim(spec, name) : -1;

		if (name == NULL)
			continue;
		if (d < 0)
			return spot_fail(rd, at,
				"has a group '%.80s', which is no dimension of "
				"'pattern.dims'",
				name);
		l->group[d] = i;
		named++;
	}
	for (size_t d = 0; named > 0 && d < spec->ndims; d++)
		if (l->group[d] == 0)
			return spot_fail(rd, at,
				"needs a group for each dimension, and has "
				"none for '%.80s'",
				spec->dims[d].name);
	return 0;
}

static int read_match(const struct reading *rd, const struct spot *at,
	const char *text, struct pattern_spec *spec)
{
	struct regex *match = regex_compile(rd->arena, text, rd->err);

	if (match == NULL)
		return spot_in(rd, at);
	spec->listing.match = match;
	return read_groups(rd, at, spec);
}

static int check_sort(const struct reading *rd, const struct spot *at,
	const struct raw_listing *in, struct pattern_spec *spec)
{
	struct pattern_listing *l = &spec->listing;
	bool keyed = l->group[0] > 0;

	l->by_match = keyed || (in->sort && str_eq(in->sort, "match"));
	if (keyed && in->sort != NULL && str_eq(in->sort, "name"))
		return spot_fail(rd, at,
			"cannot be 'name' where named groups of 'match' give "
			"the order");
	if (l->by_match && (!l->match || regex_groups(l->match) == 0))
		return spot_fail(rd, at,
			"needs a group in 'match', as in '(\\d{8})', to sort "
			"by");
	return 0;
}

static bool is_remote(const char *url)
{
	return strstr(url, "://") != NULL && !str_starts(url, "file:");
}

int recipe_listing_read(const struct reading *rd, const struct spot *at,
	struct pattern_spec *spec)
{
	const struct spot url = spot_member(at, "url");
	const struct spot match = spot_member(at, "match");
	const struct spot sort = spot_member(at, "sort");
	struct raw_listing in = { .url = NULL };

	if (members_read(rd, at, listing_members, &in) < 0)
		return -1;
	if (!is_remote(in.url))
		return spot_fail(rd, &url,
			"must be the URL of a server, not '%.200s': files of "
			"this machine are found by 'glob'",
			in.url);
	spec->listing.url = in.url;
	spec->listing.depth = in.depth;
	if (in.match != NULL && read_match(rd, &match, in.match, spec) < 0)
		return -1;
	return check_sort(rd, &sort, &in, spec);
}
