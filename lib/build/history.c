/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Read piece by piece and only forwards, so that following a ledger that grows
 * costs what is new in it.
 */
#include "build/history.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"

enum { PIECE = 1 << 16 };

int history_open(struct history *h, const char *path, uint64_t offset,
	struct err *err)
{
	*h = (struct history)HISTORY_INIT;
	h->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (h->fd < 0 && errno == ENOENT)
		return err_set(err, ERR_DATA, "there is no '%s'", path);
	if (h->fd < 0 || lseek(h->fd, (off_t)offset, SEEK_SET) < 0)
		return err_sys(err, "cannot read '%s'", path);
	return 0;
}

/* True if there is more. */
static bool read_more(struct history *h)
{
	size_t left = h->text.len - h->used;
	ssize_t n;

	if (h->used > 0 && left > 0)
		memmove(h->text.data, h->text.data + h->used, left);
	h->used = 0;
	buf_resize(&h->text, left + PIECE);
	n = read(h->fd, h->text.data + left, PIECE);
	buf_resize(&h->text, left + (n > 0 ? (size_t)n : 0));
	return n > 0;
}

struct js *history_next(struct history *h, struct arena *a)
{
	for (;;) {
		const char *line = h->text.data ? h->text.data + h->used : "";
		size_t left = h->text.len - h->used;
		const char *end = left ? memchr(line, '\n', left) : NULL;
		struct err ignored = ERR_INIT;
		struct js *rec;

		if (end == NULL) {
			if (!read_more(h))
				return NULL;
			continue;
		}
		h->used += (size_t)(end - line) + 1;
		rec = js_parse(a, line, (size_t)(end - line), &ignored);
		if (js_type(rec) == JS_OBJECT)
			return rec;
	}
}

void history_close(struct history *h)
{
	if (h->fd >= 0)
		close(h->fd);
	h->fd = -1;
	buf_release(&h->text);
}

struct history_task history_task(const struct js *rec)
{
	struct history_task t = {
		.name = js_get_text(rec, "task"),
		.program = js_get_text(rec, "program"),
		.stage = js_get_text(rec, "stage"),
		.start = js_get_text(rec, "start"),
		.end = js_get_text(rec, "end"),
		.error = js_get_text(rec, "error"),
	};

	/* Before stages had names they were those of the programs. */
	if (t.stage == NULL && t.program != NULL &&
		str_starts(t.program, "pgf-"))
		t.stage = t.program + strlen("pgf-");
	if (t.name == NULL || t.program == NULL || t.stage == NULL ||
		t.start == NULL)
		t.name = t.program = t.stage = NULL;
	js_i64(js_get(rec, "pid"), &t.pid);
	js_i64(js_get(rec, "exit"), &t.code);
	js_real(js_get(rec, "seconds"), &t.seconds);
	js_u64(js_get(rec, "rss"), &t.rss);
	js_u64(js_get(rec, "in"), &t.in);
	js_u64(js_get(rec, "out"), &t.out);
	js_u64(js_get(rec, "objects"), &t.objects);
	return t;
}
