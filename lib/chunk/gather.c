/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One walk over the source chunks that the box touches.  A coded chunk is read
 * whole, with those that come next if they lie behind it, and decoded, straight
 * into place when it lies there in one piece; of a raw chunk that is not small
 * only the span that is needed is read, in halves if that is large.
 * Mapping the files was refused: a file cut short under a mapping kills the
 * process, with pread it is an error message.
 */
#include "chunk/gather.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "chunk/decoder.h"
#include "chunk/grid.h"
#include "chunk/swap.h"
#include "chunk/window.h"

enum { SPAN = 1 << 20 }; /* raw bytes read at once, out of place */

static const uint64_t MAX_CHUNK = UINT64_C(1) << 31; /* decoded bytes */

struct gather {
	struct decoder *decoder;
	struct window *window;
	struct buf chunk;
	uint64_t bytes_read;
};

struct gather *gather_open(void)
{
	struct gather *g = mem_alloc(sizeof(*g));

	memset(g, 0, sizeof(*g));
	g->decoder = decoder_open();
	g->window = window_open();
	return g;
}

void gather_close(struct gather *g)
{
	if (g == NULL)
		return;
	decoder_close(g->decoder);
	window_close(g->window);
	buf_release(&g->chunk);
	mem_free(g);
}

uint64_t gather_bytes_read(const struct gather *g)
{
	return g->bytes_read;
}

bool gather_can(const struct chunk_table *t)
{
	return t->dtype.size > 0 && (t->has_refs || t->inline_data != NULL) &&
		decoder_knows(t->codecs);
}

/* One call of gather_read, and the chunk it is at. */
struct job {
	struct gather *g;
	const struct gather_source *src;
	const struct chunk_table *table;
	const struct box *box;
	const struct gather_out *out;
	struct grid grid;
	struct grid_walk at;
	struct box whole;             /* the chunk */
	struct source file;           /* what holds it */
	uint64_t inner[BOX_MAX_NDIM]; /* byte strides inside a chunk */
	uint64_t chunk_size;          /* bytes */
	bool swaps;
};

/* Where a part of the box goes. */
static uint8_t *place(const struct job *j, const struct box *part)
{
	uint8_t *p = j->out->data;

	for (unsigned i = 0; i < part->ndim; i++)
		p += (part->start[i] - j->box->start[i]) * j->out->stride[i];
	return p;
}

/* Bytes from the start of the chunk to the first element of a part. */
static uint64_t chunk_offset(const struct job *j, const struct box *part)
{
	uint64_t at = 0;

	for (unsigned i = 0; i < part->ndim; i++)
		at += (part->start[i] - j->whole.start[i]) * j->inner[i];
	return at;
}

static void swap(const struct job *j, uint8_t *p, uint64_t size)
{
	if (j->swaps)
		swap_bytes(j->table->dtype.size, p, (size_t)size);
}

/* Bytes of the chunk, beginning with the first of a part, to their place. */
static void scatter(const struct job *j, const struct box *part,
	const uint8_t *from)
{
	box_copy(&(struct box_copy){
		.ndim = part->ndim,
		.count = part->count,
		.item = j->table->dtype.size,
		.to = place(j, part),
		.to_stride = j->out->stride,
		.from = from,
		.from_stride = j->inner,
	});
}

static void fill(const struct job *j, const struct box *part)
{
	box_fill(&(struct box_copy){
		.ndim = part->ndim,
		.count = part->count,
		.item = j->table->dtype.size,
		.to = place(j, part),
		.to_stride = j->out->stride,
		.from = j->table->fill,
	});
}

static int read_bytes(const struct job *j, uint64_t offset, uint64_t size,
	void *to, struct err *err)
{
	struct io_range at = { offset, (size_t)size };

	j->g->bytes_read += size;
	return source_read(&j->file, at, to, err);
}

/* A part of an unfiltered chunk at offset of the file. */
static int read_raw(const struct job *j, uint64_t offset, struct box part,
	struct err *err)
{
	size_t item = j->table->dtype.size;
	uint64_t span = item, at = offset + chunk_offset(j, &part);
	uint64_t most = j->src->file.copy != NULL ? GATHER_REMOTE_SPAN : SPAN;
	struct box rest;

