/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Its end is asked for every few milliseconds: a pipe alone does not tell, as
 * something it has started may hold it open.
 */
#include "net/errand.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/clock.h"
#include "base/str.h"
#include "net/derived.h"
#include "net/unpack.h"

enum { TALK_MAX = 600, TICK = 20 /* ms */ };

/* One run of the command. */
struct talk {
	struct child child;
	struct buf said; /* the end of what it says */
	int status;
	bool late, stopped;
};

/* Keep the end of what it says. */
static bool hear(void *state, int from, const char *p, size_t len)
{
	struct buf *said = state;

	(void)from;
	buf_add(said, p, len);
	if (said->len > TALK_MAX) {
		memmove(said->data, said->data + said->len - TALK_MAX,
			TALK_MAX);
		buf_resize(said, TALK_MAX);
	}
	return true;
}

static void wait_for(struct talk *t, const struct errand *e)
{
	int64_t end = clock_ms() + (int64_t)e->timeout * 1000;

	while (!child_has_ended(&t->child)) {
		(void)child_hear(&t->child, TICK, hear, &t->said);
		t->late = t->late || clock_ms() >= end;
		t->stopped = e->stop != NULL && atomic_load(e->stop);
		if (t->late || t->stopped)
			child_kill(&t->child);
	}
	child_kill(&t->child); /* what it left behind */
	(void)child_hear(&t->child, 0, hear, &t->said);
	t->status = child_end(&t->child);
}

/* The end of what it said, on one line. */
static const char *said(struct arena *a, const struct talk *t)
{
	char *s = arena_strndup(a, t->said.len > 0 ? t->said.data : "",
		t->said.len);
	size_t len = strlen(s);

	while (len > 0 && strchr("\r\n ", s[len - 1]) != NULL)
		s[--len] = '\0';
	for (char *p = s; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = ' ';
	while (*s != '\0' && !str_is_utf8(s, strlen(s)))
		s++; /* it was cut in two */
	return *s != '\0' ? s : "it said nothing";
}

static int judge(struct arena *a, const struct errand *e, const struct talk *t,
	struct err *err)
{
	int code = WIFEXITED(t->status) ? WEXITSTATUS(t->status) : -1;

	if (t->stopped)
		return err_set(err, ERR_TEMP, "it was ended with the run");
	if (t->late)
		return err_set(err, ERR_DATA,
			"it was ended after %u s (see --exec-timeout): %s",
			e->timeout, said(a, t));
	if (code < 0)
		return err_set(err, ERR_DATA, "it died of signal %d: %s",
			WTERMSIG(t->status), said(a, t));
	if (code != 0)
		return err_set(err, code == ERR_TEMP ? ERR_TEMP : ERR_DATA,
			"it ended with code %d: %s", code, said(a, t));
	return 0;
}

static int run(struct arena *a, const struct errand *e, char **argv,
	struct err *err)
{
	const struct child_how how = { .argv = argv,
		.in = -1,
		.together = true,
		.alone = true };
	struct talk t = { .said = BUF_INIT };
	int result = child_start(&t.child, &how, err);

	if (result == 0) {
		wait_for(&t, e);
		result = judge(a, e, &t, err);
	} else if (errno == ENOENT) {
		err->kind = ERR_DATA;
	}
	buf_release(&t.said);
	return result;
}

static int make(struct arena *a, const struct errand *e, struct derived *d,
	const char *in, struct err *err)
{
	if (derived_begin(d, err) < 0)
		return -1;
	unlink(d->temp.temp); /* programs ask before they overwrite */
	if (run(a, e, command_fill(a, &e->command, in, d->temp.temp), err) <
			0 ||
		derived_take(d, err) < 0) {
		derived_abort(d);
		return -1;
	}
	return 0;
}

int errand_run(struct arena *a, const struct errand *e, struct cache_file *file,
	struct err *err)
{
	const struct derived_name name = {
		.folder = e->cache,
		.id = arena_printf(a, "exec:%s:%s", unpack_identity(a, file),
			e->command.text),
		.like = file->path,
	};
	struct cache_file made;
	struct derived d;

	if (!derived_find(a, &name, &d, &made) &&
		(make(a, e, &d, file->path, err) < 0 ||
			derived_publish(&d, &made, err) < 0))
		return err_in(err, "'%.200s'", e->command.text);
	memcpy(made.etag, file->etag, sizeof(made.etag));
	memcpy(made.modified, file->modified, sizeof(made.modified));
	*file = made;
	return 0;
}
