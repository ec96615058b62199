/* SPDX-License-Identifier: Apache-2.0 */
/*
 * withdraw: a published array that is about to become another one.
 *
 * Chunks of two layouts under one name would be read as one array.  So before
 * the first chunk of a new layout is put, the store is taken back: the root
 * metadata goes first, then that of the array, then its chunks.  A longer or
 * shorter array of the same layout stays published as it is.
 */
#ifndef PGF_WITHDRAW_H
#define PGF_WITHDRAW_H

#include "base/err.h"
#include "model/region.h"

/* Take back the array target->name of the folder store, if it is published in
 * Zarr v3 or v2 with another data type, chunk shape, codecs, fill value or key
 * encoding.  1: it was taken back; 0: there was no need.  Any number of
 * processes may do so at once, and one that is killed is continued by the
 * next. */
int withdraw_changed(const char *store, const struct target *target,
	struct err *err) PGF_CHECKED;

#endif
