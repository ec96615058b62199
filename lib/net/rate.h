/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rate: so many bytes a second, and no more.
 *
 * An account that fills with time, up to a quarter of a second's worth, and may
 * be overdrawn by one spending: who wants to go on waits until it is paid back.
 * So a stream of small files is held to the rate as well as one long file.
 */
#ifndef PGF_RATE_H
#define PGF_RATE_H

#include <stdint.h>

/* Zero-initialised: no limit. */
struct rate {
	uint64_t per_second; /* bytes; 0: no limit */
	int64_t level;       /* millibytes at the moment; < 0: overdrawn */
	int64_t at;          /* ms, that moment */
};

enum { RATE_MAX_MS = 60 * 1000 }; /* the longest wait that one spending makes */

/* n bytes came now (ms of a clock that only goes forward). */
void rate_spend(struct rate *r, uint64_t n, int64_t now);

/* ms until the next byte may come; 0: at once. */
int64_t rate_wait(struct rate *r, int64_t now);

#endif
