/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of any length out of one buffer, files opened one after another so that
 * a list of 100,000 inputs needs one descriptor.  getline was refused, because
 * stdio does not say whether it holds another line, which a program that does
 * something else meanwhile must know.
 */
#include "record/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"
#include "record/json_write.h"

struct stream_in {
	const char *const *names;
	size_t n, next;
	int fd; /* -1: none is open */
	struct buf buf;
	size_t at, seen; /* start of what is unread; no newline before */
	char *line;      /* in buf */
	size_t len;
	uint64_t number;
};

enum { READ_SIZE = 1 << 16 };

static const char *const only_stdin[] = { "-" };

struct stream_in *stream_open(const char *const *names, size_t n)
{
	struct stream_in *s = mem_alloc(sizeof(*s));

	*s = (struct stream_in){
		.names = n ? names : only_stdin,
		.n = n ? n : 1,
		.fd = -1,
	};
	return s;
}

static void close_file(struct stream_in *s)
{
	if (s->fd > STDIN_FILENO)
		close(s->fd);
	s->fd = -1;
}

static int open_next(struct stream_in *s, struct err *err)
{
	const char *name = s->names[s->next++];

	s->number = 0;
	s->fd = str_eq(name, "-") ? STDIN_FILENO :
				    open(name, O_RDONLY | O_CLOEXEC);
	if (s->fd < 0)
		return err_set(err, errno == ENOENT ? ERR_DATA : ERR_FAIL,
			"cannot open '%s': %s", name, strerror(errno));
	return 0;
}

/* Cut the line that ends at end (exclusive) off the buffer. */
static int cut_line(struct stream_in *s, size_t end)
{
	s->line = s->buf.data + s->at;
	s->len = end - s->at;
	s->at = s->seen = end < s->buf.len ? end + 1 : end;
	s->line[s->len] = '\0';
	s->number++;
	return 1;
}

/* Read some more behind what is unread: 1, or 0 at the end of the file. */
static int read_more(struct stream_in *s, struct err *err)
{
	size_t left = s->buf.len - s->at;
	ssize_t n;

	if (s->at > 0 && left > 0)
		memmove(s->buf.data, s->buf.data + s->at, left);
	s->seen -= s->at;
	s->at = 0;
	buf_resize(&s->buf, left + READ_SIZE);
	do
		n = read(s->fd, s->buf.data + left, READ_SIZE);
	while (n < 0 && errno == EINTR);
	buf_resize(&s->buf, left + (n > 0 ? (size_t)n : 0));
	if (n < 0)
		return err_sys(err, "cannot read '%s'", stream_name(s));
	return n > 0;
}

static char *find_newline(struct stream_in *s)
{
	char *end = s->seen < s->buf.len ?
		memchr(s->buf.data + s->seen, '\n', s->buf.len - s->seen) :
		NULL;

	if (end == NULL)
		s->seen = s->buf.len;
	return end;
}

/* The next line into s->line: 1, or 0 at the end of the last file. */
static int next_line(struct stream_in *s, struct err *err)
{
	for (;;) {
		char *end = find_newline(s);
		int got;

		if (end != NULL)
			return cut_line(s, (size_t)(end - s->buf.data));
		if (s->fd < 0 && s->next == s->n)
			return 0;
		if (s->fd < 0 && open_next(s, err) < 0)
			return -1;
		got = read_more(s, err);
		if (got > 0)
			continue;
		close_file(s);
		if (got < 0)
			return -1;
		if (s->buf.len > 0)
			return cut_line(s, s->buf.len);
	}
}

bool stream_ready(struct stream_in *s, int *fd)
{
	struct pollfd p = { .fd = s->fd, .events = POLLIN };

	*fd = -1;
	if (s->fd < 0 || find_newline(s) != NULL || poll(&p, 1, 0) != 0)
		return true;
	*fd = s->fd;
	return false;
}

static void strip(struct stream_in *s)
{
	while (s->len > 0 && strchr("\r\n", s->line[s->len - 1]) != NULL &&
		s->line[s->len - 1] != '\0')
		s->line[--s->len] = '\0';
}

int stream_next_line(struct stream_in *s, struct err *err)
{
	do {
		int got = next_line(s, err);

		if (got <= 0)
			return got;
		strip(s);
	} while (s->len == 0);
	return 1;
}

int stream_next(struct stream_in *s, struct arena *a, struct js **rec,
	struct err *err)
{
	int got = stream_next_line(s, err);

	if (got <= 0)
		return got;
	*rec = js_parse(a, s->line, s->len, err);
	if (*rec == NULL)
		return -1;
	if (js_type(*rec) != JS_OBJECT)
		return err_set(err, ERR_DATA, "not a JSON object");
	return 1;
}

