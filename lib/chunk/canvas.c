/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The region is assembled whole, then cut, so that each source chunk is decoded
 * once however the target is chunked; a chunk that lies in one piece is handed
 * out where it lies.  Text of fixed length is gathered as bytes first; cells of
 * a string array are pointers into those bytes, or into what pgf-slab printed.
 */
#include "chunk/canvas.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "chunk/gather.h"
#include "chunk/slab.h"
#include "chunk/source.h"
#include "chunk/text.h"

static const uint64_t MAX_SIZE = UINT64_C(1) << 31;

struct canvas {
	struct gather *gather;
	const struct region *region;
	struct box box; /* the region, in the target */
	uint64_t ncells;
	size_t cell_size;              /* bytes of a cell as gathered */
	size_t item;                   /* bytes of an element of data */
	uint8_t *data;                 /* values, or struct text */
	uint64_t stride[BOX_MAX_NDIM]; /* of data */
	struct buf bytes, cells, spare, chunk, encoded;
	struct buf *held; /* what pgf-slab printed of strings */
	size_t nheld;
	uint64_t slab_bytes, recoded, read_before;
};

struct canvas *canvas_open(void)
{
	struct canvas *c = mem_alloc(sizeof(*c));

	memset(c, 0, sizeof(*c));
	c->gather = gather_open();
	return c;
}

static void release_held(struct canvas *c)
{
	while (c->nheld > 0)
		buf_release(&c->held[--c->nheld]);
	mem_free(c->held);
	c->held = NULL;
}

void canvas_close(struct canvas *c)
{
	if (c == NULL)
		return;
	release_held(c);
	gather_close(c->gather);
	buf_release(&c->bytes);
	buf_release(&c->cells);
	buf_release(&c->spare);
	buf_release(&c->chunk);
	buf_release(&c->encoded);
	mem_free(c);
}

