/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An object header is a chain of blocks of messages; only its layout message is
 * looked for.  Blocks are read whole: they are small, and the library has just
 * had them in the page cache.
 */
#include <string.h>

#include "base/buf.h"
#include "base/num.h"
#include "format/hdf5_layout.h"

enum { MSG_LAYOUT = 0x08, MSG_CONTINUATION = 0x10 };
enum {
	CLASS_CHUNKED = 2,
	SINGLE_FILTERED = 2,
	MASK_SIZE = 4,
	MAX_BLOCKS = 256,
	MAX_BLOCK = 1 << 24
};

/* A block of messages, and how its messages look. */
struct block {
	uint64_t at, size; /* of the messages, in the file */
	unsigned version;  /* of the header: 1 or 2 */
	bool ordered;      /* version 2: messages keep their order */
};

struct search {
	const struct view *file;
	const struct hdf5_super *super;
	struct hdf5_layout *index;
	struct block blocks[MAX_BLOCKS]; /* found so far */
	unsigned nblocks;
};

static int corrupt(struct err *err)
{
	return err_set(err, ERR_DATA, "corrupt: its object header is damaged");
}

/* Where the messages of the first block are. */
static int read_prefix(const struct view *file, uint64_t at, struct block *b,
	struct err *err)
{
	uint8_t head[16], size[8];
	unsigned flags, n, skip = 6;

	if (view_read(file, at, sizeof(head), head, err) < 0)
		return -1;
	if (head[0] == 1) {
		*b = (struct block){ .at = at + 16,
			.version = 1,
			.size = view_little(head + 8, 4) };
		return 0;
	}
	if (memcmp(head, "OHDR", 4) != 0 || head[4] != 2)
		return corrupt(err);
	flags = head[5];
	skip += flags & 0x20 ? 16 : 0; /* times */
	skip += flags & 0x10 ? 4 : 0;  /* limits of attribute storage */
	n = 1u << (flags & 3);
	if (view_read(file, at + skip, n, size, err) < 0)
		return -1;
	*b = (struct block){ .at = at + skip + n,
		.version = 2,
		.size = view_little(size, n),
		.ordered = flags & 4 };
	return 0;
}

static int read_continuation(struct search *s, const struct block *b,
	const uint8_t *p, uint64_t size, struct err *err)
{
	unsigned o = s->super->offset_size, l = s->super->length_size;
	struct block next = { .version = b->version, .ordered = b->ordered };

	if (size < o + l || s->nblocks == MAX_BLOCKS ||
		!num_add(view_little(p, o), s->super->base, &next.at))
		return corrupt(err);
	next.size = view_little(p + o, l);
	if (b->version == 2 && next.size >= 8) {
		next.at += 4; /* "OCHK"; behind, a checksum */
		next.size -= 8;
	}
	s->blocks[s->nblocks++] = next;
	return 0;
}

/* Versions 1 to 3: a version 1 B-tree.  Result as hdf5_layout_find. */
static int read_old_layout(struct search *s, const uint8_t *p, uint64_t size,
	struct err *err)
{
	unsigned at = p[0] == 3 ? 3 : 8, ndim = p[0] == 3 ? p[2] : p[1];
	unsigned class = p[0] == 3 ? p[1] : p[2];

	if (class != CLASS_CHUNKED)
		return 0;
	if (size < at + s->super->offset_size || ndim < 1 ||
		ndim > HDF5_MAX_NDIM + 1)
		return corrupt(err);
	s->index->kind = HDF5_BTREE1;
	s->index->ndim = ndim - 1;
	return hdf5_address(s->super, p + at, &s->index->at) ? 1 : corrupt(err);
}

/* The shape of a chunk, whose last dimension is the bytes of an element. */
static bool read_chunk_shape(struct hdf5_layout *x, const uint8_t *p,
	unsigned n)
{
	uint64_t element = view_little(p + x->ndim * n, n);

	for (unsigned i = 0; i < x->ndim; i++) {
		x->chunk_shape[i] = view_little(p + i * n, n);
		if (x->chunk_shape[i] == 0)
			return false;
	}
	return num_product(x->chunk_shape, x->ndim, &x->chunk_size) &&
		num_mul(x->chunk_size, element, &x->chunk_size);
}

