/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ISA-L finds out by itself which instructions the processor has; a table of
 * our own would run at a twentieth of that.
 */
#include "chunk/crc32c.h"

#include <isa-l/crc.h>

/* The library takes an int for the length. */
enum { STEP = 1 << 30 };

uint32_t crc32c_of(const void *p, size_t len)
{
	/* It also takes a pointer to what it only reads without const. */
	union {
		const unsigned char *in;
		unsigned char *plain;
	} at = { .in = p };
	uint32_t crc = ~(uint32_t)0;

	while (len > 0) {
		size_t n = len < STEP ? len : STEP;

		crc = crc32_iscsi(at.plain, (int)n, crc);
		at.in += n;
		len -= n;
	}
	return ~crc;
}
