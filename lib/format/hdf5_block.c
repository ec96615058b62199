/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sizes are compared with the file before memory is taken: what a damaged file
 * asks for is never allocated.
 */
#include "format/hdf5_block.h"

#include <string.h>

#include "base/num.h"

static uint32_t turn(uint32_t v, unsigned bits)
{
	return v << bits | v >> (32 - bits);
}

/* Both work on three words that take turns. */
static void stir(uint32_t w[3])
{
	static const unsigned bits[] = { 4, 6, 8, 16, 19, 4 };

	for (unsigned i = 0; i < 6; i++) {
		uint32_t *x = &w[i % 3], *z = &w[(i + 2) % 3];

		*x = (*x - *z) ^ turn(*z, bits[i]);
		*z += w[(i + 1) % 3];
	}
}

static void finish(uint32_t w[3])
{
	static const unsigned bits[] = { 14, 11, 25, 16, 4, 14, 24 };

	for (unsigned i = 0; i < 7; i++) {
		uint32_t *x = &w[(i + 2) % 3], y = w[(i + 1) % 3];

		*x = (*x ^ y) - turn(y, bits[i]);
	}
}

static void take(uint32_t w[3], const uint8_t p[12])
{
	for (unsigned i = 0; i < 3; i++)
		w[i] += (uint32_t)view_little(p + 4 * i, 4);
}

uint32_t hdf5_lookup3(const uint8_t *p, size_t n)
{
	uint32_t w[3];
	uint8_t last[12] = { 0 };

	for (unsigned i = 0; i < 3; i++)
		w[i] = 0xdeadbeef + (uint32_t)n;
	for (; n > sizeof(last); n -= sizeof(last), p += sizeof(last)) {
		take(w, p);
		stir(w);
	}
	if (n == 0)
		return w[2];
	memcpy(last, p, n);
	take(w, last);
	finish(w);
	return w[2];
}

int hdf5_block_corrupt(struct err *err, const char *why)
{
	return err_set(err, ERR_DATA, "corrupt: its index of chunks %s", why);
}

/* A fuzzer would hardly ever get past a checksum. */
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
enum { BELIEVE = 1 };
#else
enum { BELIEVE = 0 };
#endif

int hdf5_block_read(const struct hdf5_layout *x, uint64_t at, uint64_t size,
	struct buf *out, struct err *err)
{
	const uint8_t *p;
	size_t n;

	if (size > x->file->size)
		return hdf5_block_corrupt(err, "is larger than the file");
	buf_resize(out, (size_t)size);
	if (view_read(x->file, at, out->len, out->data, err) < 0)
		return -1;
	p = (const uint8_t *)out->data;
	n = out->len - HDF5_CHECKSUM;
	if (!BELIEVE && hdf5_lookup3(p, n) != view_little(p + n, HDF5_CHECKSUM))
		return hdf5_block_corrupt(err, "fails its checksum");
	return 0;
}

size_t hdf5_block_head(const struct hdf5_layout *x)
{
	return HDF5_SIGNATURE + 2 + (size_t)x->super.offset_size;
}

int hdf5_block_read_part(const struct hdf5_layout *x,
	const struct hdf5_block_part *part, struct buf *out, struct err *err)
{
	const uint8_t *p;
	uint64_t owner;

	if (hdf5_block_read(x, part->at, part->size, out, err) < 0)
		return -1;
	p = (const uint8_t *)out->data;
	if (memcmp(p, part->signature, HDF5_SIGNATURE) != 0 || p[4] != 0 ||
		p[5] != part->kind ||
		!hdf5_address(&x->super, p + HDF5_SIGNATURE + 2, &owner) ||
		owner != x->at)
		return hdf5_block_corrupt(err, "is damaged");
	return 0;
}
