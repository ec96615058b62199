/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Datasets come in any order, so pieces are collected per array and sorted at
 * the end.  What is kept of a chunk is 16 to 20 bytes; the codecs, which
 * thousands of files share, are kept once.
 */
#include "model/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/str.h"
#include "model/plan_encoding.h"
#include "model/plan_region.h"
#include "record/json_write.h"

struct collection {
	size_t n, cap;
	struct plan_piece *pieces;
};

struct codecs {
	struct codecs *next;
	const char *text;
	struct js *list;
};

struct plan {
	struct arena *a;
	struct plan_target target;
	struct collection *of;    /* one an array */
	uint64_t *begin, *offset; /* position and element where each run
					 * of lengths begins */
	struct codecs *codecs;
};

struct plan *plan_open(struct arena *a, const struct plan_target *target)
{
	const struct layout *l = target->layout;
	struct plan *p = ARENA_NEW(a, struct plan, 1);
	uint64_t position = 0, offset = 0;

	p->a = a;
	p->target = *target;
	p->of = ARENA_NEW(a, struct collection, target->arrays->n);
	p->begin = ARENA_NEW(a, uint64_t, l->nlengths);
	p->offset = ARENA_NEW(a, uint64_t, l->nlengths);
	for (size_t i = 0; i < l->nlengths; i++) {
		p->begin[i] = position;
		p->offset[i] = offset;
		position += l->lengths[i].count;
		offset += l->lengths[i].count * l->lengths[i].len;
	}
	return p;
}

/* Offset and length of the file at a position below nfiles. */
static void place(const struct plan *p, uint64_t position, uint64_t *offset,
	uint64_t *len)
{
	const struct layout *l = p->target.layout;
	size_t low = 0, high = l->nlengths;

	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;

		if (p->begin[mid] <= position)
			low = mid;
		else
			high = mid;
	}
	*len = l->lengths[low].len;
	*offset = p->offset[low] + (position - p->begin[low]) * *len;
}

/* The same list of codecs, in the plan's arena and only once. */
static struct js *keep_codecs(struct plan *p, const struct js *list)
{
	struct buf text = BUF_INIT;
	struct codecs *c;

	js_write(&text, list, JS_SORTED);
	for (c = p->codecs; c != NULL; c = c->next)
		if (str_eq(c->text, text.data))
			break;
	if (c == NULL) {
		c = ARENA_NEW(p->a, struct codecs, 1);
		c->text = arena_strdup(p->a, text.data);
		c->list = js_copy(p->a, list);
		c->next = p->codecs;
		p->codecs = c;
	}
	buf_release(&text);
	return c->list;
}

static void *keep(struct plan *p, const void *v, uint64_t n, size_t size)
{
	return v ? arena_memdup(p->a, v, n * size) : NULL;
}

static struct chunk_table keep_table(struct plan *p,
	const struct chunk_table *t)
{
	struct chunk_table k = *t;

	k.shape = keep(p, t->shape, t->ndim, sizeof(*t->shape));
	k.chunk_shape = keep(p, t->chunk_shape, t->ndim, sizeof(*t->shape));
	k.fill = keep(p, t->fill, t->dtype.size, 1);
	k.codecs = keep_codecs(p, t->codecs);
	k.inline_data = keep(p, t->inline_data, t->inline_size, 1);
	k.refs.offset = keep(p, t->refs.offset, t->refs.n, sizeof(uint64_t));
	k.refs.length = keep(p, t->refs.length, t->refs.n, sizeof(uint64_t));
	k.refs.mask = keep(p, t->refs.mask, t->refs.n, sizeof(uint32_t));
	return k;
}

static const char *keep_text(struct plan *p, const char *s)
{
	return s ? arena_strdup(p->a, s) : NULL;
}

static struct plan_file *keep_file(struct plan *p, const struct js *rec,
	size_t input)
{
	const struct js *file = js_get(rec, "file");
	struct plan_file *f = ARENA_NEW(p->a, struct plan_file, 1);

	f->url = keep_text(p, js_get_text(rec, "url"));
	f->path = keep_text(p, js_get_text(file, "path"));
	f->sha256 = keep_text(p, js_get_text(file, "sha256"));
	f->etag = keep_text(p, js_get_text(file, "etag"));
	f->modified = keep_text(p, js_get_text(file, "modified"));
	f->input = input;
	js_u64(js_get(file, "size"), &f->size);
	return f;
}

