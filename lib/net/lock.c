/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One byte of one file for each file that is under way, locked for the open
 * file and not for the process.  A file to be locked for each of them was
 * refused: making it costs more than all else that is done for a small one, and
 * so many descriptors there may not be.
 */
#define _GNU_SOURCE /* F_OFD_SETLK */
#include "net/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

struct lock {
	int fd;
	struct buf path;
};

struct lock *lock_open(const char *folder, struct err *err)
{
	struct lock *l = mem_alloc(sizeof(*l));

	*l = (struct lock){ .path = BUF_INIT };
	buf_addf(&l->path, "%s/lock", folder);
	l->fd = open(l->path.data, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (l->fd >= 0)
		return l;
	err_sys(err, "cannot open '%s'", l->path.data);
	lock_close(l);
	return NULL;
}

static struct flock byte_of(uint64_t id, short type)
{
	return (struct flock){ .l_type = type,
		.l_whence = SEEK_SET,
		.l_start = (off_t)id,
		.l_len = 1 };
}

int lock_take(struct lock *l, uint64_t id, struct err *err)
{
	struct flock byte = byte_of(id, F_WRLCK);

	if (fcntl(l->fd, F_OFD_SETLK, &byte) == 0)
		return 1;
	if (errno == EAGAIN || errno == EACCES)
		return 0;
	return err_sys(err, "cannot lock '%s'", l->path.data);
}

void lock_drop(struct lock *l, uint64_t id)
{
	struct flock byte = byte_of(id, F_UNLCK);

	(void)fcntl(l->fd, F_OFD_SETLK, &byte);
}

void lock_close(struct lock *l)
{
	if (l == NULL)
		return;
	if (l->fd >= 0)
		close(l->fd);
	buf_release(&l->path);
	mem_free(l);
}
