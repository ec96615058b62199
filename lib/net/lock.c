/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One byte of one file for each file that is under way, locked for the open
 * file and not for the process.  A file to be locked for each of them was
 * refused: making it costs more than all else that is done for a small one, and
 * so many descriptors there may not be.  Such locks do not keep their own holder
 * out, so what this one holds is in a table, too.
 */
#define _GNU_SOURCE /* F_OFD_SETLK */
#include "net/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

enum { ROWS = 1024 }; /* of the table of what is held */

struct held {
	struct held *next;
	uint64_t id;
};

struct lock {
	int fd;
	struct buf path;
	struct held *rows[ROWS]; /* by id */
};

/* The id's place in the list that it belongs to; there is NULL if it is not held. */
static struct held **find(struct lock *l, uint64_t id)
{
	struct held **at = &l->rows[id % ROWS];

	while (*at != NULL && (*at)->id != id)
		at = &(*at)->next;
	return at;
}

static void hold(struct lock *l, uint64_t id)
{
	struct held *h = mem_alloc(sizeof(*h)), **row = find(l, id);

	*h = (struct held){ .id = id };
	*row = h;
}

static void forget(struct held **at)
{
	struct held *h = *at;

	*at = h->next;
	mem_free(h);
}

/* Behind all that ids can be: who has the folder open. */
static const uint64_t everybody = UINT64_C(1) << 60;

static struct flock byte_of(uint64_t id, short type)
{
	return (struct flock){ .l_type = type,
		.l_whence = SEEK_SET,
		.l_start = (off_t)id,
		.l_len = 1 };
}

static int have(struct lock *l, short type, struct err *err)
{
	struct flock byte = byte_of(everybody, type);
	int how = type == F_WRLCK ? F_OFD_SETLK : F_OFD_SETLKW;

	while (fcntl(l->fd, how, &byte) < 0) {
		if (errno == EAGAIN || errno == EACCES)
			return err_set(err, ERR_TEMP,
				"'%s' is locked: another run uses the cache; "
				"try again when it has ended",
				l->path.data);
		if (errno != EINTR)
			return err_sys(err, "cannot lock '%s'", l->path.data);
	}
	return 0;
}

static struct lock *open_as(const char *folder, short type, struct err *err)
{
	struct lock *l = mem_alloc(sizeof(*l));

	*l = (struct lock){ .path = BUF_INIT };
	buf_addf(&l->path, "%s/lock", folder);
	l->fd = open(l->path.data, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (l->fd < 0)
		err_sys(err, "cannot open '%s'", l->path.data);
	else if (have(l, type, err) == 0)
		return l;
	lock_close(l);
	return NULL;
}

struct lock *lock_open(const char *folder, struct err *err)
{
	return open_as(folder, F_RDLCK, err);
}

struct lock *lock_open_alone(const char *folder, struct err *err)
{
	return open_as(folder, F_WRLCK, err);
}

int lock_take(struct lock *l, uint64_t id, struct err *err)
{
	struct flock byte = byte_of(id, F_WRLCK);

	if (*find(l, id) != NULL)
		return 0;
	if (fcntl(l->fd, F_OFD_SETLK, &byte) == 0) {
		hold(l, id);
		return 1;
	}
	if (errno == EAGAIN || errno == EACCES)
		return 0;
	return err_sys(err, "cannot lock '%s'", l->path.data);
}

void lock_drop(struct lock *l, uint64_t id)
{
	struct flock byte = byte_of(id, F_UNLCK);
	struct held **at = find(l, id);

	if (*at == NULL)
		return;
	forget(at);
	(void)fcntl(l->fd, F_OFD_SETLK, &byte);
}

void lock_close(struct lock *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < ROWS; i++)
		while (l->rows[i] != NULL)
			forget(&l->rows[i]);
	if (l->fd >= 0)
		close(l->fd);
	buf_release(&l->path);
	mem_free(l);
}
