/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Codec names are those of numcodecs where they have one.  Dropping filters
 * that we do not know was refused: a table must say why it cannot be used.
 */
#include "format/hdf5_chunk.h"

#include <string.h>

#include "base/num.h"
#include "base/str.h"

static const struct {
	int id;
	const char *name, *value; /* value: member that is values[0] */
} filters[] = {
	{ 1, "zlib", "level" },
	{ 2, "shuffle", "elementsize" },
	{ 3, "fletcher32", NULL },
	{ 4, "szip", NULL },
	{ 307, "bzip2", NULL },
	{ 32000, "lzf", NULL },
	{ 32001, "blosc", NULL },
	{ 32015, "zstd", "level" },
};

struct js *hdf5_codec(struct arena *a, int filter, const unsigned *values,
	size_t n)
{
	struct js *codec = js_new_object(a), *list = js_new_list(a);
	struct js *configuration = js_new_object(a);

	for (size_t i = 0; i < sizeof(filters) / sizeof(*filters); i++) {
		if (filters[i].id != filter)
			continue;
		js_set_text(codec, "name", filters[i].name);
		if (filters[i].value != NULL && n > 0)
			js_set_int(configuration, filters[i].value,
				(int)values[0]);
		js_set(codec, "configuration", configuration);
		return codec;
	}
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
