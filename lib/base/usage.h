/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: what a process has used so far.
 */
#ifndef PGF_USAGE_H
#define PGF_USAGE_H

#include <stdint.h>

/* Seconds on a clock that nobody sets; only differences mean anything. */
double usage_seconds(void);

/* The most memory that was resident at once, in bytes. */
uint64_t usage_peak(void);

#endif
