/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One pass over the attributes.  The library's functions for dimension scales
 * (H5DS) were refused: each opens the same few attributes again, and every scale.
 */
#include "format/hdf5_attr.h"

#include <hdf5.h>
#include <string.h>

#include "base/log.h"
#include "base/num.h"
#include "base/str.h"
#include "format/hdf5_type.h"
#include "format/view.h"

/* Bytes of one; netCDF allows none that it cannot hold in memory. */
enum { SIZE_LIMIT = 1 << 28 };

struct reading {
	const struct hdf5_attrs *want;
	struct err *err;
};

/* One that is open. */
struct open_attr {
	const char *name;
	hid_t id, type, space;
	int ndim;
	size_t n, size; /* elements, and bytes of each */
};

static int fail(const struct reading *r, const char *what)
{
	return err_set(r->err, ERR_DATA, "corrupt: %s", what);
}

/* All values as they are in the file, or as a type of that size. */
static uint8_t *read_raw(const struct reading *r, const struct open_attr *at,
	hid_t type, size_t size)
{
	uint8_t *values;
	uint64_t all;

	if (!num_mul(at->n, size, &all) || all > SIZE_LIMIT) {
		err_set(r->err, ERR_DATA, "it has more than %d bytes",
			SIZE_LIMIT);
		return NULL;
	}
	values = ARENA_NEW(r->want->arena, uint8_t, (size_t)all + 1);
	if (at->n == 0 || H5Aread(at->id, type, values) >= 0)
		return values;
	fail(r, "its value cannot be read");
	return NULL;
}

static int add_variable_texts(const struct reading *r,
	const struct open_attr *at)
{
	char **texts =
		(char **)(void *)read_raw(r, at, at->type, sizeof(char *));

	if (texts == NULL)
		return -1;
	attrs_add_texts(r->want->to, at->name, texts, at->n);
	if (at->n > 0)
		H5Dvlen_reclaim(at->type, at->space, H5P_DEFAULT, texts);
	return 0;
}

static int add_fixed_texts(const struct reading *r, const struct open_attr *at)
{
	const char *bytes = (const char *)read_raw(r, at, at->type, at->size);
	char **texts = ARENA_NEW(r->want->arena, char *, at->n);

	if (bytes == NULL)
		return -1;
	if (at->ndim == 0) {
		attrs_add_text(r->want->to, at->name, bytes, at->n * at->size);
		return 0;
	}
	for (size_t i = 0; i < at->n; i++)
		texts[i] = arena_strndup(r->want->arena, bytes + i * at->size,
			strnlen(bytes + i * at->size, at->size));
	attrs_add_texts(r->want->to, at->name, texts, at->n);
	return 0;
}

static int add_numbers(const struct reading *r, const struct open_attr *at,
	struct dtype t)
{
	bool whole = H5Tget_class(at->type) == H5T_ENUM;
	hid_t type = whole ? at->type : hdf5_type_standard(t.kind, false);
	uint8_t *values = read_raw(r, at, type, t.size);

	if (values == NULL)
		return -1;
	if (whole && H5Tget_order(at->type) == H5T_ORDER_BE)
		view_swap(values, at->n, t.size);
	attrs_add_numbers(r->want->to, at->name, t, values, at->n);
	return 0;
}

static int leave_out(const struct reading *r, const struct open_attr *at,
	const char *why)
{
	log_warn(
		"'%s': attribute '%s' is %s, which cannot be stored: it is left "
		"out",
		r->want->path, at->name, why);
	return 0;
}

/* An enum must have the bytes of its integers, for it is read as it is. */
static bool find_type(const struct open_attr *at, struct dtype *t)
{
	return hdf5_type_find(at->type, t) &&
		(H5Tget_class(at->type) != H5T_ENUM || at->size == t->size);
}

static int add(const struct reading *r, const struct open_attr *at)
{
	struct dtype t;

	if (attr_check_name("attribute", at->name, r->err) < 0)
		return -1;
	if (!find_type(at, &t))
		return leave_out(r, at, "of a compound type");
	if (at->n > ATTR_MAX_VALUES)
		return err_set(r->err, ERR_DATA,
			"it has %zu values, the most is %d", at->n,
			ATTR_MAX_VALUES);
	if (H5Tis_variable_str(at->type) > 0)
		return add_variable_texts(r, at);
	if (dtype_is_text(t))
		return add_fixed_texts(r, at);
	if (at->ndim > 1)
		return leave_out(r, at, "of several dimensions");
	return add_numbers(r, at, t);
}

/* True if the value is a text that begins so. */
static bool begins(const struct reading *r, const struct open_attr *at,
	const char *text)
{
	const uint8_t *bytes;

	if (H5Tget_class(at->type) != H5T_STRING ||
		H5Tis_variable_str(at->type) > 0 || at->n != 1 ||
		at->size < strlen(text))
		return false;
	bytes = read_raw(r, at, at->type, at->size);
	return bytes != NULL && memcmp(bytes, text, strlen(text)) == 0;
}

