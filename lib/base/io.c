/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fsync before the rename makes the name imply the bytes after a power
 * cut; the fsync of the folder makes the name itself last.  O_TMPFILE with
 * linkat was refused: it cannot replace an existing name.
 */
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"

/* Bytes read at once: most files are small, and memory for more than they have
 * costs more than reading them. */
enum { STEP_FIRST = 1 << 12, STEP = 1 << 16 };

static int read_fd(int fd, const char *path, size_t max, struct buf *out,
	struct err *err)
{
	for (size_t step = STEP_FIRST;; step = STEP) {
		size_t old = out->len;
		ssize_t n;

		buf_resize(out, old + step);
		n = read(fd, out->data + old, step);
		buf_resize(out, old + (n > 0 ? (size_t)n : 0));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, "cannot read '%s'", path);
		if (n == 0)
			return 0;
		if (out->len > max)
			return err_set(err, ERR_DATA,
				"'%s' is larger than %zu bytes", path, max);
	}
}

/* A name that is not there is the user's input being wrong, not the system. */
static int open_failed(const char *path, struct err *err)
{
	if (errno == ENOENT || errno == ENOTDIR || errno == EISDIR)
		return err_set(err, ERR_DATA, "cannot open '%s': %s", path,
			strerror(errno));
	return err_sys(err, "cannot open '%s'", path);
}

int io_read_file(const char *path, size_t max, struct buf *out, struct err *err)
{
	int fd, r;

	if (str_eq(path, "-"))
		return read_fd(STDIN_FILENO, "<stdin>", max, out, err);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return open_failed(path, err);
	r = read_fd(fd, path, max, out, err);
	close(fd);
	return r;
}

int io_read_at(int fd, const char *path, struct io_range at, void *out,
	struct err *err)
{
	size_t done = 0;

	if (at.offset > (uint64_t)INT64_MAX - at.len)
		return err_set(err, ERR_DATA, "'%s': offset %llu is absurd",
			path, (unsigned long long)at.offset);
	while (done < at.len) {
		ssize_t n = pread(fd, (char *)out + done, at.len - done,
			(off_t)(at.offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, "cannot read '%s'", path);
		if (n == 0)
			return err_set(err, ERR_DATA,
				"'%s' is truncated: "
				"%zu bytes wanted at offset %llu, %zu there",
				path, at.len, (unsigned long long)at.offset,
				done);
		done += (size_t)n;
	}
	return 0;
}

int io_write_at(int fd, const char *path, struct io_range at, const void *p,
	struct err *err)
{
	size_t done = 0;

	while (done < at.len) {
		ssize_t n = pwrite(fd, (const char *)p + done, at.len - done,
			(off_t)(at.offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, "cannot write '%s'", path);
		done += (size_t)n;
	}
	return 0;
}

int io_write_all(int fd, const void *p, size_t len, struct err *err)
{
	const char *s = p;

	while (len > 0) {
		ssize_t n = write(fd, s, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, "cannot write");
		s += n;
		len -= (size_t)n;
	}
	return 0;
}

static int make_dir(const char *path, struct err *err)
{
	struct stat st;
	int cause;

	if (mkdir(path, 0777) == 0)
		return 0;
	cause = errno;
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return 0;
	errno = cause;
	return err_sys(err, "cannot make folder '%s'", path);
}

/* Mostly all but the last part is there, so that is tried first.  path is changed
 * and put back. */
static int make_dirs(char *path, size_t len, struct err *err)
{
	size_t up = len;
	int r;

	if (mkdir(path, 0777) == 0)
		return 0;
	while (up > 0 && path[up - 1] != '/')
		up--;
	while (up > 0 && path[up - 1] == '/')
		up--;
	if ((errno != ENOENT && errno != ENOTDIR) || up == 0)
		return make_dir(path, err);
	path[up] = '\0';
	r = make_dirs(path, up, err);
	path[up] = '/';
	return r < 0 ? -1 : make_dir(path, err);
}

int io_make_dirs(const char *path, struct err *err)
{
	struct buf copy = BUF_INIT;
	int r;

	buf_adds(&copy, path);
	while (copy.len > 1 && copy.data[copy.len - 1] == '/')
		copy.data[--copy.len] = '\0';
	r = copy.len == 0 ? 0 : make_dirs(copy.data, copy.len, err);
	buf_release(&copy);
	return r;
}

/* The folder part of path, "." if it has none, into out. */
static int parent_of(const char *path, char out[4096], struct err *err)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;