/* A dataset being added. */
struct adding {
	const struct js *rec;
	struct dataset ds;
	struct spread_key key;
	uint64_t offset, len;
	size_t input;
	struct plan_file *file; /* made when first needed */
};

static int read_key(const struct plan *p, const struct js *rec,
	struct spread_key *out, struct err *err)
{
	const struct layout *l = p->target.layout;
	const struct js *merge = js_path(rec, "key", "merge", NULL);
	const struct js *concat = js_path(rec, "key", "concat", NULL);
	void *m = js_first(merge);

	*out = (struct spread_key){ m ? js_text(js_member(m)) : "", 0 };
	if (js_type(js_get(rec, "key")) != JS_OBJECT || out->member == NULL ||
		js_count(concat) != (l->concat != NULL) ||
		(l->concat != NULL &&
			!js_u64(js_get(concat, l->concat), &out->position)))
		return err_set(err, ERR_DATA,
			"'key' does not name the dimensions of the schema; "
			"give pgf-plan the datasets that pgf-schema read");
	if (out->position >= l->nfiles)
		return err_set(err, ERR_DATA,
			"position %llu is beyond the %llu files of the schema; "
			"make the schema again",
			(unsigned long long)out->position,
			(unsigned long long)l->nfiles);
	return 0;
}

static bool is_wanted(const struct array *t, struct spread_key key)
{
	const struct layout_var *v = t->var;

	return str_eq(v->from.member, key.member) &&
		(v->concat_axis >= 0 || v->from.position == key.position);
}

/* Is the variable what the layout says? */
static bool fits(const struct layout_var *want, const struct variable *have,
	uint64_t len)
{
	const struct chunk_table *t = &have->table;

	if (t->ndim != want->ndim || t->refs.index != NULL ||
		(want->encoding == NULL && !dtype_equal(t->dtype, want->dtype)))
		return false;
	for (unsigned i = 0; i < t->ndim; i++)
		if (!str_eq(have->dims[i], want->dims[i]) ||
			t->shape[i] !=
				((int)i == want->concat_axis ? len :
							       want->shape[i]))
			return false;
	return true;
}

static void append(struct plan *p, struct collection *c,
	const struct plan_piece *piece)
{
	if (c->n == c->cap) {
		size_t cap = c->cap ? 2 * c->cap : 8;
		struct plan_piece *v = ARENA_NEW(p->a, struct plan_piece, cap);

		if (c->n > 0)
			memcpy(v, c->pieces, c->n * sizeof(*v));
		c->pieces = v;
		c->cap = cap;
	}
	c->pieces[c->n++] = *piece;
}

static int add_piece(struct plan *p, struct adding *add, size_t i,
	struct err *err)
{
	const struct array *t = &p->target.arrays->at[i];
	const struct variable *v = dataset_var(&add->ds, t->name);
	struct plan_piece piece = { .position = add->key.position };

	if (v == NULL || !fits(t->var, v, add->len))
		return err_set(err, ERR_DATA,
			"variable '%.200s' is not what the schema says it is; "
			"make the schema again from these datasets",
			t->name);
	if (add->file == NULL)
		add->file = keep_file(p, add->rec, add->input);
	piece.file = add->file;
	piece.offset = t->concat_axis < 0 ? 0 : add->offset;
	piece.len = t->concat_axis < 0 ? 1 : add->len;
	piece.table = keep_table(p, &v->table);
	if (plan_encoding(p->a, t->var, v, &piece.encoding, err) < 0)
		return err_in(err, "variable '%.200s'", t->name);
	append(p, &p->of[i], &piece);
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
	if (read_key(p, add->rec, &add->key, err) < 0 ||
		dataset_from_record(a, add->rec, &add->ds, err) < 0)
		return -1;
	if (p->target.layout->concat != NULL)
		place(p, add->key.position, &add->offset, &add->len);
	for (size_t i = 0; i < p->target.arrays->n; i++)
		if (is_wanted(&p->target.arrays->at[i], add->key) &&
			add_piece(p, add, i, err) < 0)
			return -1;
	return 0;
}

