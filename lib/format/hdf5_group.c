/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects are opened in the order of their links, datasets before groups: numbers
 * that netCDF gives to dimensions are counted so.  A group may be part of itself, so
 * depth and number have a limit.
 */
#include "format/hdf5_group.h"

#define H5_USE_110_API
#include <hdf5.h>
#include <string.h>

#include "base/log.h"
#include "format/hdf5_type.h"

enum { DEPTH_MAX = 64, OBJECTS_MAX = 1 << 17 };

struct walk {
	struct arena *arena;
	const char *path;
	struct err *err;
	size_t nobjects;
	unsigned depth;
	struct buf types; /* hid_t of those that have a name */
};

/* Of one group. */
struct visit {
	struct walk *walk;
	const char *name;
	struct buf datasets,
		groups; /* struct hdf5_dataset; struct hdf5_group */
};

static int fail(const struct walk *w, const char *what)
{
	return err_set(w->err, ERR_DATA, "corrupt: %s", what);
}

static int read_extent(const struct walk *w, hid_t space,
	struct hdf5_dataset *d)
{
	hsize_t extent[H5S_MAX_RANK], most[H5S_MAX_RANK];
	int ndim = H5Sget_simple_extent_ndims(space);

	if (ndim < 0 || H5Sget_simple_extent_dims(space, extent, most) < 0)
		return fail(w, "its shape cannot be read");
	d->ndim = (unsigned)ndim;
	d->extent = ARENA_NEW(w->arena, uint64_t, d->ndim);
	d->unlimited = ARENA_NEW(w->arena, bool, d->ndim);
	for (unsigned i = 0; i < d->ndim; i++) {
		d->extent[i] = extent[i];
		d->unlimited[i] = most[i] == H5S_UNLIMITED;
	}
	return 0;
}

/* The type of a dataset need not be the one that has the name, but its equal. */
static bool has_name(const struct walk *w, hid_t type)
{
	const hid_t *known = (const hid_t *)(const void *)w->types.data;

	for (size_t i = 0; i < w->types.len / sizeof(*known); i++)
		if (H5Tequal(known[i], type) > 0)
			return true;
	return false;
}

static int describe(const struct walk *w, struct hdf5_dataset *d)
{
	hid_t space = H5Dget_space(d->id), type = H5Dget_type(d->id);
	struct hdf5_attrs want = { .arena = w->arena,
		.path = w->path,
		.scales = &d->scales,
		.to = w->depth == 0 ? &d->attrs : NULL };
	int r = read_extent(w, space, d);

	d->shared = has_name(w, type);
	d->typed = hdf5_type_find(type, &d->dtype) &&
		(d->shared || H5Tget_class(type) != H5T_ENUM);
	H5Tclose(type);
	H5Sclose(space);
	want.ndim = d->ndim;
	d->attrs = attrs_new(w->arena);
	return r < 0 ? -1 : hdf5_attrs(&want, d->id, w->err);
}

static int add_dataset(struct visit *v, hid_t id, const char *name,
	uint64_t address)
{
	struct walk *w = v->walk;
	struct hdf5_dataset d = { .name = arena_strdup(w->arena, name),
		.id = id,
		.address = address };
	int r = describe(w, &d);

	if (w->depth > 0 || r < 0) {
		H5Dclose(id);
		d.id = -1;
	}
	buf_add(&v->datasets, &d, sizeof(d));
	return r < 0 ? err_in(w->err, "variable '%s'", name) : 0;
}

/* Its own visit comes after that of the group that it is in. */
static int add_group(struct visit *v, hid_t id, const char *name)
{
	struct hdf5_group g = { .name = arena_printf(v->walk->arena, "%s/%s",
					v->name, name) };

	buf_add(&v->groups, &g, sizeof(g));
	H5Gclose(id);
	return 0;
}

static int leave_out(const struct walk *w, const char *name, const char *why)
{
	log_warn("'%s': '%s' is left out: it is a link %s", w->path, name, why);
	return 0;
}

