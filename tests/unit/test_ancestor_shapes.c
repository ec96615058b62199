/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of pangeo-forge-recipes say of patterns, chunk grids, rechunking
 * and combining, as far as it is about shapes; and the same by brute force.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "archive.h"
#include "plan/plan_place.h"
#include "planning.h"

static struct arena arena = ARENA_INIT;

/* Offsets and positions along one dimension (its test_patterns.py and
 * test_chunk_grid.py). */
static const struct {
	const char *lengths; /* [[count,length],..] */
	uint64_t n, offsets[6], positions[12];
	int total;
} axes[] = {
	{ "[[2,2],[1,3],[2,2]]", 5, { 0, 2, 4, 7, 9 },
		{ 0, 0, 1, 1, 2, 2, 2, 3, 3, 4, 4 }, 11 },
	{ "[[1,2],[1,4],[1,3]]", 3, { 0, 2, 6 }, { 0, 0, 1, 1, 1, 1, 2, 2, 2 },
		9 },
	{ "[[1,0],[1,2],[2,0],[1,1],[1,0]]", 6, { 0, 0, 2, 2, 2, 3 },
		{ 1, 1, 4 }, 3 },
	{ "[[5,1]]", 5, { 0, 1, 2, 3, 4 }, { 0, 1, 2, 3, 4 }, 5 },
	/* behind what is there already, 5 and 500 long */
	{ "[[1,5],[2,2],[1,3],[2,2]]", 6, { 0, 5, 7, 9, 12, 14 },
		{ 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 3 }, 12 },
	{ "[[1,500],[2,2],[1,3],[2,2]]", 6, { 0, 500, 502, 504, 507, 509 },
		{ 0 }, 1 },
};

static void files_have_offsets_and_elements_have_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(axes) / sizeof(axes[0]); i++) {
		struct err err = ERR_INIT;
		struct plan_axis *x;
		struct layout l;

		assert_int_equal(
			layout_from_json(&arena,
				archive_parse(&arena,
					arena_printf(&arena,
						"{'concat':{'t':%s},'dims':{},"
						"'attrs':{},'attr_dtypes':{},"
						"'vars':{}}",
						axes[i].lengths)),
				&l, &err),
			0);
		x = plan_axes(&arena, &l);
		assert_int_equal(l.concat[0].nfiles, axes[i].n);
		for (uint64_t k = 0; k < axes[i].n; k++)
			assert_int_equal(plan_axis_span(x, k).offset,
				axes[i].offsets[k]);
		for (int k = 0; k < axes[i].total; k++)
			assert_int_equal(plan_axis_position(x, (uint64_t)k),
				axes[i].positions[k]);
	}
}

/* One file of every length along t and y; cells so large that each chunk is a
 * region of its own (its test_rechunking.py). */
enum { MAX_FILES = 10, CELL = 1 << 22 };

struct side {
	unsigned n, lengths[MAX_FILES], chunk;
};

