/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Datasets come in any order, so pieces are collected per array and sorted at
 * the end.  What is kept of a chunk is 16 to 20 bytes, of a piece 32 more.
 */
#include "model/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/str.h"
#include "model/place.h"
#include "model/plan_cut.h"
#include "model/plan_encoding.h"
#include "record/json_write.h"
#include "record/scan.h"

struct plan {
	struct arena *a;
	struct plan_target target;
	struct plan_collection *of, *close; /* one an array */
	const struct js **stores;           /* an array's encoding, if any of
					     * close was added */
	struct plan_axis *axes;
	struct plan_keeper keeper;
	size_t narrays; /* what was borrowed may be gone at the end */
};

static void release(void *v)
{
	struct plan *p = v;

	for (size_t i = 0; i < p->narrays; i++) {
		mem_free(p->of[i].pieces);
		mem_free(p->close[i].pieces);
	}
	plan_keep_close(&p->keeper);
}

struct plan *plan_open(struct arena *a, const struct plan_target *target)
{
	struct plan *p = ARENA_NEW(a, struct plan, 1);

	p->a = a;
	p->target = *target;
	p->of = ARENA_NEW(a, struct plan_collection, target->arrays->n);
	p->close = ARENA_NEW(a, struct plan_collection, target->arrays->n);
	p->stores = ARENA_NEW(a, const struct js *, target->arrays->n);
	p->axes = plan_axes(a, target->layout);
	p->keeper.a = a;
	p->narrays = target->arrays->n;
	arena_defer(a, release, p);
	return p;
}

/* A dataset being added. */
struct adding {
	struct arena *a;
	const struct js *rec;
	struct dataset ds;
	struct spread_key key;
	struct plan_span span[PLACE_MAX_DIMS];
	size_t input;
	struct plan_file *file; /* made when first needed */
	bool compared;          /* the variable in hand is */
};

/* A file with its text, as one piece of memory. */
static struct plan_file *new_file(struct plan *p, const struct adding *add,
	const struct buf *text)
{
	struct plan_file *f =
		arena_alloc(p->a, sizeof(struct plan_file) + text->len, 1);

	f->text = (char *)(f + 1);
	f->len = text->len;
	memcpy(f + 1, text->data, text->len);
	f->input = add->input;
	for (unsigned k = 0; k < p->target.layout->nconcat; k++)
		f->offset[k] = add->span[k].offset;
	return f;
}

/* What regions repeat of a file. */
static struct plan_file *keep_file(struct plan *p, const struct adding *add)
{
	static const char *const names[] = { "sha256", "etag", "modified" };
	const struct js *file = js_get(add->rec, "file");
	struct buf text = BUF_INIT;
	struct plan_file *f;
	uint64_t size = 0;

	js_u64(js_get(file, "size"), &size);
	buf_adds(&text, "\"url\":");
	js_write_text(&text, js_get_text(add->rec, "url"));
	buf_adds(&text, ",\"path\":");
	js_write_text(&text, js_get_text(file, "path"));
	buf_adds(&text, ",\"size\":");
	js_write_u64(&text, size);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const char *v = js_get_text(file, names[i]);

		if (v == NULL)
			continue;
		buf_addf(&text, ",\"%s\":", names[i]);
		js_write_text(&text, v);
	}
	f = new_file(p, add, &text);
	buf_release(&text);
	return f;
}

/* The URL as it stands in the text of a file, with its quotes. */
static struct span url_span(const struct plan_file *f)
{
	const size_t name = strlen("\"url\":");
	struct span url = { "", 0 };

	scan_value((struct span){ f->text + name, f->len - name }, &url);
	return url;
}

static const char *url_text(struct arena *a, const struct plan_file *f)
{
	const struct span url = url_span(f);
	struct err ignored = ERR_INIT;
	const char *text =
		js_text(js_parse(a, url.text, url.len, &ignored));

	return text ? text : "";
}

static int compare_urls(const struct plan_file *x, const struct plan_file *y)
{
	const struct span a = url_span(x), b = url_span(y);
	size_t least = a.len < b.len ? a.len : b.len;
	int c = x == y ? 0 : memcmp(a.text, b.text, least);

	return c != 0 ? c : (a.len > b.len) - (a.len < b.len);
}

static int read_key(struct plan *p, struct arena *a, struct adding *add,
	struct err *err)
{
	const struct layout *l = p->target.layout;
	const struct js *concat = js_path(add->rec, "key", "concat", NULL);
	uint64_t at[PLACE_MAX_DIMS];
	bool fits = js_count(concat) == l->nconcat;

	for (unsigned i = 0; i < l->nconcat; i++)
		fits = fits && js_get(concat, l->concat[i].name) != NULL;
	if (!fits)
		return err_set(err, ERR_DATA,
			"'key' does not name the dimensions of the schema; "
			"give pgf-plan the datasets that pgf-schema read");
	if (schema_read_key(a, add->rec, &add->key, err) < 0)
		return -1;
	place_unpack(add->key.position, at);
	for (unsigned i = 0; i < l->nconcat; i++) {
		if (at[i] >= l->concat[i].nfiles)
			return err_set(err, ERR_DATA,
				"position %s=%llu is beyond the %llu files of "
				"the schema; make the schema again",
				l->concat[i].name, (unsigned long long)at[i],
				(unsigned long long)l->concat[i].nfiles);
		add->span[i] = plan_axis_span(&p->axes[i], at[i]);
	}
	return 0;
}

