/* SPDX-License-Identifier: Apache-2.0 */
/* What is told of an answer, and that a page cannot say what it likes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "net/http_status.h"

static const struct {
	int status;
	const char *page, *text;
} cases[] = {
	{ 404, "", "404 Not Found: check the pattern" },
	{ 451, "", "451 Unavailable For Legal Reasons" },
	{ 418, "", "status 418 of the server" },
	{ 403, "<Error><Code>SignatureDoesNotMatch</Code><Message>x",
		"403 Forbidden: SignatureDoesNotMatch: check the secret access "
		"key" },
	{ 403, "<Code>Signature</Code>",
		"403 Forbidden: the server wants a login, or does not show "
		"this file" },
	{ 403, "<Code>SignatureDoesNotMatchX</Code>",
		"403 Forbidden: the server wants a login, or does not show "
		"this file" },
	{ 403, "<Code>AuthorizationFailure</Code>",
		"403 Forbidden: AuthorizationFailure: it is not public, and no "
		"signature opens it" },
	{ 409, "<Code>PublicAccessNotPermitted</Code>",
		"status 409 of the server: PublicAccessNotPermitted: the "
		"account shows nothing in public" },
	{ 403, "<Code>InvalidObjectState</Code>",
		"403 Forbidden: InvalidObjectState: it is archived: restore it "
		"first" },
	{ 404, "<Code>NoSuchBucket",
		"404 Not Found: NoSuchBucket: there is no such bucket" },
	{ 404, "<Code>\x1b[31m</Code>", "404 Not Found: check the pattern" },
	{ 418, "<Code>ExpiredToken</Code>",
		"status 418 of the server: ExpiredToken: renew the keys" },
};

static void test_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(http_status_text(cases[i].status,
					    cases[i].page),
			cases[i].text);
}

static void test_kinds(void **state)
{
	static const int heals[] = { 408, 425, 429, 500, 502, 503, 504 };
	static const int leads[] = { 301, 302, 303, 307, 308 };
	unsigned int n = 0, m = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(heals) / sizeof(heals[0]); i++)
		assert_true(http_status_heals(heals[i]));
	for (size_t i = 0; i < sizeof(leads) / sizeof(leads[0]); i++)
		assert_true(http_status_redirects(leads[i]));
	for (int status = 0; status < 1000; status++) {
		n += http_status_heals(status);
		m += http_status_redirects(status);
	}
	assert_int_equal(n, sizeof(heals) / sizeof(heals[0]));
	assert_int_equal(m, sizeof(leads) / sizeof(leads[0]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_kinds),
	};

	return cmocka_run_group_tests_name("http_status", tests, NULL, NULL);
}
