/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every chunk is asked for by its name.  Listing the folders was refused: what is in
 * them besides chunks (metadata, parts of an interrupted upload) would have to be
 * understood.  On a server that is a request for each object, and so it would be
 * to find out later: a table whose chunks may or may not be there, of lengths that
 * nobody knows, could neither be planned with nor tell one version from the next.
 */
#include "format/zarr_chunk.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/num.h"
#include "chunk/crc32c.h"
#include "chunk/ferry.h"
#include "chunk/source.h"
#include "format/view.h"

enum { ENTRY = 16, NUMBER = 8, CHECKSUM = 4 };

void zarr_chunk_none(struct arena *a, struct chunk_table *t)
{
	struct refs *r = &t->refs;
	uint64_t n = 0;

	if (!chunk_table_count(t, &n))
		n = 0;
	*r = (struct refs){ .n = n };
	r->offset = ARENA_NEW(a, uint64_t, (size_t)n);
	r->length = ARENA_NEW(a, uint64_t, (size_t)n);
	r->tag = ARENA_NEW(a, uint64_t, (size_t)n);
	for (uint64_t i = 0; i < n; i++)
		r->offset[i] = REFS_ABSENT;
	t->has_refs = true;
}

int zarr_chunk_index(const struct zarr_index *x, uint64_t *offset,
	uint64_t *length, struct err *err)
{
	uint64_t end;

	if (x->has_checksum &&
		view_little(x->bytes + x->n * ENTRY, CHECKSUM) !=
			crc32c_of(x->bytes, (size_t)x->n * ENTRY))
		return err_set(err, ERR_DATA,
			"corrupt: the checksum of its index is another");
	for (uint64_t i = 0; i < x->n; i++) {
		const uint8_t *entry = x->bytes + i * ENTRY;

		offset[i] = view_little(entry, NUMBER);
		length[i] = view_little(entry + NUMBER, NUMBER);
		if (offset[i] == UINT64_MAX && length[i] == UINT64_MAX)
			continue;
		if (!num_add(offset[i], length[i], &end) || end > x->size)
			return err_set(err, ERR_DATA,
				"corrupt: its chunk %" PRIu64 " has %" PRIu64
				" bytes at %" PRIu64 ", it has %" PRIu64
				" bytes",
				i, length[i], offset[i], x->size);
	}
	return 0;
}

enum { MANY = 1024 }; /* objects on a server that are looked at at once */

/* A walk over the objects of an array. */
struct finding {
	int dir;
	const struct view *store; /* on a server, or NULL */
	const struct zarr_shard *shard;
	struct chunk_table *table;
	uint64_t grid[DATASET_MAX_NDIM]; /* chunks */
	uint64_t per[DATASET_MAX_NDIM];  /* of them in one object */
	uint64_t nper;
	struct buf name, index;
	uint64_t *offset, *length; /* of a shard */
};

