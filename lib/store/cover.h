/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cover: do the receipts account for every chunk of a store.
 *
 * Each chunk of each array must be named by one receipt and be there with the
 * size it states.  A receipt that is given twice counts once.
 */
#ifndef PGF_COVER_H
#define PGF_COVER_H

#include "base/sha256.h"
#include "layout/array.h"

struct cover;

/* Nothing yet; memory comes from the arena, arrays are borrowed. */
struct cover *cover_open(struct arena *a, const struct arrays *arrays);

/* Take a receipt record, which stood in input file number `file`.  ERR_DATA: no
 * receipt, or it names what is no chunk of the arrays. */
int cover_add(struct cover *c, const struct js *receipt, size_t file,
	struct err *err) PGF_CHECKED;

/* All receipts are in: every chunk must be named, and by one region only.
 * ERR_DATA: "receipts do not cover .. 3 of 40 chunks missing, first ..". */
int cover_check(struct cover *c, struct err *err) PGF_CHECKED;

/* After cover_check: look at every object in the folder of the store.  ERR_TEMP
 * if some are gone or have another size; then is_gone[file] is set for the
 * input files whose receipts named them. */
int cover_look(const struct cover *c, const char *store, bool *is_gone,
	struct err *err) PGF_CHECKED;

/* After cover_check: bytes stored of array number i. */
uint64_t cover_bytes(const struct cover *c, size_t i);

/* SHA-256 over the sorted digests of the regions: what the store was made of. */
void cover_plan(const struct cover *c, char out[SHA256_HEX]);

#endif
