/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Zarr has no dimensions, only names for those of each array; what they are for the
 * store follows from all of them, as xarray has it.
 */
#include "format/zarr_store.h"

#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "base/names.h"
#include "base/num.h"
#include "base/str.h"
#include "format/attr.h"
#include "format/zarr_chunk.h"
#include "format/zarr_read_attr.h"

/* Chunks of all arrays that a record takes. */
static const uint64_t MOST_CHUNKS = UINT64_C(1) << 24;

static int check_name(const char *name, struct err *err)
{
	if (strchr(name, '/') != NULL || !objects_name_is_safe(name))
		return err_set(err, ERR_DATA,
			"'%.200s' is no name for an array", name);
	return attr_check_name("variable", name, err);
}

/* The dimensions of a variable are those of others of that name, or new. */
static int add_dims(struct arena *a, struct names *known,
	const struct variable *v, struct dataset *ds, struct err *err)
{
	for (unsigned i = 0; i < v->table.ndim; i++) {
		const struct names_entry *e =
			names_add(known, a, v->dims[i], ds->ndims);
		uint64_t len = v->table.shape[i];

		for (unsigned k = 0; k < i; k++)
			if (str_eq(v->dims[k], v->dims[i]))
				return err_set(err, ERR_DATA,
					"it has dimension '%.200s' twice",
					v->dims[i]);
		if (e->value == ds->ndims)
			ds->dims[ds->ndims++] = (struct dim){ v->dims[i], len };
		else if (ds->dims[e->value].len != len)
			return err_set(err, ERR_DATA,
				"its dimension '%.200s' has length %" PRIu64
				", that of another array %" PRIu64,
				v->dims[i], len, ds->dims[e->value].len);
	}
	return 0;
}

static int add_variable(struct arena *a, const struct zarr_node *node,
	struct dataset *ds, struct zarr_shard *shard, struct err *err)
{
	if (check_name(node->name, err) < 0)
		return -1;
	if (zarr_array_read(a, node, &ds->vars[ds->nvars], shard, err) < 0)
		return err_in(err, "variable '%.200s'", node->name);
	ds->nvars++;
	return 0;
}

static int add_all_dims(struct arena *a, struct dataset *ds, struct err *err)
{
	struct names known = { 0 };
	uint64_t total = 0, n = 0;
	size_t ndims = 0;

	for (unsigned i = 0; i < ds->nvars; i++) {
		ndims += ds->vars[i].table.ndim;
		if (!chunk_table_count(&ds->vars[i].table, &n) ||
			!num_add(total, n, &total) || total > MOST_CHUNKS)
			return err_set(err, ERR_DATA,
				"its arrays have more chunks than the %" PRIu64
				" that a record takes",
				MOST_CHUNKS);
	}
	ds->dims = ARENA_NEW(a, struct dim, ndims);
	for (unsigned i = 0; i < ds->nvars; i++)
		if (add_dims(a, &known, &ds->vars[i], ds, err) < 0)
			return err_in(err, "variable '%.200s'",
				ds->vars[i].name);
	return 0;
}

int zarr_store_dataset(struct arena *a, const struct zarr_group *g,
	struct dataset *out, struct zarr_shard **shards, struct err *err)
{
	struct attrs attrs = attrs_new(a);

	memset(out, 0, sizeof(*out));
	out->format = "zarr";
	if (zarr_read_attrs(g->attrs, NULL, &attrs, err) < 0)
		return -1;
	out->attrs = attrs.values;
	out->attr_dtypes = attrs.dtypes;
	out->vars = ARENA_NEW(a, struct variable, g->n);
	*shards = ARENA_NEW(a, struct zarr_shard, g->n);
	for (size_t i = 0; i < g->n; i++)
		if (add_variable(a, &g->nodes[i], out, &(*shards)[i], err) < 0)
			return -1;
	return add_all_dims(a, out, err);
}

/* All that is known of a store on a server is what its document says. */
static int read_document(struct arena *a, const struct view *v,
	struct zarr_group *g, struct err *err)
{
	int version = str_eq(v->document, "zarr.json") ? 3 : 2;
	struct buf text = BUF_INIT;
	int r;

	if (v->size > ZARR_GROUP_MAX)
		return err_set(err, ERR_DATA,
			"'%s' is too large for a document", v->document);
	buf_resize(&text, (size_t)v->size);
	r = view_read(v, 0, text.len, text.data, err);
	if (r == 0 && zarr_group_parse(a, version, &text, g, err) < 0)
		r = err_in(err, "'%s'", v->document);
	buf_release(&text);
	if (r == 0 && g->nodes == NULL)
		r = err_set(err, ERR_DATA,
			"its zarr.json has no consolidated metadata, without "
			"which nobody can tell over the network which arrays it "
			"has: consolidate it, or copy the store into a folder "
			"first");
	return r;
}

/* Where every chunk is absent, something else may be wrong. */
static void warn_empty(const struct view *v, const struct variable *x)
{
	const struct refs *r = &x->table.refs;
	uint64_t i = 0;

	while (i < r->n && r->offset[i] == REFS_ABSENT)
		i++;
	if (r->n > 0 && i == r->n)
		log_warn("'%s' of '%s': the server has none of its chunks",
			x->name, v->path);
}

int zarr_store_read(struct arena *a, const struct view *v, struct dataset *out,
	struct err *err)
{
	bool away = v->store != NULL;
	struct zarr_group g;
	struct zarr_shard *shards;

	if ((away ? read_document(a, v, &g, err) :
		    zarr_group_read(a, v->fd, &g, err)) < 0 ||
		zarr_store_dataset(a, &g, out, &shards, err) < 0)
		return -1;
	for (unsigned i = 0; i < out->nvars; i++) {
		struct variable *x = &out->vars[i];

		if (zarr_chunk_find(a, v, &shards[i], &x->table, err) < 0)
			return err_in(err, "variable '%.200s'", x->name);
		if (away)
			warn_empty(v, x);
	}
	return 0;
}
