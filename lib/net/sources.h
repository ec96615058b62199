/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sources: where the files of items come from.
 *
 * What only some items need, the cache, the network, the digests of local files,
 * is opened when the first of them comes: a run over local files starts without
 * libcurl and leaves no folder behind.
 */
#ifndef PGF_SOURCES_H
#define PGF_SOURCES_H

#include "net/fetch.h"
#include "net/finish.h"
#include "net/local.h"
#include "net/pull.h"
#include "net/settings.h"

struct sources {
	const struct settings *set; /* borrowed, checked */
	struct arena arena;
	struct local local;
	struct access *access;
	struct pull_options pull;
	struct finish finish;    /* its cache is absolute; NULL until needed */
	struct fetcher *fetcher; /* NULL until a URL needs it, and so is */
	struct puller *puller;
	struct lock *lock; /* of the cache, while it is used; NULL until then */
};

#define SOURCES_INIT                \
	{                           \
		.arena = ARENA_INIT \
	}

/* ERR_USAGE: a command that cannot be parsed; as access_open and local_open.  To be
 * closed after failures, too. */
int sources_open(struct sources *s, const struct settings *set,
	struct err *err) PGF_CHECKED;

/* Break off what is under way; the arenas it lives in must still be there. */
void sources_stop(struct sources *s);

/* That, and the rest. */
void sources_close(struct sources *s);

/* Make the folder of the cache, and keep away who would remove files from it.  ERR_USAGE:
 * none is named. */
int sources_cache(struct sources *s, struct err *err) PGF_CHECKED;

/* Have s->fetcher, s->puller. */
int sources_fetcher(struct sources *s, struct err *err) PGF_CHECKED;
int sources_puller(struct sources *s, struct err *err) PGF_CHECKED;

#endif
