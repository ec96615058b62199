/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An override is put into the tree before the tree is checked, so that there is
 * one set of rules for both.  Containers on its way are copied first: an alias
 * may have them in two places.
 */
#include "recipe/recipe_source.h"

#include <string.h>

#include "base/str.h"

static const char *const sections[] = { "target", "fetch", "run", NULL };

static struct recipe_override *add_override(struct recipe_source *src,
	const struct js *parent, const char *name, const char *text)
{
	struct recipe_override *o;

	src->overrides = arena_grow(src->arena, src->overrides, src->n,
		&src->cap, sizeof(*o));
	o = &src->overrides[src->n++];
	*o = (struct recipe_override){ .parent = parent,
		.name = name,
		.text = text };
	return o;
}

/* A copy of obj, one level deep, known to stand where obj does. */
static struct js *copy_object(struct recipe_source *src, const struct js *obj)
{
	struct js *copy = js_new_object(src->arena);

	for (void *it = js_first(obj); it; it = js_next(obj, it))
		js_set(copy, js_name(it), js_member(it));
	yaml_places_copy(&src->doc.places, obj, copy);
	for (size_t i = 0; i < src->n; i++) {
		yaml_places_copy(&src->overrides[i].places, obj, copy);
		if (src->overrides[i].parent == obj)
			src->overrides[i].parent = copy;
	}
	return copy;
}

/* The object below obj under that name, ready to be changed. */
static struct js *enter(struct recipe_source *src, struct js *obj,
	const char *name, const char *text)
{
	struct js *child = js_get(obj, name);

	if (child == NULL) {
		child = js_new_object(src->arena);
		add_override(src, obj, name, text);
	} else if (js_type(child) != JS_OBJECT) {
		return NULL;
	} else {
		child = copy_object(src, child);
	}
	js_set(obj, name, child);
	return child;
}

static int check_section(const char *name, bool whole, struct err *err)
{
	const char *near = str_nearest(name, sections);

	for (size_t i = 0; sections[i] != NULL; i++) {
		if (!str_eq(sections[i], name))
			continue;
		if (whole)
			return err_set(err, ERR_USAGE,
				"'%s' cannot be set as "
				"a whole; name a member, as in '%s.x=1'",
				name, name);
		return 0;
	}
	return err_set(err, ERR_USAGE,
		"'%.80s' cannot be set; members of "
		"'target', 'fetch' and 'run' can%s%s%s",
		name, near ? "; did you mean '" : "", near ? near : "",
		near ? "'?" : "");
}

/* path is "target.chunks.time"; it is cut up. */
static int put_value(struct recipe_source *src, char *path, const char *text,
	const struct yaml_doc *value, struct err *err)
{
	struct js *obj = src->doc.root;
	char *dot = strchr(path, '.');

	if (dot != NULL)
		*dot = '\0';
	if (check_section(path, dot == NULL || dot[1] == '\0', err) < 0)
		return -1;
	for (; dot != NULL; dot = strchr(path, '.')) {
		*dot = '\0';
		obj = enter(src, obj, path, text);
		if (obj == NULL)
			return err_set(err, ERR_USAGE,
				"'%.80s' is not a "
				"mapping, so it has no members",
				path);
		path = dot + 1;
	}
	js_set(obj, path, value->root);
	add_override(src, obj, path, text)->places = value->places;
	return 0;
}

static int apply(struct recipe_source *src, const char *set, struct err *err)
{
	const char *equals = strchr(set, '=');
	struct yaml_text in = { .name = "value" };
	struct yaml_doc value;

	if (equals == NULL)
		return err_set(err, ERR_USAGE, "no '='; write MEMBER=VALUE");
	in.text = equals + 1;
	in.len = strlen(in.text);
	if (yaml_parse(src->arena, &in, &value, err) < 0) {
		err->kind = ERR_USAGE;
		return -1;
	}
	return put_value(src,
		arena_strndup(src->arena, set, (size_t)(equals - set)), set,
		&value, err);
}

int recipe_source_read(struct arena *a, const struct yaml_text *in,
	const struct opt_list *sets, struct recipe_source *out, struct err *err)
{
	*out = (struct recipe_source){ .arena = a };
	if (yaml_parse(a, in, &out->doc, err) < 0)
		return -1;
	if (js_type(out->doc.root) != JS_OBJECT) {
		err_set(err, ERR_DATA,
			"a recipe is a mapping of members, as "
			"in 'name: demo'");
		return err_in(err, "%s:%u", in->name, out->doc.line);
	}
	for (size_t i = 0; sets != NULL && i < sets->n; i++)
		if (apply(out, sets->at[i], err) < 0)
			return err_in(err, "--set %.200s", sets->at[i]);
	return 0;
}

static unsigned line_in(const struct yaml_places *places,
	const struct recipe_place *at)
{
	if (at->name != NULL)
		return yaml_member_line(places, at->parent, at->name);
	return yaml_element_line(places, at->parent, at->i);
}

const char *recipe_source_where(const struct recipe_source *src,
	const struct recipe_place *at, enum err_kind *kind)
{
	unsigned line;

	*kind = ERR_USAGE;
	for (size_t i = src->n; i > 0; i--) {
		const struct recipe_override *o = &src->overrides[i - 1];

		if ((at->name != NULL && o->parent == at->parent &&
			    str_eq(o->name, at->name)) ||
			line_in(&o->places, at) != 0)
			return arena_printf(src->arena, "--set %.200s",
				o->text);
	}
	*kind = ERR_DATA;
	line = line_in(&src->doc.places, at);
	if (line == 0)
		return NULL;
	return arena_printf(src->arena, "%s:%u", src->doc.name, line);
}
