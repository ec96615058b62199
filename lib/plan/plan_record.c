/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records are put together from texts: of a million files each names itself in
 * every region it reaches into, and a tree of values for that took longer than
 * everything else.  Of a source only the chunks are listed that a region needs, so
 * that a record is small however large its sources are.
 */
#include "plan/plan_record.h"

#include <string.h>

#include "base/base64.h"
#include "base/num.h"
#include "record/json_write.h"

static char *take_text(struct arena *a, struct buf *text)
{
	char *copy = arena_strndup(a, text->len ? text->data : "", text->len);

	buf_release(text);
	return copy;
}

static void write_list(struct buf *out, const uint64_t *v, uint64_t n)
{
	buf_addc(out, '[');
	for (uint64_t i = 0; i < n; i++) {
		if (i > 0)
			buf_addc(out, ',');
		js_write_u64(out, v[i]);
	}
	buf_addc(out, ']');
}

static void write_number(struct buf *out, bool *first, const char *name,
	uint64_t v)
{
	if (!*first)
		buf_addc(out, ',');
	*first = false;
	js_write_text(out, name);
	buf_addc(out, ':');
	js_write_u64(out, v);
}

/* The array as far as a region knows it; see plan.h. */
static void frame_document(struct arena *a, struct plan_frame *f,
	const struct js *document)
{
	const struct array *t = f->array;
	struct js *doc = js_new_object(a);
	struct buf text = BUF_INIT;

	for (void *it = js_first(document); it; it = js_next(document, it))
		js_set(doc, js_name(it), js_member(it));
	js_set(doc, "shape", js_new_null(a));
	js_set(doc, "attributes", js_new_object(a));
	if (t->fill != NULL)
		js_set(doc, "fill_value",
			dtype_bytes_value(a, t->dtype, t->fill));
	buf_addc(&text, '{');
	for (void *it = js_first(doc); it; it = js_next(doc, it)) {
		if (it != js_first(doc))
			buf_addc(&text, ',');
		js_write_text(&text, js_name(it));
		buf_addc(&text, ':');
		if (strcmp(js_name(it), "shape") == 0)
			f->before = take_text(a, &text);
		else
			js_write(&text, js_member(it), JS_RECORD);
	}
	buf_addc(&text, '}');
	f->behind = take_text(a, &text);
}

static void write_cell(struct buf *out, const struct array *t)
{
	char name[16];

	buf_adds(out, ",\"cell\":{\"dtype\":");
	js_write_text(out, dtype_name(t->cell, name));
	buf_adds(out, ",\"shape\":");
	write_list(out, t->cell_shape, t->cell_ndim);
	buf_addc(out, '}');
}

struct plan_frame plan_frame(struct arena *a, const struct array *t,
	const struct js *document)
{
	struct plan_frame f = { .array = t, .encoding = "" };
	struct buf text = BUF_INIT;

	frame_document(a, &f, document);
	if (t->omits_empty)
		buf_adds(&text, ",\"write_empty_chunks\":false");
	if (t->keep)
		buf_adds(&text, ",\"keep\":true");
	if (t->dtype.kind == DTYPE_STRING)
		write_cell(&text, t);
	f.options = take_text(a, &text);
	if (t->var->encoding == NULL)
		return f;
	buf_adds(&text, ",\"encoding\":");
	js_write(&text, t->var->encoding, JS_RECORD);
	f.encoding = take_text(a, &text);
	return f;
}

static void write_offset(struct buf *out, const struct array *t,
	const struct plan_piece *p)
{
	bool first = true;

	buf_adds(out, "\"offset\":{");
	for (unsigned i = 0; i < t->ndim; i++)
		if (t->concat[i] >= 0)
			write_number(out, &first, t->dims[i],
				p->offset[t->concat[i]]);
	if (p->behind > 0)
		write_number(out, &first, t->dims[t->ndim - 1], p->behind);
	buf_addc(out, '}');
}

