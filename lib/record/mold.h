/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mold: a text with holes, to read what other texts have in their place.
 *
 * Records of one program on like files have one text but for a few values.  Where
 * these stand is found once, with what they mean; a text of the same mold need
 * only be compared.
 */
#ifndef PGF_MOLD_H
#define PGF_MOLD_H

#include "record/scan.h"

enum { MOLD_HOLES = 1024 };

struct mold;

/* The mold of a text of JSON: of n values in it, none inside another, which the
 * holes are.  NULL if they are too many.  mold_close gives it back. */
struct mold *mold_open(struct span text, const struct span *values, size_t n);
void mold_close(struct mold *m);

/* Is a text of the mold?  Then values[i] is what it has in place of hole i: one
 * JSON value, checked like those of a scan. */
bool mold_read(const struct mold *m, struct span text, struct span *values);

#endif
