/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cursor over a window of the file's first bytes that grows as the parser
 * goes on.  Reading item by item was refused: a header is hundreds of items,
 * each a system call.
 */
#include "format/netcdf3_header.h"

#include <inttypes.h>
#include <string.h>

#include "base/num.h"
#include "base/str.h"

enum { WINDOW_FIRST = 16384 };
enum { TAG_DIMENSION = 10, TAG_VARIABLE = 11, TAG_ATTRIBUTE = 12 };

struct cursor {
	struct arena *arena;
	const struct view *file;
	struct buf window; /* bytes 0 .. window.len of the file */
	uint64_t at;
	unsigned wide;        /* bytes of a count: 4, in CDF-5 8 */
	unsigned wide_offset; /* bytes of an offset: 4 or 8 */
	struct err *err;
};

/* Position of len more bytes in the window, which the cursor then passes. */
static const uint8_t *take(struct cursor *c, uint64_t len)
{
	uint64_t end, want;
	const uint8_t *p;

	if (!num_add(c->at, len, &end) || end > c->file->size) {
		err_set(c->err, ERR_DATA,
			"truncated: the header goes on "
			"beyond the %" PRIu64 " bytes of the file",
			c->file->size);
		return NULL;
	}
	if (end > c->window.len) {
		size_t have = c->window.len;

		want = num_max(num_max(2 * have, WINDOW_FIRST), end);
		want = num_min(want, c->file->size);
		buf_resize(&c->window, (size_t)want);
		if (view_read(c->file, have, (size_t)want - have,
			    c->window.data + have, c->err) < 0)
			return NULL;
	}
	p = (const uint8_t *)c->window.data + c->at;
	c->at = end;
	return p;
}

static int take_number(struct cursor *c, unsigned size, uint64_t *out)
{
	const uint8_t *p = take(c, size);

	if (p == NULL)
		return -1;
	*out = view_big(p, size);
	return 0;
}

static int corrupt(struct cursor *c, const char *why)
{
	return err_set(c->err, ERR_DATA,
		"corrupt: %s (near byte %" PRIu64 " of the header)", why,
		c->at);
}

/* A count of items that take at least size bytes each. */
static int take_count(struct cursor *c, unsigned size, uint64_t *out)
{
	if (take_number(c, c->wide, out) < 0)
		return -1;
	if (*out > (c->file->size - c->at) / size)
		return corrupt(c, "a list is longer than the file");
	return 0;
}

/* "ABSENT | tag nelems": the number of elements. */
static int take_list(struct cursor *c, unsigned tag, unsigned size, uint64_t *n)
{
	uint64_t found;

	if (take_number(c, 4, &found) < 0 || take_count(c, size, n) < 0)
		return -1;
	if (found != tag && (found != 0 || *n != 0))
		return corrupt(c, "a list has a wrong tag");
	if (*n > INT32_MAX)
		return corrupt(c, "a list is too long");
	return 0;
}

/* len bytes and the padding to a multiple of 4. */
static const uint8_t *take_padded(struct cursor *c, uint64_t len)
{
	const uint8_t *p = take(c, len);
	uint64_t at = c->at;

	if (p == NULL)
		return NULL;
	/* the window may move: remember where the bytes are */
	if (len % 4 != 0 && take(c, 4 - len % 4) == NULL)
		return NULL;
	return (const uint8_t *)c->window.data + (at - len);
}

static int take_name(struct cursor *c, const char *what, const char **out)
{
	const uint8_t *p;
	uint64_t len;

	if (take_count(c, 1, &len) < 0)
		return -1;
	p = take_padded(c, len);
	if (p == NULL)
		return -1;
	*out = arena_strndup(c->arena, (const char *)p, (size_t)len);
	return attr_check_name(what, *out, c->err);
}

static int take_type(struct cursor *c, struct dtype *out)
{
	static const enum dtype_kind kinds[] = {
		DTYPE_INT8,
		DTYPE_CHAR,
		DTYPE_INT16,
		DTYPE_INT32,
		DTYPE_FLOAT32,
		DTYPE_FLOAT64,
		DTYPE_UINT8,
		DTYPE_UINT16,
		DTYPE_UINT32,
		DTYPE_INT64,
		DTYPE_UINT64,
	};
	uint64_t code;

	if (take_number(c, 4, &code) < 0)
		return -1;
	if (code == 0 || code > sizeof(kinds) / sizeof(*kinds))
		return corrupt(c, "an unknown type");
	*out = dtype_of(kinds[code - 1]);
	return 0;
}

static int take_attr(struct cursor *c, struct attrs *to, struct netcdf3_var *v)
{
	const char *name;
	const uint8_t *p;
	uint8_t *values;
	struct dtype t;
	uint64_t n;

	if (take_name(c, "attribute", &name) < 0 || take_type(c, &t) < 0 ||
		take_count(c, t.size, &n) < 0)
		return -1;
	p = take_padded(c, n * t.size);
	if (p == NULL)
		return -1;
	if (js_get(to->values, name) != NULL)
		return corrupt(c, "two attributes of one name");
	if (t.kind == DTYPE_CHAR) {
		attrs_add_text(to, name, (const char *)p, (size_t)n);
	} else if (n > ATTR_MAX_VALUES) {
		return err_set(c->err, ERR_DATA,
			"attribute '%s' has %" PRIu64 " values, the most is %d",
			name, n, ATTR_MAX_VALUES);
	}
	values = arena_memdup(c->arena, p, (size_t)n * t.size);
	view_swap(values, (size_t)n, t.size);
	if (t.kind != DTYPE_CHAR)
		attrs_add_numbers(to, name, t, values, (size_t)n);
	/* the type of the variable is not read yet: v->dtype is the fill's */
	if (v != NULL && n == 1 && str_eq(name, "_FillValue")) {
		v->fill = values;
		v->dtype = t;
	}
	return 0;
}

