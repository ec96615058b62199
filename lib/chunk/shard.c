/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The index is at the end, because chunks come before their lengths are known,
 * and because that is where every reader looks for it.
 */
#include "chunk/shard.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "chunk/crc32c.h"

enum { ENTRY = 16, NUMBER = 8, CHECKSUM = 4 };

static const uint64_t MAX_CHUNKS = (UINT64_C(1) << 31) / ENTRY;

struct shard {
	struct buf bytes, index;
};

struct shard *shard_open(void)
{
	struct shard *s = mem_alloc(sizeof(*s));

	*s = (struct shard){ .bytes = BUF_INIT, .index = BUF_INIT };
	return s;
}

void shard_close(struct shard *s)
{
	if (s == NULL)
		return;
	buf_release(&s->bytes);
	buf_release(&s->index);
	mem_free(s);
}

int shard_begin(struct shard *s, uint64_t n, struct err *err)
{
	if (n > MAX_CHUNKS)
		return err_set(err, ERR_DATA,
			"a shard of %" PRIu64 " chunks: use smaller shards or "
			"larger chunks",
			n);
	buf_reset(&s->bytes);
	buf_resize(&s->index, (size_t)n * ENTRY);
	if (n > 0)
		memset(s->index.data, 0xff, (size_t)n * ENTRY);
	return 0;
}

static void put_number(char *to, uint64_t v)
{
	for (int i = 0; i < NUMBER; i++)
		to[i] = (char)(v >> 8 * i);
}

void shard_add(struct shard *s, uint64_t i, struct bytes chunk)
{
	char *entry = s->index.data + i * ENTRY;

	put_number(entry, s->bytes.len);
	put_number(entry + NUMBER, chunk.len);
	buf_add(&s->bytes, chunk.data, chunk.len);
}

struct bytes shard_end(struct shard *s)
{
	uint32_t sum = crc32c_of(s->index.data, s->index.len);
	char tail[NUMBER];

	if (s->bytes.len == 0)
		return (struct bytes){ NULL, 0 };
	put_number(tail, sum);
	buf_add(&s->bytes, s->index.data, s->index.len);
	buf_add(&s->bytes, tail, CHECKSUM);
	return (struct bytes){ (const uint8_t *)s->bytes.data, s->bytes.len };
}
