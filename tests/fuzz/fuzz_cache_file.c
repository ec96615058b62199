/* SPDX-License-Identifier: Apache-2.0 */
/* What is read as our own writing is what the JSON parser, which a blank in front
 * calls in, makes of it; and what was read can be written and read again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "net/cache_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool so)
{
	if (!so)
		abort();
}

static void demand_same(const struct cache_file *a, const struct cache_file *b)
{
	demand(a->size == b->size && str_eq(a->sha256, b->sha256) &&
		str_eq(a->etag, b->etag) && str_eq(a->modified, b->modified));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct buf text = BUF_INIT;
	struct cache_file one, two;
	const char *x, *y;

	buf_addc(&text, ' ');
	buf_add(&text, data, size);
	x = cache_file_read(&a, text.data + 1, size, &one);
	y = cache_file_read(&a, text.data, size + 1, &two);
	demand((x == NULL) == (y == NULL));
	if (x != NULL) {
		demand(str_eq(x, y));
		demand_same(&one, &two);
		buf_reset(&text);
		cache_file_write(&text, x, &one);
		y = cache_file_read(&a, text.data, text.len, &two);
		demand(y != NULL && str_eq(x, y));
		demand_same(&one, &two);
	}
	buf_release(&text);
	arena_release(&a);
	return 0;
}
