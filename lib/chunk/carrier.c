/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chunks that lie near each other in a file are read at once, and stay where they
 * were read: a header is put over the bytes before its chunk, which are put back
 * when the next one is asked for.  copy_file_range was refused: a receipt has the
 * checksum of each object, so its bytes have to come here, and to write them from
 * here is one copy too.
 */
#include "chunk/carrier.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "chunk/carry.h"
#include "chunk/decoder.h"
#include "chunk/grid.h"
#include "chunk/source.h"

enum {
	GAP = 256,       /* bytes between chunks that are read along */
	SPAN = 16 << 20, /* bytes that are read at once, but for one chunk */
	MAX_CHUNKS = 1 << 22, /* of a region; beyond, none is carried over */
};

static const uint64_t MAX_HELD = UINT64_C(1) << 31;

struct item {
	struct carry from;
	uint64_t number; /* of the chunk among the region's, in C order */
	uint64_t offset, length;
	uint8_t *at; /* where the stored bytes are */
	struct envelope envelope;
};

struct carrier {
	bool verify;
	struct decoder *decoder;
	struct arena arena; /* of the region */
	struct buf held, scratch;
	uint64_t nchunks, ncarried, bytes_read;
	size_t nitems;
	struct item *items;   /* by place in the files */
	struct grid_walk box; /* of the region's chunks: its first and last */
	struct item **of;     /* by number in that box, or NULL */
	struct item *lent;    /* whose header is over saved[] */
	uint8_t saved[ENVELOPE_HEADER];
};

struct carrier *carrier_open(bool verify)
{
	struct carrier *c = mem_alloc(sizeof(*c));

	memset(c, 0, sizeof(*c));
	c->verify = verify;
	c->decoder = decoder_open();
	return c;
}

void carrier_close(struct carrier *c)
{
	if (c == NULL)
		return;
	decoder_close(c->decoder);
	arena_release(&c->arena);
	buf_release(&c->held);
	buf_release(&c->scratch);
	mem_free(c);
}

uint64_t carrier_chunks(const struct carrier *c)
{
	return c->nchunks;
}

uint64_t carrier_count(const struct carrier *c)
{
	return c->ncarried;
}

uint64_t carrier_bytes_read(const struct carrier *c)
{
	return c->bytes_read;
}

/* Of a chunk among those that a walk visits, in C order. */
static uint64_t number_of(const struct grid_walk *w, const uint64_t *at)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < w->ndim; i++)
		n = n * (w->last[i] - w->first[i] + 1) + at[i] - w->first[i];
	return n;
}

static void find_item(struct carrier *c, const struct region *r,
	const uint64_t *at)
{
	struct item *x = &c->items[c->nitems];
	const struct refs *refs;

	if (carry_find(r, at, &x->from) != NULL)
		return;
	refs = &x->from.piece->table.refs;
	x->number = number_of(&c->box, at);
	x->offset = refs->offset[x->from.ref];
	x->length = refs->length[x->from.ref];
	c->nitems++;
}

static void find_items(struct carrier *c, const struct region *r)
{
	const struct target *t = &r->target;
	const struct grid grid = { t->ndim, t->shape, carry_chunks(t) };
	struct box box = box_of(t->ndim, r->offset, r->size);
	struct grid_walk at;
	bool more = grid_walk_begin(&at, &grid, &box);

	c->box = at;
	c->nchunks = more ? grid_walk_count(&at) : 0;
	if (!r->keep || c->nchunks > MAX_CHUNKS)
		return;
	c->items = ARENA_NEW(&c->arena, struct item, c->nchunks);
	c->of = ARENA_NEW(&c->arena, struct item *, c->nchunks);
	for (; more; more = grid_walk_next(&at))
		find_item(c, r, at.at);
}

