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
	bool v2 = t->zarr_format == 2;

	buf_reset(out);
	buf_addf(out, "%s/", t->name);
	grid_key_text(out, (struct grid_key){ v2, v2 ? '.' : '/' }, t->ndim,
		at);
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

bool array_key_is_like(const char *s)
{
	char separator = '.';

	if (*s == 'c') {
		separator = '/';
		s++;
	} else if (!is_digit(*s)) {
		return false;
	}
	while (*s != '\0') {
		if (separator == '/' && *s++ != '/')
			return false;
		if (!is_digit(*s))
			return false;
		while (is_digit(*s))
			s++;
		if (separator == '.' && *s == '.' && is_digit(s[1]))
			s++;
		else if (separator == '.' && *s != '\0')
			return false;
	}
	return true;
}
