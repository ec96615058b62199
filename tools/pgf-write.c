/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pgf-write: region records in, stored chunks out, one receipt a region.  A
 * receipt is printed when the region's objects will last, not before; and while
 * the disk is busy with them, the next region is read and decoded.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/log.h"
#include "base/num.h"
#include "base/size.h"
#include "base/str.h"
#include "base/usage.h"
#include "chunk/canvas.h"
#include "chunk/carrier.h"
#include "chunk/carry.h"
#include "chunk/crc32c.h"
#include "chunk/encoder.h"
#include "chunk/grid.h"
#include "chunk/shard.h"
#include "model/budget.h"
#include "record/tool.h"
#include "store/owner.h"
#include "store/store_dir.h"
#include "store/withdraw.h"

static struct {
	const char *memory;
	bool verify;
} cfg;

static const struct opt opts[] = {
	{ OPT_TEXT, 0, "memory", "SIZE", &cfg.memory,
		"refuse regions that need more, as in 1GB; default: none" },
	{ OPT_FLAG, 0, "verify", NULL, &cfg.verify,
		"also decode the chunks that are carried over, only to see "
		"that they can be" },
	{ OPT_END, 0, NULL, NULL, NULL, NULL },
};

static const struct opt_spec spec = {
	.name = "pgf-write",
	.summary = "write regions of arrays into a Zarr store",
	.synopsis =
		"[-kqv] [--memory SIZE] [-o FILE] [--stamp FILE] [--files-from FILE] "
		"[--rejects FILE] [--verify] STORE [FILE...]",
	.opts = opts,
	.more = tool_filter_options,
};

struct writer {
	const char *path; /* of the store */
	struct store_dir *store;
	struct budget budget;
	struct canvas *canvas;
	struct carrier *carrier;
	struct encoder *encoder;
	struct shard *shard;
	struct arena names;
	struct js *checked; /* arrays whose published layout was looked at */
	struct stream_in *in;
	struct stream_out *out;
	struct arena held;  /* of the receipt */
	struct js *receipt; /* of what is written but may not last, or NULL */
};

/* Make what is written last, and say so. */
static int settle(struct writer *w, struct err *err)
{
	int r = 0;

	if (w->receipt == NULL)
		return 0;
	if (store_dir_flush(w->store, err) < 0 ||
		stream_put(w->out, w->receipt, err) < 0)
		r = -1;
	w->receipt = NULL;
	arena_reset(&w->held);
	return r;
}

static int check_published(struct writer *w, const struct target *t,
	struct err *err)
{
	int r;

	if (js_get(w->checked, t->name) != NULL)
		return 0;
	r = withdraw_changed(w->path, t, err);
	if (r > 0)
		log_warn("array '%s' of '%s' has another layout now: taken "
			 "back until the store is sealed",
			t->name, w->path);
	if (r < 0)
		return -1;
	js_set(w->checked, t->name, js_new_bool(&w->names, true));
	return 0;
}

/* One region, and what became of it. */
struct made {
	struct arena *arena;
	const struct region *region;
	struct grid grid, inner; /* of objects, and of the chunks in them */
	struct js *objects;
	uint64_t bytes_out;
	double seconds; /* of work, not of waiting for the disk */
};

static void note_object(struct made *m, const char *key, struct bytes object)
{
	struct js *o = js_new_object(m->arena);

	js_set_text(o, "name", key);
	js_set_u64(o, "size", object.len);
	if (object.len > 0)
		js_set_text(o, "crc32c",
			arena_printf(m->arena, "%08" PRIx32,
				crc32c_of(object.data, object.len)));
	js_add(m->objects, o);
	m->bytes_out += object.len;
}

/* The chunk at[] of a grid as readers want it: carried over, or cut and encoded;
 * no bytes for one that need not be there. */
