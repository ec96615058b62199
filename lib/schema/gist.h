/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gist: what facts are drawn from in a dataset record, as it stands in the text.
 *
 * A record is mostly chunk tables, and most of the rest reads alike in all files.
 * Its parts are the group and each variable; the text of a part is a record of
 * its own, of that part alone, without what no fact is made of.  Parts of the
 * same text, in files known by the same dimensions, have the same facts, but for
 * the series of a coordinate.
 */
#ifndef PGF_GIST_H
#define PGF_GIST_H

#include "base/buf.h"
#include "record/scan.h"

/* More variables than these are no gist. */
enum { GIST_VARS = 256, GIST_MEMBERS = 16 };

struct gist_var {
	struct span name; /* no escapes in it */
	unsigned nmembers;
	struct scan_member members[GIST_MEMBERS]; /* without those below */
	struct span data, range; /* of a coordinate; no text: none */
	struct span refs, inlined, digest;
	struct span bounds[2]; /* variables that hold its bounds, or no text */
};

struct gist {
	struct span key, url, file; /* values; there may be no file */
	struct span format, dims, attrs, attr_dtypes;
	unsigned nvars;
	struct gist_var vars[GIST_VARS];
};

/* False if the line is not plainly a dataset record: then it must be parsed to
 * know what it is.  Borrows the line. */
bool gist_read(struct gist *g, struct span line);

/* Append the text of the group, or of variable i, which begins with i and holds
 * those whose bounds it holds (they say what its numbers mean). */
void gist_group_text(const struct gist *g, struct buf *out);
void gist_var_text(const struct gist *g, unsigned i, struct buf *out);

/* The same without the digest: not a fact, but how the variable is stored. */
void gist_type_text(const struct gist *g, unsigned i, struct buf *out);

#endif
