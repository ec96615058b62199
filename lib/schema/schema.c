/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One sorted table of facts with one way to join two of them, so that "in any
 * order" holds because there is nothing that could depend on order.  A tree of
 * variables and attributes was refused: each level would have needed a join of
 * its own to be proved.
 */
#include "schema/schema.h"

#include <string.h>

#include "base/str.h"

void schema_init(struct schema *s, struct arena *a)
{
	*s = (struct schema){ .arena = a };
}

static int key_compare(struct fact_key a, struct fact_key b)
{
	int c = strcmp(a.var, b.var);

	if (c == 0)
		c = (int)a.kind - (int)b.kind;
	return c ? c : strcmp(a.name, b.name);
}

static size_t fact_index(const struct schema *s, struct fact_key key,
	bool *found)
{
	size_t low = 0, high = s->n;

	*found = false;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = key_compare(s->facts[mid].key, key);

		if (c == 0) {
			*found = true;
			return mid;
		}
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

const struct fact *schema_find(const struct schema *s, struct fact_key key)
{
	bool found;
	size_t i = fact_index(s, key, &found);

	return found ? &s->facts[i] : NULL;
}

/* Room for one more in a list of n elements of size bytes, doubled. */
static void *grow(struct arena *a, void *list, size_t n, size_t size)
{
	void *p = arena_alloc(a, n ? 2 * n : 4, size);

	if (n > 0)
		memcpy(p, list, n * size);
	return p;
}

static struct fact *make_fact(struct schema *s, struct fact_key key)
{
	bool found;
	size_t i = fact_index(s, key, &found);

	if (found)
		return &s->facts[i];
	if (s->n == s->cap) {
		s->facts = grow(s->arena, s->facts, s->n, sizeof(*s->facts));
		s->cap = s->n ? 2 * s->n : 4;
	}
	memmove(s->facts + i + 1, s->facts + i, (s->n - i) * sizeof(*s->facts));
	s->n++;
	s->facts[i] =
		(struct fact){ .key = {
				       .var = arena_strdup(s->arena, key.var),
				       .kind = key.kind,
				       .name = arena_strdup(s->arena, key.name),
			       } };
	return &s->facts[i];
}

static int answer_compare(const struct answer *a, const char *value,
	const char *dtype)
{
	int c = strcmp(a->value, value);

	return c ? c : strcmp(a->dtype ? a->dtype : "", dtype ? dtype : "");
}

static size_t answer_index(const struct fact *f, const struct answer *like,
	bool *found)
{
	size_t low = 0, high = f->n;

	*found = false;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = answer_compare(f->answers[mid], like->value,
			like->dtype);

		if (c == 0) {
			*found = true;
			return mid;
		}
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* In place where it fits: the last file moves on with every record. */
static void set_url(struct arena *a, struct schema_url *u, const char *url)
{
	size_t need = strlen(url) + 1;

	if (need > u->cap) {
		u->cap = need + need / 4;
		u->text = ARENA_NEW(a, char, u->cap);
	}
	memcpy(u->text, url, need);
}

/* first and last become those of the union of files and more.  Two URLs for
 * one file have the same facts or were refused; the lesser in byte order is a
 * choice that no order of folding changes. */
static void join_url(struct arena *a, struct schema_url *u, const char *url,
	int c)
{
	if (c < 0 || (c == 0 && strcmp(url, u->text) < 0))
		set_url(a, u, url);
}

struct ends {
	struct spread *files;
	struct schema_url *first, *last;
};

/* Is it one file, which the others have already? */
static bool is_known(const struct spread *files, const struct spread *one)
{
	return one->nparts == 1 && one->parts->nruns == 1 &&
		one->parts->runs->first == one->parts->runs->last &&
		spread_has(files,
			(struct spread_key){ one->parts->member,
				one->parts->runs->first });
}

/* *mine becomes the union of both.  What spreads hold is never changed, so
 * answers of the same files can share it: the unions made so far are looked
 * through for this one. */
static void join_spread(struct schema *s, struct spread *mine,
	const struct spread *more)
{
	struct schema_unions *u = s->unions;
	struct spread out = { 0 };

	if (is_known(mine, more))
		return;
	for (size_t i = 0; u != NULL && i < SCHEMA_UNIONS && i < u->n; i++)
		if (u->at[i].of == mine->parts &&
			(u->at[i].with.parts == more->parts ||
				spread_equal(&u->at[i].with, more))) {
			*mine = u->at[i].is;
			return;
		}
	spread_unite(s->arena, &out, mine);
	spread_unite(s->arena, &out, more);
	if (u != NULL)
		u->at[u->n++ % SCHEMA_UNIONS] =
			(struct schema_union){ mine->parts, *more, out };
	*mine = out;
}

static void join_files(struct schema *s, struct ends ends,
	const struct spread *files, const char *first, const char *last)
{
	struct arena *a = s->arena;

	if (files->nparts == 0)
		return;
	if (ends.files->nparts == 0) {
		set_url(a, ends.first, first);
		set_url(a, ends.last, last);
	} else {
		join_url(a, ends.first, first,
			spread_key_compare(spread_first(files),
				spread_first(ends.files)));
		join_url(a, ends.last, last,
			spread_key_compare(spread_last(ends.files),
				spread_last(files)));
	}
	join_spread(s, ends.files, files);
}

void schema_add_files(struct schema *s, const struct spread *files,
	const char *first, const char *last)
{
	join_files(s, (struct ends){ &s->files, &s->first, &s->last }, files,
		first, last);
}

size_t schema_most_values(enum fact_kind kind)
{
	if (kind == FACT_CHUNKS)
		return 1;
	return kind == FACT_ATTR || kind == FACT_PACKING ||
			kind == FACT_MISSING ?
		SCHEMA_VALUES :
		SIZE_MAX;
}

static void set_value(struct arena *a, struct answer *x,
	const struct answer *like)
{
	size_t need = strlen(like->value) + 1;
	char *text;

	if (need > x->cap) {
		x->cap = need;
		text = ARENA_NEW(a, char, need);
	} else {
		text = x->text;
	}
	x->value = x->text = memcpy(text, like->value, need);
	x->dtype = like->dtype ? arena_strdup(a, like->dtype) : NULL;
}

/* Put an answer in its place; reuse is one that is in no place, or NULL. */
static struct answer *insert_answer(struct schema *s, struct fact *f, size_t i,
	const struct answer *like, struct answer *reuse)
{
	struct answer *new = reuse;

	if (f->n == f->cap) {
		f->answers =
			grow(s->arena, f->answers, f->n, sizeof(*f->answers));
		f->cap = f->n ? 2 * f->n : 4;
	}
	memmove(f->answers + i + 1, f->answers + i,
		(f->n - i) * sizeof(*f->answers));
	f->n++;
	if (new == NULL)
		new = ARENA_NEW(s->arena, struct answer, 1);
	set_value(s->arena, new, like);
	return f->answers[i] = new;
}

int answer_rank(const struct answer *x, const struct answer *y)
{
	int c = spread_key_compare(spread_first(&x->files),
		spread_first(&y->files));

	return c ? c : answer_compare(x, y->value, y->dtype);
}

static size_t last_rank(const struct fact *f)
{
	size_t last = 0;

	for (size_t i = 1; i < f->n; i++)
		if (answer_rank(f->answers[i], f->answers[last]) > 0)
			last = i;
	return last;
}

static struct answer *take_out(struct fact *f, size_t i)
{
	struct answer *x = f->answers[i];

	f->n--;
	memmove(f->answers + i, f->answers + i + 1,
		(f->n - i) * sizeof(*f->answers));
	return x;
}

/* The first file of like becomes the only one of x. */
static void set_first(struct arena *a, struct answer *x,
	const struct answer *like)
{
	struct spread_key k = spread_first(&like->files);
	const struct run one = { k.position, k.position };

	x->files = (struct spread){ 0 };
	spread_add(a, &x->files, k.member, one);
	set_url(a, &x->first, like->first.text);
	set_url(a, &x->last, like->first.text);
}

static void make_many(struct schema *s, struct fact *f)
{
	struct ends all = { &f->files, &f->first, &f->last };

	if (f->many)
		return;
	f->many = true;
	for (size_t i = 0; i < f->n; i++) {
		struct answer *x = f->answers[i];

		join_files(s, all, &x->files, x->first.text, x->last.text);
		set_first(s->arena, x, x);
	}
	while (f->n > schema_most_values(f->key.kind))
		take_out(f, last_rank(f));
}

static void join_first(struct arena *a, struct answer *x,
	const struct answer *like)
{
	int c = spread_key_compare(spread_first(&like->files),
		spread_first(&x->files));

	if (c < 0)
		set_first(a, x, like);
	if (c != 0)
		return;
	join_url(a, &x->first, like->first.text, 0);
	set_url(a, &x->last, x->first.text);
}

static void add_to_many(struct schema *s, struct fact *f,
	const struct answer *like)
{
	struct answer *reuse = NULL;
	bool found;
	size_t i = answer_index(f, like, &found);

	if (found) {
		join_first(s->arena, f->answers[i], like);
		return;
	}
	if (f->n >= schema_most_values(f->key.kind)) {
		size_t last = last_rank(f);

		if (answer_rank(like, f->answers[last]) > 0)
			return;
		reuse = take_out(f, last);
		i = answer_index(f, like, &found);
	}
	set_first(s->arena, insert_answer(s, f, i, like, reuse), like);
}

void schema_add_many(struct schema *s, struct fact_key key,
	const struct spread *files, const char *first, const char *last)
{
	struct fact *f = make_fact(s, key);

	make_many(s, f);
	join_files(s, (struct ends){ &f->files, &f->first, &f->last }, files,
		first, last);
}

static int64_t common_divisor(int64_t a, int64_t b)
{
	while (b != 0) {
		int64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a < 0 ? -a : a;
}

static void join_grid(struct grid_time *g, const struct grid_time *with)
{
	if (with->step == 0)
		return;
	if (g->step == 0) {
		*g = *with;
		return;
	}
	g->step = common_divisor(common_divisor(g->step, with->step),
		g->phase - with->phase);
	g->phase %= g->step;
}

void schema_add_answer(struct schema *s, struct fact_key key,
	const struct answer *like)
{
	struct fact *f = make_fact(s, key);
	struct answer *mine;
	bool found;
	size_t i;

	if (f->many) {
		join_files(s, (struct ends){ &f->files, &f->first, &f->last },
			&like->files, like->first.text, like->last.text);
		add_to_many(s, f, like);
		return;
	}
	i = answer_index(f, like, &found);
	mine = found ? f->answers[i] : insert_answer(s, f, i, like, NULL);
	join_grid(&mine->grid, &like->grid);
	series_unite(s->arena, &mine->series, &like->series);
	join_files(s, (struct ends){ &mine->files, &mine->first, &mine->last },
		&like->files, like->first.text, like->last.text);
	if (f->n > schema_most_values(key.kind))
		make_many(s, f);
}

const struct answer *fact_find(const struct fact *f, const char *value,
	const char *dtype)
{
	const struct answer like = { .value = value, .dtype = dtype };
	bool found;
	size_t i = answer_index(f, &like, &found);

	return found ? f->answers[i] : NULL;
}

void fact_files(struct arena *a, const struct fact *f, struct spread *out)
{
	if (f->many)
		spread_unite(a, out, &f->files);
	for (size_t i = 0; !f->many && i < f->n; i++)
		spread_unite(a, out, &f->answers[i]->files);
}

const struct answer *fact_first(const struct fact *f, const struct answer *but)
{
	const struct answer *best = NULL;

	for (size_t i = 0; i < f->n; i++)
		if (f->answers[i] != but &&
			(best == NULL || answer_rank(f->answers[i], best) < 0))
			best = f->answers[i];
	return best;
}