static const struct {
	struct side t, y;
} grids[] = {
	{ { 1, { 10 }, 1 }, { 1, { 1 }, 1 } },
	{ { 1, { 10 }, 3 }, { 1, { 1 }, 1 } },
	{ { 1, { 10 }, 5 }, { 1, { 1 }, 1 } },
	{ { 1, { 10 }, 10 }, { 1, { 1 }, 1 } },
	{ { 1, { 10 }, 11 }, { 1, { 1 }, 1 } },
	/* ten of twenty, at 0 and at 5 */
	{ { 2, { 10, 10 }, 1 }, { 1, { 1 }, 1 } },
	{ { 2, { 10, 10 }, 3 }, { 1, { 1 }, 1 } },
	{ { 2, { 10, 10 }, 5 }, { 1, { 1 }, 1 } },
	{ { 2, { 10, 10 }, 10 }, { 1, { 1 }, 1 } },
	{ { 2, { 10, 10 }, 11 }, { 1, { 1 }, 1 } },
	{ { 3, { 5, 10, 5 }, 1 }, { 1, { 1 }, 1 } },
	{ { 3, { 5, 10, 5 }, 3 }, { 1, { 1 }, 1 } },
	{ { 3, { 5, 10, 5 }, 5 }, { 1, { 1 }, 1 } },
	{ { 3, { 5, 10, 5 }, 10 }, { 1, { 1 }, 1 } },
	{ { 3, { 5, 10, 5 }, 11 }, { 1, { 1 }, 1 } },
	/* two steps of 18 in chunks of 1 by 9: four keys */
	{ { 1, { 2 }, 1 }, { 1, { 18 }, 9 } },
	/* 100 in files of 15 and chunks of 10, in files of 10 and one chunk */
	{ { 7, { 15, 15, 15, 15, 15, 15, 10 }, 10 }, { 1, { 1 }, 1 } },
	{ { 10, { 10, 10, 10, 10, 10, 10, 10, 10, 10, 10 }, 100 },
		{ 1, { 1 }, 1 } },
	{ { 3, { 5, 4, 6 }, 4 }, { 1, { 1 }, 1 } },
	{ { 3, { 2, 4, 3 }, 4 }, { 2, { 7, 8 }, 5 } },
	{ { 5, { 2, 4, 3, 4, 2 }, 2 }, { 1, { 1 }, 1 } },
	{ { 5, { 2, 4, 3, 4, 2 }, 3 }, { 1, { 1 }, 1 } },
	{ { 5, { 2, 4, 3, 4, 2 }, 5 }, { 1, { 1 }, 1 } },
	{ { 3, { 31, 28, 31 }, 31 }, { 1, { 1 }, 1 } },
	{ { 3, { 31, 28, 31 }, 7 }, { 1, { 1 }, 1 } },
	{ { 3, { 31, 28, 31 }, 60 }, { 1, { 1 }, 1 } },
	/* 2 + 3 + 4 by 3 + 1 + 2 in chunks of 4 x 4 */
	{ { 3, { 2, 3, 4 }, 4 }, { 3, { 3, 1, 2 }, 4 } },
	{ { 3, { 2, 3, 4 }, 1 }, { 3, { 3, 1, 2 }, 2 } },
	{ { 3, { 2, 3, 4 }, 2 }, { 3, { 3, 1, 2 }, 1 } },
	{ { 3, { 2, 3, 4 }, 9 }, { 3, { 3, 1, 2 }, 6 } },
	/* 10 by 18 cut by 1, 2, 3, 5, 10 and 8, 9, 17, 18 */
	{ { 10, { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 }, 4 }, { 3, { 8, 8, 2 }, 5 } },
	{ { 10, { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 }, 4 }, { 2, { 9, 9 }, 5 } },
	{ { 10, { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 }, 4 }, { 2, { 17, 1 }, 5 } },
	{ { 10, { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 }, 4 }, { 1, { 18 }, 5 } },
	{ { 5, { 2, 2, 2, 2, 2 }, 4 }, { 3, { 8, 8, 2 }, 5 } },
	{ { 5, { 2, 2, 2, 2, 2 }, 4 }, { 2, { 9, 9 }, 5 } },
	{ { 5, { 2, 2, 2, 2, 2 }, 4 }, { 2, { 17, 1 }, 5 } },
	{ { 5, { 2, 2, 2, 2, 2 }, 4 }, { 1, { 18 }, 5 } },
	{ { 4, { 3, 3, 3, 1 }, 4 }, { 3, { 8, 8, 2 }, 5 } },
	{ { 4, { 3, 3, 3, 1 }, 4 }, { 2, { 9, 9 }, 5 } },
	{ { 4, { 3, 3, 3, 1 }, 4 }, { 2, { 17, 1 }, 5 } },
	{ { 4, { 3, 3, 3, 1 }, 4 }, { 1, { 18 }, 5 } },
	{ { 2, { 5, 5 }, 4 }, { 3, { 8, 8, 2 }, 5 } },
	{ { 2, { 5, 5 }, 4 }, { 2, { 9, 9 }, 5 } },
	{ { 2, { 5, 5 }, 4 }, { 2, { 17, 1 }, 5 } },
	{ { 2, { 5, 5 }, 4 }, { 1, { 18 }, 5 } },
	{ { 1, { 10 }, 4 }, { 3, { 8, 8, 2 }, 5 } },
	{ { 1, { 10 }, 4 }, { 2, { 9, 9 }, 5 } },
	{ { 1, { 10 }, 4 }, { 2, { 17, 1 }, 5 } },
	{ { 1, { 10 }, 4 }, { 1, { 18 }, 5 } },
	{ { 5, { 0, 2, 0, 3, 0 }, 2 }, { 3, { 1, 0, 2 }, 2 } },
	{ { 2, { 1, 1 }, 5 }, { 2, { 7, 1 }, 3 } },
};

