/* SPDX-License-Identifier: Apache-2.0 */
/* XXH3 runs at memory speed; SHA-256 would cost more than decoding. */
#include "base/xxh.h"

#include <assert.h>
#include <stdio.h>
#include <xxhash.h>

#include "base/mem.h"

struct xxh {
	XXH3_state_t *state;
};

static void print(XXH128_hash_t v, char out[XXH_HEX])
{
	XXH128_canonical_t c;

	XXH128_canonicalFromHash(&c, v);
	for (size_t i = 0; i < sizeof(c.digest); i++)
		snprintf(out + 2 * i, 3, "%02x", c.digest[i]);
}

struct xxh *xxh_open(void)
{
	struct xxh *h = mem_alloc(sizeof(*h));

	h->state = XXH3_createState();
	assert(h->state != NULL);
	XXH3_128bits_reset(h->state);
	return h;
}

void xxh_add(struct xxh *h, const void *p, size_t len)
{
	XXH3_128bits_update(h->state, p, len);
}

void xxh_end(struct xxh *h, char out[XXH_HEX])
{
	print(XXH3_128bits_digest(h->state), out);
}

void xxh_close(struct xxh *h)
{
	if (h == NULL)
		return;
	XXH3_freeState(h->state);
	mem_free(h);
}

void xxh_of(const void *p, size_t len, char out[XXH_HEX])
{
	print(XXH3_128bits(p, len), out);
}

uint64_t xxh_short(const void *p, size_t len)
{
	return XXH3_64bits(p, len);
}
