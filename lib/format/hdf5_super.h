/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hdf5_super: the superblock of an HDF5 file.
 *
 * What must be known before any address in the file means something.  Pure.
 * Source: HDF5 File Format Specification, "Disk Format: Level 0A".
 */
#ifndef PGF_HDF5_SUPER_H
#define PGF_HDF5_SUPER_H

#include <stdbool.h>

#include "format/view.h"

struct hdf5_super {
	uint64_t base;        /* what addresses count from */
	uint64_t end;         /* bytes that the file must have */
	unsigned offset_size; /* bytes of an address: 2, 4 or 8 */
	unsigned length_size; /* bytes of a length: 2, 4 or 8 */
};

/* The place of what was never written. */
#define HDF5_NOWHERE UINT64_MAX

/* The file offset that the address at p stands for, or HDF5_NOWHERE; false if
 * there is no such offset. */
bool hdf5_address(const struct hdf5_super *s, const uint8_t *p, uint64_t *out);

/* Read the superblock at base (see magic_of).  ERR_DATA: its version or sizes
 * are unknown, or the file is shorter than it says (both sizes are told). */
int hdf5_super_read(const struct view *file, uint64_t base,
	struct hdf5_super *out, struct err *err) PGF_CHECKED;

#endif
