/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever a server lists, links are below it, printable, and of one spelling.
 * The first byte says where the page was found. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "net/link.h"
#include "net/page.h"
#include "net/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const places[] = {
	"https://h/d/", "https://h/d/catalog.xml",
	"https://h/b?list-type=2&prefix=p", "ftp://h/d/", "https://h/list.txt",
	"ftp://h/d/", /* names only */
};

static void demand(bool so)
{
	if (!so)
		abort();
}

/* Texts of a list may lead anywhere but here. */
static void check_link(struct arena *a, const char *place,
	const struct page_link *link)
{
	struct err err = ERR_INIT;
	struct url url;

	demand(url_parse(a, link->url, &url, &err) == 0);
	demand(url.kind != URL_LOCAL);
	demand(str_is_utf8(link->name, strlen(link->name)));
	for (const char *c = link->name; *c != '\0'; c++)
		demand((unsigned char)*c >= ' ');
	if (link->kind == PAGE_FILE && str_eq(place, "ftp://h/d/"))
		demand(strstr(link->name, "..") == NULL ||
			link_is_name(link->name, strlen(link->name)));
	if (link->etag != NULL)
		demand(str_is_utf8(link->etag, strlen(link->etag)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct page_links links = { .arena = &a };
	struct err err = ERR_INIT;
	struct buf text = BUF_INIT;
	struct page page = { .prefix = "", .text = &text };

	if (size == 0)
		return 0;
	page.url = places[data[0] % 6];
	page.names = data[0] % 6 == 5;
	buf_add(&text, data + 1, size - 1);
	if (page_read(&page, &links, &err) < 0)
		demand(err.kind != ERR_NONE && err.msg[0] != '\0');
	else
		for (size_t i = 0; i < links.n; i++)
			check_link(&a, page.url, &links.at[i]);
	page_links_release(&links);
	buf_release(&text);
	arena_release(&a);
	return 0;
}
