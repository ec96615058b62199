/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures as the documentation of S3 and botocore 1.x make them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "net/sigv4.h"

static struct arena arena;

static int release(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

/* The header of that name among those to send. */
static const char *find(const char *const *headers, const char *name)
{
	for (; *headers != NULL; headers++)
		if (strncmp(*headers, name, strlen(name)) == 0)
			return *headers + strlen(name);
	return NULL;
}

static const struct sigv4_key doc = { "AKIAIOSFODNN7EXAMPLE",
	"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", NULL, "us-east-1" };
static const struct sigv4_key plain = { "AKID", "sec/ret+", NULL,
	"eu-central-1" };
static const struct sigv4_key slashed = { "AKID", "sec/ret+",
	"to/ken==", "eu-central-1" };
static const struct sigv4_key lent = { "AKID", "sec/ret+", "tok",
	"eu-central-1" };

#define HOST "https://b.s3.eu-central-1.amazonaws.com"
#define EXAMPLE "https://examplebucket.s3.amazonaws.com"

static const char *const payer[] = { "Accept: x",
	"X-Amz-Request-Payer:  requester ", NULL };

static const struct {
	const struct sigv4_key *key;
	struct sigv4_request request;
	const char *names, *signature;
} cases[] = {
	/* "Signature Calculations for the Authorization Header: Examples" */
	{ &doc, { "GET", EXAMPLE "/?max-keys=2&prefix=J", NULL, 1369353600 },
		"host;x-amz-content-sha256;x-amz-date",
		"34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6"
		"f7" },
	{ &plain,
		{ "GET", "http://127.0.0.1:9000/b/d%3D1/e%20f%2B.nc", NULL,
			1704164645 },
		"host;x-amz-content-sha256;x-amz-date",
		"3af9e858727ee003f19fe449d47922274f160fd3e771de9cfd1634ce84b7a9"
		"cf" },
	{ &slashed, { "HEAD", HOST "/a.nc", NULL, 1704164645 },
		"host;x-amz-content-sha256;x-amz-date;x-amz-security-token",
		"b2647e20eef6e5f2997ea16858fb969246eb3e824b7017e528a5d2d8106644"
		"87" },
	{ &plain,
		{ "GET",
			HOST "/?prefix=a%2Fb&list-type=2&"
			     "continuation-token=x%3D",
			NULL, 1704164645 },
		"host;x-amz-content-sha256;x-amz-date",
		"f57c219616dfd796173e9f4aab94cd1785db473fbcfc897492935f4eaab746"
		"1d" },
	{ &lent, { "GET", HOST ":443/a.nc", payer, 1704164645 },
		"host;x-amz-content-sha256;x-amz-date;x-amz-request-payer;"
		"x-amz-security-token",
		"22bf33e83b6c4802d6f039044397be2832934157c279dc4cee8d51c75bfa95"
		"99" },
};

static void test_signatures(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct sigv4_key *key = cases[i].key;
		const char *const *headers =
			sigv4_sign(&arena, key, &cases[i].request);
		const char *line = find(headers, "Authorization: ");
		const char *day = cases[i].request.time < 1700000000 ?
			"20130524" :
			"20240102";

		assert_string_equal(line,
			arena_printf(&arena,
				"AWS4-HMAC-SHA256 Credential=%s/%s/%s/s3/"
				"aws4_request, SignedHeaders=%s, Signature=%s",
				key->id, day, key->region, cases[i].names,
				cases[i].signature));
		assert_true((find(headers, "x-amz-security-token: ") != NULL) ==
			(key->token != NULL));
		for (; *headers != NULL; headers++)
			assert_null(strstr(*headers, key->secret));
	}
}

/* A name that another one starts with comes first, whatever follows it. */
static void test_order_of_members(void **state)
{
	const struct sigv4_request one = { "GET", HOST "/?key-x=1&key=2", NULL,
		1 };
	const struct sigv4_request two = { "GET", HOST "/?key=2&key-x=1", NULL,
		1 };

	(void)state;
	assert_string_equal(find(sigv4_sign(&arena, &plain, &one),
				    "Authorization: "),
		find(sigv4_sign(&arena, &plain, &two), "Authorization: "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signatures),
		cmocka_unit_test(test_order_of_members),
	};

	return cmocka_run_group_tests_name("sigv4", tests, NULL, release);
}
