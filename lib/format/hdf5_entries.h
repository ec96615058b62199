/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hdf5_entries: chunks that an index knows by number.
 *
 * Chunks are numbered in C order over the grid of the longest shape; a
 * dimension without end counts as the slowest.  Source: HDF5 File Format
 * Specification 3.0, "Appendix C: Types of Indexes for Dataset Chunks".
 */
#ifndef PGF_HDF5_ENTRIES_H
#define PGF_HDF5_ENTRIES_H

#include "format/hdf5_layout.h"

/* The entries of one index; index, fn and state are set by its walk. */
struct hdf5_entries {
	const struct hdf5_layout *index;
	hdf5_chunk_fn *fn;
	void *state;
	unsigned size;                 /* bytes of an entry */
	bool filtered;                 /* it has a length and a mask */
	uint64_t left;                 /* entries that may still come */
	unsigned order[HDF5_MAX_NDIM]; /* dimensions, slowest first */
	uint64_t count[HDF5_MAX_NDIM]; /* chunks along each of order */
};

/* What the head of an index says of its entries: kind is 0 (an address) or 1
 * (address, length, mask).  False if that is not known. */
bool hdf5_entries_are(struct hdf5_entries *e, unsigned kind, unsigned size);

/* Work out the numbering.  False if numbers mean nothing. */
bool hdf5_entries_number(struct hdf5_entries *e);

/* Hand over a chunk by its number; its corner is set here. */
int hdf5_entries_put(const struct hdf5_entries *e, uint64_t number,
	struct hdf5_chunk *chunk, struct err *err) PGF_CHECKED;

/* Hand over the n chunks whose entries are at p, numbered from first on. */
struct hdf5_run {
	const uint8_t *p;
	uint64_t first, n;
};
int hdf5_entries_visit(struct hdf5_entries *e, const struct hdf5_run *run,
	struct err *err) PGF_CHECKED;

#endif
