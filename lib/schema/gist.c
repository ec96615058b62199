/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whatever is unusual (a member twice, a name with escapes) is left to the
 * parser, which knows what to say of it.  So nothing here need be said, and a
 * record that is wrong is refused in one place.
 */
#include "schema/gist.h"

#include <string.h>

/* A member that may come once: where its value goes. */
struct slot {
	const char *name;
	struct span *value;
};

static const struct slot *find_slot(const struct slot *slots, size_t n,
	struct span name)
{
	for (size_t i = 0; i < n; i++)
		if (span_is(name, slots[i].name))
			return &slots[i];
	return NULL;
}

static bool fill_slot(const struct slot *slot, const struct scan_member *m)
{
	if (slot->value->text != NULL)
		return false;
	*slot->value = m->value;
	return true;
}

/* The text of a value that is one without escapes, or none. */
static struct span plain_text(struct span value)
{
	if (value.len < 2 || *value.text != '"' || span_escaped(value))
		return (struct span){ NULL, 0 };
	return (struct span){ value.text + 1, value.len - 2 };
}

static bool read_attrs(struct gist_var *v, struct span attrs)
{
	static const char *const names[] = { "bounds", "climatology" };
	struct scan_member m;
	struct scan s;

	for (scan_begin(&s, attrs); scan_next(&s, &m);) {
		if (span_escaped(m.name))
			return false;
		for (unsigned i = 0; i < 2; i++) {
			if (!span_is(m.name, names[i]))
				continue;
			if (span_escaped(m.value))
				return false;
			v->bounds[i] = plain_text(m.value);
		}
	}
	return scan_is_whole(&s);
}

static bool read_var(struct gist_var *v, const struct scan_member *from)
{
	/* No fact is made of where the chunks lie. */
	const struct slot slots[] = { { "data", &v->data },
		{ "range", &v->range }, { "refs", &v->refs },
		{ "inline", &v->inlined }, { "digest", &v->digest } };
	const size_t n = sizeof(slots) / sizeof(*slots);
	struct scan_member m;
	struct scan s;

	*v = (struct gist_var){ .name = from->name };
	if (span_escaped(from->name))
		return false;
	for (scan_begin(&s, from->value); scan_next(&s, &m);) {
		const struct slot *slot = find_slot(slots, n, m.name);

		if (span_escaped(m.name) || (slot && !fill_slot(slot, &m)))
			return false;
		if (slot != NULL)
			continue;
		if (span_is(m.name, "attrs") && !read_attrs(v, m.value))
			return false;
		if (v->nmembers == GIST_MEMBERS)
			return false;
		v->members[v->nmembers++] = m;
	}
	return scan_is_whole(&s);
}

static bool is_new(const struct gist *g, struct span name)
{
	for (unsigned i = 0; i < g->nvars; i++)
		if (span_equal(g->vars[i].name, name))
			return false;
	return true;
}

static bool read_vars(struct gist *g, struct span vars)
{
	struct scan_member m;
	struct scan s;

	for (scan_begin(&s, vars); scan_next(&s, &m); g->nvars++)
		if (g->nvars == GIST_VARS || !is_new(g, m.name) ||
			!read_var(&g->vars[g->nvars], &m))
			return false;
	return scan_is_whole(&s);
}

bool gist_read(struct gist *g, struct span line)
{
	struct span none = { NULL, 0 }, facts = none, vars = none;
	const struct slot slots[] = {
		{ "key", &g->key },
		{ "url", &g->url },
		{ "format", &g->format },
		{ "dims", &g->dims },
		{ "attrs", &g->attrs },
		{ "attr_dtypes", &g->attr_dtypes },
		{ "vars", &vars },
		{ "file", &g->file },
		{ "facts", &facts },
	};
	const size_t wanted = 7; /* the first */
	const size_t n = sizeof(slots) / sizeof(*slots);
	struct scan_member m;
	struct scan s;

	g->nvars = 0;
	for (size_t i = 0; i < n; i++)
		*slots[i].value = none;
	for (scan_begin(&s, line); scan_next(&s, &m);) {
		const struct slot *slot = find_slot(slots, n, m.name);

		if (span_escaped(m.name) || (slot && !fill_slot(slot, &m)))
			return false;
	}
	if (!scan_is_whole(&s) || facts.text != NULL)
		return false;
	for (size_t i = 0; i < wanted; i++)
		if (slots[i].value->text == NULL)
			return false;
	return read_vars(g, vars);
}

static void add_member(struct buf *out, const char *before,
	const struct scan_member *m)
{
	buf_adds(out, before);
	buf_addc(out, '"');
	buf_add(out, m->name.text, m->name.len);
	buf_adds(out, "\":");
	buf_add(out, m->value.text, m->value.len);
}

static void add_var(struct buf *out, const char *before,
	const struct gist_var *v, bool with_digest)
{
	const struct scan_member digest = { { "digest", 6 }, v->digest };

	buf_adds(out, before);
	buf_addc(out, '"');
	buf_add(out, v->name.text, v->name.len);
	buf_adds(out, "\":{");
	for (unsigned i = 0; i < v->nmembers; i++)
		add_member(out, i ? "," : "", &v->members[i]);
	if (with_digest && v->digest.text != NULL)
		add_member(out, v->nmembers ? "," : "", &digest);
	buf_addc(out, '}');
}

static void add_file(const struct gist *g, struct buf *out)
{
	const struct scan_member format = { { "format", 6 }, g->format };
	const struct scan_member dims = { { "dims", 4 }, g->dims };

	add_member(out, "{", &format);
	add_member(out, ",", &dims);
}

void gist_group_text(const struct gist *g, struct buf *out)
{
	const struct scan_member attrs = { { "attrs", 5 }, g->attrs };
	const struct scan_member dtypes = { { "attr_dtypes", 11 },
		g->attr_dtypes };

	add_file(g, out);
	add_member(out, ",", &attrs);
	add_member(out, ",", &dtypes);
	buf_adds(out, ",\"vars\":{}}");
}

static bool bounds(const struct gist_var *v, const struct gist_var *of)
{
	for (unsigned i = 0; v != of && i < 2; i++)
		if (of->bounds[i].text != NULL &&
			span_equal(of->bounds[i], v->name))
			return true;
	return false;
}

static void var_text(const struct gist *g, unsigned i, bool with_digest,
	struct buf *out)
{
	const struct gist_var *v = &g->vars[i];

	add_file(g, out);
	buf_adds(out, ",\"attrs\":{},\"attr_dtypes\":{},\"vars\":{");
	add_var(out, "", v, with_digest);
	for (unsigned j = 0; j < g->nvars; j++)
		if (bounds(v, &g->vars[j]))
			add_var(out, ",", &g->vars[j], with_digest);
	buf_adds(out, "}}");
}

void gist_var_text(const struct gist *g, unsigned i, struct buf *out)
{
	var_text(g, i, true, out);
}

void gist_type_text(const struct gist *g, unsigned i, struct buf *out)
{
	var_text(g, i, false, out);
}
