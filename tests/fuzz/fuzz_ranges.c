/* SPDX-License-Identifier: Apache-2.0 */
/* The pieces of an order are its ranges, each byte once, in their order and in the
 * file. */
#include <stdint.h>
#include <stdlib.h>

#include "net/wanted.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The pieces from i on that make up a range; the first that does not. */
static size_t skip_range(const struct wanted *w, const struct js *range,
	size_t i)
{
	uint64_t at = 0, length = 0;
	size_t first = i;

	if (!js_u64(js_at(range, 0), &at) || !js_u64(js_at(range, 1), &length))
		abort();
	for (; length > 0; i++) {
		uint64_t n;

		if (i == w->n || w->pieces[i].start != at ||
			w->pieces[i].end <= at)
			abort();
		n = w->pieces[i].end - at;
		if (n > length)
			abort();
		at += n;
		length -= n;
	}
	if (at > w->version.size || at > INT64_MAX - w->base ||
		i - first > WANTED_PIECES)
		abort();
	return i;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	const struct js *rec = js_parse(&arena, (const char *)data, size, &err);
	struct wanted w;
	size_t n = 0;

	if (rec != NULL && wanted_read(&arena, rec, &w, &err) == 0) {
		const struct js *ranges = js_get(rec, "ranges");

		for (size_t i = 0; i < js_count(ranges); i++)
			n = skip_range(&w, js_at(ranges, i), n);
		if (n != w.n)
			abort();
	}
	arena_release(&arena);
	return 0;
}
