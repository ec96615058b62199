/* SPDX-License-Identifier: Apache-2.0 */
/* Which chunks of a region are chunks of a source as they are, and why others are
 * not; and whether chunks of the store get the shape that they need for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "archive.h"
#include "chunk/carry.h"
#include "chunk/grid.h"
#include "layout/array.h"
#include "schema/schema.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static struct arena arena = ARENA_INIT;

/* A region of t: 6, x: 3 in chunks of 2 x 2, from t = 4 of 10 on. */
#define RECORD(type, keep, from)                                               \
	"{'key':{'offset':{'t':4,'x':0},'vars':['v']},'array':{'zarr_format':" \
	"3,'node_type':'array','shape':[10,3],'data_type':'" type              \
	"','chunk_grid':{'name':'regular','configuration':{'chunk_shape':"     \
	"[2,2]}},'chunk_key_encoding':{'name':'default'},'fill_value':0,"      \
	"'codecs':[{'name':'bytes'},{'name':'blosc'}],'attributes':{},"        \
	"'dimension_names':['t','x']},'size':{'t':6,'x':3}," keep              \
	"'encoding':{},'from':[" from "]}"
#define KEEP "'keep':true,"

/* A piece at t, of len; its chunks are 2 x 2, the k-th at byte 100 * k. */
#define PIECE(t, len, more)                                      \
	"{'path':'f" #t "','size':9,'var':'v','offset':{'t':" #t \
	"},'shape':[" #len ",3]," more "}"
#define INT16 "'dtype':'int16','endian':'little',"
#define CHUNKS "'chunk_shape':[2,2],'codecs':[{'name':'zlib'}],"
#define REFS(n, offsets, lengths) \
	"'refs':{'offset':[" offsets "],'length':[" lengths "]}"
#define FOUR REFS(4, "0,100,200,300", "7,7,7,7")
#define SIX REFS(6, "0,100,200,300,400,500", "7,7,7,7,7,7")

