/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One growing table for all pages; texts live in the arena of who lists.
 */
#include "net/page_links.h"

#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "net/link.h"
#include "net/url.h"

enum { SHOWN_MAX = 200 };

bool page_begins(const char *s, const char *word)
{
	for (; *word != '\0'; s++, word++)
		if (tolower((unsigned char)*s) != tolower((unsigned char)*word))
			return false;
	return true;
}

bool page_has_word(const char *s, size_t max, const char *word)
{
	for (size_t i = 0; i < max && s[i] != '\0'; i++)
		if (page_begins(s + i, word))
			return true;
	return false;
}

struct page_link *page_add(struct page_links *out, enum page_kind kind)
{
	struct page_link *link;

	if (out->n == out->cap) {
		out->cap = out->cap ? 2 * out->cap : 256;
		out->at = mem_resize(out->at, out->cap * sizeof(*out->at));
	}
	link = &out->at[out->n++];
	*link = (struct page_link){ .kind = kind, .size = PAGE_UNKNOWN };
	return link;
}

/* Fit to be shown: no more than a line, and text. */
static const char *show(struct arena *a, const char *name)
{
	size_t n = strnlen(name, SHOWN_MAX);

	if (name[n] != '\0')
		while (n > 0 && !str_is_utf8(name, n))
			n--;
	return n > 0 && str_is_utf8(name, n) ?
		url_show(a, arena_strndup(a, name, n)) :
		"(not UTF-8)";
}

void page_add_odd(struct page_links *out, const char *name)
{
	if (out->odd++ == 0)
		out->first_odd = show(out->arena, name);
}

struct page_link *page_add_name(const struct page *p, struct page_links *out,
	const char *name)
{
	bool folder = str_ends(name, "/");
	struct page_link *link;
	struct buf url = BUF_INIT;

	if (!link_is_name(name, strlen(name))) {
		page_add_odd(out, name);
		return NULL;
	}
	buf_add(&url, p->url, link_folder_length(p->url));
	if (url.data[url.len - 1] != '/')
		buf_addc(&url, '/');
	link_encode(&url, name);
	link = page_add(out, folder ? PAGE_FOLDER : PAGE_FILE);
	link->url = arena_strdup(out->arena, url.data);
	link->name = arena_printf(out->arena, "%s%s", p->prefix, name);
	buf_release(&url);
	return link;
}

const char *page_time(struct arena *a, const char *text)
{
	static const char shape[] = "dddd-dd-dd";
	size_t n = strlen(text);

	for (size_t i = 0; i < sizeof(shape) - 1; i++)
		if (shape[i] == 'd' ? !isdigit((unsigned char)text[i]) :
				      text[i] != '-')
			return NULL;
	if (n > 40 || strspn(text, "0123456789-:.TZ+ ") != n)
		return NULL;
	return arena_strdup(a, text);
}

void page_links_release(struct page_links *links)
{
	mem_free(links->at);
	*links = (struct page_links){ .arena = links->arena };
}
