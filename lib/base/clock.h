/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock: moments as text.
 */
#ifndef PGF_CLOCK_H
#define PGF_CLOCK_H

#include <stdint.h>

enum { CLOCK_TEXT = 40 };

/* "2024-01-02T03:04:05.123456789Z" of seconds since 1970; "" beyond the year
 * 9999 and before 0. */
void clock_text(int64_t seconds, long nanoseconds, char out[CLOCK_TEXT]);

/* The same of this moment. */
void clock_now(char out[CLOCK_TEXT]);

/* Milliseconds of a clock that only goes forward. */
int64_t clock_ms(void);

#endif
