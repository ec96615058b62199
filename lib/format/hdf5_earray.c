/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entries lie in the index block, then in data blocks that it points at, then in
 * data blocks that its super blocks point at.  Super block u has 2^(u/2) data
 * blocks of 2^((u+1)/2) times the least number of entries; the first few are not
 * stored, their data blocks hang on the index block.  Data blocks longer than a
 * page are cut into pages, of which only those are there that a bit of the super
 * block says were written.
 */
#include "format/hdf5_earray.h"

#include <string.h>

#include "base/num.h"
#include "format/hdf5_block.h"
#include "format/hdf5_entries.h"

enum { MAX_PAGE_BITS = 31, MAX_BITS = 62 };

struct earray {
	struct hdf5_entries entries;
	unsigned kind, offset_size; /* of a number of an entry */
	unsigned nsuper, ndirect;   /* super blocks: all, not stored */
	uint64_t nindex;            /* entries in the index block */
	uint64_t least, page;       /* entries of a data block, of a page */
	uint64_t index_at;
	uint64_t first; /* number of the next entry */
};

/* The data blocks of a super block. */
struct series {
	uint64_t n, len; /* how many, entries of each */
	uint64_t pages;  /* of each; 0: not cut */
	const uint8_t *addresses, *written;
};

/* Bits of a power of two; of another number, more than there are. */
static unsigned log2_of(uint64_t v)
{
	unsigned bits = 0;

	while (bits < 64 && (uint64_t)1 << bits != v)
		bits++;
	return bits;
}

static struct series series_of(const struct earray *a, unsigned super)
{
	struct series s = { .n = (uint64_t)1 << super / 2 };

	s.len = a->least << (super + 1) / 2;
	if (s.len > a->page)
		s.pages = s.len / a->page;
	return s;
}

/* The numbers that shape the array: false if they are not known. */
static bool read_form(struct earray *a, const uint8_t p[6])
{
	unsigned bits = p[1], least = log2_of(p[3]), pointers = log2_of(p[4]);

	if (bits > MAX_BITS || least > bits || pointers > bits ||
		p[5] > MAX_PAGE_BITS)
		return false;
	a->offset_size = (bits + 7) / 8;
	a->nindex = p[2];
	a->least = p[3];
	a->page = (uint64_t)1 << p[5];
	a->nsuper = 1 + bits - least;
	a->ndirect = 2 * pointers;
	return a->ndirect <= a->nsuper &&
		(a->ndirect == 0 || series_of(a, a->ndirect - 1).pages == 0) &&
		hdf5_entries_are(&a->entries, a->kind, p[0]);
}

/* 1, 0 or -1 as hdf5_index_walk. */
static int read_head(struct earray *a, const struct hdf5_layout *x,
	struct buf *bytes, struct err *err)
{
	unsigned o = x->super.offset_size, l = x->super.length_size;
	const uint8_t *p;

	if (hdf5_block_read(x, x->at, 12 + 6 * l + o + HDF5_CHECKSUM, bytes,
		    err) < 0)
		return -1;
	p = (const uint8_t *)bytes->data;
	if (memcmp(p, "EAHD", HDF5_SIGNATURE) != 0)
		return hdf5_block_corrupt(err, "is damaged");
	a->kind = p[5];
	if (p[4] != 0 || !read_form(a, p + 6))
		return 0;
	if (!hdf5_address(&x->super, p + 12 + 6 * l, &a->index_at))
		return hdf5_block_corrupt(err, "points beyond the file");
	return 1;
}

static int visit_run(struct earray *a, const uint8_t *p, uint64_t n,
	struct err *err)
{
	struct hdf5_run run = { .p = p, .first = a->first, .n = n };

	a->first += n;
	return hdf5_entries_visit(&a->entries, &run, err);
}

/* Page i of the data block number block of a series. */
static bool is_written(const struct series *s, uint64_t block, uint64_t i)
{
	uint64_t bit = block * s->pages + i;

	return (s->written[bit / 8] & 0x80 >> bit % 8) != 0;
}

