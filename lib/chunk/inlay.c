/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Elements that stay as they are go straight to their place; all others are
 * gathered side by side first, so that conversions run over plain arrays
 * whatever the shape of the region.  Converting in the strided place was
 * refused: the types differ in size.
 */
#include "chunk/inlay.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "chunk/convert.h"
#include "chunk/gather.h"
#include "chunk/slab.h"
#include "chunk/source.h"
#include "chunk/text.h"

static const uint64_t BAND = UINT64_C(1) << 21;

struct inlay {
	struct gather *gather;
	const struct region *region;
	struct box box; /* the region, in the target */
	uint64_t limit;
	struct buf raw, made; /* elements side by side: source's, target's */
	struct buf *held;     /* bytes of texts */
	size_t nheld;
	uint64_t held_bytes, slab_bytes, read_before;
};

/* The shared part: in the target's and in the source's elements. */
struct part {
	const struct piece *piece;
	const struct inlay_place *to;
	struct source file; /* which has not changed */
	struct box box, source;
	size_t cells;
	size_t size; /* bytes of all cells, as they are in the source */
};

struct inlay *inlay_open(void)
{
	struct inlay *in = mem_alloc(sizeof(*in));

	memset(in, 0, sizeof(*in));
	in->gather = gather_open();
	return in;
}

static void release_held(struct inlay *in)
{
	while (in->nheld > 0)
		buf_release(&in->held[--in->nheld]);
	mem_free(in->held);
	in->held = NULL;
}

void inlay_close(struct inlay *in)
{
	if (in == NULL)
		return;
	release_held(in);
	gather_close(in->gather);
	buf_release(&in->raw);
	buf_release(&in->made);
	mem_free(in);
}

void inlay_begin(struct inlay *in, const struct region *r, uint64_t limit)
{
	release_held(in);
	in->region = r;
	in->box = box_of(r->target.ndim, r->offset, r->size);
	in->limit = limit;
	in->held = mem_alloc(r->npieces * sizeof(*in->held));
	in->held_bytes = in->slab_bytes = 0;
	in->read_before = gather_bytes_read(in->gather);
}

uint64_t inlay_bytes_read(const struct inlay *in)
{
	return gather_bytes_read(in->gather) - in->read_before + in->slab_bytes;
}

bool inlay_box(const struct region *r, const struct piece *p, struct box *out)
{
	unsigned n = r->target.ndim;
	struct box region = box_of(n, r->offset, r->size);
	struct box piece = box_of(n, p->offset, p->table.shape);

	return box_intersect(&region, &piece, out);
}

static bool is_string(const struct inlay *in)
{
	return in->region->target.dtype.kind == DTYPE_STRING;
}

/* Memory of its own for text that must stay. */
static struct buf *hold(struct inlay *in)
{
	struct buf *b = &in->held[in->nheld++];

	memset(b, 0, sizeof(*b));
	return b;
}

/* The first element of a part in the region's memory. */
static uint8_t *place(const struct inlay *in, const struct part *part)
{
	uint8_t *data = part->to->data;

	for (unsigned i = 0; i < part->box.ndim; i++)
		data += (part->box.start[i] - in->box.start[i]) *
			part->to->stride[i];
	return data;
}

/* Elements side by side, of item bytes at most those of the place, to their
 * place; what they do not fill is NUL. */
static void spread(const struct inlay *in, const struct part *part,
	const void *from, size_t item)
{
	uint64_t dense[BOX_MAX_NDIM];
	struct box_copy job = {
		.ndim = part->box.ndim,
		.count = part->box.count,
		.item = part->to->item,
		.to = place(in, part),
		.to_stride = part->to->stride,
		.from_stride = dense,
	};

	box_strides(part->box.ndim, part->box.count, item, dense);
	if (item < part->to->item)
		box_fill(&job);
	job.item = item;
	job.from = from;
	if (item > 0)
		box_copy(&job);
}

/* Errors of gather name the file; all others do by this. */
static int in_file(const struct part *part, struct err *err)
{
	return err_in(err, "'%s'", part->piece->path);
}

static int read_slab(struct inlay *in, const struct part *part, size_t max,
	struct buf *out, struct err *err)
{
	const struct piece *p = part->piece;
	struct slab what = { .path = p->path,
		.var = p->var,
		.origin = p->origin,
		.box = &part->source };

	if (p->copy != NULL)
		what.recipe = depot_recipe(depot_of(p->copy));

