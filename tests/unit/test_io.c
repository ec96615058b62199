/* SPDX-License-Identifier: Apache-2.0 */
/* Files that are whole or absent; streams of records over them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "foldering.h"
#include "record/stream.h"

static void replaces_whole_files(void **state)
{
	struct io_temp t = IO_TEMP_INIT;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(io_replace("a", "one", 3, &err), 0);
	assert_int_equal(io_create(&t, "a", &err), 0);
	assert_int_equal(io_write_all(t.fd, "tw", 2, &err), 0);
	check_file("a", "one");
	assert_int_equal(count_files(".", true), 1);
	io_abort(&t);
	io_abort(&t);
	check_file("a", "one");
	assert_int_equal(io_replace("a", "two", 3, &err), 0);
	check_file("a", "two");
	assert_int_equal(count_files(".", true), 0);
}

static void unchanged_files_keep_their_time(void **state)
{
	const struct timespec past[2] = { { 1000, 0 }, { 1000, 0 } };
	struct err err = ERR_INIT;
	struct stat st;

	(void)state;
	assert_int_equal(io_replace("b", "same", 4, &err), 0);
	utimensat(AT_FDCWD, "b", past, 0);
	assert_int_equal(io_replace_if_changed("b", "same", 4, &err), 0);
	stat("b", &st);
	assert_int_equal(st.st_mtim.tv_sec, 1000);
	assert_int_equal(io_replace_if_changed("b", "diff", 4, &err), 0);
	stat("b", &st);
	assert_int_not_equal(st.st_mtim.tv_sec, 1000);
	utimensat(AT_FDCWD, "b", past, 0);
	assert_int_equal(io_touch("b", &err), 0);
	stat("b", &st);
	assert_int_not_equal(st.st_mtim.tv_sec, 1000);
}

/* The mark of m is the one in text, which becomes it. */
static bool same_mark(struct buf *text)
{
	struct buf now = BUF_INIT;
	struct err err = ERR_INIT;
	bool same;

	assert_int_equal(io_mark("m", &now, &err), 0);
	same = now.len == text->len &&
		memcmp(now.data, text->data, now.len) == 0;
	buf_release(text);
	*text = now;
	return same;
}

