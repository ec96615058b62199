/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pattern: which files there are, and the place of each.
 *
 * The outer product of concat and merge dimensions, the last one fastest, each
 * key of which fills placeholders of a URL; or a list of files along one concat
 * dimension; or one file.  Walked one item at a time: a million items need no
 * more memory than ten, but for a list, which is held whole.
 */
#ifndef PGF_PATTERN_H
#define PGF_PATTERN_H

#include "recipe/pattern_spec.h"

struct pattern;

/* Begin to walk.  prune > 0 keeps the first prune keys of each concat dimension;
 * merge keys are kept whole.  The spec is borrowed.  NULL with kind ERR_DATA:
 * no items, a glob without match, a list that is wrong, the same URL for two
 * keys. */
struct pattern *pattern_open(const struct pattern_spec *spec, uint64_t prune,
	struct err *err) PGF_CHECKED;

/* The next item record, in arena a: 1 and *item, or 0 at the end, or -1 (kind
 * ERR_DATA: a URL that is empty, not UTF-8, or has control characters). */
int pattern_next(struct pattern *p, struct arena *a, struct js **item,
	struct err *err) PGF_CHECKED;

void pattern_close(struct pattern *p);

#endif
