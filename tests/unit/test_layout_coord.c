/* SPDX-License-Identifier: Apache-2.0 */
/* Coordinates along which files are laid: order, overlap, gaps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "combining.h"
#include "layout/decision.h"

static struct arena arena = ARENA_INIT;

/* File n with len values of time. */
#define T(n, len, units, more)                                        \
	"{'key':{'concat':{'time':" #n "}},'url':'f" #n               \
	"','dims':{'time':" #len                                      \
	"},'vars':{'time':{'dims':['time'],'dtype':'int32','attrs':{" \
	"'units':'" units "'}," more "}}}"
#define DAYS(n, len, data) T(n, len, "days since 2000-01-01", "'data':" data)
#define PLAIN(n, len, data) T(n, len, "m", "'data':" data)
/* Packed with a scale and an offset. */
#define SCALED(n, len, packing, more)                                        \
	T(n, len, "days since 2000-01-01'," packing ",'calendar':'standard", \
		more)
#define LONG(n, range) T(n, 5000, "days since 2000-01-01", "'range':" range)

/* What is said: NULL, nothing; of a refusal the beginning of its message. */
static const struct {
	const char *order, *gaps, *files[5], *says;
} cases[] = {
	{ "increasing", "error",
		{ DAYS(0, 2, "[0,1]"), DAYS(1, 2, "[2,3]"), DAYS(2, 1, "[4]") },
		NULL },
	{ "increasing", "warn", { DAYS(0, 1, "[0]"), DAYS(1, 1, "[0]") },
		"coordinate 'time' is not increasing in 1 places: from "
		"2000-01-01T00:00:00 to 2000-01-01T00:00:00 (time=1, 'f1')" },
	{ "increasing", "warn",
		{ DAYS(0, 3, "[0,1,2]"), DAYS(1, 3, "[2,3,4]"),
			DAYS(2, 3, "[4,5,6]"), DAYS(3, 3, "[6,7,8]") },
		"coordinate 'time' is not increasing in 3 places: from "
		"2000-01-03T00:00:00 to 2000-01-03T00:00:00 (time=1)" },
	{ "increasing", "warn", { DAYS(0, 3, "[0,2,1]"), DAYS(1, 1, "[3]") },
		"coordinate 'time' is not increasing in 1 places: within a "
		"file that goes from 2000-01-01T00:00:00 to "
		"2000-01-02T00:00:00 (time=0, 'f0')" },
	{ "increasing", "warn", { DAYS(0, 1, "[1]"), DAYS(1, 1, "[0]") },
		"coordinate 'time' is not increasing" },
	{ "decreasing", "error",
		{ DAYS(0, 2, "[5,4]"), DAYS(1, 2, "[3,2]"), DAYS(2, 1, "[1]") },
		NULL },
	{ "decreasing", "warn", { DAYS(0, 1, "[0]"), DAYS(1, 1, "[1]") },
		"coordinate 'time' is not decreasing in 1 places: from "
		"2000-01-01T00:00:00 to 2000-01-02T00:00:00" },
	{ "any", "error", { DAYS(0, 2, "[3,1]"), DAYS(1, 2, "[9,1]") }, NULL },
	/* gaps: more than one and a half of the usual step */
	{ "increasing", "warn",
		{ DAYS(0, 2, "[0,1]"), DAYS(1, 2, "[2,3]"),
			DAYS(2, 2, "[6,7]") },
		"gaps of variable 'time': 1 steps are longer than 1.5 times "
		"the usual 1 days: from 2000-01-04T00:00:00 to "
		"2000-01-07T00:00:00 (time=2)" },
	{ "increasing", "error",
		{ DAYS(0, 3, "[0,1,2]"), DAYS(1, 3, "[3,5,6]") },
		"coordinate 'time' has gaps: 1 steps are longer than 1.5 times "
		"the usual 1 days: within a file that goes from "
		"2000-01-04T00:00:00 to 2000-01-07T00:00:00 (time=1, 'f1')" },
	{ "increasing", "allow",
		{ DAYS(0, 3, "[0,1,2]"), DAYS(1, 3, "[3,5,6]") }, NULL },
	{ "increasing", "error",
		{ DAYS(0, 1, "[0]"), DAYS(1, 1, "[31]"), DAYS(2, 1, "[60]"),
			DAYS(3, 1, "[91]") },
		NULL },
	{ "increasing", "error", { DAYS(0, 1, "[0]"), DAYS(1, 1, "[900]") },
		NULL },
	/* files that count differently */
	{ "increasing", "error",
		{ DAYS(0, 2, "[0,1]"),
			T(1, 2, "hours since 2000-01-03", "'data':[0,24]") },
		NULL },
	{ "increasing", "error",
		{ DAYS(0, 2, "[0,1]"),
			T(1, 2, "hours since 2000-01-02", "'data':[0,24]") },
		"coordinate 'time' is not increasing" },
	/* what is packed counts as what it means */
	{ "increasing", "error",
		{ SCALED(0, 3, "'scale_factor':-1", "'data':[0,-1,-2]"),
			SCALED(1, 2, "'scale_factor':-1", "'data':[-3,-4]") },
		NULL },
	{ "increasing", "error",
		{ SCALED(0, 2, "'add_offset':0", "'data':[0,1]"),
			SCALED(1, 2, "'add_offset':2", "'data':[0,1]") },
		NULL },
	{ "increasing", "error",
		{ SCALED(0, 2, "'add_offset':100", "'data':[0,1]"),
			SCALED(1, 2, "'add_offset':0", "'data':[2,3]") },
		"coordinate 'time' is not increasing in 1 places: from "
		"2000-04-11T00:00:00 to 2000-01-03T00:00:00 (time=1" },
	{ "increasing", "error",
		{ SCALED(0, 5000, "'scale_factor':-0.5",
			  "'range':{'first':0,'last':-4999,'step':[-1,-1,-1]}"),
			SCALED(1, 1, "'scale_factor':0.5", "'data':[5000]") },
		NULL },
	/* numbers that are no time, and long files */
	{ "increasing", "warn",
		{ PLAIN(0, 2, "[10,20]"), PLAIN(1, 1, "[30]"),
			PLAIN(2, 1, "[50]") },
		"gaps of variable 'time': 1 steps are longer than 1.5 times "
		"the usual 10: from 30 to 50 (time=2)" },
	{ "increasing", "error",
		{ LONG(0, "{'first':0,'last':4999,'step':[1,1,1]}"),
			LONG(1, "{'first':5000,'last':9999,'step':[1,1,1]}") },
		NULL },
	{ "increasing", "error",
		{ LONG(0, "{'n':3,'first':0,'last':2,'step':[1,1,1]}"),
			LONG(1, "{'n':1,'first':3,'last':3,'step':[0,0,0]}") },
		NULL },
	{ "increasing", "error",
		{ LONG(0, "{'n':5001,'first':0,'last':2,'step':[1,1,1]}") },
		"order of variable 'time': not checked" },
	{ "increasing", "error",
		{ LONG(0, "{'first':0,'last':4999,'step':[-1,1,1]}"),
			LONG(1, "{'first':5000,'last':9999,'step':[1,1,1]}") },
		"coordinate 'time' is not increasing in 1 places: within" },
	/* of what tells no values it is said so; an empty file has none */
	{ "increasing", "error",
		{ DAYS(0, 2, "[0,1]"),
			T(1, 2, "days since 2000-01-01", "'x':0"),
			T(2, 2, "days since 2000-01-01", "'x':0"),
			DAYS(3, 1, "[2]") },
		"order of variable 'time': not checked, nor gaps, of 2 files "
		"that tell no values of it (first time=1, last time=2)" },
	{ "decreasing", "allow", { T(0, 1, "m", "'x':0") },
		"order of variable 'time': not checked, nor gaps, of 1 files "
		"that tell no values of it (first time=0, last time=0)" },
	{ "any", "error", { T(0, 1, "m", "'x':0") }, NULL },
	{ "increasing", "error",
		{ DAYS(0, 2, "[0,1]"), T(1, 2, "m", "'data':[2,3]") },
		"attribute 'units' of variable 'time' differs" },
	{ "increasing", "error", { DAYS(0, 0, "[]"), DAYS(1, 1, "[3]") },
		NULL },
};

