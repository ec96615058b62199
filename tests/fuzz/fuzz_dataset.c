/* SPDX-License-Identifier: Apache-2.0 */
/* A dataset record that is read is written and read again as the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/dataset.h"
#include "record/json_write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_record(struct arena *a, const struct dataset *ds,
	struct buf *out)
{
	struct js *rec = js_new_object(a);

	dataset_to_record(a, ds, rec);
	js_write(out, rec, JS_RECORD);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf once = BUF_INIT, twice = BUF_INIT;
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct js *rec = js_parse(&a, (const char *)data, size, &err);
	struct dataset ds;

	if (rec != NULL && dataset_from_record(&a, rec, &ds, &err) == 0) {
		write_record(&a, &ds, &once);
		rec = js_parse(&a, once.data, once.len, &err);
		if (rec == NULL || dataset_from_record(&a, rec, &ds, &err) < 0)
			abort();
		write_record(&a, &ds, &twice);
		if (once.len != twice.len ||
			memcmp(once.data, twice.data, once.len) != 0)
			abort();
	}
	buf_release(&once);
	buf_release(&twice);
	arena_release(&a);
	return 0;
}
