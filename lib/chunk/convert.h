/* SPDX-License-Identifier: Apache-2.0 */
/*
 * convert: numbers of one encoding as numbers of another, or a clear no.
 *
 * A pure function of (encoding, dtype) of source and target:
 *
 * - Missing cells (of the source's list, and NaN) become the target's first
 *   missing value.  A target without one takes NaN if it is a float, keeping
 *   the bits of a NaN; an integer target then takes no missing cell.
 * - Same packing or none on both sides: the number itself.  It must fit the
 *   target exactly, except that 64-bit integers become the nearest double.
 * - Otherwise the physical number, raw * scale + offset in double, then the
 *   source's conversion of units, rounded once to a float target.  A packed
 *   target takes (physical - offset) / scale, rounded half to even if it is an
 *   integer; an integer target that is not packed takes whole numbers only.
 * - Times: exact microseconds; integers exactly, doubles by the nearest
 *   (model/timecode).
 *
 * What is not missing and would read as missing is refused, as is what is
 * finite and would not be.  Bytes are little-endian on both sides.
 */
#ifndef PGF_CONVERT_H
#define PGF_CONVERT_H

#include "chunk/convert_element.h"

struct convert_side {
	struct dtype dtype; /* numeric */
	const struct encoding *encoding;
};

/* n elements from one place to another that does not overlap, both aligned for
 * their types. */
struct convert_job {
	const void *from;
	void *to;
	size_t n;
};

/* Prepare.  ERR_DATA: a time on one side only, units of time that cannot be
 * understood, calendars that share no date, a packed time as target, text. */
int convert_init(struct convert *c, struct convert_side from,
	struct convert_side to, struct err *err) PGF_CHECKED;

/* Convert.  ERR_DATA: an element that the target cannot hold, told with its
 * value and the remedy; *at is its index. */
int convert_run(const struct convert *c, const struct convert_job *job,
	size_t *at, struct err *err) PGF_CHECKED;

#endif
