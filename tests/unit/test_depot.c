/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is asked of a server, and what then lies in the copies.  The program plays
 * pgf-fetch itself: a copy of it of that name stands beside a copy of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/str.h"
#include "chunk/ferry.h"
#include "chunk/gather.h"
#include "chunk/needs.h"
#include "record/json_write.h"

#define MIB (UINT64_C(1) << 20)

static const char *folder; /* of the copies, and of what was asked: "asked" */

static uint8_t byte_of(uint64_t at)
{
	return (uint8_t)(at * 31 + at / 251);
}

static const char *in_folder(char path[64], const char *name)
{
	snprintf(path, 64, "%s/%s", folder, name);
	return path;
}

/* Write a range to its place, and the range to "asked". */
static uint64_t bring(const struct js *rec, const struct js *range, FILE *asked)
{
	int to = open(js_get_text(rec, "to"), O_WRONLY);
	uint64_t base = 0, at = 0, n = 0;
	struct buf bytes = BUF_INIT;
	struct err err = ERR_INIT;

	js_u64(js_get(rec, "base"), &base);
	js_u64(js_at(range, 0), &at);
	js_u64(js_at(range, 1), &n);
	fprintf(asked, "%llu+%llu\n", (unsigned long long)at,
		(unsigned long long)n);
	buf_resize(&bytes, (size_t)n);
	for (uint64_t i = 0; i < n; i++)
		bytes.data[i] = (char)byte_of(at + i);
	if (io_write_at(to, "to", (struct io_range){ base + at, (size_t)n },
		    bytes.data, &err) < 0)
		exit(1);
	buf_release(&bytes);
	close(to);
	return n;
}

/* http://f/N has N bytes, but http://f/0 is not there. */
static void answer_look(const struct js *rec, FILE *asked)
{
	const char *url = js_get_text(rec, "url");
	unsigned long id = 0,
		      size = strtoul(url + strlen("http://f/"), NULL, 10);
	uint64_t n = 0, number = 0;

	js_u64(js_get(rec, "id"), &number);
	id = (unsigned long)number;
	if (!js_u64(js_get(rec, "last"), &n))
		js_u64(js_get(rec, "first"), &n);
	fprintf(asked, "%s%llu\n", js_get(rec, "last") ? "-" : "",
		(unsigned long long)n);
	fflush(asked);
	if (size == 0)
		printf("{\"id\":%lu,\"bytes\":0,\"absent\":true}\n", id);
	else
		printf("{\"id\":%lu,\"bytes\":1,\"size\":%lu,\"tag\":%lu}\n",
			id, size, size + 1);
	fflush(stdout);
}

static void answer(const char *line, FILE *asked)
{
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	const struct js *rec = js_parse(&a, line, strlen(line), &err);
	const struct js *ranges = js_get(rec, "ranges");
	const char *url = js_get_text(rec, "url");
	uint64_t n = 0;

	if (js_get(rec, "id") != NULL) {
		answer_look(rec, asked);
		arena_release(&a);
		return;
	}
	if (str_eq(url, "http://h/killed"))
		raise(SIGKILL);
	if (str_eq(url, "http://h/gone"))
		_exit(0);
	for (size_t i = 0; i < js_count(ranges); i++)
		n += bring(rec, js_at(ranges, i), asked);
	fflush(asked);
	if (str_eq(url, "http://h/changed"))
		printf("{\"bytes\":0,\"error\":\"it changed\",\"code\":75}\n");
	else if (str_eq(url, "http://h/whole"))
		printf("{\"bytes\":0,\"error\":\"no ranges\",\"code\":65}\n");
	else
		printf("{\"bytes\":%llu}\n", (unsigned long long)n);
	fflush(stdout);
	arena_release(&a);
}

static int serve(void)
{
	char path[64], *line = NULL;
	FILE *asked = fopen(in_folder(path, "asked"), "a");
	size_t cap = 0;

	while (getline(&line, &cap, stdin) > 0)
		answer(line, asked);
	free(line);
	fclose(asked);
	return 0;
}

/* Compare what was asked since the last time: "0+5 7+1". */
static void check_asked(const char *want)
{
	char path[64];
	struct buf text = BUF_INIT;
	struct err err = ERR_INIT;

	if (access(in_folder(path, "asked"), F_OK) == 0)
		assert_int_equal(io_read_file(path, 1 << 20, &text, &err), 0);
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] == '\n')
			text.data[i] = ' ';
	buf_adds(&text, "");
	assert_string_equal(text.data != NULL ? text.data : "", want);
	buf_release(&text);
	assert_true(truncate(path, 0) == 0 || *want == '\0');
}

