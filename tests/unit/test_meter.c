/* SPDX-License-Identifier: Apache-2.0 */
/* What is told of downloads, and when.  All began so long ago that how fast this runs makes
 * no difference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "foldering.h"
#include "net/meter.h"
#include "record/json.h"

#define PAST INT64_C(1000000000) /* ms */

/* What the meter says on stderr. */
static void show(struct meter *m, const struct meter_state *s, struct buf *said)
{
	int old = dup(STDERR_FILENO), out;
	struct err err = ERR_INIT;

	out = open("said", O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(old >= 0 && out >= 0);
	dup2(out, STDERR_FILENO);
	meter_show(m, s);
	dup2(old, STDERR_FILENO);
	close(out);
	close(old);
	buf_reset(said);
	assert_int_equal(io_read_file("said", 1 << 16, said, &err), 0);
}

static struct meter begun(enum meter_form form)
{
	int64_t then = clock_ms() - PAST;

	return (struct meter){ .form = form,
		.every = 60,
		.begun = then,
		.at = then };
}

static void forms_have_names(void **state)
{
	enum meter_form form = METER_NONE;

	(void)state;
	assert_true(meter_read_form("auto", &form));
	assert_int_equal(form, METER_AUTO);
	assert_true(meter_read_form("json", &form));
	assert_int_equal(form, METER_JSON);
	assert_true(meter_read_form("none", &form));
	assert_int_equal(form, METER_NONE);
	assert_false(meter_read_form("", &form));
	assert_false(meter_read_form("JSON", &form));
}

static void nothing_is_told_before_its_time(void **state)
{
	struct meter m = { .form = METER_AUTO, .every = 86400 };
	struct meter_state s = { .now = { .done = 1 } };
	struct buf said = BUF_INIT;

	(void)state;
	show(&m, &s, &said);
	assert_int_equal(said.len, 0);
	assert_true(m.begun != 0 && m.at == m.begun);
	show(&m, &s, &said);
	assert_int_equal(said.len, 0);
	m = begun(METER_NONE);
	show(&m, &s, &said);
	assert_int_equal(said.len, 0);
	m = begun(METER_AUTO);
	show(&m, &s, &said);
	assert_true(said.len > 0);
	m.every = 86400;
	show(&m, &s, &said);
	assert_int_equal(said.len, 0);
	buf_release(&said);
}

/* The rate is smoothed: a fifth of what it is now, four of what it was.  What is left goes
 * with the files: 1,000,000 s for those that are done. */
static void people_read_a_line(void **state)
{
	static const struct {
		bool all;
		uint64_t done;
		unsigned int left;
		const char *end;
	} cases[] = {
		{ false, 10, 30, "1.5 kB/s\n" },
		{ true, 0, 30, "1.5 kB/s\n" },
		{ true, 40000, 2, "1.5 kB/s, 50 s left\n" },
		{ true, 40000, 40, "1.5 kB/s, 17 min left\n" },
		{ true, 10, 30, "1.5 kB/s, 833 h left\n" },
		{ true, 10, 0, "1.5 kB/s, 0 s left\n" },
	};
	struct buf said = BUF_INIT, want = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct meter m = begun(METER_AUTO);
		struct meter_state s = { .all = cases[i].all,
			.now = { .done = cases[i].done,
				.left = cases[i].left,
				.running = 2,
				.bytes = UINT64_C(7500000000) } };

		show(&m, &s, &said);
		buf_reset(&want);
		buf_addf(&want,
			"pgf: warning: %llu files, %u to come, 2 under way, "
			"7.5 GB, %s",
			(unsigned long long)cases[i].done, cases[i].left,
			cases[i].end);
		assert_string_equal(said.data, want.data);
		m.at -= PAST; /* as long again, and as much */
		s.now.bytes *= 2;
		show(&m, &s, &said);
		assert_non_null(strstr(said.data, ", 15.0 GB, 2.7 kB/s"));
	}
	buf_release(&want);
	buf_release(&said);
}

static uint64_t number(const struct js *doc, const char *name)
{
	uint64_t n = UINT64_MAX;

	assert_true(js_u64(js_get(doc, name), &n));
	return n;
}

static void programs_read_an_object(void **state)
{
	struct host b = { .origin = (char[]){ "https://b:8080" },
		.running = 1,
		.waiting = 4,
		.done = 7,
		.bytes = UINT64_C(5000000000) };
	struct host a = { .next = &b, .origin = (char[]){ "ftp://a" } };
	struct meter m = begun(METER_JSON);
	struct meter_state s = { .hosts = &a,
		.now = { .done = 10,
			.left = 30,
			.running = 2,
			.bytes = UINT64_C(7500000000) } };
	struct arena arena = ARENA_INIT;
	struct buf said = BUF_INIT;
	struct err err = ERR_INIT;
	const struct js *doc, *one;
	double left = 0;

	(void)state;
	b.told.bytes = UINT64_C(2500000000); /* told before */
	show(&m, &s, &said);
	doc = js_get(js_parse(&arena, said.data, said.len, &err), "progress");
	assert_int_equal(number(doc, "done"), 10);
	assert_int_equal(number(doc, "waiting"), 30);
	assert_int_equal(number(doc, "running"), 2);
	assert_int_equal(number(doc, "bytes"), 7500000000);
	assert_in_range(number(doc, "rate"), 1450, 1500);
	assert_null(js_get(doc, "left"));
	assert_int_equal(js_count(js_get(doc, "hosts")), 2);
	one = js_at(js_get(doc, "hosts"), 0);
	assert_string_equal(js_get_text(one, "host"), "a");
	assert_int_equal(number(one, "rate"), 0);
	one = js_at(js_get(doc, "hosts"), 1);
	assert_string_equal(js_get_text(one, "host"), "b:8080");
	assert_int_equal(number(one, "done"), 7);
	assert_int_equal(number(one, "waiting"), 4);
	assert_int_equal(number(one, "running"), 1);
	assert_int_equal(number(one, "bytes"), 5000000000);
	assert_in_range(number(one, "rate"), 480, 500);
	assert_int_equal(b.told.bytes, 5000000000);

	m = begun(METER_JSON);
	s.all = true;
	show(&m, &s, &said);
	doc = js_get(js_parse(&arena, said.data, said.len, &err), "progress");
	assert_true(js_real(js_get(doc, "left"), &left));
	assert_true(left >= 3.0e6 && left < 3.1e6);
	buf_release(&said);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms_have_names),
		cmocka_unit_test(nothing_is_told_before_its_time),
		cmocka_unit_test(people_read_a_line),
		cmocka_unit_test(programs_read_an_object),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
