/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A head, and one block of all entries; a long block is cut into pages, of which
 * only those are there that a bit says were written.
 */
#include "format/hdf5_farray.h"

#include <string.h>

#include "base/num.h"
#include "format/hdf5_block.h"
#include "format/hdf5_entries.h"

enum { MAX_PAGE_BITS = 31 };

struct farray {
	struct hdf5_entries entries;
	unsigned kind;
	uint64_t n, page;  /* entries: all, of a page */
	uint64_t block_at; /* file offset */
};

/* 1, 0 or -1 as hdf5_index_walk. */
static int read_head(struct farray *f, const struct hdf5_layout *x,
	struct buf *bytes, struct err *err)
{
	unsigned o = x->super.offset_size, l = x->super.length_size;
	const uint8_t *p;

	if (hdf5_block_read(x, x->at, 8 + l + o + HDF5_CHECKSUM, bytes, err) <
		0)
		return -1;
	p = (const uint8_t *)bytes->data;
	if (memcmp(p, "FAHD", HDF5_SIGNATURE) != 0)
		return hdf5_block_corrupt(err, "is damaged");
	f->kind = p[5];
	f->n = view_little(p + 8, l);
	if (p[4] != 0 || p[7] > MAX_PAGE_BITS ||
		!hdf5_entries_are(&f->entries, f->kind, p[6]))
		return 0;
	f->page = (uint64_t)1 << p[7];
	if (f->n > x->file->size / f->entries.size)
		return hdf5_block_corrupt(err, "is larger than the file");
	if (!hdf5_address(&x->super, p + 8 + l, &f->block_at))
		return hdf5_block_corrupt(err, "points beyond the file");
	return 1;
}

static bool is_written(const uint8_t *written, uint64_t page)
{
	return (written[page / 8] & 0x80 >> page % 8) != 0;
}

/* All pages at once: of a remote file each would be a request after the other. */
static int bring_pages(const struct farray *f, const uint8_t *written,
	uint64_t at, struct err *err)
{
	const struct view *file = f->entries.index->file;
	uint64_t size = f->page * f->entries.size + HDF5_CHECKSUM;

	for (uint64_t i = 0; i * f->page < f->n; i++)
		if (is_written(written, i))
			view_want(file, at + i * size, size);
	return view_bring(file, err);
}

static int walk_pages(struct farray *f, const uint8_t *written, uint64_t at,
	struct err *err)
{
	uint64_t size = f->page * f->entries.size + HDF5_CHECKSUM;
	struct buf bytes = BUF_INIT;
	int result = bring_pages(f, written, at, err);

	for (uint64_t i = 0; result == 0 && i * f->page < f->n; i++) {
		struct hdf5_run run = { .first = i * f->page };

		run.n = num_min(f->page, f->n - run.first);
		if (!is_written(written, i))
			continue;
		result = hdf5_block_read(f->entries.index, at + i * size,
			run.n * f->entries.size + HDF5_CHECKSUM, &bytes, err);
		run.p = (const uint8_t *)bytes.data;
		if (result == 0)
			result = hdf5_entries_visit(&f->entries, &run, err);
	}
	buf_release(&bytes);
	return result;
}

static int walk_block(struct farray *f, struct buf *bytes, struct err *err)
{
	const struct hdf5_layout *x = f->entries.index;
	struct hdf5_block_part part = { .signature = "FADB",
		.kind = f->kind,
		.at = f->block_at };
	size_t head = hdf5_block_head(x);
	bool paged = f->n > f->page;
	struct hdf5_run run = { .n = f->n };

	part.size = head + HDF5_CHECKSUM +
		(paged ? num_ceil_div(num_ceil_div(f->n, f->page), 8) :
			 f->n * f->entries.size);
	if (hdf5_block_read_part(x, &part, bytes, err) < 0)
		return -1;
	run.p = (const uint8_t *)bytes->data + head;
	return paged ? walk_pages(f, run.p, part.at + part.size, err) :
		       hdf5_entries_visit(&f->entries, &run, err);
}

int hdf5_farray_walk(const struct hdf5_layout *x, hdf5_chunk_fn *fn,
	void *state, struct err *err)
{
	struct farray f = {
		.entries = { .index = x, .fn = fn, .state = state }
	};
	struct buf bytes = BUF_INIT;
	int result = 0;

	if (hdf5_entries_number(&f.entries))
		result = read_head(&f, x, &bytes, err);
	if (result == 1 && f.block_at != HDF5_NOWHERE &&
		walk_block(&f, &bytes, err) < 0)
		result = -1;
	buf_release(&bytes);
	return result;
}