static int take_attrs(struct cursor *c, struct attrs *to, struct netcdf3_var *v)
{
	uint64_t n;

	*to = attrs_new(c->arena);
	if (take_list(c, TAG_ATTRIBUTE, 8 + 2 * c->wide, &n) < 0)
		return -1;
	for (; n > 0; n--)
		if (take_attr(c, to, v) < 0)
			return -1;
	return 0;
}

static int take_dims(struct cursor *c, struct netcdf3_header *h)
{
	struct js *seen = js_new_object(c->arena);
	bool has_record = false;

	if (take_list(c, TAG_DIMENSION, 4 + 2 * c->wide, &h->ndims) < 0)
		return -1;
	h->dims = ARENA_NEW(c->arena, struct netcdf3_dim, (size_t)h->ndims);
	for (uint64_t i = 0; i < h->ndims; i++) {
		struct netcdf3_dim *d = &h->dims[i];

		if (take_name(c, "dimension", &d->name) < 0 ||
			take_number(c, c->wide, &d->len) < 0)
			return -1;
		if (js_get(seen, d->name) != NULL)
			return corrupt(c, "two dimensions of one name");
		if (d->len > INT64_MAX)
			return corrupt(c, "a dimension is too long");
		if (d->len == 0 && has_record)
			return corrupt(c, "two record dimensions");
		has_record = has_record || d->len == 0;
		js_set_int(seen, d->name, 1);
	}
	return 0;
}

static int take_var(struct cursor *c, const struct netcdf3_header *h,
	struct netcdf3_var *v)
{
	struct dtype fill_type;
	uint64_t vsize;

	if (take_name(c, "variable", &v->name) < 0 ||
		take_count(c, c->wide, &v->ndims) < 0)
		return -1;
	v->dimids = ARENA_NEW(c->arena, uint64_t, (size_t)v->ndims);
	for (uint64_t i = 0; i < v->ndims; i++) {
		if (take_number(c, c->wide, &v->dimids[i]) < 0)
			return -1;
		if (v->dimids[i] >= h->ndims)
			return corrupt(c, "a dimension that does not exist");
		if (i > 0 && h->dims[v->dimids[i]].len == 0)
			return corrupt(c, "a record dimension is not first");
	}
	if (take_attrs(c, &v->attrs, v) < 0)
		return -1;
	fill_type = v->dtype;
	/* vsize is redundant, and wrong for variables above 4 GiB */
	if (take_type(c, &v->dtype) < 0 ||
		take_number(c, c->wide, &vsize) < 0 ||
		take_number(c, c->wide_offset, &v->begin) < 0)
		return -1;
	if (!dtype_equal(fill_type, v->dtype))
		v->fill = NULL;
	return 0;
}

static int take_vars(struct cursor *c, struct netcdf3_header *h)
{
	struct js *seen = js_new_object(c->arena);

	if (take_list(c, TAG_VARIABLE, 16 + 3 * c->wide + c->wide_offset,
		    &h->nvars) < 0)
		return -1;
	h->vars = ARENA_NEW(c->arena, struct netcdf3_var, (size_t)h->nvars);
	for (uint64_t i = 0; i < h->nvars; i++) {
		if (take_var(c, h, &h->vars[i]) < 0)
			return -1;
		if (js_get(seen, h->vars[i].name) != NULL)
			return corrupt(c, "two variables of one name");
		js_set_int(seen, h->vars[i].name, 1);
	}
	return 0;
}

static int take_header(struct cursor *c, struct netcdf3_header *h)
{
	const uint8_t *magic = take(c, 4);
	uint8_t version;

	if (magic == NULL)
		return -1;
	version = magic[3];
	if (memcmp(magic, "CDF", 3) != 0 ||
		(version != 1 && version != 2 && version != 5))
		return err_set(c->err, ERR_DATA, "not a NetCDF-3 file");
	c->wide = version == 5 ? 8 : 4;
	c->wide_offset = version == 1 ? 4 : 8;
	if (take_number(c, c->wide, &h->numrecs) < 0)
		return -1;
	h->streaming = h->numrecs ==
		(version == 5 ? UINT64_MAX : (uint64_t)UINT32_MAX);
	if (take_dims(c, h) < 0 || take_attrs(c, &h->attrs, NULL) < 0)
		return -1;
	return take_vars(c, h);
}

int netcdf3_header_read(struct arena *a, const struct view *file,
	struct netcdf3_header *out, struct err *err)
{
	struct cursor c = { .arena = a,
		.file = file,
		.window = BUF_INIT,
		.err = err };
	int result;

	*out = (struct netcdf3_header){ .numrecs = 0 };
	result = take_header(&c, out);
	buf_release(&c.window);
	return result;
}
