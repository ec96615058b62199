/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ndjson: a graph as task records, for engines that are told what to run; see
 * pgf-records(5).
 */
#ifndef PGF_NDJSON_H
#define PGF_NDJSON_H

#include "base/buf.h"
#include "build/graph.h"

/* Append one record a task, each after those it depends on.  ERR_DATA: a word
 * that is not UTF-8, which no record can carry. */
int ndjson_print(const struct graph *g, const struct graph_head *head,
	struct buf *out, struct err *err) PGF_CHECKED;

#endif
