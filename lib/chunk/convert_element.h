/* SPDX-License-Identifier: Apache-2.0 */
/*
 * convert_element: one number, for chunk/convert: the law that the loops over
 * blocks keep to.
 */
#ifndef PGF_CONVERT_ELEMENT_H
#define PGF_CONVERT_ELEMENT_H

#include "model/encoding.h"
#include "model/timecode.h"

enum { CONVERT_BLOCK = 256 };

/* Loops over CONVERT_BLOCK elements each; NULL: there is none. */
struct convert_loops {
	void (*mask)(const void *in, const void *value, uint8_t *mask);
	void (*mask_nan)(const void *in, uint8_t *mask);
	void (*promote)(const void *in, void *out);
	void (*load)(const void *in, double scale, double offset, double *out);
	bool (*store)(const double *in, void *out);
	bool (*check)(const void *out, const void *value, const uint8_t *mask);
	void (*blend)(void *out, const void *value, const uint8_t *mask);
};

enum convert_way {
	CONVERT_NUMBER,   /* raw to raw */
	CONVERT_PHYSICAL, /* through double */
	CONVERT_TIME,
};

/* Everything decided before the first element. */
struct convert {
	enum convert_way way;
	struct dtype from, to;      /* as which elements are read */
	struct encoding in, out;    /* texts are borrowed */
	struct timecode when[2];    /* of a time: source, target */
	double scale[2], offset[2]; /* unpacking, then units */
	bool nan_is_missing;        /* else a NaN stays the NaN it is */
	bool has_fill;              /* the target can say "missing" */
	uint8_t fill[8];            /* how */
	bool fast;                  /* the loops do this pair */
	struct convert_loops loop;
};

/* Convert one element.  ERR_DATA: the target cannot hold it; the message has
 * its value and the remedy. */
int convert_element(const struct convert *c, const void *from, void *to,
	struct err *err) PGF_CHECKED;

#endif