static const char *tile(const struct side *t, const struct side *y, unsigned i,
	unsigned j)
{
	return arena_printf(&arena,
		"{'key':{'concat':{'t':%u,'y':%u}},'url':'%u-%u','dims':{'t':"
		"%u,'y':%u,'x':%d},'vars':{'v':{'dims':['t','y','x'],'dtype':"
		"'int8'}}}",
		i, j, i, j, t->lengths[i], y->lengths[j], CELL);
}

/* True if file i of a side has elements in [low, low + size); its offset. */
static bool meets(const struct side *s, unsigned i, uint64_t low, uint64_t size,
	uint64_t *offset)
{
	*offset = 0;
	for (unsigned k = 0; k < i; k++)
		*offset += s->lengths[k];
	return s->lengths[i] > 0 &&
		*offset<low + size && * offset + s->lengths[i]> low;
}

static uint64_t number(const struct js *rec, const char *a, const char *b,
	const char *c)
{
	uint64_t n = 0;

	assert_true(js_u64(js_path(rec, a, b, c, NULL), &n));
	return n;
}

/* The pieces of a region as they must be, "0-1{'t':0,'y':3}..". */
static const char *expected(const struct side *t, const struct side *y,
	const struct js *r)
{
	const char *text = "";
	uint64_t at, ay;

	for (unsigned i = 0; i < t->n; i++)
		for (unsigned j = 0; j < y->n; j++)
			if (meets(t, i, number(r, "key", "offset", "t"),
				    number(r, "size", "t", NULL), &at) &&
				meets(y, j, number(r, "key", "offset", "y"),
					number(r, "size", "y", NULL), &ay))
				text = arena_printf(&arena,
					"%s%u-%u{'t':%u,'y':%u}", text, i, j,
					(unsigned)at, (unsigned)ay);
	return text;
}

static unsigned sum(const struct side *s)
{
	unsigned n = 0;

	for (unsigned i = 0; i < s->n; i++)
		n += s->lengths[i];
	return n;
}

static void check_grid(const struct side *t, const struct side *y,
	const struct js *regions)
{
	uint64_t cells = 0;

	for (size_t i = 0; i < js_count(regions); i++) {
		const struct js *r = js_at(regions, i);
		const struct js *from = js_get(r, "from");
		const char *have = "";

		assert_int_equal(number(r, "key", "offset", "t") % t->chunk, 0);
		assert_int_equal(number(r, "key", "offset", "y") % y->chunk, 0);
		cells += number(r, "size", "t", NULL) *
			number(r, "size", "y", NULL);
		for (size_t k = 0; k < js_count(from); k++)
			have = arena_printf(&arena, "%s%s%s", have,
				js_get_text(js_at(from, k), "url"),
				archive_text(&arena,
					js_get(js_at(from, k), "offset")));
		assert_string_equal(have, expected(t, y, r));
	}
	assert_int_equal(cells, sum(t) * sum(y));
}

