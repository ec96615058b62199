/* SPDX-License-Identifier: Apache-2.0 */
/* Servers by name, and the order of those that wait at one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "net/host.h"

/* The queue is a, b, ... as the names of turns, of which t is the first. */
static void check_queue(const struct host *h, const struct turn *t,
	const char *names)
{
	const struct turn *at = h->first;
	unsigned int n = 0;

	for (; *names != '\0'; names++, n++) {
		assert_non_null(at);
		assert_int_equal(at - t, *names - 'a');
		at = at->next;
	}
	assert_null(at);
	assert_null(*h->last);
	assert_int_equal(h->waiting, n);
}

static void each_origin_has_one(void **state)
{
	struct host *list = NULL, *a, *b;
	char name[] = "http://b";

	(void)state;
	a = host_find(&list, "http://a");
	b = host_find(&list, name);
	name[7] = 'c'; /* it was copied */
	assert_ptr_not_equal(a, b);
	assert_ptr_equal(host_find(&list, "http://a"), a);
	assert_ptr_equal(host_find(&list, "http://b"), b);
	assert_string_equal(b->origin, "http://b");
	assert_ptr_not_equal(host_find(&list, "https://a"), a);
	assert_int_equal(a->rate.per_second, 0);
	hosts_release(&list);
	assert_null(list);
}

static void turns_come_in_their_order(void **state)
{
	struct host *list = NULL, *h = host_find(&list, "http://a");
	struct turn t[3] = { { .due = 0 } };

	(void)state;
	check_queue(h, t, "");
	for (int i = 0; i < 3; i++)
		host_append(h, &t[i]);
	check_queue(h, t, "abc");
	assert_ptr_equal(host_take(h, &h->first), &t[0]);
	check_queue(h, t, "bc");
	host_append(h, &t[0]);
	check_queue(h, t, "bca");
	hosts_release(&list);
}

static void the_end_is_known_whoever_goes(void **state)
{
	struct host *list = NULL, *h = host_find(&list, "http://a");
	struct turn t[4] = { { .due = 0 } };

	(void)state;
	for (int i = 0; i < 3; i++)
		host_append(h, &t[i]);
	assert_ptr_equal(host_take(h, &t[0].next), &t[1]);
	check_queue(h, t, "ac");
	assert_ptr_equal(host_take(h, &t[0].next), &t[2]);
	check_queue(h, t, "a");
	host_append(h, &t[3]);
	check_queue(h, t, "ad");
	assert_ptr_equal(host_take(h, &h->first), &t[0]);
	assert_ptr_equal(host_take(h, &h->first), &t[3]);
	check_queue(h, t, "");
	host_append(h, &t[2]);
	check_queue(h, t, "c");
	hosts_release(&list);
}

/* One for whom there is no room goes back to where it was. */
static void one_can_be_put_back(void **state)
{
	struct host *list = NULL, *h = host_find(&list, "http://a");
	struct turn t[4] = { { .due = 0 } }, *out;

	(void)state;
	for (int i = 0; i < 3; i++)
		host_append(h, &t[i]);
	out = host_take(h, &t[0].next);
	host_put(h, &t[0].next, out);
	check_queue(h, t, "abc");
	out = host_take(h, &t[1].next);
	host_put(h, &t[1].next, out);
	check_queue(h, t, "abc");
	host_append(h, &t[3]);
	check_queue(h, t, "abcd");
	hosts_release(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_origin_has_one),
		cmocka_unit_test(turns_come_in_their_order),
		cmocka_unit_test(the_end_is_known_whoever_goes),
		cmocka_unit_test(one_can_be_put_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
