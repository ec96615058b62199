/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names of the dimensions are facts like others, so that a file can be
 * spoken of in the words of its recipe without keeping the keys.
 */
#include "model/schema.h"

#include <string.h>

#include "base/str.h"
#include "model/place.h"

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
