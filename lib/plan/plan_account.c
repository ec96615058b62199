/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One record for the whole, one for each input, and the digest of these, so that an
 * account that was cut off or touched is none.
 */
#include "plan/plan_account.h"

#include <string.h>

#include "base/base64.h"
#include "base/num.h"
#include "base/xxh.h"
#include "record/json_write.h"
#include "record/scan.h"

void plan_draws_add(struct plan_draws *d, size_t input)
{
	d->first = d->any ? num_min(d->first, input) : input;
	d->last = d->any ? num_max(d->last, input) : input;
	d->any = true;
}

static struct js *numbers(struct arena *a, const uint64_t *v, unsigned n)
{
	struct js *list = js_new_list(a);

	for (unsigned i = 0; i < n; i++)
		js_add_u64(list, v[i]);
	return list;
}

static struct js *runs(struct arena *a, const struct layout_concat *c)
{
	struct js *list = js_new_list(a);

	for (size_t i = 0; i < c->nlengths; i++)
		js_add(list,
			numbers(a,
				(uint64_t[]){ c->lengths[i].count,
					c->lengths[i].len },
				2));
	return list;
}

static struct js *head(struct arena *a, const struct plan_account *account)
{
	struct js *obj = js_new_object(a), *concat = js_new_list(a);
	struct js *arrays = js_new_list(a);

	for (unsigned i = 0; i < account->nconcat; i++)
		js_add(concat, runs(a, &account->concat[i]));
	for (size_t i = 0; i < account->narrays; i++) {
		const struct plan_drawn *d = &account->arrays[i];
		struct js *array = js_new_object(a);

		js_set(array, "from", spread_to_json(a, &d->from));
		js_set(array, "close", spread_to_json(a, &d->close));
		js_set(array, "steps", numbers(a, d->steps, d->ndim));
		js_add(arrays, array);
	}
	js_set_text(obj, "plan", account->digest);
	js_set_u64(obj, "inputs", account->n);
	js_set(obj, "concat", concat);
	js_set(obj, "arrays", arrays);
	return obj;
}

/* The values of arrays, by their numbers. */
static struct js *recorded(struct arena *a, const struct plan_entry *e,
	size_t narrays)
{
	struct js *list = js_new_list(a);
	struct buf text = BUF_INIT;
	char name[16];

	for (size_t i = 0; e->recorded != NULL && i < narrays; i++) {
		const struct plan_recorded *r = &e->recorded[i];
		struct js *obj = js_new_object(a);

		if (!r->any)
			continue;
		buf_reset(&text);
		base64_encode(r->bytes, r->len, &text);
		js_set_u64(obj, "array", i);
		js_set_text(obj, "dtype", dtype_name(r->dtype, name));
		if (r->encoding != NULL)
			js_set(obj, "encoding", js_copy(a, r->encoding));
		js_set_text(obj, "inline", text.len ? text.data : "");
		js_add(list, obj);
	}
	buf_release(&text);
	return list;
}

static struct js *entry(struct arena *a, const struct plan_entry *e,
	size_t narrays)
{
	struct js *obj = js_new_object(a), *values = recorded(a, e, narrays);

	js_set_text(obj, "name", e->name);
	js_set_text(obj, "in", e->in);
	js_set_text(obj, "out", e->out);
	js_set(obj, "keys", spread_to_json(a, &e->keys));
	if (js_count(values) > 0)
		js_set(obj, "values", values);
	if (!e->draws.any)
		return obj;
	js_set_u64(obj, "first", e->draws.first);
	js_set_u64(obj, "last", e->draws.last);
	js_set(obj, "ends", numbers(a, e->draws.ends, PLACE_MAX_DIMS));
	js_set(obj, "open", js_new_bool(a, e->draws.open));
	return obj;
}

void plan_account_write(struct buf *out, const struct plan_account *account)
{
	struct arena a = ARENA_INIT;
	char digest[XXH_HEX];

	js_write(out, head(&a, account), JS_RECORD);
	for (size_t i = 0; i < account->n; i++) {
		arena_reset(&a);
		buf_addc(out, '\n');
		js_write(out, entry(&a, &account->entries[i], account->narrays),
			JS_RECORD);
	}
	arena_release(&a);
	xxh_of(out->data, out->len, digest);
	buf_addf(out, "\n{\"digest\":\"%s\"}\n", digest);
}

/* Is the last line the digest of what is in front of it?  Then *len is that. */
static bool check_digest(const struct buf *text, size_t *len)
{
	const size_t tail = strlen("\n{\"digest\":\"\"}\n") + XXH_HEX - 1;
	struct buf want = BUF_INIT;
	char digest[XXH_HEX];
	bool same;

	if (text->len < tail)
		return false;
	*len = text->len - tail;
	xxh_of(text->data, *len, digest);
	buf_addf(&want, "\n{\"digest\":\"%s\"}\n", digest);
	same = memcmp(want.data, text->data + *len, tail) == 0;
	buf_release(&want);
	return same;
}

static bool read_numbers(const struct js *list, uint64_t *out, size_t n)
{
	if (js_count(list) != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!js_u64(js_at(list, i), &out[i]))
			return false;
	return true;
}

static bool read_runs(struct arena *a, const struct js *list,
	struct layout_concat *out)
{
	out->nlengths = js_count(list);
	out->lengths = ARENA_NEW(a, struct length_run, out->nlengths);
	for (size_t i = 0; i < out->nlengths; i++) {
		struct length_run *r = &out->lengths[i];
		uint64_t v[2];

		if (!read_numbers(js_at(list, i), v, 2) ||
			!num_add(out->nfiles, v[0], &out->nfiles))
			return false;
		*r = (struct length_run){ v[0], v[1] };
	}
	return true;
}

