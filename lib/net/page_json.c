/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What nginx writes with "autoindex_format json": a list of objects with name,
 * type ("file", "directory" or "other"), mtime (an HTTP date) and size.
 */
#include "base/clock.h"
#include "base/str.h"
#include "net/http.h"
#include "net/page_readers.h"
#include "record/json.h"

static int add_entry(const struct page *p, struct page_links *out,
	const struct js *entry, struct err *err)
{
	const char *name = js_get_text(entry, "name");
	const char *type = js_get_text(entry, "type");
	const char *mtime = js_get_text(entry, "mtime");
	struct page_link *link;
	char modified[CLOCK_TEXT];

	if (name == NULL || type == NULL)
		return err_set(err, ERR_DATA,
			"not a listing: a JSON index has a 'name' and a 'type' "
			"of each file");
	if (str_eq(type, "directory"))
		name = arena_printf(out->arena, "%s/", name);
	else if (!str_eq(type, "file"))
		return 0;
	link = page_add_name(p, out, name);
	if (link == NULL || link->kind == PAGE_FOLDER)
		return 0;
	(void)js_u64(js_get(entry, "size"), &link->size);
	if (mtime != NULL && http_date(mtime) >= 0) {
		clock_text(http_date(mtime), 0, modified);
		link->modified = arena_strdup(out->arena, modified);
	}
	return 0;
}

int page_read_json(const struct page *p, struct page_links *out,
	struct err *err)
{
	const struct js *list =
		js_parse(out->arena, p->text->data, p->text->len, err);

	if (list == NULL)
		return err_in(err, "not a listing");
	for (size_t i = 0; i < js_count(list); i++)
		if (add_entry(p, out, js_at(list, i), err) < 0)
			return -1;
	return 0;
}
