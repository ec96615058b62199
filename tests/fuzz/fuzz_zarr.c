/* SPDX-License-Identifier: Apache-2.0 */
/* Metadata of a Zarr store that are read give a record that is read back; an index of a
 * shard names chunks in it.  The first byte is the version. */
#include <stdint.h>
#include <stdlib.h>

#include "format/zarr_chunk.h"
#include "format/zarr_store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_index(const uint8_t *data, size_t size)
{
	struct zarr_index x = { data, size / 16, size, false };
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	uint64_t *offset = ARENA_NEW(&a, uint64_t, size / 16);
	uint64_t *length = ARENA_NEW(&a, uint64_t, size / 16);

	if (zarr_chunk_index(&x, offset, length, &err) == 0)
		for (uint64_t i = 0; i < x.n; i++)
			if (offset[i] != UINT64_MAX &&
				(offset[i] > size ||
					length[i] > size - offset[i]))
				abort();
	arena_release(&a);
}

/* Names stay in the folder, and the record is one. */
static void check_dataset(struct arena *a, struct dataset *ds)
{
	struct err err = ERR_INIT;
	struct dataset back;
	struct js *rec = js_new_object(a);
	struct buf name = BUF_INIT;

	for (unsigned i = 0; i < ds->nvars; i++) {
		struct chunk_table *t = &ds->vars[i].table;
		uint64_t n = 0;

		if (!chunk_table_count(t, &n))
			abort();
		chunk_table_object(t, n > 0 ? n - 1 : 0, &name);
		if (!objects_name_is_safe(name.data))
			abort();
		buf_reset(&name);
		if (n < 1000)
			zarr_chunk_none(a, t);
	}
	buf_release(&name);
	dataset_to_record(a, ds, rec);
	if (dataset_from_record(a, rec, &back, &err) < 0 ||
		back.nvars != ds->nvars)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct buf text = BUF_INIT;
	struct zarr_shard *shards;
	struct zarr_group g;
	struct dataset ds;

	if (size == 0)
		return 0;
	check_index(data + 1, size - 1);
	buf_add(&text, data + 1, size - 1);
	if (zarr_group_parse(&a, data[0] == '3' ? 3 : 2, &text, &g, &err) ==
			0 &&
		zarr_store_dataset(&a, &g, &ds, &shards, &err) == 0)
		check_dataset(&a, &ds);
	else if (err.kind != ERR_DATA)
		abort();
	buf_release(&text);
	arena_release(&a);
	return 0;
}
