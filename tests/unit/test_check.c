/* SPDX-License-Identifier: Apache-2.0 */
/* Digests in records and headers, and bytes that are plainly something else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "format/view.h"
#include "net/check.h"

/* Of "abc". */
#define SHA256 "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="
#define SHA256_HEX_ABC \
	"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define MD5 "kAFQmDzST7DWlj99KOF/cg=="
#define WRONG "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

static struct http_head head_of(const char *lines, int status)
{
	struct http_head head;

	http_head_reset(&head);
	head.status = status;
	if (status == 200)
		head.offset = 0;
	while (*lines != '\0') {
		size_t n = strcspn(lines, "\n");

		http_head_line(&head, lines, n);
		lines += n + (lines[n] == '\n');
	}
	return head;
}

static int compare_abc(const struct checks *c, struct err *err)
{
	for (int i = 0; i < DIGEST_KINDS; i++) {
		struct digest *d = digest_open((enum digest_kind)i);
		unsigned char is[DIGEST_MAX];

		digest_add(d, "abc", 3);
		digest_end(d, is);
		digest_close(d);
		if (checks_compare(c, (enum digest_kind)i, is, err) < 0)
			return -1;
	}
	return 0;
}

/* How many digests a head states, and whether "abc" has them. */
static void heads_are_understood(void **state)
{
	static const struct {
		const char *head;
		int status;
		size_t n;
		bool agree;
	} cases[] = {
		{ "Content-Length: 3", 200, 0, true },
		{ "Repr-Digest: sha-256=:" SHA256 ":", 200, 1, true },
		{ "repr-digest: SHA-256=:" SHA256 ":;q=1", 206, 1, true },
		{ "Content-Digest: sha-256=:" SHA256 ":", 200, 1, true },
		{ "Content-Digest: sha-256=:" WRONG ":", 206, 0, true },
		{ "Digest: SHA-256=" SHA256 ",MD5=" MD5, 200, 2, true },
		{ "Content-MD5: " MD5, 200, 1, true },
		{ "Content-MD5: " MD5, 206, 0, true },
		{ "Repr-Digest: unixsum=:Pj8=:, sha-256=:" SHA256 ":", 200, 1,
			true },
		{ "Repr-Digest: sha-256=:" WRONG ":", 200, 1, false },
		{ "Digest: sha-256=" SHA256 ",sha-256=" WRONG, 200, 2, false },
		{ "Repr-Digest: sha-256=:###:", 200, 0, true },
		{ "Repr-Digest: sha-256=:" MD5 ":", 200, 0, true },
		{ "Repr-Digest: sha-256", 200, 0, true },
		{ "Repr-Digest: =,=,,sha-256=", 200, 0, true },
		{ "Content-MD5: =====", 200, 0, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct http_head head = head_of(cases[i].head, cases[i].status);
		struct checks c = { .n = 0 };
		struct err err = ERR_INIT;

		checks_add_head(&c, &head);
		if (c.n != cases[i].n ||
			(compare_abc(&c, &err) == 0) != cases[i].agree)
			fail_msg("%s: %zu digests, %s", cases[i].head, c.n,
				err.msg);
	}
}

static void a_record_may_say_nonsense(void **state)
{
	/* One digit is a control character, which has bits of '1'. */
	static const char odd[] =
		"ba7816bf8f0\021cfea414140de5dae2223b00361a396177a9cb410ff61f200"
		"15ad";
	static const char *const bad[] = { "", "ba78", "zz", SHA256,
		SHA256_HEX_ABC "00", odd };
	struct checks c = { .n = 0 };
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err_clear(&err);
		assert_int_equal(checks_add_text(&c, DIGEST_SHA256, bad[i],
					 &err),
			-1);
		assert_int_equal(err.kind, ERR_DATA);
	}
	err_clear(&err);
	assert_int_equal(checks_add_text(&c, DIGEST_SHA256, SHA256_HEX_ABC,
				 &err),
		0);
	assert_true(checks_want(&c, DIGEST_SHA256));
	assert_false(checks_want(&c, DIGEST_MD5));
	assert_int_equal(compare_abc(&c, &err), 0);
	assert_int_equal(checks_add_text(&c, DIGEST_MD5,
				 "D41D8CD98F00B204E9800998ECF8427E", &err),
		0);
	assert_int_equal(compare_abc(&c, &err), -1);
	assert_int_equal(err.kind, ERR_TEMP);
	assert_string_equal(err.msg,
		"its MD5 is 900150983cd24fb0d6963f7d28e17f72, and not "
		"d41d8cd98f00b204e9800998ecf8427e, as the record says");
}

static void many_digests_are_bounded(void **state)
{
	struct http_head head = head_of("Digest: md5=" MD5 ",md5=" MD5
					",md5=" MD5 ",md5=" MD5 ",md5=" MD5,
		200);
	struct checks c = { .n = 0 };

	(void)state;
	for (int i = 0; i < 10; i++)
		checks_add_head(&c, &head);
	assert_int_equal(c.n, CHECK_MAX);
}

static void pages_are_no_files(void **state)
{
	static const struct {
		const char *format, *bytes;
		bool good;
	} cases[] = {
		{ NULL, "<!DOCTYPE html><html>", false },
		{ "netcdf4", "\n <HTML>", false },
		{ NULL, "<?xml version='1.0'?><Error/>", true },
		{ "netcdf4", "<?xml version='1.0'?><Error/>", false },
		{ "netcdf3", "{\"error\":1}", false },
		{ "netcdf3", "", false },
		{ NULL, "", true },
		{ "netcdf3", "CDF\001", true },
		{ "netcdf4", "\037\213 packed", true },
		{ "netcdf4", "\001\002\003", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct checks c = { .format = cases[i].format };
		const struct view v =
			view_of_memory(cases[i].bytes, strlen(cases[i].bytes));
		struct err err = ERR_INIT;

		if ((checks_look(&c, &v, &err) == 0) != cases[i].good)
			fail_msg("'%s': %s", cases[i].bytes, err.msg);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(heads_are_understood),
		cmocka_unit_test(a_record_may_say_nonsense),
		cmocka_unit_test(many_digests_are_bounded),
		cmocka_unit_test(pages_are_no_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
