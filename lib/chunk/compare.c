/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The other file is laid out like a piece of a region of its own, whose elements
 * are doubles: so everything that pieces go through (codecs, packing, units,
 * times) is gone through here, by the same code.  Converting to the region's own
 * type was refused: packing would round away what is to be told apart.
 */
#include "chunk/compare.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "chunk/convert.h"
#include "chunk/text.h"
#include "record/json_write.h"

static const uint64_t LIMIT = UINT64_C(1) << 31;
static const uint64_t BAND = UINT64_C(1) << 24; /* bytes, about */

struct compare {
	struct inlay *inlay;
	struct buf cells; /* of the other file */
	uint64_t bytes_read;
};

struct compare *compare_open(void)
{
	struct compare *c = mem_alloc(sizeof(*c));

	memset(c, 0, sizeof(*c));
	c->inlay = inlay_open();
	return c;
}

void compare_close(struct compare *c)
{
	if (c == NULL)
		return;
	inlay_close(c->inlay);
	buf_release(&c->cells);
	mem_free(c);
}

uint64_t compare_bytes_read(const struct compare *c)
{
	return c->bytes_read;
}

/* As what cells are compared. */
enum kind {
	REALS,
	WHOLE, /* 64-bit integers */
	CELLS, /* bytes of fixed size */
	TEXTS, /* struct text */
};

/* One other file and a box of the region. */
struct pair {
	const struct region *region;
	const struct inlay_place *have;
	struct piece other; /* as it is read */
	struct encoding to, from, mine;
	enum kind kind;
	struct region as; /* whose elements are compared */
	size_t item;      /* bytes of such an element */
	struct box box;   /* in the target */
	const uint8_t *cells;
	struct convert how; /* REALS: the region's elements to doubles */
};

static bool same_time(const struct encoding *a, const struct encoding *b)
{
	return a->time != NULL && b->time != NULL && str_eq(a->time, b->time) &&
		str_eq(a->calendar, b->calendar) &&
		a->udunits_months == b->udunits_months;
}

static bool is_whole(const struct pair *p)
{
	struct dtype t = p->region->target.dtype;

	return dtype_is_integer(t) && t.size == 8 &&
		dtype_is_integer(p->other.table.dtype) && !p->mine.packed &&
		!p->from.packed && !p->from.converted && p->mine.time == NULL;
}

static int choose_reals(struct pair *p, struct err *err)
{
	static const double nan64 = __builtin_nan("");

	p->kind = REALS;
	p->to = encoding_none();
	p->to.nmissing = 1;
	memcpy(p->to.missing[0], &nan64, sizeof(nan64));
	p->to.time = p->mine.time;
	p->to.calendar = p->mine.calendar;
	p->to.udunits_months = p->mine.udunits_months;
	p->as.target.dtype = dtype_of(DTYPE_FLOAT64);
	p->as.encoding = &p->to;
	return convert_init(&p->how,
		(struct convert_side){ p->region->target.dtype, &p->mine },
		(struct convert_side){ p->as.target.dtype, &p->to }, err);
}

/* What is compared, and how the other file is read for that.  Times that count
 * alike are numbers like any others. */
static int choose(struct pair *p, struct err *err)
{
	const struct region *r = p->region;

	p->as = *r;
	p->kind = r->target.dtype.kind == DTYPE_STRING ? TEXTS : CELLS;
	p->item = p->have->item;
	if (dtype_is_text(r->target.dtype))
		return 0;
	p->mine = *r->encoding;
	p->from = *p->other.encoding;
	if (same_time(&p->mine, &p->from))
		p->mine.time = p->from.time = NULL;
	p->other.encoding = &p->from;
	p->item = 8;
	if (!is_whole(p))
		return choose_reals(p, err);
	p->kind = WHOLE;
	p->as.encoding = &p->mine;
	return 0;
}

/* The type as which the region's integers are read. */
static bool is_unsigned(const struct pair *p)
{
	return encoding_dtype(&p->mine, p->region->target.dtype).kind ==
		DTYPE_UINT64;
}

static bool whole_differ(const struct pair *p, const uint8_t *x,
	const uint8_t *y)
{
	struct dtype t = p->region->target.dtype;
	bool none = encoding_is_missing(&p->mine, t, x);
	double tolerance = p->region->close.tolerance;
	uint64_t a, b, gap;
	int64_t s, u;

	if (none || encoding_is_missing(&p->mine, t, y))
		return none != encoding_is_missing(&p->mine, t, y);
	memcpy(&a, x, sizeof(a));
	memcpy(&b, y, sizeof(b));
	memcpy(&s, x, sizeof(s));
	memcpy(&u, y, sizeof(u));
	if (is_unsigned(p) ? a < b : s < u)
		gap = b - a;
	else
		gap = a - b;
	return tolerance < 0x1p64 && gap > (uint64_t)tolerance;
}

