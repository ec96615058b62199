/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loops over a block of fixed length, one for each type or pair of types, that
 * the compiler makes vectors of: nothing in them branches, what is odd is only
 * noticed.  The block of doubles between load and store lies in the nearest
 * cache; a loop for each pair of types was refused, being many and little
 * faster.
 */
#include "chunk/convert_block.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* store_* rounds by sums that must be doubles. */
_Static_assert(FLT_EVAL_METHOD == 0, "double arithmetic is done in double");

enum { BLOCK = CONVERT_BLOCK };

#define INTEGERS(DO)         \
	DO(int8_t, INT8)     \
	DO(int16_t, INT16)   \
	DO(int32_t, INT32)   \
	DO(int64_t, INT64)   \
	DO(uint8_t, UINT8)   \
	DO(uint16_t, UINT16) \
	DO(uint32_t, UINT32) \
	DO(uint64_t, UINT64)

#define REALS(DO)          \
	DO(float, FLOAT32) \
	DO(double, FLOAT64)

/* The mask says of each element whether it is missing. */
static bool any_of(const uint8_t *mask)
{
	uint8_t any = 0;

	for (int i = 0; i < BLOCK; i++)
		any |= mask[i];
	return any != 0;
}

#define MASK(TYPE, NAME)                                             \
	static void mask_##NAME(const void *from, const void *value, \
		uint8_t *restrict mask)                              \
	{                                                            \
		const TYPE *restrict in = from;                      \
		TYPE v;                                              \
                                                                     \
		memcpy(&v, value, sizeof(v));                        \
		for (int i = 0; i < BLOCK; i++)                      \
			mask[i] |= in[i] == v;                       \
	}
INTEGERS(MASK)
REALS(MASK)

#define MASK_NAN(TYPE, NAME)                                                  \
	static void mask_nan_##NAME(const void *from, uint8_t *restrict mask) \
	{                                                                     \
		const TYPE *restrict in = from;                               \
                                                                              \
		for (int i = 0; i < BLOCK; i++)                               \
			mask[i] = isnan(in[i]) ? 1 : mask[i];                 \
	}
REALS(MASK_NAN)

/* Missing ones become the fill value. */
#define BLEND(TYPE, NAME)                                     \
	static void blend_##NAME(void *to, const void *value, \
		const uint8_t *restrict mask)                 \
	{                                                     \
		typedef TYPE element;                         \
		element *restrict out = to, v;                \
                                                              \
		memcpy(&v, value, sizeof(v));                 \
		for (int i = 0; i < BLOCK; i++)               \
			out[i] = mask[i] != 0 ? v : out[i];   \
	}
INTEGERS(BLEND)
REALS(BLEND)

/* True if none that is not missing equals a value. */
#define CHECK(TYPE, NAME)                                                 \
	static bool check_##NAME(const void *to, const void *value,       \
		const uint8_t *restrict mask)                             \
	{                                                                 \
		const TYPE *restrict out = to;                            \
		uint8_t bad = 0;                                          \
		TYPE v;                                                   \
                                                                          \
		memcpy(&v, value, sizeof(v));                             \
		for (int i = 0; i < BLOCK; i++)                           \
			bad |= (uint8_t)((out[i] == v) & (mask[i] == 0)); \
		return bad == 0;                                          \
	}
INTEGERS(CHECK)
REALS(CHECK)

/* As a physical number. */
#define LOAD(TYPE, NAME)                                                       \
	static void load_##NAME(const void *from, double scale, double offset, \
		double *restrict out)                                          \
	{                                                                      \
		const TYPE *restrict in = from;                                \
                                                                               \
		for (int i = 0; i < BLOCK; i++) {                              \
			double v = (double)in[i];                              \
                                                                               \
			v *= scale;                                            \
			v += offset;                                           \
			out[i] = v;                                            \
		}                                                              \
	}
INTEGERS(LOAD)
REALS(LOAD)

/* Rounded to the target; false if one is beyond it. */
#define STORE_REAL(TYPE, NAME, MAX)                                   \
	static bool store_##NAME(const double *restrict in, void *to) \
	{                                                             \
		typedef TYPE element;                                 \
		element *restrict out = to;                           \
		int bad = 0;                                          \
                                                                      \
		for (int i = 0; i < BLOCK; i++) {                     \
			TYPE v = (TYPE)in[i];                         \
                                                                      \
			bad |= (v > (MAX)) | (v < -(MAX));            \
			out[i] = v;                                   \
		}                                                     \
		return bad == 0;                                      \
	}