/* Bytes of a data block, without its pages; false: more than there can be. */
static bool size_of_block(const struct earray *a, const struct series *s,
	uint64_t *out)
{
	uint64_t head = hdf5_block_head(a->entries.index) + a->offset_size +
		HDF5_CHECKSUM;

	*out = 0;
	return (s->pages > 0 || num_mul(s->len, a->entries.size, out)) &&
		num_add(*out, head, out);
}

static uint64_t size_of_page(const struct earray *a)
{
	return a->page * a->entries.size + HDF5_CHECKSUM;
}

static uint64_t size_of_super(const struct earray *a, const struct series *s)
{
	return hdf5_block_head(a->entries.index) + a->offset_size +
		s->n * num_ceil_div(s->pages, 8) +
		s->n * a->entries.index->super.offset_size + HDF5_CHECKSUM;
}

static int walk_pages(struct earray *a, const struct series *s, uint64_t block,
	uint64_t at, struct err *err)
{
	uint64_t size = size_of_page(a);
	struct buf bytes = BUF_INIT;
	int result = 0;

	for (uint64_t i = 0; result == 0 && i < s->pages; i++, at += size) {
		if (!is_written(s, block, i)) {
			a->first += a->page;
			continue;
		}
		result = hdf5_block_read(a->entries.index, at, size, &bytes,
			err);
		if (result == 0)
			result = visit_run(a, (const uint8_t *)bytes.data,
				a->page, err);
	}
	buf_release(&bytes);
	return result;
}

static int walk_data_block(struct earray *a, const struct series *s,
	uint64_t block, uint64_t at, struct err *err)
{
	const struct hdf5_layout *x = a->entries.index;
	size_t head = hdf5_block_head(x) + a->offset_size;
	struct hdf5_block_part part = { .signature = "EADB",
		.kind = a->kind,
		.at = at };
	struct buf bytes = BUF_INIT;
	int result;

	if (!size_of_block(a, s, &part.size))
		return hdf5_block_corrupt(err, "is larger than the file");
	result = hdf5_block_read_part(x, &part, &bytes, err);
	if (result == 0)
		result = s->pages > 0 ?
			walk_pages(a, s, block, at + part.size, err) :
			visit_run(a, (const uint8_t *)bytes.data + head, s->len,
				err);
	buf_release(&bytes);
	return result;
}

static void want_data_block(const struct earray *a, const struct series *s,
	uint64_t block, uint64_t at)
{
	const struct view *file = a->entries.index->file;
	uint64_t size, page = size_of_page(a);

	if (!size_of_block(a, s, &size) || !num_add(at, size, &size))
		return;
	view_want(file, at, size - at);
	for (uint64_t i = 0; i < s->pages; i++)
		if (is_written(s, block, i))
			view_want(file, size + i * page, page);
}

static void want_series(const struct earray *a, const struct series *s)
{
	const struct hdf5_super *super = &a->entries.index->super;
	const uint8_t *p = s->addresses;
	uint64_t at;

	for (uint64_t i = 0; i < s->n; i++, p += super->offset_size)
		if (hdf5_address(super, p, &at) && at != HDF5_NOWHERE)
			want_data_block(a, s, i, at);
}

/* Of a remote file, what would be a request after the other is brought at once:
 * the data blocks of a series here, all super blocks and what is beside them in
 * the index block in bring_addresses. */
static int bring_series(const struct earray *a, const struct series *s,
	struct err *err)
{
	want_series(a, s);
	return view_bring(a->entries.index->file, err);
}

static int walk_series(struct earray *a, const struct series *s,
	struct err *err)
{
	const struct hdf5_super *super = &a->entries.index->super;

	if (bring_series(a, s, err) < 0)
		return -1;
	for (uint64_t i = 0; i < s->n; i++) {
		uint64_t at;

		if (!hdf5_address(super, s->addresses + i * super->offset_size,
			    &at))
			return hdf5_block_corrupt(err,
				"points beyond the file");
		if (at == HDF5_NOWHERE)
			a->first += s->len;
		else if (walk_data_block(a, s, i, at, err) < 0)
			return -1;
	}
	return 0;
}

