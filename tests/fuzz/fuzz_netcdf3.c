/* SPDX-License-Identifier: Apache-2.0 */
/* A classic NetCDF file that is read gives a record that is read back, and
 * chunks that lie in the file. */
#include <stdint.h>
#include <stdlib.h>

#include "format/netcdf3.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_chunks(const struct variable *v, size_t size)
{
	const struct refs *r = &v->table.refs;

	for (uint64_t i = 0; i < r->n; i++)
		if (r->offset[i] > size || r->length[i] > size - r->offset[i])
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct view file = view_of_memory(data, size);
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	struct dataset ds, back;
	struct js *rec;

	if (netcdf3_read(&arena, &file, &ds, &err) == 0) {
		for (unsigned i = 0; i < ds.nvars; i++)
			check_chunks(&ds.vars[i], size);
		rec = js_new_object(&arena);
		dataset_to_record(&arena, &ds, rec);
		if (dataset_from_record(&arena, rec, &back, &err) < 0 ||
			back.nvars != ds.nvars)
			abort();
	} else if (err.kind != ERR_DATA) {
		abort();
	}
	arena_release(&arena);
	return 0;
}
