/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chunks are numbers, collected as they come and sorted once: 24 bytes a chunk,
 * and a grid that a hostile schema makes huge costs nothing.
 */
#include "store/cover.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/array_key.h"
#include "store/tree.h"

struct entry {
	uint64_t chunk, size;
	size_t receipt;
};

struct entries {
	size_t n, cap;
	struct entry *at;
};

struct receipt {
	const char *digest;
	size_t file;
};

struct cover {
	struct arena *a;
	const struct arrays *arrays;
	struct entries *of; /* one an array */
	size_t n, cap;
	struct receipt *receipts;
};

struct cover *cover_open(struct arena *a, const struct arrays *arrays)
{
	struct cover *c = ARENA_NEW(a, struct cover, 1);

	c->a = a;
	c->arrays = arrays;
	c->of = ARENA_NEW(a, struct entries, arrays->n);
	return c;
}

static void add_entry(struct cover *c, struct entries *e, struct entry entry)
{
	e->at = arena_grow(c->a, e->at, e->n, &e->cap, sizeof(*e->at));
	e->at[e->n++] = entry;
}

static size_t add_receipt(struct cover *c, const char *digest, size_t file)
{
	c->receipts = arena_grow(c->a, c->receipts, c->n, &c->cap,
		sizeof(*c->receipts));
	c->receipts[c->n] =
		(struct receipt){ arena_strdup(c->a, digest), file };
	return c->n++;
}

static int add_object(struct cover *c, size_t i, const struct js *object,
	size_t receipt, struct err *err)
{
	const char *name = js_get_text(object, "name");
	struct entry e = { .receipt = receipt };

	if (name == NULL || !js_u64(js_get(object, "size"), &e.size))
		return err_set(err, ERR_DATA,
			"member 'objects' holds no name or no size");
	if (!array_key_number(&c->arrays->at[i], name, &e.chunk))
		return err_set(err, ERR_DATA,
			"'%.300s' is no chunk of the schema's array '%.200s'; "
			"give pgf-seal the receipts of this plan only",
			name, c->arrays->at[i].name);
	add_entry(c, &c->of[i], e);
	return 0;
}

int cover_add(struct cover *c, const struct js *receipt, size_t file,
	struct err *err)
{
	const char *name =
		js_text(js_at(js_path(receipt, "key", "vars", NULL), 0));
	const char *digest = js_get_text(receipt, "region");
	const struct js *objects = js_get(receipt, "objects");
	size_t i = 0, number;

	if (name == NULL || digest == NULL || js_type(objects) != JS_LIST)
		return err_set(err, ERR_DATA,
			"not a receipt, which pgf-write makes: no 'key' with "
			"'vars', no 'region' or no 'objects'");
	while (i < c->arrays->n && !str_eq(c->arrays->at[i].name, name))
		i++;
	if (i == c->arrays->n)
		return err_set(err, ERR_DATA,
			"array '%.200s' is not in the schema; give pgf-seal "
			"the receipts of this plan only",
			name);
	number = add_receipt(c, digest, file);
	for (size_t k = 0; k < js_count(objects); k++)
		if (add_object(c, i, js_at(objects, k), number, err) < 0)
			return -1;
	return 0;
}

static int by_chunk(const void *x, const void *y)
{
	const struct entry *a = x, *b = y;

	if (a->chunk != b->chunk)
		return a->chunk < b->chunk ? -1 : 1;
	return a->receipt < b->receipt ? -1 : a->receipt > b->receipt;
}

/* Sort; the last receipt of a region counts, two regions for a chunk do not
 * happen. */
