/* SPDX-License-Identifier: Apache-2.0 */
/*
 * listing: the files that a server lists at a URL.
 *
 * Pages (net/page) are asked for over net/http, several at once, folders below
 * up to a stated depth.  Names come sorted and once each, so the same folder
 * gives the same list in whatever order the answers come.
 */
#ifndef PGF_LISTING_H
#define PGF_LISTING_H

#include "net/access.h"
#include "net/page.h"

enum {
	LISTING_DEPTH_MAX = 32,
	LISTING_PAGES_MAX = 1000000,
	LISTING_BARREN_MAX = 1000, /* pages in a row that list nothing */
	LISTING_FILES_MAX = 10000000,
	LISTING_PAGE_MAX = 1 << 28, /* bytes */
	LISTING_HELD_MAX = 1 << 28, /* of all pages that come at a time */
};

struct listing_options {
	const char *url; /* of s3:// and gs:// bucket and prefix */
	struct access *access;
	unsigned int depth;    /* levels of folders below that */
	unsigned int per_host; /* requests at once; > 0 */
	unsigned int retries;
	unsigned int timeout;  /* seconds without a byte; > 0 */
	unsigned int deadline; /* seconds for all; > 0 */
};

/* List into out, whose arena is set: files only, sorted by name.  ERR_DATA: a
 * page is none, too large, or not there; ERR_TEMP: the server fails. */
int listing_read(const struct listing_options *options, struct page_links *out,
	struct err *err) PGF_CHECKED;

/* The bytes of one URL, no more than LISTING_PAGE_MAX. */
int listing_fetch(const struct listing_options *options, struct buf *out,
	struct err *err) PGF_CHECKED;

#endif
