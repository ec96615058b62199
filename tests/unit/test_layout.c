/* SPDX-License-Identifier: Apache-2.0 */
/* Decisions: what may differ between files, what may not, and the words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "archive.h"
#include "layout/layout.h"

static struct arena arena = ARENA_INIT;

/* Two files along time, in the words of archive.h. */
#define FILE(n, url, dims, attrs, vars)                                  \
	"{'key':{'concat':{'time':" #n "}},'url':'" url "','dims':" dims \
	",'attrs':" attrs ",'vars':" vars "}"
#define MEMBER(n, m, url, dims, vars)                                         \
	"{'key':{'concat':{'time':" #n "},'merge':{'v':'" m "'}},'url':'" url \
	"','dims':" dims ",'vars':" vars "}"
#define SST(more) "'sst':{'dims':['time','x'],'dtype':'int16'" more "}"
#define MASK(digest) \
	"'mask':{'dims':['x'],'dtype':'int8','digest':'" digest "'}"
#define TIME(digest) \
	"'time':{'dims':['time'],'dtype':'int64','digest':'" digest "'}"
#define ATTRS(attrs, types) ",'attrs':{" attrs "},'attr_dtypes':{" types "}"
#define D "{'time':1,'x':3}"
#define PLAIN "{" SST("") "}"

static int decide(const char *const *files, struct layout *out, struct err *err)
{
	struct schema s;

	schema_init(&s, &arena);
	for (; *files != NULL; files++) {
		struct js *rec = archive_record(&arena, *files);

		assert_non_null(rec);
		if (schema_fold(&s, rec, err) < 0)
			return -1;
	}
	return layout_decide(&arena, &s, &recipe_combine_default, out, err);
}

static const struct {
	const char *files[5];
	const char *says[5];
} refusals[] = {
	{ { FILE(0, "a", D, "{}", PLAIN),
		  FILE(1, "b", "{'time':1,'x':4}", "{}", PLAIN) },
		{ "the length of dimension 'x' differs", "3 in 1 file ('a')",
			"4 in 1 file ('b')", "bake them apart" } },
	{ { FILE(0, "a", D, "{}", PLAIN),
		  FILE(1, "b", D, "{}",
			  "{'sst':{'dims':['x','time'],"
			  "'dtype':'int16'}}") },
		{ "the list of dimensions of variable 'sst' differs", "'a'",
			"'b'" } },
	{ { FILE(0, "a", D, "{}", PLAIN),
		  FILE(1, "b", D, "{}",
			  "{'sst':{'dims':['x'],'dtype':'int16'}}") },
		{ "the list of dimensions of variable 'sst'" } },
	{ { FILE(0, "a", D, "{}", "{" SST(ATTRS("'units':'K'", "")) "}"),
		  FILE(1, "b", D, "{}",
			  "{" SST(ATTRS("'units':'degC'", "")) "}") },
		{ "attribute 'units'" } },
	{ { FILE(0, "a", D, "{}",
		    "{" SST(ATTRS("'calendar':'noleap'", "")) "}"),
		  FILE(1, "b", D, "{}", PLAIN) },
		{ "attribute 'calendar'" } },
	{ { FILE(0, "a", D, "{}", "{" MASK("1") "}"),
		  FILE(1, "b", D, "{}", "{" MASK("2") "}") },
		{ "variable 'mask'", "its values differ", "1 file ('a')",
			"1 file ('b')" } },
	{ { FILE(0, "a", D, "{}", "{'mask':{'dims':['x'],'dtype':'int8'}}"),
		  FILE(1, "b", D, "{}",
			  "{'mask':{'dims':['x'],'dtype':'int8'}}") },
		{ "variable 'mask'", "no digest" } },
	{ { FILE(0, "a", D, "{}", PLAIN), FILE(2, "c", D, "{}", PLAIN) },
		{ "no file for time=1 (1 of 3 are missing)" } },
	{ { FILE(1, "b", D, "{}", PLAIN) }, { "no file for time=0" } },
	{ { FILE(0, "a", D, "{}", PLAIN), FILE(1, "b", D, "{}", "{}") },
		{ "variable 'sst' is in 1 file ('a')", "first time=1" } },
	{ { FILE(0, "a", "{'Time':1,'x':3}", "{}",
		  "{'sst':{'dims':['Time','x'],'dtype':'int16'}}") },
		{ "concat dimension 'time' is not a dimension",
			"nearest is 'Time'" } },
	{ { FILE(0, "a", D, "{}",
		  "{'../x':{'dims':['x'],'dtype':'int8',"
		  "'digest':'1'}}") },
		{ "variable '../x' cannot be an array" } },
	{ { FILE(0, "a", D, "{}",
		  "{'c':{'dims':['x','x'],'dtype':'int8','digest':'1',"
		  "'refs':{'offset':[1],'length':[9]}}}") },
		{ "variable 'c'", "dimension 'x' twice" } },
	{ { MEMBER(0, "sst", "a", D, PLAIN),
		  MEMBER(0, "ice", "b", "{'time':2}",
			  "{'ice':{'dims':['time'],'dtype':'int8'}}") },
		{ "dimension 'time' differs between the merged",
			"2 in 1 file ('b')" } },
	{ { MEMBER(0, "sst", "a", D, PLAIN), MEMBER(0, "ice", "b", D, PLAIN) },
		{ "variable 'sst' is in 2 files", "no digest" } },
	{ { MEMBER(0, "sst", "a", D, "{" TIME("1") "}"),
		  MEMBER(0, "ice", "b", D, "{" TIME("2") "}") },
		{ "variable 'time' is in several of the merged files", "'a'",
			"'b'" } },
	{ { MEMBER(0, "sst", "a", D, PLAIN), MEMBER(1, "sst", "b", D, PLAIN),
		  MEMBER(0, "ice", "c", D, "{}") },
		{ "no file for time=1 v=ice" } },
	{ { NULL }, { "no datasets" } },
};

