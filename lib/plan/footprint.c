/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One term for each buffer of chunk/canvas, carrier, inlay, gather, decoder and encoder;
 * whoever adds a buffer there adds its term here, and the tests that measure
 * pgf-write notice if not.  Limiting the address space of the writer instead was
 * refused: it tells too late, and not what to change.
 */
#include "plan/footprint.h"

#include "base/num.h"
#include "base/spool.h"

/* Measured: 4 MB for the program, 6 with its libraries at work. */
static const uint64_t base_bytes = 12 << 20;

/* A piece as JSON, and as what was read from it; so much for each chunk. */
enum { PIECE_BYTES = 8192, REF_BYTES = 192 };

/* A byte of values that are in the record: in its line, as JSON, as bytes, and as
 * text once more for the digest, all but one in base64. */
enum { INLINE_BYTES = 7 };

/* Of chunk/carrier, beside the chunk: what is known of it, a header, and what lies
 * between it and the next. */
enum { KEPT_BYTES = 640 };

/* Pointer and length, in place of a text; offset and length, in an index. */
enum { TEXT_BYTES = 16, ENTRY_BYTES = 16 };

/* A thread, and what its allocator keeps. */
enum { HAND_BYTES = 1 << 20 };

/* chunk/inlay converts bands of so many bytes if chunks are not larger, and
 * chunk/gather reads raw chunks in such spans. */
static const uint64_t band_bytes = 2 << 20;

static uint64_t times(uint64_t a, uint64_t b)
{
	uint64_t r = UINT64_MAX;

	return num_mul(a, b, &r) ? r : UINT64_MAX;
}

static uint64_t plus(uint64_t a, uint64_t b)
{
	uint64_t r = UINT64_MAX;

	return num_add(a, b, &r) ? r : UINT64_MAX;
}

static uint64_t product(unsigned n, const uint64_t *v)
{
	uint64_t r = 1;

	for (unsigned i = 0; i < n; i++)
		r = times(r, v[i]);
	return r;
}

static void raise(struct footprint *f, enum footprint_part part, uint64_t n)
{
	f->part[part] = num_max(f->part[part], n);
}

/* What an encoder may make of n bytes. */
static uint64_t encoded(uint64_t n)
{
	return plus(plus(n, n / 64), 65536);
}

/* A chunk laid out, and on its way through the codecs. */
static uint64_t chunk_bytes(const struct footprint_target *t,
	const uint64_t *shape)
{
	uint64_t cells = product(t->ndim, shape);
	uint64_t laid =
		times(cells, plus(t->item, t->is_string ? TEXT_BYTES : 0));

	/* A byte that is not UTF-8 becomes two, behind a length. */
	if (t->is_string)
		laid = plus(laid, times(cells, 2 * t->item + 4));
	return plus(laid, times(encoded(laid), num_min(t->ncodecs, 2)));
}

/* All chunks of a shard, encoded, and its index. */
static uint64_t shard_bytes(const struct footprint_target *t)
{
	uint64_t n = 1, item = t->is_string ? 2 * t->item + 4 : t->item;

	for (unsigned i = 0; i < t->ndim; i++)
		n = times(n, t->chunk_shape[i] / num_max(t->inner_shape[i], 1));
	return plus(encoded(times(product(t->ndim, t->chunk_shape), item)),
		times(n, 2 * ENTRY_BYTES));
}

/* An object on its way to the disk (store/store_dir). */
static uint64_t spool_bytes(const struct footprint_target *t)
{
	uint64_t n = times(product(t->ndim, t->chunk_shape), t->item);

	return n < SPOOL_LEAST ? 0 : num_min(times(n, 2), SPOOL_MEMORY);
}

struct footprint footprint_of(const struct footprint_target *t,
	const uint64_t *size)
{
	struct footprint f = { { 0 } };

	f.part[FOOTPRINT_BASE] = base_bytes;
	f.part[FOOTPRINT_REGION] = times(product(t->ndim, size),
		plus(t->item, t->is_string ? TEXT_BYTES : 0));
	f.part[FOOTPRINT_TARGET] = t->inner_shape == NULL ?
		chunk_bytes(t, t->chunk_shape) :
		plus(chunk_bytes(t, t->inner_shape), shard_bytes(t));
	f.part[FOOTPRINT_SPOOL] = spool_bytes(t);
	return f;
}

static uint64_t longest(const struct refs *r)
{
	uint64_t n = 0;

	for (uint64_t i = 0; r != NULL && i < r->n; i++)
		n = num_max(n, r->length[i]);
	return n;
}

