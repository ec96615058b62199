/* SPDX-License-Identifier: Apache-2.0 */
/* Text of widths that differ: the widest holds all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "archive.h"
#include "layout/decision.h"
#include "planning.h"

/* File n along t, of one step, with dimensions of text and variables. */
#define FILE(n, url, dims, vars)                                             \
	"{'key':{'concat':{'t':" #n "}},'url':'" url "','dims':{'t':1," dims \
	"},'vars':{" vars "}}"
#define VAR(name, dim, dtype) \
	"'" name "':{'dims':['t','" dim "'],'dtype':'" dtype "'}"
#define NAME(dtype, more) "'v':{'dims':['t'],'dtype':'" dtype "'" more "}"
#define FILL(value) ",'attrs':{'_FillValue':'" value "'},'attr_dtypes':{}"

static struct arena arena = ARENA_INIT;

static int plan(struct planned *p, const char *const *files, struct err *err)
{
	*p = (struct planned){ .arena = &arena };
	return plan_with(p, files, NULL, err);
}

/* "v(t,n) [2,8] char" of every variable. */
static const char *shapes(const struct layout *l)
{
	const char *text = "";
	char name[16];

	for (unsigned i = 0; i < l->nvars; i++) {
		const struct layout_var *v = &l->vars[i];

		text = arena_printf(&arena, "%s%s%s(", text, i ? " " : "",
			v->name);
		for (unsigned k = 0; k < v->ndim; k++)
			text = arena_printf(&arena, "%s%s%s:%llu", text,
				k ? "," : "", v->dims[k],
				(unsigned long long)v->shape[k]);
		text = arena_printf(&arena, "%s) %s", text,
			dtype_name(v->dtype, name));
	}
	return text;
}

static const struct {
	const char *files[5], *want, *told;
} widths[] = {
	{ { FILE(0, "a", "'n':5", VAR("v", "n", "char")),
		  FILE(1, "b", "'n':8", VAR("v", "n", "char")) },
		"v(t:2,n:8) char",
		"dimension 'n' of variable 'v' differs in 2 files: it is as "
		"wide as the widest text, 8, others end with NULs" },
	{ { FILE(0, "a", "'n':8", VAR("v", "n", "char")),
		  FILE(1, "b", "'n':0", VAR("v", "n", "char")),
		  FILE(2, "c", "'n':8", VAR("v", "n", "char")) },
		"v(t:3,n:8) char",
		"dimension 'n' of variable 'v' differs in 3 files: it is as "
		"wide as the widest text, 8, others end with NULs" },
	{ { FILE(0, "a", "'n8':8", VAR("v", "n8", "char")),
		  FILE(1, "b", "'n5':5", VAR("v", "n5", "char")) },
		"v(t:2,n8:8) char",
		"dimensions of variable 'v' differs in 2 files: those with "
		"'n8', of 8, which is the widest; narrower texts end with "
		"NULs" },
	/* as wide: the first */
	{ { FILE(0, "a", "'q':5", VAR("v", "q", "char")),
		  FILE(1, "b", "'p':5", VAR("v", "p", "char")) },
		"v(t:2,q:5) char",
		"dimensions of variable 'v' differs in 2 files: those with "
		"'q', of 5, which is the widest; narrower texts end with "
		"NULs" },
	/* a dimension has one length, whoever has it */
	{ { FILE(0, "a", "'n':5,'m':9", VAR("v", "n", "char")),
		  FILE(1, "b", "'n':8,'m':9", VAR("v", "m", "char")) },
		"v(t:2,m:9) char",
		"dimensions of variable 'v' differs in 2 files: those with "
		"'m', of 9, which is the widest; narrower texts end with "
		"NULs" },
	{ { FILE(0, "a", "'n':1", NAME("S5", "")),
		  FILE(1, "b", "'n':1", NAME("S12", "")),
		  FILE(2, "c", "'n':1", NAME("S1", "")) },
		"v(t:3) S12",
		"type of variable 'v' differs in 3 files: S12, the widest, in "
		"all" },
	{ { FILE(0, "a", "'n':1", NAME("S5", FILL("-"))),
		  FILE(1, "b", "'n':1", NAME("S6", FILL("-"))) },
		"v(t:2) S6",
		"type of variable 'v' differs in 2 files: S6, the widest, in "
		"all" },
};

