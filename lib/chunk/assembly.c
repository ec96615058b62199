/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ladder of a chunk, in one place: carried over, or cut from the canvas and
 * encoded.  What of a region is carried over is known before anything is decoded,
 * so that a region of which all is has no canvas.
 */
#include "chunk/assembly.h"

#include "base/mem.h"
#include "base/num.h"
#include "chunk/canvas.h"
#include "chunk/carrier.h"
#include "chunk/carry.h"
#include "chunk/depot.h"
#include "chunk/encoder.h"
#include "chunk/grid.h"
#include "chunk/needs.h"
#include "chunk/shard.h"
#include "plan/budget.h"

/* What each hand has for itself; NULL: not needed so far. */
struct hand {
	struct encoder *encoder;
	struct shard *shard;
};

struct assembly {
	struct assembly_options options;
	struct budget budget;
	struct canvas *canvas;
	struct carrier *carrier;
	struct hand hands[CREW_MOST];
	unsigned nhands;
	struct depot *depot;
	const struct region *region;
	struct grid grid, inner; /* of objects, and of the chunks in them */
};

static void open_buffers(struct assembly *a)
{
	a->canvas = canvas_open(a->options.crew);
	a->carrier = carrier_open(a->options.verify);
}

static void close_buffers(struct assembly *a)
{
	for (unsigned i = 0; i < CREW_MOST; i++) {
		shard_close(a->hands[i].shard);
		encoder_close(a->hands[i].encoder);
		a->hands[i] = (struct hand){ NULL, NULL };
	}
	carrier_close(a->carrier);
	canvas_close(a->canvas);
}

struct assembly *assembly_open(const struct assembly_options *options)
{
	struct assembly *a = mem_alloc(sizeof(*a));

	*a = (struct assembly){ .options = *options,
		.budget.memory = options->memory,
		.budget.most = options->crew ? crew_most(options->crew) : 1 };
	a->depot = depot_open(0, options->recipe);
	open_buffers(a);
	return a;
}

void assembly_close(struct assembly *a)
{
	if (a == NULL)
		return;
	close_buffers(a);
	depot_close(a->depot);
	mem_free(a);
}

/* Is there memory for the region, once what others left is given back? */
static int take_memory(struct assembly *a, const struct region *r,
	struct err *err)
{
	int n = budget_take(&a->budget, r, err);

	if (n > 0) {
		close_buffers(a);
		open_buffers(a);
	}
	return n < 0 ? -1 : 0;
}

/* Chunks that are carried over are lent one at a time (chunk/carrier). */
static int begin_hands(struct assembly *a, struct err *err)
{
	const struct target *t = &a->region->target;

	a->nhands = carrier_count(a->carrier) > 0 ? 1 : canvas_hands(a->canvas);
	for (unsigned i = 0; i < a->nhands; i++) {
		struct hand *h = &a->hands[i];

		if (h->encoder == NULL) {
			h->encoder = encoder_open();
			h->shard = shard_open();
		}
		if (encoder_begin(h->encoder, t->inner_codecs, t->dtype, err) <
			0)
			return -1;
	}
	return 0;
}

int assembly_load(struct assembly *a, struct region *r, struct err *err)
{
	const struct target *t = &r->target;

	a->region = r;
	a->grid = (struct grid){ t->ndim, t->shape, t->chunk_shape };
	a->inner = (struct grid){ t->ndim, t->shape, carry_chunks(t) };
	if (take_memory(a, r, err) < 0 || needs_bring(a->depot, r, err) < 0 ||
		canvas_begin(a->canvas, r, a->budget.hands, err) < 0 ||
		carrier_load(a->carrier, r, err) < 0 || begin_hands(a, err) < 0)
		return -1;
	if (carrier_count(a->carrier) == carrier_chunks(a->carrier))
		return 0;
	return canvas_fill(a->canvas, err);
}

/* The chunk at[] of a grid as readers want it: carried over, or cut and encoded;
 * no bytes for one that need not be there. */
static int make_chunk(struct assembly *a, unsigned hand, const uint64_t *at,
	struct bytes *out, struct err *err)
{
	struct bytes raw;
	struct box chunk;

	if (carrier_get(a->carrier, at, out))
		return 0;
	*out = (struct bytes){ NULL, 0 };
	grid_chunk_box(&a->inner, at, &chunk);
	if (canvas_cut(a->canvas, hand, &chunk, &raw, err) < 0)
		return -1;
	if (a->region->omits_empty && canvas_is_fill(a->canvas, raw))
		return 0;
	return encoder_run(a->hands[hand].encoder, raw, out, err);
}

/* The number of a chunk of an array within its shard. */
static uint64_t number_in(const struct target *t, const struct box *shard,
	const uint64_t *at)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < t->ndim; i++)
		n = n * (t->chunk_shape[i] / t->inner_shape[i]) + at[i] -
			shard->start[i] / t->inner_shape[i];
	return n;
}

/* The chunks of a shard that the array reaches into; the others are absent. */
static int make_shard(struct assembly *a, unsigned hand,
	const struct box *shard, struct bytes *out, struct err *err)
{
	struct shard *s = a->hands[hand].shard;
	const struct target *t = &a->region->target;
	struct box all = box_of(t->ndim, a->region->offset, a->region->size);
	struct box part;
	struct grid_walk at;
	uint64_t n = 1;

	for (unsigned i = 0; i < t->ndim; i++)
		if (!num_mul(n, t->chunk_shape[i] / t->inner_shape[i], &n))
			n = UINT64_MAX;
	if (shard_begin(s, n, err) < 0 || !box_intersect(&all, shard, &part))
		return -1;
	for (bool more = grid_walk_begin(&at, &a->inner, &part); more;
		more = grid_walk_next(&at)) {
		if (make_chunk(a, hand, at.at, out, err) < 0)
			return -1;
		if (out->len > 0)
			shard_add(s, number_in(t, shard, at.at), *out);
	}
	*out = shard_end(s);
	return 0;
}

unsigned assembly_hands(const struct assembly *a)
{
	return a->nhands;
}

int assembly_make(struct assembly *a, unsigned hand, const uint64_t *at,
	struct bytes *out, struct err *err)
{
	struct box shard;

	if (a->region->target.inner_shape == NULL)
		return make_chunk(a, hand, at, out, err);
	grid_chunk_box(&a->grid, at, &shard);
	return make_shard(a, hand, &shard, out, err);
}

static const char *mode_of(const struct carrier *c)
{
	if (carrier_count(c) == 0)
		return "decode";
	return carrier_count(c) == carrier_chunks(c) ? "copy" : "mixed";
}

struct assembly_report assembly_report(const struct assembly *a)
{
	return (struct assembly_report){
		.mode = mode_of(a->carrier),
		.bytes_read = canvas_bytes_read(a->canvas) +
			carrier_bytes_read(a->carrier),
		.recoded = canvas_recoded(a->canvas),
	};
}
