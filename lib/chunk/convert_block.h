/* SPDX-License-Identifier: Apache-2.0 */
/*
 * convert_block: many numbers at once, for chunk/convert.
 */
#ifndef PGF_CONVERT_BLOCK_H
#define PGF_CONVERT_BLOCK_H

#include "chunk/convert_element.h"

/* Choose the loops of a conversion that is complete but for them. */
void convert_choose_loops(struct convert *c);

/* Do what convert_element does to CONVERT_BLOCK elements.  False if one of them
 * may need a closer look: then the output holds nothing of use. */
bool convert_block(const struct convert *c, const void *from, void *to);

#endif
