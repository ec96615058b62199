/* SPDX-License-Identifier: Apache-2.0 */
/* Whose keys are taken, and where a bucket is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"
#include "net/profile.h"
#include "net/s3.h"

static struct arena arena;
static char folder[] = "/tmp/pgf-s3-XXXXXX";

static const char credentials[] = "# [comment]\n"
				  "[default]\r\n"
				  "aws_access_key_id = DEFAULT\r\n"
				  "aws_secret_access_key=default/secret+=\r\n"
				  "[ lab ]\n"
				  "aws_access_key_id=LAB\n"
				  "aws_secret_access_key = old\n"
				  "aws_secret_access_key = lab\n"
				  "aws_session_token = labtoken\n"
				  "[half]\n"
				  "aws_access_key_id = HALF\n"
				  ";aws_secret_access_key = comment\n";

static const char config[] = "[default]\n"
			     "region = eu-west-1\n"
			     "[profile lab]\n"
			     "region = us-west-2\n"
			     "endpoint_url = https://s3.lab.example/base/\n"
			     "s3 =\n"
			     "  region = nested\n"
			     "[profile role]\n"
			     "role_arn = arn\n"
			     "[profile inline]\n"
			     "aws_access_key_id = INLINE\n"
			     "aws_secret_access_key = inline\n"
			     "[lab]\n"
			     "region = wrong\n";

static const char *const variables[] = { "AWS_ACCESS_KEY_ID",
	"AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION",
	"AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3",
	"AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", NULL };

static void put(const char *name, const char *text)
{
	struct err err = ERR_INIT;
	const char *path = arena_printf(&arena, "%s/.aws/%s", folder, name);

	assert_int_equal(io_make_parent(path, &err), 0);
	assert_int_equal(io_replace(path, text, strlen(text), &err), 0);
}

static int prepare(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	put("credentials", credentials);
	put("config", config);
	return setenv("HOME", folder, 1);
}

static int release(void **state)
{
	(void)state;
	unlink(arena_printf(&arena, "%s/.aws/credentials", folder));
	unlink(arena_printf(&arena, "%s/.aws/config", folder));
	rmdir(arena_printf(&arena, "%s/.aws", folder));
	rmdir(folder);
	arena_release(&arena);
	return 0;
}

/* Set the variables of a list of names and values, and no others. */
static void set(const char *const *list)
{
	for (const char *const *v = variables; *v != NULL; v++)
		unsetenv(*v);
	for (; list != NULL && *list != NULL; list += 2)
		setenv(list[0], list[1], 1);
}

#define ENV(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define KEYS "AWS_ACCESS_KEY_ID", "ENV", "AWS_SECRET_ACCESS_KEY", "env"

static const struct {
	const char *const *env;
	struct s3_options options;
	const char *id, *secret, *token, *region, *endpoint;
} found[] = {
	{ NULL, { NULL, NULL, false }, "DEFAULT", "default/secret+=", NULL,
		"eu-west-1", NULL },
	{ NULL, { NULL, NULL, true }, NULL, NULL, NULL, "eu-west-1", NULL },
	{ ENV(KEYS, "AWS_PROFILE", "lab"), { NULL, NULL, false }, "ENV", "env",
		NULL, "us-west-2", "https://s3.lab.example/base" },
	{ ENV(KEYS, "AWS_SESSION_TOKEN", "t", "AWS_DEFAULT_REGION", "b"),
		{ NULL, NULL, false }, "ENV", "env", "t", "b", NULL },
	{ ENV("AWS_PROFILE", "lab", "AWS_REGION", "a", "AWS_DEFAULT_REGION",
		  "b"),
		{ NULL, NULL, false }, "LAB", "lab", "labtoken", "a",
		"https://s3.lab.example/base" },
	{ ENV("AWS_PROFILE", "inline", "AWS_ENDPOINT_URL", "http://h:1"),
		{ NULL, "c-1", false }, "INLINE", "inline", NULL, "c-1",
		"http://h:1" },
	{ ENV("AWS_ENDPOINT_URL", "http://h", "AWS_ENDPOINT_URL_S3",
		  "http://i"),
		{ NULL, NULL, true }, NULL, NULL, NULL, "eu-west-1",
		"http://i" },
	{ ENV("AWS_ENDPOINT_URL", "http://h"), { "http://o//", NULL, true },
		NULL, NULL, NULL, "eu-west-1", "http://o" },
	{ ENV("AWS_CONFIG_FILE", "/dev/null", "AWS_SHARED_CREDENTIALS_FILE",
		  "/none"),
		{ NULL, NULL, false }, NULL, NULL, NULL, "us-east-1", NULL },
};

static void assert_same(const char *a, const char *b)
{
	if (b == NULL)
		assert_null(a);
	else
		assert_string_equal(a, b);
}

static void test_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++) {
		struct err err = ERR_INIT;
		struct s3 s3;

		set(found[i].env);
		assert_int_equal(s3_find(&arena, &found[i].options, &s3, &err),
			0);
		assert_same(s3.key.id, found[i].id);
		assert_same(s3.key.secret, found[i].secret);
		assert_same(s3.key.token, found[i].token);
		assert_same(s3.key.region, found[i].region);
		assert_same(s3.endpoint, found[i].endpoint);
	}
}

static const struct {
	const char *const *env;
	const char *error;
} refused[] = {
	{ ENV("AWS_ACCESS_KEY_ID", "hidden"),
		"the environment has an access key id, but not the secret" },
	{ ENV("AWS_SECRET_ACCESS_KEY", "hidden"),
		"the environment has a secret access key, but not" },
	{ ENV("AWS_PROFILE", "half"), "the profile 'half' has an access key" },
	{ ENV("AWS_PROFILE", "role"), "the profile 'role' has no keys" },
	{ ENV("AWS_PROFILE", "none"), "AWS_PROFILE names 'none'" },
	{ ENV("AWS_REGION", "a.example/"), "a region is letters" },
	{ ENV("AWS_ENDPOINT_URL", "ftp://h"), "must be http://HOST" },
	{ ENV("AWS_ENDPOINT_URL", "https://u:hidden@h"),
		"must be http://HOST" },
};

static void test_refused(void **state)
{
	const struct s3_options none = { NULL, NULL, false };

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct err err = ERR_INIT;
		struct s3 s3;

		set(refused[i].env);
		assert_int_equal(s3_find(&arena, &none, &s3, &err), -1);
		assert_int_equal(err.kind, ERR_DATA);
		assert_non_null(strstr(err.msg, refused[i].error));
		assert_null(strstr(err.msg, "hidden"));
	}
}

static void test_urls(void **state)
{
	struct s3 s3 = { .key.region = "us-east-1" };

	(void)state;
	assert_string_equal(s3_url(&arena, &s3, "buck-et", "/a%20b"),
		"https://buck-et.s3.amazonaws.com/a%20b");
	assert_string_equal(s3_url(&arena, &s3, "b.c", "/a"),
		"https://s3.us-east-1.amazonaws.com/b.c/a");
	s3 = (struct s3){ .key.region = "cn-north-1", .region_known = true };
	assert_string_equal(s3_url(&arena, &s3, "bucket", "/a"),
		"https://bucket.s3.cn-north-1.amazonaws.com.cn/a");
	s3.endpoint = "http://h:1/x";
	assert_string_equal(s3_url(&arena, &s3, "bucket", "/a"),
		"http://h:1/x/bucket/a");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_urls),
	};

	return cmocka_run_group_tests_name("s3", tests, prepare, release);
}
