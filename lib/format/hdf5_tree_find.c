/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An object header is a chain of blocks of messages; only its layout message is
 * looked for.  Blocks are read whole: they are small, and the library has just
 * had them in the page cache.
 */
#include <string.h>

#include "base/buf.h"
#include "base/num.h"
#include "format/hdf5_btree.h"

enum { MSG_LAYOUT = 0x08, MSG_CONTINUATION = 0x10 };
enum { CLASS_CHUNKED = 2, MAX_BLOCKS = 256, MAX_BLOCK = 1 << 24 };

/* A block of messages, and how its messages look. */
struct block {
	uint64_t at, size; /* of the messages, in the file */
	unsigned version;  /* of the header: 1 or 2 */
	bool ordered;      /* version 2: messages keep their order */
};

struct search {
	const struct view *file;
	const struct hdf5_super *super;
	struct hdf5_tree *tree;
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

/* 1 and the tree, or 0 if the layout is of another kind. */
static int read_layout(struct search *s, const uint8_t *p, uint64_t size,
	struct err *err)
{
	unsigned o = s->super->offset_size, at = 3, ndim, class;
	uint64_t address;

	if (size < 8)
		return corrupt(err);
	ndim = p[0] == 3 ? p[2] : p[1];
	class = p[0] == 3 ? p[1] : p[2];
	if (p[0] < 1 || p[0] > 3 || class != CLASS_CHUNKED)
		return 0;
	if (p[0] < 3)
		at = 8;
	if (size < at + o || ndim < 1 || ndim > HDF5_MAX_NDIM + 1)
		return corrupt(err);
	address = view_little(p + at, o);
	s->tree->ndim = ndim - 1;
	s->tree->empty = address == UINT64_MAX >> (64 - 8 * o);
	if (!s->tree->empty &&
		!num_add(address, s->super->base, &s->tree->root))
		return corrupt(err);
	return 1;
}

/* Look at each message of a block: 1, 0 or -1 as hdf5_tree_find, and 2 if the
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

int hdf5_tree_find(const struct view *file, const struct hdf5_super *super,
	uint64_t address, struct hdf5_tree *out, struct err *err)
{
	struct search s = { .file = file,
		.super = super,
		.tree = out,
		.nblocks = 1 };
	struct buf bytes = BUF_INIT;
	uint64_t at;
	int found;

	*out = (struct hdf5_tree){ .file = file, .super = *super };
	if (!num_add(address, super->base, &at))
		return corrupt(err);
	if (read_prefix(file, at, &s.blocks[0], err) < 0)
		return -1;
	found = search_blocks(&s, &bytes, err);
	buf_release(&bytes);
	return found;
}
