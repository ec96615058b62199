/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which dataset is a dimension and which name is a name is read from HDF5.
 * netcdf-c was refused for it: with it comes what reads data from servers, fifty
 * libraries that cost more to load than a file to describe, and it opens each object
 * once for itself before it is opened for its table.  What is not laid down, as the
 * names of dimensions that have none, is done as netcdf-c does it.
 */
#include "format/netcdf4.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/num.h"
#include "format/attr.h"
#include "format/hdf5.h"
#include "format/hdf5_group.h"

/* A dimension of a group. */
struct axis {
	const char *name;
	uint64_t id, size; /* size of its scale, or of what it was made for */
	uint64_t len;      /* if it is unlimited: of the longest variable */
	bool unlimited;
	uint64_t address; /* of its scale, or HDF5_NOWHERE */
};

/* A group with its dimensions, and those of its datasets. */
struct scope {
	const struct hdf5_group *group;
	const struct scope *parent;
	struct scope *children;
	struct buf axes;      /* struct axis * */
	struct axis ***spans; /* by dataset and dimension */
};

struct naming {
	struct arena *arena;
	uint64_t next_id;
};

static size_t naxes(const struct scope *s)
{
	return s->axes.len / sizeof(struct axis *);
}

static struct axis *axis_at(const struct scope *s, size_t i)
{
	return ((struct axis **)(void *)s->axes.data)[i];
}

static struct axis *add_axis(struct naming *n, struct scope *s,
	const struct axis *like)
{
	struct axis *x = arena_memdup(n->arena, like, sizeof(*like));

	x->len = x->unlimited ? 0 : x->size;
	n->next_id = num_max(n->next_id, x->id + 1);
	buf_add(&s->axes, &x, sizeof(x));
	return x;
}

static bool is_scale(const struct hdf5_dataset *d)
{
	return d->scales.is_scale && d->ndim > 0;
}

static bool is_variable(const struct hdf5_dataset *d)
{
	return (d->typed || d->shared) && !(is_scale(d) && d->scales.no_var);
}

static void add_scale(struct naming *n, struct scope *s, size_t i)
{
	const struct hdf5_dataset *d = &s->group->datasets[i];
	bool numbered = d->scales.dimid >= 0;

	s->spans[i] = ARENA_NEW(n->arena, struct axis *, d->ndim);
	if (is_scale(d))
		s->spans[i][0] = add_axis(n, s,
			&(struct axis){ .name = d->name,
				.id = numbered ? (uint64_t)d->scales.dimid :
						 n->next_id,
				.size = d->extent[0],
				.unlimited = d->unlimited[0],
				.address = d->address });
}

/* All scales, the groups after what is in the group itself. */
static void add_scales(struct naming *n, struct scope *s)
{
	const struct hdf5_group *g = s->group;

	s->spans = ARENA_NEW(n->arena, struct axis **, g->ndatasets);
	for (size_t i = 0; i < g->ndatasets; i++)
		add_scale(n, s, i);
	s->children = ARENA_NEW(n->arena, struct scope, g->ngroups);
	for (size_t i = 0; i < g->ngroups; i++) {
		s->children[i] =
			(struct scope){ .group = &g->groups[i], .parent = s };
		add_scales(n, &s->children[i]);
	}
}

/* The one with that number, or whose scale is there; of this group or the next
 * one around it.  NULL: none. */
static struct axis *find(const struct scope *s, int64_t id, uint64_t address)
{
	for (; s != NULL; s = s->parent)
		for (size_t i = 0; i < naxes(s); i++) {
			struct axis *x = axis_at(s, i);

			if (id >= 0 ? x->id == (uint64_t)id :
				      x->address == address)
				return x;
		}
	return NULL;
}

static bool spans_already(struct axis *const *span, unsigned ndim,
	const struct axis *x)
{
	for (unsigned i = 0; i < ndim; i++)
		if (span[i] == x)
			return true;
	return false;
}

