/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Codec names are those of numcodecs where they have one and mean the same
 * bytes, else those of imagecodecs.  Dropping filters
 * that we do not know was refused: a table must say why it cannot be used.
 */
#include "format/hdf5_chunk.h"

#include <string.h>

#include "base/num.h"
#include "base/str.h"

/* The members that values of a filter are, as the filter stores them: LEAST of
 * them or it is not ours to name. */
enum { MAX_VALUES = 6 };

static const struct {
	int id;
	const char *name;
	size_t least;
	const char *members[MAX_VALUES]; /* NULL: not told */
} filters[] = {
	{ 1, "zlib", 0, { "level" } },
	{ 2, "shuffle", 0, { "elementsize" } },
	{ 3, "fletcher32", 0, { NULL } },
	{ 4, "szip", 4,
		{ "options_mask", "pixels_per_block", "bits_per_pixel",
			"pixels_per_scanline" } },
	{ 307, "bz2", 0, { "level" } },
	{ 32000, "lzf", 0, { NULL } },
	{ 32001, "blosc", 0, { NULL } },
	{ 32004, "lz4h5", 0, { NULL } },
	{ 32008, "bitshuffle", 3,
		{ NULL, NULL, "elementsize", "blocksize", "cname", "level" } },
	{ 32015, "zstd", 0, { "level" } },
};

/* What bitshuffle compresses its blocks with, by number; NULL if there is no
 * such. */
static const char *bitshuffle_inside(unsigned value)
{
	static const char *const names[] = { "none", NULL, "lz4", "zstd" };

	return value < sizeof(names) / sizeof(*names) ? names[value] : NULL;
}

static bool set_values(struct js *configuration, const char *const *members,
	const unsigned *values, size_t n)
{
	for (size_t i = 0; i < n && i < MAX_VALUES; i++) {
		const char *name = members[i], *inside;

		if (name == NULL)
			continue;
		if (!str_eq(name, "cname")) {
			js_set_int(configuration, name, (int)values[i]);
			continue;
		}
		inside = bitshuffle_inside(values[i]);
		if (inside == NULL)
			return false;
		js_set_text(configuration, name, inside);
	}
	return true;
}

/* The codec under a name of its own, or NULL. */
static struct js *named_codec(struct arena *a, int filter,
	const unsigned *values, size_t n)
{
	struct js *codec = js_new_object(a);
	struct js *configuration = js_new_object(a);

	for (size_t i = 0; i < sizeof(filters) / sizeof(*filters); i++) {
		if (filters[i].id != filter)
			continue;
		if (n < filters[i].least ||
			!set_values(configuration, filters[i].members, values,
				n))
			return NULL;
		js_set_text(codec, "name", filters[i].name);
		js_set(codec, "configuration", configuration);
		return codec;
	}
	return NULL;
}

struct js *hdf5_codec(struct arena *a, int filter, const unsigned *values,
	size_t n)
{
	struct js *codec = named_codec(a, filter, values, n);
	struct js *list = js_new_list(a), *configuration = js_new_object(a);

	if (codec != NULL)
		return codec;
	codec = js_new_object(a);
	js_set_text(codec, "name", "hdf5");
	js_set_int(configuration, "id", filter);
	for (size_t i = 0; i < n; i++)
		js_add_u64(list, values[i]);
	js_set(configuration, "values", list);
	js_set(codec, "configuration", configuration);
	return codec;
}

struct refs hdf5_new_refs(struct arena *a, uint64_t n)
{
	struct refs r = { .n = n };

	r.offset = ARENA_NEW(a, uint64_t, (size_t)n);
	r.length = ARENA_NEW(a, uint64_t, (size_t)n);
	r.mask = ARENA_NEW(a, uint32_t, (size_t)n);
	for (uint64_t i = 0; i < n; i++)
		r.offset[i] = REFS_ABSENT;
	return r;
}

/* A variable named like a dimension that it is not the coordinate of is stored
 * under this and its name (NetCDF-4 format, "Hidden names"). */
static const char aside[] = "_nc4_non_coord_";

bool hdf5_is_known(const struct dataset *ds, const char *name)
{
	if (str_starts(name, aside))
		name += strlen(aside);
	return dataset_var(ds, name) != NULL || dataset_dim(ds, name) != NULL;
}

int hdf5_place(void *state, const struct hdf5_chunk *chunk, struct err *err)
{
	const struct hdf5_placing *p = state;
	struct chunk_table *t = p->table;
	uint64_t at = 0, nfilters = js_count(t->codecs);
	bool partial = false;

	for (unsigned i = 0; i < t->ndim; i++) {
		uint64_t corner = chunk->corner[i], len = t->chunk_shape[i];

		if (corner % len != 0)
			return err_set(err, ERR_DATA,
				"corrupt: a chunk is off the chunk grid");
		if (corner >= t->shape[i])
			return 0; /* left behind when it shrank */
		partial = partial || t->shape[i] - corner < len;
		at = at * num_ceil_div(t->shape[i], len) + corner / len;
	}
	t->refs.offset[at] = chunk->offset;
	t->refs.length[at] = chunk->length;
	t->refs.mask[at] = chunk->mask;
	if (partial && p->edge_raw)
		t->refs.mask[at] = (uint32_t)(((uint64_t)1 << nfilters) - 1);
	return 0;
}