/* A single filtered chunk says its length and mask in the layout itself. */
static void read_single(struct search *s, const uint8_t *p)
{
	unsigned l = s->super->length_size;

	s->index->chunk_size = view_little(p, l);
	s->index->mask = (uint32_t)view_little(p + l, MASK_SIZE);
}

/* The parameters of an index, which all but one repeat in their head. */
static unsigned parameters_size(const struct search *s, bool filtered,
	enum hdf5_layout_kind kind)
{
	static const unsigned sizes[] = { [HDF5_FIXED_ARRAY] = 1,
		[HDF5_EXTENSIBLE_ARRAY] = 5,
		[HDF5_BTREE2] = 6 };

	if (kind == HDF5_SINGLE && filtered)
		return s->super->length_size + MASK_SIZE;
	return sizes[kind];
}

/* Version 4. */
static int read_layout4(struct search *s, const uint8_t *p, uint64_t size,
	struct err *err)
{
	struct hdf5_layout *x = s->index;
	unsigned ndim = p[3], n = p[4], at = 5 + ndim * n;
	bool filtered = p[2] & SINGLE_FILTERED;

	if (p[1] != CLASS_CHUNKED)
		return 0;
	if (n < 1 || n > 8 || ndim < 1 || ndim > HDF5_MAX_NDIM + 1 ||
		size <= at)
		return corrupt(err);
	x->ndim = ndim - 1;
	x->kind = p[at];
	if (x->kind < HDF5_SINGLE || x->kind > HDF5_BTREE2)
		return 0;
	if (!read_chunk_shape(x, p + 5, n))
		return corrupt(err);
	at += 1 + parameters_size(s, filtered, x->kind);
	if (size < at + s->super->offset_size ||
		!hdf5_address(s->super, p + at, &x->at))
		return corrupt(err);
	if (x->kind == HDF5_SINGLE && filtered)
		read_single(s, p + at - parameters_size(s, true, x->kind));
	return 1;
}

static int read_layout(struct search *s, const uint8_t *p, uint64_t size,
	struct err *err)
{
	if (size < 8)
		return corrupt(err);
	if (p[0] >= 1 && p[0] <= 3)
		return read_old_layout(s, p, size, err);
	return p[0] == 4 ? read_layout4(s, p, size, err) : 0;
}

/* Look at each message of a block: 1, 0 or -1 as hdf5_layout_find, and 2 if the
 * layout is not here. */
static int search_messages(struct search *s, const struct block *b,
	const uint8_t *p, struct err *err)
{
	unsigned head = b->version == 1 ? 8 : b->ordered ? 6 : 4;
	uint64_t left = b->size;

	while (left >= head) {
		unsigned type =
			b->version == 1 ? (unsigned)view_little(p, 2) : p[0];
		uint64_t size = view_little(p + (b->version == 1 ? 2 : 1), 2);

		if (size > left - head)
			return corrupt(err);
		if (type == MSG_LAYOUT)
			return read_layout(s, p + head, size, err);
		if (type == MSG_CONTINUATION &&
			read_continuation(s, b, p + head, size, err) < 0)
			return -1;
		p += head + size;
		left -= head + size;
	}
	return 2;
}

static int search_blocks(struct search *s, struct buf *bytes, struct err *err)
{
	int found = 2;

	for (unsigned i = 0; found == 2 && i < s->nblocks; i++) {
		struct block b = s->blocks[i];

		if (b.size > MAX_BLOCK)
			return corrupt(err);
		buf_resize(bytes, (size_t)b.size);
		if (view_read(s->file, b.at, bytes->len, bytes->data, err) < 0)
			return -1;
		found = search_messages(s, &b, (const uint8_t *)bytes->data,
			err);
	}
	return found == 2 ? corrupt(err) : found;
}

int hdf5_layout_find(const struct view *file, const struct hdf5_super *super,
	uint64_t address, struct hdf5_layout *out, struct err *err)
{
	struct search s = { .file = file,
		.super = super,
		.index = out,
		.nblocks = 1 };
	struct buf bytes = BUF_INIT;
	uint64_t at;
	int found;

	*out = (struct hdf5_layout){ .file = file, .super = *super };
	if (!num_add(address, super->base, &at))
		return corrupt(err);
	if (read_prefix(file, at, &s.blocks[0], err) < 0)
		return -1;
	found = search_blocks(&s, &bytes, err);
	buf_release(&bytes);
	return found;
}
