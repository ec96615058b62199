/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key k of dates is the step that is k-th among those not skipped, found by
 * halving in the sorted list of skipped steps: no bitmap, no list of keys.
 */
#include "recipe/pattern_dim.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

/* skip[i] - i steps are left before the i-th skipped one. */
static uint64_t step_of_key(const struct pattern_dim *dim, uint64_t k)
{
	size_t low = 0, high = dim->nskip;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (dim->skip[mid] - mid <= k)
			low = mid + 1;
		else
			high = mid;
	}
	return k + low;
}

/* Two digits and what comes after them; the end. */
static char *put_part(char *s, int v, char after)
{
	s[0] = (char)('0' + v / 10 % 10);
	s[1] = (char)('0' + v % 10);
	s[2] = after;
	s[3] = '\0';
	return s + 2 + (after != '\0');
}

static void date_key(const struct pattern_dim *dim, uint64_t k,
	char buffer[PATTERN_KEY_TEXT], struct template_value *out)
{
	struct date *d = &out->date;

	/* The recipe's reader has been over the last step, so none can fail. */
	if (!calendar_add(dim->calendar, &dim->start, dim->step,
		    (int64_t)step_of_key(dim, k), d))
		*d = dim->start;
	buffer = put_part(buffer, d->year / 100, '\0');
	buffer = put_part(buffer, d->year % 100, '-');
	buffer = put_part(buffer, d->month, '-');
	buffer = put_part(buffer, d->day, dim->by_day ? '\0' : 'T');
	if (dim->by_day)
		return;
	buffer = put_part(buffer, d->hour, ':');
	buffer = put_part(buffer, d->minute, ':');
	put_part(buffer, d->second, '\0');
}

void pattern_dim_key(const struct pattern_dim *dim, uint64_t k,
	char buffer[PATTERN_KEY_TEXT], struct template_value *out)
{
	*out = (struct template_value){ .text = buffer };
	switch (dim->keys) {
	case PATTERN_DATES:
		date_key(dim, k, buffer, out);
		break;
	case PATTERN_VALUES:
		out->text = dim->values[k].name;
		out->number = dim->values[k].number;
		out->members = dim->values[k].members;
		break;
	case PATTERN_RANGE:
		out->number = dim->first + (int64_t)k * dim->by;
		snprintf(buffer, PATTERN_KEY_TEXT, "%lld",
			(long long)out->number);
		break;
	default:
		out->number = (int64_t)k;
		snprintf(buffer, PATTERN_KEY_TEXT, "%llu",
			(unsigned long long)k);
	}
}

static bool all_integers(const struct pattern_dim *dim)
{
	for (uint64_t k = 0; k < dim->n; k++)
		if (!dim->values[k].is_integer)
			return false;
	return true;
}

/* The names that any key has a member of, once each. */
static const char *const *all_members(struct arena *a,
	const struct pattern_dim *dim)
{
	struct js *seen = js_new_object(a);
	const char **names;
	size_t n = 0;

	for (uint64_t k = 0; k < dim->n; k++) {
		const struct js *members = dim->values[k].members;

		for (void *it = js_first(members); it;
			it = js_next(members, it))
			js_set(seen, js_name(it), js_member(it));
	}
	names = ARENA_NEW(a, const char *, js_count(seen) + 1);
	for (void *it = js_first(seen); it; it = js_next(seen, it))
		names[n++] = js_name(it);
	return names;
}

void pattern_dim_name(struct arena *a, const struct pattern_dim *dim,
	struct template_name *out)
{
	*out = (struct template_name){ .name = dim->name };
	switch (dim->keys) {
	case PATTERN_DATES:
		out->kind = TEMPLATE_DATE;
		out->calendar = dim->calendar;
		break;
	case PATTERN_VALUES:
		if (all_integers(dim))
			out->kind = TEMPLATE_INTEGER;
		out->members = all_members(a, dim);
		break;
	default:
		out->kind = TEMPLATE_INTEGER;
	}
}
