/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records lie in leaves and between the children of inner nodes.  How wide the
 * numbers beside a child's address are follows from how many records a node of
 * its level can have.  A damaged tree can neither loop (levels only fall) nor
 * fan out (the head says how many records there are).
 */
#include "format/hdf5_btree2.h"

#include <string.h>

#include "base/num.h"
#include "format/hdf5_block.h"

enum { PLAIN = 10, FILTERED = 11, MAX_DEPTH = 32, MASK_SIZE = 4 };
enum { NODE_HEAD = 6, NODE_FRAME = NODE_HEAD + HDF5_CHECKSUM };

struct btree2 {
	const struct hdf5_layout *index;
	hdf5_chunk_fn *fn;
	void *state;
	unsigned type, record_size, depth;
	uint64_t left; /* records that are still to come */
	/* by level, leaves 0: most records of a node; bytes of a child's
	 * address and numbers, and of the second of these */
	uint64_t most[MAX_DEPTH + 1];
	unsigned child_size[MAX_DEPTH + 1], total_size[MAX_DEPTH + 1];
	unsigned count_size;
};

/* A node, as its parent tells of it. */
struct node {
	uint64_t at, n; /* n: records */
	unsigned level;
};

static unsigned bytes_for(uint64_t v)
{
	unsigned n = 1;

	while (v >>= 8)
		n++;
	return n;
}

/* The sizes of all levels: false if nodes cannot hold what they must. */
static bool measure(struct btree2 *t, uint64_t node_size)
{
	unsigned o = t->index->super.offset_size;
	uint64_t below; /* most records of a node and all below it */

	if (node_size < NODE_FRAME + (uint64_t)t->record_size)
		return false;
	below = t->most[0] = (node_size - NODE_FRAME) / t->record_size;
	t->count_size = bytes_for(below);
	for (unsigned i = 1; i <= t->depth; i++) {
		unsigned child;

		t->total_size[i] = i == 1 ? 0 : bytes_for(below);
		child = o + t->count_size + t->total_size[i];
		if (node_size < NODE_FRAME + child)
			return false;
		t->child_size[i] = child;
		t->most[i] = (node_size - NODE_FRAME - child) /
			(t->record_size + child);
		if (t->most[i] == 0 ||
			!num_mul(t->most[i] + 1, below, &below) ||
			!num_add(below, t->most[i], &below))
			return false;
	}
	return true;
}

static bool is_record_known(const struct btree2 *t)
{
	unsigned least = t->index->super.offset_size + 8 * t->index->ndim;

	if (t->type == PLAIN)
		return t->record_size == least;
	least += MASK_SIZE;
	return t->type == FILTERED && t->record_size > least &&
		t->record_size <= least + 8;
}

/* 1, 0 or -1 as hdf5_index_walk; root->at is HDF5_NOWHERE if there is none. */
static int read_head(struct btree2 *t, struct node *root, struct err *err)
{
	const struct hdf5_layout *x = t->index;
	unsigned o = x->super.offset_size, l = x->super.length_size;
	struct buf bytes = BUF_INIT;
	uint8_t head[64];

	if (hdf5_block_read(x, x->at, 18 + o + l + HDF5_CHECKSUM, &bytes, err) <
		0)
		goto fail;
	memcpy(head, bytes.data, bytes.len);
	buf_release(&bytes);
	if (memcmp(head, "BTHD", HDF5_SIGNATURE) != 0)
		return hdf5_block_corrupt(err, "is damaged");
	t->type = head[5];
	t->record_size = (unsigned)view_little(head + 10, 2);
	t->depth = (unsigned)view_little(head + 12, 2);
	if (head[4] != 0 || !is_record_known(t) || t->depth > MAX_DEPTH ||
		!measure(t, view_little(head + 6, 4)))
		return 0;
	root->level = t->depth;
	root->n = view_little(head + 16 + o, 2);
	t->left = view_little(head + 18 + o, l);
	if (!hdf5_address(&x->super, head + 16, &root->at))
		return hdf5_block_corrupt(err, "points beyond the file");
	if (t->left > x->file->size / t->record_size)
		return hdf5_block_corrupt(err, "is larger than the file");
	return 1;
fail:
	buf_release(&bytes);
	return -1;
}

