/* SPDX-License-Identifier: Apache-2.0 */
/* What is read as JSON is written, read and written again as the same bytes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "record/json_write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = ARENA_INIT;
	struct buf once = BUF_INIT, twice = BUF_INIT;
	struct err err = ERR_INIT;
	struct js *v = js_parse(&arena, (const char *)data, size, &err);

	if (v != NULL) {
		js_write(&once, v, JS_RECORD);
		v = js_parse(&arena, once.data, once.len, &err);
		if (v == NULL)
			abort();
		js_write(&twice, v, JS_RECORD);
		if (once.len != twice.len ||
			memcmp(once.data, twice.data, once.len) != 0)
			abort();
	}
	buf_release(&once);
	buf_release(&twice);
	arena_release(&arena);
	return 0;
}
