/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dies: a program that is killed when a regular file that it writes has come to
 * PGF_DIES_AT bytes, and not before.  Preloaded (LD_PRELOAD).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

/* Does a write of n bytes there come to it?  Then write up to it, and die. */
static void look(int fd, const void *p, size_t n, off_t at)
{
	const char *text = getenv("PGF_DIES_AT");
	off_t most = text != NULL ? atoll(text) : 0;
	struct stat st;

	if (most == 0 || at > most || at + (off_t)n < most ||
		fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return;
	if (REAL(pwrite64)(fd, p, (size_t)(most - at), at) < 0)
		abort();
	kill(getpid(), SIGKILL);
}

ssize_t write(int fd, const void *p, size_t n)
{
	look(fd, p, n, lseek(fd, 0, SEEK_CUR));
	return REAL(write)(fd, p, n);
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
	look(fd, p, n, at);
	return REAL(pwrite)(fd, p, n, at);
}

ssize_t pwrite64(int fd, const void *p, size_t n, off64_t at)
{
	look(fd, p, n, at);
	return REAL(pwrite64)(fd, p, n, at);
}