/* n numbers of netCDF's own; NULL: it is no such thing. */
static int32_t *read_ids(const struct reading *r, const struct open_attr *at,
	size_t n)
{
	if (H5Tget_class(at->type) != H5T_INTEGER || at->n != n)
		return NULL;
	return (int32_t *)(void *)read_raw(r, at, H5T_NATIVE_INT32,
		sizeof(int32_t));
}

static bool is_list_of_scales(const struct reading *r,
	const struct open_attr *at)
{
	hid_t under;
	bool is;

	if (H5Tget_class(at->type) != H5T_VLEN || at->n != r->want->ndim)
		return false;
	under = H5Tget_super(at->type);
	is = H5Tequal(under, H5T_STD_REF_OBJ) > 0;
	H5Tclose(under);
	return is;
}

/* A reference to an object is the address of its header. */
static void read_list(const struct reading *r, const struct open_attr *at)
{
	uint64_t *out = ARENA_NEW(r->want->arena, uint64_t, r->want->ndim);
	hvl_t *lists;
	hobj_ref_t ref;

	if (!is_list_of_scales(r, at))
		return;
	lists = (hvl_t *)(void *)read_raw(r, at, at->type, sizeof(*lists));
	if (lists == NULL)
		return;
	for (unsigned i = 0; i < r->want->ndim; i++) {
		out[i] = HDF5_NOWHERE;
		if (lists[i].len == 0)
			continue;
		memcpy(&ref,
			(const uint8_t *)lists[i].p +
				(lists[i].len - 1) * sizeof(ref),
			sizeof(ref));
		out[i] = ref;
	}
	H5Dvlen_reclaim(at->type, at->space, H5P_DEFAULT, lists);
	r->want->scales->at = out;
}

/* What netCDF keeps for itself. */
static int note(const struct reading *r, const struct open_attr *at)
{
	struct hdf5_scales *s = r->want->scales;
	const int32_t *id = NULL;

	if (str_eq(at->name, "CLASS"))
		s->is_scale = begins(r, at, "DIMENSION_SCALE");
	else if (str_eq(at->name, "NAME"))
		s->no_var = begins(r, at,
			"This is a netCDF dimension but not a netCDF "
			"variable");
	else if (str_eq(at->name, "DIMENSION_LIST"))
		read_list(r, at);
	else if (str_eq(at->name, "_Netcdf4Coordinates"))
		s->dimids = read_ids(r, at, r->want->ndim);
	else if (str_eq(at->name, "_Netcdf4Dimid"))
		id = read_ids(r, at, 1);
	if (id != NULL)
		s->dimid = *id;
	return r->err->kind == ERR_NONE ? 0 : -1;
}

static int describe(const struct reading *r, struct open_attr *at)
{
	hssize_t n;

	at->type = H5Aget_type(at->id);
	at->space = H5Aget_space(at->id);
	at->ndim = H5Sget_simple_extent_ndims(at->space);
	n = H5Sget_simple_extent_npoints(at->space);
	at->size = H5Tget_size(at->type);
	if (at->type < 0 || at->space < 0 || at->ndim < 0 || n < 0 ||
		at->size == 0)
		return fail(r, "it cannot be described");
	at->n = (size_t)n;
	return attr_is_hidden(at->name) ? note(r, at) : add(r, at);
}

static bool wanted(const struct reading *r, const char *name)
{
	if (!attr_is_hidden(name))
		return r->want->to != NULL;
	return !str_eq(name, "REFERENCE_LIST");
}

/* An H5A_operator2_t. */
static herr_t read_attr(hid_t object, const char *name, const H5A_info_t *info,
	void *state)
{
	const struct reading *r = state;
	struct open_attr at = { .name = name, .type = -1, .space = -1 };
	int result;

	(void)info;
	if (!wanted(r, name))
		return 0;
	at.id = H5Aopen(object, name, H5P_DEFAULT);
	result = at.id < 0 ? fail(r, "it cannot be opened") : describe(r, &at);
	H5Sclose(at.space);
	H5Tclose(at.type);
	H5Aclose(at.id);
	return result == 0 ? 0 : err_in(r->err, "attribute '%s'", name);
}

int hdf5_attrs(const struct hdf5_attrs *want, int64_t object, struct err *err)
{
	struct reading r = { want, err };
	hsize_t at = 0;

	*want->scales = (struct hdf5_scales){ .dimid = -1 };
	if (H5Aiterate2(object, H5_INDEX_CRT_ORDER, H5_ITER_INC, &at, read_attr,
		    &r) >= 0)
		return 0;
	return err->kind != ERR_NONE ?
		-1 :
		fail(&r, "its attributes cannot be read");
}
