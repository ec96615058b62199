/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything a piece says is checked against the region before a file is
 * opened, so that the writer has no questions left.
 */
#include "model/region_piece.h"

#include <inttypes.h>

#include "base/num.h"

int region_bad(struct err *err, const char *member, const char *why)
{
	return err_set(err, ERR_DATA, "member '%s' %s", member, why);
}

int region_numbers(struct arena *a, const struct js *list, uint64_t low,
	uint64_t **out, unsigned *n)
{
	*n = (unsigned)js_count(list);
	if (js_type(list) != JS_LIST || js_count(list) > DATASET_MAX_NDIM)
		return -1;
	*out = ARENA_NEW(a, uint64_t, *n);
	for (unsigned i = 0; i < *n; i++)
		if (!js_u64(js_at(list, i), &(*out)[i]) || (*out)[i] < low)
			return -1;
	return 0;
}

int region_by_name(const struct js *obj, const struct target *t,
	bool zero_allowed, uint64_t *out)
{
	for (unsigned i = 0; i < t->ndim; i++) {
		const struct js *v = js_get(obj, t->dims[i]);

		if (v == NULL && zero_allowed)
			continue;
		if (!js_u64(v, &out[i]))
			return -1;
	}
	return 0;
}

bool region_cell_bytes(struct dtype t, const uint64_t *shape, unsigned n,
	uint64_t *out)
{
	return num_product(shape, n, out) && num_mul(*out, t.size, out);
}

int region_encoding(struct arena *a, const struct js *obj, struct dtype t,
	const struct encoding **out, struct err *err)
{
	const struct js *v = js_get(obj, "encoding");
	struct encoding e;

	*out = NULL;
	if (v == NULL)
		return 0;
	if (encoding_from_json(v, t, &e, err) < 0)
		return err_in(err, "member 'encoding'");
	*out = arena_memdup(a, &e, sizeof(e));
	return 0;
}

/* Text: elements of one byte make cells of the dimensions that the target has
 * not. */
static int check_text(const struct region_frame *f, struct piece *p,
	struct err *err)
{
	const struct chunk_table *s = &p->table;
	unsigned n = f->target->ndim;
	char have[16];

	if (!dtype_is_text(s->dtype) || s->ndim < n ||
		(s->ndim > n && s->dtype.kind != DTYPE_CHAR) ||
		(s->dtype.kind == DTYPE_STRING && f->cell_size != 0))
		return err_set(err, ERR_DATA,
			"%u dimensions of %s make no text of %u dimensions",
			s->ndim, dtype_name(s->dtype, have), n);
	if (!region_cell_bytes(s->dtype, s->shape + n, s->ndim - n,
		    &p->cell_size))
		p->cell_size = UINT64_MAX;
	if (f->cell_size != 0 && p->cell_size > f->cell_size)
		return err_set(err, ERR_DATA,
			"has text of %" PRIu64
			" bytes, the array takes %" PRIu64,
			p->cell_size, f->cell_size);
	return 0;
}

static int check_numbers(const struct region_frame *f, struct piece *p,
	struct err *err)
{
	const struct target *t = f->target;
	const struct chunk_table *s = &p->table;
	char have[16], want[16];

	if (dtype_is_text(s->dtype) ||
		(p->encoding == NULL && !dtype_equal(s->dtype, t->dtype)))
		return err_set(err, ERR_DATA, "is %s, the array takes %s",
			dtype_name(s->dtype, have), dtype_name(t->dtype, want));
	if (s->ndim != t->ndim)
		return err_set(err, ERR_DATA,
			"has %u dimensions, the array takes %u", s->ndim,
			t->ndim);
	p->cell_size = s->dtype.size;
	return 0;
}

/* A piece must have the region's types and lie in the array. */
static int check_piece(const struct region_frame *f, struct piece *p,
	struct err *err)
{
	const struct target *t = f->target;
	int ok = dtype_is_text(t->dtype) ? check_text(f, p, err) :
					   check_numbers(f, p, err);
	uint64_t end;

	for (unsigned i = 0; ok == 0 && i < t->ndim; i++)
		if (!num_add(p->offset[i], p->table.shape[i], &end) ||
			end > t->shape[i])
			ok = err_set(err, ERR_DATA,
				"reaches beyond the array along '%s'",
				t->dims[i]);
	return ok;
}

/* What a piece is converted from needs something to become. */
static int read_conversion(struct arena *a, const struct js *v,
	const struct region_frame *f, struct piece *p, struct err *err)
{
	if (region_encoding(a, v, p->table.dtype, &p->encoding, err) < 0)
		return -1;
	if (p->encoding != NULL && f->encoding == NULL)
		return region_bad(err, "encoding",
			"is in a piece, not in the region");
	return 0;
}