static void what_must_agree_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		struct err err = ERR_INIT;
		struct layout l;

		if (decide(refusals[i].files, &l, &err) == 0)
			fail_msg("case %zu (%s) is taken", i,
				refusals[i].says[0]);
		assert_int_equal(err.kind, ERR_DATA);
		for (int k = 0; k < 5 && refusals[i].says[k] != NULL; k++)
			if (strstr(err.msg, refusals[i].says[k]) == NULL)
				fail_msg("case %zu: no <%s> in <%s>", i,
					refusals[i].says[k], err.msg);
	}
}

/* The layout, or the part of it at path, as text. */
static const struct {
	const char *files[6];
	const char *path[3], *want;
} decisions[] = {
	/* attributes: kept if nobody disagrees, else dropped */
	{ { FILE(0, "a", D, "{'h':'1','t':'x'}", PLAIN),
		  FILE(1, "b", D, "{'h':'2','only':5}", PLAIN) },
		{ "attrs" }, "{'only':5,'t':'x'}" },
	{ { FILE(0, "a", D, "{'h':'1','t':'x'}", PLAIN),
		  FILE(1, "b", D, "{'h':'2','only':5}", PLAIN) },
		{ "decisions" },
		"[{'what':'attribute','name':'h','decided':'dropped',"
		"'policy':'combine.attrs','files':2,'values':["
		"{'value':'1','files':1,'first':'a','last':'a',"
		"'examples':{'':[[0,0]]}},"
		"{'value':'2','files':1,'first':'b','last':'b',"
		"'examples':{'':[[1,1]]}}],'more':false}]" },
	{ { FILE(0, "a", D, "{}", "{" SST(ATTRS("'n':1", "'n':'int16'")) "}"),
		  FILE(1, "b", D, "{}",
			  "{" SST(ATTRS("'n':1", "'n':'int32'")) "}"),
		  FILE(2, "c", D, "{}",
			  "{" SST(ATTRS("'m':2", "'m':'int32'")) "}") },
		{ "vars", "sst", "attr_dtypes" }, "{'m':'int32','n':'int16'}" },
	{ { FILE(0, "a", D, "{}", "{" SST(ATTRS("'n':1", "'n':'int16'")) "}"),
		  FILE(1, "b", D, "{}",
			  "{" SST(ATTRS("'n':2", "'n':'int16'")) "}") },
		{ "decisions" },
		"[{'what':'attribute','var':'sst','name':'n','decided':"
		"'dropped','policy':'combine.attrs','files':2,'values':["
		"{'value':1,'dtype':'int16','files':1,'first':'a','last':'a',"
		"'examples':{'':[[0,0]]}},"
		"{'value':2,'dtype':'int16','files':1,'first':'b','last':'b',"
		"'examples':{'':[[1,1]]}}],'more':false}]" },
	/* lengths, also 0 */
	{ { FILE(2, "c", "{'time':4,'x':3}", "{}", PLAIN),
		  FILE(0, "a", "{'time':4,'x':3}", "{}", PLAIN),
		  FILE(1, "b", "{'time':0,'x':3}", "{}", PLAIN),
		  FILE(3, "d", "{'time':4,'x':3}", "{}", PLAIN) },
		{ "concat" }, "{'time':[[1,4],[1,0],[2,4]]}" },
	{ { FILE(0, "a", "{'time':0,'x':3}", "{}", PLAIN) }, { "dims" },
		"{'time':0,'x':3}" },
	/* scalars, static variables, mixed ranks */
	{ { FILE(0, "a", D, "{}",
		    "{" SST("") ",'crs':{'dims':[],'dtype':'int32',"
				"'digest':'1'}}"),
		  FILE(1, "b", D, "{}",
			  "{" SST("") ",'crs':{'dims':[],"
				      "'dtype':'int32','digest':'1'}}") },
		{ "vars", "crs" },
		"{'dims':[],'shape':[],'dtype':'int32','attrs':{},"
		"'attr_dtypes':{},'from':{'':[[0,0]]}}" },
	{ { FILE(0, "a", D, "{}", PLAIN),
		  FILE(1, "b", D, "{}", "{" SST("") "," MASK("1") "}") },
		{ "vars", "mask", "from" }, "{'':[[1,1]]}" },
	{ { FILE(0, "a", D, "{}", "{" SST("") "," TIME("1") "}"),
		  FILE(1, "b", D, "{}", "{" SST("") "," TIME("2") "}") },
		{ "vars", "time", "from" }, "{'':[[0,1]]}" },
	/* a length that differs where no variable is */
	{ { FILE(0, "a", "{'time':1,'x':3,'nv':2}", "{}", PLAIN),
		  FILE(1, "b", "{'time':1,'x':3,'nv':4}", "{}", PLAIN) },
		{ "dims" }, "{'time':2,'x':3}" },
	/* merged members share what is the same in both */
	{ { MEMBER(0, "sst", "a", D, "{" SST("") "," TIME("1") "}"),
		  MEMBER(1, "sst", "b", D, "{" SST("") "," TIME("2") "}"),
		  MEMBER(0, "ice", "c", D, "{" TIME("1") "}"),
		  MEMBER(1, "ice", "d", D, "{" TIME("2") "}") },
		{ "vars" },
		"{'sst':{'dims':['time','x'],'shape':[2,3],"
		"'dtype':'int16','attrs':{},'attr_dtypes':{},"
		"'from':{'sst':[[0,1]]}},'time':{'dims':['time'],"
		"'shape':[2],'dtype':'int64','attrs':{},"
		"'attr_dtypes':{},'from':{'ice':[[0,1]]}}}" },
	/* no concat dimension at all */
	{ { "{'key':{'merge':{'v':'a'}},'url':'a','dims':{'x':3},"
	    "'vars':{" MASK("1") "}}",
		  "{'key':{'merge':{'v':'b'}},'url':'b',"
		  "'dims':{'x':3},'vars':{'b':{'dims':['x'],"
		  "'dtype':'int8'}}}" },
		{ "concat" }, "{}" },
};

