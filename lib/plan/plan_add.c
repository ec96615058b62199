/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A dataset is added in one of two ways, to the same end: most are read by what
 * they have in common with those before; what is out of the ordinary, or wrong, is
 * parsed, and there are all messages.
 */

#include <string.h>

#include "base/str.h"
#include "plan/plan.h"
#include "plan/plan_encoding.h"
#include "plan/plan_state.h"
#include "plan/plan_values.h"
#include "schema/schema_maker.h"
#include "record/json_write.h"

/* A dataset being added. */
struct adding {
	struct arena *a;
	struct dataset ds;
	struct spread_key key;
	struct plan_span span[PLACE_MAX_DIMS];
	size_t input;
	bool compared;         /* the variable in hand is */
	const uint8_t *values; /* of it, if no file is to be asked; or NULL */
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
static struct plan_file *keep_file(struct plan *p, const struct adding *add,
	const struct js *rec)
{
	static const char *const names[] = { "sha256", "etag", "modified" };
	const struct js *file = js_get(rec, "file");
	struct buf text = BUF_INIT;
	struct plan_file *f;
	uint64_t size = 0;

	buf_adds(&text, "\"url\":");
	js_write_text(&text, js_get_text(rec, "url"));
	if (js_get_text(file, "path") != NULL) {
		buf_adds(&text, ",\"path\":");
		js_write_text(&text, js_get_text(file, "path"));
	}
	if (js_u64(js_get(file, "size"), &size)) {
		buf_adds(&text, ",\"size\":");
		js_write_u64(&text, size);
	}
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

static int read_key(struct plan *p, struct adding *add, const struct js *v,
	struct err *err)
{
	const struct layout *l = p->target.layout;
	const struct js *concat = js_get(v, "concat");
	struct maker_key key;
	uint64_t at[PLACE_MAX_DIMS];
	bool fits = js_count(concat) == l->nconcat;

	for (unsigned i = 0; i < l->nconcat; i++)
		fits = fits && js_get(concat, l->concat[i].name) != NULL;
	if (!fits)
		return err_set(err, ERR_DATA,
			"'key' does not name the dimensions of the schema; "
			"give pgf-plan the datasets that pgf-schema read");
	if (maker_read_key(add->a, v, &key, err) < 0)
		return -1;
	add->key = key.file;
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

/* The values of the variable in hand, if its region may hold them. */
static void take_values(struct plan *p, struct adding *add, size_t i,
	const struct chunk_table *t, const struct js *data)
{
	add->values = NULL;
	if (!add->compared && plan_values_may(&p->target.arrays->at[i]))
		add->values = plan_values_read(add->a, t, data);
}

/* How the variable is stored, and what it means; the rest of the piece is left. */
static int describe(struct plan *p, struct adding *add, size_t i,
	struct plan_piece *piece, struct err *err)
{
	const struct array *t = &p->target.arrays->at[i];
	const struct variable *v = dataset_var(&add->ds, t->name);

	if (v == NULL || !fits(t->var, v, add->span) ||
		(!add->compared && !fits_type(t->var, v->table.dtype)))
		return err_set(err, ERR_DATA,
			"variable '%.200s' is not what the schema says it is; "
			"make the schema again from these datasets",
			t->name);
	piece->table = v->table;
	if (set_encoding(p, add, i, piece, err) < 0)
		return err_in(err, "variable '%.200s'", t->name);
	if (add->values != NULL)
		plan_values_set(add->a, piece, add->values, v->table.shape[0]);
	return 0;
}

/* Is array i taken from the file, or compared with it? */
static bool draws_on(const struct plan *p, struct adding *add, size_t i)
{
	const struct layout_var *v = p->target.arrays->at[i].var;

	add->compared = spread_has(&v->close, add->key);
	return add->compared || spread_has(&v->from, add->key);
}

static uint64_t place_of(const struct plan *p, const struct adding *add,
	size_t i)
{
	return add->key.position &
		layout_mask(p->target.layout, p->target.arrays->at[i].var);
}

static void note_key(struct plan *p, const struct adding *add)
{
	const struct run run = { add->key.position, add->key.position };
	size_t n = p->ninputs;

	if (add->input >= n) {
		n = add->input >= 2 * n ? add->input + 1 : 2 * n;
		p->keys = mem_resize(p->keys, n * sizeof(*p->keys));
		memset(p->keys + p->ninputs, 0,
			(n - p->ninputs) * sizeof(*p->keys));
		p->ninputs = n;
	}
	p->repeats |= spread_has(&p->keys[add->input], add->key);
	spread_add(p->a, &p->keys[add->input], add->key.member, run);
}

/* What was taken of the file is added: all of it, or nothing. */
static void append_all(struct plan *p, struct adding *add,
	const struct plan_file *file)
{
	note_key(p, add);
	for (size_t i = 0; i < p->target.arrays->n; i++) {
		if (!draws_on(p, add, i))
			continue;
		p->taken[i].file = file;
		plan_collection_add(add->compared ? &p->close[i] : &p->of[i],
			&p->taken[i]);
	}
}

static int add_dataset(struct plan *p, struct adding *add, const struct js *rec,
	struct err *err)
{
	const struct js *file = js_get(rec, "file");
	const struct variable *v;
	uint64_t size;

	if (js_get_text(rec, "url") == NULL ||
		(js_get(file, "missing") == NULL &&
			((js_get_text(file, "path") == NULL &&
				 js_get_text(file, "url") == NULL) ||
				(js_get(file, "listing") == NULL &&
					!js_u64(js_get(file, "size"), &size)))))
		return err_set(err, ERR_DATA,
			"no 'url', or no 'file' with 'size' and 'path' or "
			"'url': not a dataset record, which pgf-open makes");
	if (read_key(p, add, js_get(rec, "key"), err) < 0 ||
		dataset_from_record(add->a, rec, &add->ds, err) < 0)
		return -1;
	for (size_t i = 0; i < p->target.arrays->n; i++) {
		struct plan_piece piece = { .place = place_of(p, add, i) };

		if (!draws_on(p, add, i))
			continue;
		v = dataset_var(&add->ds, p->target.arrays->at[i].name);
		if (v != NULL)
			take_values(p, add, i, &v->table, v->data);
		if (describe(p, add, i, &piece, err) < 0)
			return -1;
		p->taken[i] = plan_keep(&p->keeper, &piece);
	}
	append_all(p, add, keep_file(p, add, rec));
	return 0;
}

int plan_add(struct plan *p, const struct js *rec, size_t file, struct err *err)
{
	struct adding add = { .a = &p->record, .input = file };

	arena_reset(&p->record);
	return add_dataset(p, &add, rec, err);
}

static bool read_plain_key(struct plan *p, struct adding *add)
{
	const struct span key = plan_reader_key(p->reader);
	struct err ignored = ERR_INIT;
	const struct js *v = js_parse(add->a, key.text, key.len, &ignored);

	return v != NULL && read_key(p, add, v, &ignored) == 0;
}

static bool is_noted(const struct plan *p, const struct plan_note *n,
	const struct adding *add, const struct refs *refs)
{
	if (n->form == NULL || n->nrefs != refs->n ||
		n->recorded != (add->values != NULL) ||
		n->has_mask != (refs->mask != NULL))
		return false;
	for (unsigned k = 0; k < p->target.layout->nconcat; k++)
		if (n->len[k] != add->span[k].len)
			return false;
	return true;
}

/* What pieces of the part share: noted with it, or found and noted. */
static const struct plan_form *form_of(struct plan *p, struct adding *add,
	size_t i, struct plan_part *part, const struct refs *refs)
{
	struct plan_note *note = &part->notes[add->compared];
	struct plan_piece piece = { .file = NULL };
	struct err ignored = ERR_INIT;

	if (is_noted(p, note, add, refs))
		return note->form;
	add->ds = part->ds;
	if (describe(p, add, i, &piece, &ignored) < 0)
		return NULL;
	if (add->values == NULL) {
		piece.table.has_refs = refs->offset != NULL;
		piece.table.refs = *refs;
	}
	note->form = plan_keep_form(&p->keeper, &piece);
	note->recorded = add->values != NULL;
	note->nrefs = refs->n;
	note->has_mask = refs->mask != NULL;
	for (unsigned k = 0; k < p->target.layout->nconcat; k++)
		note->len[k] = add->span[k].len;
	return note->form;
}

static void read_values(struct plan *p, struct adding *add, size_t i,
	const struct plan_part *part)
{
	const struct span text = plan_reader_data(p->reader, i);
	struct err ignored = ERR_INIT;
	const struct js *data = NULL;

	if (text.text != NULL && plan_values_may(&p->target.arrays->at[i]))
		data = js_parse(add->a, text.text, text.len, &ignored);
	take_values(p, add, i, &part->var->table, data);
}

/* The piece of array i, but for its file. */
static bool take_piece(struct plan *p, struct adding *add, size_t i)
{
	struct plan_piece piece = { .place = place_of(p, add, i) };
	struct chunk_table *t = &piece.table;
	const struct plan_form *form;
	struct plan_part *part;
	struct refs refs;

	if (!plan_reader_var(p->reader, i, &part, &refs))
		return false;
	read_values(p, add, i, part);
	form = form_of(p, add, i, part, &refs);
	if (form == NULL)
		return false;
	if (add->values != NULL) {
		t->inline_data = add->values;
		t->inline_size =
			part->var->table.shape[0] * part->var->table.dtype.size;
	} else {
		t->refs = refs;
		t->has_refs = refs.offset != NULL;
	}
	p->taken[i] = plan_keep_as(&p->keeper, form, &piece);
	return true;
}

/* False if the record must be parsed; then nothing is added. */
static bool add_plain(struct plan *p, struct adding *add, struct span line)
{
	struct buf text = BUF_INIT;
	bool ok;

	if (!plan_reader_line(p->reader, line) || !read_plain_key(p, add))
		return false;
	for (size_t i = 0; i < p->target.arrays->n; i++)
		if (draws_on(p, add, i) && !take_piece(p, add, i))
			return false;
	ok = plan_reader_file(p->reader, &text);
	if (ok)
		append_all(p, add, new_file(p, add, &text));
	buf_release(&text);
	return ok;
}

int plan_add_line(struct plan *p, struct span line, size_t file,
	struct err *err)
{
	struct adding add = { .a = &p->record, .input = file };
	const struct js *rec;

	arena_reset(&p->record);
	if (add_plain(p, &add, line))
		return 0;
	arena_reset(&p->record);
	rec = js_parse(&p->record, line.text, line.len, err);
	if (rec == NULL)
		return -1;
	add = (struct adding){ .a = &p->record, .input = file };
	return add_dataset(p, &add, rec, err);
}