/* The last dimension of chars is a width, unless files are laid along it. */
static bool is_width(const struct layout_var *v, unsigned axis)
{
	return v->dtype.kind == DTYPE_CHAR && axis + 1 == v->ndim &&
		v->concat[axis] < 0;
}

static bool fits_type(const struct layout_var *want, struct dtype t)
{
	if (want->dtype.kind == DTYPE_BYTES)
		return t.kind == DTYPE_BYTES && t.size <= want->dtype.size;
	return want->encoding != NULL || dtype_equal(t, want->dtype);
}

/* Has the variable the shape that the layout says?  Text may be narrower. */
static bool fits(const struct layout_var *want, const struct variable *have,
	const struct plan_span *span)
{
	const struct chunk_table *t = &have->table;

	if (t->ndim != want->ndim || t->refs.index != NULL)
		return false;
	for (unsigned i = 0; i < t->ndim; i++) {
		uint64_t len = want->shape[i];

		if (is_width(want, i) && t->shape[i] <= len)
			continue;
		if (want->concat[i] >= 0)
			len = span[want->concat[i]].len;
		if (!str_eq(have->dims[i], want->dims[i]) || t->shape[i] != len)
			return false;
	}
	return true;
}

static void append(struct plan *p, struct plan_collection *c,
	const struct plan_piece *piece)
{
	if (c->n == c->cap) {
		c->cap = c->cap ? 2 * c->cap : 8;
		c->pieces = mem_resize(c->pieces, c->cap * sizeof(*c->pieces));
	}
	c->pieces[c->n++] = plan_keep(&p->keeper, piece);
}

static int set_encoding(struct plan *p, struct adding *add, size_t i,
	struct plan_piece *piece, struct err *err)
{
	const struct array *t = &p->target.arrays->at[i];
	struct plan_source have = { .dataset = &add->ds };

	have.var = dataset_var(&add->ds, t->name);
	if (!add->compared)
		return plan_encoding(add->a, t->var, &have, &piece->encoding,
			err);
	if (p->stores[i] == NULL &&
		plan_encoding_store(p->a, p->target.layout, t->var,
			&p->stores[i], err) < 0)
		return -1;
	have.store = p->stores[i];
	return plan_encoding_close(add->a, t->var, &have, &piece->encoding,
		err);
}

static int add_piece(struct plan *p, struct adding *add, size_t i,
	struct err *err)
{
	const struct array *t = &p->target.arrays->at[i];
	const struct variable *v = dataset_var(&add->ds, t->name);
	struct plan_piece piece = { .place = add->key.position &
			layout_mask(p->target.layout, t->var) };

	if (v == NULL || !fits(t->var, v, add->span) ||
		(!add->compared && !fits_type(t->var, v->table.dtype)))
		return err_set(err, ERR_DATA,
			"variable '%.200s' is not what the schema says it is; "
			"make the schema again from these datasets",
			t->name);
	if (add->file == NULL)
		add->file = keep_file(p, add);
	piece.file = add->file;
	piece.table = v->table;
	if (set_encoding(p, add, i, &piece, err) < 0)
		return err_in(err, "variable '%.200s'", t->name);
	append(p, add->compared ? &p->close[i] : &p->of[i], &piece);
	return 0;
}

static int add_dataset(struct plan *p, struct arena *a, struct adding *add,
	struct err *err)
{
	const struct js *file = js_get(add->rec, "file");
	uint64_t size;

	if (js_get_text(add->rec, "url") == NULL ||
		js_get_text(file, "path") == NULL ||
		!js_u64(js_get(file, "size"), &size))
		return err_set(err, ERR_DATA,
			"no 'url', or no 'file' with 'path' and 'size': not a "
			"dataset record, which pgf-open makes");
	if (read_key(p, a, add, err) < 0 ||
		dataset_from_record(a, add->rec, &add->ds, err) < 0)
		return -1;
	for (size_t i = 0; i < p->target.arrays->n; i++) {
		const struct layout_var *v = p->target.arrays->at[i].var;

		add->compared = spread_has(&v->close, add->key);
		if ((add->compared || spread_has(&v->from, add->key)) &&
			add_piece(p, add, i, err) < 0)
			return -1;
	}
	return 0;
}

int plan_add(struct plan *p, const struct js *rec, size_t file, struct err *err)
{
	struct arena a = ARENA_INIT;
	struct adding add = { .a = &a, .rec = rec, .input = file };
	int r = add_dataset(p, &a, &add, err);

	arena_release(&a);
	return r;
}

