/* SPDX-License-Identifier: Apache-2.0 */
/*
 * No shell stands between: the arguments are passed as they are, so a name can
 * be anything.  Both pipes are read as they fill, or a talkative library would
 * block the program, and that us.
 */
#include "chunk/slab.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/beside.h"
#include "base/child.h"
#include "base/io.h"
#include "record/json_write.h"

enum { MAX_TALK = 1000, TELL_MAX = 1 << 15 };

static void list(struct buf *out, const uint64_t *v, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		buf_addf(out, "%s%" PRIu64, i ? "," : "", v[i]);
}

/* What it says, until there is more than max: then it is left to die of the closed
 * pipe. */
struct answer {
	struct buf *out, talk;
	size_t before, max;
};

static bool take(void *state, int from, const char *p, size_t len)
{
	struct answer *x = state;

	buf_add(from == CHILD_OUT ? x->out : &x->talk, p, len);
	return x->out->len - x->before <= x->max;
}

static enum err_kind kind_of(int status)
{
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : 1;

	return code == ERR_DATA  ? ERR_DATA :
		code == ERR_TEMP ? ERR_TEMP :
				   ERR_FAIL;
}

static int judge(int status, struct buf *talk, struct err *err)
{
	const char *text = talk->len ? talk->data : "it said nothing";
	size_t len = strcspn(text, "\n");
	const char *name = "pgf-slab: ";

	if (strncmp(text, name, strlen(name)) == 0) {
		text += strlen(name);
		len -= strlen(name);
	}
	if (WIFSIGNALED(status))
		return err_set(err, ERR_FAIL, "pgf-slab died of signal %d",
			WTERMSIG(status));
	return err_set(err, kind_of(status), "pgf-slab: %.*s",
		(int)(len < MAX_TALK ? len : MAX_TALK), text);
}

/* The record of a remote file, as something to read: URLs may hold secrets, so
 * they are no arguments. */
static int tell(const struct origin *o, int *in, struct err *err)
{
	struct arena a = ARENA_INIT;
	struct buf text = BUF_INIT;
	struct js *rec;
	int fds[2], r = -1;

	*in = -1;
	if (o == NULL)
		return 0;
	rec = js_new_object(&a);
	origin_to_json(o, rec);
	js_write(&text, rec, JS_RECORD);
	if (text.len > TELL_MAX) {
		err_set(err, ERR_DATA, "the URL is too long");
	} else if (pipe(fds) < 0) {
		err_sys(err, "cannot make a pipe");
	} else {
		for (int i = 0; i < 2; i++)
			(void)fcntl(fds[i], F_SETFD, FD_CLOEXEC);
		/* fits into the pipe, so nobody waits */
		r = io_write_all(fds[1], text.data, text.len, err);
		close(fds[1]);
		*in = fds[0];
	}
	buf_release(&text);
	arena_release(&a);
	return r;
}

static int hear(const struct child_how *how, struct answer *x, struct err *err)
{
	struct child c;
	bool more = false;
	int status;

	if (child_start(&c, how, err) < 0)
		return -1;
	while (child_hear(&c, -1, take, x) && !more)
		more = x->out->len - x->before > x->max;
	status = child_end(&c);
	if (x->out->len - x->before > x->max)
		return err_set(err, ERR_DATA, "more than %zu bytes", x->max);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return judge(status, &x->talk, err);
	return 0;
}

static int run(const struct slab *what, char *const *argv, size_t max,
	struct buf *out, struct err *err)
{
	struct child_how how = { .argv = argv };
	struct answer x = { .out = out, .before = out->len, .max = max };
	int r;

	if (tell(what->origin, &how.in, err) < 0)
		return -1;
	r = hear(&how, &x, err);
	if (how.in >= 0)
		close(how.in);
	buf_release(&x.talk);
	return r;
}

int slab_read(const struct slab *what, size_t max, struct buf *out,
	struct err *err)
{
	struct buf program = BUF_INIT, first = BUF_INIT, count = BUF_INIT;
	char *argv[12];
	int n = 0, r;

	r = beside_path("pgf-slab", &program, err);
	if (r == 0) {
		argv[n++] = program.data;
		if (what->origin != NULL)
			argv[n++] = beside_argument("--remote");
		if (what->origin != NULL && what->recipe != NULL) {
			argv[n++] = beside_argument("--recipe");
			argv[n++] = beside_argument(what->recipe);
		}
		if (what->box->ndim > 0) {
			list(&first, what->box->start, what->box->ndim);
			list(&count, what->box->count, what->box->ndim);
			argv[n++] = beside_argument("--start");
			argv[n++] = first.data;
			argv[n++] = beside_argument("--count");
			argv[n++] = count.data;
		}
		argv[n++] = beside_argument("--");
		if (what->origin == NULL)
			argv[n++] = beside_argument(what->path);
		argv[n++] = beside_argument(what->var);
		argv[n] = NULL;
		r = run(what, argv, max, out, err);
	}
	buf_release(&program);
	buf_release(&first);
	buf_release(&count);
	return r;
}
