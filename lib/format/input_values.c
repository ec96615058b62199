/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values are read as pgf-write will read them: from the table where that can be
 * done, by the library where not.
 */
#include "format/input.h"

#include "base/num.h"
#include "chunk/gather.h"
#include "chunk/needs.h"
#include "format/pieces.h"
#include "format/texts.h"

enum { PIECE_SIZE = 1 << 25 }; /* bytes held at a time */

/* Texts of fixed length as the library would hand them over. */
static int add_texts(const struct netcdf_sink *sink, const char *text, size_t n,
	size_t size, struct err *err)
{
	struct buf out = BUF_INIT;
	int result;

	texts_add_fixed(&out, text, n, size);
	result = sink->put(sink->state, out.data, out.len, err);
	buf_release(&out);
	return result;
}

/* All that the box takes of a remote file, at once. */
static int bring(const struct input *in, const struct chunk_table *t,
	const struct box *box, struct err *err)
{
	const struct source from = view_source(in->file);

	needs_of_box(t, box, &from);
	return view_bring(in->file, err);
}

static int read_table(const struct input *in, const struct chunk_table *t,
	const struct netcdf_sink *sink, struct err *err)
{
	const struct pieces_array array = { .ndim = t->ndim,
		.shape = t->shape,
		.max = num_max(PIECE_SIZE / t->dtype.size, 1) };
	const struct pieces_box all = { .start = NULL };
	struct pieces p;
	struct gather_source from = { .file = view_source(in->file),
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
		result = bring(in, t, &box, err);
		if (result == 0)
			result = gather_read(g, &from, &box, &out, err);
		if (result == 0 && t->dtype.kind == DTYPE_BYTES)
			result = add_texts(sink, values.data, (size_t)p.cells,
				t->dtype.size, err);
		else if (result == 0)
			result = sink->put(sink->state, values.data, values.len,
				err);
	}
	buf_release(&values);
	gather_close(g);
	return result;
}

static int read_library(const struct input *in, const char *name,
	const struct netcdf_sink *sink, struct err *err)
{
	struct netcdf_file *f = NULL;
	const struct pieces_box all = { .start = NULL };
	int result;

	f = input_library(in, err);
	if (f == NULL)
		return -1;
	result = netcdf_slab(f, name, &all, sink, err);
	netcdf_close(f);
	return result;
}

int input_values(const struct input *in, const struct variable *v,
	const struct netcdf_sink *sink, struct err *err)
{
	return gather_can(&v->table) ? read_table(in, &v->table, sink, err) :
				       read_library(in, v->name, sink, err);
}
