/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One URL a line, blank lines and those with '#' apart; or NDJSON records with
 * a member "url".  Somebody chose these, so they may lead anywhere but to a
 * file of this machine: a list that comes over the network must not choose
 * what is read here.
 */
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "net/link.h"
#include "net/page_readers.h"
#include "net/url.h"
#include "record/json.h"

static int add_url(const struct page *p, struct page_links *out,
	const char *text, struct err *err)
{
	struct arena *a = out->arena;
	const char *full = link_resolve(a, p->url, text), *name;
	struct page_link *link;
	struct url url;
	bool odd;

	if (!link_is_plain(full, strlen(full)) ||
		url_parse(a, full, &url, err) < 0)
		return err_set(err, ERR_DATA, "not a listing: no URL");
	if (url.kind == URL_LOCAL)
		return err_set(err, ERR_DATA,
			"'%s' is a file of this machine, which a list from "
			"elsewhere cannot name",
			url_show(a, text));
	name = link_below(a, link_folder(a, p->url), full, &odd);
	link = page_add(out, PAGE_FILE);
	link->url = full;
	link->name = name ? name : full;
	return 0;
}

static int add_line(const struct page *p, struct page_links *out,
	const char *line, struct err *err)
{
	const struct js *rec;
	const char *url;

	if (*line != '{')
		return add_url(p, out, line, err);
	rec = js_parse(out->arena, line, strlen(line), err);
	if (rec == NULL)
		return -1;
	url = js_get_text(rec, "url");
	if (url == NULL)
		return err_set(err, ERR_DATA, "the record has no text 'url'");
	return add_url(p, out, url, err);
}

int page_read_text(const struct page *p, struct page_links *out,
	struct err *err)
{
	const char *s = p->text->data ? p->text->data : "";

	if (str_starts(s, "\xef\xbb\xbf")) /* a byte order mark */
		s += 3;
	for (size_t number = 1; *s != '\0'; number++) {
		size_t len = strcspn(s, "\n"), n = len;
		const char *line;

		while (n > 0 && strchr(" \t\r", s[n - 1]) != NULL)
			n--;
		line = arena_strndup(out->arena, s, n);
		line += strspn(line, " \t");
		if (*line != '\0' && *line != '#' &&
			add_line(p, out, line, err) < 0)
			return err_in(err, "line %zu", number);
		s += len + (s[len] == '\n');
	}
	return 0;
}
