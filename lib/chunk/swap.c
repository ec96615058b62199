/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Written with shifts over whole words: compilers see a byte swap in them and
 * turn the loops into vector shuffles.
 */
#include "chunk/swap.h"

#include <string.h>

static void swap_2(uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++, p += 2) {
		uint16_t v;

		memcpy(&v, p, sizeof(v));
		v = (uint16_t)(v << 8 | v >> 8);
		memcpy(p, &v, sizeof(v));
	}
}

static uint32_t swapped_4(uint32_t v)
{
	return v << 24 | (v & 0xff00) << 8 | (v >> 8 & 0xff00) | v >> 24;
}

static void swap_4(uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++, p += 4) {
		uint32_t v;

		memcpy(&v, p, sizeof(v));
		v = swapped_4(v);
		memcpy(p, &v, sizeof(v));
	}
}

static void swap_8(uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++, p += 8) {
		uint64_t v;

		memcpy(&v, p, sizeof(v));
		v = (uint64_t)swapped_4((uint32_t)v) << 32 |
			swapped_4((uint32_t)(v >> 32));
		memcpy(p, &v, sizeof(v));
	}
}

void swap_bytes(size_t item, uint8_t *p, size_t size)
{
	switch (item) {
	case 2:
		swap_2(p, size / 2);
		break;
	case 4:
		swap_4(p, size / 4);
		break;
	case 8:
		swap_8(p, size / 8);
		break;
	default:
		break;
	}
}
