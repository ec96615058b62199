/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A decision is kept as JSON from the start: it is made once, read by people and
 * other programs, and nothing here acts upon it.
 */
#include "layout/decision.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "record/json_write.h"

enum { MAX_EXAMPLES = 3, MAX_SHOWN = 60 };

/* The first runs of the first members. */
static struct js *examples(struct arena *a, const struct spread *files)
{
	struct js *out = js_new_object(a), *all = spread_to_json(a, files);

	for (void *it = js_first(all); it; it = js_next(all, it)) {
		struct js *some = js_new_list(a);

		if (js_count(out) == MAX_EXAMPLES)
			break;
		for (size_t i = 0; i < MAX_EXAMPLES; i++)
			if (i < js_count(js_member(it)))
				js_add(some, js_at(js_member(it), i));
		js_set(out, js_name(it), some);
	}
	return out;
}

static struct js *value_entry(struct arena *a, const struct answer *x,
	bool many)
{
	struct js *out = js_new_object(a);
	struct err err = ERR_INIT;
	struct js *v = js_parse(a, x->value, strlen(x->value), &err);

	js_set(out, "value", v ? v : js_new_null(a));
	if (x->dtype != NULL)
		js_set_text(out, "dtype", x->dtype);
	if (!many)
		js_set_u64(out, "files", spread_count(&x->files));
	js_set_text(out, "first", x->first.text);
	if (!many)
		js_set_text(out, "last", x->last.text);
	js_set(out, "examples", examples(a, &x->files));
	return out;
}

static int by_first_file(const void *x, const void *y)
{
	const struct answer *const *a = x, *const *b = y;
	int c = spread_key_compare(spread_first(&(*a)->files),
		spread_first(&(*b)->files));

	return c ? c : strcmp((*a)->value, (*b)->value);
}

static struct js *value_list(struct arena *a, const struct fact *f)
{
	const struct answer **at = ARENA_NEW(a, const struct answer *, f->n);
	struct js *list = js_new_list(a);

	for (size_t i = 0; i < f->n; i++)
		at[i] = f->answers[i];
	if (f->n > 1)
		qsort(at, f->n, sizeof(*at), by_first_file);
	for (size_t i = 0; i < f->n && i < SCHEMA_VALUES; i++)
		js_add(list, value_entry(a, at[i], f->many));
	return list;
}

struct spread_key decision_file(const struct fact *f)
{
	const struct answer *x = fact_first(f, NULL);
	const struct answer *y = fact_first(f, x);

	return spread_first(y ? &y->files : &x->files);
}

static struct spread_key file_of(const struct decision *d)
{
	if (d->at != NULL)
		return *d->at;
	return d->fact ? decision_file(d->fact) : (struct spread_key){ "", 0 };
}

static void append(struct arena *a, struct decision_list *list,
	struct decision_told told)
{
	list->told = arena_grow(a, list->told, list->n, &list->cap,
		sizeof(*list->told));
	list->told[list->n++] = told;
}

void decision_add(struct arena *a, struct decision_list *list,
	const struct decision *d)
{
	struct js *entry = js_new_object(a);
	struct spread files = { 0 };

	js_set_text(entry, "what", d->what);
	if (*d->var != '\0')
		js_set_text(entry, "var", d->var);
	if (*d->name != '\0')
		js_set_text(entry, "name", d->name);
	js_set_text(entry, "decided", d->decided);
	if (d->policy != NULL)
		js_set_text(entry, "policy", d->policy);
	if (d->fact != NULL) {
		fact_files(a, d->fact, &files);
		js_set_u64(entry, "files", spread_count(&files));
		js_set(entry, "values", value_list(a, d->fact));
		js_set(entry, "more",
			js_new_bool(a,
				d->fact->many || d->fact->n > SCHEMA_VALUES));
	} else if (d->files != NULL) {
		js_set_u64(entry, "files", spread_count(d->files));
		js_set(entry, "examples", examples(a, d->files));
	}
	append(a, list, (struct decision_told){ file_of(d), list->n, entry });
}

static const char *get(const struct js *entry, const char *name)
{
	const char *s = js_get_text(entry, name);

	return s ? s : "";
}

static int by_file(const void *x, const void *y)
{
	const struct decision_told *a = x, *b = y;
	int c = spread_key_compare(a->at, b->at);

	return c ? c : (a->n > b->n) - (a->n < b->n);
}

struct js *decision_sorted(struct arena *a, struct decision_list *list)
{
	struct js *out = js_new_list(a);

	if (list->n > 1)
		qsort(list->told, list->n, sizeof(*list->told), by_file);
	for (size_t i = 0; i < list->n; i++)
		js_add(out, list->told[i].entry);
	return out;
}

const char *decision_line(struct arena *a, const struct js *entry)
{
	const char *var = get(entry, "var"), *name = get(entry, "name");
	const char *text = get(entry, "what");
	uint64_t files = 0;

	if (*name != '\0')
		text = arena_printf(a, "%s '%.200s'", text, name);
	if (*var != '\0')
		text = arena_printf(a, "%s of variable '%.200s'", text, var);
	if (js_get(entry, "values") != NULL &&
		js_u64(js_get(entry, "files"), &files))
		text = arena_printf(a, "%s differs in %llu files", text,
			(unsigned long long)files);
	return arena_printf(a, "%s: %s", text, get(entry, "decided"));
}

static void report_value(struct buf *out, const struct js *v)
{
	const char *dtype = js_get_text(v, "dtype");
	struct buf text = BUF_INIT;
	uint64_t files = 0;

	js_write(&text, js_get(v, "value"), JS_RECORD);
	buf_addf(out, "    %.*s%s", MAX_SHOWN, text.data,
		text.len > MAX_SHOWN ? ".." : "");
	buf_release(&text);
	if (dtype != NULL)
		buf_addf(out, " (%s)", dtype);
	if (!js_u64(js_get(v, "files"), &files))
		buf_addf(out, " first in '%s'\n", get(v, "first"));
	else if (files == 1)
		buf_addf(out, " in '%s'\n", get(v, "first"));
	else
		buf_addf(out, " in %llu files, '%s' to '%s'\n",
			(unsigned long long)files, get(v, "first"),
			get(v, "last"));
}

void decision_report(struct buf *out, const struct js *entry)
{
	struct arena a = ARENA_INIT;
	const struct js *values = js_get(entry, "values");
	const char *policy = js_get_text(entry, "policy");
	bool more = false;

	buf_addf(out, "%s%s%s%s\n", decision_line(&a, entry),
		policy ? " (" : "", policy ? policy : "", policy ? ")" : "");
	for (size_t i = 0; i < js_count(values); i++)
		report_value(out, js_at(values, i));
	if (js_bool(js_get(entry, "more"), &more) && more)
		buf_adds(out, "    and more values\n");
	arena_release(&a);
}
