/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hdf5_group: the groups of a file, and the datasets in them, as HDF5 has them.
 */
#ifndef PGF_HDF5_GROUP_H
#define PGF_HDF5_GROUP_H

#include "format/hdf5_attr.h"

struct hdf5_dataset {
	const char *name;
	int64_t id; /* handle of the library; -1: in another group than the root */
	uint64_t address; /* of its object header */
	unsigned ndim;
	uint64_t *extent;
	bool *unlimited; /* by dimension */
	struct dtype dtype;
	bool typed; /* dtype is what its values are to netCDF, to which the */
	bool shared; /* types that users make are types only if they have a name */
	struct hdf5_scales scales;
	struct attrs attrs; /* of those in the root group */
};

struct hdf5_group {
	const char *name; /* from the root: "/a/b" */
	size_t ndatasets, ngroups;
	struct hdf5_dataset
		*datasets; /* both in the order of netCDF: that in which */
	struct hdf5_group
		*groups;    /* they were made, or by name if that is lost */
	struct attrs attrs; /* of the root group */
};

/* Read all groups below an open file (a handle of the library) into *root, which
 * lives in the arena.  Links that lead nowhere or to another file are left out, with
 * a warning that names path.  ERR_DATA: damaged, or too many. */
int hdf5_group_read(struct arena *a, int64_t file, const char *path,
	struct hdf5_group *root, struct err *err) PGF_CHECKED;

/* Close what is open of it. */
void hdf5_group_close(struct hdf5_group *root);

#endif