static bool reals_differ(double a, double b, double tolerance)
{
	if (isnan(a) || isnan(b))
		return isnan(a) != isnan(b);
	if (isinf(a) || isinf(b))
		return a < b || a > b;
	return fabs(a - b) > tolerance;
}

static bool text_differs(const uint8_t *x, const uint8_t *y)
{
	struct text a, b;

	memcpy(&a, x, sizeof(a));
	memcpy(&b, y, sizeof(b));
	return a.len != b.len ||
		(a.len > 0 && memcmp(a.data, b.data, (size_t)a.len) != 0);
}

static bool cell_differs(const struct pair *p, const uint8_t *x,
	const uint8_t *y)
{
	if (p->kind == TEXTS)
		return text_differs(x, y);
	if (p->kind == CELLS)
		return memcmp(x, y, p->item) != 0;
	return whole_differ(p, x, y);
}

/* The file that the region has a cell from. */
static const char *path_of(const struct region *r, const uint64_t *index)
{
	struct box box, cell = box_of(r->target.ndim, index, index);

	for (unsigned i = 0; i < cell.ndim; i++)
		cell.count[i] = 1;
	for (size_t i = 0; i < r->npieces; i++)
		if (inlay_box(r, &r->pieces[i], &box) &&
			box_contains(&box, &cell) && r->pieces[i].path != NULL)
			return r->pieces[i].path;
	return "";
}

static void add_real(struct buf *out, double v)
{
	struct arena a = ARENA_INIT;

	if (isnan(v))
		buf_adds(out, "missing");
	else
		js_write(out, js_new_real(&a, v), JS_RECORD);
	arena_release(&a);
}

/* A value in words; p->kind is not REALS. */
static void add_cell(struct buf *out, const struct pair *p, const uint8_t *x)
{
	struct text text = { (const char *)x, p->item };
	uint64_t v;

	if (p->kind == WHOLE) {
		memcpy(&v, x, sizeof(v));
		if (encoding_is_missing(&p->mine, p->region->target.dtype, x))
			buf_adds(out, "missing");
		else if (is_unsigned(p))
			buf_addf(out, "%" PRIu64, v);
		else
			buf_addf(out, "%" PRId64, (int64_t)v);
		return;
	}
	if (p->kind == TEXTS)
		memcpy(&text, x, sizeof(text));
	else
		text = text_cut(text.data, (size_t)text.len);
	buf_addf(out, "'%.*s'", (int)num_min(text.len, 80),
		text.len ? text.data : "");
}

/* "'lat[3]' is 10.5 in 'a.nc', and 10.6 in 'b.nc'". */
static int refuse(const struct pair *p, const uint64_t *index,
	const struct buf *values, struct err *err)
{
	const struct region *r = p->region;
	struct buf cell = BUF_INIT, within = BUF_INIT;

	buf_adds(&cell, r->target.name);
	for (unsigned i = 0; i < r->target.ndim; i++)
		buf_addf(&cell, "%s%" PRIu64, i == 0 ? "[" : ",", index[i]);
	if (r->target.ndim > 0)
		buf_addc(&cell, ']');
	add_real(&within, r->close.tolerance);
	err_set(err, ERR_DATA,
		"variable '%s' is %s in '%s', and %s in '%s': further apart "
		"than combine.static {close: %s}; make the files agree, or set "
		"it to 'first'",
		cell.data, values[0].data, path_of(r, index), values[1].data,
		p->other.path, within.data);
	buf_release(&cell);
	buf_release(&within);
	return -1;
}

/* n cells in a row that begins at index. */
static int compare_reals(const struct pair *p, const uint64_t *index,
	const uint8_t *x, const uint8_t *y, struct err *err)
{
	const size_t item = p->have->item;
	unsigned last = p->box.ndim - (p->box.ndim > 0);
	uint64_t at[BOX_MAX_NDIM], n = p->box.ndim ? p->box.count[last] : 1;
	double mine[CONVERT_BLOCK] = { 0 }, other;
	struct buf values[2] = { BUF_INIT, BUF_INIT };
	size_t bad;

	for (uint64_t i = 0; i < n; i++) {
		struct convert_job job = { x + i * item, mine,
			(size_t)num_min(n - i, CONVERT_BLOCK) };

		if (i % CONVERT_BLOCK == 0 &&
			convert_run(&p->how, &job, &bad, err) < 0)
			return -1;
		memcpy(&other, y + i * sizeof(other), sizeof(other));
		if (!reals_differ(mine[i % CONVERT_BLOCK], other,
			    p->region->close.tolerance))
			continue;
		memcpy(at, index, sizeof(at));
		at[last] += i;
		add_real(&values[0], mine[i % CONVERT_BLOCK]);
		add_real(&values[1], other);
		refuse(p, at, values, err);
		buf_release(&values[0]);
		buf_release(&values[1]);
		return -1;
	}
	return 0;
}