static void write_hole(struct buf *out, const struct array *t,
	const struct plan_piece *p)
{
	buf_adds(out, "{\"fill\":true,");
	write_offset(out, t, p);
	buf_adds(out, ",\"shape\":");
	write_list(out, p->table.shape, p->table.ndim);
	buf_addc(out, '}');
}

static bool has_mask(const struct refs *r)
{
	uint32_t any = 0;

	for (uint64_t i = 0; r->mask != NULL && i < r->n; i++)
		any |= r->mask[i];
	return any != 0;
}

static void write_offsets(struct buf *out, const struct refs *r)
{
	buf_adds(out, "\"offset\":[");
	for (uint64_t i = 0; i < r->n; i++) {
		if (i > 0)
			buf_addc(out, ',');
		if (r->offset[i] == REFS_ABSENT)
			buf_adds(out, "null");
		else
			js_write_u64(out, r->offset[i]);
	}
	buf_addc(out, ']');
}

static void write_refs(struct buf *out, const struct refs *r)
{
	buf_adds(out, ",\"refs\":{");
	if (r->index != NULL) {
		buf_adds(out, "\"index\":");
		write_list(out, r->index, r->n);
		buf_addc(out, ',');
	}
	write_offsets(out, r);
	buf_adds(out, ",\"length\":");
	write_list(out, r->length, r->n);
	if (r->tag != NULL) {
		buf_adds(out, ",\"tag\":");
		write_list(out, r->tag, r->n);
	}
	if (has_mask(r)) {
		buf_adds(out, ",\"mask\":[");
		for (uint64_t i = 0; i < r->n; i++) {
			if (i > 0)
				buf_addc(out, ',');
			js_write_u64(out, r->mask[i]);
		}
		buf_addc(out, ']');
	}
	buf_addc(out, '}');
}

static void write_needed(struct buf *out, const struct chunk_table *t,
	const struct plan_needed *need)
{
	struct arena a = ARENA_INIT;
	struct refs some;

	if (need->all) {
		write_refs(out, &t->refs);
		return;
	}
	some = plan_pick(&a, &t->refs, need);
	write_refs(out, &some);
	arena_release(&a);
}

const char *plan_type_text(struct arena *a, const struct chunk_table *t)
{
	struct chunk_table bare = *t;
	struct js *obj = js_new_object(a);
	struct buf text = BUF_INIT;

	bare.has_refs = false;
	bare.inline_data = NULL;
	chunk_table_to_json(a, &bare, obj);
	js_write(&text, obj, JS_RECORD);
	text.data[0] = ','; /* its members, behind others */
	text.len--;
	return take_text(a, &text);
}

const char *plan_meaning_text(struct arena *a, const struct js *encoding)
{
	struct buf text = BUF_INIT;

	if (encoding == NULL)
		return "";
	buf_adds(&text, ",\"encoding\":");
	js_write(&text, encoding, JS_RECORD);
	return take_text(a, &text);
}

/* As write_piece, of one whose texts nobody has written yet. */
static void write_texts(struct plan_piece *p, struct arena *a)
{
	p->type = plan_type_text(a, &p->table);
	p->meaning = plan_meaning_text(a, p->encoding);
}

static void write_source(struct buf *out, const struct array *t,
	const struct plan_piece *p, const struct plan_needed *need)
{
	buf_addc(out, '{');
	if (!p->recorded) {
		buf_add(out, p->file->text, p->file->len);
		buf_addc(out, ',');
	}
	buf_adds(out, "\"var\":");
	js_write_text(out, t->name);
	buf_addc(out, ',');
	write_offset(out, t, p);
	buf_adds(out, p->type);
	if (p->table.has_refs)
		write_needed(out, &p->table, need);
	if (p->table.inline_data != NULL) {
		buf_adds(out, ",\"inline\":\"");
		base64_encode(p->table.inline_data,
			(size_t)p->table.inline_size, out);
		buf_addc(out, '"');
	}
	buf_adds(out, p->meaning);
	buf_addc(out, '}');
}

