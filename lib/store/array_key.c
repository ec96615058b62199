/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A name is read leniently, spelled again and compared: so there is one place
 * that knows how names are spelled, and "01" is not 1.
 */
#include "store/array_key.h"

#include <string.h>

#include "base/str.h"
#include "chunk/grid.h"

static void spell(struct buf *out, const struct array *t, const uint64_t *at)
{
	const struct grid_key how = { t->zarr_format == 2, t->separator };

	buf_reset(out);
	buf_addf(out, "%s/", t->name);
	grid_key_text(out, how, t->ndim, at);
}

void array_key_text(struct buf *out, const struct array *t, uint64_t k)
{
	uint64_t at[DATASET_MAX_NDIM] = { 0 };

	for (unsigned i = t->ndim; i-- > 0;) {
		at[i] = k % array_axis_chunks(t, i);
		k /= array_axis_chunks(t, i);
	}
	spell(out, t, at);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The numbers at the end of a name, whatever stands between them. */
static void read_numbers(const char *name, unsigned n, uint64_t *at)
{
	const char *s = name + strlen(name);

	while (n-- > 0) {
		while (s > name && is_digit(s[-1]))
			s--;
		for (const char *d = s; is_digit(*d); d++)
			if (at[n] < INT64_MAX / 10)
				at[n] = at[n] * 10 + (uint64_t)(*d - '0');
		if (s > name)
			s--;
	}
}

bool array_key_number(const struct array *t, const char *name, uint64_t *k)
{
	uint64_t at[DATASET_MAX_NDIM] = { 0 };
	struct buf key = BUF_INIT;
	bool same;

	read_numbers(name, t->ndim, at);
	spell(&key, t, at);
	same = str_eq(key.data, name);
	buf_release(&key);
	*k = 0;
	for (unsigned i = 0; i < t->ndim; i++) {
		if (at[i] >= array_axis_chunks(t, i))
			return false;
		*k = *k * array_axis_chunks(t, i) + at[i];
	}
	return same;
}

static const char *skip_digits(const char *s)
{
	while (is_digit(*s))
		s++;
	return s;
}

bool array_key_is_like(const char *s)
{
	const char *end = *s == 'c' ? s + 1 : skip_digits(s);
	const char separator = *end;

	if (end == s || (separator != '/' && separator != '.'))
		return end > s && separator == '\0';
	while (*end == separator && is_digit(end[1]))
		end = skip_digits(end + 1);
	return *end == '\0';
}
