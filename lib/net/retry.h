/* SPDX-License-Identifier: Apache-2.0 */
/*
 * retry: when to try again, and when to give up.
 */
#ifndef PGF_RETRY_H
#define PGF_RETRY_H

#include <stdbool.h>
#include <stdint.h>

/* Of one file.  Zero is none yet. */
struct retry {
	unsigned int tries; /* that failed */
	uint64_t kept;      /* most bytes after one of them */
};

/* What is known when a try has failed. */
struct retry_try {
	unsigned int most;    /* tries after the first, without progress */
	uint64_t kept;        /* bytes that the next try need not fetch again */
	uint32_t retry_after; /* seconds the server asks for; 0: none */
	uint64_t random;      /* any number */
};

/* Count it: true if there is another one, in *pause ms.  That is anything up to
 * a limit which doubles from try to try, so that what failed together does not
 * come back together ("full jitter"), or a little later than the server asks
 * for.  A try that brought much counts as none. */
bool retry_again(struct retry *r, const struct retry_try *t, int64_t *pause);

#endif