static bool read_spread(struct arena *a, const struct js *v, struct spread *out)
{
	struct err ignored = ERR_INIT;

	return js_count(v) == 0 || spread_from_json(a, v, out, &ignored) == 0;
}

static bool read_drawn(struct arena *a, const struct js *v,
	struct plan_drawn *out)
{
	const struct js *steps = js_get(v, "steps");

	uint64_t *read = ARENA_NEW(a, uint64_t, js_count(steps));

	out->ndim = (unsigned)js_count(steps);
	out->steps = read;
	return js_count(steps) <= DATASET_MAX_NDIM &&
		read_numbers(steps, read, out->ndim) &&
		read_spread(a, js_get(v, "from"), &out->from) &&
		read_spread(a, js_get(v, "close"), &out->close);
}

static bool read_head(struct arena *a, const struct js *v,
	struct plan_account *out)
{
	const struct js *concat = js_get(v, "concat");
	const struct js *arrays = js_get(v, "arrays");
	uint64_t n;

	out->digest = js_get_text(v, "plan");
	out->nconcat = (unsigned)js_count(concat);
	out->narrays = js_count(arrays);
	if (out->digest == NULL || !js_u64(js_get(v, "inputs"), &n) ||
		js_count(concat) > PLACE_MAX_DIMS)
		return false;
	out->n = n;
	out->concat = ARENA_NEW(a, struct layout_concat, out->nconcat);
	out->arrays = ARENA_NEW(a, struct plan_drawn, out->narrays);
	for (unsigned i = 0; i < out->nconcat; i++)
		if (!read_runs(a, js_at(concat, i), &out->concat[i]))
			return false;
	for (size_t i = 0; i < out->narrays; i++)
		if (!read_drawn(a, js_at(arrays, i), &out->arrays[i]))
			return false;
	return true;
}

static bool read_draws(const struct js *v, size_t n, struct plan_draws *out)
{
	uint64_t first, last;

	if (js_get(v, "first") == NULL)
		return true;
	if (!js_u64(js_get(v, "first"), &first) ||
		!js_u64(js_get(v, "last"), &last) || first > last ||
		last >= n || !js_bool(js_get(v, "open"), &out->open))
		return false;
	out->any = true;
	out->first = first;
	out->last = last;
	return read_numbers(js_get(v, "ends"), out->ends, PLACE_MAX_DIMS);
}

static bool read_bytes(struct arena *a, const char *text,
	struct plan_recorded *out)
{
	struct buf bytes = BUF_INIT;
	bool ok = text != NULL && base64_decode(text, &bytes) && bytes.len > 0;

	if (ok) {
		out->bytes = arena_memdup(a, bytes.data, bytes.len);
		out->len = bytes.len;
	}
	buf_release(&bytes);
	return ok;
}

static bool read_recorded(struct arena *a, const struct js *list,
	size_t narrays, struct plan_entry *out)
{
	if (list != NULL)
		out->recorded = ARENA_NEW(a, struct plan_recorded, narrays);
	for (size_t i = 0; i < js_count(list); i++) {
		const struct js *v = js_at(list, i);
		const char *name = js_get_text(v, "dtype");
		struct plan_recorded *r;
		uint64_t array;

		if (!js_u64(js_get(v, "array"), &array) || array >= narrays ||
			name == NULL)
			return false;
		r = &out->recorded[array];
		r->any = true;
		if (!dtype_parse(name, &r->dtype) || dtype_is_text(r->dtype) ||
			!read_bytes(a, js_get_text(v, "inline"), r))
			return false;
		if (js_get(v, "encoding") != NULL)
			r->encoding = js_copy(a, js_get(v, "encoding"));
	}
	return true;
}

static bool read_entry(struct arena *a, const struct js *v,
	const struct plan_account *of, struct plan_entry *out)
{
	const char *name = js_get_text(v, "name"), *in = js_get_text(v, "in"),
		   *file = js_get_text(v, "out");

	if (name == NULL || in == NULL || file == NULL)
		return false;
	out->name = arena_strdup(a, name);
	out->in = arena_strdup(a, in);
	out->out = arena_strdup(a, file);
	return read_spread(a, js_get(v, "keys"), &out->keys) &&
		read_draws(v, of->n, &out->draws) &&
		read_recorded(a, js_get(v, "values"), of->narrays, out);
}

/* The next line, without its end. */
static bool next_line(struct span *rest, struct span *line)
{
	const char *end;

	if (rest->len == 0)
		return false;
	end = memchr(rest->text, '\n', rest->len);
	*line = *rest;
	if (end != NULL)
		line->len = (size_t)(end - rest->text);
	rest->text += line->len + (end != NULL);
	rest->len -= line->len + (end != NULL);
	return true;
}

bool plan_account_read(struct arena *a, const struct buf *text,
	struct plan_account *out)
{
	struct span rest = { text->data, 0 }, line;
	struct err ignored = ERR_INIT;
	struct arena record = ARENA_INIT;
	size_t n = 0;
	bool ok;

	memset(out, 0, sizeof(*out));
	if (!check_digest(text, &rest.len) || !next_line(&rest, &line))
		return false;
	ok = read_head(a, js_parse(a, line.text, line.len, &ignored), out) &&
		out->n < text->len;
	if (ok)
		out->entries = ARENA_NEW(a, struct plan_entry, out->n);
	while (ok && next_line(&rest, &line)) {
		arena_reset(&record);
		ok = n < out->n &&
			read_entry(a,
				js_parse(&record, line.text, line.len,
					&ignored),
				out, &out->entries[n]);
		n++;
	}
	arena_release(&record);
	return ok && n == out->n;
}
