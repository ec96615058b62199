/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layout_check: what may not differ between files, and the words for it.
 *
 * The refusals of layout_decide.  Each function returns 0 if the files agree.
 */
#ifndef PGF_LAYOUT_CHECK_H
#define PGF_LAYOUT_CHECK_H

#include "schema/schema.h"

/* One fact that must have one answer; its files must be those of `of` (all
 * files that could give it) unless `of` is NULL.  what: "attribute
 * 'units' of variable 'sst'".  remedy: what the user can do. */
struct agreement {
	const struct schema *schema;
	const struct fact *fact;
	const struct spread *of;
	const char *what, *remedy;
};
int layout_check_same(const struct agreement *must,
	struct err *err) PGF_CHECKED;

/* True if the attribute says of what the numbers are, time or unit: it may not
 * differ, and may not be absent in some files. */
bool layout_check_is_unit(const char *attr);

/* True if it is part of the encoding, packing or missing values. */
bool layout_check_is_coded(const char *attr);

/* Two answers of a fact that files of the same place & mask (model/place) give,
 * and one such place.  False if there are none. */
struct clash {
	const struct answer *x, *y;
	uint64_t place;
};
bool layout_check_clash(const struct fact *f, uint64_t mask, struct clash *out);

/* The values of a variable that several files hold for the same place & mask
 * must be the same, and mean the same; files are all that have it. */
int layout_check_digest(const struct schema *s, const char *var,
	const struct spread *files, uint64_t mask, struct err *err) PGF_CHECKED;

/* Do two of the files stand at the same place & mask? */
bool layout_check_repeated(const struct spread *files, uint64_t mask);

/* All of the files must be among those that tell the digest of var. */
int layout_check_present(const struct schema *s, const char *var,
	const struct spread *files, struct err *err) PGF_CHECKED;

/* "12 files ('a.nc' to 'b.nc')". */
const char *layout_files_text(struct arena *a, const struct answer *answer);

/* "0.5 (float32) in 12 files ('a.nc' to 'b.nc')". */
const char *layout_answer_text(struct arena *a, const struct answer *answer);

#endif
