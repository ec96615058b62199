/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the numbers of a variable mean, as facts: packing (type, scale, offset and
 * sign are one thing and never looked at apart), the values that mean missing,
 * and the type that unpacked values have.  The last could be drawn from the
 * first, but is kept for all files where the first may be many.
 */
#include "schema/schema_maker.h"

#include "base/str.h"
#include "model/encoding.h"
#include "model/timecode.h"

static bool is_float32(const struct variable *v, const char *attr)
{
	const char *name = js_get_text(v->attr_dtypes, attr);

	if (js_get(v->attrs, attr) == NULL)
		return true;
	return name != NULL && str_eq(name, "float32");
}

/* CF conventions 1.11, section 8.1: the type of the attributes, which is wide
 * enough for what is packed. */
static struct dtype unpacked_dtype(const struct variable *v,
	const struct encoding *e)
{
	struct dtype t = encoding_dtype(e, v->table.dtype);

	if (!e->packed)
		return t;
	if (t.size <= (dtype_is_float(t) ? 4 : 2) &&
		is_float32(v, "scale_factor") && is_float32(v, "add_offset"))
		return dtype_of(DTYPE_FLOAT32);
	return dtype_of(DTYPE_FLOAT64);
}

/* A scale of 1 and an offset of 0 are no packing. */
static bool is_identity(const struct encoding *e)
{
	return !(
		e->scale < 1 || e->scale > 1 || e->offset < 0 || e->offset > 0);
}

static struct js *packing_of(struct arena *a, const struct encoding *e,
	struct dtype t)
{
	struct js *obj, *out = js_new_object(a);
	struct encoding alone = *e;
	char name[16];

	alone.nmissing = 0;
	alone.time = NULL;
	obj = encoding_to_json(a, &alone, t);
	js_set_text(out, "dtype", dtype_name(t, name));
	for (void *it = js_first(obj); it; it = js_next(obj, it))
		js_set(out, js_name(it), js_member(it));
	return out;
}

/* What cannot be read as an encoding is compared as it stands. */
static struct js *unread(struct arena *a, const struct variable *v)
{
	static const char *const attrs[] = { "scale_factor", "add_offset",
		"_FillValue", "missing_value", "_Unsigned" };
	struct js *out = js_new_object(a);
	char name[16];

	js_set_text(out, "dtype", dtype_name(v->table.dtype, name));
	for (size_t i = 0; i < sizeof(attrs) / sizeof(*attrs); i++)
		if (js_get(v->attrs, attrs[i]) != NULL)
			js_set(out, attrs[i], js_get(v->attrs, attrs[i]));
	return out;
}

/* Units that timecode cannot read are units like any others; months are, unless
 * the recipe says how long they are. */
static void add_time(struct maker *m, const struct dataset *ds,
	const struct variable *v)
{
	struct fact_key key = { v->name, FACT_TIME, "" };
	struct dataset_time time;
	struct err ignored = ERR_INIT;
	struct timecode t;
	bool months;

	if (dtype_is_text(v->table.dtype) || !dataset_time(ds, v, &time))
		return;
	months = timecode_needs_months(time.units, time.calendar);
	if (timecode_parse(time.units, time.calendar, months, &t, &ignored) < 0)
		return;
	key.kind = months ? FACT_MONTHS : FACT_TIME;
	m->answer.grid.step = t.unit;
	m->answer.grid.phase = (int64_t)(t.epoch % t.unit);
	if (m->answer.grid.phase < 0)
		m->answer.grid.phase += t.unit;
	maker_add(m, key,
		js_new_text(m->schema->arena, calendar_name(t.calendar)), NULL);
	m->answer.grid.step = 0;
}

static void add_meaning(struct maker *m, const struct variable *v,
	struct js *packing, struct js *missing)
{
	struct js *obj = js_new_object(m->schema->arena);

	js_set(obj, "packing", packing);
	if (missing != NULL)
		js_set(obj, "missing", missing);
	if (js_get(v->attrs, "units") != NULL)
		js_set(obj, "units", js_get(v->attrs, "units"));
	maker_add(m, (struct fact_key){ v->name, FACT_MEANING, "" }, obj, NULL);
}

void maker_add_values(struct maker *m, const struct dataset *ds,
	const struct variable *v, bool repeated)
{
	struct fact_key key = { v->name, FACT_PACKING, "" };
	struct arena *a = m->schema->arena;
	struct js *packing, *missing = NULL;
	struct dtype t = v->table.dtype;
	struct err ignored = ERR_INIT;
	struct encoding e;
	bool read = !dtype_is_text(t) &&
		encoding_of_attrs(v->attrs, t, &e, &ignored) == 0;
	char name[16];

	add_time(m, ds, v);
	if (read && e.packed && is_identity(&e))
		e.packed = false;
	packing = read ? packing_of(a, &e, t) : unread(a, v);
	maker_add(m, key, packing, NULL);
	if (read)
		missing = js_get(encoding_to_json(a, &e, t), "missing");
	if (repeated)
		add_meaning(m, v, packing, missing);
	if (!read)
		return;
	key.kind = FACT_MISSING;
	maker_add(m, key, missing ? missing : js_new_list(a), NULL);
	if (!e.packed && e.sign == ENCODING_SIGN_OWN)
		return;
	key.kind = FACT_UNPACKED;
	maker_add(m, key,
		js_new_text(a, dtype_name(unpacked_dtype(v, &e), name)), NULL);
}