static int compare_cells(const struct pair *p, const uint64_t *index,
	const uint8_t *x, const uint8_t *y, struct err *err)
{
	unsigned last = p->box.ndim - (p->box.ndim > 0);
	uint64_t at[BOX_MAX_NDIM], n = p->box.ndim ? p->box.count[last] : 1;
	struct buf values[2] = { BUF_INIT, BUF_INIT };

	for (uint64_t i = 0; i < n; i++, x += p->item, y += p->item) {
		if (!cell_differs(p, x, y))
			continue;
		memcpy(at, index, sizeof(at));
		at[last] += i;
		add_cell(&values[0], p, x);
		add_cell(&values[1], p, y);
		refuse(p, at, values, err);
		buf_release(&values[0]);
		buf_release(&values[1]);
		return -1;
	}
	return 0;
}

/* Row by row: the last axis lies side by side on both sides. */
static int compare_box(const struct pair *p, struct err *err)
{
	uint64_t index[BOX_MAX_NDIM] = { 0 }, stride[BOX_MAX_NDIM];
	unsigned rows = p->box.ndim - (p->box.ndim > 0), i;

	memcpy(index, p->box.start, sizeof(index));
	box_strides(p->box.ndim, p->box.count, p->item, stride);
	do {
		const uint8_t *x = p->have->data, *y = p->cells;
		int r;

		for (i = 0; i < p->box.ndim; i++) {
			x += (index[i] - p->region->offset[i]) *
				p->have->stride[i];
			y += (index[i] - p->box.start[i]) * stride[i];
		}
		r = p->kind == REALS ? compare_reals(p, index, x, y, err) :
				       compare_cells(p, index, x, y, err);
		if (r < 0)
			return -1;
		for (i = rows; i-- > 0;) {
			if (++index[i] < p->box.start[i] + p->box.count[i])
				break;
			index[i] = p->box.start[i];
		}
	} while (i < rows);
	return 0;
}

/* Read the other file's cells of the box, then compare. */
static int read_box(struct compare *c, struct pair *p, struct err *err)
{
	uint64_t stride[BOX_MAX_NDIM], cells, size;
	struct inlay_place to = { .stride = stride, .item = p->item };

	if (!box_cells(&p->box, &cells) || !num_mul(cells, p->item, &size) ||
		size > LIMIT)
		return err_set(err, ERR_DATA,
			"too much to compare in memory: use smaller chunks");
	buf_reserve(&c->cells, (size_t)size);
	to.data = (uint8_t *)c->cells.data;
	if (p->kind == TEXTS)
		memset(to.data, 0, (size_t)size);
	p->cells = to.data;
	p->as.offset = p->box.start;
	p->as.size = p->box.count;
	p->as.npieces = 1;
	p->as.pieces = &p->other;
	box_strides(p->box.ndim, p->box.count, p->item, stride);
	inlay_begin(c->inlay, &p->as, LIMIT);
	if (inlay_put(c->inlay, &p->other, &p->box, &to, err) < 0)
		return -1;
	c->bytes_read += inlay_bytes_read(c->inlay);
	return compare_box(p, err);
}

/* The end of a band from row start on: whole chunks of the other file. */
static uint64_t band_end(const struct pair *p, const struct box *all,
	uint64_t start)
{
	const struct piece *other = &p->other;
	uint64_t end = all->start[0] + all->count[0], row, cells, step, want;
	uint64_t at = start - other->offset[0];

	if (!box_cells(all, &cells))
		return end;
	row = num_max(cells / all->count[0] * p->item, 1);
	step = num_max(other->table.chunk_shape[0], 1);
	want = num_max(BAND / row / step, 1);
	if (want >= (UINT64_MAX - at) / step)
		return end;
	return num_min(end, start + want * step - at % step);
}

static int compare_piece(struct compare *c, struct pair *p, struct err *err)
{
	struct box all;
	uint64_t end, next;

	if (!inlay_box(p->region, &p->other, &all))
		return 0;
	if (choose(p, err) < 0)
		return err_in(err, "variable '%s': '%s'", p->other.var,
			p->other.path);
	p->box = all;
	if (all.ndim == 0)
		return read_box(c, p, err);
	end = all.start[0] + all.count[0];
	for (uint64_t at = all.start[0]; at < end; at = next) {
		next = band_end(p, &all, at);
		p->box.start[0] = at;
		p->box.count[0] = next - at;
		if (read_box(c, p, err) < 0)
			return -1;
	}
	return 0;
}

int compare_run(struct compare *c, const struct region *r,
	const struct inlay_place *have, struct err *err)
{
	c->bytes_read = 0;
	for (size_t i = 0; i < r->close.n; i++) {
		struct pair p = {
			.region = r,
			.have = have,
			.other = r->close.with[i],
		};

		if (compare_piece(c, &p, err) < 0)
			return -1;
	}
	return 0;
}