static struct origin file_of(const char *url, uint64_t size)
{
	return (struct origin){ .url = url,
		.shown = url,
		.size = size,
		.etag = "\"1\"" };
}

static int need(struct depot_copy *c, uint64_t at, uint64_t n, struct err *err)
{
	return depot_need(c, (struct span_range){ at, at + n }, err);
}

static void check_bytes(const struct depot_copy *c, uint64_t at, uint64_t n)
{
	struct depot_place p = depot_place(c);
	struct buf b = BUF_INIT;
	struct err err = ERR_INIT;

	buf_resize(&b, (size_t)n);
	assert_int_equal(io_read_at(p.fd, "copy",
				 (struct io_range){ p.base + at, (size_t)n },
				 b.data, &err),
		0);
	for (uint64_t i = 0; i < n; i++)
		assert_int_equal((uint8_t)b.data[i], byte_of(at + i));
	buf_release(&b);
}

static void ends_then_blocks_then_more_ahead(void **state)
{
	const struct origin o = file_of("http://h/a", 9 * MIB);
	struct depot *d = depot_open(32768, NULL);
	struct depot *beside = depot_open_beside(d);
	struct err err = ERR_INIT;
	struct depot_copy *c = depot_copy_of(d, &o, &err);

	(void)state;
	assert_int_equal(need(c, 3 * MIB + 5, 10, &err), 0);
	check_asked("0+1048576 3145728+32768 8388608+1048576 ");
	check_bytes(c, 3 * MIB, 32768);
	check_bytes(c, 9 * MIB - 9, 9);
	assert_int_equal(need(c, 3 * MIB, 32768, &err), 0);
	assert_int_equal(need(c, 7, 1000, &err), 0);
	check_asked("");
	assert_int_equal(need(c, 3 * MIB + 32768, 1, &err), 0);
	check_asked("3178496+65536 ");
	assert_int_equal(need(c, 3 * MIB + 98304, 1, &err), 0);
	check_asked("3244032+98304 ");
	assert_int_equal(need(c, 6 * MIB, 1, &err), 0);
	check_asked("6291456+32768 ");
	assert_non_null(depot_copy_of(beside, &o, &err));
	depot_bring_ends(&beside, 1);
	check_asked("0+1048576 8388608+1048576 ");
	assert_int_equal(depot_bytes(d), 4 * MIB + 32768 * 2 + 65536 + 98304);
	depot_close(beside);
	depot_close(d);
}