static void what_may_differ_is_decided(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(decisions) / sizeof(decisions[0]); i++) {
		struct err err = ERR_INIT;
		struct layout l;
		struct js *at;

		if (decide(decisions[i].files, &l, &err) < 0)
			fail_msg("case %zu: %s", i, err.msg);
		at = layout_to_json(&arena, &l);
		for (int k = 0; k < 3 && decisions[i].path[k] != NULL; k++)
			at = js_get(at, decisions[i].path[k]);
		assert_string_equal(archive_text(&arena, at),
			decisions[i].want);
	}
}

static void reads_what_it_writes(void **state)
{
	static const char *const files[] = {
		FILE(0, "a", "{'time':4,'x':3}", "{'t':'9007199254740993'}",
			"{" SST("") "," MASK("1") "}"),
		FILE(1, "b", "{'time':2,'x':3}", "{}", "{" SST("") "}"),
		NULL,
	};
	struct err err = ERR_INIT;
	struct layout l, back;
	const char *text;

	(void)state;
	assert_int_equal(decide(files, &l, &err), 0);
	text = archive_text(&arena, layout_to_json(&arena, &l));
	assert_int_equal(layout_from_json(&arena, archive_parse(&arena, text),
				 &back, &err),
		0);
	assert_string_equal(archive_text(&arena, layout_to_json(&arena, &back)),
		text);
	assert_int_equal(back.concat[0].nfiles, 2);
	assert_int_equal(layout_var(&back, "sst")->concat_axis, 0);
	assert_int_equal(layout_var(&back, "mask")->concat_axis, -1);
	assert_int_equal(layout_dim(&back, "time")->len, 6);
}

