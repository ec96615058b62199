/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compare: cells of a region and what other files have there.
 *
 * Numbers are compared as what they mean (unpacked, in the units of the region,
 * a time in those of its time) in double precision; 64-bit integers that no
 * conversion touches exactly.  What is missing equals what is missing, an
 * infinity itself, text what has the same bytes.  Files are only read, and one is
 * held in memory at a time, of a large box a band.
 */
#ifndef PGF_COMPARE_H
#define PGF_COMPARE_H

#include "chunk/inlay.h"

struct compare;

struct compare *compare_open(void);
void compare_close(struct compare *c);

/* Compare the cells of a region, which lie at have, with its member close.
 * ERR_DATA: a cell that is further away than the tolerance, named with both
 * files and both values; a file that is corrupt, or whose numbers cannot be
 * converted.  ERR_TEMP: a file changed. */
int compare_run(struct compare *c, const struct region *r,
	const struct inlay_place *have, struct err *err) PGF_CHECKED;

/* Stored bytes that the last compare_run read. */
uint64_t compare_bytes_read(const struct compare *c);

#endif
