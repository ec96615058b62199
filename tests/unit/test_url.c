/* SPDX-License-Identifier: Apache-2.0 */
/* What text names, what is sent, what is shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "net/url.h"

static struct arena arena;

static int release(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

static const struct {
	const char *text, *path;
} local[] = {
	{ "a.nc", "a.nc" },
	{ "/a b/c%41#?.nc", "/a b/c%41#?.nc" },
	{ "c:/x", "c:/x" },
	{ "data:x", "data:x" },
	{ "/x://y", "/x://y" },
	{ "a b://c", "a b://c" },
	{ "file:///a", "/a" },
	{ "FILE://LocalHost/a", "/a" },
	{ "file:/a", "/a" },
	{ "file:///a%20b%2Fc?d#e", "/a b/c?d#e" },
	{ "file:////x", "//x" },
};

static void test_local(void **state)
{
	struct err err = ERR_INIT;
	struct url url;

	(void)state;
	for (size_t i = 0; i < sizeof(local) / sizeof(local[0]); i++) {
		assert_int_equal(url_parse(&arena, local[i].text, &url, &err),
			0);
		assert_int_equal(url.kind, URL_LOCAL);
		assert_string_equal(url.path, local[i].path);
	}
}

static const struct {
	const char *text, *wire, *origin, *name, *user, *password;
} remote[] = {
	{ "http://h/a.nc", "http://h/a.nc", "http://h", "a.nc", NULL, NULL },
	{ "HTTPS://H.Org:8080/A.nc", "https://h.org:8080/A.nc",
		"https://h.org:8080", "A.nc", NULL, NULL },
	{ "http://h", "http://h/", "http://h", "", NULL, NULL },
	{ "http://h?q=/a", "http://h/?q=/a", "http://h", "", NULL, NULL },
	{ "http://h#f", "http://h/", "http://h", "", NULL, NULL },
	{ "http://h/a?b=c/d#e", "http://h/a?b=c/d", "http://h", "a", NULL,
		NULL },
	{ "http://[::1]:80/a", "http://[::1]:80/a", "http://[::1]:80", "a",
		NULL, NULL },
	{ "http://u@h/a", "http://h/a", "http://h", "a", "u", NULL },
	{ "http://u:@h/a", "http://h/a", "http://h", "a", "u", "" },
	{ "http://u%40x:p%3aq:r@h/a", "http://h/a", "http://h", "a", "u@x",
		"p:q:r" },
	{ "http://good@evil@h/a", "http://h/a", "http://h", "a", "good@evil",
		NULL },
	{ "http://h/@x/a:b@c", "http://h/@x/a:b@c", "http://h", "a_b@c", NULL,
		NULL },
	{ "http://h/\xc3\xa4 \"<>\\^`{|}\n\x7f.nc",
		"http://h/%C3%A4%20%22%3C%3E%5C%5E%60%7B%7C%7D%0A%7F.nc",
		"http://h", "______________.nc", NULL, NULL },
	{ "http://h/a%2fb%00c%zz", "http://h/a%2fb%00c%zz", "http://h",
		"a_b_00c_zz", NULL, NULL },
	{ "http://h/..", "http://h/..", "http://h", "..", NULL, NULL },
	{ "ftp://h/a?b;type=i#c", "ftp://h/a%3Fb%3Btype=i", "ftp://h", "a",
		NULL, NULL },
	{ "SFTP://me@H:2222/~/a b", "sftp://h:2222/~/a%20b", "sftp://h:2222",
		"a_b", "me", NULL },
	{ "scp://h/a", "scp://h/a", "scp://h", "a", NULL, NULL },
	{ "ftps://h/a", "ftps://h/a", "ftps://h", "a", NULL, NULL },
	{ "ftpes://h/a", "ftpes://h/a", "ftpes://h", "a", NULL, NULL },
	{ "http://h/'$(x);&", "http://h/'$(x);&", "http://h", "___x___", NULL,
		NULL },
};

static void assert_same(const char *a, const char *b)
{
	if (b == NULL)
		assert_null(a);
	else
		assert_string_equal(a, b);
}

static void test_remote(void **state)
{
	struct err err = ERR_INIT;
	struct url url;

	(void)state;
	for (size_t i = 0; i < sizeof(remote) / sizeof(remote[0]); i++) {
		assert_int_equal(url_parse(&arena, remote[i].text, &url, &err),
			0);
		assert_int_equal(url.kind, URL_REMOTE);
		assert_string_equal(url.wire, remote[i].wire);
		assert_string_equal(url.origin, remote[i].origin);
		assert_string_equal(url.name, remote[i].name);
		assert_same(url.user, remote[i].user);
		assert_same(url.password, remote[i].password);
	}
}

static const struct {
	const char *text, *wire, *bucket, *object, *account;
} objects[] = {
	{ "s3://b.c/d=1/e f.nc", "s3://b.c/d%3D1/e%20f.nc", "b.c", "d=1/e f.nc",
		NULL },
	{ "S3://B/%41?x#y+\xc3\xa4~_.-", "s3://B/%2541%3Fx%23y%2B%C3%A4~_.-",
		"B", "%41?x#y+\xc3\xa4~_.-", NULL },
	{ "gs://b", "gs://b/", "b", "", NULL },
	{ "az://c@store/a@b", "az://c@store/a%40b", "c", "a@b", "store" },
	{ "az://c/a", "az://c/a", "c", "a", NULL },
};

static void test_objects(void **state)
{
	struct err err = ERR_INIT;
	struct url url;

	(void)state;
	for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++) {
		assert_int_equal(url_parse(&arena, objects[i].text, &url, &err),
			0);
		assert_int_equal(url.kind, URL_OBJECT);
		assert_string_equal(url.wire, objects[i].wire);
		assert_string_equal(url.key, objects[i].wire);
		assert_string_equal(url.bucket, objects[i].bucket);
		assert_string_equal(url.object, objects[i].object);
		assert_same(url.account, objects[i].account);
		assert_null(url.user);
	}
}

/* The names of files in a cache do not hang on who may read them now. */
static const struct {
	const char *text, *key, *shown;
} signatures[] = {
	{ "http://h/a?b=c", "http://h/a?b=c", "http://h/a?b=c" },
	{ "http://h/a?X-Amz-Signature=s&b=c&x-amz-date=d", "http://h/a?b=c",
		"http://h/a?X-Amz-Signature=***&b=c&x-amz-date=***" },
	{ "http://h/a?sig=s", "http://h/a", "http://h/a?sig=***" },
	{ "http://h/a?X-Goog-Algorithm=x&", "http://h/a?",
		"http://h/a?X-Goog-Algorithm=***&" },
	{ "http://h/a?sigma=s&asig=t", "http://h/a?sigma=s&asig=t",
		"http://h/a?sigma=s&asig=t" },
};