	if (slash == path)
		len = 1;
	if (len >= 4096)
		return err_set(err, ERR_FAIL, "path too long: '%.200s...'",
			path);
	memcpy(out, slash ? path : ".", slash ? len : 1);
	out[slash ? len : 1] = '\0';
	return 0;
}

int io_make_parent(const char *path, struct err *err)
{
	char dir[4096];

	if (parent_of(path, dir, err) < 0)
		return -1;
	return io_make_dirs(dir, err);
}

int io_create(struct io_temp *t, const char *path, struct err *err)
{
	static atomic_uint serial;
	char dir[4096];
	int n, m;

	t->fd = -1;
	if (parent_of(path, dir, err) < 0)
		return -1;
	n = snprintf(t->path, sizeof(t->path), "%s", path);
	m = snprintf(t->temp, sizeof(t->temp), "%s/.pgf-%ld-%u.tmp", dir,
		(long)getpid(), atomic_fetch_add(&serial, 1));
	if (n < 0 || m < 0 || (size_t)n >= sizeof(t->path) ||
		(size_t)m >= sizeof(t->temp))
		return err_set(err, ERR_FAIL, "path too long: '%.200s...'",
			path);
	t->fd = open(t->temp, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (t->fd < 0)
		return err_sys(err, "cannot create '%s'", path);
	return 0;
}

int io_sync_dir(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (fd < 0)
		return err_sys(err, "cannot open folder '%s'", path);
	r = fsync(fd);
	/* Some file systems cannot fsync a folder; they need no help. */
	if (r < 0 && (errno == EINVAL || errno == ENOTSUP))
		r = 0;
	if (r < 0)
		r = err_sys(err, "cannot sync folder '%s'", path);
	close(fd);
	return r;
}

/* The descriptor is closed first, since some file systems tell only then that a
 * write was lost. */
int io_rename(struct io_temp *t, struct err *err)
{
	int fd = t->fd;

	t->fd = -1;
	if (close(fd) == 0 && rename(t->temp, t->path) == 0)
		return 0;
	err_sys(err, "cannot write '%s'", t->path);
	unlink(t->temp);
	return -1;
}

int io_commit(struct io_temp *t, struct err *err)
{
	char dir[4096];

	if (fsync(t->fd) < 0) {
		err_sys(err, "cannot write '%s'", t->path);
		io_abort(t);
		return -1;
	}
	if (io_rename(t, err) < 0 || parent_of(t->path, dir, err) < 0)
		return -1;
	return io_sync_dir(dir, err);
}

void io_abort(struct io_temp *t)
{
	if (t->fd < 0)
		return;
	close(t->fd);
	unlink(t->temp);
	t->fd = -1;
}

int io_replace(const char *path, const void *p, size_t len, struct err *err)
{
	struct io_temp t = IO_TEMP_INIT;

	if (io_create(&t, path, err) < 0)
		return -1;
	if (io_write_all(t.fd, p, len, err) < 0) {
		io_abort(&t);
		return err_in(err, "'%s'", path);
	}
	return io_commit(&t, err);
}

bool io_has_content(const char *path, const void *p, size_t len)
{
	struct buf old = BUF_INIT;
	struct err err = ERR_INIT;
	struct stat st;
	bool same;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode) ||
		(uint64_t)st.st_size != len)
		return false;
	same = io_read_file(path, len, &old, &err) == 0 && old.len == len &&
		(len == 0 || memcmp(old.data, p, len) == 0);
	buf_release(&old);
	return same;
}

int io_replace_if_changed(const char *path, const void *p, size_t len,
	struct err *err)
{
	if (io_has_content(path, p, len))
		return 0;
	return io_replace(path, p, len, err);
}

int io_mark(const char *path, struct buf *out, struct err *err)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return err_set(err, errno == ENOENT ? ERR_DATA : ERR_FAIL,
			"cannot open '%s': %s", path, strerror(errno));
	buf_addf(out, "%llu %lld %lld.%09ld %lld.%09ld",
		(unsigned long long)st.st_ino, (long long)st.st_size,
		(long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec,
		(long long)st.st_ctim.tv_sec, st.st_ctim.tv_nsec);
	return 0;
}

int io_touch(const char *path, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	int r;

	if (fd < 0)
		return err_sys(err, "cannot create '%s'", path);
	r = futimens(fd, NULL);
	if (r < 0)
		r = err_sys(err, "cannot touch '%s'", path);
	close(fd);
	return r;
}

bool io_is_temp_name(const char *name)
{
	return str_starts(name, ".pgf-") && str_ends(name, ".tmp");
}

/* Append the parts of path to out (which holds an absolute path without a
 * slash at its end), obeying "." and "..". */
static void walk(struct buf *out, const char *path)
{
	while (*path != '\0') {
		size_t n = strcspn(path, "/");

		if (n == 2 && memcmp(path, "..", 2) == 0) {
			while (out->len > 0 && out->data[out->len - 1] != '/')
				out->len--;
			if (out->len > 0)
				out->len--;
		} else if (n > 0 && !(n == 1 && *path == '.')) {
			buf_addc(out, '/');
			buf_add(out, path, n);
		}
		path += n + (path[n] == '/');
	}
}

int io_absolute(const char *base, const char *path, struct buf *out,
	struct err *err)
{
	struct buf abs = BUF_INIT;
	char here[4096];

	buf_reset(&abs);
	if (path[0] != '/' && (base == NULL || base[0] != '/')) {
		if (getcwd(here, sizeof(here)) == NULL) {
			buf_release(&abs);
			return err_sys(err, "cannot tell the current folder");
		}
		walk(&abs, here);
	}
	if (path[0] != '/' && base != NULL)
		walk(&abs, base);
	walk(&abs, path);
	buf_resize(&abs, abs.len);
	buf_adds(out, abs.len ? abs.data : "/");
	buf_release(&abs);
	return 0;
}