static void a_mark_changes_with_its_file(void **state)
{
	const struct timespec past[2] = { { 1000, 0 }, { 1000, 0 } };
	struct buf text = BUF_INIT;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(io_mark("none", &text, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	assert_string_equal(err.msg,
		"cannot open 'none': No such file or directory");
	assert_int_equal(io_replace("m", "one", 3, &err), 0);
	assert_false(same_mark(&text));
	assert_int_equal(io_replace_if_changed("m", "one", 3, &err), 0);
	assert_true(same_mark(&text));
	/* As long, and as old. */
	assert_int_equal(utimensat(AT_FDCWD, "m", past, 0), 0);
	assert_false(same_mark(&text));
	assert_int_equal(rename("m", "n"), 0);
	assert_int_equal(io_replace("m", "two", 3, &err), 0);
	assert_int_equal(utimensat(AT_FDCWD, "m", past, 0), 0);
	assert_false(same_mark(&text));
	buf_release(&text);
}

static void missing_and_short_files_are_wrong_input(void **state)
{
	struct err err = ERR_INIT;
	struct buf b = BUF_INIT;
	char got[8];
	int fd;

	(void)state;
	assert_int_equal(io_read_file("none", 9, &b, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	assert_string_equal(err.msg,
		"cannot open 'none': No such file or directory");
	err_clear(&err);
	assert_int_equal(io_replace("c", "0123456789", 10, &err), 0);
	assert_int_equal(io_read_file("c", 9, &b, &err), -1);
	assert_string_equal(err.msg, "'c' is larger than 9 bytes");
	err_clear(&err);
	fd = open("c", O_RDONLY);
	assert_int_equal(io_read_at(fd, "c", (struct io_range){ 7, 3 }, got,
				 &err),
		0);
	assert_memory_equal(got, "789", 3);
	assert_int_equal(io_read_at(fd, "c", (struct io_range){ 7, 4 }, got,
				 &err),
		-1);
	assert_int_equal(err.kind, ERR_DATA);
	assert_string_equal(err.msg,
		"'c' is truncated: 4 bytes wanted at "
		"offset 7, 3 there");
	err_clear(&err);
	assert_int_equal(io_read_at(fd, "c",
				 (struct io_range){ UINT64_MAX - 1, 4 }, got,
				 &err),
		-1);
	close(fd);
	buf_release(&b);
}

static void paths_become_absolute_without_asking_the_disk(void **state)
{
	static const char *const cases[][3] = {
		{ "/a/b", "c", "/a/b/c" },
		{ "/a/b", "../c", "/a/c" },
		{ "/a/b", "/c", "/c" },
		{ "/a/b", "./c//d/.", "/a/b/c/d" },
		{ "/", "../../x", "/x" },
		{ "/a", "..", "/" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf b = BUF_INIT;
		struct err err = ERR_INIT;

		assert_int_equal(io_absolute(cases[i][0], cases[i][1], &b,
					 &err),
			0);
		assert_string_equal(b.data, cases[i][2]);
		buf_release(&b);
	}
}

static void folders_are_made_with_their_parents(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(io_make_dirs("p/q//r/", &err), 0);
	assert_int_equal(io_make_dirs("p/q/r", &err), 0);
	assert_int_equal(io_make_parent("p/s/file", &err), 0);
	assert_int_equal(access("p/s", F_OK), 0);
	assert_int_equal(io_replace("p/file", "", 0, &err), 0);
	assert_int_equal(io_make_dirs("p/file/x", &err), -1);
	assert_int_equal(err.kind, ERR_FAIL);
}

static void streams_walk_over_files_and_lines(void **state)
{
	static const char *const names[] = { "s1", "s2" };
	static const char one[] = "{\"a\":1}\n\nnot json\n[2]\n";
	static const char two[] = "{\"a\":3}";
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct stream_in *in;
	struct js *rec;

	(void)state;
	assert_int_equal(io_replace("s1", one, strlen(one), &err), 0);
	assert_int_equal(io_replace("s2", two, strlen(two), &err), 0);
	in = stream_open(names, 2);
	assert_int_equal(stream_next(in, &a, &rec, &err), 1);
	assert_int_equal(stream_next(in, &a, &rec, &err), -1);
	assert_int_equal(stream_line(in), 3);
	err_clear(&err);
	assert_int_equal(stream_next(in, &a, &rec, &err), -1);
	assert_string_equal(err.msg, "not a JSON object");
	err_clear(&err);
	assert_int_equal(stream_next(in, &a, &rec, &err), 1);
	assert_string_equal(stream_name(in), "s2");
	assert_int_equal(stream_file(in), 1);
	assert_int_equal(stream_line(in), 1);
	assert_int_equal(stream_next(in, &a, &rec, &err), 0);
	stream_close(in);
	arena_release(&a);
}

static void outputs_appear_whole_and_move_if_changed(void **state)
{
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct stream_out *out;
	struct stat first, second;

	(void)state;
	for (int round = 0; round < 2; round++) {
		out = stream_create("out", &err);
		assert_non_null(out);
		assert_int_equal(stream_put(out, js_new_object(&a), &err), 0);
		assert_int_equal(access("out", F_OK), round ? 0 : -1);
		assert_int_equal(stream_commit(out, "out.ok", &err), 0);
		stat("out", round ? &second : &first);
	}
	check_file("out", "{}\n");
	assert_int_equal(first.st_ino, second.st_ino);
	out = stream_create("out", &err);
	assert_int_equal(stream_put_bytes(out, "x", 1, &err), 0);
	stream_abort(out);
	check_file("out", "{}\n");
	assert_int_equal(count_files(".", true), 0);
	arena_release(&a);
}

static void pipes_and_devices_stay(void **state)
{
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct stream_out *out;
	struct stat st;
	char text[8] = "";
	int fd;

	(void)state;
	assert_int_equal(mkfifo("pipe", 0666), 0);
	fd = open("pipe", O_RDWR);
	for (int round = 0; round < 2; round++) {
		out = stream_create("pipe", &err);
		assert_non_null(out);
		assert_int_equal(stream_put(out, js_new_object(&a), &err), 0);
		if (round == 0)
			assert_int_equal(stream_commit(out, NULL, &err), 0);
		else
			stream_abort(out);
	}
	assert_int_equal(read(fd, text, 6), 6);
	assert_string_equal(text, "{}\n{}\n");
	assert_int_equal(stat("pipe", &st), 0);
	assert_true(S_ISFIFO(st.st_mode));
	assert_int_equal(count_files(".", true), 0);
	close(fd);
	unlink("pipe");
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replaces_whole_files),
		cmocka_unit_test(unchanged_files_keep_their_time),
		cmocka_unit_test(a_mark_changes_with_its_file),
		cmocka_unit_test(missing_and_short_files_are_wrong_input),
		cmocka_unit_test(paths_become_absolute_without_asking_the_disk),
		cmocka_unit_test(folders_are_made_with_their_parents),
		cmocka_unit_test(streams_walk_over_files_and_lines),
		cmocka_unit_test(outputs_appear_whole_and_move_if_changed),
		cmocka_unit_test(pipes_and_devices_stay),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
