/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Four versions, two shapes: 0 and 1 keep sizes of symbol table nodes in
 * front of the addresses, 2 and 3 do not.  The stored base address is not
 * believed: a block put in front of a finished file does not change it.
 */
#include "format/hdf5_super.h"

#include <inttypes.h>

#include "base/num.h"

enum { FIXED = 12 };

bool hdf5_address(const struct hdf5_super *s, const uint8_t *p, uint64_t *out)
{
	uint64_t address = view_little(p, s->offset_size);

	*out = HDF5_NOWHERE;
	return address == UINT64_MAX >> (64 - 8 * s->offset_size) ||
		num_add(address, s->base, out);
}

static bool is_size(unsigned n)
{
	return n == 2 || n == 4 || n == 8;
}

static int check_end(const struct view *file, struct hdf5_super *s,
	uint64_t stored_base, uint64_t stored_end, struct err *err)
{
	if (stored_end < stored_base ||
		!num_add(stored_end - stored_base, s->base, &s->end))
		return err_set(err, ERR_DATA,
			"corrupt: the superblock's end of file is impossible");
	if (s->end > file->size)
		return err_set(err, ERR_DATA,
			"truncated: its superblock asks "
			"for %" PRIu64 " bytes, the file has %" PRIu64,
			s->end, file->size);
	return 0;
}

int hdf5_super_read(const struct view *file, uint64_t base,
	struct hdf5_super *out, struct err *err)
{
	uint8_t head[16], address[24];
	unsigned at = FIXED, n;

	*out = (struct hdf5_super){ .base = base };
	if (view_read(file, base, sizeof(head), head, err) < 0)
		return -1;
	if (head[8] > 3)
		return err_set(err, ERR_DATA,
			"its superblock has version %u, "
			"which is not known",
			head[8]);
	out->offset_size = head[8] < 2 ? head[13] : head[9];
	out->length_size = head[8] < 2 ? head[14] : head[10];
	if (head[8] < 2)
		at = head[8] == 0 ? 24 : 28;
	n = out->offset_size;
	if (!is_size(n) || !is_size(out->length_size))
		return err_set(err, ERR_DATA,
			"corrupt: the superblock has impossible sizes");
	/* base, free space or extension, end of file */
	if (view_read(file, base + at, 3 * (size_t)n, address, err) < 0)
		return -1;
	return check_end(file, out, view_little(address, n),
		view_little(address + 2 * n, n), err);
}