static bool is_of_axes(const struct js *decision)
{
	const char *what = js_get_text(decision, "what");

	return str_eq(what, "gaps") || str_eq(what, "order");
}

static void files_must_follow_each_other(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct recipe_combine policy = recipe_combine_default;
		struct err err = ERR_INIT;
		const char *said = NULL;
		struct layout l;

		policy.order = cases[i].order;
		policy.gaps = cases[i].gaps;
		if (combine(&arena, cases[i].files, &policy, &l, &err) < 0)
			said = err.msg;
		else
			for (size_t k = 0; k < js_count(l.decisions); k++)
				if (is_of_axes(js_at(l.decisions, k)))
					said = decision_line(&arena,
						js_at(l.decisions, k));
		if ((said == NULL) != (cases[i].says == NULL) ||
			(said != NULL && !str_starts(said, cases[i].says)))
			fail_msg("case %zu: <%s>, not <%s>", i,
				said ? said : "", cases[i].says);
	}
}

static const char *name_file(void *state, struct arena *a, struct spread_key k)
{
	(void)state;
	return arena_printf(a, "named-%s%llu", k.member,
		(unsigned long long)k.position);
}

/* What is said of files f0 to f5, of which the facts tell the first and last. */
static const struct {
	const char *order, *gaps, *data[6], *says;
} named[] = {
	{ "increasing", "warn", { "0", "1", "1", "2", "2", "3" },
		"coordinate 'time' is not increasing in 2 places: from "
		"2000-01-02T00:00:00 to 2000-01-02T00:00:00 (time=2, "
		"'named-2'), from 2000-01-03T00:00:00 to 2000-01-03T00:00:00 "
		"(time=4, 'named-4')" },
	{ "decreasing", "warn", { "5", "4", "3", "2", "1", "1" },
		"coordinate 'time' is not decreasing in 1 places: from "
		"2000-01-02T00:00:00 to 2000-01-02T00:00:00 (time=5, 'f5')" },
	{ "increasing", "warn", { "0", "0", "0", "0", "0", "0" },
		"coordinate 'time' is not increasing in 5 places: from "
		"2000-01-01T00:00:00 to 2000-01-01T00:00:00 (time=1, "
		"'named-1')" },
	{ "increasing", "error", { "0", "1", "2", "9", "10", "11" },
		"coordinate 'time' has gaps: 1 steps are longer than 1.5 times "
		"the usual 1 days: from 2000-01-03T00:00:00 to "
		"2000-01-10T00:00:00 (time=3, 'named-3')" },
	/* what goes into the schema depends on the facts alone */
	{ "increasing", "warn", { "0", "1", "2", "9", "10", "11" },
		"gaps of variable 'time': 1 steps are longer than 1.5 times "
		"the usual 1 days: from 2000-01-03T00:00:00 to "
		"2000-01-10T00:00:00 (time=3)" },
};