static int make_chunk(struct writer *w, const struct made *m,
	const uint64_t *at, struct bytes *out, struct err *err)
{
	struct bytes raw;
	struct box chunk;

	if (carrier_get(w->carrier, at, out))
		return 0;
	*out = (struct bytes){ NULL, 0 };
	grid_chunk_box(&m->inner, at, &chunk);
	if (canvas_cut(w->canvas, &chunk, &raw, err) < 0)
		return -1;
	if (m->region->omits_empty && canvas_is_fill(w->canvas, raw))
		return 0;
	return encoder_run(w->encoder, raw, out, err);
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
static int make_shard(struct writer *w, const struct made *m,
	const struct box *shard, struct bytes *out, struct err *err)
{
	const struct target *t = &m->region->target;
	struct box all = box_of(t->ndim, m->region->offset, m->region->size);
	struct box part;
	struct grid_walk at;
	uint64_t n = 1;

	for (unsigned i = 0; i < t->ndim; i++)
		if (!num_mul(n, t->chunk_shape[i] / t->inner_shape[i], &n))
			n = UINT64_MAX;
	if (shard_begin(w->shard, n, err) < 0 ||
		!box_intersect(&all, shard, &part))
		return -1;
	for (bool more = grid_walk_begin(&at, &m->inner, &part); more;
		more = grid_walk_next(&at)) {
		if (make_chunk(w, m, at.at, out, err) < 0)
			return -1;
		if (out->len > 0)
			shard_add(w->shard, number_in(t, shard, at.at), *out);
	}
	*out = shard_end(w->shard);
	return 0;
}

static int make_object(struct writer *w, const struct made *m,
	const uint64_t *at, struct bytes *out, struct err *err)
{
	struct box shard;

	if (m->region->target.inner_shape == NULL)
		return make_chunk(w, m, at, out, err);
	grid_chunk_box(&m->grid, at, &shard);
	return make_shard(w, m, &shard, out, err);
}

/* What holds nothing is no object. */
static int put_object(struct writer *w, struct made *m, const char *key,
	struct bytes object, struct err *err)
{
	int r = object.len == 0 ?
		store_dir_drop(w->store, key, err) :
		store_dir_put(w->store, key, object.data, object.len, err);

	note_object(m, key, object);
	return r;
}

static int put_chunk(struct writer *w, struct made *m, const uint64_t *at,
	struct err *err)
{
	const struct target *t = &m->region->target;
	struct grid_key how = { t->v2_keys, t->separator };
	struct buf key = BUF_INIT;
	struct bytes object;
	int r = -1;

	buf_addf(&key, "%s/", t->name);
	grid_key_text(&key, how, t->ndim, at);
	if (make_object(w, m, at, &object, err) < 0) {
		err_in(err, "chunk '%s'", key.data);
	} else {
		r = put_object(w, m, key.data, object, err);
	}
	buf_release(&key);
	return r;
}

static int put_chunks(struct writer *w, struct made *m, struct err *err)
{
	const struct region *r = m->region;
	struct box box = box_of(r->target.ndim, r->offset, r->size);
	struct grid_walk at;

	for (bool more = grid_walk_begin(&at, &m->grid, &box); more;
		more = grid_walk_next(&at))
		if (put_chunk(w, m, at.at, err) < 0)
			return -1;
	return 0;
}

static const char *mode_of(const struct carrier *c)
{
	if (carrier_count(c) == 0)
		return "decode";
	return carrier_count(c) == carrier_chunks(c) ? "copy" : "mixed";
}

static void hold_receipt(struct writer *w, const struct js *rec,
	const struct made *m)
{
	struct js *receipt = js_new_object(&w->held);

	js_set(receipt, "key", js_get(rec, "key"));
	js_set_text(receipt, "region", m->region->digest);
	js_set(receipt, "objects", m->objects);
	js_set_text(receipt, "mode", mode_of(w->carrier));
	js_set_u64(receipt, "bytes_in",
		canvas_bytes_read(w->canvas) + carrier_bytes_read(w->carrier));
	js_set_u64(receipt, "bytes_out", m->bytes_out);
	js_set(receipt, "seconds",
		js_new_real(&w->held, floor(m->seconds * 1e6) / 1e6));
	js_set_u64(receipt, "rss", usage_peak());
	w->receipt = receipt;
}

/* Is there memory for the region, once what others left is given back? */
static int take_memory(struct writer *w, const struct region *r,
	struct err *err)
{
	int n = budget_take(&w->budget, r, err);

	if (n > 0) {
		carrier_close(w->carrier);
		canvas_close(w->canvas);
		encoder_close(w->encoder);
		shard_close(w->shard);
		w->carrier = carrier_open(cfg.verify);
		w->canvas = canvas_open();
		w->encoder = encoder_open();
		w->shard = shard_open();
	}
	return n < 0 ? -1 : 0;
}

/* Read what is carried over, and decode the rest. */
static int fill_region(struct writer *w, struct region *r, struct err *err)
{
	const struct target *t = &r->target;
	int ok = -1;

	if (take_memory(w, r, err) == 0 &&
		encoder_begin(w->encoder, t->inner_codecs, t->dtype, err) ==
			0 &&
		canvas_begin(w->canvas, r, err) == 0)
		ok = carrier_load(w->carrier, r, err);
	if (ok == 0 && carrier_count(w->carrier) < carrier_chunks(w->carrier))
		ok = canvas_fill(w->canvas, err);
	return ok < 0 ? err_in(err, "array '%s'", t->name) : 0;
}

/* Encode and write. */
static int put_region(struct writer *w, struct made *m, struct err *err)
{
	const struct target *t = &m->region->target;

	m->grid = (struct grid){ t->ndim, t->shape, t->chunk_shape };
	m->inner = (struct grid){ t->ndim, t->shape, carry_chunks(t) };
	if (check_published(w, t, err) < 0 || put_chunks(w, m, err) < 0) {
		store_dir_abort(w->store);
		return err_in(err, "array '%s'", t->name);
	}
	if (canvas_recoded(w->canvas) > 0)
		log_warn("array '%s': %" PRIu64 " cells of text are not UTF-8: "
			 "read as ISO-8859-1",
			t->name, canvas_recoded(w->canvas));
	return 0;
}

/* A record that fails takes nothing back of the one before it. */
static int fail(struct writer *w)
{
	struct err ignored = ERR_INIT;

	if (settle(w, &ignored) < 0)
		log_error("%s", ignored.msg);
	return -1;
}

static int write_record(struct js *rec, struct tool_sink *sink, struct err *err)
{
	struct writer *w = sink->state;
	struct region region;
	double begin = usage_seconds(), waited;
	struct made m = {
		.arena = sink->arena,
		.region = &region,
		.objects = js_new_list(sink->arena),
	};
	int fd;

	if (region_from_record(sink->arena, rec, &region, err) < 0 ||
		fill_region(w, &region, err) < 0)
		return fail(w);
	waited = usage_seconds();
	if (settle(w, err) < 0)
		return fail(w);
	waited = usage_seconds() - waited;
	if (put_region(w, &m, err) < 0)
		return fail(w);
	m.seconds = usage_seconds() - begin - waited;
	hold_receipt(w, rec, &m);
	/* Nobody should wait for a receipt because there is no more to do. */
	return stream_ready(w->in, &fd) ? 0 : settle(w, err);
}

static int write_all(struct writer *w, char **operands, struct err *err)
{
	struct arena record = ARENA_INIT;
	struct tool_sink sink = { .arena = &record, .state = w };
	int r = -1;

	w->in = tool_input(operands, err);
	w->out = w->in ? tool_output(err) : NULL;
	if (w->out != NULL && tool_walk(w->in, &sink, write_record, err) == 0)
		r = settle(w, err);
	arena_release(&record);
	stream_close(w->in);
	if (r == 0)
		return tool_publish(w->out, err) < 0 ? -1 : tool_verdict(err);
	stream_abort(w->out);
	return -1;
}

/* Without slashes at the end, which mean nothing here. */
static const char *store_path(struct writer *w, const char *operand)
{
	size_t len = strlen(operand);

	while (len > 1 && operand[len - 1] == '/')
		len--;
	return arena_strndup(&w->names, operand, len);
}

static int run(char **operands, struct err *err)
{
	struct writer w = { .names = ARENA_INIT, .held = ARENA_INIT };
	struct owner owner;
	int r;

	if (operands[0] == NULL || *operands[0] == '\0')
		return err_set(err, ERR_USAGE, "no STORE is given");
	if (cfg.memory != NULL && !size_parse(cfg.memory, &w.budget.memory))
		return err_set(err, ERR_USAGE,
			"--memory must be a size such as '1GB', not '%.80s'",
			cfg.memory);
	w.path = store_path(&w, operands[0]);
	owner = owner_of(&w.names, w.path);
	if (owner_check(&owner, w.path, NULL, err) < 0) {
		arena_release(&w.names);
		return -1;
	}
	w.store = store_dir_open(w.path);
	w.canvas = canvas_open();
	w.carrier = carrier_open(cfg.verify);
	w.encoder = encoder_open();
	w.shard = shard_open();
	w.checked = js_new_object(&w.names);
	r = write_all(&w, operands + 1, err);
	encoder_close(w.encoder);
	carrier_close(w.carrier);
	shard_close(w.shard);
	canvas_close(w.canvas);
	store_dir_close(w.store);
	arena_release(&w.held);
	arena_release(&w.names);
	return r;
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	int first = tool_begin(&spec, argc, argv, &err);

	return tool_end(first < 0 ? -1 : run(argv + first, &err), &err);
}