STORE_REAL(float, FLOAT32, FLT_MAX)
STORE_REAL(double, FLOAT64, DBL_MAX)

/* Adding 1.5 * 2^52 leaves a double no bits for a fraction: it is rounded half
 * to even, and taking the sum away again is exact. */
#define STORE_INTEGER(TYPE, NAME, MIN, MAX)                           \
	static bool store_##NAME(const double *restrict in, void *to) \
	{                                                             \
		typedef TYPE element;                                 \
		element *restrict out = to;                           \
		int bad = 0;                                          \
                                                                      \
		for (int i = 0; i < BLOCK; i++) {                     \
			double v = in[i] + 0x1.8p52;                  \
                                                                      \
			v -= 0x1.8p52;                                \
			bad |= !(v >= (MIN)) | !(v <= (MAX));         \
			v = v >= (MIN) ? v : 0;                       \
			v = v <= (MAX) ? v : 0;                       \
			out[i] = (TYPE)(int32_t)v;                    \
		}                                                     \
		return bad == 0;                                      \
	}
STORE_INTEGER(int8_t, INT8, INT8_MIN, INT8_MAX)
STORE_INTEGER(uint8_t, UINT8, 0, UINT8_MAX)
STORE_INTEGER(int16_t, INT16, INT16_MIN, INT16_MAX)
STORE_INTEGER(uint16_t, UINT16, 0, UINT16_MAX)
STORE_INTEGER(int32_t, INT32, INT32_MIN, INT32_MAX)

/* Pairs in which every number has its like; 64-bit integers get the nearest
 * double. */
#define PROMOTIONS(DO)                         \
	DO(INT8, int8_t, INT8, int8_t)         \
	DO(INT8, int8_t, INT16, int16_t)       \
	DO(INT8, int8_t, INT32, int32_t)       \
	DO(INT8, int8_t, INT64, int64_t)       \
	DO(INT8, int8_t, FLOAT32, float)       \
	DO(INT8, int8_t, FLOAT64, double)      \
	DO(INT16, int16_t, INT16, int16_t)     \
	DO(INT16, int16_t, INT32, int32_t)     \
	DO(INT16, int16_t, INT64, int64_t)     \
	DO(INT16, int16_t, FLOAT32, float)     \
	DO(INT16, int16_t, FLOAT64, double)    \
	DO(INT32, int32_t, INT32, int32_t)     \
	DO(INT32, int32_t, INT64, int64_t)     \
	DO(INT32, int32_t, FLOAT64, double)    \
	DO(INT64, int64_t, INT64, int64_t)     \
	DO(INT64, int64_t, FLOAT64, double)    \
	DO(UINT8, uint8_t, INT16, int16_t)     \
	DO(UINT8, uint8_t, INT32, int32_t)     \
	DO(UINT8, uint8_t, INT64, int64_t)     \
	DO(UINT8, uint8_t, UINT8, uint8_t)     \
	DO(UINT8, uint8_t, UINT16, uint16_t)   \
	DO(UINT8, uint8_t, UINT32, uint32_t)   \
	DO(UINT8, uint8_t, UINT64, uint64_t)   \
	DO(UINT8, uint8_t, FLOAT32, float)     \
	DO(UINT8, uint8_t, FLOAT64, double)    \
	DO(UINT16, uint16_t, INT32, int32_t)   \
	DO(UINT16, uint16_t, INT64, int64_t)   \
	DO(UINT16, uint16_t, UINT16, uint16_t) \
	DO(UINT16, uint16_t, UINT32, uint32_t) \
	DO(UINT16, uint16_t, UINT64, uint64_t) \
	DO(UINT16, uint16_t, FLOAT32, float)   \
	DO(UINT16, uint16_t, FLOAT64, double)  \
	DO(UINT32, uint32_t, INT64, int64_t)   \
	DO(UINT32, uint32_t, UINT32, uint32_t) \
	DO(UINT32, uint32_t, UINT64, uint64_t) \
	DO(UINT32, uint32_t, FLOAT64, double)  \
	DO(UINT64, uint64_t, UINT64, uint64_t) \
	DO(UINT64, uint64_t, FLOAT64, double)  \
	DO(FLOAT32, float, FLOAT32, float)     \
	DO(FLOAT32, float, FLOAT64, double)    \
	DO(FLOAT64, double, FLOAT64, double)

#define PROMOTE(FROM, FROM_TYPE, TO, TO_TYPE)                         \
	static void promote_##FROM##_##TO(const void *from, void *to) \
	{                                                             \
		const FROM_TYPE *restrict in = from;                  \
		typedef TO_TYPE element;                              \
		element *restrict out = to;                           \
                                                                      \
		for (int i = 0; i < BLOCK; i++)                       \
			out[i] = (TO_TYPE)in[i];                      \
	}