	buf_reset(out);
	if (slab_read(&what, max, out, err) < 0)
		return in_file(part, err);
	in->slab_bytes += out->len;
	return 0;
}

static int gather(struct inlay *in, const struct part *part,
	const struct gather_out *out, struct err *err)
{
	const struct piece *p = part->piece;
	struct gather_source src = { part->file, &p->table, p->skip };

	return gather_read(in->gather, &src, &part->source, out, err);
}

/* All elements of a part, side by side. */
static int read_dense(struct inlay *in, const struct part *part,
	struct buf *out, struct err *err)
{
	const struct chunk_table *t = &part->piece->table;
	uint64_t stride[BOX_MAX_NDIM];
	struct gather_out to = { .stride = stride };

	buf_reserve(out, part->size);
	if (gather_can(t)) {
		box_strides(t->ndim, part->source.count, t->dtype.size, stride);
		to.data = (uint8_t *)out->data;
		return gather(in, part, &to, err);
	}
	if (read_slab(in, part, part->size, out, err) < 0)
		return -1;
	if (out->len != part->size) {
		err_set(err, ERR_DATA,
			"pgf-slab printed %zu bytes, %zu were wanted", out->len,
			part->size);
		return in_file(part, err);
	}
	return 0;
}

static int put_strings(struct inlay *in, const struct part *part,
	struct err *err)
{
	struct buf *raw = hold(in);
	struct text *cells;

	buf_reserve(&in->made, part->cells * sizeof(*cells));
	cells = (struct text *)(void *)in->made.data;
	if (read_slab(in, part, (size_t)(in->limit - in->held_bytes), raw,
		    err) < 0)
		return -1;
	in->held_bytes += raw->len;
	if (text_parse((struct bytes){ (const uint8_t *)raw->data, raw->len },
		    cells, part->cells, err) < 0) {
		err_in(err, "pgf-slab");
		return in_file(part, err);
	}
	spread(in, part, cells, sizeof(*cells));
	return 0;
}

/* Cells of fixed length as text. */
static int put_cells(struct inlay *in, const struct part *part, struct err *err)
{
	struct buf *raw = hold(in);
	size_t size = (size_t)part->piece->cell_size;
	struct text *cells;

	buf_reserve(&in->made, part->cells * sizeof(*cells));
	cells = (struct text *)(void *)in->made.data;
	if (read_dense(in, part, raw, err) < 0)
		return -1;
	in->held_bytes += part->size;
	for (size_t i = 0; i < part->cells; i++)
		cells[i] = text_cut(raw->data + i * size, size);
	spread(in, part, cells, sizeof(*cells));
	return 0;
}

/* Say which element of the source it was: 'sst[3,10,20]'. */
static int element_in(const struct part *part, size_t at, struct err *err)
{
	uint64_t index[BOX_MAX_NDIM];
	struct buf text = BUF_INIT;

	for (unsigned i = part->source.ndim; i-- > 0;) {
		index[i] = part->source.start[i] + at % part->source.count[i];
		at /= (size_t)part->source.count[i];
	}
	buf_adds(&text, part->piece->var);
	for (unsigned i = 0; i < part->source.ndim; i++)
		buf_addf(&text, "%s%" PRIu64, i == 0 ? "[" : ",", index[i]);
	if (part->source.ndim > 0)
		buf_addc(&text, ']');
	err_in(err, "'%s'", text.data);
	buf_release(&text);
	return in_file(part, err);
}

static int convert_part(struct inlay *in, const struct part *part,
	const struct convert *how, struct err *err)
{
	bool dense = box_is_dense(&part->box, part->to->stride, part->to->item);
	struct convert_job job = { .n = part->cells };
	size_t at;

	if (read_dense(in, part, &in->raw, err) < 0)
		return -1;
	if (!dense)
		buf_reserve(&in->made, part->cells * part->to->item);
	job.from = in->raw.data;
	job.to = dense ? place(in, part) : (uint8_t *)in->made.data;
	if (convert_run(how, &job, &at, err) < 0)
		return element_in(part, at, err);
	if (!dense)
		spread(in, part, in->made.data, part->to->item);
	return 0;
}

/* The end of a band of rows from start on: whole source chunks, so that each is
 * decoded once, of about BAND bytes, so that they stay in the cache. */
