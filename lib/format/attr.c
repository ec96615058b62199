/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text is taken as UTF-8 if it is that, and as ISO-8859-1 otherwise, which
 * can't fail and is what old files mean.  Refusing the file was no choice: a
 * degree sign in a comment would stop an archive.
 */
#include "format/attr.h"

#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "base/str.h"

struct attrs attrs_new(struct arena *a)
{
	return (struct attrs){ .arena = a,
		.values = js_new_object(a),
		.dtypes = js_new_object(a) };
}

static void add_latin1(struct buf *out, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c < 0x80) {
			buf_addc(out, (char)c);
			continue;
		}
		buf_addc(out, (char)(0xc0 | c >> 6));
		buf_addc(out, (char)(0x80 | (c & 0x3f)));
	}
}

static struct js *text_of(struct arena *a, const char *name, const char *s,
	size_t len)
{
	struct buf kept = BUF_INIT, text = BUF_INIT;
	struct js *v;

	for (size_t i = 0; i < len; i++)
		if (s[i] != '\0')
			buf_addc(&kept, s[i]);
	if (kept.len == 0 || str_is_utf8(kept.data, kept.len)) {
		v = js_new_text(a, kept.len == 0 ? "" : kept.data);
	} else {
		log_info("attribute '%s' is not UTF-8, read as ISO-8859-1",
			name);
		add_latin1(&text, kept.data, kept.len);
		v = js_new_text(a, text.data);
	}
	buf_release(&kept);
	buf_release(&text);
	return v;
}

void attrs_add_text(struct attrs *to, const char *name, const char *text,
	size_t len)
{
	js_set(to->values, name, text_of(to->arena, name, text, len));
}

void attrs_add_texts(struct attrs *to, const char *name, char *const *texts,
	size_t n)
{
	struct js *list = js_new_list(to->arena);

	for (size_t i = 0; i < n; i++) {
		const char *s = texts[i] != NULL ? texts[i] : "";

		js_add(list, text_of(to->arena, name, s, strlen(s)));
	}
	js_set(to->values, name, n == 1 ? js_at(list, 0) : list);
}

void attrs_add_numbers(struct attrs *to, const char *name, struct dtype t,
	const void *values, size_t n)
{
	struct js *list = js_new_list(to->arena);
	const uint8_t *p = values;
	char type[16];

	for (size_t i = 0; i < n; i++)
		js_add(list, dtype_bytes_value(to->arena, t, p + i * t.size));
	js_set(to->values, name, n == 1 ? js_at(list, 0) : list);
	js_set_text(to->dtypes, name, dtype_name(t, type));
}

int attr_check_name(const char *what, const char *name, struct err *err)
{
	if (*name == '\0' || !str_is_utf8(name, strlen(name)))
		return err_set(err, ERR_DATA, "corrupt: the name of a %s is %s",
			what, *name == '\0' ? "empty" : "not UTF-8");
	return 0;
}

bool attr_is_hidden(const char *name)
{
	static const char *const hidden[] = {
		"REFERENCE_LIST",
		"CLASS",
		"DIMENSION_LIST",
		"NAME",
		"_Netcdf4Dimid",
		"_Netcdf4Coordinates",
		"_nc3_strict",
		"_NCProperties",
	};

	if (strncasecmp(name, "_nc", 3) == 0)
		return true;
	for (size_t i = 0; i < sizeof(hidden) / sizeof(*hidden); i++)
		if (str_eq(name, hidden[i]))
			return true;
	return false;
}
