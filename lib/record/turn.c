/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Locks of fcntl: the kernel drops them with the process, and children do not have
 * them, so that nothing has to be put back after a kill.  A jobserver of tokens in
 * a pipe was refused: a token dies with its holder.  One may wait for any of many
 * only by asking again and again; who does has a task of seconds before it.
 */
#include "record/turn.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* 1: taken; 0: all are. */
static int try_all(int fd, off_t n)
{
	for (off_t i = 0; i < n; i++) {
		struct flock lock = {
			.l_type = F_WRLCK,
			.l_whence = SEEK_SET,
			.l_start = i,
			.l_len = 1,
		};

		if (fcntl(fd, F_SETLK, &lock) == 0)
			return 1;
		if (errno != EAGAIN && errno != EACCES && errno != EINTR)
			return -1;
	}
	return 0;
}

static int wait_for_one(int fd, off_t n)
{
	const struct timespec moment = { .tv_nsec = 10 * 1000 * 1000 };
	int got;

	while ((got = try_all(fd, n)) == 0)
		nanosleep(&moment, NULL);
	return got;
}

/* The descriptor stays open: closing it would drop the lock. */
int turn_take(const char *path, struct err *err)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	struct stat st;

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 || fstat(fd, &st) < 0 ||
		(st.st_size > 0 && wait_for_one(fd, st.st_size) < 0)) {
		err_sys(err, "cannot take a turn of '%s'", path);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	return 0;
}
