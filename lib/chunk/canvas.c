/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The region is assembled whole, then cut, so that each source chunk is decoded
 * once however the target is chunked; a chunk that lies in one piece is handed
 * out where it lies.  Cells of a string array are texts elsewhere (chunk/inlay).
 */
#include "chunk/canvas.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "chunk/compare.h"
#include "chunk/inlay.h"
#include "chunk/text.h"

static const uint64_t MAX_SIZE = UINT64_C(1) << 31;

struct canvas {
	struct inlay *inlay;
	struct compare *compare;
	const struct region *region;
	struct box box; /* the region, in the target */
	uint64_t ncells;
	size_t item;                   /* bytes of an element of data */
	uint8_t *data;                 /* values, or struct text */
	uint64_t stride[BOX_MAX_NDIM]; /* of data */
	struct buf cells, chunk, encoded;
	uint64_t recoded;
};

struct canvas *canvas_open(void)
{
	struct canvas *c = mem_alloc(sizeof(*c));

	memset(c, 0, sizeof(*c));
	c->inlay = inlay_open();
	c->compare = compare_open();
	return c;
}

void canvas_close(struct canvas *c)
{
	if (c == NULL)
		return;
	inlay_close(c->inlay);
	compare_close(c->compare);
	buf_release(&c->cells);
	buf_release(&c->chunk);
	buf_release(&c->encoded);
	mem_free(c);
}

uint64_t canvas_bytes_read(const struct canvas *c)
{
	return inlay_bytes_read(c->inlay) + compare_bytes_read(c->compare);
}

uint64_t canvas_recoded(const struct canvas *c)
{
	return c->recoded;
}

static bool is_string(const struct region *r)
{
	return r->target.dtype.kind == DTYPE_STRING;
}

/* Sizes, and memory for all cells. */
static int prepare(struct canvas *c, struct err *err)
{
	const struct region *r = c->region;
	uint64_t size, text;

	if (!num_mul(c->ncells, c->item, &size) ||
		!num_mul(c->ncells, r->cell_size, &text) || size > MAX_SIZE ||
		text > MAX_SIZE)
		return err_set(err, ERR_DATA,
			"a region is more than 2 GiB in "
			"memory: use smaller chunks");
	buf_reserve(&c->cells, (size_t)size);
	c->data = (uint8_t *)c->cells.data;
	if (is_string(r))
		memset(c->data, 0, (size_t)size);
	box_strides(r->target.ndim, r->size, c->item, c->stride);
	return 0;
}

/* Every cell exactly once, or the rest of memory would be written out. */
static int check_cover(const struct canvas *c, struct box *boxes, size_t n,
	struct err *err)
{
	uint64_t covered = 0, cells;

	for (size_t i = 0; i < n; i++)
		if (!box_cells(&boxes[i], &cells) ||
			!num_add(covered, cells, &covered))
			covered = UINT64_MAX;
	if (covered < c->ncells)
		return err_set(err, ERR_DATA,
			"the pieces cover %" PRIu64 " of %" PRIu64 " cells",
			covered, c->ncells);
	if (covered > c->ncells || !box_disjoint(boxes, n))
		return err_set(err, ERR_DATA,
			"the pieces cover a cell more than once");
	return 0;
}

static int check_pieces(const struct canvas *c, const struct region *r,
	struct err *err)
{
	struct box *boxes = mem_alloc(r->npieces * sizeof(*boxes));
	size_t n = 0;
	int result;

	for (size_t i = 0; i < r->npieces; i++)
		n += inlay_box(r, &r->pieces[i], &boxes[n]);
	result = check_cover(c, boxes, n, err);
	mem_free(boxes);
	return result;
}

