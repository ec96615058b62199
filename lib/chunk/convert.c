/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blocks go through loops that the compiler makes vectors of and that only
 * notice that something is odd; what is odd is done again element by element,
 * by the code that knows why.  One loop that does both was refused: it is either
 * slow or wrong.
 */
#include "chunk/convert.h"

#include <string.h>

#include "base/num.h"
#include "chunk/convert_block.h"

static bool same_packing(const struct encoding *a, const struct encoding *b)
{
	return !(a->scale < b->scale) && !(a->scale > b->scale) &&
		!(a->offset < b->offset) && !(a->offset > b->offset);
}

static int init_time(struct convert *c, struct err *err)
{
	const struct encoding *in = &c->in, *out = &c->out;
	enum calendar a, b;

	if (in->time == NULL || out->time == NULL)
		return err_set(err, ERR_DATA,
			"'%s' is a time, what it becomes or came from is not",
			in->time == NULL ? out->time : in->time);
	if (out->packed || in->converted)
		return err_set(err, ERR_DATA,
			"'%s': a time with a scale is not written", out->time);
	if (timecode_parse(in->time, in->calendar, in->udunits_months,
		    &c->when[0], err) < 0 ||
		timecode_parse(out->time, out->calendar, out->udunits_months,
			&c->when[1], err) < 0)
		return -1;
	a = c->when[0].calendar;
	b = c->when[1].calendar;
	if (!timecode_same_date(a, b, INT64_MAX))
		return err_set(err, ERR_DATA,
			"dates of the calendar '%s' cannot become dates of "
			"'%s': bake the files of each calendar apart",
			calendar_name(a), calendar_name(b));
	return 0;
}

/* A number stays the number it is if both sides mean the same by it. */
static void choose_way(struct convert *c)
{
	bool rounds = c->out.packed && dtype_is_float(c->from) &&
		dtype_is_integer(c->to);

	if (c->out.time != NULL)
		c->way = CONVERT_TIME;
	else
		c->way = CONVERT_PHYSICAL;
	if (c->way == CONVERT_TIME &&
		(c->in.packed || !timecode_equal(&c->when[0], &c->when[1])))
		return;
	if (same_packing(&c->in, &c->out) && !c->in.converted && !rounds)
		c->way = CONVERT_NUMBER;
}

/* An offset of 0 adds nothing, nor takes the sign of a zero away: -0.0. */
static double added(double offset)
{
	return offset > 0 || offset < 0 ? offset : -0.0;
}

static void choose_steps(struct convert *c)
{
	c->scale[0] = c->in.scale;
	c->scale[1] = c->in.units[0];
	c->offset[0] = added(c->in.offset);
	c->offset[1] = added(c->in.units[1]);
}

static void choose_fill(struct convert *c)
{
	static const float nan32 = (float)__builtin_nan("");
	static const double nan64 = __builtin_nan("");

	c->has_fill = c->out.nmissing > 0 || dtype_is_float(c->to);
	c->nan_is_missing = c->out.nmissing > 0 || !dtype_is_float(c->to);
	if (c->out.nmissing > 0)
		memcpy(c->fill, c->out.missing[0], sizeof(c->fill));
	else if (c->to.kind == DTYPE_FLOAT32)
		memcpy(c->fill, &nan32, sizeof(nan32));
	else
		memcpy(c->fill, &nan64, sizeof(nan64));
}

int convert_init(struct convert *c, struct convert_side from,
	struct convert_side to, struct err *err)
{
	memset(c, 0, sizeof(*c));
	if (dtype_is_text(from.dtype) || dtype_is_text(to.dtype))
		return err_set(err, ERR_DATA, "text is not converted");
	c->from = encoding_dtype(from.encoding, from.dtype);
	c->to = encoding_dtype(to.encoding, to.dtype);
	c->in = *from.encoding;
	c->out = *to.encoding;
	if ((c->in.time != NULL || c->out.time != NULL) &&
		init_time(c, err) < 0)
		return -1;
	choose_way(c);
	choose_steps(c);
	choose_fill(c);
	convert_choose_loops(c);
	return 0;
}

static int run_elements(const struct convert *c, const uint8_t *from,
	uint8_t *to, size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++)
		if (convert_element(c, from + i * c->from.size,
			    to + i * c->to.size, err) < 0)
			return (int)i;
	return -1;
}

/* At most a block; the loops get a whole one, of copies of the first element
 * behind the last.  The index of an element that does not go, or -1. */
static int run_block(const struct convert *c, const uint8_t *from, uint8_t *to,
	size_t n, struct err *err)
{
	uint64_t in[CONVERT_BLOCK], out[CONVERT_BLOCK];
	uint8_t *p = (uint8_t *)in;

	if (!c->fast)
		return run_elements(c, from, to, n, err);
	if (n == CONVERT_BLOCK)
		return convert_block(c, from, to) ?
			-1 :
			run_elements(c, from, to, n, err);
	memcpy(p, from, n * c->from.size);
	for (size_t i = n; i < CONVERT_BLOCK; i++)
		memcpy(p + i * c->from.size, from, c->from.size);
	if (!convert_block(c, in, out))
		return run_elements(c, from, to, n, err);
	memcpy(to, out, n * c->to.size);
	return -1;
}

int convert_run(const struct convert *c, const struct convert_job *job,
	size_t *at, struct err *err)
{
	const uint8_t *in = job->from;
	uint8_t *out = job->to;

	for (size_t i = 0; i < job->n; i += CONVERT_BLOCK) {
		size_t n = num_min(job->n - i, CONVERT_BLOCK);
		int odd = run_block(c, in + i * c->from.size,
			out + i * c->to.size, n, err);

		if (odd >= 0) {
			*at = i + (size_t)odd;
			return -1;
		}
	}
	return 0;
}
