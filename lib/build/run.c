/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make tells what it does on stdout (it echoes each command) and what went
 * wrong on stderr, so two pipes are all that is needed for progress and for
 * the exit code of each task, which make itself flattens to 2.  Having every
 * task record its own end was refused: a killed task records nothing.
 */
#include "build/run.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/mem.h"
#include "base/str.h"
#include "build/make.h"
#include "build/stop.h"

extern char **environ;

enum { TICK_MS = 200 };

struct maker {
	const struct run *run;
	struct run_result *result;
	struct buf partial[CHILD_PIPES]; /* a line not yet ended */
	bool data_error, temp_error;
};

/* Whatever an outer make, or a user's taste, would tell ours. */
static bool is_foreign(const char *entry)
{
	static const char *const names[] = {
		"MAKEFLAGS=",
		"MAKELEVEL=",
		"MFLAGS=",
		"MAKEOVERRIDES=",
		"GNUMAKEFLAGS=",
		"MAKEFILES=",
		"MAKE_RESTARTS=",
		"LC_ALL=",
		"LANGUAGE=",
		NULL,
	};

	for (size_t i = 0; names[i] != NULL; i++)
		if (str_starts(entry, names[i]))
			return true;
	return false;
}

/* The environment, with make's messages in English, which we read. */
static char **clean_environment(const struct run *r, struct arena *a)
{
	char **env;
	size_t n = 0, kept = 0;

	while (environ[n] != NULL)
		n++;
	env = ARENA_NEW(a, char *, n + 3);
	for (size_t i = 0; i < n; i++)
		if (!is_foreign(environ[i]))
			env[kept++] = environ[i];
	env[kept++] = arena_strdup(a, "LC_ALL=C");
	if (r->makeflags != NULL)
		env[kept] = arena_printf(a, "MAKEFLAGS=%s", r->makeflags);
	return env;
}

static char **make_arguments(const struct run *r, struct arena *a)
{
	char **argv = ARENA_NEW(a, char *, 13);
	size_t n = 0;

	argv[n++] = arena_strdup(a, "make");
	argv[n++] = arena_strdup(a, "-C");
	argv[n++] = arena_strdup(a, r->work);
	argv[n++] = arena_strdup(a, "-f");
	argv[n++] = arena_strdup(a, r->file);
	if (r->makeflags == NULL)
		argv[n++] = arena_printf(a, "-j%lld", (long long)r->jobs);
	argv[n++] = arena_strdup(a, "--no-print-directory");
	argv[n++] = arena_strdup(a, MAKE_HERE);
	if (r->keep_going)
		argv[n++] = arena_strdup(a, "-k");
	if (r->dry)
		argv[n++] = arena_strdup(a, "-n");
	if (r->reasons)
		argv[n++] = arena_strdup(a, "--trace");
	return argv;
}

static void tell(const struct maker *m, enum run_event what, const char *text)
{
	m->run->event(m->run->state, what, text);
}

static void note_failure(struct maker *m, const struct make_failure *f)
{
	m->result->nfailed++;
	m->data_error |= f->code == ERR_DATA;
	m->temp_error |= f->code == ERR_TEMP;
	snprintf(m->result->last_failed, sizeof(m->result->last_failed), "%s",
		f->target);
	tell(m, RUN_FAILED, f->target);
}

static void tell_death(const struct maker *m, const struct make_failure *f)
{
	char text[400];

	/* It was our doing. */
	if (stop_told())
		return;
	snprintf(text, sizeof(text), "task '%s' has died: %s", f->target,
		f->reason);
	tell(m, RUN_DIED, text);
}

static bool is_there(const struct maker *m, const char *target)
{
	struct arena a = ARENA_INIT;
	bool there = access(arena_printf(&a, "%s/%s", m->run->work, target),
			     F_OK) == 0;

	arena_release(&a);
	return there;
}

/* "recipe.mk:37: update target 'o/00002.ok' due to: f/00002", made shorter; of a
 * target that is not there, that is the reason. */
static bool take_reason(const struct maker *m, const char *line)
{
	static const char update[] = ": update target '", due[] = "' due to: ";
	const char *target = strstr(line, update), *end;
	char name[256], text[600];

	if (!m->run->reasons || target == NULL ||
		!str_starts(line, m->run->file))
		return false;
	target += strlen(update);
	end = strstr(target, due);
	if (end == NULL)
		return false;
	snprintf(name, sizeof(name), "%.*s", (int)(end - target), target);
	if (is_there(m, name))
		snprintf(text, sizeof(text), "%s: newer: %.300s", name,
			end + strlen(due));
	else
		snprintf(text, sizeof(text), "%s: not there", name);
	tell(m, RUN_WHY, text);
	return true;
}

static void take_line(struct maker *m, int from, const char *line)
{
	struct make_failure failure;
	char stage[16];

	if (from == CHILD_OUT && take_reason(m, line))
		return;

	if (from == CHILD_OUT && make_line_stage(line, stage)) {
		m->result->ntasks++;
		tell(m, RUN_TASK, stage);
		tell(m, RUN_COMMAND, line);
		return;
	}
	switch (make_line_read(line, &failure)) {
	case MAKE_FAILED:
		note_failure(m, &failure);
		tell(m, RUN_NOISE, line);
		break;
	case MAKE_DIED:
		tell_death(m, &failure);
		note_failure(m, &failure);
		break;
	case MAKE_NOISE:
		tell(m, RUN_NOISE, line);
		break;
	case MAKE_OTHER:
		tell(m, RUN_LINE, line);
		break;
	}
}

/* Hand over the whole lines among len more bytes, keep the rest. */
static bool take(void *state, int from, const char *p, size_t len)
{
	struct maker *m = state;
	struct buf *line = &m->partial[from];

	for (size_t i = 0; i < len; i++) {
		if (p[i] != '\n') {
			buf_addc(line, p[i]);
			continue;
		}
		take_line(m, from, line->data ? line->data : "");
		buf_reset(line);
	}
	if (len == 0 && line->len > 0)
		take_line(m, from, line->data);
	return true;
}

/* Its status; -1: it cannot be run. */
static int run_child(struct maker *m, struct err *err)
{
	struct arena a = ARENA_INIT;
	const struct child_how how = { .argv = make_arguments(m->run, &a),
		.env = clean_environment(m->run, &a),
		.in = -1 };
	struct child c;
	int r = child_start(&c, &how, err);

	if (r < 0)
		err_set(err, ERR_FAIL,
			"cannot run 'make': %s: install GNU make",
			strerror(errno));
	arena_release(&a);
	if (r < 0)
		return -1;
	stop_child(c.pid);
	while (child_hear(&c, TICK_MS, take, m))
		tell(m, RUN_TICK, NULL);
	tell(m, RUN_TICK, NULL);
	return child_end(&c);
}

int run_make(const struct run *r, struct run_result *out, struct err *err)
{
	struct maker m = { .run = r, .result = out };
	struct stop stop;
	int status;

	*out = (struct run_result){ .ntasks = 0 };
	stop_open(&stop);
	status = run_child(&m, err);
	out->signal = stop_close(&stop);
	for (size_t i = 0; i < CHILD_PIPES; i++)
		buf_release(&m.partial[i]);
	if (status < 0)
		return -1;
	if (status != 0)
		out->code = m.data_error ? ERR_DATA :
			m.temp_error     ? ERR_TEMP :
					   ERR_FAIL;
	return 0;
}