static void the_widest_holds_all(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		struct err err = ERR_INIT;
		struct planned p;

		if (plan(&p, widths[i].files, &err) < 0)
			fail_msg("case %zu: %s", i, err.msg);
		assert_string_equal(shapes(&p.layout), widths[i].want);
		assert_int_equal(js_count(p.layout.decisions), 1);
		assert_string_equal(decision_line(&arena,
					    js_at(p.layout.decisions, 0)),
			widths[i].told);
	}
}

static const struct {
	const char *files[4], *says[2];
} refusals[] = {
	{ { FILE(0, "a", "'n':5",
		    VAR("m", "n", "int8") "," VAR("v", "n", "char")),
		  FILE(1, "b", "'n':8",
			  VAR("m", "n", "int8") "," VAR("v", "n", "char")) },
		{ "variable 'm'", "the length of dimension 'n' differs" } },
	/* in whatever order they come */
	{ { FILE(0, "a", "'n':5",
		    VAR("a", "n", "char") "," VAR("b", "n", "int8")),
		  FILE(1, "b", "'n':8",
			  VAR("a", "n", "char") "," VAR("b", "n", "int8")) },
		{ "variable 'b'", "the length of dimension 'n' differs" } },
	{ { FILE(0, "a", "'n':5,'m':2",
		    "'v':{'dims':['t','n','m'],'dtype':'char'}"),
		  FILE(1, "b", "'n':8,'m':2",
			  "'v':{'dims':['t','n','m'],'dtype':'char'}") },
		{ "variable 'v'", "the length of dimension 'n' differs" } },
	{ { FILE(0, "a", "'n':5", VAR("v", "n", "char")),
		  FILE(1, "b", "'n':5", VAR("v", "n", "int8")) },
		{ "the type of variable 'v' differs" } },
	{ { FILE(0, "a", "'n':5", VAR("v", "n", "int8")),
		  FILE(1, "b", "'m':5", VAR("v", "m", "int8")) },
		{ "the list of dimensions of variable 'v' differs" } },
	{ { FILE(0, "a", "'n':5", VAR("v", "n", "char")),
		  FILE(1, "b", "'n':5",
			  "'v':{'dims':['n'],'dtype':'char','digest':'1'}") },
		{ "the list of dimensions of variable 'v' differs" } },
	{ { FILE(0, "a", "'n':5", "'v':{'dims':['n','t'],'dtype':'char'}"),
		  FILE(1, "b", "'m':5",
			  "'v':{'dims':['m','t'],'dtype':'char'}") },
		{ "the list of dimensions of variable 'v' differs" } },
	{ { FILE(0, "a", "'n':5", NAME("S5", "")),
		  FILE(1, "b", "'n':5", NAME("string", "")) },
		{ "the type of variable 'v' differs" } },
	{ { FILE(0, "a", "'n':5", NAME("S5", FILL("-"))),
		  FILE(1, "b", "'n':5", NAME("S6", FILL("x"))) },
		{ "attribute '_FillValue' of variable 'v' differs" } },
	{ { FILE(0, "a", "'n':5", NAME("S5", FILL("-"))),
		  FILE(1, "b", "'n':5", NAME("S6", "")) },
		{ "attribute '_FillValue' of variable 'v' differs",
			"absent in 1" } },
};

static void what_is_no_width_may_not_differ(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		struct err err = ERR_INIT;
		struct planned p;

		if (plan(&p, refusals[i].files, &err) == 0)
			fail_msg("case %zu is taken", i);
		assert_int_equal(err.kind, ERR_DATA);
		for (int k = 0; k < 2 && refusals[i].says[k] != NULL; k++)
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
		cmocka_unit_test(the_widest_holds_all),
		cmocka_unit_test(what_is_no_width_may_not_differ),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