/* 1: the object is there, and open if it is a shard; 0: it is absent. */
static int look(struct finding *f, int *fd, struct stat *st, struct err *err)
{
	const char *name = f->name.data;

	*fd = -1;
	if (f->shard->is_shard)
		*fd = openat(f->dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (f->shard->is_shard ? *fd >= 0 && fstat(*fd, st) == 0 :
				 fstatat(f->dir, name, st, 0) == 0) {
		if (S_ISREG(st->st_mode))
			return 1;
		return err_set(err, ERR_DATA, "'%.200s' is no file", name);
	}
	if (errno == ENOENT || errno == ENOTDIR)
		return 0;
	return err_sys(err, "cannot look at '%.200s'", name);
}

static size_t index_size(const struct finding *f)
{
	return (size_t)f->nper * ENTRY +
		(f->shard->has_checksum ? CHECKSUM : 0);
}

/* The bytes of the index are at an offset of the file, which has them alone (of an
 * object that is elsewhere) or among those of the object. */
static int read_index(struct finding *f, int fd, uint64_t size,
	const uint64_t *offset, struct err *err)
{
	struct zarr_index x = { NULL, f->nper, size, f->shard->has_checksum };
	struct io_range at = { 0, index_size(f) };

	if (size < at.len)
		return err_set(err, ERR_DATA,
			"truncated: it has %" PRIu64
			" bytes, its index alone %zu",
			size, at.len);
	if (offset != NULL)
		at.offset = *offset;
	else if (!f->shard->index_first)
		at.offset = size - at.len;
	buf_resize(&f->index, at.len);
	if (io_read_at(fd, f->name.data, at, f->index.data, err) < 0)
		return -1;
	x.bytes = (const uint8_t *)f->index.data;
	return zarr_chunk_index(&x, f->offset, f->length, err);
}

/* The chunks of the object whose first chunk is at a place of the grid. */
static void put_chunks(struct finding *f, const uint64_t *first, uint64_t tag)
{
	struct refs *r = &f->table->refs;
	unsigned ndim = f->table->ndim;

	for (uint64_t i = 0; i < f->nper; i++) {
		uint64_t at[DATASET_MAX_NDIM] = { 0 }, rest = i, number = 0;
		bool inside = true;

		for (unsigned k = ndim; k-- > 0;) {
			at[k] = first[k] + rest % f->per[k];
			rest /= f->per[k];
			inside = inside && at[k] < f->grid[k];
		}
		for (unsigned k = 0; k < ndim; k++)
			number = number * f->grid[k] + at[k];
		if (!inside || f->offset[i] == UINT64_MAX)
			continue;
		r->offset[number] = f->offset[i];
		r->length[number] = f->length[i];
		r->tag[number] = tag;
	}
}

static int find_object(struct finding *f, const uint64_t *first,
	struct err *err)
{
	struct stat st;
	int fd, r;

	buf_reset(&f->name);
	objects_name(f->table->objects, f->table->ndim, first, &f->name);
	r = look(f, &fd, &st, err);
	f->offset[0] = 0;
	if (r > 0)
		f->length[0] = (uint64_t)st.st_size;
	if (r > 0 && f->shard->is_shard &&
		read_index(f, fd, f->length[0], NULL, err) < 0)
		r = err_in(err, "shard '%.200s'", f->name.data);
	if (fd >= 0)
		close(fd);
	if (r > 0)
		put_chunks(f, first, source_tag(&st));
	return r < 0 ? -1 : 0;
}

/* The first chunk of the object behind; false if there is none. */
static bool next_object(const struct finding *f, uint64_t *first)
{
	for (unsigned k = f->table->ndim; k-- > 0;) {
		first[k] += f->per[k];
		if (first[k] < f->grid[k])
			return true;
		first[k] = 0;
	}
	return false;
}

static int find_here(struct finding *f, struct err *err)
{
	uint64_t first[DATASET_MAX_NDIM] = { 0 };
	int r;

	do
		r = find_object(f, first, err);
	while (r == 0 && next_object(f, first));
	return r;
}

/* What to look at of the object whose first chunk is at a place of the grid. */
static struct ferry_look look_of(struct finding *f, struct arena *a,
	const uint64_t *first)
{
	struct ferry_look x = { .bytes = 1, .to.fd = -1 };

	buf_reset(&f->name);
	objects_name(f->table->objects, f->table->ndim, first, &f->name);
	x.url = origin_object(a, f->store->store->url, f->name.data);
	if (f->shard->is_shard) {
		x.bytes = index_size(f);
		x.last = !f->shard->index_first;
		x.to.fd = 0;
	}
	return x;
}

static int take_look(struct finding *f, const struct ferry_look *x,
	const uint64_t *first, struct err *err)
{
	if (x->absent)
		return 0;
	f->offset[0] = 0;
	f->length[0] = x->size;
	buf_reset(&f->name);
	objects_name(f->table->objects, f->table->ndim, first, &f->name);
	if (f->shard->is_shard &&
		read_index(f, x->to.fd, x->size, &x->to.base, err) < 0)
		return err_in(err, "shard '%.200s'", f->name.data);
	put_chunks(f, first, x->tag);
	return 0;
}

/* Look at the next of them, MANY at most; they begin at `first`, and *more says
 * whether there are others. */
static int find_some(struct finding *f, uint64_t *first, bool *more,
	struct err *err)
{
	struct arena a = ARENA_INIT;
	struct ferry_look *looks = ARENA_NEW(&a, struct ferry_look, MANY);
	uint64_t at[DATASET_MAX_NDIM];
	size_t n = 0;
	int r;

	memcpy(at, first, sizeof(at));
	for (*more = true; *more && n < MANY; *more = next_object(f, first))
		looks[n++] = look_of(f, &a, first);
	r = depot_look(depot_of(f->store->copy), looks, n, err);
	for (size_t i = 0; r == 0 && i < n; i++) {
		r = take_look(f, &looks[i], at, err);
		(void)next_object(f, at);
	}
	arena_release(&a);
	return r;
}

static int find_away(struct finding *f, struct err *err)
{
	uint64_t first[DATASET_MAX_NDIM] = { 0 };
	bool more = true;
	int r = 0;

	while (r == 0 && more)
		r = find_some(f, first, &more, err);
	return r;
}

int zarr_chunk_find(struct arena *a, const struct view *store,
	const struct zarr_shard *shard, struct chunk_table *t, struct err *err)
{
	struct finding f = { .dir = store->fd,
		.store = store->store != NULL ? store : NULL,
		.shard = shard,
		.table = t };
	int r = 0;

	zarr_chunk_none(a, t);
	for (unsigned k = 0; k < t->ndim; k++) {
		f.grid[k] = t->shape[k] == 0 ?
			0 :
			num_ceil_div(t->shape[k], t->chunk_shape[k]);
		f.per[k] = t->objects->per ? t->objects->per[k] : 1;
	}
	if (!num_product(f.per, t->ndim, &f.nper) || f.nper > ZARR_SHARD_MAX)
		return err_set(err, ERR_DATA,
			"its shards have more than %d chunks", ZARR_SHARD_MAX);
	f.offset = ARENA_NEW(a, uint64_t, (size_t)f.nper);
	f.length = ARENA_NEW(a, uint64_t, (size_t)f.nper);
	if (t->refs.n > 0)
		r = f.store != NULL ? find_away(&f, err) : find_here(&f, err);
	buf_release(&f.name);
	buf_release(&f.index);
	return r;
}
