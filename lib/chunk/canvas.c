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
#include "chunk/gather.h"
#include "chunk/inlay.h"
#include "chunk/portion.h"
#include "chunk/text.h"

static const uint64_t MAX_SIZE = UINT64_C(1) << 31;

/* Bytes that are worth a second hand. */
static const uint64_t WORTH = UINT64_C(8) << 20;

/* What each hand has for itself. */
struct hand {
	struct inlay *inlay; /* NULL: not needed so far */
	struct buf chunk, encoded;
	uint64_t recoded;
};

struct canvas {
	struct crew *crew;
	struct hand hands[CREW_MOST];
	unsigned nhands;
	struct compare *compare;
	const struct region *region;
	struct box box; /* the region, in the target */
	uint64_t ncells;
	size_t item;                   /* bytes of an element of data */
	uint8_t *data;                 /* values, or struct text */
	uint64_t stride[BOX_MAX_NDIM]; /* of data */
	struct buf cells;
};

struct canvas *canvas_open(struct crew *crew)
{
	struct canvas *c = mem_alloc(sizeof(*c));

	memset(c, 0, sizeof(*c));
	c->crew = crew;
	c->compare = compare_open();
	return c;
}

void canvas_close(struct canvas *c)
{
	if (c == NULL)
		return;
	for (unsigned i = 0; i < CREW_MOST; i++) {
		inlay_close(c->hands[i].inlay);
		buf_release(&c->hands[i].chunk);
		buf_release(&c->hands[i].encoded);
	}
	compare_close(c->compare);
	buf_release(&c->cells);
	mem_free(c);
}

uint64_t canvas_bytes_read(const struct canvas *c)
{
	uint64_t n = compare_bytes_read(c->compare);

	for (unsigned i = 0; i < c->nhands; i++)
		n += inlay_bytes_read(c->hands[i].inlay);
	return n;
}

uint64_t canvas_recoded(const struct canvas *c)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < c->nhands; i++)
		n += c->hands[i].recoded;
	return n;
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
	mem_widen(c->cells.data, (size_t)size);
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

/* Texts stay with the hand that has read them, and what the library reads is read
 * by processes. */
static bool is_for_one(const struct region *r)
{
	if (is_string(r))
		return true;
	for (size_t i = 0; i < r->npieces; i++)
		if (r->pieces[i].path != NULL &&
			!gather_can(&r->pieces[i].table))
			return true;
	return false;
}

static void begin_hands(struct canvas *c, unsigned hands)
{
	uint64_t size;

	c->nhands = hands;
	if (c->crew == NULL || is_for_one(c->region) ||
		!num_mul(c->ncells, c->item, &size) || size < WORTH)
		c->nhands = 1;
	for (unsigned i = 0; i < c->nhands; i++) {
		struct hand *h = &c->hands[i];

		if (h->inlay == NULL)
			h->inlay = inlay_open();
		inlay_begin(h->inlay, c->region, MAX_SIZE);
		h->recoded = 0;
	}
}

unsigned canvas_hands(const struct canvas *c)
{
	return c->nhands;
}

int canvas_begin(struct canvas *c, const struct region *r, unsigned hands,
	struct err *err)
{
	c->region = r;
	c->nhands = 0;
	c->box = box_of(r->target.ndim, r->offset, r->size);
	c->item = is_string(r) ? sizeof(struct text) : r->target.dtype.size;
	if (!box_cells(&c->box, &c->ncells))
		return err_set(err, ERR_DATA, "a region of too many cells");
	begin_hands(c, hands);
	return check_pieces(c, r, err);
}

struct filling {
	struct canvas *canvas;
	struct inlay_place all;
	const struct portion *portions;
};

static int fill_one(void *state, unsigned hand, size_t i, struct err *err)
{
	const struct filling *f = state;
	const struct region *r = f->canvas->region;
	const struct portion *p = &f->portions[i];
	struct box box;

	portion_box(r, p, &box);
	return inlay_put(f->canvas->hands[hand].inlay, &r->pieces[p->piece],
		&box, &f->all, err);
}

static int fill_all(struct canvas *c, const struct inlay_place *all,
	struct err *err)
{
	struct arena a = ARENA_INIT;
	struct filling f = { c, *all, NULL };
	struct crew_work work = { .hands = c->nhands,
		.one = fill_one,
		.state = &f };
	int r;

	f.portions = portion_list(&a, c->region, &work.n);
	r = crew_run(c->crew, &work, err);
	arena_release(&a);
	return r;
}

int canvas_fill(struct canvas *c, struct err *err)
{
	struct inlay_place all;

	if (prepare(c, err) < 0)
		return -1;
	all = (struct inlay_place){ c->data, c->stride, c->item };
	if (fill_all(c, &all, err) < 0)
		return -1;
	return compare_run(c->compare, c->region, &all, err);
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
static const uint8_t *copy_chunk(const struct canvas *c, struct buf *out,
	const struct box *chunk, const struct box *part)
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

	box_strides(chunk->ndim, chunk->count, c->item, stride);
	job.to = (uint8_t *)out->data;
	if (!box_contains(part, chunk)) {
		empty.len = t->fill_text ? strlen(t->fill_text) : 0;
		job.count = chunk->count;
		job.from = is_string(c->region) ? (uint8_t *)&empty : t->fill;
		box_fill(&job);
	}
	job.count = part->count;
	job.from = place(c, part);
	box_copy(&job);
	return job.to;
}

int canvas_cut(struct canvas *c, unsigned hand, const struct box *chunk,
	struct bytes *out, struct err *err)
{
	struct hand *h = &c->hands[hand];
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
	if (box_contains(&part, chunk) && is_dense(c, chunk)) {
		data = place(c, chunk);
	} else {
		buf_reserve(&h->chunk, (size_t)size);
		data = copy_chunk(c, &h->chunk, chunk, &part);
	}
	*out = (struct bytes){ data, (size_t)size };
	if (!is_string(c->region))
		return 0;
	buf_reset(&h->encoded);
	if (text_encode((const struct text *)(const void *)data, (size_t)cells,
		    &h->encoded, &h->recoded, err) < 0)
		return -1;
	out->data = (const uint8_t *)h->encoded.data;
	out->len = h->encoded.len;
	return 0;
}

bool canvas_is_fill(const struct canvas *c, struct bytes cut)
{
	size_t item = c->item;

	return !is_string(c->region) && cut.len >= item &&
		memcmp(cut.data, c->region->target.fill, item) == 0 &&
		memcmp(cut.data, cut.data + item, cut.len - item) == 0;
}
