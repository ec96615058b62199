/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_read: dataset records, read by what they have in common.
 *
 * Of a file a plan takes its key, its name, and for each array how the variable
 * is stored and where its chunks lie.  How it is stored reads alike in most files,
 * and is parsed once.
 */
#ifndef PGF_PLAN_READ_H
#define PGF_PLAN_READ_H

#include "base/buf.h"
#include "layout/array.h"
#include "model/place.h"
#include "record/scan.h"

struct plan_reader;

/* How a variable is stored: a dataset of its own, of it and those whose bounds it
 * holds, without digests, values and references to chunks.  What is made of it
 * for files of some lengths (by number of concat dimension) may be noted with it,
 * once for what is taken and once for what is compared. */
struct plan_part {
	struct dataset ds;
	const struct variable *var;
	uint64_t chunks; /* of its grid */
	struct plan_note {
		const struct plan_form *form; /* NULL: nothing is noted */
		uint64_t len[PLACE_MAX_DIMS];
		uint64_t nrefs;
		bool has_mask, recorded;
	} notes[2];
};

/* For the arrays of a store, which are borrowed. */
struct plan_reader *plan_reader_open(const struct arrays *arrays);
void plan_reader_close(struct plan_reader *r);

/* Read a record.  False if it is not plainly a dataset record, or has something
 * wrong with it: then it must be parsed to know what.  What is returned of it
 * lives until the next. */
bool plan_reader_line(struct plan_reader *r, struct span line);

/* The member "key". */
struct span plan_reader_key(const struct plan_reader *r);

/* Append what regions repeat of the file (struct plan_file); false as above. */
bool plan_reader_file(const struct plan_reader *r, struct buf *out);

/* The variable of array i; false as above, also if there is none.  refs->offset
 * is NULL if it has no references. */
bool plan_reader_var(struct plan_reader *r, size_t i, struct plan_part **part,
	struct refs *refs);

/* Its member "data", without text if it has none. */
struct span plan_reader_data(const struct plan_reader *r, size_t i);

#endif