const char *stream_name(const struct stream_in *s)
{
	const char *name = s->names[s->next ? s->next - 1 : 0];

	return str_eq(name, "-") ? "<stdin>" : name;
}

size_t stream_file(const struct stream_in *s)
{
	return s->next ? s->next - 1 : 0;
}

uint64_t stream_line(const struct stream_in *s)
{
	return s->number;
}

size_t stream_nfiles(const struct stream_in *s)
{
	return s->n;
}

const char *stream_file_name(const struct stream_in *s, size_t i)
{
	return s->names[i];
}

const char *stream_text(const struct stream_in *s, size_t *len)
{
	*len = s->len;
	return s->line;
}

void stream_close(struct stream_in *s)
{
	if (s == NULL)
		return;
	close_file(s);
	buf_release(&s->buf);
	mem_free(s);
}

struct stream_out {
	struct io_temp temp; /* no file of its own for stdout and devices */
	FILE *file;
	struct buf text;
	bool flush;
};

/* A reader at the other end of a pipe wants records as they come; a file does
 * not. */
static bool is_plain_file(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

/* A device or a pipe is there to be written to, not to be replaced: a rename would
 * make a file of /dev/null, if we may. */
static bool is_device(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode) &&
		!S_ISDIR(st.st_mode);
}

static FILE *open_device(struct io_temp *t, const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	(void)snprintf(t->path, sizeof(t->path), "%s", path);
	return fd < 0 ? NULL : fdopen(fd, "w");
}

struct stream_out *stream_create(const char *path, struct err *err)
{
	struct stream_out *s = mem_alloc(sizeof(*s));

	*s = (struct stream_out){ .temp = IO_TEMP_INIT, .file = stdout };
	if (path != NULL && is_device(path)) {
		s->file = open_device(&s->temp, path);
	} else if (path != NULL) {
		if (io_create(&s->temp, path, err) < 0) {
			mem_free(s);
			return NULL;
		}
		s->file = fdopen(dup(s->temp.fd), "w");
	}
	if (s->file == NULL) {
		err_sys(err, "cannot write '%s'", path);
		io_abort(&s->temp);
		mem_free(s);
		return NULL;
	}
	s->flush = !is_plain_file(fileno(s->file));
	return s;
}

static const char *out_name(const struct stream_out *s)
{
	return s->file == stdout ? "<stdout>" : s->temp.path;
}

int stream_put_bytes(struct stream_out *s, const void *p, size_t len,
	struct err *err)
{
	if (fwrite(p, 1, len, s->file) != len ||
		(s->flush && fflush(s->file) != 0))
		return err_sys(err, "cannot write '%s'", out_name(s));
	return 0;
}

int stream_put(struct stream_out *s, const struct js *rec, struct err *err)
{
	buf_reset(&s->text);
	js_write(&s->text, rec, JS_RECORD);
	buf_addc(&s->text, '\n');
	return stream_put_bytes(s, s->text.data, s->text.len, err);
}

static bool same_bytes(const char *a, const char *b)
{
	struct buf x = BUF_INIT, y = BUF_INIT;
	struct err err = ERR_INIT;
	bool same = io_read_file(a, SIZE_MAX, &x, &err) == 0 &&
		io_read_file(b, SIZE_MAX, &y, &err) == 0 && x.len == y.len &&
		(x.len == 0 || memcmp(x.data, y.data, x.len) == 0);

	buf_release(&x);
	buf_release(&y);
	return same;
}

/* The FILE has a descriptor of its own, so that closing it here leaves the
 * temporary's open for fsync. */
static int close_out(struct stream_out *s)
{
	FILE *f = s->file;

	s->file = NULL;
	return f == stdout ? fflush(f) : fclose(f);
}

static int publish(struct stream_out *s, const char *stamp, struct err *err)
{
	bool to_stdout = s->file == stdout;

	if (close_out(s) != 0) {
		err_sys(err, "cannot write '%s'",
			to_stdout ? "<stdout>" : s->temp.path);
		io_abort(&s->temp);
		return -1;
	}
	if (to_stdout)
		return 0;
	if (s->temp.fd < 0)
		return stamp ? io_touch(stamp, err) : 0;
	if (stamp != NULL && same_bytes(s->temp.temp, s->temp.path))
		io_abort(&s->temp);
	else if (io_commit(&s->temp, err) < 0)
		return -1;
	return stamp ? io_touch(stamp, err) : 0;
}

static void release(struct stream_out *s)
{
	buf_release(&s->text);
	mem_free(s);
}

int stream_commit(struct stream_out *s, const char *stamp, struct err *err)
{
	int r = publish(s, stamp, err);

	release(s);
	return r;
}

void stream_abort(struct stream_out *s)
{
	if (s == NULL)
		return;
	if (s->file != stdout)
		close_out(s);
	io_abort(&s->temp);
	release(s);
}
