/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names of the dimensions are facts like others, so that a file can be
 * spoken of in the words of its recipe without keeping the keys.
 */
#include "schema/schema_maker.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "model/place.h"

static int by_name(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

/* The names of an object's members, sorted. */
static unsigned sorted_names(struct arena *a, const struct js *obj,
	const char ***out)
{
	unsigned n = 0;

	*out = ARENA_NEW(a, const char *, js_count(obj) + 1);
	for (void *it = js_first(obj); it; it = js_next(obj, it))
		(*out)[n++] = js_name(it);
	if (n > 1)
		qsort(*out, n, sizeof(**out), by_name);
	return n;
}

static int read_place(const struct js *concat, struct maker_key *key,
	struct err *err)
{
	uint64_t at[PLACE_MAX_DIMS];

	if (key->nconcat > PLACE_MAX_DIMS)
		return err_set(err, ERR_DATA,
			"%u concat dimensions in 'key'; at most %d are "
			"supported",
			key->nconcat, PLACE_MAX_DIMS);
	for (unsigned i = 0; i < key->nconcat; i++) {
		const char *name = key->concat[i];

		if (!js_u64(js_get(concat, name), &at[i]))
			return err_set(err, ERR_DATA,
				"position '%.200s' in 'key' is not a whole "
				"number",
				name);
		if (at[i] > place_limit(key->nconcat))
			return err_set(err, ERR_DATA,
				"position '%.200s' in 'key' is above %llu, "
				"the most with %u concat dimensions",
				name,
				(unsigned long long)place_limit(key->nconcat),
				key->nconcat);
	}
	if (!place_pack(key->nconcat, at, &key->file.position))
		return err_set(err, ERR_DATA, "'key' names no place");
	return 0;
}

/* The values along the merge dimensions as one text; see schema.h. */
static int read_member(struct arena *a, const struct js *merge,
	struct maker_key *key, struct err *err)
{
	struct buf text = BUF_INIT;

	buf_adds(&text, "");
	for (unsigned i = 0; i < key->nmerge; i++) {
		const char *v = js_text(js_get(merge, key->merge[i]));

		if (v == NULL) {
			buf_release(&text);
			return err_set(err, ERR_DATA,
				"'%.200s' in 'key' is not text", key->merge[i]);
		}
		if (i > 0)
			buf_addc(&text, '/');
		for (; *v != '\0'; v++)
			if (key->nmerge > 1 && (*v == '/' || *v == '%'))
				buf_adds(&text, *v == '/' ? "%2F" : "%25");
			else
				buf_addc(&text, *v);
	}
	key->file.member = arena_strdup(a, text.data);
	buf_release(&text);
	return 0;
}

int maker_read_key(struct arena *a, const struct js *key, struct maker_key *out,
	struct err *err)
{
	const struct js *concat = js_get(key, "concat");
	const struct js *merge = js_get(key, "merge");

	*out = (struct maker_key){ .file.member = "" };
	if (js_type(key) != JS_OBJECT)
		return err_set(err, ERR_DATA, "no member 'key'");
	out->nconcat = sorted_names(a, concat, &out->concat);
	out->nmerge = sorted_names(a, merge, &out->merge);
	if (read_place(concat, out, err) < 0)
		return -1;
	return read_member(a, merge, out, err);
}

int schema_read_key(struct arena *a, const struct js *rec,
	struct spread_key *out, struct err *err)
{
	struct maker_key key;

	if (maker_read_key(a, js_get(rec, "key"), &key, err) < 0)
		return -1;
	*out = key.file;
	return 0;
}

unsigned schema_dims(struct arena *a, const struct schema *s,
	enum fact_kind kind, const char ***names)
{
	const struct fact *f =
		schema_find(s, (struct fact_key){ "", kind, "" });
	const char *text = f ? f->answers[0]->value : "null";
	struct err err = ERR_INIT;
	const struct js *v = js_parse(a, text, strlen(text), &err);
	unsigned n = (unsigned)js_count(v);

	*names = ARENA_NEW(a, const char *, n + 1);
	if (js_text(v) != NULL) {
		(*names)[0] = js_text(v);
		return 1;
	}
	for (unsigned i = 0; i < n; i++)
		(*names)[i] = js_text(js_at(v, i));
	return n;
}

/* The next of the values that a member is made of, decoded. */
static const char *next_value(struct arena *a, const char **rest)
{
	size_t len = strcspn(*rest, "/"), n = 0;
	char *out = arena_strndup(a, *rest, len);

	*rest += len + ((*rest)[len] == '/');
	for (size_t i = 0; i < len; i++, n++)
		if (str_starts(out + i, "%2F") || str_starts(out + i, "%25")) {
			out[n] = out[i + 2] == 'F' ? '/' : '%';
			i += 2;
		} else {
			out[n] = out[i];
		}
	out[n] = '\0';
	return out;
}

const char *schema_key_text(struct arena *a, const struct schema *s,
	struct spread_key key)
{
	const char **names, *rest = key.member;
	const char *text = "";
	uint64_t at[PLACE_MAX_DIMS];
	unsigned nplace = place_unpack(key.position, at);
	unsigned n = schema_dims(a, s, FACT_CONCAT, &names);

	for (unsigned i = 0; i < n && i < nplace; i++)
		text = arena_printf(a, "%s%s%.100s=%llu", text,
			*text ? " " : "", names[i], (unsigned long long)at[i]);
	n = schema_dims(a, s, FACT_MERGE, &names);
	for (unsigned i = 0; i < n; i++)
		text = arena_printf(a, "%s%s%.100s=%.100s", text,
			*text ? " " : "", names[i],
			n == 1 ? key.member : next_value(a, &rest));
	return *text ? text : "the only file";
}

/* The URL of file k, if answer is sure of it. */
static const char *url_of(const struct answer *answer, struct spread_key k)
{
	if (spread_key_compare(spread_first(&answer->files), k) == 0)
		return answer->first.text;
	if (spread_key_compare(spread_last(&answer->files), k) == 0)
		return answer->last.text;
	return NULL;
}

const char *schema_url(struct arena *a, const struct schema *s,
	struct spread_key k)
{
	for (size_t i = 0; i < s->n; i++)
		for (size_t j = 0; j < s->facts[i].n; j++) {
			const char *url = url_of(s->facts[i].answers[j], k);

			if (url != NULL)
				return url;
		}
	return s->namer ? s->namer->url(s->namer->state, a, k) : NULL;
}

const char *schema_file_text(struct arena *a, const struct schema *s,
	struct spread_key k)
{
	const char *url = schema_url(a, s, k), *key = schema_key_text(a, s, k);

	return url ? arena_printf(a, "%s, '%.200s'", key, url) : key;
}