int canvas_begin(struct canvas *c, const struct region *r, struct err *err)
{
	c->region = r;
	c->recoded = 0;
	c->box = box_of(r->target.ndim, r->offset, r->size);
	c->item = is_string(r) ? sizeof(struct text) : r->target.dtype.size;
	inlay_begin(c->inlay, r, MAX_SIZE);
	if (!box_cells(&c->box, &c->ncells))
		return err_set(err, ERR_DATA, "a region of too many cells");
	return check_pieces(c, r, err);
}

int canvas_fill(struct canvas *c, struct err *err)
{
	const struct region *r = c->region;
	struct inlay_place all;

	if (prepare(c, err) < 0)
		return -1;
	all = (struct inlay_place){ c->data, c->stride, c->item };
	for (size_t i = 0; i < r->npieces; i++)
		if (inlay_put(c->inlay, &r->pieces[i], &all, err) < 0)
			return -1;
	return compare_run(c->compare, r, &all, err);
}

/* The first cell of a box. */
static uint8_t *place(const struct canvas *c, const struct box *part)
{
	uint8_t *data = c->data;

	for (unsigned i = 0; i < part->ndim; i++)
		data += (part->start[i] - c->box.start[i]) * c->stride[i];
	return data;
}

/* True if the cells of a box follow each other in memory. */
static bool is_dense(const struct canvas *c, const struct box *b)
{
	uint64_t step = c->item;

	for (unsigned i = b->ndim; i-- > 0; step *= b->count[i])
		if (b->count[i] != 1 && c->stride[i] != step)
			return false;
	return true;
}

/* The chunk in memory of its own, with fill where the array has ended. */
static const uint8_t *copy_chunk(struct canvas *c, const struct box *chunk,
	const struct box *part, size_t size)
{
	const struct target *t = &c->region->target;
	struct text empty = { t->fill_text, 0 };
	uint64_t stride[BOX_MAX_NDIM];
	struct box_copy job = {
		.ndim = chunk->ndim,
		.item = c->item,
		.to_stride = stride,
		.from_stride = c->stride,
	};

	buf_reserve(&c->chunk, size);
	box_strides(chunk->ndim, chunk->count, c->item, stride);
	job.to = (uint8_t *)c->chunk.data;
	if (!box_contains(part, chunk)) {
		empty.len = t->fill_text ? strlen(t->fill_text) : 0;
		job.count = chunk->count;
		job.from = is_string(c->region) ? (uint8_t *)&empty : t->fill;
		box_fill(&job);
	}
	job.count = part->count;
	job.from = place(c, part);
	box_copy(&job);
	return (const uint8_t *)c->chunk.data;
}

int canvas_cut(struct canvas *c, const struct box *chunk, struct bytes *out,
	struct err *err)
{
	struct box part;
	uint64_t cells, size;
	const uint8_t *data;

	if (!box_intersect(&c->box, chunk, &part))
		return err_set(err, ERR_DATA, "a chunk beyond the region");
	if (!box_cells(chunk, &cells) || !num_mul(cells, c->item, &size) ||
		size > MAX_SIZE)
		return err_set(err, ERR_DATA,
			"a chunk is more than 2 GiB in "
			"memory: use smaller chunks");
	if (box_contains(&part, chunk) && is_dense(c, chunk))
		data = place(c, chunk);
	else
		data = copy_chunk(c, chunk, &part, (size_t)size);
	*out = (struct bytes){ data, (size_t)size };
	if (!is_string(c->region))
		return 0;
	buf_reset(&c->encoded);
	if (text_encode((const struct text *)(const void *)data, (size_t)cells,
		    &c->encoded, &c->recoded, err) < 0)
		return -1;
	out->data = (const uint8_t *)c->encoded.data;
	out->len = c->encoded.len;
	return 0;
}

bool canvas_is_fill(const struct canvas *c, struct bytes cut)
{
	size_t item = c->item;

	return !is_string(c->region) && cut.len >= item &&
		memcmp(cut.data, c->region->target.fill, item) == 0 &&
		memcmp(cut.data, cut.data + item, cut.len - item) == 0;
}
