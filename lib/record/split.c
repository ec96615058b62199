/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One temporary for all: a table says which of its pieces are whose.  One a file
 * was refused, since there are more files than may be open.
 */
#include "record/split.h"

#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"
#include "base/sheaf.h"

/* Text in memory, of all files. */
enum { MOST = 32 << 20 };

struct piece {
	struct piece *before; /* the one in front of it */
	uint64_t offset;
	size_t len;
};

struct split {
	const char *folder;
	struct arena arena;
	size_t n, held; /* files; bytes in memory */
	struct buf *tail;
	struct piece **last;
	struct io_temp rest; /* what is not in memory */
	uint64_t end;
};

struct split *split_open(const char *folder, size_t n, struct err *err)
{
	struct split *s;

	if (io_make_dirs(folder, err) < 0)
		return NULL;
	s = mem_alloc(sizeof(*s));
	*s = (struct split){ .n = n, .rest = IO_TEMP_INIT };
	s->folder = arena_strdup(&s->arena, folder);
	s->tail = ARENA_NEW(&s->arena, struct buf, n);
	s->last = ARENA_NEW(&s->arena, struct piece *, n);
	return s;
}

void split_close(struct split *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n; i++)
		buf_release(&s->tail[i]);
	io_abort(&s->rest);
	arena_release(&s->arena);
	mem_free(s);
}

static int put_aside(struct split *s, size_t i, struct err *err)
{
	struct buf *tail = &s->tail[i];
	struct piece *p;

	if (tail->len == 0)
		return 0;
	if (io_write_all(s->rest.fd, tail->data, tail->len, err) < 0)
		return err_in(err, "'%s'", s->rest.temp);
	p = ARENA_NEW(&s->arena, struct piece, 1);
	*p = (struct piece){ s->last[i], s->end, tail->len };
	s->last[i] = p;
	s->end += tail->len;
	buf_release(tail);
	return 0;
}

static int put_all_aside(struct split *s, struct err *err)
{
	const char *path = arena_printf(&s->arena, "%s/rest", s->folder);

	if (s->rest.fd < 0 && io_create(&s->rest, path, err) < 0)
		return -1;
	for (size_t i = 0; i < s->n; i++)
		if (put_aside(s, i, err) < 0)
			return -1;
	s->held = 0;
	return 0;
}

int split_add(struct split *s, size_t i, const struct buf *text,
	struct err *err)
{
	buf_add(&s->tail[i], text->data, text->len);
	s->held += text->len;
	return s->held > MOST ? put_all_aside(s, err) : 0;
}

/* All of file i into out. */
static int put_together(const struct split *s, int fd, size_t i,
	struct buf *out, struct err *err)
{
	size_t len = s->tail[i].len;

	for (const struct piece *p = s->last[i]; p != NULL; p = p->before)
		len += p->len;
	buf_resize(out, len);
	len -= s->tail[i].len;
	if (s->tail[i].len > 0)
		memcpy(out->data + len, s->tail[i].data, s->tail[i].len);
	for (const struct piece *p = s->last[i]; p != NULL; p = p->before) {
		const struct io_range at = { p->offset, p->len };

		len -= p->len;
		if (io_read_at(fd, s->rest.temp, at, out->data + len, err) < 0)
			return -1;
	}
	return 0;
}

int split_publish(struct split *s, const struct split_names *names,
	struct err *err)
{
	struct buf text = BUF_INIT, path = BUF_INIT;
	struct sheaf *sheaf = sheaf_open();
	int r = 0;

	for (size_t i = 0; i < s->n && r == 0; i++) {
		buf_reset(&path);
		buf_addf(&path, "%s/%s", s->folder,
			names->name(names->state, i));
		r = put_together(s, s->rest.fd, i, &text, err);
		if (r == 0)
			r = sheaf_put(sheaf, path.data,
				text.data ? text.data : "", text.len, err);
	}
	if (r == 0)
		r = sheaf_flush(sheaf, err);
	sheaf_close(sheaf);
	buf_release(&path);
	buf_release(&text);
	return r;
}
