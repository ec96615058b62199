/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pgf-write: region records in, stored chunks out, one receipt a region.  A
 * receipt is printed when the region's objects will last, not before.
 */
#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "chunk/canvas.h"
#include "chunk/crc32c.h"
#include "chunk/encoder.h"
#include "chunk/grid.h"
#include "record/tool.h"
#include "store/owner.h"
#include "store/store_dir.h"
#include "store/withdraw.h"

static const struct opt opts[] = { { OPT_END, 0, NULL, NULL, NULL, NULL } };

static const struct opt_spec spec = {
	.name = "pgf-write",
	.summary = "write regions of arrays into a Zarr store",
	.synopsis = "[-kqv] [-o FILE] [--stamp FILE] [--files-from FILE] "
		    "[--rejects FILE] STORE [FILE...]",
	.opts = opts,
	.more = tool_filter_options,
};

struct writer {
	const char *path; /* of the store */
	struct store_dir *store;
	struct canvas *canvas;
	struct encoder *encoder;
	struct arena names;
	struct js *checked; /* arrays whose published layout was looked at */
};

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
	struct grid grid;
	struct js *objects;
	uint64_t bytes_out;
};

static void note_object(struct made *m, const char *key, struct bytes object)
{
	struct js *o = js_new_object(m->arena);

	js_set_text(o, "name", key);
	js_set_u64(o, "size", object.len);
	js_set_text(o, "crc32c",
		arena_printf(m->arena, "%08" PRIx32,
			crc32c_of(object.data, object.len)));
	js_add(m->objects, o);
	m->bytes_out += object.len;
}

static int put_chunk(struct writer *w, struct made *m, const uint64_t *at,
	struct err *err)
{
	const struct target *t = &m->region->target;
	struct grid_key how = { t->v2_keys, t->separator };
	struct buf key = BUF_INIT;
	struct bytes raw, object;
	struct box chunk;
	int r = -1;

	grid_chunk_box(&m->grid, at, &chunk);
	buf_addf(&key, "%s/", t->name);
	grid_key_text(&key, how, t->ndim, at);
	if (canvas_cut(w->canvas, &chunk, &raw, err) < 0 ||
		encoder_run(w->encoder, raw, &object, err) < 0) {
		err_in(err, "chunk '%s'", key.data);
	} else {
		r = store_dir_put(w->store, key.data, object.data, object.len,
			err);
		note_object(m, key.data, object);
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
	return store_dir_flush(w->store, err);
}

static int put_receipt(const struct writer *w, const struct js *rec,
	const struct made *m, struct tool_sink *sink, struct err *err)
{
	struct js *receipt = js_new_object(sink->arena);

	js_set(receipt, "key", js_get(rec, "key"));
	js_set_text(receipt, "region", m->region->digest);
	js_set(receipt, "objects", m->objects);
	js_set_text(receipt, "mode", "decode");
	js_set_u64(receipt, "bytes_in", canvas_bytes_read(w->canvas));
	js_set_u64(receipt, "bytes_out", m->bytes_out);
	return stream_put(sink->out, receipt, err);
}

static int write_region(struct writer *w, struct made *m, struct err *err)
{
	const struct target *t = &m->region->target;

	m->grid = (struct grid){ t->ndim, t->shape, t->chunk_shape };
	if (encoder_begin(w->encoder, t->codecs, t->dtype, err) < 0 ||
		canvas_fill(w->canvas, m->region, err) < 0 ||
		check_published(w, t, err) < 0 || put_chunks(w, m, err) < 0) {
		store_dir_abort(w->store);
		return err_in(err, "array '%s'", t->name);
	}
	if (canvas_recoded(w->canvas) > 0)
		log_warn("array '%s': %" PRIu64 " cells of text are not UTF-8: "
			 "read as ISO-8859-1",
			t->name, canvas_recoded(w->canvas));
	return 0;
}

static int write_record(struct js *rec, struct tool_sink *sink, struct err *err)
{
	struct region region;
	struct made m = {
		.arena = sink->arena,
		.region = &region,
		.objects = js_new_list(sink->arena),
	};

	if (region_from_record(sink->arena, rec, &region, err) < 0 ||
		write_region(sink->state, &m, err) < 0)
		return -1;
	return put_receipt(sink->state, rec, &m, sink, err);
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
	struct writer w = { .names = ARENA_INIT };
	struct owner owner;
	int r;

	if (operands[0] == NULL || *operands[0] == '\0')
		return err_set(err, ERR_USAGE, "no STORE is given");
	w.path = store_path(&w, operands[0]);
	owner = owner_of(&w.names, w.path);
	if (owner_check(&owner, w.path, NULL, err) < 0) {
		arena_release(&w.names);
		return -1;
	}
	w.store = store_dir_open(w.path);
	w.canvas = canvas_open();
	w.encoder = encoder_open();
	w.checked = js_new_object(&w.names);
	r = tool_each(operands + 1, write_record, &w, err);
	encoder_close(w.encoder);
	canvas_close(w.canvas);
	store_dir_close(w.store);
	arena_release(&w.names);
	return r;
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	int first = tool_begin(&spec, argc, argv, &err);

	return tool_end(first < 0 ? -1 : run(argv + first, &err), &err);
}