static void test_signatures(void **state)
{
	struct err err = ERR_INIT;
	struct url url;

	(void)state;
	for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]);
		i++) {
		assert_int_equal(url_parse(&arena, signatures[i].text, &url,
					 &err),
			0);
		assert_string_equal(url.wire, signatures[i].text);
		assert_string_equal(url.key, signatures[i].key);
		assert_string_equal(url_show(&arena, signatures[i].text),
			signatures[i].shown);
	}
}

static const char *const bad[] = {
	"",
	"\xff",
	"gopher://h/a",
	"s3:a",
	"s3:///a",
	"s3://key:secret@b/a",
	"s3://b?c/a",
	"gs://.b/a",
	"az://c@/a",
	"az://c@a:b/a",
	"http:a",
	"http:/a",
	"http://",
	"http:///a",
	"http://:80/a",
	"http://h:/a",
	"http://h:0/a",
	"http://h:65536/a",
	"http://h:000080/a",
	"http://h:8x/a",
	"http://u@/a",
	"http://h\\x/a",
	"http://h x/a",
	"http://h%41/a",
	"http://[::1/a",
	"http://[]/a",
	"http://[::1]x/a",
	"http://\xc3\xa4.org/a",
	"file:a",
	"file://",
	"file://h/a",
	"file:///a%0",
	"file:///a%zz",
	"file:///a%00",
	"file:///%ff",
};

static void test_bad(void **state)
{
	struct url url;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err err = ERR_INIT;

		assert_int_equal(url_parse(&arena, bad[i], &url, &err), -1);
		assert_int_equal(err.kind, ERR_DATA);
		assert_true(err.msg[0] != '\0');
	}
}

static const struct {
	const char *text, *shown;
} shows[] = {
	{ "/a", "/a" },
	{ "http://h/a", "http://h/a" },
	{ "http://u:p@h/a", "http://h/a" },
	{ "ftp://u:p@x@h", "ftp://h" },
	{ "az://c@account/a", "az://c@account/a" },
	{ "s3://key:secret@b/a", "s3://b/a" },
	{ "http://h/a@b", "http://h/a@b" },
	{ "a\nb\x1b[1m\x7f", "a?b?[1m?" },
};

static void test_show(void **state)
{
	char text[1001];
	const char *shown;

	(void)state;
	for (size_t i = 0; i < sizeof(shows) / sizeof(shows[0]); i++)
		assert_string_equal(url_show(&arena, shows[i].text),
			shows[i].shown);
	memset(text, 'x', 1000);
	text[1000] = '\0';
	shown = url_show(&arena, text);
	assert_int_equal(strlen(shown), 243);
	assert_memory_equal(shown + 160, "...", 3);
}

/* Names are cut at the front, so that the extension stays. */
static void test_long_name(void **state)
{
	struct err err = ERR_INIT;
	char text[320] = "http://h/";
	struct url url;

	(void)state;
	memset(text + 9, 'x', 300);
	memcpy(text + 309, ".nc", 4);
	assert_int_equal(url_parse(&arena, text, &url, &err), 0);
	assert_int_equal(strlen(url.name), URL_NAME_MAX);
	assert_string_equal(url.name + URL_NAME_MAX - 4, "x.nc");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_local),
		cmocka_unit_test(test_remote),
		cmocka_unit_test(test_objects),
		cmocka_unit_test(test_signatures),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_show),
		cmocka_unit_test(test_long_name),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
