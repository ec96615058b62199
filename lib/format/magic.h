/* SPDX-License-Identifier: Apache-2.0 */
/*
 * magic: what a file is, from its first bytes.
 *
 * So that a login page saved as 'x.nc' is told as such, and the right reader is
 * asked.  Never looks at names.
 */
#ifndef PGF_MAGIC_H
#define PGF_MAGIC_H

#include "format/view.h"

enum magic_kind {
	MAGIC_UNKNOWN,
	MAGIC_EMPTY,
	MAGIC_NETCDF3,
	MAGIC_HDF5,
	MAGIC_HDF4,
	MAGIC_HTML,
	MAGIC_XML,
	MAGIC_JSON,
	MAGIC_TEXT,
	MAGIC_GZIP,
	MAGIC_BZIP2,
	MAGIC_ZSTD,
	MAGIC_ZIP,
	MAGIC_TAR,
	MAGIC_GRIB,
	MAGIC_BUFR,
	MAGIC_TIFF,
};

struct magic {
	enum magic_kind kind;
	uint64_t base; /* HDF5: where the superblock is (user block before) */
};

/* Find out.  HDF5's signature is looked for at 0, 512, 1024, 2048, ... (HDF5
 * File Format Specification, "Disk Format: Level 0A").  Fails only if reading
 * does. */
int magic_of(const struct view *b, struct magic *out,
	struct err *err) PGF_CHECKED;

/* ERR_DATA with what the file is instead of NetCDF, and the remedy; for every
 * kind but MAGIC_NETCDF3 and MAGIC_HDF5.  The caller adds the file's name. */
int magic_refuse(enum magic_kind kind, struct err *err);

#endif