static void every_chunk_draws_on_the_files_that_meet_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(grids) / sizeof(grids[0]); i++) {
		const struct side *t = &grids[i].t, *y = &grids[i].y;
		const char *files[MAX_FILES * MAX_FILES + 1] = { NULL };
		struct err err = ERR_INIT;
		struct planned p;
		unsigned n = 0;

		for (unsigned k = t->n * y->n; k-- > 0;)
			files[n++] = tile(t, y, k / y->n, k % y->n);
		if (plan_files(&arena, files,
			    arena_printf(&arena, "{'t':%u,'y':%u,'x':-1}",
				    t->chunk, y->chunk),
			    &p, &err) < 0)
			fail_msg("case %zu: %s", i, err.msg);
		check_grid(t, y, p.regions);
		arena_reset(&arena);
	}
}

#define FOO "'foo':{'dims':['time','lon'],'dtype':'float64'}"
#define NAMED(name)                                             \
	"'bar':{'dims':['time','lon'],'dtype':'int64','attrs':" \
	"{'long_name':'" name "','kept':'yes'}}"
#define AT(n, nt, lon, attrs, vars)                                \
	"{'key':{'concat':{'time':" #n "}},'url':'u" #n #nt        \
	"','dims':{'time':" #nt ",'lon':" #lon "},'attrs':{" attrs \
	"},'vars':{" vars "}}"
#define ALONG(n, lon, nt)                                                      \
	"{'key':{'concat':{'lon':" #n "}},'url':'l" #n "','dims':{'time':" #nt \
	",'lon':" #lon "},'vars':{" FOO "}}"
#define MERGED(n, m, nt, vars)                                     \
	"{'key':{'concat':{'time':" #n "},'merge':{'variable':'" m \
	"'}},'url':"                                               \
	"'" m #n "','dims':{'time':" #nt ",'lon':36},'vars':{" vars "}}"
#define BAR "'bar':{'dims':['time','lon'],'dtype':'int64'}"

/* Its test_combiners.py; path leads into the layout. */
static const struct {
	const char *files[8], *path[3], *want;
} unions[] = {
	{ { AT(0, 3, 36, "'conventions':'CF 1.6'", FOO),
		  AT(1, 3, 36, "'conventions':'CF 1.6'", FOO),
		  AT(2, 4, 36, "'conventions':'other'", FOO) },
		{ "concat" }, "{'time':[[2,3],[1,4]]}" },
	{ { AT(0, 3, 36, "'conventions':'CF 1.6'", FOO),
		  AT(1, 3, 36, "'conventions':'CF 1.6'", FOO),
		  AT(2, 4, 36, "'conventions':'other'", FOO) },
		{ "attrs" }, "{}" },
	{ { AT(0, 3, 36, "", NAMED("Beautiful Bar")),
		  AT(1, 3, 36, "", NAMED("Beautiful Bar")),
		  AT(2, 4, 36, "", NAMED("another")) },
		{ "vars", "bar", "attrs" }, "{'kept':'yes'}" },
	/* position 5 comes before 4 */
	{ { AT(0, 3, 36, "", FOO), AT(1, 3, 36, "", FOO), AT(2, 3, 36, "", FOO),
		  AT(3, 4, 36, "", FOO), AT(5, 1, 36, "", FOO),
		  AT(4, 2, 36, "", FOO) },
		{ "concat" }, "{'time':[[3,3],[1,4],[1,2],[1,1]]}" },
	{ { ALONG(0, 36, 3), ALONG(1, 36, 3) }, { "dims" },
		"{'lon':72,'time':3}" },
	{ { ALONG(0, 36, 3), ALONG(1, 36, 3) }, { "concat" },
		"{'lon':[[2,36]]}" },
	{ { MERGED(0, "bar", 3, BAR), MERGED(0, "foo", 3, FOO),
		  MERGED(1, "foo", 2, FOO), MERGED(1, "bar", 2, BAR) },
		{ "vars", "bar", "from" }, "{'bar':[[0,1]]}" },
	{ { MERGED(0, "bar", 3, BAR), MERGED(0, "foo", 3, FOO),
		  MERGED(1, "foo", 2, FOO), MERGED(1, "bar", 2, BAR) },
		{ "dims" }, "{'lon':36,'time':5}" },
};

