/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Schemas of 2^k times as many files as the smallest, at most one of each size,
 * like the digits of a binary number that is counted up.  A run of files is
 * found and moved in a small list thus, and joined to the large ones only in
 * bulk.  One schema would move half of its runs for every record that comes out
 * of order.
 *
 * No file is in two of them: so what is united is never in conflict, and a
 * record that is, is found when it comes.
 */
#include "schema/fold.h"

#include <string.h>

#include "schema/stack.h"

enum { FILES = 128, DIGITS = 48 };

struct digit {
	struct arena arena;
	struct schema schema;
	bool used;
};

struct fold {
	struct digit recent; /* up to FILES files */
	struct digit digits[DIGITS];
	size_t n; /* records in recent */
	struct stack *stack;
};

static void begin(struct digit *d)
{
	d->arena = (struct arena)ARENA_INIT;
	schema_init(&d->schema, &d->arena);
	d->used = true;
}

static void end(struct digit *d)
{
	if (d->used)
		arena_release(&d->arena);
	d->used = false;
}

/* to, which is not used, becomes what from is, and from is not used any more. */
static void move(struct digit *to, struct digit *from)
{
	*to = *from;
	to->schema.arena = &to->arena;
	from->used = false;
}

struct fold *fold_open(void)
{
	struct fold *f = mem_alloc(sizeof(*f));

	memset(f, 0, sizeof(*f));
	begin(&f->recent);
	f->stack = stack_open();
	return f;
}

void fold_close(struct fold *f)
{
	end(&f->recent);
	for (unsigned i = 0; i < DIGITS; i++)
		end(&f->digits[i]);
	stack_close(f->stack);
	mem_free(f);
}

/* Unite from with to; the one that is left is to. */
static int join(struct digit *to, struct digit *from, struct err *err)
{
	int r = 0;

	if (!from->used)
		return 0;
	if (to->used) {
		r = schema_unite(&to->schema, &from->schema, err);
		end(from);
	} else {
		move(to, from);
	}
	return r;
}

/* to becomes what from is, without the memory that unions left behind. */
static int compact(struct digit *to, struct digit *from, struct err *err)
{
	int r;

	if (!to->used)
		begin(to);
	r = schema_unite(&to->schema, &from->schema, err);
	end(from);
	return r;
}

/* Count up: what is recent becomes the lowest digit, and two of one size the
 * next. */
static int carry(struct fold *f, struct err *err)
{
	unsigned i = 0;

	for (; i + 1 < DIGITS && f->digits[i].used; i++)
		if (join(&f->recent, &f->digits[i], err) < 0)
			return -1;
	if (compact(&f->digits[i], &f->recent, err) < 0)
		return -1;
	begin(&f->recent);
	f->n = 0;
	return 0;
}

/* All that there is into what is recent, small ones first. */
static int collapse(struct fold *f, struct err *err)
{
	for (unsigned i = 0; i < DIGITS; i++) {
		struct digit *d = &f->digits[i];

		if (d->used && join(d, &f->recent, err) < 0)
			return -1;
		if (d->used)
			move(&f->recent, d);
	}
	return 0;
}

/* What is stacked becomes recent. */
static int unstack(struct fold *f, struct err *err)
{
	f->n += stack_count(f->stack);
	return stack_take(f->stack, &f->recent.schema, err);
}

/* The schema that has a file, or NULL. */
static struct schema *schema_with(struct fold *f, struct spread_key file)
{
	if (spread_has(&f->recent.schema.files, file))
		return &f->recent.schema;
	for (unsigned i = 0; i < DIGITS; i++)
		if (f->digits[i].used &&
			spread_has(&f->digits[i].schema.files, file))
			return &f->digits[i].schema;
	return NULL;
}

/* The schema that the file of a record is in, or belongs in. */
static struct schema *schema_of(struct fold *f, const struct js *rec)
{
	struct schema *found = NULL;
	struct arena a = ARENA_INIT;
	struct err ignored = ERR_INIT;
	struct spread_key key;

	if (schema_read_key(&a, rec, &key, &ignored) == 0)
		found = schema_with(f, key);
	arena_release(&a);
	return found ? found : &f->recent.schema;
}

int fold_add(struct fold *f, const struct js *rec, struct err *err)
{
	if (unstack(f, err) < 0)
		return -1;
	/* Facts of many files may be in all of the schemas. */
	if (js_get(rec, "facts") != NULL) {
		if (collapse(f, err) < 0)
			return -1;
		return schema_fold(&f->recent.schema, rec, err);
	}
	if (schema_fold(schema_of(f, rec), rec, err) < 0)
		return -1;
	return ++f->n < FILES ? 0 : carry(f, err);
}

static int add_parsed(struct fold *f, struct span line, struct err *err)
{
	struct arena a = ARENA_INIT;
	struct js *rec = js_parse(&a, line.text, line.len, err);
	int r = rec != NULL ? fold_add(f, rec, err) : -1;

	arena_release(&a);
	return r;
}

int fold_line(struct fold *f, struct span line, struct err *err)
{
	const struct spread_key *file = stack_read(f->stack, line);

	if (file == NULL || schema_with(f, *file) || !stack_put(f->stack))
		return add_parsed(f, line, err);
	if (!stack_is_full(f->stack))
		return 0;
	if (unstack(f, err) < 0)
		return -1;
	return f->n < FILES ? 0 : carry(f, err);
}

int fold_end(struct fold *f, struct schema *out, struct err *err)
{
	if (unstack(f, err) < 0 || collapse(f, err) < 0)
		return -1;
	return schema_unite(out, &f->recent.schema, err);
}
