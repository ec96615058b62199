/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layout_check: what may not differ between files, and the words for it.
 *
 * The refusals of layout_decide.  Each function returns 0 if the files agree.
 */
#ifndef PGF_LAYOUT_CHECK_H
#define PGF_LAYOUT_CHECK_H

#include "model/schema.h"

/* One fact that must have one answer; its files must be those of `of` (all
 * files that could give it) unless `of` is NULL.  what: "attribute
 * 'units' of variable 'sst'".  remedy: what the user can do. */
struct agreement {
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

/* Every member must have a file at each of positions 0..n-1; *n is found. */
int layout_check_positions(const struct schema *s, const char *concat,
	const char *merge, uint64_t *n, struct err *err) PGF_CHECKED;

/* All members of the merge dimension must give the same length at each
 * position. */
int layout_check_lengths(const struct schema *s, const char *concat,
	const struct fact *lengths, struct err *err) PGF_CHECKED;

/* The values of a variable that several files hold must be the same: static
 * ones everywhere, others among the members at one position. */
int layout_check_digest(const struct schema *s, const char *var,
	const struct spread *files, bool is_static,
	struct err *err) PGF_CHECKED;

/* "12 files ('a.nc' to 'b.nc')". */
const char *layout_files_text(struct arena *a, const struct answer *answer);

#endif