/* {"fill":true,"offset":..,"shape":..}: cells that no file gives. */
static int read_hole(struct arena *a, const struct js *v,
	const struct region_frame *f, struct piece *p, struct err *err)
{
	const struct target *t = f->target;
	struct chunk_table *s = &p->table;
	uint64_t end;

	p->offset = ARENA_NEW(a, uint64_t, t->ndim);
	if (region_by_name(js_get(v, "offset"), t, true, p->offset) < 0 ||
		region_numbers(a, js_get(v, "shape"), 0, &s->shape, &s->ndim) <
			0 ||
		s->ndim != t->ndim)
		return region_bad(err, "fill",
			"has no 'offset' and 'shape' that fit");
	for (unsigned i = 0; i < t->ndim; i++)
		if (!num_add(p->offset[i], s->shape[i], &end) ||
			end > t->shape[i])
			return err_set(err, ERR_DATA,
				"a fill reaches beyond the array along '%s'",
				t->dims[i]);
	return 0;
}

/* A file that stays where it is. */
static int read_origin(struct arena *a, const struct js *v, struct piece *p,
	struct err *err)
{
	struct origin *o = ARENA_NEW(a, struct origin, 1);

	if ((js_get(v, "objects") != NULL ? origin_read_folder : origin_read)(a,
		    v, o, err) < 0)
		return -1;
	p->origin = o;
	p->path = o->shown;
	return 0;
}

/* Which file a piece is of, and which version of it. */
static int read_file(struct arena *a, const struct js *v, struct piece *p,
	struct err *err)
{
	p->path = js_get_text(v, "path");
	if (p->path == NULL && read_origin(a, v, p, err) < 0)
		return err_in(err, "member 'from'");
	if (p->origin == NULL && js_get(v, "sha256") == NULL)
		p->modified = js_get_text(v, "modified");
	p->sha256 = js_get_text(v, "sha256");
	p->etag = js_get_text(v, "etag");
	if (js_get(v, "objects") != NULL || js_u64(js_get(v, "size"), &p->size))
		return 0;
	region_bad(err, "size", "is not a number of bytes");
	return err_in(err, "variable '%s' of '%s'", p->var, p->path);
}

/* Values that are in the record are those of one chunk, as they are. */
static int check_recorded(const struct piece *p, struct err *err)
{
	const struct chunk_table *t = &p->table;
	uint64_t size, chunks;

	if (!p->recorded)
		return 0;
	if (js_count(t->codecs) != 0 || t->has_refs ||
		!chunk_table_count(t, &chunks) || chunks != 1 ||
		!region_cell_bytes(t->dtype, t->chunk_shape, t->ndim, &size) ||
		size != t->inline_size)
		return region_bad(err, "inline",
			"is of no file, and not one chunk without codecs");
	return 0;
}

/* Objects say of which version they are. */
static int check_objects(const struct piece *p, struct err *err)
{
	if (p->table.objects == NULL || p->table.has_refs)
		return 0;
	return region_bad(err, "objects", "is in a piece without 'refs'");
}

static int read_piece(struct arena *a, const struct js *v,
	const struct region_frame *f, struct piece *p, struct err *err)
{
	bool fill = false;

	if (js_bool(js_get(v, "fill"), &fill) && fill)
		return read_hole(a, v, f, p, err);
	p->var = js_get_text(v, "var");
	if (p->var == NULL)
		return region_bad(err, "from", "has no 'var'");
	p->recorded = js_get(v, "inline") != NULL &&
		js_get(v, "path") == NULL && js_get(v, "url") == NULL;
	if (p->recorded)
		p->path = "values in the record";
	else if (read_file(a, v, p, err) < 0)
		return -1;
	p->offset = ARENA_NEW(a, uint64_t, f->target->ndim);
	if (region_by_name(js_get(v, "offset"), f->target, true, p->offset) < 0)
		region_bad(err, "offset", "has no number for a dimension");
	else if (chunk_table_from_json(a, v, &p->table, err) == 0 &&
		check_recorded(p, err) == 0 && check_objects(p, err) == 0 &&
		read_conversion(a, v, f, p, err) == 0 &&
		check_piece(f, p, err) == 0)
		return 0;
	return err_in(err, "variable '%s' of '%s'", p->var, p->path);
}

int region_pieces(struct arena *a, const struct js *list,
	const struct region_frame *f, struct piece **out, struct err *err)
{
	*out = ARENA_NEW(a, struct piece, js_count(list));
	for (size_t i = 0; i < js_count(list); i++)
		if (read_piece(a, js_at(list, i), f, &(*out)[i], err) < 0)
			return -1;
	return 0;
}