static void write_piece(struct buf *out, const struct array *t,
	const struct plan_piece *p, const struct plan_needed *need)
{
	struct arena a = ARENA_INIT;
	struct plan_piece copy;

	if (p->file == NULL) {
		write_hole(out, t, p);
	} else if (p->type != NULL) {
		write_source(out, t, p, need);
	} else {
		copy = *p;
		write_texts(&copy, &a);
		write_source(out, t, &copy, need);
	}
	arena_release(&a);
}

/* The pieces that the region takes something of, as a list. */
static void write_pieces(struct buf *out, const struct array *t,
	const struct plan_box *box, const struct plan_piece **of, size_t n)
{
	struct plan_needed need;
	bool first = true;

	buf_addc(out, '[');
	for (size_t i = 0; i < n; i++) {
		if (!plan_needed(t, box, of[i], &need))
			continue;
		if (!first)
			buf_addc(out, ',');
		first = false;
		write_piece(out, t, of[i], &need);
	}
	buf_addc(out, ']');
}

static void write_key(struct buf *out, const struct array *t,
	const struct plan_box *box)
{
	bool first = true;

	buf_adds(out, "{\"key\":{\"offset\":{");
	for (unsigned i = 0; i < t->ndim; i++)
		write_number(out, &first, t->dims[i], box->offset[i]);
	buf_adds(out, "},\"vars\":[");
	js_write_text(out, t->name);
	buf_adds(out, "]}");
}

static void write_array(struct buf *out, const struct plan_frame *f,
	const struct plan_box *box)
{
	const struct array *t = f->array;
	bool first = true;

	buf_adds(out, ",\"array\":");
	buf_adds(out, f->before);
	buf_addc(out, '[');
	for (unsigned i = 0; i < t->ndim; i++) {
		if (i > 0)
			buf_addc(out, ',');
		js_write_u64(out,
			t->concat[i] >= 0 ? box->end[i] : t->shape[i]);
	}
	buf_addc(out, ']');
	buf_adds(out, f->behind);
	buf_adds(out, ",\"size\":{");
	for (unsigned i = 0; i < t->ndim; i++)
		write_number(out, &first, t->dims[i],
			num_min(box->steps[i], t->shape[i] - box->offset[i]));
	buf_addc(out, '}');
}

static bool converts(const struct array *t, const struct plan_box *box,
	const struct plan_pieces *from)
{
	struct plan_needed need;

	for (size_t i = 0; i < from->n; i++)
		if (from->of[i]->encoding != NULL &&
			plan_needed(t, box, from->of[i], &need))
			return true;
	return false;
}

/* What other files have in the box. */
static void write_close(struct buf *out, const struct array *t,
	const struct plan_box *box, const struct plan_pieces *from)
{
	struct arena a = ARENA_INIT;

	buf_adds(out, ",\"close\":{\"tolerance\":");
	js_write(out, js_new_real(&a, t->var->tolerance), JS_RECORD);
	buf_adds(out, ",\"with\":");
	write_pieces(out, t, box, from->close, from->nclose);
	buf_addc(out, '}');
	arena_release(&a);
}

void plan_record(struct buf *out, const struct plan_frame *f,
	const struct plan_box *box, const struct plan_pieces *from)
{
	const struct array *t = f->array;

	write_key(out, t, box);
	write_array(out, f, box);
	buf_adds(out, f->options);
	if (from->nclose > 0 && from->store != NULL) {
		buf_adds(out, ",\"encoding\":");
		js_write(out, from->store, JS_RECORD);
	} else if (converts(t, box, from)) {
		buf_adds(out, f->encoding);
	}
	buf_adds(out, ",\"from\":");
	write_pieces(out, t, box, from->of, from->n);
	if (from->nclose > 0)
		write_close(out, t, box, from);
	buf_addc(out, '}');
}
