/* SPDX-License-Identifier: Apache-2.0 */
/* Stretches stay sorted and apart, hold what was put in, and what is missing is the
 * rest: over a small set of places and over the largest ones. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/spans.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct spans *s, uint64_t gap)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->at[i].start >= s->at[i].end ||
			(i > 0 &&
				(s->at[i].start <= s->at[i - 1].end ||
					s->at[i].start - s->at[i - 1].end <=
						gap)))
			abort();
}

static void check_missing(const struct spans *s, struct span_range r)
{
	struct spans missing = SPANS_INIT, both = SPANS_INIT;

	spans_missing(s, r, &missing);
	check(&missing, 0);
	for (size_t i = 0; i < missing.n; i++) {
		struct span_range m = missing.at[i];

		if (m.start < r.start || m.end > r.end || spans_has(s, m))
			abort();
		spans_add(&both, m, 0);
	}
	for (size_t i = 0; i < s->n; i++)
		spans_add(&both, s->at[i], 0);
	if (!spans_has(&both, r) || (missing.n == 0) != spans_has(s, r))
		abort();
	spans_release(&missing);
	spans_release(&both);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct spans s = SPANS_INIT;
	uint64_t gap = size > 0 ? data[0] % 4 * 5 : 0, before = 0, far;

	for (; size >= 4; data += 4, size -= 4) {
		struct span_range r = { data[1], 0 };

		far = data[0] & 0x80 ? UINT64_MAX - 511 : 0;
		r.start += far;
		r.end = r.start + data[2] % 64;
		if (data[3] & 1) {
			check_missing(&s, r);
			continue;
		}
		spans_add(&s, r, gap);
		check(&s, gap);
		if (!spans_has(&s, r) || spans_size(&s) < before)
			abort();
		before = spans_size(&s);
	}
	spans_release(&s);
	return 0;
}