static int add_object(struct visit *v, hid_t group, const char *name,
	const H5L_info_t *link)
{
	hid_t id = H5Oopen(group, name, H5P_DEFAULT);
	H5O_info_t info;

	if (id < 0)
		return link->type == H5L_TYPE_HARD ?
			fail(v->walk, "an object cannot be opened") :
			leave_out(v->walk, name, "to what is not there");
	switch (H5Iget_type(id)) {
	case H5I_DATASET:
		info.addr = link->u.address;
		if (link->type != H5L_TYPE_HARD &&
			H5Oget_info2(id, &info, H5O_INFO_BASIC) < 0)
			info.addr = HDF5_NOWHERE;
		return add_dataset(v, id, name, info.addr);
	case H5I_GROUP:
		return add_group(v, id, name);
	default: /* a type */
		buf_add(&v->walk->types, &id, sizeof(id));
		return 0;
	}
}

/* An H5L_iterate_t. */
static herr_t see_link(hid_t group, const char *name, const H5L_info_t *link,
	void *state)
{
	struct visit *v = state;

	if (++v->walk->nobjects > OBJECTS_MAX)
		return err_set(v->walk->err, ERR_DATA,
			"it has more than %d objects", OBJECTS_MAX);
	if (link->type != H5L_TYPE_HARD && link->type != H5L_TYPE_SOFT)
		return leave_out(v->walk, name, "to another file");
	return add_object(v, group, name, link);
}

static bool has_order(hid_t group)
{
	hid_t list = H5Gget_create_plist(group);
	unsigned flags = 0;

	H5Pget_link_creation_order(list, &flags);
	H5Pclose(list);
	return flags & H5P_CRT_ORDER_TRACKED;
}

static void *keep(struct arena *a, struct buf *list)
{
	void *p = arena_memdup(a, list->data, list->len);

	buf_release(list);
	return p;
}

static int read_links(struct walk *w, hid_t id, struct hdf5_group *g)
{
	struct visit v = { .walk = w, .name = g->name };
	herr_t r = H5Literate(id,
		has_order(id) ? H5_INDEX_CRT_ORDER : H5_INDEX_NAME, H5_ITER_INC,
		NULL, see_link, &v);

	g->ndatasets = v.datasets.len / sizeof(struct hdf5_dataset);
	g->datasets = keep(w->arena, &v.datasets);
	g->ngroups = v.groups.len / sizeof(struct hdf5_group);
	g->groups = keep(w->arena, &v.groups);
	if (r >= 0)
		return 0;
	return w->err->kind != ERR_NONE ?
		-1 :
		fail(w, "its root group cannot be read");
}

/* All that is in an open group; recursion is as deep as the groups. */
static int read_group(struct walk *w, hid_t id, struct hdf5_group *g)
{
	int r = read_links(w, id, g);

	w->depth++;
	if (r == 0 && g->ngroups > 0 && w->depth > DEPTH_MAX)
		r = err_set(w->err, ERR_DATA,
			"its groups are nested more than %d deep", DEPTH_MAX);
	for (size_t i = 0; i < g->ngroups && r == 0; i++) {
		hid_t child = H5Gopen2(id, strrchr(g->groups[i].name, '/') + 1,
			H5P_DEFAULT);

		r = child < 0 ? fail(w, "a group cannot be opened") :
				read_group(w, child, &g->groups[i]);
		H5Gclose(child);
	}
	w->depth--;
	return r;
}

static void close_types(struct walk *w)
{
	const hid_t *known = (const hid_t *)(const void *)w->types.data;

	for (size_t i = 0; i < w->types.len / sizeof(*known); i++)
		H5Oclose(known[i]);
	buf_release(&w->types);
}

int hdf5_group_read(struct arena *a, int64_t file, const char *path,
	struct hdf5_group *root, struct err *err)
{
	struct walk w = { .arena = a, .path = path, .err = err };
	struct hdf5_scales none;
	struct hdf5_attrs want = { .arena = a,
		.path = path,
		.scales = &none,
		.to = &root->attrs };
	hid_t id = H5Gopen2(file, "/", H5P_DEFAULT);
	int r;

	*root = (struct hdf5_group){ .name = "", .attrs = attrs_new(a) };
	r = id < 0 ? fail(&w, "its root group cannot be read") :
		     read_group(&w, id, root);
	if (r == 0)
		r = hdf5_attrs(&want, id, err);
	H5Gclose(id);
	close_types(&w);
	if (r < 0)
		hdf5_group_close(root);
	return r;
}

void hdf5_group_close(struct hdf5_group *root)
{
	for (size_t i = 0; i < root->ndatasets; i++)
		if (root->datasets[i].id >= 0)
			H5Dclose(root->datasets[i].id);
	root->ndatasets = 0;
}
