/* SPDX-License-Identifier: Apache-2.0 */
/*
 * order: an item that is under way, and the file that it becomes.
 */
#ifndef PGF_ORDER_H
#define PGF_ORDER_H

#include "net/probe.h"
#include "net/sources.h"
#include "net/zarr_probe.h"
#include "record/json.h"

struct order {
	struct arena arena;
	struct order *next; /* the owner's */
	struct js *rec;
	const char *place; /* where it stood in the input; the owner's */
	struct url url;
	struct checks checks; /* of the record */
	struct fetch *fetch;  /* being fetched, or */
	struct probe *probe;  /* being asked for, or */
	struct zarr_probe
		*store; /* a Zarr store, likewise; all NULL: err is known, or */
	struct cache_file file;
	struct js *folder;  /* the member "file" of a folder that is here */
	bool taken, absent; /* err of the fetch; err: nothing is there */
	struct finish_item finish;
	struct err err; /* names the file, not the place */
};

/* An order without a record, with an arena for that. */
struct order *order_new(void);
void order_free(struct order *o);

/* Set about what o->rec asks for.  What goes wrong is in o->err. */
void order_begin(struct order *o, struct sources *s);

/* The download or the answer has come, if one was asked for; then o->file or o->err
 * says what. */
bool order_has_come(struct order *o);

/* Give the record its member "file".  -1: the order has failed, and o->err says
 * why; absent, if that is because the file is not there. */
int order_fill(struct order *o) PGF_CHECKED;

/* Give it one that says that the file is not there. */
void order_fill_missing(struct order *o);

#endif
