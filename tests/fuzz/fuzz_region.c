/* SPDX-License-Identifier: Apache-2.0 */
/* A region record of any text: what is accepted keeps what region.h says. */
#include <float.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/num.h"
#include "chunk/convert.h"
#include "model/region.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* Whatever the encodings say, numbers become numbers or a refusal. */
static void check_conversion(const struct region *r, const struct piece *p)
{
	static const uint64_t raw[] = { 0, 1, UINT64_MAX, 0x7ff0000000000000,
		0x8000000000000000, 0x4059000000000000, 0xff800000 };
	uint64_t made[sizeof(raw) / sizeof(raw[0])];
	struct convert_job job = { raw, made, sizeof(raw) / sizeof(raw[0]) };
	struct err err = ERR_INIT;
	struct convert c;
	size_t at = job.n;

	if (convert_init(&c,
		    (struct convert_side){ p->table.dtype, p->encoding },
		    (struct convert_side){ r->target.dtype, r->encoding },
		    &err) == 0 &&
		convert_run(&c, &job, &at, &err) == 0)
		return;
	must(err.kind == ERR_DATA);
	must(at <= job.n);
}

static void check_type(const struct region *r, const struct piece *p)
{
	const struct dtype t = p->table.dtype;

	if (dtype_is_text(r->target.dtype)) {
		must(dtype_is_text(t));
		must(p->table.ndim >= r->target.ndim);
		must(r->cell_size == 0 || p->cell_size <= r->cell_size);
		return;
	}
	must(!dtype_is_text(t));
	must(p->table.ndim == r->target.ndim);
	must(p->cell_size == t.size);
	must(p->encoding != NULL || dtype_equal(t, r->target.dtype));
	must(p->encoding == NULL || r->encoding != NULL);
	if (p->encoding != NULL)
		check_conversion(r, p);
}

static void check_piece(const struct region *r, const struct piece *piece)
{
	const struct target *t = &r->target;
	uint64_t end;

	check_type(r, piece);
	for (unsigned i = 0; i < t->ndim; i++) {
		must(num_add(piece->offset[i], piece->table.shape[i], &end));
		must(end <= t->shape[i]);
	}
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
	for (size_t p = 0; p < r->npieces; p++)
		check_piece(r, &r->pieces[p]);
	for (size_t p = 0; p < r->close.n; p++) {
		const struct piece *piece = &r->close.with[p];

		must(piece->path != NULL);
		must(dtype_is_text(t->dtype) || piece->encoding != NULL);
		check_piece(r, piece);
	}
	must(r->close.tolerance >= 0 && r->close.tolerance <= DBL_MAX);
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
