/* SPDX-License-Identifier: Apache-2.0 */
/*
 * split: lines for many files, in any order, in memory that is bounded.
 *
 * What is too much to be kept waits in a temporary file; each file is put
 * together at the end and appears whole, unless it has those bytes already.
 */
#ifndef PGF_SPLIT_H
#define PGF_SPLIT_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

struct split;

/* For n files in a folder, which is made if it is not there. */
struct split *split_open(const char *folder, size_t n,
	struct err *err) PGF_CHECKED;

/* Append to file i. */
int split_add(struct split *s, size_t i, const struct buf *text,
	struct err *err) PGF_CHECKED;

/* Have all files appear, also those without a line, under the names that name
 * tells. */
struct split_names {
	const char *(*name)(const void *state, size_t i);
	const void *state;
};
int split_publish(struct split *s, const struct split_names *names,
	struct err *err) PGF_CHECKED;

void split_close(struct split *s);

#endif
