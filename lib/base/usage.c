/* SPDX-License-Identifier: Apache-2.0 */
/* The peak is the kernel's: what an allocator counts leaves out its own waste. */
#include "base/usage.h"

#include <sys/resource.h>
#include <time.h>

double usage_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

uint64_t usage_peak(void)
{
	struct rusage used;

	if (getrusage(RUSAGE_SELF, &used) < 0 || used.ru_maxrss < 0)
		return 0;
	return (uint64_t)used.ru_maxrss * 1024; /* Linux: kilobytes */
}