static uint64_t stored_bytes(const struct refs *r)
{
	uint64_t n = 0;

	for (uint64_t i = 0; r != NULL && i < r->n; i++)
		n = plus(n, plus(r->length[i], KEPT_BYTES));
	return n;
}

/* Stored, decoded, and between two codecs. */
static uint64_t source_bytes(const struct footprint_piece *p)
{
	const struct chunk_table *t = p->table;
	uint64_t chunk = times(product(t->ndim, t->chunk_shape),
		num_max(t->dtype.size, 1));
	size_t ncodecs = js_count(t->codecs);

	if (ncodecs == 0)
		return band_bytes;
	return plus(times(chunk, 1 + num_min(ncodecs - 1, 2)),
		t->inline_data ? 0 : longest(p->refs));
}

/* A band, or one row of source chunks, before and after. */
static uint64_t convert_bytes(const struct footprint_target *t,
	const struct footprint_piece *p)
{
	const struct chunk_table *table = p->table;
	uint64_t cells = product(table->ndim, p->count), row = cells;
	uint64_t item = num_max(table->dtype.size, 1);

	if (table->ndim > 0)
		row = times(cells / num_max(p->count[0], 1),
			num_min(p->count[0], table->chunk_shape[0]));
	if (table->has_refs || table->inline_data != NULL)
		cells = num_min(cells, num_max(row, 2 * band_bytes / item));
	return times(cells, plus(item, t->item));
}

/* Cells side by side before they are spread, and text that must stay. */
static uint64_t text_bytes(const struct footprint_piece *p)
{
	return times(product(p->table->ndim, p->count),
		num_max(p->table->dtype.size, 1) + TEXT_BYTES);
}

void footprint_add(struct footprint *f, const struct footprint_target *t,
	const struct footprint_piece *p)
{
	uint64_t refs = p->refs != NULL ? p->refs->n : 0;

	f->part[FOOTPRINT_BASE] = plus(f->part[FOOTPRINT_BASE],
		plus(plus(PIECE_BYTES, times(refs, REF_BYTES)),
			times(p->table->inline_size, INLINE_BYTES)));
	if (p->is_compared) {
		raise(f, FOOTPRINT_COMPARE,
			plus(source_bytes(p), times(convert_bytes(t, p), 2)));
		return;
	}
	if (t->keep)
		f->part[FOOTPRINT_KEPT] =
			plus(f->part[FOOTPRINT_KEPT], stored_bytes(p->refs));
	raise(f, FOOTPRINT_SOURCE, source_bytes(p));
	if (t->is_string || dtype_is_text(p->table->dtype))
		raise(f, FOOTPRINT_CONVERT, text_bytes(p));
	else if (p->converts || !(p->table->has_refs || p->table->inline_data))
		raise(f, FOOTPRINT_CONVERT, convert_bytes(t, p));
}

uint64_t footprint_total(const struct footprint *f)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < FOOTPRINT_PARTS; i++)
		n = plus(n, f->part[i]);
	return n;
}

struct footprint footprint_hands(const struct footprint *f, unsigned hands)
{
	struct footprint all = *f;

	all.part[FOOTPRINT_BASE] =
		plus(f->part[FOOTPRINT_BASE], times(hands - 1, HAND_BYTES));
	all.part[FOOTPRINT_SOURCE] = times(f->part[FOOTPRINT_SOURCE], hands);
	all.part[FOOTPRINT_CONVERT] = times(f->part[FOOTPRINT_CONVERT], hands);
	all.part[FOOTPRINT_TARGET] = times(f->part[FOOTPRINT_TARGET], hands);
	return all;
}

struct footprint footprint_both(const struct footprint *a,
	const struct footprint *b)
{
	struct footprint both = *a;

	for (unsigned i = 0; i < FOOTPRINT_PARTS; i++)
		raise(&both, i, b->part[i]);
	return both;
}

const char *footprint_text(struct arena *a, const struct footprint *f)
{
	static const char *const names[] = {
		[FOOTPRINT_BASE] = "the program and its record",
		[FOOTPRINT_REGION] = "the region",
		[FOOTPRINT_SOURCE] = "a source chunk",
		[FOOTPRINT_CONVERT] = "conversion",
		[FOOTPRINT_COMPARE] = "comparing",
		[FOOTPRINT_KEPT] = "chunks that stay as they are",
		[FOOTPRINT_TARGET] = "a target chunk",
		[FOOTPRINT_SPOOL] = "what goes to the disk",
	};
	const char *text = "";

	for (unsigned i = 0; i < FOOTPRINT_PARTS; i++)
		if (f->part[i] > 0)
			text = arena_printf(a, "%s%s%.1f MB for %s", text,
				*text ? ", " : "", (double)f->part[i] / 1e6,
				names[i]);
	return text;
}
