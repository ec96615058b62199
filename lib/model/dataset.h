/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dataset: one source file as tables of chunks.
 *
 * What pgf-open says of a file, in memory.  Everything lives in the arena it
 * was made with.  Pure: nothing here opens a file.
 */
#ifndef PGF_DATASET_H
#define PGF_DATASET_H

#include <stdbool.h>
#include <stdint.h>

#include "model/dtype.h"
#include "model/objects.h"
#include "record/json.h"

enum { DATASET_MAX_NDIM = 32 };

/* Offset of a chunk that was never written. */
#define REFS_ABSENT UINT64_MAX

/* Where the chunks of one array lie in its file: n entries in C order over the
 * chunk grid, or the chunks numbered by index[] if that is not NULL. */
struct refs {
	uint64_t n;
	uint64_t *index;  /* linear chunk numbers, ascending; or NULL */
	uint64_t *offset; /* bytes from the start of the file */
	uint64_t *length; /* stored bytes */
	uint32_t *mask;   /* bit i set: codec i was skipped; or NULL */
	uint64_t *tag;    /* of chunks in objects of their own: which version of
			   * the object is meant; or NULL */
};

/* The entry of the chunk with that linear number; n if there is none. */
uint64_t refs_find(const struct refs *r, uint64_t number);

/* How the bytes of one array lie in its file: the part of a variable that a
 * region record repeats for each piece. */
struct chunk_table {
	unsigned ndim;
	uint64_t *shape; /* elements */
	struct dtype dtype;
	bool big_endian;
	uint8_t *fill;         /* dtype.size little-endian bytes, or NULL */
	uint64_t *chunk_shape; /* elements; > 0 unless shape is 0 there */
	struct js *codecs;     /* list, in encode order */
	bool has_refs;
	struct refs refs;
	const struct objects *objects; /* the file is a folder, and the chunks
					* lie in these of it; or NULL */
	const uint8_t *inline_data;    /* bytes of the only chunk, or NULL */
	uint64_t inline_size;
};

struct variable {
	const char *name;
	const char **dims; /* table.ndim names */
	struct chunk_table table;
	struct js *attrs;       /* object */
	struct js *attr_dtypes; /* object: name -> dtype name */
	const char *digest;     /* of the values, or NULL */
	struct js *data;        /* list of all values, or NULL */
	struct js *range;       /* of a long coordinate {"n":..,"first":..,
				 * "last":..,"step":[least,median,largest]}, or
				 * NULL */
};

struct dim {
	const char *name;
	uint64_t len;
};

struct dataset {
	const char *format; /* "netcdf4", "netcdf3", "zarr" */
	unsigned ndims;
	struct dim *dims;
	struct js *attrs, *attr_dtypes;
	unsigned nvars;
	struct variable *vars; /* in the order of the file */
};

/* The members format, dims, attrs, attr_dtypes and vars added to rec (an item
 * or file record, which is changed). */
void dataset_to_record(struct arena *a, const struct dataset *ds,
	struct js *rec);

/* Read them back.  Checks everything a hostile record could get wrong: types,
 * ranks, that refs cover the chunk grid, products without overflow.  Errors
 * (ERR_DATA) name the variable and member. */
int dataset_from_record(struct arena *a, const struct js *rec,
	struct dataset *out, struct err *err) PGF_CHECKED;

/* One chunk table to and from the members shape, dtype, endian, fill,
 * chunk_shape, codecs, refs, inline of obj; for dataset and region. */
void chunk_table_to_json(struct arena *a, const struct chunk_table *t,
	struct js *obj);

/* Its two halves (shape, dtype, endian, fill; then the rest), for callers that
 * put members of their own between them. */
void chunk_table_type_to_json(struct arena *a, const struct chunk_table *t,
	struct js *obj);
void chunk_table_place_to_json(struct arena *a, const struct chunk_table *t,
	struct js *obj);

int chunk_table_from_json(struct arena *a, const struct js *obj,
	struct chunk_table *out, struct err *err) PGF_CHECKED;

/* Number of chunks of the grid that covers the shape; false if it does not fit
 * 64 bits. */
bool chunk_table_count(const struct chunk_table *t, uint64_t *n);

/* The units ("days since ..") and calendar of the times of a variable: its own,
 * or what it does not say itself, those of the variable whose bounds it holds (CF
 * conventions 1.11, sections 7.1 and 7.4).  False if it is no time. */
struct dataset_time {
	const char *units, *calendar;
};
bool dataset_time(const struct dataset *ds, const struct variable *v,
	struct dataset_time *out);

/* The units of a variable, its own or those of what it bounds; NULL: none that
 * are text. */
const char *dataset_units(const struct dataset *ds, const struct variable *v);

/* Append the name of the object that holds a chunk of a table that has objects,
 * by the chunk's linear number. */
void chunk_table_object(const struct chunk_table *t, uint64_t number,
	struct buf *out);

/* The variable or dimension of that name, or NULL. */
const struct variable *dataset_var(const struct dataset *ds, const char *name);
const struct dim *dataset_dim(const struct dataset *ds, const char *name);

#endif
