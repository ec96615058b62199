/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A record is compared with molds of those before; what is in its holes is all
 * that is read of it.  If it is of none, its parts are looked up by their text,
 * which still spares parsing those that read alike.
 *
 * What the store does not draw on is not looked at: the attributes of a file, the
 * values of coordinates, variables that are left out.  pgf-schema has.
 */
#include "plan/plan_read.h"

#include <string.h>

#include "base/names.h"
#include "base/xxh.h"
#include "schema/gist.h"
#include "plan/plan_refs.h"
#include "record/mold.h"

/* Molds that are kept, and bytes of texts of parts: what archives repeat is
 * little. */
enum { MOLDS = 16, MOST_TEXTS = 1 << 20 };

/* Holes that all records have, before those of their variables. */
enum { HOLE_KEY, HOLE_URL, HOLE_FILE, HOLE_ATTRS, HOLES };

/* What a mold says of an array: its variable, and which holes its references and
 * values are; 0: it has none. */
struct place {
	struct plan_part
		*part; /* NULL: no variable, or one with inline bytes */
	size_t refs, data;
};

struct cast {
	struct mold *mold;
	struct place *places; /* of the arrays */
};

struct plan_reader {
	const struct arrays *arrays;
	struct arena arena; /* of parts and molds */
	struct names names; /* of parts: digests of their texts */
	struct plan_part **parts;
	size_t texts;
	struct cast casts[MOLDS];
	size_t ncasts, next; /* the one to go when there are too many */
	const struct cast *now;
	struct span values[MOLD_HOLES];
	struct gist gist;
	struct buf text;
	struct plan_refs refs;
};

struct plan_reader *plan_reader_open(const struct arrays *arrays)
{
	struct plan_reader *r = mem_alloc(sizeof(*r));

	memset(r, 0, sizeof(*r));
	r->arrays = arrays;
	return r;
}

/* Forget everything. */
static void forget(struct plan_reader *r)
{
	for (size_t i = 0; i < r->ncasts; i++)
		mold_close(r->casts[i].mold);
	mem_free(r->parts);
	arena_reset(&r->arena);
	r->names = (struct names){ 0 };
	r->parts = NULL;
	r->texts = r->ncasts = r->next = 0;
	r->now = NULL;
}

void plan_reader_close(struct plan_reader *r)
{
	if (r == NULL)
		return;
	forget(r);
	arena_release(&r->arena);
	buf_release(&r->text);
	plan_refs_release(&r->refs);
	mem_free(r);
}

/* A part of the text in r->text; NULL if something is wrong with it. */
static struct plan_part *new_part(struct plan_reader *r)
{
	struct err ignored = ERR_INIT;
	struct plan_part *p = ARENA_NEW(&r->arena, struct plan_part, 1);
	const struct js *rec =
		js_parse(&r->arena, r->text.data, r->text.len, &ignored);

	if (rec == NULL ||
		dataset_from_record(&r->arena, rec, &p->ds, &ignored) < 0)
		return NULL;
	p->var = &p->ds.vars[0];
	return chunk_table_count(&p->var->table, &p->chunks) ? p : NULL;
}

static struct plan_part *find_part(struct plan_reader *r, unsigned var)
{
	const struct names_entry *known;
	struct plan_part *part;
	size_t n = r->names.n;
	char digest[XXH_HEX];

	buf_reset(&r->text);
	gist_type_text(&r->gist, var, &r->text);
	xxh_of(r->text.data, r->text.len, digest);
	known = names_find(&r->names, digest);
	if (known != NULL)
		return r->parts[known->value];
	part = new_part(r);
	if (part == NULL)
		return NULL;
	if ((n & (n - 1)) == 0) /* room for as many as there are */
		r->parts = mem_resize(r->parts,
			(n ? 2 * n : 1) * sizeof(*r->parts));
	r->parts[n] = part;
	names_add(&r->names, &r->arena, arena_strdup(&r->arena, digest), n);
	r->texts += r->text.len;
	return part;
}

/* The number of a hole for a value, 0 if there is none. */
static size_t add_hole(struct plan_reader *r, size_t *n, struct span value)
{
	if (value.text == NULL || *n == MOLD_HOLES)
		return 0;
	r->values[*n] = value;
	return (*n)++;
}

static bool find_place(struct plan_reader *r, const char *name, unsigned *var)
{
	for (unsigned i = 0; i < r->gist.nvars; i++)
		if (span_is(r->gist.vars[i].name, name)) {
			*var = i;
			return true;
		}
	return false;
}

/* Where what is read of a record stands in it, and its holes; false as
 * plan_reader_line. */
static bool find_places(struct plan_reader *r, struct place *out, size_t *n)
{
	const struct gist *g = &r->gist;
	size_t refs[GIST_VARS], data[GIST_VARS];
	unsigned var;

	r->values[HOLE_KEY] = g->key;
	r->values[HOLE_URL] = g->url;
	r->values[HOLE_FILE] = g->file;
	r->values[HOLE_ATTRS] = g->attrs;
	*n = HOLES;
	for (unsigned i = 0; i < g->nvars; i++) {
		const struct gist_var *v = &g->vars[i];

		refs[i] = add_hole(r, n, v->refs);
		data[i] = add_hole(r, n, v->data);
		add_hole(r, n, v->range);
		add_hole(r, n, v->digest);
		if (*n == MOLD_HOLES)
			return false;
	}
	for (size_t i = 0; i < r->arrays->n; i++) {
		if (!find_place(r, r->arrays->at[i].name, &var) ||
			g->vars[var].inlined.text != NULL)
			continue;
		out[i].refs = refs[var];
		out[i].data = data[var];
		out[i].part = find_part(r, var);
		if (out[i].part == NULL)
			return false;
	}
	return true;
}