static const struct {
	const char *record;
	const char *want; /* path and byte of each chunk, or why not */
} cases[] = {
	/* whole pieces, edges, one that began before */
	{ RECORD("int16", KEEP, PIECE(4, 6, INT16 CHUNKS SIX)),
		"f4+0 f4+100 f4+200 f4+300 f4+400 f4+500" },
	{ RECORD("int16", KEEP,
		  PIECE(2, 4, INT16 CHUNKS FOUR) "," PIECE(6, 4,
			  INT16 CHUNKS FOUR)),
		"f2+200 f2+300 f6+0 f6+100 f6+200 f6+300" },
	/* only some chunks are listed */
	{ RECORD("int16", KEEP,
		  PIECE(2, 4,
			  INT16 CHUNKS
			  "'refs':{'index':[2,3],'offset':[5,6],'length':[7,7]}") "," PIECE(6,
			  4, INT16 CHUNKS FOUR)),
		"f2+5 f2+6 f6+0 f6+100 f6+200 f6+300" },
	/* the last file ends inside a chunk, and nothing comes behind it */
	{ RECORD("int16", KEEP, PIECE(4, 6, INT16 CHUNKS SIX)),
		"f4+0 f4+100 f4+200 f4+300 f4+400 f4+500" },
	/* a chunk of two files; one that begins inside */
	{ RECORD("int16", KEEP,
		  PIECE(4, 3, INT16 CHUNKS FOUR) "," PIECE(7, 3,
			  INT16 CHUNKS FOUR)),
		"f4+0 f4+100 end end begin begin" },
	/* not stored; too long to be what it says; a mask */
	{ RECORD("int16", KEEP,
		  PIECE(4, 6,
			  INT16 CHUNKS REFS(6, "0,null,200,300,400,500",
				  "7,0,8,9,7,7"))),
		"f4+0 everywhere smaller smaller f4+400 f4+500" },
	{ RECORD("int16", KEEP,
		  PIECE(4, 6,
			  INT16 CHUNKS
			  "'refs':{'offset':[0,1,2,3,4,5],'length':[7,8,7,8,7,"
			  "8],'mask':[0,1,1,0,0,1]}")),
		"f4+0 f4+1 smaller smaller f4+4 f4+5" },
	/* the whole piece is different */
	{ RECORD("int16", "", PIECE(4, 6, INT16 CHUNKS SIX)),
		"kept kept kept kept kept kept" },
	{ RECORD("int16", "'keep':false,", PIECE(4, 6, INT16 CHUNKS SIX)),
		"kept kept kept kept kept kept" },
	{ RECORD("int16", KEEP,
		  PIECE(4, 6, "'dtype':'int16','endian':'big'," CHUNKS SIX)),
		"big-endian big-endian big-endian big-endian big-endian "
		"big-endian" },
	{ RECORD("int8", KEEP,
		  PIECE(4, 6,
			  "'dtype':'int8','endian':'big','chunk_shape':"
			  "[2,2],'codecs':[]," REFS(6, "0,1,2,3,4,5",
				  "4,4,4,4,4,4"))),
		"f4+0 f4+1 f4+2 f4+3 f4+4 f4+5" },
	{ RECORD("int16", KEEP, PIECE(4, 6, "'encoding':{}," INT16 CHUNKS SIX)),
		"converted converted converted converted converted converted" },
	{ RECORD("int16", KEEP,
		  PIECE(4, 6,
			  INT16 "'chunk_shape':[2,3],'codecs':[]," REFS(3,
				  "0,1,2", "12,12,12"))),
		"shape shape shape shape shape shape" },
	/* chunks longer than the file: 512 with one record in them */
	{ RECORD("int16", KEEP,
		  PIECE(4, 6,
			  INT16 "'chunk_shape':[512,2],'codecs':[{'name':"
				"'zlib'}]," REFS(2, "0,1", "7,7"))),
		"shape shape shape shape shape shape" },
	{ RECORD("int16", KEEP,
		  PIECE(4, 6,
			  INT16
			  "'chunk_shape':[6,3],'codecs':[],'inline':'"
			  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'")),
		"such such such such such such" },
	{ RECORD("int16", KEEP,
		  "{'fill':true,'offset':{'t':4},'shape':[2,3]}," PIECE(6, 4,
			  INT16 CHUNKS FOUR)),
		"file file f6+0 f6+100 f6+200 f6+300" },
	{ RECORD("int16", KEEP,
		  PIECE(4, 6,
			  INT16 "'chunk_shape':[2,2],'codecs':[{'name':"
				"'szip'}]," SIX)),
		"has-not has-not has-not has-not has-not has-not" },
};

/* The last word, for short. */
static const char *short_reason(const char *why)
{
	static const struct {
		const char *why, *word;
	} words[] = {
		{ "are not to be kept", "kept" },
		{ "are big-endian", "big-endian" },
		{ "hold numbers that are converted", "converted" },
		{ "have another shape than those of the store", "shape" },
		{ "do not begin where those of the store do", "begin" },
		{ "do not end where those of the store do", "end" },
		{ "are not stored everywhere", "everywhere" },
		{ "are not stored as such", "such" },
		{ "are in no file", "file" },
		{ "are compressed in a way that blosc has not", "has-not" },
		{ "did not become smaller when they were compressed",
			"smaller" },
	};

	for (size_t i = 0; i < N(words); i++)
		if (str_eq(words[i].why, why))
			return words[i].word;
	return why;
}

static void finds_what_stays_as_it_is(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct buf got = BUF_INIT;
		struct err err = ERR_INIT;
		struct grid_walk at;
		struct region r;
		struct grid grid;
		struct box box;

		if (region_from_record(&arena,
			    archive_parse(&arena, cases[i].record), &r,
			    &err) < 0)
			fail_msg("case %zu: %s", i, err.msg);
		grid = (struct grid){ 2, r.target.shape, r.target.chunk_shape };
		box = box_of(2, r.offset, r.size);
		for (bool more = grid_walk_begin(&at, &grid, &box); more;
			more = grid_walk_next(&at)) {
			struct carry c;
			const char *why = carry_find(&r, at.at, &c);

			buf_adds(&got, got.len ? " " : "");
			if (why != NULL)
				buf_adds(&got, short_reason(why));
			else
				buf_addf(&got, "%s+%d", c.piece->path,
					(int)c.piece->table.refs.offset[c.ref]);
		}
		if (!str_eq(got.data, cases[i].want))
			fail_msg("case %zu: %s", i, got.data);
		buf_release(&got);
	}
}

static void refuses_to_keep_for_other_codecs(void **state)
{
	struct err err = ERR_INIT;
	struct region r;
	struct js *rec = archive_parse(&arena,
		RECORD("int16", KEEP, PIECE(4, 6, INT16 CHUNKS SIX)));

	(void)state;
	js_set(js_get(rec, "array"), "codecs",
		archive_parse(&arena, "[{'name':'bytes'},{'name':'zstd'}]"));
	assert_int_equal(region_from_record(&arena, rec, &r, &err), -1);
	assert_string_equal(err.msg,
		"array 'v': member 'keep' needs an array whose codecs are "
		"'bytes' and 'blosc'");
	err_clear(&err);
	js_set(rec, "keep", js_new_int(&arena, 1));
	assert_int_equal(region_from_record(&arena, rec, &r, &err), -1);
	assert_string_equal(err.msg,
		"array 'v': member 'keep' is not true or false");
}

/* Files of t and x: 4, of v with these members. */
#define FILE(n, len, v)                                                    \
	"{'key':{'concat':{'t':" #n "}},'url':'u" #n "','dims':{'t':" #len \
	",'x':4},'vars':{'v':{'dims':['t','x'],'dtype':'int16'," v "}}}"
#define V(chunk, offsets, lengths)                                \
	"'chunk_shape':[" chunk                                   \
	"],'codecs':[{'name':'zlib'}],'refs':{'offset':[" offsets \
	"],'length':[" lengths "]}"
#define V12(lengths) V("1,2", "0,1,2,3", lengths)
#define TWO V12("2,2,2,2")

static const struct {
	const char *files[4], *chunks, *want;
} kept[] = {
	{ { FILE(0, 2, TWO), FILE(1, 2, TWO) }, NULL, "[1,2]" },
	/* what is asked for goes first; what is asked for and the same */
	{ { FILE(0, 2, TWO), FILE(1, 2, TWO) }, "{'t':2}", "[2,4]" },
	{ { FILE(0, 2, TWO), FILE(1, 2, TWO) }, "{'t':1}", "[1,2]" },
	{ { FILE(0, 2, TWO), FILE(1, 2, TWO) }, "{'v':{'x':-1}}", "[2,4]" },
	/* files do not agree, in either order */
	{ { FILE(0, 2, TWO), FILE(1, 2, V("2,2", "0,1", "2,2")) }, NULL,
		"[2,4]" },
	{ { FILE(1, 2, TWO), FILE(0, 2, V("2,2", "0,1", "2,2")) }, NULL,
		"[2,4]" },
	/* one stores it in one piece, one big-endian */
	{ { FILE(0, 2, TWO), FILE(1, 2, "'codecs':[]") }, NULL, "[2,4]" },
	{ { FILE(0, 2, TWO), FILE(1, 2, "'endian':'big'," TWO) }, NULL,
		"[2,4]" },
	/* the first file holds whole chunks; the others need not */
	{ { FILE(0, 2, V("2,4", "0", "2")),
		  FILE(1, 3, V("2,4", "0,1", "2,2")) },
		NULL, "[2,4]" },
	{ { FILE(0, 3, V("2,4", "0,1", "2,2")),
		  FILE(1, 2, V("2,4", "0", "2")) },
		NULL, "[3,4]" },
	{ { FILE(0, 1, V("512,4", "0", "2")) }, NULL, "[1,4]" },
	/* a file of no length does not matter */
	{ { FILE(0, 0, "'codecs':[]"), FILE(1, 2, TWO) }, NULL, "[1,2]" },
};

static void takes_the_chunks_that_all_files_have(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(kept); i++) {
		struct recipe_target target = { .zarr_format = 3,
			.codecs = js_new_text(&arena, "keep") };
		struct js *list = js_new_list(&arena);
		struct err err = ERR_INIT;
		struct layout decided, l;
		struct arrays arrays;
		struct schema s;

		if (kept[i].chunks != NULL)
			target.chunks = archive_parse(&arena, kept[i].chunks);
		schema_init(&s, &arena);
		for (size_t k = 0; kept[i].files[k] != NULL; k++)
			if (schema_fold(&s,
				    archive_record(&arena, kept[i].files[k]),
				    &err) < 0)
				fail_msg("case %zu: %s", i, err.msg);
		if (layout_decide(&arena, &s, &recipe_combine_default, &decided,
			    &err) < 0 ||
			layout_from_json(&arena,
				layout_to_json(&arena, &decided), &l,
				&err) < 0 ||
			arrays_decide(&arena, &l, &target, &arrays, &err) < 0)
			fail_msg("case %zu: %s", i, err.msg);
		for (unsigned k = 0; k < arrays.at[0].ndim; k++)
			js_add_u64(list, arrays.at[0].chunk_shape[k]);
		if (!str_eq(archive_text(&arena, list), kept[i].want))
			fail_msg("case %zu: %s", i, archive_text(&arena, list));
	}
}

static int release(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_stays_as_it_is),
		cmocka_unit_test(refuses_to_keep_for_other_codecs),
		cmocka_unit_test(takes_the_chunks_that_all_files_have),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