static uint64_t band_end(const struct part *part, uint64_t start)
{
	const struct chunk_table *t = &part->piece->table;
	uint64_t rows = part->source.count[0], step = t->chunk_shape[0];
	uint64_t end = part->source.start[0] + rows;
	uint64_t want = rows * BAND / num_max(part->size, 1);

	if (!gather_can(t)) /* a process each */
		return end;
	want = num_max(want / step, 1) * step;
	return num_min(end, start - start % step + want);
}

/* A piece is converted band by band: memory of its own stays small. */
static int put_converted(struct inlay *in, const struct part *part,
	struct err *err)
{
	const struct piece *p = part->piece;
	const struct region *r = in->region;
	struct part band = *part;
	struct convert how;
	uint64_t end;

	if (convert_init(&how,
		    (struct convert_side){ p->table.dtype, p->encoding },
		    (struct convert_side){ r->target.dtype, r->encoding },
		    err) < 0)
		return in_file(part, err);
	if (part->box.ndim == 0)
		return convert_part(in, part, &how, err);
	end = part->source.start[0] + part->source.count[0];
	for (uint64_t at = part->source.start[0], next; at < end; at = next) {
		next = band_end(part, at);
		band.source.start[0] = at;
		band.box.start[0] = p->offset[0] + at;
		band.source.count[0] = band.box.count[0] = next - at;
		band.cells = part->cells / part->source.count[0] * (next - at);
		band.size = band.cells * p->table.dtype.size;
		if (convert_part(in, &band, &how, err) < 0)
			return -1;
	}
	return 0;
}

/* The bits as they are, or text with NULs behind it. */
static int put_bits(struct inlay *in, const struct part *part, struct err *err)
{
	const struct piece *p = part->piece;
	struct gather_out out = { place(in, part), part->to->stride };

	if (p->table.ndim == part->box.ndim && p->cell_size == part->to->item &&
		gather_can(&p->table))
		return gather(in, part, &out, err);
	if (read_dense(in, part, &in->raw, err) < 0)
		return -1;
	spread(in, part, in->raw.data, (size_t)p->cell_size);
	return 0;
}

/* Sizes of the part; false if they are beyond the limit. */
static bool measure(const struct inlay *in, struct part *part)
{
	uint64_t cells, size, made;

	if (!box_cells(&part->box, &cells) ||
		!num_mul(cells, part->piece->cell_size, &size) ||
		!num_mul(cells, part->to->item, &made) || made > in->limit ||
		size > in->limit - in->held_bytes)
		return false;
	part->cells = (size_t)cells;
	part->size = (size_t)size;
	return true;
}

static int put_part(struct inlay *in, struct part *part, struct err *err)
{
	if (!measure(in, part)) {
		err_set(err, ERR_DATA,
			"too much for memory: use smaller chunks");
		return in_file(part, err);
	}
	if (is_string(in))
		return part->piece->table.dtype.kind == DTYPE_STRING ?
			put_strings(in, part, err) :
			put_cells(in, part, err);
	if (part->piece->encoding != NULL)
		return put_converted(in, part, err);
	return put_bits(in, part, err);
}

/* Cells that no file gives hold the array's fill value. */
static void put_fill(const struct inlay *in, const struct part *part)
{
	const struct target *t = &in->region->target;
	const struct text text = { t->fill_text,
		t->fill_text ? strlen(t->fill_text) : 0 };

	box_fill(&(struct box_copy){
		.ndim = part->box.ndim,
		.count = part->box.count,
		.item = part->to->item,
		.to = place(in, part),
		.to_stride = part->to->stride,
		.from = is_string(in) ? (const uint8_t *)&text : t->fill,
	});
}

int inlay_put(struct inlay *in, const struct piece *p, const struct box *box,
	const struct inlay_place *to, struct err *err)
{
	struct part part = { .piece = p, .to = to, .box = *box };
	int r;

	if (p->path == NULL) {
		put_fill(in, &part);
		return 0;
	}
	part.source = box_of(p->table.ndim, NULL, p->table.shape);
	for (unsigned i = 0; i < part.box.ndim; i++) {
		part.source.start[i] = part.box.start[i] - p->offset[i];
		part.source.count[i] = part.box.count[i];
	}
	/* also for what the library reads: a file that changed is told so */
	if (source_begin(&part.file, p, err) < 0)
		return -1;
	r = put_part(in, &part, err);
	source_end(&part.file);
	return r < 0 ? err_in(err, "variable '%s'", p->var) : 0;
}