static void a_small_file_comes_once(void **state)
{
	const struct origin o = file_of("http://h/a", MIB + 5);
	const struct origin same = file_of("http://h/a", MIB + 5);
	struct depot *d = depot_open(32768, NULL);
	struct err err = ERR_INIT;
	struct depot_copy *c = depot_copy_of(d, &o, &err);

	(void)state;
	assert_int_equal(need(c, 100, 1, &err), 0);
	assert_ptr_equal(depot_copy_of(d, &same, &err), c);
	assert_int_equal(need(c, 0, MIB + 5, &err), 0);
	check_asked("0+1048581 ");
	assert_int_equal(need(c, MIB, 6, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	assert_string_equal(err.msg,
		"'http://h/a' is truncated: it has 1048581 bytes, one at "
		"1048581 is wanted");
	check_asked("");
	depot_close(d);
}

static void small_gaps_come_along(void **state)
{
	const struct origin o = file_of("http://h/a", MIB);
	const struct origin other = file_of("http://h/b", 100);
	struct depot *d = depot_open(0, NULL);
	struct err err = ERR_INIT;
	struct depot_copy *c = depot_copy_of(d, &o, &err);
	struct depot_copy *b = depot_copy_of(d, &other, &err);

	(void)state;
	depot_want(c, (struct span_range){ 10, 20 });
	depot_want(c, (struct span_range){ 20 + 65536, 70000 });
	depot_want(c, (struct span_range){ 70001 + 65536, 140000 });
	depot_want(c, (struct span_range){ MIB - 1, UINT64_MAX });
	depot_want(b, (struct span_range){ 0, 100 });
	assert_int_equal(depot_bring(d, &err), 0);
	check_asked("0+100 10+69990 135537+4463 1048575+1 ");
	check_bytes(c, 10, 69990);
	check_bytes(c, MIB - 1, 1);
	check_bytes(b, 0, 100);
	depot_want(c, (struct span_range){ 0, 80000 });
	assert_int_equal(depot_bring_of(c, &err), 0);
	check_asked("0+10 70000+10000 ");
	depot_close(d);
}

static void a_copy_gets_a_name(void **state)
{
	const struct origin o = file_of("http://h/a", 1000);
	struct depot *d = depot_open(0, NULL);
	struct err err = ERR_INIT;
	struct depot_copy *c = depot_copy_of(d, &o, &err);
	char path[4096];
	uint8_t b = 0;
	int fd;

	(void)state;
	assert_int_equal(need(c, 500, 100, &err), 0);
	assert_int_equal(depot_name(d, path, sizeof(path), &err), 0);
	fd = open(path, O_RDONLY);
	unlink(path);
	assert_int_equal(io_read_at(fd, path, (struct io_range){ 599, 1 }, &b,
				 &err),
		0);
	assert_int_equal(b, byte_of(599));
	close(fd);
	assert_int_equal(need(c, 600, 100, &err), 0);
	check_bytes(c, 500, 200);
	check_asked("500+100 600+100 ");
	depot_close(d);
}

static const struct {
	const char *url, *message;
	enum err_kind kind;
} bad[] = {
	{ "http://h/changed", "it changed", ERR_TEMP },
	{ "http://h/whole", "no ranges", ERR_DATA },
	{ "http://h/killed", "pgf-fetch died of signal 9: run again",
		ERR_TEMP },
	{ "http://h/gone", "pgf-fetch has died", ERR_FAIL },
};

/* The first failure is the verdict, and what comes after works. */
static void failures_are_told_and_forgotten(void **state)
{
	const struct origin good = file_of("http://h/a", 1000);
	struct depot *d = depot_open(0, NULL);
	char path[64];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		const struct origin o = file_of(bad[i].url, 1000);
		struct err err = ERR_INIT, verdict = ERR_INIT;
		struct depot_copy *c = depot_copy_of(d, &o, &err);

		assert_int_equal(need(c, 0, 9, &err), -1);
		assert_int_equal(err.kind, bad[i].kind);
		assert_string_equal(err.msg, bad[i].message);
		assert_int_equal(depot_verdict(d, &verdict), -1);
		assert_string_equal(verdict.msg, bad[i].message);
		depot_reset(d);
		err_clear(&verdict);
		assert_int_equal(depot_verdict(d, &verdict), 0);
		err_clear(&err);
		c = depot_copy_of(d, &good, &err);
		assert_int_equal(need(c, 5, 9, &err), 0);
		check_bytes(c, 5, 9);
	}
	depot_close(d);
	assert_int_equal(truncate(in_folder(path, "asked"), 0), 0);
}

static void objects_are_looked_at(void **state)
{
	struct ferry_look looks[] = {
		{ .url = "http://f/7", .bytes = 1, .to.fd = -1 },
		{ .url = "http://f/0", .bytes = 1, .to.fd = -1 },
		{ .url = "http://f/300", .bytes = 20, .last = true },
		{ .url = "http://f/301", .bytes = 30, .last = true },
	};
	struct depot *d = depot_open(0, NULL);
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(depot_look(d, looks, 4, &err), 0);
	check_asked("1 1 -20 -30 ");
	assert_int_equal(looks[0].size, 7);
	assert_int_equal(looks[0].tag, 8);
	assert_false(looks[0].absent);
	assert_true(looks[1].absent);
	assert_int_equal(looks[2].size, 300);
	assert_true(looks[2].to.fd >= 0);
	assert_int_equal(looks[3].to.base, looks[2].to.base + 20);
	depot_close(d);
}

/* Of one object there is one copy, which grows as long as nothing is in it. */
static void objects_have_copies(void **state)
{
	const struct origin store = { .url = "http://h", .shown = "http://h" };
	struct depot_object o = { &store, "a", 5, 100 };
	struct depot *d = depot_open(1 << 15, NULL);
	struct err err = ERR_INIT;
	struct depot_copy *c = depot_copy_object(d, &o, &err), *more;

	(void)state;
	assert_non_null(c);
	o.end = 150;
	assert_ptr_equal(depot_copy_object(d, &o, &err), c);
	o.end = 50;
	assert_ptr_equal(depot_copy_object(d, &o, &err), c);
	/* nothing comes along */
	assert_int_equal(need(c, 3, 140, &err), 0);
	check_asked("3+140 ");
	check_bytes(c, 3, 140);
	o.end = 1000;
	more = depot_copy_object(d, &o, &err);
	assert_ptr_not_equal(more, c);
	assert_int_equal(need(more, 900, 100, &err), 0);
	check_bytes(more, 900, 100);
	check_bytes(c, 3, 140);
	o.tag = 6;
	assert_ptr_not_equal(depot_copy_object(d, &o, &err), more);
	o.end = UINT64_MAX;
	assert_null(depot_copy_object(d, &o, &err));
	check_asked("900+100 ");
	depot_close(d);
}

/* A box of 400 x 1000 numbers of 4 bytes in two chunks of 200 x 1000: the first
 * at 1000; the second, where it is there, at 2000000. */
static void want_of(struct depot_copy *c, struct box box, const char *codecs,
	bool second)
{
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	uint64_t shape[] = { 400, 1000 }, chunk[] = { 200, 1000 };
	uint64_t offset[] = { 1000, second ? 2000000 : REFS_ABSENT };
	uint64_t length[] = { *codecs ? 12345 : 800000, 800000 };
	const char *text = *codecs ? codecs : "[]";
	const struct chunk_table t = {
		.ndim = 2,
		.shape = shape,
		.chunk_shape = chunk,
		.dtype = dtype_of(DTYPE_INT32),
		.codecs = js_parse(&a, text, strlen(text), &err),
		.has_refs = true,
		.refs = { .n = 2, .offset = offset, .length = length },
	};

	assert_non_null(t.codecs);
	needs_of_box(&t, &box, &(struct source){ .copy = c });
	arena_release(&a);
}

static void what_a_box_needs(void **state)
{
	static const struct {
		uint64_t start[2], count[2];
		const char *codecs, *asked;
		bool second;
	} cases[] = {
		{ { 10, 0 }, { 2, 1000 }, "", "41000+8000 ", true },
		{ { 0, 500 }, { 200, 1 }, "", "3000+796004 ", true },
		{ { 199, 990 }, { 2, 10 }, "", "800960+40 2003960+40 ", true },
		{ { 199, 990 }, { 2, 10 }, "", "800960+40 ", false },
		{ { 5, 5 }, { 1, 1 },
			"[{\"name\":\"zlib\",\"configuration\":{\"level\":1}}]",
			"1000+12345 ", true },
	};
	const struct origin o = file_of("http://h/a", 3000000);
	struct depot *d = depot_open(0, NULL);
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct depot_copy *c = depot_copy_of(d, &o, &err);
		struct box b = box_of(2, cases[i].start, cases[i].count);

		want_of(c, b, cases[i].codecs, cases[i].second);
		assert_int_equal(depot_bring(d, &err), 0);
		check_asked(cases[i].asked);
		depot_reset(d);
	}
	depot_close(d);
}

