/* SPDX-License-Identifier: Apache-2.0 */
/*
 * By rule instead of by table: the smallest type that holds both, but integers of
 * 64 bits with and without sign, and integers of 32 and 64 bits with floats, are
 * float64, as in NumPy.
 */
#include "model/dtype.h"

static struct dtype integer_of(uint32_t size, bool is_signed)
{
	static const enum dtype_kind kinds[2][4] = {
		{ DTYPE_UINT8, DTYPE_UINT16, DTYPE_UINT32, DTYPE_UINT64 },
		{ DTYPE_INT8, DTYPE_INT16, DTYPE_INT32, DTYPE_INT64 },
	};
	unsigned i = 0;

	while ((uint32_t)1 << i < size)
		i++;
	return i > 3 ? dtype_of(DTYPE_FLOAT64) : dtype_of(kinds[is_signed][i]);
}

static struct dtype promote_integers(struct dtype a, struct dtype b)
{
	struct dtype s = dtype_is_signed(a) ? a : b;
	struct dtype u = dtype_is_signed(a) ? b : a;

	if (dtype_is_signed(a) == dtype_is_signed(b))
		return a.size > b.size ? a : b;
	return s.size > u.size ? s : integer_of(2 * u.size, true);
}

static struct dtype promote_floats(struct dtype a, struct dtype b)
{
	bool small = a.size <= (dtype_is_float(a) ? 4 : 2) &&
		b.size <= (dtype_is_float(b) ? 4 : 2);

	return dtype_of(small ? DTYPE_FLOAT32 : DTYPE_FLOAT64);
}

bool dtype_promote(struct dtype a, struct dtype b, struct dtype *out)
{
	if (dtype_is_text(a) || dtype_is_text(b)) {
		*out = a;
		return dtype_equal(a, b);
	}
	*out = dtype_is_float(a) || dtype_is_float(b) ? promote_floats(a, b) :
							promote_integers(a, b);
	return true;
}
