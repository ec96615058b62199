/* SPDX-License-Identifier: Apache-2.0 */
/* What comes out of archives and packed files, and what of them is refused.  Tars are
 * written here (POSIX.1-2008, pax, ustar interchange format); the others were made by
 * Python's zipfile, gzip, bz2 and lzma and by zstd(1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/str.h"
#include "foldering.h"
#include "net/bundle.h"

/* dir/größe.nc: "hello", stored; b.nc: forty times 'b', deflated. */
#define ZIP                                                                  \
	"UEsDBBQAAAgAAAAAIQCGphA2BQAAAAUAAAAOAAAAZGlyL2dyw7bDn2UubmNoZWxsb1" \
	"BLAwQUAAAACAAAACEAWkAbcwYAAAAoAAAABAAAAGIubmNLSiIOAABQSwECFAMUAAAI" \
	"AAAAACEAhqYQNgUAAAAFAAAADgAAAAAAAAAAAAAAgAEAAAAAZGlyL2dyw7bDn2Uubm" \
	"NQSwECFAMUAAAACAAAACEAWkAbcwYAAAAoAAAABAAAAAAAAAAAAAAAgAExAAAAYi5u" \
	"Y1BLBQYAAAAAAgACAG4AAABZAAAAAAA="

/* Packed "hello". */
#define GZ "H4sIAAAAAAACA8tIzcnJBwCGphA2BQAAAA=="
#define BZ2 "QlpoOTFBWSZTWRkxZT0AAACBAAJEoAAhmmgzTQczi7kinChIDJiynoA="
#define XZ                                                                   \
	"/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQAEaGVsbG8AAAAAsTe52+XaHpsAAR0FuC" \
	"2Arx+2830BAAAAAARZWg=="
#define ZST "KLUv/QRYKQAAaGVsbG+jbZ+I"

/* A tar with a.nc: "hello". */
#define TAR_GZ                                                               \
	"H4sIAAAAAAACA+3NMQrCQBQE0H8UTyCLbPY+iwgpFoVo7p+vldhHEN9rZphm+vF6jp" \
	"2V1Gp9ZfrMNL31596mcopDiS9Y74++5GX8p/kyxi0AAAAAAAAAAAD4NRsCD+K3ACgA" \
	"AA=="

/* A file of a tar; type: '0' plain, '1' and '2' links, '5' a folder. */
struct entry {
	char type;
	const char *name, *text;
};

static void add_entry(struct buf *tar, const struct entry *e)
{
	char h[512] = { 0 };
	size_t len = strlen(e->text);
	bool is_link = e->type == '1' || e->type == '2';
	unsigned int sum = 0;

	snprintf(h, 100, "%s", e->name);
	memcpy(h + 100, "0000644\0000000000\0000000000", 24);
	memcpy(h + 124, "00000000000\00000000000000", 24);
	for (size_t n = is_link ? 0 : len, i = 134; n > 0; n /= 8)
		h[i--] = (char)('0' + n % 8);
	memcpy(h + 148, "        ", 8);
	h[156] = e->type;
	if (is_link)
		snprintf(h + 157, 100, "%s", e->text);
	memcpy(h + 257, "ustar\00000", 8);
	for (size_t i = 0; i < sizeof(h); i++)
		sum += (unsigned char)h[i];
	snprintf(h + 148, 8, "%06o", sum);
	h[155] = ' ';
	buf_add(tar, h, sizeof(h));
	if (is_link || len == 0)
		return;
	memset(h, 0, sizeof(h));
	memcpy(h, e->text, len);
	buf_add(tar, h, sizeof(h));
}

static void put(const char *path, const struct buf *bytes)
{
	struct err err = ERR_INIT;

	assert_int_equal(io_replace(path, bytes->data, bytes->len, &err), 0);
}

static void put_tar(const struct entry *entries, size_t n)
{
	static const char end[1024];
	struct buf tar = BUF_INIT;

	for (size_t i = 0; i < n; i++)
		add_entry(&tar, &entries[i]);
	buf_add(&tar, end, sizeof(end));
	put("a", &tar);
	buf_release(&tar);
}

static void decode(const char *text, struct buf *bytes)
{
	buf_reset(bytes);
	assert_true(base64_decode(text, bytes));
}

