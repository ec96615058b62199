/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bundle_name: addresses of what is in compressed files and archives.
 *
 *	x.nc.gz, .bz2, .xz, .zst	a packed file
 *	x.zip!dir/a.nc			a member of .zip, .tar, .tar.gz and the like
 *	x.zip				its only file
 */
#ifndef PGF_BUNDLE_NAME_H
#define PGF_BUNDLE_NAME_H

#include "base/err.h"
#include "base/mem.h"

enum bundle_kind { BUNDLE_NONE, BUNDLE_PACKED, BUNDLE_ARCHIVE };

struct bundle_name {
	enum bundle_kind kind;
	const char *container; /* the address without the member */
	const char *member;    /* decoded, or NULL */
};

/* Split an address, a URL or a path, at its '!'; one behind what is no archive is
 * part of a name.  ERR_DATA: an empty member. */
int bundle_name_split(struct arena *a, const char *text,
	struct bundle_name *out, struct err *err) PGF_CHECKED;

#endif
