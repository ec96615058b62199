/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every read is checked against the size first, so a truncated file is told as
 * such wherever it is noticed.  Mapping files was refused: one that shrinks
 * while it is read would end the program by a signal.
 */
#include "format/view.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/num.h"

struct view view_of_memory(const void *p, size_t size)
{
	/* memory must not be NULL for an empty piece */
	return (struct view){ .size = size,
		.memory = p != NULL ? p : (const uint8_t *)"",
		.fd = -1,
		.path = "" };
}

struct view view_of_file(int fd, const char *path, uint64_t size)
{
	return (struct view){ .size = size, .fd = fd, .path = path };
}

struct view view_of_copy(struct depot_copy *copy, const struct origin *o)
{
	return (struct view){ .size = o->size,
		.fd = depot_place(copy).fd,
		.path = o->shown,
		.copy = copy };
}

struct source view_source(const struct view *v)
{
	if (v->store != NULL)
		return (struct source){ .fd = -1,
			.path = v->path,
			.depot = depot_of(v->copy),
			.origin = v->store };
	return (struct source){ .fd = v->fd, .path = v->path, .copy = v->copy };
}

int view_read(const struct view *b, uint64_t offset, size_t len, void *out,
	struct err *err)
{
	struct io_range at = { .offset = offset, .len = len };
	const struct source file = { .fd = b->fd,
		.path = b->path,
		.copy = b->copy };
	uint64_t end;

	if (!num_add(offset, len, &end) || end > b->size)
		return err_set(err, ERR_DATA,
			"truncated: %zu bytes at %" PRIu64
			" are needed, the file has %" PRIu64 " bytes",
			len, offset, b->size);
	if (b->memory == NULL)
		return source_read(&file, at, out, err);
	memcpy(out, b->memory + offset, len);
	return 0;
}

void view_want(const struct view *v, uint64_t offset, uint64_t len)
{
	struct span_range r = { offset, 0 };

	if (v->copy != NULL && num_add(offset, len, &r.end))
		depot_want(v->copy, r);
}

int view_bring(const struct view *v, struct err *err)
{
	if (v->store != NULL)
		return depot_bring(depot_of(v->copy), err);
	return v->copy != NULL ? depot_bring_of(v->copy, err) : 0;
}

void view_plain_path(const struct view *v, char out[VIEW_PATH_MAX])
{
	const char *path = v->path;

	if (path[0] == '/' && path[1] != '/' && strlen(path) < VIEW_PATH_MAX &&
		strpbrk(path, "\\#?&:[]") == NULL)
		memcpy(out, path, strlen(path) + 1);
	else
		snprintf(out, VIEW_PATH_MAX, "/proc/self/fd/%d", v->fd);
}

uint64_t view_big(const uint8_t *p, unsigned n)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < n; i++)
		v = v << 8 | p[i];
	return v;
}

uint64_t view_little(const uint8_t *p, unsigned n)
{
	uint64_t v = 0;

	while (n-- > 0)
		v = v << 8 | p[n];
	return v;
}

void view_swap(void *p, size_t n, size_t size)
{
	uint8_t *at = p;

	for (; size > 1 && n > 0; n--, at += size)
		for (size_t i = 0; i < size / 2; i++) {
			uint8_t b = at[i];

			at[i] = at[size - 1 - i];
			at[size - 1 - i] = b;
		}
}

void view_to_little(void *p, size_t n, size_t size)
{
	const uint16_t one = 1;

	if (*(const uint8_t *)&one == 0)
		view_swap(p, n, size);
}
