/* SPDX-License-Identifier: Apache-2.0 */
/* The sum of receipts: by mode, once a region, the largest peak. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "archive.h"
#include "store/tally.h"

static struct arena arena = ARENA_INIT;

static void receipts_are_added_up(void **state)
{
	static const struct {
		const char *receipts, *want;
	} cases[] = {
		{ "[]",
			"{'modes':{},'bytes_in':0,'bytes_out':0,"
			"'seconds':0.0,'peak':0}" },
		{ "[{'region':'a','objects':[1,2],'mode':'decode',"
		  "'bytes_in':5,'bytes_out':7,'seconds':0.5,'rss':100},"
		  "{'region':'b','objects':[3],'mode':'copy','bytes_in':1,"
		  "'bytes_out':2,'seconds':0.25,'rss':300},"
		  "{'region':'c','objects':[4],'mode':'decode','bytes_in':10,"
		  "'bytes_out':20,'seconds':1.0,'rss':200}]",
			"{'modes':{'decode':3,'copy':1},'bytes_in':16,"
			"'bytes_out':29,'seconds':1.75,'peak':300}" },
		/* the last of a region; members that are not there */
		{ "[{'region':'a','objects':[1,2],'bytes_in':5,'rss':9},"
		  "{'region':'b','objects':[]},"
		  "{'region':'a','objects':[1,2],'bytes_in':6}]",
			"{'modes':{'decode':2},'bytes_in':6,'bytes_out':0,"
			"'seconds':0.0,'peak':0}" },
		/* more than can be counted */
		{ "[{'region':'a','bytes_in':'18446744073709551615'},"
		  "{'region':'b','bytes_in':'18446744073709551615'}]",
			"{'modes':{'decode':0},"
			"'bytes_in':'18446744073709551615','bytes_out':0,"
			"'seconds':0.0,'peak':0}" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct tally *t = tally_open(&arena);
		struct js *list = archive_parse(&arena, cases[i].receipts);
		struct js *want = archive_parse(&arena, cases[i].want), *got;

		for (size_t k = 0; k < js_count(list); k++)
			tally_add(t, js_at(list, k));
		got = tally_sum(t);
		if (!str_eq(archive_text(&arena, got),
			    archive_text(&arena, want)))
			fail_msg("case %zu: %s", i, archive_text(&arena, got));
	}
}

static int teardown(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(receipts_are_added_up),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
