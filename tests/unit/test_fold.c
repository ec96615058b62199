/* SPDX-License-Identifier: Apache-2.0 */
/* Folding by way of many schemas gives what one schema gives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "archive.h"
#include "schema/fold.h"

enum { NFILES = 1500 };

static struct arena arena = ARENA_INIT;

static const char *record_text(unsigned i)
{
	return arena_printf(&arena,
		"{'key':{'concat':{'t':%u}},'url':'u%05u','dims':{'t':%u,'x':"
		"2},'attrs':{'history':'%u','flag':'%u'},'vars':{'v':{'dims':["
		"'t','x'],'dtype':'int8','attrs':{'units':'%s'}}}}",
		i, i, 1 + i % 3, i, i / 700, i > 900 ? "K" : "degC");
}

static unsigned order[NFILES];

static void shuffle(uint64_t seed)
{
	for (unsigned i = 0; i < NFILES; i++)
		order[i] = i;
	for (unsigned i = NFILES; i > 1; i--) {
		unsigned j, t = order[i - 1];

		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		j = (unsigned)(seed % i);
		order[i - 1] = order[j];
		order[j] = t;
	}
}

static const char *text_of(const struct schema *s)
{
	return archive_text(&arena, schema_to_json(&arena, s));
}

static const char *plain(void)
{
	struct err err = ERR_INIT;
	struct schema s;

	schema_init(&s, &arena);
	for (unsigned i = 0; i < NFILES; i++)
		assert_int_equal(schema_fold(&s,
					 archive_record(&arena, record_text(i)),
					 &err),
			0);
	return text_of(&s);
}

/* In the order above; files from `again` on come once more at the end, and
 * those below `facts` as facts of their own. */
static const char *folded(unsigned again, unsigned facts)
{
	struct fold *f = fold_open();
	struct err err = ERR_INIT;
	const char *text;
	struct schema s;

	for (unsigned k = 0; k < NFILES + NFILES - again; k++) {
		unsigned i = k < NFILES ? order[k] : again + k - NFILES;
		struct js *rec = archive_record(&arena, record_text(i));

		if (i < facts) {
			schema_init(&s, &arena);
			assert_int_equal(schema_fold(&s, rec, &err), 0);
			rec = js_new_object(&arena);
			js_set(rec, "facts", schema_to_json(&arena, &s));
		}
		if (fold_add(f, rec, &err) < 0)
			fail_msg("%s", err.msg);
	}
	schema_init(&s, &arena);
	assert_int_equal(fold_end(f, &s, &err), 0);
	text = text_of(&s);
	fold_close(f);
	return text;
}

static void any_order_gives_the_same_bytes(void **state)
{
	const char *want = plain();

	(void)state;
	for (unsigned i = 0; i < NFILES; i++)
		order[i] = i;
	assert_string_equal(folded(NFILES, 0), want);
	for (unsigned i = 0; i < NFILES; i++)
		order[i] = NFILES - 1 - i;
	assert_string_equal(folded(NFILES, 0), want);
	shuffle(1);
	assert_string_equal(folded(NFILES, 0), want);
	assert_string_equal(folded(NFILES - 300, 0), want);
	shuffle(2);
	assert_string_equal(folded(NFILES - 5, 40), want);
}

/* The file may be in any of the schemas by then. */
static void two_files_are_told_when_the_second_comes(void **state)
{
	struct err err = ERR_INIT;
	struct fold *f = fold_open();
	struct schema s;

	(void)state;
	for (unsigned i = 0; i < NFILES; i++)
		assert_int_equal(fold_add(f,
					 archive_record(&arena, record_text(i)),
					 &err),
			0);
	for (unsigned i = 0; i < NFILES; i += 77) {
		struct js *rec = archive_record(&arena, record_text(i));

		js_set_text(rec, "url", "other");
		js_set(rec, "attrs", js_new_object(&arena));
		assert_int_equal(fold_add(f, rec, &err), -1);
		assert_int_equal(err.kind, ERR_DATA);
		assert_non_null(strstr(err.msg, "'other'"));
		assert_non_null(strstr(err.msg,
			arena_printf(&arena, "two files for t=%u:", i)));
		err_clear(&err);
	}
	schema_init(&s, &arena);
	assert_int_equal(fold_end(f, &s, &err), 0);
	assert_string_equal(text_of(&s), plain());
	fold_close(f);
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
		cmocka_unit_test(any_order_gives_the_same_bytes),
		cmocka_unit_test(two_files_are_told_when_the_second_comes),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
