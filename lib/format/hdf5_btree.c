/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Depth first from the root; siblings' links are not used.  A damaged tree can
 * neither loop (levels only fall) nor fan out (a file of so many bytes holds so
 * many entries).
 */
#include "format/hdf5_btree.h"

#include <string.h>

#include "base/buf.h"
#include "format/hdf5_block.h"

/* Entries of a node, unless the file's maker said something else. */
enum { MAX_LEVEL = 32, CHUNK_NODE = 1, ENTRIES = 64 };

struct walk {
	const struct hdf5_layout *index;
	hdf5_chunk_fn *fn;
	void *state;
	uint64_t left; /* entries that may still come */
	size_t key_size, entry_size;
};

static int visit_chunk(const struct walk *w, const uint8_t *entry,
	uint64_t address, struct err *err)
{
	struct hdf5_chunk chunk = { .offset = address };

	chunk.length = view_little(entry, 4);
	chunk.mask = (uint32_t)view_little(entry + 4, 4);
	for (unsigned i = 0; i < w->index->ndim; i++)
		chunk.corner[i] = view_little(entry + 8 + 8 * i, 8);
	return w->fn(w->state, &chunk, err);
}

static int walk_node(struct walk *w, uint64_t at, unsigned level,
	struct err *err);

/* The nodes below, all at once: of a remote file each would be a request after
 * the other. */
static int bring_nodes(const struct walk *w, const uint8_t *entry, size_t n,
	struct err *err)
{
	const struct hdf5_layout *x = w->index;
	uint64_t size = 8 + 2 * (uint64_t)x->super.offset_size +
		ENTRIES * w->entry_size + w->key_size;
	uint64_t address;

	for (; n > 0; n--, entry += w->entry_size)
		if (hdf5_address(&x->super, entry + w->key_size, &address))
			view_want(x->file, address, size);
	return view_bring(x->file, err);
}

static int visit_entries(struct walk *w, const uint8_t *entry, size_t n,
	unsigned level, struct err *err)
{
	for (; n > 0; n--, entry += w->entry_size) {
		uint64_t address;
		int result;

		if (w->left-- == 0)
			return hdf5_block_corrupt(err,
				"is larger than the file");
		if (!hdf5_address(&w->index->super, entry + w->key_size,
			    &address))
			return hdf5_block_corrupt(err,
				"points beyond the file");
		result = level == 0 ? visit_chunk(w, entry, address, err) :
				      walk_node(w, address, level - 1, err);
		if (result < 0)
			return -1;
	}
	return 0;
}

static int walk_node(struct walk *w, uint64_t at, unsigned level,
	struct err *err)
{
	const struct view *file = w->index->file;
	size_t head_size = 8 + 2 * (size_t)w->index->super.offset_size, n;
	uint8_t head[8];
	struct buf entries = BUF_INIT;
	int result;

	if (view_read(file, at, sizeof(head), head, err) < 0)
		return -1;
	if (memcmp(head, "TREE", 4) != 0 || head[4] != CHUNK_NODE ||
		head[5] != level)
		return hdf5_block_corrupt(err, "is damaged");
	n = (size_t)view_little(head + 6, 2);
	buf_resize(&entries, n * w->entry_size);
	result =
		view_read(file, at + head_size, entries.len, entries.data, err);
	if (result == 0 && level > 0)
		result = bring_nodes(w, (const uint8_t *)entries.data, n, err);
	if (result == 0)
		result = visit_entries(w, (const uint8_t *)entries.data, n,
			level, err);
	buf_release(&entries);
	return result;
}

int hdf5_btree_walk(const struct hdf5_layout *x, hdf5_chunk_fn *fn, void *state,
	struct err *err)
{
	struct walk w = { .index = x, .fn = fn, .state = state };
	uint8_t head[8];

	/* a key has one offset more than the data has dimensions */
	w.key_size = 8 + 8 * ((size_t)x->ndim + 1);
	w.entry_size = w.key_size + x->super.offset_size;
	w.left = x->file->size / w.entry_size + 1;
	if (view_read(x->file, x->at, sizeof(head), head, err) < 0)
		return -1;
	if (head[5] > MAX_LEVEL)
		return hdf5_block_corrupt(err, "is damaged");
	return walk_node(&w, x->at, head[5], err);
}
