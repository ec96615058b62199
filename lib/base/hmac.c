/* SPDX-License-Identifier: Apache-2.0 */
/* OpenSSL's one call: what is signed is short. */
#include "base/hmac.h"

#include <assert.h>
#include <openssl/hmac.h>
#include <stdbool.h>
#include <string.h>

void hmac_sha256(const void *key, size_t key_len, const void *p, size_t len,
	unsigned char out[HMAC_SIZE])
{
	unsigned char md[EVP_MAX_MD_SIZE];
	unsigned int n = 0;
	bool ok = HMAC(EVP_sha256(), key, (int)key_len, p, len, md, &n) != NULL;

	assert(ok && n == HMAC_SIZE);
	(void)ok;
	memcpy(out, md, HMAC_SIZE);
}