/* One of the same size that the variable has not yet, or a new one. */
static struct axis *make_up(struct naming *n, struct scope *s,
	const struct hdf5_dataset *d, unsigned dim, struct axis *const *span)
{
	struct axis new = { .id = n->next_id,
		.size = d->extent[dim],
		.unlimited = d->unlimited[dim],
		.address = HDF5_NOWHERE };

	for (size_t i = 0; i < naxes(s); i++) {
		struct axis *x = axis_at(s, i);

		if (x->size == new.size && x->unlimited == new.unlimited &&
			!spans_already(span, d->ndim, x))
			return x;
	}
	new.name = arena_printf(n->arena, "phony_dim_%llu",
		(unsigned long long)new.id);
	return add_axis(n, s, &new);
}

static void match_variable(struct naming *n, struct scope *s, size_t i)
{
	const struct hdf5_dataset *d = &s->group->datasets[i];
	const struct hdf5_scales *x = &d->scales;
	struct axis **span = s->spans[i];

	if (!is_scale(d) || d->ndim > 1)
		for (unsigned k = 0; k < d->ndim; k++)
			if (x->dimids != NULL && x->dimids[k] >= 0)
				span[k] = find(s, x->dimids[k], 0);
	for (unsigned k = 0; k < d->ndim; k++)
		if (span[k] == NULL && x->at != NULL &&
			x->at[k] != HDF5_NOWHERE)
			span[k] = find(s, -1, x->at[k]);
	for (unsigned k = 0; k < d->ndim; k++)
		if (span[k] == NULL)
			span[k] = make_up(n, s, d, k, span);
	for (unsigned k = 0; k < d->ndim; k++)
		if (span[k]->unlimited)
			span[k]->len = num_max(span[k]->len, d->extent[k]);
}

static void match(struct naming *n, struct scope *s)
{
	for (size_t i = 0; i < s->group->ngroups; i++)
		match(n, &s->children[i]);
	for (size_t i = 0; i < s->group->ndatasets; i++)
		if (is_variable(&s->group->datasets[i]))
			match_variable(n, s, i);
}

static void release(struct scope *s)
{
	for (size_t i = 0; i < s->group->ngroups; i++)
		release(&s->children[i]);
	buf_release(&s->axes);
}

static size_t count_variables(const struct hdf5_group *g)
{
	size_t n = 0;

	for (size_t i = 0; i < g->ndatasets; i++)
		n += is_variable(&g->datasets[i]);
	return n;
}

/* Full names of the groups below g that hold variables. */
static void name_groups(const struct hdf5_group *g, struct buf *names)
{
	for (size_t i = 0; i < g->ngroups; i++) {
		if (count_variables(&g->groups[i]) > 0)
			buf_addf(names, "%s'%s'", names->len > 0 ? ", " : "",
				g->groups[i].name);
		name_groups(&g->groups[i], names);
	}
}

static int check_groups(const struct view *file, const struct hdf5_group *g,
	struct err *err)
{
	struct buf names = BUF_INIT;

	name_groups(g, &names);
	if (names.len > 0 && count_variables(g) == 0)
		err_set(err, ERR_DATA,
			"its root group has no variables, and only the root "
			"group is read; there are variables in %s; let a "
			"command flatten the group that is meant (fetch.exec "
			"of the recipe, as in 'ncks -G : -g GROUP {in} {out}')",
			names.data);
	else if (names.len > 0)
		log_warn("'%s': variables in groups are left out: %s",
			file->path, names.data);
	buf_release(&names);
	return err->kind == ERR_NONE ? 0 : -1;
}

static int by_id(const void *x, const void *y)
{
	const struct axis *a = *(struct axis *const *)x,
			  *b = *(struct axis *const *)y;

	return (a->id > b->id) - (a->id < b->id);
}

static int put_dims(struct arena *a, struct scope *s, struct dataset *out,
	struct err *err)
{
	size_t n = naxes(s);