static int by_place(const void *x, const void *y)
{
	const struct plan_kept *a = x, *b = y;

	if (a->place != b->place)
		return a->place < b->place ? -1 : 1;
	return compare_urls(a->file, b->file);
}

/* "time=3 lat=0 of sst": a place of a variable. */
static const char *place_text(const struct plan *p, const struct array *t,
	uint64_t place)
{
	const struct layout_var *v = t->var;
	const char *member = v->from.parts[0].member, *text = "";
	uint64_t at[PLACE_MAX_DIMS];

	place_unpack(place, at);
	for (unsigned i = 0; i < v->ndim; i++)
		if (v->concat[i] >= 0)
			text = arena_printf(p->a, "%s%s%s=%llu", text,
				*text ? " " : "", v->dims[i],
				(unsigned long long)at[v->concat[i]]);
	return arena_printf(p->a, "%s%s%s",
		*text ? text : "the file it is taken from",
		*member ? " of " : "", member);
}

/* The same record twice is once; two files at one place are refused. */
static int drop_doubles(const struct plan *p, struct plan_collection *c,
	const struct array *t, struct err *err)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++) {
		const struct plan_kept *last = n ? &c->pieces[n - 1] : NULL;

		if (last == NULL || last->place != c->pieces[i].place) {
			c->pieces[n++] = c->pieces[i];
			continue;
		}
		if (compare_urls(last->file, c->pieces[i].file) != 0)
			return err_set(err, ERR_DATA,
				"two files for %s: '%.300s' and '%.300s'; give "
				"each position one file",
				place_text(p, t, last->place),
				url_text(p->a, last->file),
				url_text(p->a, c->pieces[i].file));
	}
	c->n = n;
	return 0;
}

static int check_complete(const struct plan *p, const struct array *t,
	const struct plan_collection *c, struct err *err)
{
	struct spread have = { 0 }, want = { 0 }, left = { 0 };
	struct arena a = ARENA_INIT;

	if (c->n == spread_count(&t->var->from))
		return 0;
	for (size_t i = 0; i < c->n; i++)
		spread_add(&a, &have, "",
			(struct run){ c->pieces[i].place, c->pieces[i].place });
	spread_project(&a, &t->var->from, layout_mask(p->target.layout, t->var),
		&want);
	spread_subtract(&a, &want, &have, &left);
	err_set(err, ERR_DATA,
		"no dataset for %s, which the schema counts on for variable "
		"'%.200s'; give pgf-plan all datasets that pgf-schema read",
		left.nparts ? place_text(p, t, spread_first(&left).position) :
			      "a place",
		t->name);
	arena_release(&a);
	return -1;
}

/* Files to compare with: as many as the layout says. */
static int collect_close(struct plan *p, size_t i, struct err *err)
{
	const struct array *t = &p->target.arrays->at[i];
	struct plan_collection *c = &p->close[i];
	uint64_t want = spread_count(&t->var->close);
	size_t n = 0;

	if (c->n > 0)
		qsort(c->pieces, c->n, sizeof(*c->pieces), by_place);
	for (size_t k = 0; k < c->n; k++)
		if (n == 0 || by_place(&c->pieces[n - 1], &c->pieces[k]) != 0)
			c->pieces[n++] = c->pieces[k];
	c->n = n;
	if (n == want)
		return 0;
	return err_set(err, ERR_DATA,
		"%zu datasets to compare variable '%.200s' with, and the "
		"schema counts on %llu; give pgf-plan the datasets that "
		"pgf-schema read, each once",
		n, t->name, (unsigned long long)want);
}

static int collect(struct plan *p, size_t i, struct err *err)
{
	const struct array *t = &p->target.arrays->at[i];
	struct plan_collection *c = &p->of[i];

	if (c->n > 0)
		qsort(c->pieces, c->n, sizeof(*c->pieces), by_place);
	if (drop_doubles(p, c, t, err) < 0)
		return -1;
	return check_complete(p, t, c, err);
}

static int collect_all(struct plan *p, struct plan_all *all, struct err *err)
{
	const struct arrays *arrays = p->target.arrays;
	struct plan_frame *frames =
		ARENA_NEW(p->a, struct plan_frame, arrays->n);

	for (size_t i = 0; i < arrays->n; i++) {
		if (collect(p, i, err) < 0 || collect_close(p, i, err) < 0)
			return -1;
		frames[i] = plan_frame(p->a, &arrays->at[i],
			p->target.documents[i]);
	}
	*all = (struct plan_all){
		&p->target,
		p->axes,
		p->of,
		p->close,
		p->stores,
		frames,
	};
	return 0;
}

int plan_cut(struct plan *p, const struct plan_sink *sink, struct err *err)
{
	struct plan_all all;

	return collect_all(p, &all, err) < 0 ?
		-1 :
		plan_cut_arrays(&all, sink, err);
}

int plan_cut_by_input(struct plan *p, const struct plan_sink *sink,
	struct err *err)
{
	struct plan_all all;

	return collect_all(p, &all, err) < 0 ?
		-1 :
		plan_cut_inputs(&all, sink, err);
}
