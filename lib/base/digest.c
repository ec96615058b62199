/* SPDX-License-Identifier: Apache-2.0 */
/* OpenSSL's EVP interface picks the processor's SHA instructions. */
#include "base/digest.h"

#include <assert.h>
#include <openssl/evp.h>

#include "base/mem.h"

struct digest {
	EVP_MD_CTX *ctx;
};

static const EVP_MD *method_of(enum digest_kind kind)
{
	switch (kind) {
	case DIGEST_MD5:
		return EVP_md5();
	case DIGEST_SHA512:
		return EVP_sha512();
	default:
		return EVP_sha256();
	}
}

size_t digest_size(enum digest_kind kind)
{
	static const size_t sizes[DIGEST_KINDS] = { 16, 32, 64 };

	return sizes[kind];
}

struct digest *digest_open(enum digest_kind kind)
{
	struct digest *d = mem_alloc(sizeof(*d));
	int ok;

	d->ctx = EVP_MD_CTX_new();
	ok = d->ctx && EVP_DigestInit_ex(d->ctx, method_of(kind), NULL);
	assert(ok);
	(void)ok;
	return d;
}

void digest_add(struct digest *d, const void *p, size_t len)
{
	int ok = EVP_DigestUpdate(d->ctx, p, len);

	assert(ok);
	(void)ok;
}

void digest_end(struct digest *d, unsigned char out[DIGEST_MAX])
{
	unsigned int n = 0;
	int ok = EVP_DigestFinal_ex(d->ctx, out, &n);

	assert(ok && n <= DIGEST_MAX);
	(void)ok;
}

void digest_close(struct digest *d)
{
	if (d == NULL)
		return;
	EVP_MD_CTX_free(d->ctx);
	mem_free(d);
}

void digest_text(const unsigned char *p, size_t len, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		*out++ = digits[p[i] >> 4];
		*out++ = digits[p[i] & 15];
	}
	*out = '\0';
}