static void hostile_layouts_are_refused(void **state)
{
#define V(more)                                                            \
	"'vars':{'a':{'dims':['x'],'shape':[3],'dtype':'int8','attrs':{}," \
	"'attr_dtypes':{},'from':{'':[[0,0]]}" more "}}"
#define L(concat, dims, vars)               \
	"{'concat':" concat ",'dims':" dims \
	",'attrs':{},'attr_dtypes':{}," vars "}"
	static const char *const bad[] = {
		"{}",
		"1",
		L("{'t':[[0,1]]}", "{'x':3}", V("")),
		L("{'t':[['9223372036854775807',4]]}", "{'x':3}", V("")),
		L("{'t':[[1,1]],'u':[[1,1]]}", "{'x':3}", V("")),
		L("{'t':[[2,2]]}", "{'x':3,'t':5}", V("")),
		L("{}", "{'x':-3}", V("")),
		L("{}", "{'x':4}", V("")),
		L("{}", "{'y':3}", V("")),
		L("{}", "{'x':3}",
			"'vars':{'..':{'dims':[],'shape':[],'dtype':'int8',"
			"'attrs':{},'attr_dtypes':{},'from':{'':[[0,0]]}}}"),
		L("{}", "{'x':3}",
			"'vars':{'a':{'dims':['x','x'],'shape':[3,3],"
			"'dtype':'int8','attrs':{},'attr_dtypes':{},"
			"'from':{'':[[0,0]]}}}"),
		L("{}", "{'x':3}",
			"'vars':{'a':{'dims':['x'],'shape':[3],"
			"'dtype':'int9','attrs':{},'attr_dtypes':{},"
			"'from':{'':[[0,0]]}}}"),
		L("{}", "{'x':3}",
			"'vars':{'a':{'dims':['x'],'shape':[3],"
			"'dtype':'int8','attrs':{},'attr_dtypes':{},"
			"'from':{}}}"),
	};
	struct err err = ERR_INIT;
	struct layout l;

	(void)state;
	assert_int_equal(layout_from_json(&arena,
				 archive_parse(&arena,
					 L("{}", "{'x':3}", V(""))),
				 &l, &err),
		0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err_clear(&err);
		if (layout_from_json(&arena, archive_parse(&arena, bad[i]), &l,
			    &err) == 0)
			fail_msg("taken: %s", bad[i]);
		assert_int_equal(err.kind, ERR_DATA);
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
		cmocka_unit_test(what_must_agree_is_refused),
		cmocka_unit_test(what_may_differ_is_decided),
		cmocka_unit_test(reads_what_it_writes),
		cmocka_unit_test(hostile_layouts_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