int plan_add(struct plan *p, const struct js *rec, size_t file, struct err *err)
{
	struct adding add = { .rec = rec, .input = file };
	struct arena a = ARENA_INIT;
	int r = add_dataset(p, &a, &add, err);

	arena_release(&a);
	return r;
}

static int by_position(const void *x, const void *y)
{
	const struct plan_piece *a = x, *b = y;

	if (a->position != b->position)
		return a->position < b->position ? -1 : 1;
	return strcmp(a->file->url, b->file->url);
}

/* The same record twice is once; two files at one position are refused. */
static int drop_doubles(struct collection *c, const struct array *t,
	struct err *err)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++) {
		const struct plan_piece *last = n ? &c->pieces[n - 1] : NULL;

		if (last == NULL || last->position != c->pieces[i].position) {
			c->pieces[n++] = c->pieces[i];
			continue;
		}
		if (!str_eq(last->file->url, c->pieces[i].file->url))
			return err_set(err, ERR_DATA,
				"two files for position %llu%s%s: '%.300s' and "
				"'%.300s'; give each position one file",
				(unsigned long long)last->position,
				*t->var->from.member ? " of " : "",
				t->var->from.member, last->file->url,
				c->pieces[i].file->url);
	}
	c->n = n;
	return 0;
}

static int check_complete(const struct plan *p, const struct array *t,
	const struct collection *c, struct err *err)
{
	const struct layout *l = p->target.layout;
	uint64_t missing = t->concat_axis < 0 ? t->var->from.position : 0;

	if (t->concat_axis < 0 ? c->n == 1 : c->n == l->nfiles)
		return 0;
	while (t->concat_axis >= 0 && missing < c->n &&
		c->pieces[missing].position == missing)
		missing++;
	return err_set(err, ERR_DATA,
		"no dataset for %s=%llu%s%s, which the schema counts on for "
		"variable '%.200s'; give pgf-plan all datasets that pgf-schema "
		"read",
		l->concat ? l->concat : "position", (unsigned long long)missing,
		*t->var->from.member ? " of " : "", t->var->from.member,
		t->name);
}

static int collect(struct plan *p, size_t i, struct err *err)
{
	const struct array *t = &p->target.arrays->at[i];
	struct collection *c = &p->of[i];

	if (c->n > 0)
		qsort(c->pieces, c->n, sizeof(*c->pieces), by_position);
	if (drop_doubles(c, t, err) < 0)
		return -1;
	return check_complete(p, t, c, err);
}

/* Go on to the next region, last axis first; false after the last. */
static bool next_region(const struct array *t, const uint64_t *steps,
	uint64_t *offset)
{
	for (unsigned i = t->ndim; i-- > 0;) {
		if (t->shape[i] - offset[i] > steps[i]) {
			offset[i] += steps[i];
			return true;
		}
		offset[i] = 0;
	}
	return false;
}

static int cut_array(struct plan *p, size_t i, const struct plan_sink *sink,
	struct err *err)
{
	const struct array *t = &p->target.arrays->at[i];
	struct plan_window all = { p->of[i].pieces, p->of[i].n };
	uint64_t offset[DATASET_MAX_NDIM] = { 0 }, steps[DATASET_MAX_NDIM];
	struct plan_box box = { offset, steps };
	struct arena a = ARENA_INIT;
	int r = 0;

	if (array_chunks(t) == 0)
		return 0;
	plan_region_steps(t, steps);
	do {
		int c = t->concat_axis;
		struct plan_window from = all;

		if (c >= 0)
			from = plan_region_window(&all, offset[c],
				offset[c] + steps[c]);
		r = sink->put(sink->state, from.pieces[0].file->input,
			plan_region_record(&a, t, p->target.documents[i], &box,
				&from),
			err);
		arena_reset(&a);
	} while (r == 0 && next_region(t, steps, offset));
	arena_release(&a);
	return r;
}

int plan_cut(struct plan *p, const struct plan_sink *sink, struct err *err)
{
	for (size_t i = 0; i < p->target.arrays->n; i++)
		if (collect(p, i, err) < 0)
			return -1;
	for (size_t i = 0; i < p->target.arrays->n; i++)
		if (cut_array(p, i, sink, err) < 0)
			return -1;
	return 0;
}