static int walk_super(struct earray *a, unsigned super, uint64_t at,
	struct err *err)
{
	const struct hdf5_layout *x = a->entries.index;
	size_t head = hdf5_block_head(x) + a->offset_size;
	struct hdf5_block_part part = { .signature = "EASB",
		.kind = a->kind,
		.at = at };
	struct series s = series_of(a, super);
	uint64_t bits = s.n * num_ceil_div(s.pages, 8);
	struct buf bytes = BUF_INIT;
	int result;

	part.size = size_of_super(a, &s);
	result = hdf5_block_read_part(x, &part, &bytes, err);
	if (result == 0) {
		s.written = (const uint8_t *)bytes.data + head;
		s.addresses = s.written + bits;
		result = walk_series(a, &s, err);
	}
	buf_release(&bytes);
	return result;
}

static int bring_addresses(const struct earray *a, const uint8_t *p,
	struct err *err)
{
	const struct hdf5_layout *x = a->entries.index;
	unsigned size = x->super.offset_size;
	uint64_t at;

	for (unsigned u = 0; u < a->nsuper; u++) {
		struct series s = series_of(a, u);

		s.addresses = p;
		if (u < a->ndirect)
			want_series(a, &s);
		else if (hdf5_address(&x->super, p, &at) && at != HDF5_NOWHERE)
			view_want(x->file, at, size_of_super(a, &s));
		p += u < a->ndirect ? s.n * size : size;
	}
	return view_bring(x->file, err);
}

/* What the addresses at p in the index block lead to. */
static int walk_addresses(struct earray *a, const uint8_t *p, struct err *err)
{
	const struct hdf5_super *super = &a->entries.index->super;

	if (bring_addresses(a, p, err) < 0)
		return -1;
	for (unsigned u = 0; u < a->nsuper; u++) {
		struct series s = series_of(a, u);
		uint64_t at;

		if (u < a->ndirect) {
			s.addresses = p;
			p += s.n * super->offset_size;
			if (walk_series(a, &s, err) < 0)
				return -1;
			continue;
		}
		if (!hdf5_address(super, p, &at))
			return hdf5_block_corrupt(err,
				"points beyond the file");
		p += super->offset_size;
		if (at == HDF5_NOWHERE)
			a->first += s.n * s.len;
		else if (walk_super(a, u, at, err) < 0)
			return -1;
	}
	return 0;
}

static int walk_index(struct earray *a, struct buf *bytes, struct err *err)
{
	const struct hdf5_layout *x = a->entries.index;
	struct hdf5_block_part part = { .signature = "EAIB",
		.kind = a->kind,
		.at = a->index_at };
	size_t head = hdf5_block_head(x);
	uint64_t addresses = a->nsuper - a->ndirect;
	const uint8_t *p;

	for (unsigned u = 0; u < a->ndirect; u++)
		addresses += series_of(a, u).n;
	part.size = head + a->nindex * a->entries.size +
		addresses * x->super.offset_size + HDF5_CHECKSUM;
	if (hdf5_block_read_part(x, &part, bytes, err) < 0)
		return -1;
	p = (const uint8_t *)bytes->data + head;
	if (visit_run(a, p, a->nindex, err) < 0)
		return -1;
	return walk_addresses(a, p + a->nindex * a->entries.size, err);
}

int hdf5_earray_walk(const struct hdf5_layout *x, hdf5_chunk_fn *fn,
	void *state, struct err *err)
{
	struct earray a = {
		.entries = { .index = x, .fn = fn, .state = state }
	};
	struct buf bytes = BUF_INIT;
	int result = 0;

	if (hdf5_entries_number(&a.entries))
		result = read_head(&a, x, &bytes, err);
	if (result == 1 && a.index_at != HDF5_NOWHERE &&
		walk_index(&a, &bytes, err) < 0)
		result = -1;
	buf_release(&bytes);
	return result;
}
