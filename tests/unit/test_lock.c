/* SPDX-License-Identifier: Apache-2.0 */
/* One holder of a file at a time, and none after its end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "net/lock.h"

static void one_holds(void **state)
{
	const uint64_t last = (UINT64_C(1) << 60) - 1;
	char folder[] = "/tmp/pgf-lock-XXXXXX", path[64];
	struct err err = ERR_INIT;
	struct lock *a, *b;

	(void)state;
	assert_non_null(mkdtemp(folder));
	a = lock_open(folder, &err);
	b = lock_open(folder, &err);
	assert_non_null(a);
	assert_non_null(b);
	assert_int_equal(lock_take(a, 7, &err), 1);
	assert_int_equal(lock_take(b, 7, &err), 0);
	assert_int_equal(lock_take(a, 7, &err), 0);
	assert_int_equal(lock_take(a, 7 + 1024, &err), 1);
	assert_int_equal(lock_take(b, 7 + 1024, &err), 0);
	lock_drop(b, 7);
	assert_int_equal(lock_take(b, 7, &err), 0);
	assert_int_equal(lock_take(b, last, &err), 1);
	assert_int_equal(lock_take(a, last, &err), 0);
	lock_drop(a, 7);
	assert_int_equal(lock_take(b, 7, &err), 1);
	assert_null(lock_open_alone(folder, &err));
	assert_int_equal(err.kind, ERR_TEMP);
	lock_close(b);
	assert_int_equal(lock_take(a, 7, &err), 1);
	assert_int_equal(lock_take(a, last, &err), 1);
	lock_close(a);
	a = lock_open_alone(folder, &err);
	assert_non_null(a);
	assert_null(lock_open_alone(folder, &err));
	lock_close(a);
	snprintf(path, sizeof(path), "%s/lock", folder);
	unlink(path);
	rmdir(folder);
}

static void no_folder_no_lock(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	assert_null(lock_open("/nonexistent", &err));
	assert_string_equal(err.msg,
		"cannot open '/nonexistent/lock': No such file or directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_holds),
		cmocka_unit_test(no_folder_no_lock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