static int keep(void *state, const void *p, size_t len, struct err *err)
{
	(void)err;
	buf_add(state, p, len);
	return 0;
}

static int give_up(void *state, const void *p, size_t len, struct err *err)
{
	(void)state;
	(void)p;
	(void)len;
	return err_set(err, ERR_FAIL, "no space left");
}

/* What is wanted of the file 'a', and what must come: text, or an error. */
struct want {
	const char *member, *text, *error;
};

static void check(enum bundle_kind kind, const struct want *wants, size_t n)
{
	const struct bundle_input in = { "a", kind, 1000 };
	struct bundle_want w[4] = { { .found = false } };
	struct buf got[4] = { BUF_INIT };

	for (size_t i = 0; i < n; i++) {
		buf_reset(&got[i]);
		w[i] = (struct bundle_want){ .member = wants[i].member,
			.add = keep,
			.state = &got[i] };
	}
	bundle_read(&in, w, n);
	for (size_t i = 0; i < n; i++) {
		const struct want *must = &wants[i];

		if (must->error != NULL) {
			assert_int_equal(w[i].err.kind, ERR_DATA);
			if (strstr(w[i].err.msg, must->error) == NULL)
				fail_msg("'%s', not '%s'", w[i].err.msg,
					must->error);
		} else {
			assert_string_equal(w[i].err.msg, "");
			assert_int_equal(got[i].len, strlen(must->text));
			assert_memory_equal(got[i].len ? got[i].data : "",
				must->text, got[i].len);
		}
		buf_release(&got[i]);
	}
}

static void check_one(enum bundle_kind kind, const char *text,
	const char *error)
{
	const struct want want = { NULL, text, error };

	check(kind, &want, 1);
}

static void members_come_by_name_in_any_order(void **state)
{
	static const struct entry entries[] = { { '5', "d/", "" },
		{ '0', "./d/a.nc", "one" }, { '0', "b.nc", "" },
		{ '0', "c.nc", "three" } };
	static const struct want wants[] = { { "./c.nc", "three", NULL },
		{ "d/a.nc", "one", NULL }, { "b.nc", "", NULL },
		{ "a.nc", NULL, "the archive has no such file" } };

	(void)state;
	put_tar(entries, 4);
	check(BUNDLE_ARCHIVE, wants, 4);
}

