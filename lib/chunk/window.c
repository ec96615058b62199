/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One buffer that is read anew when it lacks something.  Advice to the kernel
 * (posix_fadvise) was refused: it reads ahead of readers that go forward, and a
 * call for each chunk is what is to be saved.
 */
#include "chunk/window.h"

#include <string.h>

#include "base/mem.h"

struct window {
	uint64_t offset; /* of the first byte */
	struct buf bytes;
};

struct window *window_open(void)
{
	struct window *w = mem_alloc(sizeof(*w));

	*w = (struct window){ .bytes = BUF_INIT };
	return w;
}

void window_close(struct window *w)
{
	if (w == NULL)
		return;
	buf_release(&w->bytes);
	mem_free(w);
}

void window_reset(struct window *w)
{
	buf_reset(&w->bytes);
}

bool window_has(const struct window *w, struct io_range at)
{
	return at.offset >= w->offset && at.len <= w->bytes.len &&
		at.offset - w->offset <= w->bytes.len - at.len;
}

static int fetch(struct window *w, const struct source *f, struct io_range at,
	struct err *err)
{
	buf_reset(&w->bytes);
	buf_resize(&w->bytes, at.len);
	w->offset = at.offset;
	if (source_read(f, at, w->bytes.data, err) == 0)
		return 0;
	buf_reset(&w->bytes);
	return -1;
}

uint8_t *window_get(struct window *w, const struct source *f,
	struct io_range at, uint64_t end, struct err *err)
{
	struct io_range more = at;
	struct err ignored = ERR_INIT;

	if (!window_has(w, at)) {
		if (end > at.offset && end - at.offset <= WINDOW_MOST &&
			end - at.offset > at.len)
			more.len = (size_t)(end - at.offset);
		/* A file that ends within what follows may hold this. */
		if (fetch(w, f, more, &ignored) < 0 && fetch(w, f, at, err) < 0)
			return NULL;
	}
	return (uint8_t *)w->bytes.data + (at.offset - w->offset);
}
