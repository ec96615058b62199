/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page_readers: how page.c reads each kind of page.
 */
#ifndef PGF_PAGE_READERS_H
#define PGF_PAGE_READERS_H

#include "net/page_links.h"

typedef int page_reader(const struct page *p, struct page_links *out,
	struct err *err);

page_reader page_read_html, page_read_json, page_read_thredds, page_read_s3,
	page_read_ftp, page_read_text;

#endif
