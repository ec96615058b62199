/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pgf-write: region records in, stored chunks out, one receipt a region.  A
 * receipt is printed when the region's objects will last, not before; and while
 * the disk is busy with them, the next region is read and decoded.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/crew.h"
#include "base/log.h"
#include "base/num.h"
#include "base/size.h"
#include "base/str.h"
#include "base/usage.h"
#include "chunk/assembly.h"
#include "chunk/crc32c.h"
#include "chunk/grid.h"
#include "record/ledger.h"
#include "record/tool.h"
#include "store/owner.h"
#include "store/store_dir.h"
#include "store/withdraw.h"

static struct {
	const char *recipe, *memory;
	int64_t jobs;
	bool verify;
} cfg;

static const struct opt opts[] = {
	{ OPT_TEXT, 'r', "recipe", "RECIPE", &cfg.recipe,
		"ask for files on servers as its member fetch says" },
	{ OPT_TEXT, 0, "memory", "SIZE", &cfg.memory,
		"refuse regions that need more, as in 1GB; default: none" },
	{ OPT_COUNT, 0, "jobs", "N", &cfg.jobs,
		"let up to N hands work on a large region; default: 1, or the "
		"free jobs of a make that shares them" },
	{ OPT_FLAG, 0, "verify", NULL, &cfg.verify,
		"also decode the chunks that are carried over, only to see "
		"that they can be" },
	{ OPT_END, 0, NULL, NULL, NULL, NULL },
};

static const struct opt_spec spec = {
	.name = "pgf-write",
	.summary = "write regions of arrays into a Zarr store",
	.synopsis =
		"[-kqv] [-r RECIPE] [--memory SIZE] [--jobs N] [-o FILE] [--stamp FILE] "
		"[--files-from FILE] [--rejects FILE] [--verify] STORE [FILE...]",
	.opts = opts,
	.more = tool_filter_options,
};

struct writer {
	const char *path; /* of the store */
	struct store_dir *store;
	struct crew *crew;
	struct assembly *assembly;
	struct arena names;
	struct js *checked; /* arrays whose published layout was looked at */
	struct stream_in *in;
	struct stream_out *out;
	struct arena held;   /* of the receipts */
	struct js *receipts; /* of what is written but may not last, or NULL */
};

