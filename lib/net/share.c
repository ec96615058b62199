/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Slots keep the number of transfers, the count of askers keeps it fair: who has
 * more than a share starts no more, and so leaves slots to those that look for one.
 * One service for all tasks of a folder was refused: nobody would know when it may
 * end.
 */
#include "net/share.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/num.h"
#include "base/xxh.h"

/* Of each host: slots, then seats.  Two hosts with the same place share. */
enum { SEATS = 128, HOST_BYTES = 512, HOSTS = 1 << 20, COUNT_EVERY = 250 };

struct share share_open(const char *path, unsigned int per_host)
{
	struct share s = { -1, per_host };

	if (path != NULL)
		s.fd = open(path, O_RDWR | O_CLOEXEC);
	return s;
}

void share_close(struct share *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

static struct flock byte_at(int64_t at, short type)
{
	return (struct flock){
		.l_type = type,
		.l_whence = SEEK_SET,
		.l_start = (off_t)at,
		.l_len = 1,
	};
}

static bool lock(const struct share *s, int64_t at)
{
	struct flock x = byte_at(at, F_WRLCK);

	return fcntl(s->fd, F_SETLK, &x) == 0;
}

static void unlock(const struct share *s, int64_t at)
{
	struct flock x = byte_at(at, F_UNLCK);

	(void)fcntl(s->fd, F_SETLK, &x);
}

/* By another process. */
static bool is_locked(const struct share *s, int64_t at)
{
	struct flock x = byte_at(at, F_WRLCK);

	return fcntl(s->fd, F_GETLK, &x) == 0 && x.l_type != F_UNLCK;
}

void share_join(const struct share *s, struct share_host *h, const char *origin)
{
	if (h->joined)
		return;
	h->joined = true;
	h->seat = -1;
	h->askers = 1;
	h->counted = 0;
	h->at = (int64_t)(xxh_short(origin, strlen(origin)) % HOSTS) *
		HOST_BYTES;
	for (int64_t i = 0; s->fd >= 0 && h->seat < 0 && i < SEATS; i++)
		if (lock(s, h->at + SHARE_SLOTS + i))
			h->seat = h->at + SHARE_SLOTS + i;
}

void share_leave(const struct share *s, struct share_host *h)
{
	if (h->joined && h->seat >= 0)
		unlock(s, h->seat);
	h->joined = false;
}

unsigned int share_askers(const struct share *s, struct share_host *h,
	int64_t now)
{
	if (s->fd < 0 || now - h->counted < COUNT_EVERY)
		return h->askers;
	h->counted = now;
	h->askers = 1;
	for (int64_t i = 0; i < SEATS; i++)
		h->askers += is_locked(s, h->at + SHARE_SLOTS + i);
	return h->askers;
}

int share_take(const struct share *s, struct share_host *h, int64_t now)
{
	if (now < h->rest)
		return -1;
	for (unsigned int i = 0; i < s->per_host; i++)
		if (!h->has[i] && (s->fd < 0 || lock(s, h->at + i))) {
			h->has[i] = true;
			return (int)i;
		}
	return -1;
}

/* Where there are more askers than slots, others have one first. */
void share_give(const struct share *s, struct share_host *h, int slot,
	int64_t now)
{
	h->has[slot] = false;
	if (s->fd >= 0)
		unlock(s, h->at + slot);
	if (h->askers > s->per_host)
		h->rest = now + 2 * (int64_t)SHARE_POLL;
}
