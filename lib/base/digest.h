/* SPDX-License-Identifier: Apache-2.0 */
/*
 * digest: the digests that archives and servers state of a file.
 *
 * MD5 is here because they do; it proves that nothing was damaged, not that
 * nobody has tampered.
 */
#ifndef PGF_DIGEST_H
#define PGF_DIGEST_H

#include <stddef.h>

enum digest_kind {
	DIGEST_MD5,    /* RFC 1321 */
	DIGEST_SHA256, /* FIPS 180-4 */
	DIGEST_SHA512, /* FIPS 180-4 */
	DIGEST_KINDS,
};

enum { DIGEST_MAX = 64 }; /* bytes of the longest */
enum { DIGEST_HEX = 2 * DIGEST_MAX + 1 };

/* Bytes of a digest. */
size_t digest_size(enum digest_kind kind);

struct digest;

/* A running digest; digest_close releases it. */
struct digest *digest_open(enum digest_kind kind);
void digest_add(struct digest *d, const void *p, size_t len);

/* The digest of everything added: digest_size bytes. */
void digest_end(struct digest *d, unsigned char out[DIGEST_MAX]);
void digest_close(struct digest *d);

/* Lower-case hexadecimal, with a NUL: 2 * len + 1 characters. */
void digest_text(const unsigned char *p, size_t len, char *out);

#endif
