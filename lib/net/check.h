/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check: whether what came is what was meant.
 *
 * Digests come from a record, which says what the file must be, or from the
 * server, which says what it sent.  Of the format only so much is looked at as
 * tells a NetCDF file from the page that was sent in its place.
 */
#ifndef PGF_CHECK_H
#define PGF_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/digest.h"
#include "base/err.h"
#include "net/http_head.h"
#include "record/json.h"

/* A digest that the bytes must have. */
struct check {
	enum digest_kind kind;
	unsigned char want[DIGEST_MAX];
	const char *by; /* who says so: "the record", a header; static */
};

enum { CHECK_MAX = 12 };

struct view; /* format/view */

/* Zero is none. */
struct checks {
	struct check list[CHECK_MAX];
	size_t n;
	const char *format; /* "netcdf3", "netcdf4", or NULL: any; borrowed */
};

/* What a record says in hexadecimal.  ERR_DATA: this is no such digest. */
int checks_add_text(struct checks *c, enum digest_kind kind, const char *hex,
	struct err *err) PGF_CHECKED;

/* What a record says in its members "sha256", "md5" and "format", borrowed. */
int checks_read(struct checks *c, const struct js *rec,
	struct err *err) PGF_CHECKED;

/* What a server says: Repr-Digest and Content-Digest (RFC 9530), Digest (RFC 3230),
 * Content-MD5 (RFC 1864), these of the content only if that is the whole.  What
 * is not understood is skipped. */
void checks_add_head(struct checks *c, const struct http_head *head);

/* True if one of them is of this kind. */
bool checks_want(const struct checks *c, enum digest_kind kind);

/* Compare.  ERR_TEMP: it is another one, of which a transfer may be the cause. */
int checks_compare(const struct checks *c, enum digest_kind kind,
	const unsigned char *is, struct err *err) PGF_CHECKED;

/* ERR_DATA if the bytes are a web page, or plainly not of the format. */
int checks_look(const struct checks *c, const struct view *bytes,
	struct err *err) PGF_CHECKED;

#endif
