/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page: one page of a listing, and what it lists.
 *
 * Pure: text in, links out.  What kind of page it is is told from its text, as
 * servers say all kinds of things about it:
 *
 *	an HTML index of Apache, nginx, Python, or any page with links
 *	the JSON index of nginx
 *	a THREDDS catalog (InvCatalog 1.0)
 *	an answer of S3's ListObjectsV2 (or ListObjects)
 *	an FTP listing (MLSD, RFC 3659; or LIST of Unix and DOS servers; or NLST)
 *	an SFTP listing
 *	a text with one URL a line; NDJSON with a member "url"
 *
 * What leads to another host or up is not among the links, but for texts and
 * NDJSON, which somebody wrote on purpose.
 */
#ifndef PGF_PAGE_H
#define PGF_PAGE_H

#include "net/page_links.h"

/* Add the links of a page.  ERR_DATA: not a listing, or a broken one; ERR_TEMP:
 * its end is missing. */
int page_read(const struct page *p, struct page_links *out,
	struct err *err) PGF_CHECKED;

#endif
