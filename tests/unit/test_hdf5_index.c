/* SPDX-License-Identifier: Apache-2.0 */
/* Every kind of index, written by the HDF5 library; the truth is what it reads
 * of each chunk, and where it says that the chunk is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define H5_USE_110_API
#include <fcntl.h>
#include <hdf5.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/num.h"
#include "format/hdf5_block.h"
#include "format/hdf5_chunk.h"
#include "format/hdf5_index.h"

enum { UNFILTERED, FILTERED, EARLY, LIBRARY_LISTS = 300 };
#define FREE H5S_UNLIMITED

/* A dataset of bytes: chunks whose number is a multiple of every are written,
 * and the last. */
struct layout {
	const char *name;
	enum hdf5_layout_kind kind;
	int how;
	unsigned ndim, every;
	hsize_t shape[3], most[3], chunk[3];
	hsize_t after[3]; /* the shape it is given when all is written, or 0 */
	hsize_t block;    /* user block */
};

static const struct layout layouts[] = {
	{ "B-tree 1", HDF5_BTREE1, UNFILTERED, 2, 1, { 90, 70 }, { 90, 70 },
		{ 2, 3 }, { 0 }, 0 },
	{ "B-tree 1, filters and holes", HDF5_BTREE1, FILTERED, 3, 3,
		{ 30, 21, 11 }, { FREE, 21, FREE }, { 2, 3, 4 }, { 0 }, 0 },
	{ "B-tree 1, user block", HDF5_BTREE1, FILTERED, 1, 2, { 999 },
		{ FREE }, { 2 }, { 0 }, 512 },
	{ "single", HDF5_SINGLE, UNFILTERED, 2, 1, { 5, 7 }, { 5, 7 }, { 5, 7 },
		{ 0 }, 512 },
	{ "single, filters", HDF5_SINGLE, FILTERED, 2, 1, { 5, 7 }, { 5, 7 },
		{ 5, 7 }, { 0 }, 0 },
	{ "single, nothing written", HDF5_SINGLE, FILTERED, 1, 0, { 9 }, { 9 },
		{ 9 }, { 0 }, 0 },
	{ "implicit", HDF5_IMPLICIT, EARLY, 2, 1, { 50, 40 }, { 50, 40 },
		{ 3, 7 }, { 0 }, 0 },
	{ "implicit, may grow, user block", HDF5_IMPLICIT, EARLY, 3, 1,
		{ 10, 9, 8 }, { 20, 30, 8 }, { 3, 2, 3 }, { 0 }, 2048 },
	{ "fixed array", HDF5_FIXED_ARRAY, UNFILTERED, 2, 1, { 50, 40 },
		{ 50, 40 }, { 3, 7 }, { 0 }, 0 },
	{ "fixed array, filters and holes", HDF5_FIXED_ARRAY, FILTERED, 3, 5,
		{ 20, 9, 14 }, { 20, 9, 14 }, { 2, 2, 3 }, { 0 }, 0 },
	{ "fixed array, may grow", HDF5_FIXED_ARRAY, FILTERED, 3, 2,
		{ 20, 9, 14 }, { 31, 10, 99 }, { 2, 2, 3 }, { 0 }, 0 },
	{ "fixed array, shrunk", HDF5_FIXED_ARRAY, UNFILTERED, 2, 1, { 20, 30 },
		{ 60, 40 }, { 2, 3 }, { 41, 17 }, 0 },
	{ "fixed array, pages", HDF5_FIXED_ARRAY, UNFILTERED, 2, 1, { 70, 80 },
		{ 70, 80 }, { 1, 2 }, { 0 }, 0 },
	{ "fixed array, pages, filters, user block", HDF5_FIXED_ARRAY, FILTERED,
		2, 3, { 70, 80 }, { 70, 80 }, { 1, 2 }, { 0 }, 512 },
	{ "fixed array, absent pages", HDF5_FIXED_ARRAY, FILTERED, 1, 3001,
		{ 40000 }, { 50000 }, { 1 }, { 0 }, 0 },
	{ "fixed array, nothing written", HDF5_FIXED_ARRAY, UNFILTERED, 1, 0,
		{ 40000 }, { 50000 }, { 1 }, { 0 }, 0 },
	{ "extensible array", HDF5_EXTENSIBLE_ARRAY, UNFILTERED, 2, 1,
		{ 50, 40 }, { FREE, 40 }, { 3, 7 }, { 0 }, 0 },
	{ "extensible array, filters", HDF5_EXTENSIBLE_ARRAY, FILTERED, 2, 1,
		{ 50, 80 }, { FREE, 80 }, { 1, 2 }, { 0 }, 0 },
	{ "extensible array, last dimension", HDF5_EXTENSIBLE_ARRAY, UNFILTERED,
		3, 2, { 5, 8, 70 }, { 9, 8, FREE }, { 2, 3, 1 }, { 0 }, 512 },
	{ "extensible array, middle dimension", HDF5_EXTENSIBLE_ARRAY, FILTERED,
		3, 7, { 5, 80, 13 }, { 5, FREE, 17 }, { 2, 3, 1 }, { 0 }, 0 },
	{ "extensible array, shrunk", HDF5_EXTENSIBLE_ARRAY, UNFILTERED, 2, 1,
		{ 50, 40 }, { FREE, 40 }, { 3, 7 }, { 29, 40 }, 0 },
	{ "extensible array, pages", HDF5_EXTENSIBLE_ARRAY, UNFILTERED, 1,
		61001, { 1200000 }, { FREE }, { 1 }, { 0 }, 0 },
	{ "extensible array, pages, filters", HDF5_EXTENSIBLE_ARRAY, FILTERED,
		1, 1511, { 300000 }, { FREE }, { 1 }, { 0 }, 0 },
	{ "extensible array, nothing written", HDF5_EXTENSIBLE_ARRAY,
		UNFILTERED, 1, 0, { 400 }, { FREE }, { 1 }, { 0 }, 0 },
	{ "B-tree 2", HDF5_BTREE2, UNFILTERED, 2, 1, { 50, 40 }, { FREE, FREE },
		{ 3, 7 }, { 0 }, 0 },
	{ "B-tree 2, filters and holes", HDF5_BTREE2, FILTERED, 3, 3,
		{ 30, 21, 11 }, { FREE, 21, FREE }, { 2, 3, 4 }, { 0 }, 0 },
	{ "B-tree 2, shrunk, user block", HDF5_BTREE2, UNFILTERED, 2, 1,
		{ 40, 40 }, { FREE, FREE }, { 3, 7 }, { 38, 9 }, 512 },
	{ "B-tree 2, deep", HDF5_BTREE2, FILTERED, 2, 1, { 120, 90 },
		{ FREE, FREE }, { 1, 1 }, { 0 }, 0 },
	{ "B-tree 2, deep, unfiltered", HDF5_BTREE2, UNFILTERED, 2, 1,
		{ 120, 90 }, { FREE, FREE }, { 1, 1 }, { 0 }, 0 },
	{ "B-tree 2, nothing written", HDF5_BTREE2, UNFILTERED, 2, 0,
		{ 40, 40 }, { FREE, FREE }, { 1, 1 }, { 0 }, 0 },
};