PROMOTIONS(PROMOTE)

enum { NTYPES = DTYPE_FLOAT64 + 1 };

static const struct convert_loops by_source[NTYPES] = {
#define SOURCE_INTEGER(TYPE, NAME) \
	[DTYPE_##NAME] = { .mask = mask_##NAME, .load = load_##NAME },
#define SOURCE_REAL(TYPE, NAME)                 \
	[DTYPE_##NAME] = { .mask = mask_##NAME, \
		.mask_nan = mask_nan_##NAME,    \
		.load = load_##NAME },
	INTEGERS(SOURCE_INTEGER) REALS(SOURCE_REAL)
};

static const struct convert_loops by_target[NTYPES] = {
#define TARGET(TYPE, NAME) \
	[DTYPE_##NAME] = { .check = check_##NAME, .blend = blend_##NAME },
	INTEGERS(TARGET) REALS(TARGET)
};

static bool (*const stores[NTYPES])(const double *in, void *out) = {
	[DTYPE_INT8] = store_INT8,
	[DTYPE_UINT8] = store_UINT8,
	[DTYPE_INT16] = store_INT16,
	[DTYPE_UINT16] = store_UINT16,
	[DTYPE_INT32] = store_INT32,
	[DTYPE_FLOAT32] = store_FLOAT32,
	[DTYPE_FLOAT64] = store_FLOAT64,
};

static void (*const promotions[NTYPES][NTYPES])(const void *in, void *out) = {
#define PROMOTION(FROM, FROM_TYPE, TO, TO_TYPE) \
	[DTYPE_##FROM][DTYPE_##TO] = promote_##FROM##_##TO,
	PROMOTIONS(PROMOTION)
};

void convert_choose_loops(struct convert *c)
{
	const struct convert_loops *out = &by_target[c->to.kind];
	bool rounds = c->out.packed || dtype_is_float(c->to);

	c->loop = by_source[c->from.kind];
	c->loop.check = out->check;
	c->loop.blend = out->blend;
	if (c->way == CONVERT_NUMBER)
		c->loop.promote = promotions[c->from.kind][c->to.kind];
	else if (c->way == CONVERT_PHYSICAL && rounds)
		c->loop.store = stores[c->to.kind];
	c->fast = c->loop.promote != NULL || c->loop.store != NULL;
}

/* v * scale + offset, in place. */
static void scale_reals(double *restrict v, double scale, double offset)
{
	for (int i = 0; i < BLOCK; i++) {
		double scaled = v[i] * scale;

		v[i] = scaled + offset;
	}
}

static void pack_reals(double *restrict v, double scale, double offset)
{
	for (int i = 0; i < BLOCK; i++) {
		double moved = v[i] - offset;

		v[i] = moved / scale;
	}
}

static bool through_reals(const struct convert *c, const void *from, void *to,
	const uint8_t *mask, bool any)
{
	static const double none = 0;
	double real[BLOCK];

	c->loop.load(from, c->scale[0], c->offset[0], real);
	if (c->in.converted)
		scale_reals(real, c->scale[1], c->offset[1]);
	if (c->out.packed)
		pack_reals(real, c->out.scale, c->out.offset);
	if (any) /* a missing one may be beyond the target */
		blend_FLOAT64(real, &none, mask);
	return c->loop.store(real, to);
}

static bool make_mask(const struct convert *c, const void *from, uint8_t *mask)
{
	bool nan = c->nan_is_missing && c->loop.mask_nan != NULL;

	memset(mask, 0, BLOCK);
	for (unsigned i = 0; i < c->in.nmissing; i++)
		c->loop.mask(from, c->in.missing[i], mask);
	if (nan)
		c->loop.mask_nan(from, mask);
	return (nan || c->in.nmissing > 0) && any_of(mask);
}

bool convert_block(const struct convert *c, const void *from, void *to)
{
	uint8_t mask[BLOCK];
	bool any = make_mask(c, from, mask), ok = true;

	if (any && !c->has_fill)
		return false;
	if (c->loop.promote != NULL)
		c->loop.promote(from, to);
	else
		ok = through_reals(c, from, to, mask, any);
	for (unsigned i = 0; i < c->out.nmissing && ok; i++)
		ok = c->loop.check(to, c->out.missing[i], mask);
	if (any && ok)
		c->loop.blend(to, c->fill, mask);
	return ok;
}
