/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sha256.h"

#include "base/digest.h"

/* The one digest under its own name: nothing is added to it. */
static struct digest *inner(struct sha256 *h)
{
	return (struct digest *)h;
}

struct sha256 *sha256_open(void)
{
	return (struct sha256 *)digest_open(DIGEST_SHA256);
}

void sha256_add(struct sha256 *h, const void *p, size_t len)
{
	digest_add(inner(h), p, len);
}

void sha256_end(struct sha256 *h, char out[SHA256_HEX])
{
	unsigned char bytes[DIGEST_MAX];

	digest_end(inner(h), bytes);
	digest_text(bytes, (SHA256_HEX - 1) / 2, out);
}

void sha256_close(struct sha256 *h)
{
	digest_close(inner(h));
}
