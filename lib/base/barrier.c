/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Only file systems on local disks: over a network the whole may be much, and a
 * layered one may keep an error to itself.  An error of syncfs may be of what is not
 * ours, and does not say of what: then all is asked file by file after all, since an
 * error stays with its file until that was told.  (Measured: 400 files in 800 new
 * folders, two processes, on a busy machine: 0.7 s, one by one 2 s.)
 */
#define _GNU_SOURCE /* syncfs */
#include "base/barrier.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/magic.h>
#include <sys/vfs.h>
#endif

#include "base/str.h"

enum { LEAST = 4 }; /* files: fewer are as fast by themselves */

/* Bytes: a few seconds of a slow disk. */
static const uint64_t most_unwritten = 512 << 20;

void barrier_begin(struct barrier *b, const char *folder)
{
	struct stat st;

	if (b->fd >= 0)
		return;
	b->elsewhere = false;
	b->fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (b->fd >= 0 && fstat(b->fd, &st) == 0)
		b->device = st.st_dev;
	else
		barrier_end(b);
}

void barrier_add(struct barrier *b, int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || st.st_dev != b->device)
		b->elsewhere = true;
}

void barrier_end(struct barrier *b)
{
	if (b->fd >= 0)
		close(b->fd);
	b->fd = -1;
}

#ifdef __linux__

/* The digits at s as a number; false if there are none. */
static bool digits(const char *s, uint64_t *out)
{
	char text[24];
	size_t n = strspn(s, "0123456789");

	if (n >= sizeof(text))
		return false;
	memcpy(text, s, n);
	text[n] = '\0';
	return str_to_u64(text, out);
}

/* Linux 5.8 or later. */
static bool tells_errors(const char *release)
{
	const char *dot = strchr(release, '.');
	uint64_t major, minor;

	return dot != NULL && digits(release, &major) &&
		digits(dot + 1, &minor) &&
		(major > 5 || (major == 5 && minor >= 8));
}

bool barrier_is_good(const struct barrier_place *p)
{
	return tells_errors(p->release) &&
		(p->type == EXT4_SUPER_MAGIC || p->type == XFS_SUPER_MAGIC ||
			p->type == BTRFS_SUPER_MAGIC) &&
		p->unwritten <= most_unwritten;
}

/* Bytes of "Name: 12 kB" in /proc/meminfo; many if it is not there. */
static uint64_t amount(const char *meminfo, const char *name)
{
	const char *at = strstr(meminfo, name);
	uint64_t kib;

	if (at == NULL)
		return UINT64_MAX / 2;
	at += strlen(name);
	at += strspn(at, " ");
	return digits(at, &kib) && kib <= UINT32_MAX ? kib * 1024 :
						       UINT64_MAX / 2;
}

static uint64_t unwritten(void)
{
	char text[8192];
	int fd = open("/proc/meminfo", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	text[n < 0 ? 0 : n] = '\0';
	return amount(text, "\nDirty:") + amount(text, "\nWriteback:");
}

static bool is_good(int fd)
{
	struct utsname name;
	struct statfs fs;
	struct barrier_place place;

	if (uname(&name) < 0 || fstatfs(fd, &fs) < 0)
		return false;
	place.release = name.release;
	place.type = (long)fs.f_type;
	place.unwritten = unwritten();
	return barrier_is_good(&place);
}

bool barrier_pass(struct barrier *b, size_t n)
{
	return b->fd >= 0 && !b->elsewhere && n >= LEAST && is_good(b->fd) &&
		syncfs(b->fd) == 0;
}

#else

bool barrier_is_good(const struct barrier_place *p)
{
	(void)p;
	return false;
}

bool barrier_pass(struct barrier *b, size_t n)
{
	(void)b;
	(void)n;
	return false;
}

#endif
