/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A form is known by the digest of all that is in it.  Data are the offsets, then
 * the lengths, then the tags, then the masks of the chunks, or the bytes of an inline array: how
 * many there are is a matter of form.
 */
#include "plan/plan_keep.h"

#include <string.h>

#include "base/xxh.h"
#include "plan/plan_record.h"
#include "record/json_write.h"

struct plan_form {
	struct chunk_table table; /* without offsets, lengths, masks, bytes */
	const struct js *encoding;
	bool has_mask, has_inline, has_tag, recorded;
	const char *type, *meaning; /* of the records of its pieces */
};

static void *copy(struct arena *a, const void *p, size_t n, size_t size)
{
	return p ? arena_memdup(a, p, n * size) : NULL;
}

static void add_text(struct buf *text, const struct js *v)
{
	if (v != NULL)
		js_write(text, v, JS_SORTED);
	buf_addc(text, '\n');
}

static void add_objects(struct buf *text, const struct objects *o,
	unsigned ndim)
{
	if (o == NULL)
		return;
	buf_addf(text, "%s\n%c\n", o->prefix, o->separator);
	if (o->per != NULL)
		buf_add(text, o->per, ndim * sizeof(*o->per));
}

/* All of a form, in one way. */
static void describe(struct buf *text, const struct plan_piece *p)
{
	const struct chunk_table *t = &p->table;
	char name[16];

	buf_reset(text);
	buf_addf(text, "%u %s %d %d %d %d %d %d %d %llu %llu\n", t->ndim,
		dtype_name(t->dtype, name), t->big_endian, t->has_refs,
		t->fill != NULL, t->refs.mask != NULL, t->refs.tag != NULL,
		t->inline_data != NULL, p->recorded,
		(unsigned long long)t->refs.n,
		(unsigned long long)t->inline_size);
	buf_add(text, t->shape, t->ndim * sizeof(*t->shape));
	buf_add(text, t->chunk_shape, t->ndim * sizeof(*t->chunk_shape));
	if (t->fill != NULL)
		buf_add(text, t->fill, t->dtype.size);
	add_objects(text, t->objects, t->ndim);
	add_text(text, t->codecs);
	add_text(text, p->encoding);
}

static const struct objects *copy_objects(struct arena *a,
	const struct chunk_table *t)
{
	struct objects *o;

	if (t->objects == NULL)
		return NULL;
	o = arena_memdup(a, t->objects, sizeof(*o));
	o->prefix = arena_strdup(a, o->prefix);
	o->per = copy(a, o->per, t->ndim, sizeof(*o->per));
	return o;
}

static struct plan_form *new_form(struct arena *a, const struct plan_piece *p)
{
	const struct chunk_table *t = &p->table;
	struct plan_form *f = ARENA_NEW(a, struct plan_form, 1);

	f->table = *t;
	f->table.shape = copy(a, t->shape, t->ndim, sizeof(*t->shape));
	f->table.chunk_shape =
		copy(a, t->chunk_shape, t->ndim, sizeof(*t->shape));
	f->table.fill = copy(a, t->fill, t->dtype.size, 1);
	f->table.codecs = t->codecs ? js_copy(a, t->codecs) : NULL;
	f->table.refs = (struct refs){ .n = t->refs.n };
	f->table.inline_data = NULL;
	f->table.objects = copy_objects(a, t);
	f->encoding = p->encoding ? js_copy(a, p->encoding) : NULL;
	f->has_mask = t->refs.mask != NULL;
	f->has_tag = t->refs.tag != NULL;
	f->has_inline = t->inline_data != NULL;
	f->recorded = p->recorded;
	f->type = plan_type_text(a, t);
	f->meaning = plan_meaning_text(a, p->encoding);
	return f;
}

const struct plan_form *plan_keep_form(struct plan_keeper *k,
	const struct plan_piece *p)
{
	const struct names_entry *known;
	size_t n = k->names.n;
	char digest[XXH_HEX];

	describe(&k->text, p);
	xxh_of(k->text.data, k->text.len, digest);
	known = names_find(&k->names, digest);
	if (known != NULL)
		return k->forms[known->value];
	if ((n & (n - 1)) == 0) /* room for as many as there are */
		k->forms = mem_resize(k->forms,
			(n ? 2 * n : 1) * sizeof(*k->forms));
	k->forms[n] = new_form(k->a, p);
	names_add(&k->names, k->a, arena_strdup(k->a, digest), n);
	return k->forms[n];
}

/* Where the parts of the data begin. */
struct parts {
	size_t lengths, tags, masks, bytes;
};

static struct parts parts_of(const struct chunk_table *t, bool has_tag,
	bool has_mask)
{
	size_t n = t->has_refs ? t->refs.n : 0;
	struct parts p = { .lengths = n * sizeof(uint64_t) };

	p.tags = 2 * p.lengths;
	p.masks = p.tags + (has_tag ? p.lengths : 0);
	p.bytes = p.masks + (has_mask ? n * sizeof(uint32_t) : 0);
	return p;
}

static void put(char *data, const void *p, size_t len)
{
	if (p != NULL && len > 0)
		memcpy(data, p, len);
}

static uint64_t *keep_data(struct arena *a, const struct chunk_table *t)
{
	struct parts p = parts_of(t, t->refs.tag != NULL, t->refs.mask != NULL);
	void *kept = arena_alloc(a, p.bytes + t->inline_size, 1);
	char *data = kept;

	put(data, t->refs.offset, p.lengths);
	put(data + p.lengths, t->refs.length, p.lengths);
	put(data + p.tags, t->refs.tag, p.masks - p.tags);
	put(data + p.masks, t->refs.mask, p.bytes - p.masks);
	put(data + p.bytes, t->inline_data, t->inline_size);
	return kept;
}

struct plan_kept plan_keep_as(struct plan_keeper *k,
	const struct plan_form *form, const struct plan_piece *p)
{
	return (struct plan_kept){ p->file, p->place, form,
		keep_data(k->a, &p->table) };
}

struct plan_kept plan_keep(struct plan_keeper *k, const struct plan_piece *p)
{
	return plan_keep_as(k, plan_keep_form(k, p), p);
}

void plan_keep_close(struct plan_keeper *k)
{
	mem_free(k->forms);
	buf_release(&k->text);
}

struct plan_piece *plan_unpack(struct arena *a, const struct plan_kept *k)
{
	const struct plan_form *f = k->form;
	struct plan_piece *p = ARENA_NEW(a, struct plan_piece, 1);
	struct chunk_table *t = &p->table;
	struct parts at = parts_of(&f->table, f->has_tag, f->has_mask);
	char *data = (char *)k->data;

	p->file = k->file;
	p->place = k->place;
	memcpy(p->offset, k->file->offset, sizeof(p->offset));
	p->encoding = f->encoding;
	p->type = f->type;
	p->meaning = f->meaning;
	p->recorded = f->recorded;
	p->inputs = (struct plan_inputs){ k->file->input, k->file->input };
	*t = f->table;
	if (t->has_refs) {
		t->refs.offset = k->data;
		t->refs.length = k->data + t->refs.n;
	}
	if (t->has_refs && f->has_tag)
		t->refs.tag = k->data + 2 * t->refs.n;
	if (t->has_refs && f->has_mask)
		t->refs.mask = (uint32_t *)(void *)(data + at.masks);
	if (f->has_inline)
		t->inline_data = (const uint8_t *)data + at.bytes;
	return p;
}