	for (unsigned i = 0; i < part.ndim; i++)
		span += (part.count[i] - 1) * j->inner[i];
	if (box_is_dense(&part, j->inner, item) &&
		box_is_dense(&part, j->out->stride, item)) {
		if (read_bytes(j, at, span, place(j, &part), err) < 0)
			return -1;
		swap(j, place(j, &part), span);
		return 0;
	}
	if (span > most && span > item) {
		box_halve(&part, &rest);
		if (read_raw(j, offset, part, err) < 0)
			return -1;
		return read_raw(j, offset, rest, err);
	}
	buf_reserve(&j->g->chunk, (size_t)span);
	if (read_bytes(j, at, span, j->g->chunk.data, err) < 0)
		return -1;
	swap(j, (uint8_t *)j->g->chunk.data, span);
	scatter(j, &part, (const uint8_t *)j->g->chunk.data);
	return 0;
}

/* True if a part is the whole chunk. */
static bool is_whole(const struct job *j, const struct box *part)
{
	return memcmp(part->count, j->whole.count,
		       part->ndim * sizeof(*part->count)) == 0;
}

static int decode(const struct job *j, struct bytes in, uint32_t mask,
	const struct box *part, struct err *err)
{
	bool direct = is_whole(j, part) &&
		box_is_dense(part, j->out->stride, j->table->dtype.size);
	struct room room = { .cap = (size_t)j->chunk_size };

	if (!direct)
		buf_reserve(&j->g->chunk, room.cap);
	room.data = direct ? place(j, part) : (uint8_t *)j->g->chunk.data;
	if (decoder_run(j->g->decoder, in, mask, room, err) < 0)
		return -1;
	swap(j, room.data, j->chunk_size);
	if (!direct)
		scatter(j, part, room.data + chunk_offset(j, part));
	return 0;
}

/* The end of what is read together with the chunk at a range: that of the last
 * chunk of those that come next which lies behind it and close. */
static uint64_t reach(const struct job *j, struct io_range at)
{
	const struct refs *r = &j->table->refs;
	struct grid_walk next = j->at;
	uint64_t end = at.offset + at.len;

	while (grid_walk_next(&next)) {
		uint64_t i = refs_find(r, grid_index(&j->grid, next.at));

		if (i >= r->n || r->offset[i] == REFS_ABSENT ||
			(j->src->skip != NULL && j->src->skip[i]))
			continue;
		if (r->offset[i] < end || r->offset[i] - end > WINDOW_GAP ||
			r->length[i] > WINDOW_MOST ||
			r->offset[i] + r->length[i] - at.offset > WINDOW_MOST)
			break;
		end = r->offset[i] + r->length[i];
	}
	return end;
}

/* The stored bytes of a chunk. */
static uint8_t *stored_bytes(const struct job *j, uint64_t i, struct err *err)
{
	const struct refs *r = &j->table->refs;
	struct io_range at = { r->offset[i], (size_t)r->length[i] };
	uint64_t end = 0;

	j->g->bytes_read += at.len;
	if (j->file.object == NULL && at.len < WINDOW_MOST &&
		!window_has(j->g->window, at) &&
		at.offset <= UINT64_MAX - at.len)
		end = reach(j, at);
	return window_get(j->g->window, &j->file, at, end, err);
}

static int read_ref(const struct job *j, uint64_t i, const struct box *part,
	struct err *err)
{
	const struct refs *r = &j->table->refs;
	uint32_t mask = r->mask != NULL ? r->mask[i] : 0;
	bool raw = decoder_is_raw(j->g->decoder, mask);
	const uint8_t *stored;

	if (j->src->skip != NULL && j->src->skip[i])
		return 0;
	if (r->offset[i] == REFS_ABSENT) {
		fill(j, part);
		return 0;
	}
	if (raw && r->length[i] != j->chunk_size)
		return err_set(err, ERR_DATA,
			"%" PRIu64 " bytes stored, an "
			"unfiltered chunk has %" PRIu64,
			r->length[i], j->chunk_size);
	if (raw && (j->chunk_size > WINDOW_GAP || !is_whole(j, part)))
		return read_raw(j, r->offset[i], *part, err);
	if (j->chunk_size > MAX_CHUNK)
		return err_set(err, ERR_DATA,
			"%" PRIu64 " bytes are more than "
			"a filtered chunk can have",
			j->chunk_size);
	if (r->length[i] > decoder_bound(j->g->decoder, (size_t)j->chunk_size))
		return err_set(err, ERR_DATA,
			"%" PRIu64 " bytes stored for a "
			"chunk of %" PRIu64,
			r->length[i], j->chunk_size);
	stored = stored_bytes(j, i, err);
	if (stored == NULL)
		return -1;
	return decode(j, (struct bytes){ stored, (size_t)r->length[i] }, mask,
		part, err);
}

