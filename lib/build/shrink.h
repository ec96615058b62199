/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shrink: a file of regions that only loses some.
 *
 * Each region is written by itself, so what is left of such a file is written
 * already, and its task need not run again if the receipts of those that it has
 * lost are taken away.
 */
#ifndef PGF_SHRINK_H
#define PGF_SHRINK_H

#include <stdbool.h>

#include "base/sheaf.h"
#include "record/scan.h"

/* Is every line of a text one of an old text, which has more, in its order? */
bool shrink_is(struct span old, struct span text);

/* Put the receipts at path without those of regions that are not, or no more, among
 * these; they keep their time.  None are put if there is no such file, if none is
 * to go, or if it lacks a receipt of one of the regions: then it is older than
 * they are, and is made again. */
int shrink_receipts(struct sheaf *s, const char *path, struct span regions,
	struct err *err) PGF_CHECKED;

#endif
