/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hdf5_block: the pieces that an index of chunks is made of.
 *
 * From file format 3.0 on each has a signature, and a checksum behind it.
 */
#ifndef PGF_HDF5_BLOCK_H
#define PGF_HDF5_BLOCK_H

#include <stddef.h>

#include "base/buf.h"
#include "format/hdf5_layout.h"

enum { HDF5_CHECKSUM = 4, HDF5_SIGNATURE = 4 };

/* Bob Jenkins' lookup3 (hashlittle, from 0), HDF5's checksum of metadata. */
uint32_t hdf5_lookup3(const uint8_t *p, size_t n);

/* Read the size bytes at file offset at, the last four of which are the
 * checksum.  ERR_DATA: they are not all there, or are damaged. */
int hdf5_block_read(const struct hdf5_layout *x, uint64_t at, uint64_t size,
	struct buf *out, struct err *err) PGF_CHECKED;

/* The same of a piece that begins with a signature, version 0, a byte that
 * must be kind and the address of its index. */
struct hdf5_block_part {
	const char *signature;
	unsigned kind;
	uint64_t at, size;
};
int hdf5_block_read_part(const struct hdf5_layout *x,
	const struct hdf5_block_part *part, struct buf *out,
	struct err *err) PGF_CHECKED;

/* Bytes of it before what the piece itself says. */
size_t hdf5_block_head(const struct hdf5_layout *x);

/* ERR_DATA: the index of chunks is, or does, what is said. */
int hdf5_block_corrupt(struct err *err, const char *why);

#endif
