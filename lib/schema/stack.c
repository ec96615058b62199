/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two tables.  From the text of a part to the answers that it gives (the text is
 * compared, not only its hash), and of all answers.  A file is noted with its parts
 * only; what files gave an answer is gathered when the stack is taken, once.
 *
 * Remembering single attributes was refused: the facts of a variable hang together
 * (packing, missing values, the time whose bounds it holds), so that nothing
 * smaller than a variable has a meaning of its own.
 */
#include "schema/stack.h"

#include <string.h>

#include "base/str.h"
#include "base/xxh.h"
#include "schema/stack_part.h"

struct stack *stack_open(void)
{
	struct stack *s = mem_alloc(sizeof(*s));

	memset(s, 0, sizeof(*s));
	return s;
}

void stack_close(struct stack *s)
{
	if (s == NULL)
		return;
	arena_release(&s->arena);
	arena_release(&s->record);
	buf_release(&s->text);
	mem_free(s);
}

static struct js *parse(struct arena *a, struct span text)
{
	struct err ignored = ERR_INIT;

	return js_parse(a, text.text, text.len, &ignored);
}

const struct spread_key *stack_read(struct stack *s, struct span line)
{
	struct err ignored = ERR_INIT;

	arena_reset(&s->record);
	if (!gist_read(&s->gist, line))
		return NULL;
	s->url = js_text(parse(&s->record, s->gist.url));
	if (s->url == NULL ||
		maker_read_key(&s->record, parse(&s->record, s->gist.key),
			&s->key, &ignored) < 0)
		return NULL;
	return &s->key.file;
}

/* Room for one more in a list of n pointers or numbers, fourfold: most lists are
 * of one. */
static void *grow(struct arena *a, void *list, size_t *cap, size_t size)
{
	void *p = arena_alloc(a, *cap ? 4 * *cap : 1, size);

	if (*cap > 0)
		memcpy(p, list, *cap * size);
	*cap = *cap ? 4 * *cap : 1;
	return p;
}

/* What else the facts of a part hang on: the dimensions of the key.  Behind a
 * NUL, so that no text of a part is like it. */
static void add_key_names(struct buf *text, const struct maker_key *key)
{
	buf_addc(text, '\0');
	for (unsigned i = 0; i < key->nconcat; i++)
		buf_add(text, key->concat[i], strlen(key->concat[i]) + 1);
	buf_addc(text, '\0');
	for (unsigned i = 0; i < key->nmerge; i++)
		buf_add(text, key->merge[i], strlen(key->merge[i]) + 1);
}

/* The part whose text is in s->text, added if it is new. */
static struct part *find_part(struct stack *s, bool *is_new)
{
	const struct span text = { s->text.data, s->text.len };
	uint64_t hash = xxh_short(text.text, text.len);
	struct part **bucket = &s->parts[hash % STACK_BUCKETS], *p = *bucket;

	while (p != NULL && (p->hash != hash || !span_equal(p->text, text)))
		p = p->next;
	*is_new = p == NULL;
	if (p != NULL)
		return p;
	p = ARENA_NEW(&s->arena, struct part, 1);
	p->hash = hash;
	p->text.text = arena_memdup(&s->arena, text.text, text.len);
	p->text.len = text.len;
	p->next = *bucket;
	s->texts += text.len;
	return *bucket = p;
}

static bool is_said(const struct said *x, struct fact_key key,
	const struct answer *like)
{
	return x->key.kind == key.kind && str_eq(x->key.var, key.var) &&
		str_eq(x->key.name, key.name) &&
		str_eq(x->answer.value, like->value) &&
		str_eq(x->answer.dtype ? x->answer.dtype : "",
			like->dtype ? like->dtype : "") &&
		x->answer.grid.step == like->grid.step &&
		x->answer.grid.phase == like->grid.phase;
}

static struct said *find_said(struct stack *s, struct fact_key key,
	const struct answer *like)
{
	uint64_t hash = xxh_short(like->value, strlen(like->value)) +
		xxh_short(key.name, strlen(key.name)) +
		3 * xxh_short(key.var, strlen(key.var)) + (uint64_t)key.kind;
	struct said **bucket = &s->said[hash % STACK_BUCKETS], *x = *bucket;
	struct arena *a = &s->arena;

	while (x != NULL && (x->hash != hash || !is_said(x, key, like)))
		x = x->next;
	if (x != NULL)
		return x;
	x = ARENA_NEW(a, struct said, 1);
	x->hash = hash;
	x->key = (struct fact_key){ arena_strdup(a, key.var), key.kind,
		arena_strdup(a, key.name) };
	x->answer.value = arena_strdup(a, like->value);
	x->answer.dtype = like->dtype ? arena_strdup(a, like->dtype) : NULL;
	x->answer.grid = like->grid;
	x->next = *bucket;
	x->older = s->newest;
	return *bucket = s->newest = x;
}

/* The part says what is in a schema of one file. */
static void say(struct stack *s, struct part *p, const struct schema *one)
{
	p->said = ARENA_NEW(&s->arena, struct said *, one->n);
	for (size_t i = 0; i < one->n; i++) {
		const struct fact *f = &one->facts[i];
		struct said *x = find_said(s, f->key, f->answers[0]);

		if (x->n == x->cap)
			x->by = grow(&s->arena, x->by, &x->cap,
				sizeof(struct part *));
		x->by[x->n++] = p;
		p->said[p->nsaid++] = x;
	}
}

/* A maker of the facts of the record's file. */
static struct maker begin_facts(struct stack *s, struct schema *facts)
{
	struct maker m = { .schema = facts };
	struct arena *a = &s->record;

