/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values are read as pgf-write will read them: from the table where that can be
 * done, by the library where not.  Digests of the stored chunks were refused:
 * the same values may be compressed in many ways.
 */
#include "format/input.h"

#include <string.h>

#include "base/num.h"
#include "base/xxh.h"
#include "chunk/gather.h"
#include "format/netcdf.h"
#include "format/pieces.h"
#include "format/texts.h"

enum { PIECE_SIZE = 1 << 25 }; /* bytes held at a time */

static int add_bytes(void *state, const void *bytes, size_t len,
	struct err *err)
{
	(void)err;
	xxh_add(state, bytes, len);
	return 0;
}

/* Texts of fixed length as the library would hand them over. */
static void add_texts(struct xxh *h, const char *text, size_t n, size_t size)
{
	struct buf out = BUF_INIT;

	texts_add_fixed(&out, text, n, size);
	xxh_add(h, out.data, out.len);
	buf_release(&out);
}

static int add_table(struct xxh *h, const struct input *in,
	const struct chunk_table *t, struct err *err)
{
	const struct pieces_array array = { .ndim = t->ndim,
		.shape = t->shape,
		.max = num_max(PIECE_SIZE / t->dtype.size, 1) };
	const struct pieces_box all = { .start = NULL };
	struct pieces p;
	struct gather_source from = { .fd = in->file->fd,
		.path = in->file->path,
		.table = t };
	struct gather *g = gather_open();
	struct buf values = BUF_INIT;
	int result = pieces_begin(&p, &array, &all, err);

	while (result == 0 && pieces_next(&p)) {
		struct box box = box_of(p.ndim, p.at, p.len);
		uint64_t stride[DATASET_MAX_NDIM];
		struct gather_out out = { .stride = stride };

		buf_resize(&values, (size_t)p.cells * t->dtype.size);
		out.data = (uint8_t *)values.data;
		box_strides(p.ndim, p.len, t->dtype.size, stride);
		result = gather_read(g, &from, &box, &out, err);
		if (result == 0 && t->dtype.kind == DTYPE_BYTES)
			add_texts(h, values.data, (size_t)p.cells,
				t->dtype.size);
		else if (result == 0)
			xxh_add(h, values.data, values.len);
	}
	buf_release(&values);
	gather_close(g);
	return result;
}

static int add_library(struct xxh *h, const struct input *in, const char *name,
	struct err *err)
{
	struct netcdf_file *f = netcdf_open(in->file, in->base, err);
	const struct netcdf_sink sink = { add_bytes, h };
	const struct pieces_box all = { .start = NULL };
	int result;

	if (f == NULL)
		return -1;
	result = netcdf_slab(f, name, &all, &sink, err);
	netcdf_close(f);
	return result;
}

const char *input_digest(struct arena *a, const struct input *in,
	const struct variable *v, struct err *err)
{
	struct xxh *h = xxh_open();
	char text[XXH_HEX];
	int result = gather_can(&v->table) ? add_table(h, in, &v->table, err) :
					     add_library(h, in, v->name, err);

	xxh_end(h, text);
	xxh_close(h);
	return result < 0 ? NULL : arena_strdup(a, text);
}
