/* SPDX-License-Identifier: Apache-2.0 */
/* XXH3 runs at memory speed; SHA-256 would cost more than decoding. */
#include "base/xxh.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
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

static const char tag[] = "xxh3-";

int xxh_tag_of_file(int fd, const char *path, char out[XXH_TAG],
	struct err *err)
{
	enum { STEP = 1 << 20 };
	struct xxh *h = xxh_open();
	char *bytes = mem_alloc(STEP);
	off_t at = 0;
	ssize_t n;

	while ((n = pread(fd, bytes, STEP, at)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		xxh_add(h, bytes, (size_t)n);
		at += n;
	}
	mem_free(bytes);
	memcpy(out, tag, sizeof(tag) - 1);
	xxh_end(h, out + sizeof(tag) - 1);
	xxh_close(h);
	return n < 0 ? err_sys(err, "cannot read '%s'", path) : 0;
}

bool xxh_is_tag(const char *text)
{
	return strncmp(text, tag, sizeof(tag) - 1) == 0 &&
		strlen(text) == XXH_TAG - 1;
}

uint64_t xxh_short(const void *p, size_t len)
{
	return XXH3_64bits(p, len);
}
