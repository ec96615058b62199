/* SPDX-License-Identifier: Apache-2.0 */
/* OpenSSL's EVP interface picks the processor's SHA instructions. */
#include "base/sha256.h"

#include <assert.h>
#include <openssl/evp.h>
#include <stdio.h>

#include "base/mem.h"

struct sha256 {
	EVP_MD_CTX *ctx;
};

struct sha256 *sha256_open(void)
{
	struct sha256 *h = mem_alloc(sizeof(*h));
	int ok;

	h->ctx = EVP_MD_CTX_new();
	ok = h->ctx && EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL);
	assert(ok);
	(void)ok;
	return h;
}

void sha256_add(struct sha256 *h, const void *p, size_t len)
{
	int ok = EVP_DigestUpdate(h->ctx, p, len);

	assert(ok);
	(void)ok;
}

void sha256_end(struct sha256 *h, char out[SHA256_HEX])
{
	unsigned char md[EVP_MAX_MD_SIZE];
	unsigned int n = 0;
	int ok = EVP_DigestFinal_ex(h->ctx, md, &n);

	assert(ok && n == (SHA256_HEX - 1) / 2);
	(void)ok;
	for (unsigned int i = 0; i < n; i++)
		snprintf(out + 2 * i, 3, "%02x", md[i]);
}

void sha256_close(struct sha256 *h)
{
	if (h == NULL)
		return;
	EVP_MD_CTX_free(h->ctx);
	mem_free(h);
}
