/* SPDX-License-Identifier: Apache-2.0 */
/*
 * encoding: what the stored numbers of an array mean, in the words of CF
 * (CF conventions 1.11, sections 2.5.1 missing data, 4.4 time, 8.1 packing) and
 * of the netCDF attribute conventions (_Unsigned).
 *
 * A region gives one of its target and one of each source piece; the writer
 * converts from the second to the first (chunk/convert).  Pure: texts are
 * borrowed from the JSON value they were read from.
 */
#ifndef PGF_ENCODING_H
#define PGF_ENCODING_H

#include "model/dtype.h"

enum { ENCODING_MAX_MISSING = 8 };

enum encoding_sign {
	ENCODING_SIGN_OWN,      /* that of the dtype */
	ENCODING_SIGN_UNSIGNED, /* _Unsigned = "true" of signed integers */
	ENCODING_SIGN_SIGNED,   /* _Unsigned = "false" of unsigned integers */
};

struct encoding {
	unsigned nmissing;
	/* Raw values that mean "missing": dtype.size little-endian bytes each.
	 * The first is what a target writes. */
	uint8_t missing[ENCODING_MAX_MISSING][8];
	bool packed;          /* physical = raw * scale + offset, in float64 */
	double scale, offset; /* 1 and 0 unless packed */
	enum encoding_sign sign;
	const char *time;     /* "hours since 2000-01-01", or NULL: no time */
	const char *calendar; /* of the time, as written; never NULL with it */
	bool udunits_months;  /* months and years of the time are UDUNITS' mean
			       * ones (else convertible only where the calendar
			       * makes them whole days) */
	bool converted;       /* source only: target = units[0] * physical + */
	double units[2];      /* units[1]; physical is after unpacking */
};

/* The encoding that says nothing. */
struct encoding encoding_none(void);

/* Read and write the member "encoding" of a region record (pgf-records(5)) of
 * an array of numeric type t.  A NULL or empty object is encoding_none.
 * ERR_DATA: not that, a value that is not one of t, an unknown member. */
int encoding_from_json(const struct js *v, struct dtype t, struct encoding *out,
	struct err *err) PGF_CHECKED;
struct js *encoding_to_json(struct arena *a, const struct encoding *e,
	struct dtype t);

/* The encoding that the attributes of a numeric variable of type t state:
 * _FillValue, then missing_value (one or a list), without doubles and without
 * what no element of t can equal; scale_factor and add_offset; _Unsigned;
 * units that hold " since ", and calendar ("standard" if absent).  Units of no
 * time are not looked at: units_convert knows them.  Whether time and calendar
 * can be understood is for timecode_parse to say.  ERR_DATA: a scale or offset
 * that is no finite number, a scale of 0, more than ENCODING_MAX_MISSING values,
 * a calendar that is no text. */
int encoding_of_attrs(const struct js *attrs, struct dtype t,
	struct encoding *out, struct err *err) PGF_CHECKED;

/* What netCDF puts into cells of type t that nobody writes (netcdf.h, NC_FILL_*);
 * NULL for text. */
struct js *encoding_default_fill(struct arena *a, struct dtype t);

/* True if both mean the same of elements of type t: missing values in the same
 * order, numbers by value, time and calendar by spelling. */
bool encoding_equal(const struct encoding *a, const struct encoding *b,
	struct dtype t);

/* The type as which elements of type t are read: t, or t with the other sign.
 */
struct dtype encoding_dtype(const struct encoding *e, struct dtype t);

/* True if the raw value (t.size little-endian bytes) is listed as missing, or
 * is a NaN. */
bool encoding_is_missing(const struct encoding *e, struct dtype t,
	const void *bytes);

#endif
