/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A list of names was refused: it would be most of a record, and what a million
 * names have in common is all of them.
 */
#include "model/objects.h"

#include <inttypes.h>
#include <string.h>

#include "base/str.h"

void objects_name(const struct objects *o, unsigned ndim, const uint64_t *at,
	struct buf *out)
{
	buf_adds(out, o->prefix);
	for (unsigned i = 0; i < ndim; i++) {
		if (i > 0)
			buf_addc(out, o->separator);
		buf_addf(out, "%" PRIu64,
			o->per != NULL ? at[i] / o->per[i] : at[i]);
	}
}

bool objects_name_is_safe(const char *name)
{
	for (;;) {
		size_t n = strcspn(name, "/");

		if (n == 0 || (n == 1 && name[0] == '.') ||
			(n == 2 && name[0] == '.' && name[1] == '.'))
			return false;
		if (name[n] == '\0')
			return true;
		name += n + 1;
	}
}

struct js *objects_to_json(struct arena *a, const struct objects *o,
	unsigned ndim)
{
	const char separator[] = { o->separator, '\0' };
	struct js *obj = js_new_object(a), *per = js_new_list(a);

	js_set_text(obj, "prefix", o->prefix);
	js_set_text(obj, "separator", separator);
	if (o->per == NULL)
		return obj;
	for (unsigned i = 0; i < ndim; i++)
		js_add_u64(per, o->per[i]);
	js_set(obj, "per", per);
	return obj;
}

static bool read_per(struct arena *a, const struct js *list, unsigned ndim,
	struct objects *o)
{
	if (list == NULL)
		return true;
	if (js_type(list) != JS_LIST || js_count(list) != ndim)
		return false;
	o->per = ARENA_NEW(a, uint64_t, ndim);
	for (unsigned i = 0; i < ndim; i++)
		if (!js_u64(js_at(list, i), &o->per[i]) || o->per[i] == 0)
			return false;
	return true;
}

const struct objects *objects_from_json(struct arena *a, const struct js *v,
	unsigned ndim, struct err *err)
{
	struct objects *o = ARENA_NEW(a, struct objects, 1);
	const char *separator = js_get_text(v, "separator");
	uint64_t zero[64] = { 0 };
	struct buf name = BUF_INIT;
	bool ok;

	o->prefix = js_get_text(v, "prefix");
	ok = o->prefix != NULL && separator != NULL && ndim <= 64 &&
		(str_eq(separator, "/") || str_eq(separator, ".")) &&
		read_per(a, js_get(v, "per"), ndim, o);
	if (ok) {
		o->separator = separator[0];
		objects_name(o, ndim, zero, &name);
		ok = name.len > 0 && objects_name_is_safe(name.data);
	}
	buf_release(&name);
	if (ok)
		return o;
	err_set(err, ERR_DATA,
		"member 'objects' does not say what files in the folder are "
		"called");
	return NULL;
}