/* The file of one layout, open in both ways. */
struct opened {
	const struct layout *l;
	char path[32];
	hid_t file, dataset;
	int fd;
	struct view view;
};

static uint32_t draw(void)
{
	static uint32_t state = 12345;

	state = state * 1664525 + 1013904223;
	return state >> 8;
}

static uint64_t chunk_bytes(const struct layout *l)
{
	return l->chunk[0] * (l->ndim > 1 ? l->chunk[1] : 1) *
		(l->ndim > 2 ? l->chunk[2] : 1);
}

/* The first element of a chunk of a grid; false if there is no such chunk. */
static bool corner_of(const struct layout *l, const hsize_t *shape,
	uint64_t number, hsize_t *corner)
{
	for (unsigned i = l->ndim; i-- > 0;) {
		uint64_t n = num_ceil_div(shape[i], l->chunk[i]);

		corner[i] = number % n * l->chunk[i];
		number /= n;
	}
	return number == 0;
}

static hid_t create(const struct layout *l, hid_t file)
{
	hid_t space = H5Screate_simple((int)l->ndim, l->shape, l->most);
	hid_t plist = H5Pcreate(H5P_DATASET_CREATE), id;

	H5Pset_chunk(plist, (int)l->ndim, l->chunk);
	if (l->how == EARLY)
		H5Pset_alloc_time(plist, H5D_ALLOC_TIME_EARLY);
	if (l->how == FILTERED) {
		H5Pset_deflate(plist, 1);
		H5Pset_shuffle(plist);
	}
	id = H5Dcreate2(file, "v", H5T_STD_U8LE, space, H5P_DEFAULT, plist,
		H5P_DEFAULT);
	assert_true(id >= 0);
	H5Pclose(plist);
	H5Sclose(space);
	return id;
}

