/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stated packing is read into the encoding that it is, so that nobody after
 * this looks at names of attributes again.  Floats were refused as its type:
 * what is not packed is what 'unpack' makes.
 */
#include "recipe/recipe_packing.h"

#include <stddef.h>

#include "base/str.h"

static const char *const words[] = { "unpack", "repack", "error", NULL };
static const char *const dtypes[] = { "int8", "int16", "int32", "int64",
	"uint8", "uint16", "uint32", "uint64", NULL };

struct stated {
	const char *dtype;
	struct js *scale, *offset, *fill;
};

static int read_number(const struct reading *rd, const struct spot *at,
	const struct member *m, void *field)
{
	enum js_type t = js_type(at->value);

	if (t != JS_INT && t != JS_REAL)
		return spot_wants(rd, at, "a number");
	return member_any(rd, at, m, field);
}

#define STATED(field) .offset = offsetof(struct stated, field)

static const struct member stated_members[] = {
	{ "dtype", member_choice, STATED(dtype), .required = true,
		.words = dtypes },
	{ "scale_factor", read_number, STATED(scale) },
	{ "add_offset", read_number, STATED(offset) },
	{ "_FillValue", read_number, STATED(fill) },
	MEMBER_END,
};

static int read_stated(const struct reading *rd, const struct spot *at,
	struct recipe_packing_of *out)
{
	const struct spot fill = spot_member(at, "_FillValue");
	struct js *obj = js_new_object(rd->arena);
	struct js *missing = js_new_list(rd->arena);
	struct stated s = { .dtype = NULL };
	uint8_t bytes[8];

	if (members_read(rd, at, stated_members, &s) < 0)
		return -1;
	if (!dtype_parse(s.dtype, &out->dtype))
		return spot_fail(rd, at, "has no type");
	if (s.fill != NULL && !dtype_value_bytes(out->dtype, s.fill, bytes))
		return spot_fail(rd, &fill, "must be a number that %s holds",
			s.dtype);
	if (s.fill != NULL)
		js_add(missing, s.fill);
	js_set(obj, "missing", missing);
	if (s.scale != NULL)
		js_set(obj, "scale_factor", s.scale);
	if (s.offset != NULL)
		js_set(obj, "add_offset", s.offset);
	return encoding_from_json(obj, out->dtype, &out->encoding, rd->err) <
			0 ?
		spot_in(rd, at) :
		0;
}

static int read_one(const struct reading *rd, const struct spot *at,
	struct recipe_packing *p)
{
	const struct member choice = { .words = words };
	struct recipe_packing_of *x = &p->of[p->n];

	if (str_eq(at->name, "*"))
		return member_choice(rd, at, &choice, &p->rest);
	*x = (struct recipe_packing_of){ .name = at->name, .text = at->value };
	p->n++;
	if (js_type(at->value) == JS_OBJECT)
		return read_stated(rd, at, x);
	if (js_type(at->value) == JS_TEXT)
		return member_choice(rd, at, &choice, &x->word);
	return spot_wants(rd, at,
		"'unpack', 'repack', 'error', or a mapping that states a "
		"packing");
}

int recipe_packing_read(const struct reading *rd, const struct spot *at,
	const struct member *m, void *field)
{
	const struct member choice = { .words = words };
	struct recipe_packing *p = field;

	(void)m;
	if (js_type(at->value) == JS_TEXT)
		return member_choice(rd, at, &choice, &p->rest);
	if (js_type(at->value) != JS_OBJECT)
		return spot_wants(rd, at,
			"'unpack', 'repack', 'error', or a mapping of "
			"variables");
	p->of = ARENA_NEW(rd->arena, struct recipe_packing_of,
		js_count(at->value) + 1);
	for (void *it = js_first(at->value); it; it = js_next(at->value, it)) {
		const struct spot one = spot_member(at, js_name(it));

		if (read_one(rd, &one, p) < 0)
			return -1;
	}
	return 0;
}

struct js *recipe_packing_to_json(struct arena *a,
	const struct recipe_packing *p)
{
	struct js *obj = js_new_object(a);

	if (p->n == 0)
		return js_new_text(a, p->rest);
	for (size_t i = 0; i < p->n; i++)
		js_set(obj, p->of[i].name, p->of[i].text);
	js_set_text(obj, "*", p->rest);
	return obj;
}

const struct recipe_packing_of *recipe_packing_find(
	const struct recipe_packing *p, const char *var)
{
	for (size_t i = 0; i < p->n; i++)
		if (str_eq(p->of[i].name, var))
			return &p->of[i];
	return NULL;
}