static void fold_times(struct schema *s, const char *const *data)
{
	struct err err = ERR_INIT;

	schema_init(s, &arena);
	for (int i = 0; i < 6; i++) {
		const char *text = arena_printf(&arena,
			"{'key':{'concat':{'time':%d}},'url':'f%d',"
			"'dims':{'time':1},'vars':{'time':{'dims':['time'],"
			"'dtype':'int32','attrs':{'units':"
			"'days since 2000-01-01'},'data':[%s]}}}",
			i, i, data[i]);

		assert_int_equal(schema_fold(s, archive_record(&arena, text),
					 &err),
			0);
	}
}

static void a_refusal_names_the_files(void **state)
{
	const struct schema_namer namer = { name_file, NULL };

	(void)state;
	for (size_t i = 0; i < sizeof(named) / sizeof(*named); i++) {
		struct recipe_combine policy = recipe_combine_default;
		struct err err = ERR_INIT;
		const char *said = NULL;
		struct schema s;
		struct layout l;

		policy.order = named[i].order;
		policy.gaps = named[i].gaps;
		fold_times(&s, named[i].data);
		s.namer = &namer;
		if (layout_decide(&arena, &s, &policy, &l, &err) < 0)
			said = err.msg;
		else
			said = decision_line(&arena, js_at(l.decisions, 0));
		if (!str_starts(said, named[i].says))
			fail_msg("case %zu: <%s>, not <%s>", i, said,
				named[i].says);
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
		cmocka_unit_test(files_must_follow_each_other),
		cmocka_unit_test(a_refusal_names_the_files),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