/* A new mold, instead of the oldest if there are too many. */
static struct cast *new_cast(struct plan_reader *r)
{
	struct cast *c = &r->casts[r->next];

	if (r->ncasts < MOLDS)
		r->ncasts++;
	else
		mold_close(c->mold);
	r->next = (r->next + 1) % MOLDS;
	c->mold = NULL;
	c->places = ARENA_NEW(&r->arena, struct place, r->arrays->n);
	return c;
}

static bool read_new(struct plan_reader *r, struct span line)
{
	struct cast *c;
	size_t n;

	if (r->texts > MOST_TEXTS || r->arena.size > 16 * MOST_TEXTS)
		forget(r);
	if (!gist_read(&r->gist, line) || r->gist.file.text == NULL)
		return false;
	c = new_cast(r);
	if (find_places(r, c->places, &n))
		c->mold = mold_open(line, r->values, n);
	else
		memset(c->places, 0, r->arrays->n * sizeof(*c->places));
	r->now = c;
	return c->mold != NULL;
}

bool plan_reader_line(struct plan_reader *r, struct span line)
{
	if (r->now != NULL && r->now->mold != NULL &&
		mold_read(r->now->mold, line, r->values))
		return true;
	for (size_t i = 0; i < r->ncasts; i++) {
		r->now = &r->casts[i];
		if (r->now->mold != NULL &&
			mold_read(r->now->mold, line, r->values))
			return true;
	}
	r->now = NULL;
	return read_new(r, line);
}

struct span plan_reader_key(const struct plan_reader *r)
{
	return r->values[HOLE_KEY];
}

/* Text of printable ASCII, in quotes and without escapes, which is what would be
 * written of it. */
static bool is_plain(struct span v)
{
	if (v.len < 2 || v.text[0] != '"')
		return false;
	for (size_t i = 1; i + 1 < v.len; i++)
		if (v.text[i] < ' ' || v.text[i] > '~' || v.text[i] == '\\')
			return false;
	return true;
}

/* Few digits, so that nobody would write them in another way. */
static bool is_number(struct span v)
{
	if (v.len == 0 || v.len > 15 || (v.len > 1 && v.text[0] == '0'))
		return false;
	for (size_t i = 0; i < v.len; i++)
		if (v.text[i] < '0' || v.text[i] > '9')
			return false;
	return true;
}

static void add_member(struct buf *out, const char *name, struct span value)
{
	buf_adds(out, name);
	buf_add(out, value.text, value.len);
}

/* Those that are repeated; and where a file lies that has no path. */
enum { PATH, SIZE, SHA256, ETAG, MODIFIED, REPEATED, AWAY = REPEATED, MEMBERS };

static bool read_members(struct span file, struct span *values)
{
	static const char *const names[] = { "path", "size", "sha256", "etag",
		"modified", "url" };
	struct scan_member m;
	struct scan s;

	for (scan_begin(&s, file); scan_next(&s, &m);) {
		if (span_escaped(m.name))
			return false;
		for (size_t i = 0; i < MEMBERS; i++) {
			if (!span_is(m.name, names[i]))
				continue;
			if (values[i].text != NULL ||
				!(i == SIZE ? is_number : is_plain)(m.value))
				return false;
			values[i] = m.value;
		}
	}
	return scan_is_whole(&s);
}

bool plan_reader_file(const struct plan_reader *r, struct buf *out)
{
	static const char *const names[] = { ",\"path\":", ",\"size\":",
		",\"sha256\":", ",\"etag\":", ",\"modified\":" };
	struct span values[MEMBERS] = { { NULL, 0 } };

	if (!is_plain(r->values[HOLE_URL]) ||
		!read_members(r->values[HOLE_FILE], values) ||
		(values[PATH].text == NULL && values[AWAY].text == NULL) ||
		values[SIZE].text == NULL)
		return false;
	add_member(out, "\"url\":", r->values[HOLE_URL]);
	for (size_t i = 0; i < REPEATED; i++)
		if (values[i].text != NULL)
			add_member(out, names[i], values[i]);
	return true;
}

bool plan_reader_var(struct plan_reader *r, size_t i, struct plan_part **part,
	struct refs *refs)
{
	const struct place *p = &r->now->places[i];

	*part = p->part;
	*refs = (struct refs){ 0 };
	if (p->part == NULL)
		return false;
	return p->refs == 0 ||
		plan_refs_read(&r->refs, r->values[p->refs], p->part->chunks,
			refs);
}

struct span plan_reader_data(const struct plan_reader *r, size_t i)
{
	size_t hole = r->now->places[i].data;

	return hole ? r->values[hole] : (struct span){ NULL, 0 };
}
