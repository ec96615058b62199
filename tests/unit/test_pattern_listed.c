/* SPDX-License-Identifier: Apache-2.0 */
/* Files of a listing: which match, in what order, at which place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/buf.h"
#include "recipe/pattern_listed.h"

static struct arena arena = ARENA_INIT;

/* Up to two dimensions, which take the groups of these numbers (0: none). */
struct listing {
	const char *names[8], *match;
	bool by_match;
	size_t ndims, group[2];
};

static int read(const struct listing *l, struct pattern_listed *out,
	struct err *err)
{
	struct pattern_found *found =
		ARENA_NEW(&arena, struct pattern_found, 8);
	struct pattern_spec spec = { .where = "r.yaml:4",
		.ndims = l->ndims,
		.from = PATTERN_LISTING,
		.found = found };

	spec.listing.url = "http://h/";
	spec.listing.by_match = l->by_match;
	memcpy(spec.listing.group, l->group, sizeof(l->group));
	if (l->match != NULL)
		spec.listing.match = regex_compile(&arena, l->match, err);
	for (; spec.nfound < 8 && l->names[spec.nfound] != NULL; spec.nfound++)
		found[spec.nfound] =
			(struct pattern_found){ arena_printf(&arena,
							"http://h/%s",
							l->names[spec.nfound]),
				l->names[spec.nfound] };
	return pattern_listed_read(&arena, &spec, out, err);
}

/* "0:a.nc 1:b.nc", with two dimensions "0,0:a.nc". */
static const char *brief(const struct pattern_listed *l, size_t ndims)
{
	struct buf out = BUF_INIT;
	const char *text;

	buf_adds(&out, "");
	for (size_t i = 0; i < l->n; i++) {
		buf_addf(&out, "%s%llu", i > 0 ? " " : "",
			(unsigned long long)l->at[i].k[0]);
		if (ndims > 1)
			buf_addf(&out, ",%llu",
				(unsigned long long)l->at[i].k[1]);
		buf_addf(&out, ":%s", l->at[i].name);
	}
	text = arena_strdup(&arena, out.data);
	buf_release(&out);
	return text;
}

static const struct {
	struct listing of;
	const char *want;
} reads[] = {
	/* all, by name */
	{ { { "b.nc", "a.nc" }, NULL, false, 1, { 0 } }, "0:a.nc 1:b.nc" },
	/* those that match */
	{ { { "b.nc", "notes", "a.nc" }, "nc$", false, 1, { 0 } },
		"0:a.nc 1:b.nc" },
	/* by name, though there are groups: text, not numbers */
	{ { { "9", "10" }, "(\\d+)", false, 1, { 0 } }, "0:10 1:9" },
	/* by what they took: numbers, of any length and with zeros, before texts */
	{ { { "9", "10", "x", "011", "" }, "^(\\w*)$", true, 1, { 0 } },
		"0:9 1:10 2:011 3: 4:x" },
	{ { { "20000000000000000000001", "20000000000000000000000" }, "(\\d+)",
		  true, 1, { 0 } },
		"0:20000000000000000000000 1:20000000000000000000001" },
	{ { { "1-2", "1-1", "0-3" }, "(\\d)-(\\d)", true, 1, { 0 } },
		"0:0-3 1:1-1 2:1-2" },
	/* one spelling of a number before the other, and each its own place */
	{ { { "08", "8", "7" }, "(\\d+)", false, 1, { 1 } }, "0:7 1:08 2:8" },
	/* by key: the rank of the text */
	{ { { "t9", "t10", "t100" }, "t(\\d+)", false, 1, { 1 } },
		"0:t9 1:t10 2:t100" },
	/* the last dimension is the fastest */
	{ { { "b2", "a2", "b1", "a10" }, "(.)(\\d+)", false, 2, { 1, 2 } },
		"0,1:a2 0,2:a10 1,0:b1 1,1:b2" },
	{ { { "b2", "a2", "b1" }, "(.)(\\d+)", false, 2, { 2, 1 } },
		"0,1:b1 1,0:a2 1,1:b2" },
	/* a file without the one, which comes first where there are texts */
	{ { { "b", "a1", "b1" }, "(.)(\\d+)?", false, 2, { 1, 2 } },
		"0,0:a1 1,0:b1 1,1:b" },
};

static void files_get_their_places(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(reads) / sizeof(reads[0]); i++) {
		struct pattern_listed l;
		struct err err = ERR_INIT;

		if (read(&reads[i].of, &l, &err) < 0)
			fail_msg("case %zu: %s", i, err.msg);
		if (strcmp(brief(&l, reads[i].of.ndims), reads[i].want) != 0)
			fail_msg("case %zu: %s", i,
				brief(&l, reads[i].of.ndims));
	}
}

/* The order in which a server lists them is none. */
static void order_of_the_list_is_no_matter(void **state)
{
	struct listing of = { { "b2", "a2", "b1", "a10" }, "(.)(\\d+)", false,
		2, { 1, 2 } };

	(void)state;
	for (int turn = 0; turn < 4; turn++) {
		const char *first = of.names[0];
		struct pattern_listed l;
		struct err err = ERR_INIT;

		assert_int_equal(read(&of, &l, &err), 0);
		assert_string_equal(brief(&l, 2),
			"0,1:a2 0,2:a10 1,0:b1 1,1:b2");
		memmove(of.names, of.names + 1, 3 * sizeof(of.names[0]));
		of.names[3] = first;
	}
}

static const struct {
	struct listing of;
	const char *says;
} refusals[] = {
	{ { { "a", "b" }, "x", false, 1, { 0 } },
		"r.yaml:4: 'http://h/' lists 2 files, and none that matches" },
	{ { { NULL }, "x", false, 1, { 0 } }, "lists 0 files" },
	{ { { "a1", "b1" }, "(\\d)", false, 1, { 1 } },
		"r.yaml:4: 'a1' and 'b1' have the same key" },
	{ { { "a1x", "a1y", "b1" }, "(.)(\\d)", false, 2, { 1, 2 } },
		"'a1x' and 'a1y' have the same key" },
	{ { { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!" },
		  "^(a+)+$", false, 1, { 0 } },
		"takes too long" },
};

static void other_listings_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		struct pattern_listed l;
		struct err err = ERR_INIT;

		if (read(&refusals[i].of, &l, &err) == 0)
			fail_msg("case %zu is taken", i);
		assert_int_equal(err.kind, ERR_DATA);
		if (strstr(err.msg, refusals[i].says) == NULL)
			fail_msg("case %zu: %s", i, err.msg);
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
		cmocka_unit_test(files_get_their_places),
		cmocka_unit_test(order_of_the_list_is_no_matter),
		cmocka_unit_test(other_listings_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