/* By piece, then by place in its file. */
static int compare_items(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	if (x->from.piece != y->from.piece)
		return x->from.piece < y->from.piece ? -1 : 1;
	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

/* Items from first on that are read at once, and the bytes from the first to the
 * last of them.  What is absurd is left to the decoder to complain of. */
struct run {
	size_t first, n;
	uint64_t size;
};

static bool next_run(const struct carrier *c, struct run *run)
{
	const struct item *first = &c->items[run->first + run->n];

	run->first += run->n;
	run->n = 0;
	run->size = 0;
	for (size_t i = run->first; i < c->nitems; i++) {
		const struct item *x = &c->items[i];
		uint64_t end;

		if (x->from.piece != first->from.piece ||
			(run->n > 0 && x->from.piece->table.objects != NULL) ||
			!num_add(x->offset - first->offset, x->length, &end))
			break;
		if (run->n > 0 &&
			(x->offset - first->offset > run->size + GAP ||
				end > SPAN))
			break;
		run->size = num_max(run->size, end);
		run->n++;
	}
	return run->n > 0;
}

/* Room for all runs, each with room for a header before it.  What would be too
 * much is dropped. */
static void make_room(struct carrier *c)
{
	struct run run = { 0, 0, 0 };
	uint64_t total = 0, more;

	while (run.first + run.n < c->nitems) {
		if (!next_run(c, &run) ||
			!num_add(run.size, total + ENVELOPE_HEADER, &more) ||
			more > MAX_HELD) {
			c->nitems = run.first;
			break;
		}
		total = more;
	}
	buf_reserve(&c->held, (size_t)total);
}

static bool read_run(struct carrier *c, const struct run *run,
	const struct source *file, uint8_t *to)
{
	struct item *first = &c->items[run->first];
	struct io_range at = { first->offset, (size_t)run->size };
	struct err ignored = ERR_INIT;
	struct source_chunk chunk = { file, &first->from.piece->table,
		first->from.ref, .name = BUF_INIT };
	bool ok;

	for (size_t i = 0; i < run->n; i++)
		first[i].at = to + (first[i].offset - first->offset);
	if (source_chunk_begin(&chunk, &ignored) < 0)
		return false;
	ok = source_read(&chunk.file, at, to, &ignored) == 0;
	source_chunk_end(&chunk);
	c->bytes_read += ok ? run->size : 0;
	return ok;
}

static bool decodes(struct carrier *c, const struct item *x)
{
	const struct chunk_table *t = &x->from.piece->table;
	struct bytes stored = { x->at, (size_t)x->length };
	struct room room = { .cap = x->from.form.raw };
	struct err ignored = ERR_INIT;
	uint32_t mask = t->refs.mask ? t->refs.mask[x->from.ref] : 0;

	buf_reserve(&c->scratch, room.cap);
	room.data = (uint8_t *)c->scratch.data;
	return decoder_begin(c->decoder, t->codecs, t->dtype.size, &ignored) ==
		0 &&
		decoder_run(c->decoder, stored, mask, room, &ignored) == 0;
}

static void accept(struct carrier *c, struct item *x, struct region *r)
{
	const struct piece *p = x->from.piece;
	struct bytes stored = { x->at, (size_t)x->length };
	bool **skip = &r->pieces[p - r->pieces].skip;

	if (!envelope_make(&x->from.form, stored, &x->envelope) ||
		(c->verify && !decodes(c, x)))
		return;
	if (*skip == NULL)
		*skip = ARENA_NEW(&c->arena, bool, p->table.refs.n);
	(*skip)[x->from.ref] = true;
	c->of[x->number] = x;
	c->ncarried++;
}

/* All items of one piece, whose file is open. */
static void load_piece(struct carrier *c, struct region *r, struct run *run,
	const struct source *file, uint8_t **to)
{
	const struct piece *p = c->items[run->first + run->n].from.piece;

	while (run->first + run->n < c->nitems &&
		c->items[run->first + run->n].from.piece == p &&
		next_run(c, run)) {
		bool is_read = read_run(c, run, file, *to + ENVELOPE_HEADER);

		*to += ENVELOPE_HEADER + run->size;
		for (size_t i = 0; is_read && i < run->n; i++)
			accept(c, &c->items[run->first + i], r);
	}
}

int carrier_load(struct carrier *c, struct region *r, struct err *err)
{
	struct run run = { 0, 0, 0 };
	uint8_t *to;

	arena_reset(&c->arena);
	c->nchunks = c->ncarried = c->bytes_read = 0;
	c->nitems = 0;
	c->of = NULL;
	c->lent = NULL;
	find_items(c, r);
	if (c->nitems == 0)
		return 0;
	qsort(c->items, c->nitems, sizeof(*c->items), compare_items);
	make_room(c);
	to = (uint8_t *)c->held.data;
	while (run.first + run.n < c->nitems) {
		const struct piece *p = c->items[run.first + run.n].from.piece;
		struct source file;

		if (source_begin(&file, p, err) < 0)
			return err_in(err, "variable '%s'", p->var);
		load_piece(c, r, &run, &file, &to);
		source_end(&file);
	}
	return 0;
}

/* The object, in place. */
static struct bytes lend(struct carrier *c, struct item *x)
{
	const struct envelope *e = &x->envelope;
	uint8_t *at = x->at + e->skip - e->header_len;

	if (c->lent != NULL)
		memcpy(c->lent->at + c->lent->envelope.skip -
				c->lent->envelope.header_len,
			c->saved, c->lent->envelope.header_len);
	memcpy(c->saved, at, e->header_len);
	memcpy(at, e->header, e->header_len);
	c->lent = x;
	return (struct bytes){ at,
		e->header_len + (size_t)x->length - e->skip - e->cut };
}

bool carrier_get(struct carrier *c, const uint64_t *at, struct bytes *out)
{
	struct item *x = c->of ? c->of[number_of(&c->box, at)] : NULL;

	if (x != NULL)
		*out = lend(c, x);
	return x != NULL;
}
