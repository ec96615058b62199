/* SPDX-License-Identifier: Apache-2.0 */
/*
 * netcdf3_header: the header of a classic NetCDF file, item by item.
 *
 * The grammar of the specification and nothing more; what the items mean for
 * the layout of the data is netcdf3's.
 */
#ifndef PGF_NETCDF3_HEADER_H
#define PGF_NETCDF3_HEADER_H

#include "format/attr.h"
#include "format/view.h"

struct netcdf3_dim {
	const char *name;
	uint64_t len; /* 0: the record dimension */
};

struct netcdf3_var {
	const char *name;
	uint64_t ndims;
	uint64_t *dimids;
	struct attrs attrs;
	const uint8_t *fill; /* one little-endian value, or NULL */
	struct dtype dtype;
	uint64_t begin;
};

struct netcdf3_header {
	uint64_t numrecs;
	bool streaming; /* numrecs was not known when it was written */
	uint64_t ndims, nvars;
	struct netcdf3_dim *dims;
	struct netcdf3_var *vars;
	struct attrs attrs;
};

/* Parse; everything lives in the arena.  ERR_DATA if the header is cut short or
 * breaks the grammar.  Checked: names are unique and UTF-8, dimids exist,
 * every count fits the file. */
int netcdf3_header_read(struct arena *a, const struct view *file,
	struct netcdf3_header *out, struct err *err) PGF_CHECKED;

#endif