/* What is filtered may have any length: none of it is decoded. */
static void write_chunk(const struct layout *l, hid_t id, const hsize_t *corner)
{
	uint8_t bytes[256];
	size_t size = (size_t)chunk_bytes(l);
	uint32_t mask = 0;

	if (l->how == FILTERED) {
		size = 1 + draw() % 100;
		mask = draw() % 4;
	}
	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)draw();
	assert_true(H5Dwrite_chunk(id, H5P_DEFAULT, mask, corner, size,
			    bytes) >= 0);
}

static void write_file(const struct opened *o)
{
	const struct layout *l = o->l;
	hid_t access = H5Pcreate(H5P_FILE_ACCESS), file, id;
	hid_t plist = H5Pcreate(H5P_FILE_CREATE);
	hsize_t corner[3];

	if (l->kind != HDF5_BTREE1)
		H5Pset_libver_bounds(access, H5F_LIBVER_LATEST,
			H5F_LIBVER_LATEST);
	H5Pset_userblock(plist, l->block);
	file = H5Fcreate(o->path, H5F_ACC_TRUNC, plist, access);
	assert_true(file >= 0);
	id = create(l, file);
	if (l->every > 0)
		for (uint64_t i = 0; corner_of(l, l->shape, i, corner);
			i += l->every)
			write_chunk(l, id, corner);
	if (l->after[0] > 0)
		assert_true(H5Dset_extent(id, l->after) >= 0);
	H5Dclose(id);
	H5Fclose(file);
	H5Pclose(plist);
	H5Pclose(access);
}

static void open_file(struct opened *o, const struct layout *l)
{
	off_t size;

	*o = (struct opened){ .l = l, .path = "/tmp/pgf-index-XXXXXX" };
	o->fd = mkstemp(o->path);
	assert_true(o->fd >= 0);
	write_file(o);
	size = lseek(o->fd, 0, SEEK_END);
	o->view = view_of_file(o->fd, o->path, (uint64_t)size);
	o->file = H5Fopen(o->path, H5F_ACC_RDONLY, H5P_DEFAULT);
	o->dataset = H5Dopen2(o->file, "v", H5P_DEFAULT);
	assert_true(o->dataset >= 0);
}

static void close_file(struct opened *o)
{
	H5Dclose(o->dataset);
	H5Fclose(o->file);
	close(o->fd);
	unlink(o->path);
}

static const hsize_t *shape_of(const struct layout *l)
{
	return l->after[0] > 0 ? l->after : l->shape;
}

static void find(const struct opened *o, struct hdf5_layout *x)
{
	struct hdf5_super super;
	struct err err = ERR_INIT;
	H5O_info_t info;

	assert_int_equal(hdf5_super_read(&o->view, o->l->block, &super, &err),
		0);
	assert_true(H5Oget_info2(o->dataset, &info, H5O_INFO_BASIC) >= 0);
	assert_int_equal(hdf5_layout_find(&o->view, &super, info.addr, x, &err),
		1);
	assert_int_equal(x->kind, o->l->kind);
	assert_int_equal(x->ndim, o->l->ndim);
	for (unsigned i = 0; i < x->ndim; i++)
		x->most[i] = o->l->most[i];
}

