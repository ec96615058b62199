/* SPDX-License-Identifier: Apache-2.0 */
/*
 * printer: the forms in which a graph can be printed.
 */
#ifndef PGF_PRINTER_H
#define PGF_PRINTER_H

#include "base/buf.h"
#include "build/graph.h"

/* Appends the graph to out.  ERR_DATA: a word that the form cannot carry. */
struct printer {
	const char *name; /* "make" */
	const char *file; /* of its copy in the work folder, or NULL: none */
	int (*print)(const struct graph *g, const struct graph_head *head,
		struct buf *out, struct err *err);
};

/* The printer of a name; ERR_USAGE, naming all, if there is none. */
const struct printer *printer_find(const char *name,
	struct err *err) PGF_CHECKED;

#endif