	if (n > 0)
		qsort(s->axes.data, n, sizeof(struct axis *), by_id);
	out->dims = ARENA_NEW(a, struct dim, n);
	for (size_t i = 0; i < n; i++) {
		const struct axis *x = axis_at(s, i);

		if (attr_check_name("dimension", x->name, err) < 0)
			return -1;
		out->dims[i] = (struct dim){ x->name, x->len };
	}
	out->ndims = (unsigned)n;
	return 0;
}

/* A variable that is called like a dimension without being its coordinate is put
 * aside under another name. */
static const char *name_of(const struct hdf5_dataset *d)
{
	static const char aside[] = "_nc4_non_coord_";

	return strncmp(d->name, aside, sizeof(aside) - 1) == 0 ?
		d->name + sizeof(aside) - 1 :
		d->name;
}

/* Where it is put and read from. */
struct output {
	struct arena *arena;
	const struct hdf5_file *file;
	struct err *err;
};

static int describe(const struct output *to, const struct hdf5_dataset *d,
	struct axis *const *span, struct variable *v)
{
	*v = (struct variable){ .name = name_of(d),
		.dims = ARENA_NEW(to->arena, const char *, d->ndim),
		.attrs = d->attrs.values,
		.attr_dtypes = d->attrs.dtypes };
	v->table.ndim = d->ndim;
	v->table.dtype = d->dtype;
	v->table.shape = ARENA_NEW(to->arena, uint64_t, d->ndim);
	for (unsigned i = 0; i < d->ndim; i++) {
		v->dims[i] = span[i]->name;
		v->table.shape[i] = span[i]->len;
	}
	if (attr_check_name("variable", v->name, to->err) < 0)
		return -1;
	if (d->ndim > DATASET_MAX_NDIM)
		return err_set(to->err, ERR_DATA,
			"it has %u dimensions, the most is %d", d->ndim,
			DATASET_MAX_NDIM);
	if (!d->typed)
		return err_set(to->err, ERR_DATA,
			"its type is compound, opaque or of variable length, "
			"which cannot be stored in Zarr");
	return hdf5_table(to->arena, to->file, d->id, &v->table, to->err);
}

static int put_variables(const struct output *to, const char *path,
	const struct scope *s, struct dataset *out)
{
	const struct hdf5_group *g = s->group;

	out->vars = ARENA_NEW(to->arena, struct variable, count_variables(g));
	for (size_t i = 0; i < g->ndatasets; i++) {
		const struct hdf5_dataset *d = &g->datasets[i];

		if (is_variable(d)) {
			if (describe(to, d, s->spans[i],
				    &out->vars[out->nvars++]) < 0)
				return err_in(to->err, "variable '%s'",
					name_of(d));
		} else if (!is_scale(d) || !d->scales.no_var) {
			log_warn("'%s': variable '%s' is left out: netCDF has "
				 "no type for it%s",
				path, d->name,
				d->shared ? "" : ", or none without a name");
		}
	}
	return 0;
}

static int put(const struct output *to, const struct view *file,
	const struct hdf5_group *root, struct dataset *out)
{
	struct naming n = { .arena = to->arena };
	struct scope s = { .group = root };
	int r = check_groups(file, root, to->err);

	*out = (struct dataset){ .format = "netcdf4",
		.attrs = root->attrs.values,
		.attr_dtypes = root->attrs.dtypes };
	if (r < 0)
		return -1;
	add_scales(&n, &s);
	match(&n, &s);
	r = put_dims(to->arena, &s, out, to->err);
	if (r == 0)
		r = put_variables(to, file->path, &s, out);
	release(&s);
	return r;
}

int netcdf4_read(struct arena *a, const struct view *file, uint64_t base,
	struct dataset *out, struct err *err)
{
	struct hdf5_file *f = hdf5_open(file, base, err);
	const struct output to = { a, f, err };
	struct hdf5_group root;
	int r = -1;

	if (f == NULL)
		return -1;
	if (hdf5_group_read(a, hdf5_id(f), file->path, &root, err) == 0) {
		r = put(&to, file, &root, out);
		hdf5_group_close(&root);
	}
	hdf5_close(f);
	return r;
}
