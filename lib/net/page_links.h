/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page_links: links being collected from pages.
 */
#ifndef PGF_PAGE_LINKS_H
#define PGF_PAGE_LINKS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

enum page_kind {
	PAGE_FILE,
	PAGE_FOLDER, /* another page, one level below */
	PAGE_NEXT,   /* another page of this one */
};

#define PAGE_UNKNOWN UINT64_MAX

struct page_link {
	enum page_kind kind;
	const char *url;  /* absolute, escaped */
	const char *name; /* files: the path below the first page; folders: what
			   * the names of their files begin with */
	uint64_t size;    /* bytes, or PAGE_UNKNOWN */
	const char *modified; /* ISO 8601, or NULL */
	const char *etag;     /* or NULL */
};

/* Links of any number of pages; all lives in the arena. */
struct page_links {
	struct arena *arena;
	struct page_link *at; /* released with page_links_release */
	size_t n, cap;
	size_t odd;            /* names that were left out, */
	const char *first_odd; /* the first of them, fit to be shown */
	size_t away;           /* links that lead elsewhere */
};

struct page {
	const char *url;    /* where the text came from */
	const char *prefix; /* what names on it begin with: "" or "2020/" */
	const struct buf *text;
	bool names; /* of FTP: only names, as NLST tells them */
};

/* A new link with nothing known but its kind. */
struct page_link *page_add(struct page_links *out, enum page_kind kind);

/* The link of a name (decoded, may end in '/') below the folder of the page, or
 * NULL: it was odd. */
struct page_link *page_add_name(const struct page *p, struct page_links *out,
	const char *name);

/* Count a name that is not to be used. */
void page_add_odd(struct page_links *out, const char *name);

/* Does s begin with word, in letters of any case? */
bool page_begins(const char *s, const char *word);

/* Does word, in letters of any case, begin in the first max bytes of s? */
bool page_has_word(const char *s, size_t max, const char *word);

/* The text if it begins like a time of ISO 8601, else NULL. */
const char *page_time(struct arena *a, const char *text);

void page_links_release(struct page_links *links);

#endif
