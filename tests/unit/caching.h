/* SPDX-License-Identifier: Apache-2.0 */
/* A cache of a test's own, 'c' in the folder in which it runs; included after cmocka. */
#ifndef PGF_TEST_CACHING_H
#define PGF_TEST_CACHING_H

#include "foldering.h"
#include "net/cache.h"

static struct arena arena;

static inline int make_cache(void **state)
{
	(void)state;
	arena = (struct arena)ARENA_INIT;
	return mkdir("c", 0777);
}

static inline int remove_cache(void **state)
{
	(void)state;
	arena_release(&arena);
	unlink("out");
	return nftw("c", remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static inline void put(const char *path, const char *text)
{
	struct err err = ERR_INIT;

	assert_int_equal(io_make_parent(path, &err), 0);
	assert_int_equal(io_replace(path, text, strlen(text), &err), 0);
}

/* A download: its paths. */
static inline struct cache_place *have(const char *text, const char *content)
{
	struct cache_place *place = ARENA_NEW(&arena, struct cache_place, 1);
	struct cache_file file = { .size = strlen(content) };
	struct sha256 *h = sha256_open();
	struct err err = ERR_INIT;
	struct url url;

	sha256_add(h, content, strlen(content));
	sha256_end(h, file.sha256);
	sha256_close(h);
	assert_int_equal(url_parse(&arena, text, &url, &err), 0);
	cache_place(&arena, "c", &url, place);
	put(place->data, content);
	assert_int_equal(cache_write_sidecar(place, &file, &err), 0);
	return place;
}

static inline bool is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

#endif
