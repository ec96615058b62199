/* SPDX-License-Identifier: Apache-2.0 */
/* Every item once, the first failure, and as many hands as there are jobs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/crew.h"

enum { ITEMS = 2000 };

struct seen {
	struct crew *crew;
	atomic_uint times[ITEMS];
	atomic_bool busy[CREW_MOST]; /* a number is one hand's at a time */
	size_t bad[2];               /* items that fail */
	unsigned locked, most;       /* under the lock; highest hand + 1 */
	unsigned together;           /* hands that wait for each other */
	atomic_uint there;
};

static void note(struct seen *s, unsigned hand)
{
	if (s->crew != NULL)
		crew_lock(s->crew);
	s->locked++;
	if (hand >= s->most)
		s->most = hand + 1;
	if (s->crew != NULL)
		crew_unlock(s->crew);
}

static int one(void *state, unsigned hand, size_t i, struct err *err)
{
	struct seen *s = state;
	int r = 0;

	if (atomic_exchange(&s->busy[hand], true))
		return err_set(err, ERR_FAIL, "two hands are number %u", hand);
	atomic_fetch_add(&s->times[i], 1);
	note(s, hand);
	if (i < s->together) {
		atomic_fetch_add(&s->there, 1);
		while (atomic_load(&s->there) < s->together)
			continue;
	}
	if (i == s->bad[0] || i == s->bad[1])
		r = err_set(err, ERR_DATA, "item %zu", i);
	atomic_store(&s->busy[hand], false);
	return r;
}

static struct seen *new_seen(struct crew *c)
{
	struct seen *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	s->crew = c;
	s->bad[0] = s->bad[1] = SIZE_MAX;
	return s;
}

static int run(struct seen *s, unsigned hands, struct err *err)
{
	const struct crew_work w = { ITEMS, hands, one, s };

	return crew_run(s->crew, &w, err);
}

static void does_each_item_once(void **state)
{
	static const unsigned most[] = { 0, 1, 2, 5, CREW_MOST };

	(void)state;
	for (size_t k = 0; k < sizeof(most) / sizeof(*most); k++) {
		struct crew *c = k == 0 ? NULL : crew_open(most[k], NULL);
		struct seen *s = new_seen(c);
		struct err err = ERR_INIT;

		assert_int_equal(run(s, CREW_MOST, &err), 0);
		for (size_t i = 0; i < ITEMS; i++)
			assert_int_equal(atomic_load(&s->times[i]), 1);
		assert_int_equal(s->locked, ITEMS);
		assert_true(s->most <= (k == 0 ? 1 : most[k]));
		crew_close(c);
		free(s);
	}
}

/* They would wait for ever if they were fewer. */
static void there_are_as_many_hands_as_may_be(void **state)
{
	struct crew *c = crew_open(3, NULL);
	struct seen *s = new_seen(c);
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(crew_most(c), 3);
	s->together = 3;
	assert_int_equal(run(s, CREW_MOST, &err), 0);
	assert_int_equal(s->most, 3);
	crew_close(c);
	free(s);
}

static void without_a_word_there_is_one(void **state)
{
	struct crew *c = crew_open(0, "-j8 --jobserver-auth=98,99");

	(void)state;
	assert_int_equal(crew_most(c), 1);
	crew_close(c);
	c = crew_open(1000, NULL);
	assert_int_equal(crew_most(c), CREW_MOST);
	crew_close(c);
}

static void tells_the_first_failure_and_begins_nothing_after_it(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 20; round++) {
		struct crew *c = crew_open(1 + round % 4, NULL);
		struct seen *s = new_seen(c);
		struct err err = ERR_INIT;
		size_t begun = 0;

		s->bad[0] = 701;
		s->bad[1] = 700;
		assert_int_equal(run(s, CREW_MOST, &err), -1);
		assert_int_equal(err.kind, ERR_DATA);
		assert_string_equal(err.msg, "item 700");
		for (size_t i = 0; i < ITEMS; i++)
			begun += atomic_load(&s->times[i]);
		assert_true(begun >= 701 && begun <= 701 + CREW_MOST);
		crew_close(c);
		free(s);
	}
}

static unsigned count_bytes(int fd)
{
	char all[100];
	ssize_t n = read(fd, all, sizeof(all));

	return n > 0 ? (unsigned)n : 0;
}

static void takes_a_job_for_each_hand_and_gives_it_back(void **state)
{
	for (unsigned jobs = 0; jobs < 4; jobs++) {
		struct seen *s;
		struct err err = ERR_INIT;
		char flags[100];
		int fd[2];

		(void)state;
		assert_int_equal(pipe(fd), 0);
		assert_int_equal(fcntl(fd[0], F_SETFL, O_NONBLOCK), 0);
		assert_int_equal(write(fd[1], "+*-", jobs), jobs);
		snprintf(flags, sizeof(flags), "-j4 --jobserver-auth=%d,%d",
			fd[0], fd[1]);
		s = new_seen(crew_open(3, flags));
		s->together = jobs < 2 ? jobs + 1 : 3;
		s->bad[0] = jobs == 2 ? 1000 : SIZE_MAX;
		assert_int_equal(run(s, CREW_MOST, &err), jobs == 2 ? -1 : 0);
		assert_int_equal(s->most, s->together);
		crew_close(s->crew);
		assert_int_equal(count_bytes(fd[0]), jobs);
		close(fd[0]);
		close(fd[1]);
		free(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(does_each_item_once),
		cmocka_unit_test(there_are_as_many_hands_as_may_be),
		cmocka_unit_test(without_a_word_there_is_one),
		cmocka_unit_test(
			tells_the_first_failure_and_begins_nothing_after_it),
		cmocka_unit_test(takes_a_job_for_each_hand_and_gives_it_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
