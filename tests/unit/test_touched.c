/* SPDX-License-Identifier: Apache-2.0 */
/* Local files that have another time: which of them are what they were. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdbool.h>

#include "build/touched.h"
#include "foldering.h"
#include "net/local.h"

enum { LEN = 8, THEN = 1000000000, SINCE = 1500000000 };

/* A work folder of one batch of the files "a" and "b". */
struct work {
	struct arena arena;
	struct state state;
	struct buf items, validators;
	struct touched touched;
};

static void put(const char *path, const char *text)
{
	struct err err = ERR_INIT;

	assert_int_equal(io_replace_if_changed(path, text, strlen(text), &err),
		0);
}

/* A source file of LEN bytes. */
static void source(const char *path, const char *text, time_t time)
{
	const struct timespec times[2] = { { time, 0 }, { time, 7 } };
	int fd = open(path, O_WRONLY | O_CREAT, 0666);

	assert_int_equal(write(fd, text, LEN), LEN);
	assert_int_equal(futimens(fd, times), 0);
	close(fd);
}

static void add_item(struct work *w, const char *name, struct buf *files)
{
	const char *path = arena_printf(&w->arena, "%s/%s", folder, name);
	struct err err = ERR_INIT;
	struct cache_file f = { .size = 0 };
	struct local local;

	assert_int_equal(local_open(&local, &w->arena, "none", &err), 0);
	assert_int_equal(local_find(&local, &w->arena, path, &f, &err), 0);
	buf_addf(&w->items, "{\"url\":\"%s\"}\n", path);
	buf_addf(files,
		"{\"url\":\"%s\",\"file\":{\"path\":\"%s\",\"size\":%d,"
		"\"etag\":\"%s\",\"modified\":\"%s\"}}\n",
		path, path, LEN, f.etag, f.modified);
}

/* What v/B would hold now. */
static void look(struct work *w)
{
	static const char *const names[] = { "a", "b" };

	buf_reset(&w->validators);
	for (size_t i = 0; i < 2; i++) {
		struct stat st;

		assert_int_equal(stat(names[i], &st), 0);
		buf_addf(&w->validators, "%lld %lld.%09ld\n",
			(long long)st.st_size, (long long)st.st_mtim.tv_sec,
			st.st_mtim.tv_nsec);
	}
}

static int keeps(struct work *w)
{
	struct err err = ERR_INIT;
	int r;

	look(w);
	r = touched_keeps(&w->touched, 0, &w->items, &w->validators, &err);
	assert_int_equal(err.kind, ERR_NONE);
	assert_int_equal(access("w/t/00000", F_OK) == 0 && r == 0, false);
	return r;
}

/* Two files, fetched. */
static void begin(struct work *w)
{
	struct err err = ERR_INIT;
	struct buf files = BUF_INIT;

	*w = (struct work){ .arena = ARENA_INIT };
	assert_int_equal(state_open(&w->state, &w->arena, "w", &err), 0);
	w->touched = (struct touched){ &w->state, 2 * LEN };
	unlink("w/t/00000");
	source("a", "contents", THEN);
	source("b", "whatever", THEN);
	add_item(w, "a", &files);
	add_item(w, "b", &files);
	look(w);
	put("w/k/00000", w->items.data);
	put("w/v/00000", w->validators.data);
	put("w/f/00000", files.data);
	buf_release(&files);
}

static void end(struct work *w)
{
	state_close(&w->state);
	buf_release(&w->items);
	buf_release(&w->validators);
	arena_release(&w->arena);
}

static void the_same_bytes_are_read_once(void **state)
{
	struct work w;

	(void)state;
	begin(&w);
	assert_int_equal(keeps(&w), 1);
	assert_int_equal(w.touched.left, 2 * LEN);
	source("a", "contents", SINCE);
	assert_int_equal(keeps(&w), 1);
	assert_int_equal(w.touched.left, LEN);
	check_file("w/t/00000", w.validators.data);
	assert_int_equal(keeps(&w), 1);
	assert_int_equal(w.touched.left, LEN);
	/* Back to where it was. */
	source("a", "contents", THEN);
	assert_int_equal(keeps(&w), 1);
	assert_int_equal(w.touched.left, LEN);
	end(&w);
}

static void other_bytes_are_not(void **state)
{
	struct work w;

	(void)state;
	begin(&w);
	source("b", "whatever", SINCE);
	assert_int_equal(keeps(&w), 1);
	source("b", "whoever.", SINCE + 1);
	assert_int_equal(keeps(&w), 0);
	/* What was seen of v/B is forgotten with it. */
	put("w/v/00000", w.validators.data);
	source("b", "whatever", SINCE);
	assert_int_equal(keeps(&w), 0);
	end(&w);
}

static void no_more_is_read_than_asked_for(void **state)
{
	struct work w;

	(void)state;
	begin(&w);
	w.touched.left = 2 * LEN - 1;
	source("a", "contents", SINCE);
	source("b", "whatever", SINCE);
	assert_int_equal(keeps(&w), 0);
	w.touched.left = 0;
	source("b", "whatever", THEN);
	assert_int_equal(keeps(&w), 0);
	end(&w);
}

static void a_file_that_was_fetched_at_another_time_is_left_to_its_task(
	void **state)
{
	struct work w;

	(void)state;
	begin(&w);
	source("a", "contents", SINCE);
	look(&w);
	put("w/v/00000", w.validators.data);
	source("a", "contents", SINCE + 1);
	assert_int_equal(keeps(&w), 0);
	end(&w);
}

static void what_is_not_known_is_left_to_its_task(void **state)
{
	static const char *const files[] = { "k", "v", "f" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		static const char *const texts[] = { NULL, "", "no line",
			"{}\n", "8 1\n8 1\n8 1\n" };

		for (size_t t = 0; t < 5; t++) {
			char path[16];
			struct work w;

			begin(&w);
			snprintf(path, sizeof(path), "w/%s/00000", files[i]);
			unlink(path);
			if (texts[t] != NULL)
				put(path, texts[t]);
			source("a", "contents", SINCE);
			assert_int_equal(keeps(&w), 0);
			end(&w);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_bytes_are_read_once),
		cmocka_unit_test(other_bytes_are_not),
		cmocka_unit_test(no_more_is_read_than_asked_for),
		cmocka_unit_test(
			a_file_that_was_fetched_at_another_time_is_left_to_its_task),
		cmocka_unit_test(what_is_not_known_is_left_to_its_task),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
