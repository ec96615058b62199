/* SPDX-License-Identifier: Apache-2.0 */
/*
 * powercut: what a program has the disk do, written down, so that powercut.py can
 * take back what was not synced, as if the machine had died.  Preloaded (LD_PRELOAD).
 *
 * PGF_CUT is a folder: in its file log, a line for each write, sync, rename and
 * removal of a regular file, and for each new folder; beside it, what these have
 * replaced.
 *
 *	W INODE				bytes were written to a file
 *	S INODE				a file or a folder was synced
 *	F NUMBER			a whole file system is to be synced
 *	A NUMBER			it is, with all that was before that F
 *	R FOLDER FROM TO SAVED		a file has another name (FOLDER: inode of the
 *					folder of TO; SAVED: what TO was, or -)
 *	U FOLDER NAME SAVED		a name is gone
 *	D FOLDER NAME			a folder was made
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

static void note(const char *line)
{
	const char *folder = getenv("PGF_CUT");
	char path[PATH_MAX];
	int fd;

	if (folder == NULL)
		return;
	snprintf(path, sizeof(path), "%s/log", folder);
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0 || REAL(write)(fd, line, strlen(line)) < 0)
		abort();
	close(fd);
}

static void note_fd(char what, int fd)
{
	char line[64];
	struct stat st;

	if (fstat(fd, &st) < 0 ||
		(!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)))
		return;
	snprintf(line, sizeof(line), "%c\t%lu\n", what,
		(unsigned long)st.st_ino);
	note(line);
}

/* The absolute path, and the inode of the folder. */
static unsigned long place(const char *path, char out[PATH_MAX])
{
	char copy[PATH_MAX], base[PATH_MAX], real[PATH_MAX];
	struct stat st;

	snprintf(copy, sizeof(copy), "%s", path);
	snprintf(base, sizeof(base), "%s", basename(copy));
	snprintf(copy, sizeof(copy), "%s", path);
	if (realpath(dirname(copy), real) == NULL || stat(real, &st) < 0)
		return 0;
	if (snprintf(out, PATH_MAX, "%s/%s", real, base) >= PATH_MAX)
		abort();
	return st.st_ino;
}

/* Keep what a name stands for under another, or "-". */
static void save(const char *path, char out[PATH_MAX])
{
	static atomic_int serial;
	const char *folder = getenv("PGF_CUT");

	snprintf(out, PATH_MAX, "%s/%d-%d", folder ? folder : "", getpid(),
		atomic_fetch_add(&serial, 1));
	if (folder == NULL || link(path, out) < 0)
		strcpy(out, "-");
}

int rename(const char *from, const char *to)
{
	char line[4 * PATH_MAX], f[PATH_MAX], t[PATH_MAX], saved[PATH_MAX];
	unsigned long folder;
	int r;

	place(from, f);
	folder = place(to, t);
	save(to, saved);
	r = REAL(rename)(from, to);
	snprintf(line, sizeof(line), "R\t%lu\t%s\t%s\t%s\n", folder, f, t,
		saved);
	if (r == 0)
		note(line);
	return r;
}

int unlink(const char *path)
{
	char line[3 * PATH_MAX], p[PATH_MAX], saved[PATH_MAX];
	unsigned long folder = place(path, p);
	int r;

	save(path, saved);
	r = REAL(unlink)(path);
	snprintf(line, sizeof(line), "U\t%lu\t%s\t%s\n", folder, p, saved);
	if (r == 0)
		note(line);
	return r;
}

static void note_folder(const char *path)
{
	char line[2 * PATH_MAX], p[PATH_MAX];
	unsigned long folder = place(path, p);

	snprintf(line, sizeof(line), "D\t%lu\t%s\n", folder, p);
	note(line);
}

int mkdir(const char *path, mode_t mode)
{
	int r = REAL(mkdir)(path, mode);

	if (r == 0)
		note_folder(path);
	return r;
}

ssize_t write(int fd, const void *p, size_t n)
{
	note_fd('W', fd);
	return REAL(write)(fd, p, n);
}

ssize_t writev(int fd, const struct iovec *v, int n)
{
	note_fd('W', fd);
	return REAL(writev)(fd, v, n);
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
	note_fd('W', fd);
	return REAL(pwrite)(fd, p, n, at);
}

ssize_t pwrite64(int fd, const void *p, size_t n, off64_t at)
{
	note_fd('W', fd);
	return REAL(pwrite64)(fd, p, n, at);
}

int fsync(int fd)
{
	int r = REAL(fsync)(fd);

	if (r == 0)
		note_fd('S', fd);
	return r;
}

int fdatasync(int fd)
{
	int r = REAL(fdatasync)(fd);

	if (r == 0)
		note_fd('S', fd);
	return r;
}

int syncfs(int fd)
{
	static atomic_int serial;
	char line[64];
	int r, n = atomic_fetch_add(&serial, 1);

	snprintf(line, sizeof(line), "F\t%d-%d\n", getpid(), n);
	note(line);
	r = REAL(syncfs)(fd);
	line[0] = 'A';
	if (r == 0)
		note(line);
	return r;
}