static void a_zip_is_read_with_any_name(void **state)
{
	static const struct want wants[] = { { "dir/größe.nc", "hello", NULL },
		{ "b.nc", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", NULL },
		{ "dir", NULL, "the archive has no such file" } };
	struct buf zip = BUF_INIT;

	(void)state;
	decode(ZIP, &zip);
	put("a", &zip);
	check(BUNDLE_ARCHIVE, wants, 3);
	zip.data[44] = 'j'; /* of "hello" */
	put("a", &zip);
	check(BUNDLE_ARCHIVE,
		&(struct want){ "dir/größe.nc", NULL, "it is damaged" }, 1);
	zip.data[44] = 'h';
	zip.data[6] |= 1;  /* of its local header, and of the directory's: */
	zip.data[97] |= 1; /* encrypted */
	put("a", &zip);
	check(BUNDLE_ARCHIVE,
		&(struct want){ "dir/größe.nc", NULL, "it is encrypted" }, 1);
	buf_release(&zip);
}

static void without_a_name_there_must_be_one_file(void **state)
{
	static const struct entry entries[] = { { '5', "d/", "" },
		{ '0', "d/a.nc", "one" }, { '0', "b.nc", "two" } };

	(void)state;
	put_tar(entries, 2);
	check_one(BUNDLE_ARCHIVE, "one", NULL);
	put_tar(entries, 3);
	check_one(BUNDLE_ARCHIVE, NULL, "the archive has several files");
	put_tar(entries, 1);
	check_one(BUNDLE_ARCHIVE, NULL, "the archive has no such file");
}

static void what_is_no_plain_file_is_refused(void **state)
{
	static const struct entry entries[] = { { '0', "a.nc", "one" },
		{ '1', "hard.nc", "a.nc" }, { '2', "soft.nc", "/etc/passwd" },
		{ '0', "a.nc", "two" } };
	static const struct want wants[] = {
		{ "a.nc", NULL, "it is in the archive twice" },
		{ "hard.nc", NULL, "it is no plain file" },
		{ "soft.nc", NULL, "it is no plain file" }
	};

	(void)state;
	put_tar(entries, 4);
	check(BUNDLE_ARCHIVE, wants, 3);
}

static void no_more_comes_than_is_allowed(void **state)
{
	static const struct entry entry = { '0', "a.nc", "hello" };
	struct buf got = BUF_INIT;
	struct bundle_want want = { .add = keep, .state = &got };
	struct bundle_input in = { "a", BUNDLE_ARCHIVE, 5 };

	(void)state;
	put_tar(&entry, 1);
	bundle_read(&in, &want, 1);
	assert_int_equal(want.err.kind, ERR_NONE);
	in.limit = 4;
	want.found = false;
	bundle_read(&in, &want, 1);
	assert_int_equal(want.err.kind, ERR_DATA);
	assert_string_equal(want.err.msg,
		"it has more than 4 bytes: see --unpack-limit");
	buf_release(&got);
}

/* The one who cannot take it; the other is not concerned. */
static void each_fails_alone(void **state)
{
	static const struct entry entries[] = { { '0', "a.nc", "one" },
		{ '0', "b.nc", "two" } };
	const struct bundle_input in = { "a", BUNDLE_ARCHIVE, 1000 };
	struct buf got = BUF_INIT;
	struct bundle_want wants[] = { { .member = "a.nc", .add = give_up },
		{ .member = "b.nc", .add = keep, .state = &got } };

	(void)state;
	put_tar(entries, 2);
	bundle_read(&in, wants, 2);
	assert_int_equal(wants[0].err.kind, ERR_FAIL);
	assert_int_equal(wants[1].err.kind, ERR_NONE);
	assert_string_equal(got.data, "two");
	buf_release(&got);
}

/* However many bytes are lost. */
static void packed_files_are_whole_or_refused(void **state)
{
	static const char *const packed[] = { GZ, BZ2, XZ, ZST };
	struct buf bytes = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		decode(packed[i], &bytes);
		put("a", &bytes);
		check_one(BUNDLE_PACKED, "hello", NULL);
		while (bytes.len-- > 6) {
			put("a", &bytes);
			check_one(BUNDLE_PACKED, NULL, "");
		}
	}
	buf_release(&bytes);
}

/* The checksum and the size of gzip, which libarchive does not look at; of a tar they are
 * behind its end. */
static void the_end_of_gzip_counts(void **state)
{
	static const char *const packed[] = { GZ, TAR_GZ };
	static const enum bundle_kind kinds[] = { BUNDLE_PACKED,
		BUNDLE_ARCHIVE };
	struct buf bytes = BUF_INIT;

	(void)state;
	for (size_t n = 0; n < 2; n++) {
		decode(packed[n], &bytes);
		put("a", &bytes);
		check_one(kinds[n], "hello", NULL);
		for (size_t i = bytes.len - 8; i < bytes.len; i++) {
			bytes.data[i] ^= 1;
			put("a", &bytes);
			check_one(kinds[n], NULL, "it is damaged");
			bytes.data[i] ^= 1;
		}
	}
	buf_release(&bytes);
}

static void what_is_not_packed_is_refused(void **state)
{
	struct buf bytes = BUF_INIT;

	(void)state;
	buf_adds(&bytes, "<html>sign in</html>");
	put("a", &bytes);
	check_one(BUNDLE_PACKED, NULL, "it is not compressed");
	check_one(BUNDLE_ARCHIVE, NULL, "it is damaged, or not what its name");
	unlink("a");
	check_one(BUNDLE_ARCHIVE, NULL, "a");
	buf_release(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_come_by_name_in_any_order),
		cmocka_unit_test(a_zip_is_read_with_any_name),
		cmocka_unit_test(without_a_name_there_must_be_one_file),
		cmocka_unit_test(what_is_no_plain_file_is_refused),
		cmocka_unit_test(no_more_comes_than_is_allowed),
		cmocka_unit_test(each_fails_alone),
		cmocka_unit_test(packed_files_are_whole_or_refused),
		cmocka_unit_test(the_end_of_gzip_counts),
		cmocka_unit_test(what_is_not_packed_is_refused),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
