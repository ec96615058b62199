/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ninja: a graph as a ninja file (1.11 or later), for ninja -C WORK.
 */
#ifndef PGF_NINJA_H
#define PGF_NINJA_H

#include "base/buf.h"
#include "build/graph.h"

/* Append the file.  Targets: "all", which is built if none is named, and the
 * name of each stage.  Pools of tasks are ninja's pools.  ERR_DATA as in quote_word. */
int ninja_print(const struct graph *g, const struct graph_head *head,
	struct buf *out, struct err *err) PGF_CHECKED;

#endif