static int visit_record(struct btree2 *t, const uint8_t *p, struct err *err)
{
	const struct hdf5_layout *x = t->index;
	struct hdf5_chunk chunk = { .length = x->chunk_size };
	unsigned o = x->super.offset_size;

	if (t->left-- == 0)
		return hdf5_block_corrupt(err, "has more than it says");
	if (!hdf5_address(&x->super, p, &chunk.offset))
		return hdf5_block_corrupt(err, "points beyond the file");
	p += o;
	if (t->type == FILTERED) {
		unsigned length = t->record_size - o - MASK_SIZE - 8 * x->ndim;

		chunk.length = view_little(p, length);
		chunk.mask = (uint32_t)view_little(p + length, MASK_SIZE);
		p += length + MASK_SIZE;
	}
	for (unsigned i = 0; i < x->ndim; i++, p += 8)
		if (!num_mul(view_little(p, 8), x->chunk_shape[i],
			    &chunk.corner[i]))
			return hdf5_block_corrupt(err, "goes beyond the data");
	if (chunk.offset == HDF5_NOWHERE)
		return 0;
	return t->fn(t->state, &chunk, err);
}

static int walk_node(struct btree2 *t, const struct node *node,
	struct err *err);

/* Bytes of a node that does not have too many records. */
static uint64_t size_of(const struct btree2 *t, const struct node *node)
{
	uint64_t size = NODE_FRAME + node->n * t->record_size;

	return node->level == 0 ?
		size :
		size + (node->n + 1) * t->child_size[node->level];
}

/* What the address at p and the number behind it say. */
static bool read_child(const struct btree2 *t, const struct node *parent,
	const uint8_t *p, struct node *child)
{
	const struct hdf5_super *super = &t->index->super;

	child->level = parent->level - 1;
	child->n = view_little(p + super->offset_size, t->count_size);
	return hdf5_address(super, p, &child->at);
}

/* The nodes below, all at once: of a remote file each would be a request after
 * the other. */
static int bring_children(const struct btree2 *t, const struct node *node,
	const uint8_t *p, struct err *err)
{
	const struct view *file = t->index->file;
	struct node child;

	for (uint64_t i = 0; i <= node->n; i++, p += t->child_size[node->level])
		if (read_child(t, node, p, &child) &&
			child.n <= t->most[child.level])
			view_want(file, child.at, size_of(t, &child));
	return view_bring(file, err);
}

static int walk_children(struct btree2 *t, const struct node *node,
	const uint8_t *p, struct err *err)
{
	struct node child;

	if (bring_children(t, node, p, err) < 0)
		return -1;
	for (uint64_t i = 0; i <= node->n;
		i++, p += t->child_size[node->level]) {
		if (!read_child(t, node, p, &child))
			return hdf5_block_corrupt(err,
				"points beyond the file");
		if (walk_node(t, &child, err) < 0)
			return -1;
	}
	return 0;
}

static int visit_node(struct btree2 *t, const struct node *node,
	const uint8_t *p, struct err *err)
{
	for (uint64_t i = 0; i < node->n; i++, p += t->record_size)
		if (visit_record(t, p, err) < 0)
			return -1;
	return node->level > 0 ? walk_children(t, node, p, err) : 0;
}

static int walk_node(struct btree2 *t, const struct node *node, struct err *err)
{
	const char *signature = node->level == 0 ? "BTLF" : "BTIN";
	struct buf bytes = BUF_INIT;
	const uint8_t *p;
	int result;

	if (node->n > t->most[node->level])
		return hdf5_block_corrupt(err, "is damaged");
	result = hdf5_block_read(t->index, node->at, size_of(t, node), &bytes,
		err);
	p = (const uint8_t *)bytes.data;
	if (result == 0 &&
		(memcmp(p, signature, HDF5_SIGNATURE) != 0 || p[4] != 0 ||
			p[5] != t->type))
		result = hdf5_block_corrupt(err, "is damaged");
	if (result == 0)
		result = visit_node(t, node, p + NODE_HEAD, err);
	buf_release(&bytes);
	return result;
}

int hdf5_btree2_walk(const struct hdf5_layout *x, hdf5_chunk_fn *fn,
	void *state, struct err *err)
{
	struct btree2 t = { .index = x, .fn = fn, .state = state };
	struct node root;
	int result = read_head(&t, &root, err);

	if (result != 1 || root.at == HDF5_NOWHERE)
		return result;
	if (walk_node(&t, &root, err) < 0)
		return -1;
	if (t.left > 0)
		return hdf5_block_corrupt(err, "has less than it says");
	return 1;
}