uint64_t canvas_bytes_read(const struct canvas *c)
{
	return gather_bytes_read(c->gather) - c->read_before + c->slab_bytes;
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
static int prepare(struct canvas *c, const struct region *r, struct err *err)
{
	uint64_t cell = r->cell.size, size;

	c->region = r;
	c->slab_bytes = c->recoded = 0;
	c->read_before = gather_bytes_read(c->gather);
	c->box = box_of(r->target.ndim, r->offset, r->size);
	c->item = is_string(r) ? sizeof(struct text) : r->cell.size;
	for (unsigned i = 0; i < r->cell_ndim; i++)
		if (!num_mul(cell, r->cell_shape[i], &cell))
			cell = MAX_SIZE;
	if (!box_cells(&c->box, &c->ncells) ||
		!num_mul(c->ncells, num_max(cell, c->item), &size) ||
		cell > MAX_SIZE || size > MAX_SIZE)
		return err_set(err, ERR_DATA,
			"a region is more than 2 GiB in "
			"memory: use smaller chunks");
	c->cell_size = (size_t)cell;
	buf_reserve(&c->bytes, (size_t)(c->ncells * cell));
	c->data = (uint8_t *)c->bytes.data;
	if (is_string(r)) {
		buf_reserve(&c->cells, (size_t)size);
		memset(c->cells.data, 0, (size_t)c->ncells * c->item);
		c->data = (uint8_t *)c->cells.data;
	}
	box_strides(r->target.ndim, r->size, c->item, c->stride);
	release_held(c);
	c->held = mem_alloc(r->npieces * sizeof(*c->held));
	return 0;
}

/* One piece: what of it belongs to the region, in the target's and in the
 * source's elements, and the strides of the gathered bytes. */
struct part {
	const struct piece *piece;
	struct box box, source;
	uint64_t stride[BOX_MAX_NDIM];
	uint64_t cells;
};

/* False if nothing of the piece belongs to the region. */
static bool part_of(const struct canvas *c, const struct piece *p,
	struct part *part)
{
	const struct region *r = c->region;
	unsigned n = r->target.ndim;
	struct box whole = box_of(n, p->offset, p->table.shape);

	part->piece = p;
	if (!box_intersect(&c->box, &whole, &part->box) ||
		!box_cells(&part->box, &part->cells))
		return false;
	part->source = box_of(p->table.ndim, NULL, p->table.shape);
	for (unsigned i = 0; i < n; i++) {
		part->source.start[i] = part->box.start[i] - p->offset[i];
		part->source.count[i] = part->box.count[i];
	}
	box_strides(n, r->size, c->cell_size, part->stride);
	box_strides(r->cell_ndim, r->cell_shape, r->cell.size,
		part->stride + n);
	return true;
}

/* Where the first element of a part goes, in memory with these strides. */
static uint8_t *place(const struct canvas *c, const struct box *part,
	uint8_t *data, const uint64_t *stride)
{
	for (unsigned i = 0; i < part->ndim; i++)
		data += (part->start[i] - c->box.start[i]) * stride[i];
	return data;
}

static int read_table(struct canvas *c, const struct part *part, int fd,
	struct err *err)
{
	struct gather_source src = {
		fd,
		part->piece->path,
		&part->piece->table,
	};
	struct gather_out out = {
		place(c, &part->box, (uint8_t *)c->bytes.data, part->stride),
		part->stride,
	};

	return gather_read(c->gather, &src, &part->source, &out, err);
}

/* Dense elements of a part to their place. */
static void spread(const struct canvas *c, const struct part *part,
	const void *from)
{
	uint64_t dense[BOX_MAX_NDIM];
	bool text = c->region->cell.kind == DTYPE_STRING;
	const struct box *box = text ? &part->box : &part->source;
	size_t item = text ? c->item : c->region->cell.size;
	const uint64_t *stride = text ? c->stride : part->stride;
	uint8_t *data = text ? c->data : (uint8_t *)c->bytes.data;

	box_strides(box->ndim, box->count, item, dense);
	box_copy(&(struct box_copy){
		.ndim = box->ndim,
		.count = box->count,
		.item = item,
		.to = place(c, &part->box, data, stride),
		.to_stride = stride,
		.from = from,
		.from_stride = dense,
	});
}

static int read_library(struct canvas *c, const struct part *part,
	struct err *err)
{
	struct slab what = {
		part->piece->path,
		part->piece->var,
		&part->source,
	};
	size_t want = (size_t)part->cells * c->cell_size;

	buf_reset(&c->spare);
	if (slab_read(&what, want, &c->spare, err) < 0)
		return -1;
	c->slab_bytes += c->spare.len;
	if (c->spare.len != want)
		return err_set(err, ERR_DATA,
			"pgf-slab printed %zu bytes, "
			"%zu were wanted",
			c->spare.len, want);
	spread(c, part, c->spare.data);
	return 0;
}

static int read_strings(struct canvas *c, const struct part *part,
	struct err *err)
{
	struct buf *held = &c->held[c->nheld++];
	struct slab what = {
		part->piece->path,
		part->piece->var,
		&part->source,
	};

	memset(held, 0, sizeof(*held));
	if (slab_read(&what, (size_t)MAX_SIZE, held, err) < 0)
		return -1;
	c->slab_bytes += held->len;
	buf_reserve(&c->spare, (size_t)part->cells * sizeof(struct text));
	if (text_parse((struct bytes){ (const uint8_t *)held->data, held->len },
		    (struct text *)(void *)c->spare.data, (size_t)part->cells,
		    err) < 0)
		return err_in(err, "pgf-slab");
	spread(c, part, c->spare.data);
	return 0;
}

static int read_part(struct canvas *c, const struct part *part, int fd,
	struct err *err)
{
	if (gather_can(&part->piece->table))
		return read_table(c, part, fd, err);
	if (c->region->cell.kind == DTYPE_STRING) {
		if (read_strings(c, part, err) == 0)
			return 0;
	} else if (read_library(c, part, err) == 0) {
		return 0;
	}
	return err_in(err, "'%s'", part->piece->path);
}

static int read_piece(struct canvas *c, const struct part *part,
	struct err *err)
{
	const struct piece *p = part->piece;
	int fd = source_open(p->path, p->size, p->modified, err);
	int r;

	if (fd < 0)
		return -1;
	r = read_part(c, part, fd, err);
	close(fd);
	return r < 0 ? err_in(err, "variable '%s'", p->var) : 0;
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
	struct part part;
	size_t n = 0;
	int result;

	for (size_t i = 0; i < r->npieces; i++)
		if (part_of(c, &r->pieces[i], &part))
			boxes[n++] = part.box;
	result = check_cover(c, boxes, n, err);
	mem_free(boxes);
	return result;
}

/* Cells of fixed length as text. */
static void cut_text(struct canvas *c)
{
	struct text *cells = (struct text *)(void *)c->cells.data;

	for (uint64_t i = 0; i < c->ncells; i++)
		cells[i] = text_cut(c->bytes.data + i * c->cell_size,
			c->cell_size);
}

int canvas_fill(struct canvas *c, const struct region *r, struct err *err)
{
	struct part part;

	if (prepare(c, r, err) < 0 || check_pieces(c, r, err) < 0)
		return -1;
	for (size_t i = 0; i < r->npieces; i++)
		if (part_of(c, &r->pieces[i], &part) &&
			read_piece(c, &part, err) < 0)
			return -1;
	if (is_string(r) && r->cell.kind != DTYPE_STRING)
		cut_text(c);
	return 0;
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
	job.from = place(c, part, c->data, c->stride);
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
		data = place(c, chunk, c->data, c->stride);
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
