/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two short writes a task, some ten microseconds.  Having the engine write it
 * was refused: make tells neither the peak of memory nor why a task failed, and
 * another engine would tell other things.
 */
#include "record/ledger.h"

#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"
#include "base/usage.h"
#include "record/json_write.h"

/* The one task that this process is. */
static struct {
	const char *path, *program, *stage, *task;
	char start[CLOCK_TEXT];
	double began;
	uint64_t in, out, objects;
} task;

int ledger_append(const char *path, const struct js *rec)
{
	struct buf text = BUF_INIT;
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC), r = -1;

	js_write(&text, rec, JS_RECORD);
	buf_addc(&text, '\n');
	if (fd >= 0 && text.len <= PIPE_BUF &&
		write(fd, text.data, text.len) == (ssize_t)text.len)
		r = 0;
	if (fd >= 0)
		close(fd);
	buf_release(&text);
	return r;
}

static struct js *describe(struct arena *a)
{
	struct js *rec = js_new_object(a);

	js_set_text(rec, "task", task.task);
	js_set_text(rec, "program", task.program);
	js_set_text(rec, "stage", task.stage);
	js_set_int(rec, "pid", getpid());
	js_set_text(rec, "start", task.start);
	return rec;
}

static bool is_name(const char *s)
{
	return s != NULL && strlen(s) <= NAME_MAX && str_is_utf8(s, strlen(s));
}

void ledger_begin(const char *path, const struct ledger_task *t)
{
	struct arena a = ARENA_INIT;

	if (path == NULL || !is_name(t->name) || !is_name(t->stage))
		return;
	task.path = path;
	task.program = t->program;
	task.stage = t->stage;
	task.task = t->name;
	clock_now(task.start);
	task.began = usage_seconds();
	if (ledger_append(task.path, describe(&a)) < 0)
		task.path = NULL;
	arena_release(&a);
}

void ledger_count(uint64_t in, uint64_t out, uint64_t objects)
{
	task.in += in;
	task.out += out;
	task.objects += objects;
}

/* As much as surely fits, as text that JSON carries as it is. */
static char *shorten(struct arena *a, const char *why)
{
	enum { MOST = 1000 };
	size_t len = strlen(why);
	char *s;

	if (len > MOST)
		for (len = MOST; ((unsigned char)why[len] & 0xc0) == 0x80;)
			len--;
	s = arena_strndup(a, why, len);
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)s[i] < ' ')
			s[i] = ' ';
	if (!str_is_utf8(s, len))
		for (size_t i = 0; i < len; i++)
			if ((unsigned char)s[i] >= 0x80)
				s[i] = '?';
	return s;
}

void ledger_end(int code, const char *why)
{
	struct arena a = ARENA_INIT;
	char now[CLOCK_TEXT];
	struct js *rec;

	if (task.path == NULL)
		return;
	clock_now(now);
	rec = describe(&a);
	js_set_text(rec, "end", now);
	js_set(rec, "seconds",
		js_new_real(&a,
			floor((usage_seconds() - task.began) * 1e6) / 1e6));
	js_set_int(rec, "exit", code);
	js_set_u64(rec, "rss", usage_peak());
	js_set_u64(rec, "in", task.in);
	js_set_u64(rec, "out", task.out);
	js_set_u64(rec, "objects", task.objects);
	if (why != NULL)
		js_set_text(rec, "error", shorten(&a, why));
	(void)ledger_append(task.path, rec);
	task.path = NULL;
	arena_release(&a);
}