/* Copies of this program, as test and as pgf-fetch; the first takes over. */
static int move_in(char **argv)
{
	static char name[] = "/tmp/pgf-depot-XXXXXX";
	struct err err = ERR_INIT;
	struct buf self = BUF_INIT;
	char path[64];
	int r = 0;

	folder = mkdtemp(name);
	if (folder == NULL ||
		io_read_file("/proc/self/exe", 1 << 30, &self, &err) < 0)
		return 1;
	for (int i = 0; r == 0 && i < 2; i++) {
		int fd = open(in_folder(path, i ? "test" : "pgf-fetch"),
			O_WRONLY | O_CREAT | O_EXCL, 0700);

		r = io_write_all(fd, self.data, self.len, &err);
		close(fd);
	}
	buf_release(&self);
	setenv("DEPOT_FOLDER", folder, 1);
	if (r == 0)
		execv(path, argv);
	return 1;
}

static void move_out(void)
{
	static const char *const names[] = { "asked", "test", "pgf-fetch" };
	char path[64];

	for (size_t i = 0; i < 3; i++)
		unlink(in_folder(path, names[i]));
	rmdir(folder);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends_then_blocks_then_more_ahead),
		cmocka_unit_test(a_small_file_comes_once),
		cmocka_unit_test(small_gaps_come_along),
		cmocka_unit_test(a_copy_gets_a_name),
		cmocka_unit_test(failures_are_told_and_forgotten),
		cmocka_unit_test(objects_are_looked_at),
		cmocka_unit_test(objects_have_copies),
		cmocka_unit_test(what_a_box_needs),
	};
	int r;

	folder = getenv("DEPOT_FOLDER");
	if (folder == NULL)
		return move_in(argv);
	if (argc > 1 && str_eq(argv[1], "--ranges"))
		return serve();
	r = cmocka_run_group_tests(tests, NULL, NULL);
	move_out();
	return r;
}
