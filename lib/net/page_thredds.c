/* SPDX-License-Identifier: Apache-2.0 */
/*
 * THREDDS Dataset Inventory Catalog, version 1.0: a dataset with urlPath is a
 * file at the base of the service of type HTTPServer plus that path, a
 * catalogRef another catalog.  The rules by which a dataset finds its services
 * (serviceName, inherited metadata) are not followed: one that names another
 * service has the same path in the HTTP service of all catalogs there are.
 */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "net/link.h"
#include "net/markup.h"
#include "net/page_readers.h"

enum { TEXT_MAX = 64 };

struct reader {
	const struct page *page;
	struct page_links *out;
	const char *base; /* of the HTTP service, absolute; NULL: none yet */
	size_t first;     /* link of this page */
	size_t open;      /* the file whose dataset was begun last */
	bool has_open;
	char text[TEXT_MAX]; /* of the element at hand */
	size_t len;
	const char *units; /* of its dataSize */
};

static int on_service(struct reader *r, const char **attrs, struct err *err)
{
	const char *type = markup_attr(attrs, "serviceType");
	const char *base = markup_attr(attrs, "base");
	struct arena *a = r->out->arena;
	const char *folder, *origin;
	bool odd;

	if (type == NULL || base == NULL || r->base != NULL ||
		(strcasecmp(type, "HTTPServer") != 0 &&
			strcasecmp(type, "HTTP") != 0))
		return 0;
	r->base = link_resolve(a, r->page->url, base);
	folder = link_folder(a, r->base);
	origin = link_resolve(a, r->page->url, "/");
	if (!str_ends(r->base, "/"))
		r->base = arena_printf(a, "%s/", r->base);
	if (strncasecmp(folder, origin, strlen(origin)) != 0)
		return err_set(err, ERR_DATA,
			"its files are at another host ('%.200s'): list them "
			"there",
			r->base);
	(void)odd;
	return 0;
}

/* The address is completed at the end, when the service is known. */
static void on_dataset(struct reader *r, const char **attrs)
{
	const char *path = markup_attr(attrs, "urlPath");
	struct page_link *link;

	if (path == NULL || *path == '\0')
		return;
	path += strspn(path, "/");
	if (!link_is_name(path, strlen(path)) || str_ends(path, "/")) {
		page_add_odd(r->out, path);
		return;
	}
	r->open = r->out->n;
	r->has_open = true;
	link = page_add(r->out, PAGE_FILE);
	link->name = arena_strdup(r->out->arena, path);
}

static void on_catalog(struct reader *r, const char **attrs)
{
	struct arena one = ARENA_INIT;
	const char *href = markup_attr(attrs, "href"), *url;
	struct page_link *link;
	bool odd;

	if (href == NULL)
		return;
	url = link_resolve(&one, r->page->url, href);
	if (link_below(&one, link_folder(&one, r->page->url), url, &odd)) {
		link = page_add(r->out, PAGE_FOLDER);
		link->url = arena_strdup(r->out->arena, url);
		link->name = "";
	} else {
		r->out->away++;
	}
	arena_release(&one);
}

static int on_start(void *state, const char *name, const char **attrs,
	struct err *err)
{
	struct reader *r = state;
	const char *units;

	r->len = 0;
	if (str_eq(name, "service"))
		return on_service(r, attrs, err);
	if (str_eq(name, "dataset") || str_eq(name, "access"))
		on_dataset(r, attrs);
	else if (str_eq(name, "catalogRef"))
		on_catalog(r, attrs);
	else if (str_eq(name, "dataSize")) {
		units = markup_attr(attrs, "units");
		r->units = arena_strdup(r->out->arena, units ? units : "bytes");
	}
	return 0;
}

static int on_text(void *state, const char *text, size_t len, struct err *err)
{
	struct reader *r = state;

	(void)err;
	if (r->len + len < TEXT_MAX) {
		memcpy(r->text + r->len, text, len);
		r->len += len;
	}
	return 0;
}

static int on_end(void *state, const char *name, struct err *err)
{
	struct reader *r = state;
	struct page_link *link = r->has_open ? &r->out->at[r->open] : NULL;

	(void)err;
	r->text[r->len] = '\0';
	if (link != NULL && str_eq(name, "dataSize") &&
		str_eq(r->units, "bytes"))
		(void)str_to_u64(r->text, &link->size);
	if (link != NULL && str_eq(name, "date"))
		link->modified = page_time(r->out->arena, r->text);
	if (str_eq(name, "dataset"))
		r->has_open = false;
	r->len = 0;
	return 0;
}

static int complete(struct reader *r, struct err *err)
{
	struct buf url = BUF_INIT;
	int result = 0;

	for (size_t i = r->first; result == 0 && i < r->out->n; i++) {
		struct page_link *link = &r->out->at[i];

		if (link->kind != PAGE_FILE)
			continue;
		if (r->base == NULL) {
			result = err_set(err, ERR_DATA,
				"the catalog has no service of type HTTPServer "
				"for its files");
			break;
		}
		buf_reset(&url);
		buf_adds(&url, r->base);
		link_encode(&url, link->name);
		link->url = arena_strdup(r->out->arena, url.data);
	}
	buf_release(&url);
	return result;
}

int page_read_thredds(const struct page *p, struct page_links *out,
	struct err *err)
{
	struct reader r = { .page = p, .out = out, .first = out->n };
	const struct markup m = { on_start, on_text, on_end, &r };

	if (markup_read_xml(&m, p->text->data, p->text->len, err) < 0)
		return -1;
	return complete(&r, err);
}
