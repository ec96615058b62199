/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fold: many records into one schema, in any order.
 *
 * The same as schema_fold of each into one schema, but records that come in no
 * order cost as much as those that come in order.
 */
#ifndef PGF_FOLD_H
#define PGF_FOLD_H

#include "schema/schema.h"
#include "record/scan.h"

struct fold;

struct fold *fold_open(void);
void fold_close(struct fold *f);

/* Fold in a record, as schema_fold does and with its errors; after one the
 * record counts for nothing. */
int fold_add(struct fold *f, const struct js *rec, struct err *err) PGF_CHECKED;

/* The same of the text of a record, several times as fast where files are alike:
 * of what reads as it did in another file, only the text is looked at. */
int fold_line(struct fold *f, struct span line, struct err *err) PGF_CHECKED;

/* Unite everything with a schema that was initialised. */
int fold_end(struct fold *f, struct schema *out, struct err *err) PGF_CHECKED;

#endif
