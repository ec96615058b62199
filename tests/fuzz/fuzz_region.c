/* SPDX-License-Identifier: Apache-2.0 */
/* A region record of any text: what is accepted keeps what region.h says. */
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/num.h"
#include "model/region.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void check_region(const struct region *r)
{
	const struct target *t = &r->target;
	uint64_t end;

	must(region_name_is_safe(t->name));
	for (unsigned i = 0; i < t->ndim; i++) {
		must(t->chunk_shape[i] > 0);
		must(r->offset[i] % t->chunk_shape[i] == 0);
		must(num_add(r->offset[i], r->size[i], &end));
		must(end <= t->shape[i]);
	}
	for (size_t p = 0; p < r->npieces; p++) {
		const struct piece *piece = &r->pieces[p];

		must(piece->table.ndim == t->ndim + r->cell_ndim);
		must(piece->table.dtype.size == r->cell.size);
		for (unsigned i = 0; i < t->ndim; i++) {
			must(num_add(piece->offset[i], piece->table.shape[i],
				&end));
			must(end <= t->shape[i]);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	struct js *v = js_parse(&arena, (const char *)data, size, &err);
	struct region r;

	if (v != NULL) {
		if (region_from_record(&arena, v, &r, &err) == 0)
			check_region(&r);
		else
			must(err.kind == ERR_DATA);
	}
	arena_release(&arena);
	return 0;
}
