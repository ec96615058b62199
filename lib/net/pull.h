/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pull: ranges of files on servers, many at once, each of one version only.
 *
 * Every request is conditional, and every answer is compared with the version
 * that is asked for: bytes of two versions never meet.  What can heal is tried
 * again, from where it broke off.  A failure of one range is that range's.
 */
#ifndef PGF_PULL_H
#define PGF_PULL_H

#include "base/clock.h"
#include "net/access.h"
#include "net/http.h"
#include "net/retry.h"
#include "net/url.h"

/* What helps with servers that cannot do this. */
#define PULL_REMEDY \
	"set fetch.cache to true in the recipe, or use pgf-fetch --cache"

struct pull_options {
	struct access *access; /* borrowed */
	const char *shared; /* a file (net/share): all that name it divide the
				* next two among them; or NULL */
	uint64_t rate;      /* bytes a second from one host; 0: any */
	unsigned int per_host; /* transfers at once from one host; 1 to 256 */
	unsigned int retries;  /* after the first try, without progress */
	unsigned int timeout;  /* seconds below the speed; > 0 */
	unsigned int speed;    /* bytes a second; 0: any byte will do */
	int64_t deadline;      /* s for each range; 0: any */
};

/* The version that is wanted: what is known of it is compared. */
struct pull_version {
	uint64_t size;        /* bytes of the whole, or HTTP_UNKNOWN */
	const char *etag;     /* as the server gave it, or "" */
	const char *modified; /* as clock_text writes it, or "" */
	uint64_t tag;         /* pull_tag, in place of these three; or 0 */
};

/* One range.  The caller fills the first part and keeps it, and all that it
 * points to, until done is set or the puller is closed. */
struct pull {
	const struct url
		*url;      /* resolved by access, and pull_check lets it pass */
	const char *shown; /* url for messages */
	uint64_t offset, length; /* length > 0 */
	struct pull_version version;
	/* Any version, of which the bytes are all of one, and no more than there
	 * are: then offset and length are those that came, and version.tag is
	 * of it.  Last: length bytes at the end. */
	bool look, last;
	/* Takes bytes as they come, in order; NULL: they are not wanted.
	 * -1 ends the range. */
	int (*put)(void *state, uint64_t offset, const void *p, size_t len,
		struct err *err);
	void *state;

	bool done;
	bool absent; /* err: the server says that there is no such file */
	struct http_head head; /* of the last answer, if err.kind is ERR_NONE */
	/* Names the URL.  ERR_TEMP "changed since it was opened: run again";
	 * ERR_DATA: the server sends no ranges, with the remedy. */
	struct err err;

	/* the puller's own */
	struct puller *puller;
	struct pull *next;
	struct pull_host *host;
	uint64_t got;
	int64_t due, end; /* ms of clock_ms; end 0: none */
	struct retry retry;
	int slot; /* of the host, while it is busy */
	bool busy, lasting;
};

struct puller;

/* ERR_DATA, with the remedy: no ranges are asked for in this way. */
int pull_check(const struct url *url, const char *shown,
	struct err *err) PGF_CHECKED;

struct puller *puller_open(const struct pull_options *options,
	struct err *err) PGF_CHECKED;

/* Ask for a range.  Never fails: the failure is in the pull. */
void puller_add(struct puller *p, struct pull *one);

/* Go on for one turn; returns when something happened, fd (-1: none) can be
 * read, or a second went by. */
int puller_run(struct puller *p, int fd, struct err *err) PGF_CHECKED;

/* Bytes that came over the network; 0 of NULL. */
uint64_t puller_bytes(const struct puller *p);

/* Breaks off what is not done. */
void puller_close(struct puller *p);

/* What tells a version by its tag or time, and by its size, in a number: only chance
 * confuses two.  0: the head has no size, or neither of the others. */
uint64_t pull_tag(const struct http_head *head);

/* The time of a version as clock_text writes it, "" if the head has none. */
void pull_time(const struct http_head *head, char out[CLOCK_TEXT]);

#endif
