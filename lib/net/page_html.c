/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whatever an index looks like, its files are its links, so the tables and
 * lists around them are not read, and neither are the sizes there, which are
 * rounded.  Links to sort the table have a query, and that to the parent leads
 * up: neither is below the page.
 */
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "net/link.h"
#include "net/markup.h"
#include "net/page_readers.h"

enum { TAIL = 4096 };

struct reader {
	const struct page *page;
	struct page_links *out;
	const char *base, *folder;
	struct arena scratch; /* for one link */
};

static void add_href(struct reader *r, const char *href)
{
	struct arena *a = &r->scratch;
	bool odd;
	const char *name =
		link_below(a, r->folder, link_resolve(a, r->base, href), &odd);

	if (name != NULL)
		page_add_name(r->page, r->out, name);
	else if (odd)
		page_add_odd(r->out, href);
	else
		r->out->away++;
	arena_reset(a);
}

static int on_start(void *state, const char *name, const char **attrs,
	struct err *err)
{
	struct reader *r = state;
	const char *href = markup_attr(attrs, "href");

	(void)err;
	if (href == NULL)
		return 0;
	if (str_eq(name, "base"))
		r->base = link_resolve(r->out->arena, r->base, href);
	else if (str_eq(name, "a"))
		add_href(r, href);
	return 0;
}

/* A page that says where it begins says where it ends. */
static bool is_cut(const struct buf *text)
{
	size_t tail = text->len > TAIL ? text->len - TAIL : 0;

	return page_has_word(text->data, text->len, "<html") &&
		!page_has_word(text->data + tail, TAIL, "</html");
}

/* "/data" is answered with the page of "/data/", and its links would be taken for
 * those of "/". */
static bool is_folder(const char *url)
{
	const char *path = url + strcspn(url, "?#");

	return path[-1] == '/' ||
		(path - url > 4 && strncasecmp(path - 4, ".htm", 4) == 0) ||
		(path - url > 5 && strncasecmp(path - 5, ".html", 5) == 0);
}

int page_read_html(const struct page *p, struct page_links *out,
	struct err *err)
{
	struct reader r = { .page = p, .out = out, .base = p->url };
	const struct markup m = { .start = on_start, .state = &r };
	int result;

	if (!is_folder(p->url))
		return err_set(err, ERR_DATA,
			"the URL of an index must end in '/'");
	if (is_cut(p->text))
		return err_set(err, ERR_TEMP, "the end of the page is missing");
	r.folder = link_folder(out->arena, p->url);
	result = markup_read_html(&m, p->text->data, p->text->len, err);
	arena_release(&r.scratch);
	return result;
}