/* Make what is written last, and say so. */
static int settle(struct writer *w, struct err *err)
{
	int r;

	if (w->receipts == NULL)
		return 0;
	r = store_dir_flush(w->store, err);
	for (size_t i = 0; r == 0 && i < js_count(w->receipts); i++)
		r = stream_put(w->out, js_at(w->receipts, i), err);
	w->receipts = NULL;
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

struct object {
	uint64_t size; /* 0: holds nothing, and is not there */
	uint32_t crc;
};

/* One region, and what became of it. */
struct made {
	struct writer *writer;
	struct arena *arena;
	const struct region *region;
	struct grid_walk chunks;
	struct object *objects; /* in their order */
	size_t nobjects;
	double seconds; /* of work, not of waiting for the disk */
};

static void key_of(const struct made *m, const uint64_t *at, struct buf *out)
{
	const struct target *t = &m->region->target;
	struct grid_key how = { t->v2_keys, t->separator };

	buf_addf(out, "%s/", t->name);
	grid_key_text(out, how, t->ndim, at);
}

/* One hand at a time. */
static int store_object(struct writer *w, const char *key, struct bytes object,
	struct err *err)
{
	int r;

	crew_lock(w->crew);
	r = object.len == 0 ?
		store_dir_drop(w->store, key, err) :
		store_dir_put(w->store, key, object.data, object.len, err);
	crew_unlock(w->crew);
	return r;
}

static int put_chunk(void *state, unsigned hand, size_t i, struct err *err)
{
	const struct made *m = state;
	struct writer *w = m->writer;
	uint64_t at[BOX_MAX_NDIM];
	struct buf key = BUF_INIT;
	struct bytes object;
	int r = -1;

	grid_walk_nth(&m->chunks, i, at);
	key_of(m, at, &key);
	if (assembly_make(w->assembly, hand, at, &object, err) < 0) {
		err_in(err, "chunk '%s'", key.data);
	} else {
		m->objects[i] = (struct object){ object.len,
			crc32c_of(object.data, object.len) };
		r = store_object(w, key.data, object, err);
	}
	buf_release(&key);
	return r;
}

static int put_chunks(struct made *m, struct err *err)
{
	const struct region *r = m->region;
	const struct target *t = &r->target;
	const struct grid grid = { t->ndim, t->shape, t->chunk_shape };
	struct box box = box_of(t->ndim, r->offset, r->size);
	struct crew_work work = { .one = put_chunk, .state = m };

	if (grid_walk_begin(&m->chunks, &grid, &box))
		m->nobjects = (size_t)grid_walk_count(&m->chunks);
	work.n = m->nobjects;
	work.hands = assembly_hands(m->writer->assembly);
	m->objects = ARENA_NEW(m->arena, struct object, work.n);
	return crew_run(m->writer->crew, &work, err);
}

/* Names, sizes and checksums, in the order of the grid; adds up the bytes. */
static struct js *list_objects(struct made *m, uint64_t *bytes)
{
	struct js *list = js_new_list(m->arena);
	struct buf key = BUF_INIT;
	uint64_t at[BOX_MAX_NDIM];

	for (size_t i = 0; i < m->nobjects; i++) {
		const struct object *x = &m->objects[i];
		struct js *o = js_new_object(m->arena);

		buf_reset(&key);
		grid_walk_nth(&m->chunks, i, at);
		key_of(m, at, &key);
		js_set_text(o, "name", key.data);
		js_set_u64(o, "size", x->size);
		if (x->size > 0)
			js_set_text(o, "crc32c",
				arena_printf(m->arena, "%08" PRIx32, x->crc));
		js_add(list, o);
		*bytes += x->size;
	}
	buf_release(&key);
	return list;
}

static void hold_receipt(struct writer *w, const struct js *rec, struct made *m)
{
	struct assembly_report report = assembly_report(w->assembly);
	struct js *receipt = js_new_object(&w->held);
	uint64_t bytes = 0;

	js_set(receipt, "key", js_get(rec, "key"));
	js_set_text(receipt, "region", m->region->digest);
	js_set(receipt, "objects", list_objects(m, &bytes));
	js_set_text(receipt, "mode", report.mode);
	js_set_u64(receipt, "bytes_in", report.bytes_read);
	ledger_count(report.bytes_read, 0, 0);
	js_set_u64(receipt, "bytes_out", bytes);
	js_set(receipt, "seconds",
		js_new_real(&w->held, floor(m->seconds * 1e6) / 1e6));
	js_set_u64(receipt, "rss", usage_peak());
	if (w->receipts == NULL)
		w->receipts = js_new_list(&w->held);
	js_add(w->receipts, receipt);
	store_dir_keep(w->store);
}

static int load_region(struct writer *w, struct region *r, struct err *err)
{
	if (assembly_load(w->assembly, r, err) < 0)
		return err_in(err, "array '%s'", r->target.name);
	return 0;
}

/* Encode and write. */
static int put_region(struct writer *w, struct made *m, struct err *err)
{
	const struct target *t = &m->region->target;
	uint64_t recoded;

	if (check_published(w, t, err) < 0 || put_chunks(m, err) < 0) {
		store_dir_abort(w->store);
		return err_in(err, "array '%s'", t->name);
	}
	recoded = assembly_report(w->assembly).recoded;
	if (recoded > 0)
		log_warn("array '%s': %" PRIu64 " cells of text are not UTF-8: "
			 "read as ISO-8859-1",
			t->name, recoded);
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
		.writer = w,
		.arena = sink->arena,
		.region = &region,
	};
	int fd;

	if (region_from_record(sink->arena, rec, &region, err) < 0 ||
		load_region(w, &region, err) < 0)
		return fail(w);
	waited = usage_seconds();
	if (store_dir_has_enough(w->store) && settle(w, err) < 0)
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
	struct assembly_options how = { .verify = cfg.verify,
		.recipe = cfg.recipe };
	struct store_dir_stats stats;
	struct owner owner;
	int r;

	if (operands[0] == NULL || *operands[0] == '\0')
		return err_set(err, ERR_USAGE, "no STORE is given");
	if (cfg.memory != NULL && !size_parse(cfg.memory, &how.memory))
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
	w.crew = crew_open((unsigned)num_min((uint64_t)cfg.jobs, CREW_MOST),
		getenv("MAKEFLAGS"));
	how.crew = w.crew;
	w.assembly = assembly_open(&how);
	w.checked = js_new_object(&w.names);
	r = write_all(&w, operands + 1, err);
	stats = store_dir_stats(w.store);
	ledger_count(0, stats.bytes, stats.objects);
	assembly_close(w.assembly);
	crew_close(w.crew);
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