/* The bytes and the mask of a chunk are those that the library reads. */
static void compare_chunk(const struct opened *o, const hsize_t *corner,
	const struct refs *r, uint64_t i)
{
	uint8_t ours[256], theirs[256];
	struct err err = ERR_INIT;
	uint32_t mask = 0;
	hsize_t size = 0;

	if (r->offset[i] == REFS_ABSENT)
		return;
	assert_true(H5Dget_chunk_storage_size(o->dataset, corner, &size) >= 0);
	assert_int_equal(r->length[i], size);
	assert_in_range(size, 1, sizeof(ours));
	assert_int_equal(view_read(&o->view, r->offset[i], (size_t)size, ours,
				 &err),
		0);
	assert_true(H5Dread_chunk(o->dataset, H5P_DEFAULT, corner, &mask,
			    theirs) >= 0);
	assert_memory_equal(ours, theirs, size);
	assert_int_equal(r->mask[i], mask);
}

/* The library's lists mistake chunks for others if the numbering of an array does
 * not begin with the first dimension. */
static bool lists_rightly(const struct layout *l)
{
	return l->kind != HDF5_EXTENSIBLE_ARRAY || l->most[0] == FREE;
}

/* The list of the library, which is slow, is the list that was walked. */
static void compare_list(const struct opened *o, const struct chunk_table *t,
	hsize_t n)
{
	hid_t space = H5Dget_space(o->dataset);

	for (hsize_t i = 0; i < n && n <= LIBRARY_LISTS; i++) {
		hsize_t corner[3], size;
		uint64_t at = 0;
		haddr_t address;
		unsigned mask;

		assert_true(H5Dget_chunk_info(o->dataset, space, i, corner,
				    &mask, &address, &size) >= 0);
		for (unsigned k = 0; k < t->ndim; k++)
			at = at * num_ceil_div(t->shape[k], t->chunk_shape[k]) +
				corner[k] / t->chunk_shape[k];
		assert_true(t->refs.offset[at] == address ||
			t->refs.offset[at] == address + o->l->block);
		assert_int_equal(t->refs.length[at], size);
		assert_int_equal(t->refs.mask[at], mask);
	}
	H5Sclose(space);
}

static void compare(const struct opened *o, const struct chunk_table *t)
{
	hid_t space = H5Dget_space(o->dataset);
	hsize_t corner[3], n = 0;
	uint64_t present = 0;

	if (H5Dget_num_chunks(o->dataset, space, &n) < 0)
		n = 0; /* as it says of an index that was never made */
	for (uint64_t i = 0; i < t->refs.n; i++) {
		assert_true(corner_of(o->l, shape_of(o->l), i, corner));
		present += t->refs.offset[i] != REFS_ABSENT;
		compare_chunk(o, corner, &t->refs, i);
	}
	assert_int_equal(present, n);
	if (lists_rightly(o->l))
		compare_list(o, t, n);
	H5Sclose(space);
}

static void check_layout(void **state)
{
	const struct layout *l = *state;
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	struct hdf5_layout x;
	struct opened o;
	uint64_t shape[3], chunk[3], n;
	struct chunk_table t = { .ndim = l->ndim,
		.shape = shape,
		.chunk_shape = chunk };
	struct hdf5_placing p = { .table = &t };

	for (unsigned i = 0; i < l->ndim; i++) {
		shape[i] = shape_of(l)[i];
		chunk[i] = l->chunk[i];
	}
	assert_true(chunk_table_count(&t, &n));
	t.codecs = js_new_list(&arena);
	t.refs = hdf5_new_refs(&arena, n);
	open_file(&o, l);
	find(&o, &x);
	assert_int_equal(hdf5_index_walk(&x, hdf5_place, &p, &err), 1);
	compare(&o, &t);
	close_file(&o);
	arena_release(&arena);
}

/* What a walk has told, in one number. */
struct told {
	uint64_t n, sum;
};

static int tell(void *state, const struct hdf5_chunk *chunk, struct err *err)
{
	struct told *t = state;

	(void)err;
	t->n++;
	t->sum = t->sum * 31 + chunk->offset;
	t->sum = t->sum * 31 + chunk->length;
	t->sum = t->sum * 31 + chunk->mask;
	for (unsigned i = 0; i < 3; i++)
		t->sum = t->sum * 31 + chunk->corner[i];
	return 0;
}

