/* SPDX-License-Identifier: Apache-2.0 */
/*
 * attr: the attributes of a file or variable, as JSON.
 *
 * One way from the values of any format to the members "attrs" and
 * "attr_dtypes" of a dataset record.  Also the one place that turns names and
 * text from files into UTF-8.
 */
#ifndef PGF_ATTR_H
#define PGF_ATTR_H

#include "model/dtype.h"

/* Most values that one numeric attribute may have. */
enum { ATTR_MAX_VALUES = 1 << 20 };

struct attrs {
	struct arena *arena;
	struct js *values; /* name -> scalar or list */
	struct js *dtypes; /* name -> dtype name, of the numeric ones */
};

/* Two empty objects in the arena. */
struct attrs attrs_new(struct arena *a);

/* Add a text attribute of len bytes.  NULs are taken out; bytes that are no
 * UTF-8 are read as ISO-8859-1 (told at log level verbose). */
void attrs_add_text(struct attrs *to, const char *name, const char *text,
	size_t len);

/* Add an attribute of n texts (NULL is ""): one is stored as text, any other
 * number as a list. */
void attrs_add_texts(struct attrs *to, const char *name, char *const *texts,
	size_t n);

/* Add n numbers of type t, little-endian: one as a scalar, any other number as
 * a list. */
void attrs_add_numbers(struct attrs *to, const char *name, struct dtype t,
	const void *values, size_t n);

/* ERR_DATA unless the name (of what: "variable") is UTF-8, not empty. */
int attr_check_name(const char *what, const char *name,
	struct err *err) PGF_CHECKED;

/* True for attributes that NetCDF-4 keeps for itself: those of dimension
 * scales (HDF5 Dimension Scale Specification) and of netCDF's book-keeping
 * (NetCDF-4 format specification), and any that starts with "_nc". */
bool attr_is_hidden(const char *name);

#endif
