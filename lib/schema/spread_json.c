/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of a product of concat dimensions are mostly alike, so that equal ones
 * that follow each other are written as one box.  Writing the packed places was
 * refused: nobody could read them.
 */
#include "schema/spread.h"

#include "model/place.h"

/* A hostile box must not become more rows than memory holds. */
enum { MAX_ROWS = 1 << 24 };

static struct js *corner_to_json(struct arena *a, uint64_t place)
{
	uint64_t at[PLACE_MAX_DIMS];
	unsigned n = place_unpack(place, at);
	struct js *list;

	if (n == 1)
		return js_new_u64(a, at[0]);
	list = js_new_list(a);
	for (unsigned i = 0; i < n; i++)
		js_add_u64(list, at[i]);
	return list;
}

/* The place of the same column in the row k rows on, or in no row. */
static bool row_after(uint64_t place, uint64_t k, uint64_t *out)
{
	uint64_t at[PLACE_MAX_DIMS];
	unsigned n = place_unpack(place, at);

	if (n == 1)
		return false;
	at[n - 2] += k;
	return place_pack(n, at, out);
}

/* The number of runs from run i on that are in its row. */
static size_t row_length(const struct spread_part *p, size_t i)
{
	uint64_t at[PLACE_MAX_DIMS], mask;
	unsigned n = place_unpack(p->runs[i].first, at);
	size_t k = i;

	mask = place_mask(n, (1u << (n - 1)) - 1);
	while (k < p->nruns &&
		(p->runs[k].first & mask) == (p->runs[i].first & mask))
		k++;
	return k - i;
}

/* True if the len runs at j are those at i, k rows on, and a whole row. */
static bool is_alike(const struct spread_part *p, size_t i, size_t len,
	uint64_t k)
{
	size_t j = i + len * k;
	uint64_t first, last;

	if (len > p->nruns - j || row_length(p, j) != len)
		return false;
	for (size_t m = 0; m < len; m++)
		if (!row_after(p->runs[i + m].first, k, &first) ||
			!row_after(p->runs[i + m].last, k, &last) ||
			p->runs[j + m].first != first ||
			p->runs[j + m].last != last)
			return false;
	return true;
}

static void add_box(struct arena *a, struct js *list, struct run run,
	uint64_t rows)
{
	struct js *pair = js_new_list(a);

	if (rows > 1 && !row_after(run.last, rows - 1, &run.last))
		return; /* is_alike was there */
	js_add(pair, corner_to_json(a, run.first));
	js_add(pair, corner_to_json(a, run.last));
	js_add(list, pair);
}

static struct js *part_to_json(struct arena *a, const struct spread_part *p)
{
	struct js *list = js_new_list(a);
	size_t len, rows;

	for (size_t i = 0; i < p->nruns; i += len * rows) {
		uint64_t at[PLACE_MAX_DIMS];

		len = rows = 1;
		if (place_unpack(p->runs[i].first, at) > 1) {
			len = row_length(p, i);
			while (i + len * rows < p->nruns &&
				is_alike(p, i, len, rows))
				rows++;
		}
		for (size_t m = 0; m < len; m++)
			add_box(a, list, p->runs[i + m], rows);
	}
	return list;
}

struct js *spread_to_json(struct arena *a, const struct spread *s)
{
	struct js *out = js_new_object(a);

	for (size_t i = 0; i < s->nparts; i++)
		js_set(out, s->parts[i].member, part_to_json(a, &s->parts[i]));
	return out;
}

struct corner {
	unsigned n;
	uint64_t at[PLACE_MAX_DIMS];
};

static bool read_corner(const struct js *v, struct corner *out)
{
	out->n = 1;
	if (js_u64(v, &out->at[0]))
		return out->at[0] <= place_limit(1);
	out->n = (unsigned)js_count(v);
	if (js_type(v) != JS_LIST || js_count(v) < 2 ||
		js_count(v) > PLACE_MAX_DIMS)
		return false;
	for (unsigned i = 0; i < out->n; i++)
		if (!js_u64(js_at(v, i), &out->at[i]) ||
			out->at[i] > place_limit(out->n))
			return false;
	return true;
}

/* Corners of a box that is one long but for the last two dimensions. */
static bool is_box(const struct corner *first, const struct corner *last)
{
	if (first->n != last->n)
		return false;
	for (unsigned i = 0; i < first->n; i++)
		if (first->at[i] > last->at[i] ||
			(i + 2 < first->n && first->at[i] != last->at[i]))
			return false;
	return true;
}

static bool add_rows(struct arena *a, struct spread *out, const char *member,
	const struct js *pair, uint64_t *left)
{
	struct corner first, last, end;
	struct run run;
	uint64_t rows = 1;

	if (js_count(pair) != 2 || !read_corner(js_at(pair, 0), &first) ||
		!read_corner(js_at(pair, 1), &last) || !is_box(&first, &last))
		return false;
	if (first.n > 1)
		rows = last.at[last.n - 2] - first.at[first.n - 2] + 1;
	if (rows > *left)
		return false;
	*left -= first.n > 1 ? rows : 0;
	for (end = last; rows > 0; rows--) {
		if (first.n > 1)
			end.at[end.n - 2] = first.at[first.n - 2];
		if (!place_pack(first.n, first.at, &run.first) ||
			!place_pack(end.n, end.at, &run.last))
			return false;
		spread_add(a, out, member, run);
		if (first.n > 1)
			first.at[first.n - 2]++;
	}
	return true;
}

int spread_from_json(struct arena *a, const struct js *v, struct spread *out,
	struct err *err)
{
	uint64_t left = MAX_ROWS;

	if (js_type(v) != JS_OBJECT)
		return err_set(err, ERR_DATA, "'files' is not an object");
	for (void *it = js_first(v); it; it = js_next(v, it)) {
		const struct js *list = js_member(it);

		for (size_t i = 0; i < js_count(list); i++)
			if (!add_rows(a, out, js_name(it), js_at(list, i),
				    &left))
				return err_set(err, ERR_DATA,
					"'files' holds a run that is not "
					"[first, last]");
	}
	return 0;
}