/* The file of a layout in memory, to be damaged. */
struct copy {
	struct buf bytes;
	struct view view;
	struct hdf5_layout x;
	struct told told; /* by the whole file */
};

static void copy_file(struct copy *c, const struct layout *l)
{
	struct err err = ERR_INIT;
	struct opened o;

	*c = (struct copy){ .bytes = BUF_INIT };
	open_file(&o, l);
	find(&o, &c->x);
	buf_resize(&c->bytes, (size_t)o.view.size);
	assert_int_equal(view_read(&o.view, 0, c->bytes.len, c->bytes.data,
				 &err),
		0);
	c->view = view_of_memory(c->bytes.data, c->bytes.len);
	c->x.file = &c->view;
	assert_int_equal(hdf5_index_walk(&c->x, tell, &c->told, &err), 1);
	close_file(&o);
}

/* Whatever byte of the file is another: the same is told, or an error. */
static void check_damage(void **state)
{
	struct copy c;
	unsigned noticed = 0;

	copy_file(&c, *state);
	for (size_t i = 0; i < c.bytes.len; i += 1 + c.bytes.len / 1024) {
		struct err err = ERR_INIT;
		struct told told = { 0 };
		int result;

		c.bytes.data[i] ^= 0x41;
		result = hdf5_index_walk(&c.x, tell, &told, &err);
		c.bytes.data[i] ^= 0x41;
		assert_true(result == 1 || result == -1);
		noticed += result < 0;
		if (result == 1) {
			assert_int_equal(told.n, c.told.n);
			assert_int_equal(told.sum, c.told.sum);
		} else {
			assert_int_equal(err.kind, ERR_DATA);
		}
	}
	assert_in_range(noticed, 10, c.bytes.len);
	buf_release(&c.bytes);
}

/* A head that is whole but of a later version is left alone. */
static void check_version(void **state)
{
	static const size_t sizes[] = { [HDF5_FIXED_ARRAY] = 24,
		[HDF5_EXTENSIBLE_ARRAY] = 68,
		[HDF5_BTREE2] = 34 };
	struct err err = ERR_INIT;
	struct told told = { 0 };
	struct copy c;
	uint8_t *head;
	uint32_t sum;
	size_t size;

	copy_file(&c, *state);
	size = sizes[c.x.kind];
	head = (uint8_t *)c.bytes.data + c.x.at;
	head[4] = 1;
	sum = hdf5_lookup3(head, size);
	for (unsigned i = 0; i < 4; i++)
		head[size + i] = (uint8_t)(sum >> (8 * i));
	assert_int_equal(hdf5_index_walk(&c.x, tell, &told, &err), 0);
	assert_int_equal(told.n, 0);
	buf_release(&c.bytes);
}

/* Truth from the text that comes with the function. */
static void check_checksum(void **state)
{
	const char *text = "Four score and seven years ago";

	(void)state;
	assert_int_equal(hdf5_lookup3((const uint8_t *)text, strlen(text)),
		0x17770551);
	assert_int_equal(hdf5_lookup3((const uint8_t *)"", 0), 0xdeadbeef);
}

static struct CMUnitTest test_of(const struct layout *l, CMUnitTestFunction run,
	const char *name)
{
	union {
		const struct layout *from;
		void *to;
	} state = { l };

	return (struct CMUnitTest){ name, run, NULL, NULL, state.to };
}

int main(void)
{
	enum { N = sizeof(layouts) / sizeof(*layouts) };
	struct CMUnitTest tests[3 * N + 1];
	size_t n = 0;

	H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(check_checksum);
	for (const struct layout *l = layouts; l < layouts + N; l++) {
		tests[n++] = test_of(l, check_layout, l->name);
		if (l->kind <= HDF5_IMPLICIT || l->every == 0)
			continue;
		tests[n++] = test_of(l, check_version, "a later version");
		if (l->every < 1000)
			tests[n++] = test_of(l, check_damage, "damaged");
	}
	/* cmocka's macro wants an array of known length */
	return _cmocka_run_group_tests("hdf5_index", tests, n, NULL, NULL);
}
