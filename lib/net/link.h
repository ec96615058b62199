/* SPDX-License-Identifier: Apache-2.0 */
/*
 * link: what an address found in a listing means.
 *
 * Texts in, texts out (RFC 3986); nothing is asked.  A listing is written by a
 * stranger, so only what lies below its own folder is a link, and names that
 * could mean something else to anyone are none.
 */
#ifndef PGF_LINK_H
#define PGF_LINK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/mem.h"

/* The absolute form of href as it stands in the document at base (RFC 3986
 * section 5.2, without removing dots), without fragment. */
const char *link_resolve(struct arena *a, const char *base, const char *href);

/* The folder of a URL: up to the last '/' of its path, no query. */
const char *link_folder(struct arena *a, const char *url);

/* How much of the URL that is; the '/' may be missing there. */
size_t link_folder_length(const char *url);

/* The decoded path below folder (as link_folder makes it) that url means, which
 * may end in '/'; NULL if it is not below it: another host, a parent, the folder
 * itself, a query, or an odd name.  *odd tells the last from the others. */
const char *link_below(struct arena *a, const char *folder, const char *url,
	bool *odd);

/* UTF-8 without control characters, and not empty? */
bool link_is_plain(const char *text, size_t len);

enum { LINK_NAME_MAX = 4096 }; /* bytes: no file system has longer paths */

/* Can a path be a name: plain, not too long, and none of its parts empty (but one
 * at the end), "." or ".."? */
bool link_is_name(const char *name, size_t len);

/* Append a name as it is written in a URL.  '/' stays; of the rest only letters,
 * digits and "-._~=,@:" do, so that one file has one address, however the
 * server writes it. */
void link_encode(struct buf *out, const char *name);

/* Append a value of a query: '/' and the rest are escaped, too. */
void link_encode_argument(struct buf *out, const char *text);

/* The bytes that text with %XX stands for, in the arena; NULL if an escape is
 * broken, or is that of NUL or (with slash false) of '/'. */
const char *link_decode(struct arena *a, const char *text, size_t len,
	bool slash);

#endif