static int read_object(struct job *j, uint64_t i, const struct box *part,
	struct err *err)
{
	struct source_chunk c = { &j->src->file, j->table, i,
		.name = BUF_INIT };
	int r;

	window_reset(j->g->window);
	if (source_chunk_begin(&c, err) < 0)
		return -1;
	j->file = c.file;
	r = read_ref(j, i, part, err);
	source_chunk_end(&c);
	return r;
}

static int read_chunk(struct job *j, uint64_t number, const struct box *part,
	struct err *err)
{
	const struct chunk_table *t = j->table;
	uint64_t i;

	if (t->inline_data != NULL) {
		if (t->inline_size > MAX_CHUNK || j->chunk_size > MAX_CHUNK)
			return err_set(err, ERR_DATA, "inline data too large");
		return decode(j,
			(struct bytes){ t->inline_data,
				(size_t)t->inline_size },
			0, part, err);
	}
	i = refs_find(&t->refs, number);
	if (i >= t->refs.n)
		return err_set(err, ERR_DATA, "not listed in the record");
	if (t->objects != NULL && t->refs.offset[i] != REFS_ABSENT &&
		(j->src->skip == NULL || !j->src->skip[i]))
		return read_object(j, i, part, err);
	return read_ref(j, i, part, err);
}

/* "chunk 0/3/1: 'FILE': ..." */
static int locate(const struct job *j, const uint64_t *at, struct err *err)
{
	struct buf text = BUF_INIT;

	buf_addf(&text, "'%s'", j->src->file.path);
	/* base/io has named the file already. */
	if (strstr(err->msg, text.data) == NULL)
		err_in(err, "%s", text.data);
	buf_reset(&text);
	buf_adds(&text, "chunk");
	for (unsigned i = 0; i < j->grid.ndim; i++)
		buf_addf(&text, "%s%" PRIu64, i ? "/" : " ", at[i]);
	err_in(err, "%s", text.data);
	buf_release(&text);
	return -1;
}

static int begin(struct job *j, struct err *err)
{
	const struct chunk_table *t = j->table;
	struct box array;

	if (!gather_can(t) || j->box->ndim != t->ndim)
		return err_set(err, ERR_DATA,
			"'%s': no table of chunks that "
			"can be read",
			j->src->file.path);
	array = box_of(t->ndim, NULL, t->shape);
	if (!box_contains(&array, j->box))
		return err_set(err, ERR_DATA, "'%s': box beyond the array",
			j->src->file.path);
	if (!num_product(t->chunk_shape, t->ndim, &j->chunk_size) ||
		!num_mul(j->chunk_size, t->dtype.size, &j->chunk_size))
		return err_set(err, ERR_DATA, "'%s': chunk shape too large",
			j->src->file.path);
	j->grid = (struct grid){ t->ndim, t->shape, t->chunk_shape };
	j->swaps =
		t->big_endian && t->dtype.size > 1 && !dtype_is_text(t->dtype);
	box_strides(t->ndim, t->chunk_shape, t->dtype.size, j->inner);
	if (decoder_begin(j->g->decoder, t->codecs, t->dtype.size, err) < 0)
		return err_in(err, "'%s'", j->src->file.path);
	return 0;
}

int gather_read(struct gather *g, const struct gather_source *src,
	const struct box *box, const struct gather_out *out, struct err *err)
{
	struct job j = {
		.g = g,
		.src = src,
		.table = src->table,
		.box = box,
		.out = out,
		.file = src->file,
	};
	struct box part;

	if (begin(&j, err) < 0)
		return -1;
	window_reset(g->window);
	for (bool more = grid_walk_begin(&j.at, &j.grid, box); more;
		more = grid_walk_next(&j.at)) {
		grid_chunk_box(&j.grid, j.at.at, &j.whole);
		if (!box_intersect(&j.whole, box, &part))
			continue;
		if (read_chunk(&j, grid_index(&j.grid, j.at.at), &part, err) <
			0)
			return locate(&j, j.at.at, err);
	}
	return 0;
}