	schema_init(facts, a);
	spread_add(a, &m.answer.files, s->key.file.member,
		(struct run){ s->key.file.position, s->key.file.position });
	m.answer.first.text = m.answer.last.text = arena_strdup(a, s->url);
	return m;
}

/* A dataset lives on with its part if it has the coordinate: how its values are
 * to be read. */
static struct arena *arena_of_part(struct stack *s, const struct gist_var *v)
{
	for (unsigned i = 0; v != NULL && i < s->key.nconcat; i++)
		if (span_is(v->name, s->key.concat[i]))
			return &s->arena;
	return &s->record;
}

/* The part is a record of its own, with a variable and those whose bounds that
 * holds, or of the group. */
static bool make_part(struct stack *s, struct part *p, size_t len,
	const struct gist_var *from)
{
	struct arena *a = arena_of_part(s, from);
	struct js *rec = parse(a, (struct span){ p->text.text, len });
	struct dataset *ds = ARENA_NEW(a, struct dataset, 1);
	struct err ignored = ERR_INIT;
	struct schema one;
	struct maker m;

	if (rec == NULL || dataset_from_record(a, rec, ds, &ignored) < 0)
		return false;
	m = begin_facts(s, &one);
	if (ds->nvars == 0) {
		maker_add_group(&m, ds, &s->key);
	} else {
		maker_add_variable(&m, ds, ds->vars, &s->key);
		if (maker_is_coordinate(ds->vars, &s->key))
			p->coordinate = ds->vars;
		p->dataset = ds;
	}
	buf_release(&m.text);
	say(s, p, &one);
	return true;
}

/* The record has the part whose text is in s->text; false if something is wrong
 * with it.  from: its variable, or NULL. */
static bool has_part(struct stack *s, const struct gist_var *from)
{
	size_t len = s->text.len;
	struct part *p;
	bool is_new;

	add_key_names(&s->text, &s->key);
	p = find_part(s, &is_new);
	if (is_new)
		p->bad = !make_part(s, p, len, from);
	s->mine[s->nmine++] = (struct mine){ p, NULL };
	return !p->bad;
}

/* The coordinate of the record's file: like that of the part, with values. */
static bool read_values(struct stack *s, const struct variable *like,
	const struct gist_var *from, struct variable *out)
{
	*out = *like;
	out->data = out->range = NULL;
	if (from->range.text != NULL &&
		(out->range = parse(&s->record, from->range)) == NULL)
		return false;
	if (from->data.text == NULL)
		return true;
	out->data = parse(&s->record, from->data);
	return js_type(out->data) == JS_LIST && out->table.ndim == 1 &&
		js_count(out->data) == out->table.shape[0];
}

/* The series of a coordinate, the only fact of a schema, is a part whose text is
 * the fact's name and value. */
static void has_series(struct stack *s, const struct schema *one)
{
	const struct fact *f = &one->facts[0];
	struct part *p;
	bool is_new;

	buf_reset(&s->text);
	buf_addf(&s->text, "%s=%s", f->key.var, f->answers[0]->value);
	p = find_part(s, &is_new);
	if (is_new)
		say(s, p, one);
	s->mine[s->nmine++] = (struct mine){ p, &f->answers[0]->series };
}

static bool read_series(struct stack *s, const struct part *p,
	const struct gist_var *from)
{
	struct schema *one;
	struct variable v;
	struct maker m;

	if (p->coordinate == NULL)
		return true;
	if (!read_values(s, p->coordinate, from, &v))
		return false;
	one = ARENA_NEW(&s->record, struct schema, 1);
	m = begin_facts(s, one);
	maker_add_series(&m, p->dataset, &v, s->key.file);
	buf_release(&m.text);
	if (one->n > 0)
		has_series(s, one);
	return true;
}

static bool read_parts(struct stack *s)
{
	const struct gist *g = &s->gist;

	s->nmine = 0;
	buf_reset(&s->text);
	gist_group_text(g, &s->text);
	if (!has_part(s, NULL))
		return false;
	for (unsigned i = 0; i < g->nvars; i++) {
		const struct gist_var *v = &g->vars[i];

		buf_reset(&s->text);
		gist_var_text(g, i, &s->text);
		if (!has_part(s, v) ||
			!read_series(s, s->mine[s->nmine - 1].part, v))
			return false;
	}
	return true;
}

static void add_file(struct stack *s, const struct mine *m)
{
	struct part *p = m->part;

	if (p->n == p->cap)
		p->files = grow(&s->arena, p->files, &p->cap, sizeof(unsigned));
	p->files[p->n++] = s->n;
	if (m->series != NULL)
		series_unite(&s->arena, &p->said[0]->answer.series, m->series);
}

bool stack_put(struct stack *s)
{
	const struct spread_key *key = &s->key.file;
	struct file *f = &s->files[s->n];

	if (spread_has(&s->known, *key) || !read_parts(s))
		return false;
	for (unsigned i = 0; i < s->nmine; i++)
		add_file(s, &s->mine[i]);
	spread_add(&s->arena, &s->known, key->member,
		(struct run){ key->position, key->position });
	f->key.position = key->position;
	f->key.member = arena_strdup(&s->arena, key->member);
	f->url = arena_strdup(&s->arena, s->url);
	s->n++;
	return true;
}

bool stack_is_full(const struct stack *s)
{
	return s->n == STACK_FILES || s->texts > STACK_TEXTS;
}

size_t stack_count(const struct stack *s)
{
	return s->n;
}