static void schemas_are_united(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(unions) / sizeof(unions[0]); i++) {
		struct err err = ERR_INIT;
		const struct js *at;
		struct planned p;

		if (plan_files(&arena, unions[i].files, NULL, &p, &err) < 0)
			fail_msg("case %zu: %s", i, err.msg);
		at = layout_to_json(&arena, &p.layout);
		for (int k = 0; k < 3 && unions[i].path[k] != NULL; k++)
			at = js_get(at, unions[i].path[k]);
		assert_string_equal(archive_text(&arena, at), unions[i].want);
	}
}

#define BAZ "'baz':{'dims':['time','lon'],'dtype':'int8'}"
#define THREE(n, a, b)                                      \
	MERGED(n, "bar", a, BAR), MERGED(n, "baz", 3, BAZ), \
		MERGED(n, "foo", b, FOO)
#define FOUR_BY_THREE(a, b) \
	THREE(0, 3, 3), THREE(1, 3, 3), THREE(2, a, b), THREE(3, 3, 3)

static const struct {
	const char *files[13], *says[3];
} refusals[] = {
	/* "different sizes" */
	{ { AT(0, 3, 36, "", FOO), AT(1, 3, 35, "", FOO) },
		{ "the length of dimension 'lon' differs", "'u03'", "'u13'" } },
	/* "overlapping keys" */
	{ { AT(0, 3, 36, "", FOO), AT(0, 4, 36, "", FOO) },
		{ "two files for time=0: 'u03' and 'u04'" } },
	/* a gap, and a start at 1 */
	{ { AT(0, 3, 36, "", FOO), AT(2, 3, 36, "", FOO) },
		{ "no file for time=1" } },
	{ { AT(1, 3, 36, "", FOO) }, { "no file for time=0" } },
	/* "Non concat_dim chunks must be the same" */
	{ { ALONG(0, 36, 3), ALONG(1, 36, 4) },
		{ "the length of dimension 'time' differs" } },
	/* 4 dates x 3 variables, of which one or two files have another length
	 * (0.9.4) */
	{ { FOUR_BY_THREE(7, 3) },
		{ "dimension 'time' differs between the merged",
			"3 in 11 files ('bar0' to 'foo3')",
			"7 in 1 file ('bar2')" } },
	{ { FOUR_BY_THREE(7, 7) },
		{ "dimension 'time' differs between the merged",
			"3 in 10 files ('bar0' to 'foo3')",
			"7 in 2 files ('bar2' to 'foo2')" } },
	/* "different combine dims" */
	{ { AT(0, 3, 36, "", FOO), ALONG(1, 36, 3) },
		{ "the concat dimension in 'key' differs", "'u03'", "'l1'" } },
	/* the same name in two members, with other values */
	{ { MERGED(0, "a", 1, BAR), MERGED(0, "b", 1, BAR) },
		{ "variable 'bar' is in 2 files", "no digest" } },
};

static void what_does_not_fit_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		struct err err = ERR_INIT;
		struct planned p;

		if (plan_files(&arena, refusals[i].files, NULL, &p, &err) == 0)
			fail_msg("case %zu is taken", i);
		assert_int_equal(err.kind, ERR_DATA);
		for (int k = 0; k < 3 && refusals[i].says[k] != NULL; k++)
			if (strstr(err.msg, refusals[i].says[k]) == NULL)
				fail_msg("case %zu: no <%s> in <%s>", i,
					refusals[i].says[k], err.msg);
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
		cmocka_unit_test(files_have_offsets_and_elements_have_files),
		cmocka_unit_test(every_chunk_draws_on_the_files_that_meet_it),
		cmocka_unit_test(schemas_are_united),
		cmocka_unit_test(what_does_not_fit_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