static int tidy(struct cover *c, size_t i, struct err *err)
{
	struct entries *e = &c->of[i];
	struct buf key = BUF_INIT;
	size_t n = 0;

	if (e->n > 0)
		qsort(e->at, e->n, sizeof(*e->at), by_chunk);
	for (size_t k = 0; k < e->n; k++) {
		const struct entry *x = &e->at[k];

		if (n == 0 || e->at[n - 1].chunk != x->chunk) {
			e->at[n++] = *x;
			continue;
		}
		if (!str_eq(c->receipts[e->at[n - 1].receipt].digest,
			    c->receipts[x->receipt].digest)) {
			array_key_text(&key, &c->arrays->at[i], x->chunk);
			err_set(err, ERR_DATA,
				"two regions wrote '%.300s'; give pgf-seal the "
				"receipts of one plan only",
				key.data);
			buf_release(&key);
			return -1;
		}
		e->at[n - 1] = *x;
	}
	e->n = n;
	return 0;
}

/* The first chunk that no receipt names; n if all are named. */
static uint64_t first_missing(const struct entries *e)
{
	uint64_t k = 0;

	while (k < e->n && e->at[k].chunk == k)
		k++;
	return k;
}

int cover_check(struct cover *c, struct err *err)
{
	uint64_t all = 0, have = 0;
	struct buf first = BUF_INIT;

	for (size_t i = 0; i < c->arrays->n; i++) {
		const struct array *t = &c->arrays->at[i];

		if (tidy(c, i, err) < 0)
			return -1;
		all += array_chunks(t);
		have += c->of[i].n;
		if (c->of[i].n < array_chunks(t) && first.len == 0)
			array_key_text(&first, t, first_missing(&c->of[i]));
	}
	if (have < all)
		err_set(err, ERR_DATA,
			"receipts do not cover the store: %llu of %llu chunks "
			"missing, first '%.300s'; give pgf-seal the receipts "
			"of all regions",
			(unsigned long long)(all - have),
			(unsigned long long)all, first.data);
	buf_release(&first);
	return have < all ? -1 : 0;
}

int cover_look(const struct cover *c, const char *store, bool *is_gone,
	struct err *err)
{
	struct buf key = BUF_INIT, first = BUF_INIT;
	uint64_t gone = 0, all = 0, size;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < c->arrays->n; i++) {
		for (size_t k = 0; r >= 0 && k < c->of[i].n; k++, all++) {
			const struct entry *e = &c->of[i].at[k];

			array_key_text(&key, &c->arrays->at[i], e->chunk);
			r = tree_size(store, key.data, &size, err);
			if (r == 0)
				size = 0; /* as a receipt says of no object */
			if (r < 0 || size == e->size)
				continue;
			is_gone[c->receipts[e->receipt].file] = true;
			if (gone++ == 0)
				buf_adds(&first, key.data);
		}
	}
	if (r >= 0 && gone > 0)
		r = err_set(err, ERR_TEMP,
			"%llu of %llu chunks are gone from '%.300s' or have "
			"another size, first '%.300s'; run pgf-write again on "
			"their regions",
			(unsigned long long)gone, (unsigned long long)all,
			store, first.data);
	buf_release(&key);
	buf_release(&first);
	return r < 0 ? -1 : 0;
}

uint64_t cover_bytes(const struct cover *c, size_t i)
{
	uint64_t n = 0;

	for (size_t k = 0; k < c->of[i].n; k++)
		n += c->of[i].at[k].size;
	return n;
}

static int by_text(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

void cover_plan(const struct cover *c, char out[SHA256_HEX])
{
	const char **digests = ARENA_NEW(c->a, const char *, c->n + 1);
	struct sha256 *h = sha256_open();

	for (size_t i = 0; i < c->n; i++)
		digests[i] = c->receipts[i].digest;
	qsort(digests, c->n, sizeof(*digests), by_text);
	for (size_t i = 0; i < c->n; i++) {
		if (i > 0 && str_eq(digests[i], digests[i - 1]))
			continue;
		sha256_add(h, digests[i], strlen(digests[i]));
		sha256_add(h, "\n", 1);
	}
	sha256_end(h, out);
	sha256_close(h);
}
