/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libarchive, with the formats and filters that we name and no others: some of
 * its filters run programs.  Entries come in the order of the archive; each is
 * held against all wants.  It is loaded when there is an archive to look into (see
 * base/library).
 */
#include "net/bundle.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/library.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/gunzip.h"

enum { STEP = 1 << 18 };

#define ARCHIVE_CALLS                \
	X(entry_filetype)            \
	X(entry_hardlink)            \
	X(entry_is_encrypted)        \
	X(entry_pathname)            \
	X(entry_pathname_utf8)       \
	X(error_string)              \
	X(filter_count)              \
	X(read_data)                 \
	X(read_free)                 \
	X(read_new)                  \
	X(read_next_header)          \
	X(read_open)                 \
	X(read_open_filename)        \
	X(read_support_filter_bzip2) \
	X(read_support_filter_xz)    \
	X(read_support_filter_zstd)  \
	X(read_support_format_raw)   \
	X(read_support_format_tar)   \
	X(read_support_format_zip)   \
	X(set_error)

/* Of libarchive; NULL until it is loaded. */
static struct {
#define X(name) __typeof__ (&archive_##name)(name);
	ARCHIVE_CALLS
#undef X
} la;

static int load(struct err *err)
{
#define X(name) { "archive_" #name, &la.name },
	static const struct library_call calls[] = { ARCHIVE_CALLS{ NULL,
		NULL } };
#undef X

	return library_load("libarchive.so.13", calls, err);
}

struct reader {
	const struct bundle_input *in;
	struct bundle_want *wants;
	size_t n, nfiles;
	struct archive *archive;
	struct gunzip *gunzip; /* below it, or NULL */
	struct err err;        /* of the whole */
	char *piece;
};

static int damaged(struct reader *r, struct err *err)
{
	const char *why = la.error_string(r->archive);

	if (r->err.kind != ERR_NONE) { /* of gunzip */
		*err = r->err;
		return -1;
	}
	return err_set(err, ERR_DATA,
		"it is damaged, or not what its name "
		"says: %s",
		why ? why : "no cause is known");
}

static ssize_t on_read(struct archive *a, void *user, const void **out)
{
	struct reader *r = user;
	ssize_t n = gunzip_read(r->gunzip, r->piece + STEP, STEP, &r->err);

	*out = r->piece + STEP;
	if (n < 0)
		la.set_error(a, EIO, "%s", r->err.msg);
	return n < 0 ? ARCHIVE_FATAL : n;
}

static int open_archive(struct reader *r)
{
	struct archive *a;
	int code;

	if (load(&r->err) < 0)
		return -1;
	a = la.read_new();
	r->archive = a;
	if (a == NULL)
		return err_set(&r->err, ERR_TEMP, "out of memory");
	if (r->in->kind == BUNDLE_PACKED) {
		la.read_support_format_raw(a);
	} else {
		la.read_support_format_zip(a);
		la.read_support_format_tar(a);
	}
	if (gunzip_knows(r->in->path)) {
		r->gunzip = gunzip_open(r->in->path, &r->err);
		if (r->gunzip == NULL)
			return -1;
		code = la.read_open(a, r, NULL, on_read, NULL);
	} else {
		la.read_support_filter_bzip2(a);
		la.read_support_filter_xz(a);
		la.read_support_filter_zstd(a);
		code = la.read_open_filename(a, r->in->path, STEP);
	}
	return code == ARCHIVE_OK ? 0 : damaged(r, &r->err);
}

static const char *plain(const char *name)
{
	while (str_starts(name, "./"))
		name += 2;
	return name;
}

static bool is_named(struct archive_entry *e, const char *member)
{
	const char *bytes = la.entry_pathname(e);
	const char *utf8 = la.entry_pathname_utf8(e);

	return (bytes && str_eq(plain(bytes), plain(member))) ||
		(utf8 && str_eq(plain(utf8), plain(member)));
}

/* Who wants this entry, or NULL. */
static struct bundle_want *find(struct reader *r, struct archive_entry *e)
{
	struct bundle_want *any = NULL;

	for (size_t i = 0; i < r->n; i++) {
		struct bundle_want *w = &r->wants[i];

		if (w->member == NULL)
			any = w;
		else if (is_named(e, w->member))
			return w;
	}
	return any;
}

static int copy(struct reader *r, struct bundle_want *w)
{
	uint64_t left = r->in->limit;
	la_ssize_t n;

	while ((n = la.read_data(r->archive, r->piece, STEP)) > 0) {
		if ((uint64_t)n > left)
			return err_set(&w->err, ERR_DATA,
				"it has more than %llu bytes: see "
				"--unpack-limit",
				(unsigned long long)r->in->limit);
		left -= (uint64_t)n;
		if (w->add(w->state, r->piece, (size_t)n, &w->err) < 0)
			return -1;
	}
	return n == 0 ? 0 : damaged(r, &w->err);
}

static void take(struct reader *r, struct bundle_want *w,
	struct archive_entry *e)
{
	if (w->err.kind != ERR_NONE)
		return;
	if (w->found && w->member != NULL)
		err_set(&w->err, ERR_DATA, "it is in the archive twice");
	if (w->found)
		return;
	w->found = true;
	if (la.entry_is_encrypted(e))
		err_set(&w->err, ERR_DATA, "it is encrypted");
	else if (r->in->kind == BUNDLE_ARCHIVE &&
		(la.entry_filetype(e) != AE_IFREG ||
			la.entry_hardlink(e) != NULL))
		err_set(&w->err, ERR_DATA, "it is no plain file");
	else
		(void)copy(r, w);
}

static bool is_folder(struct archive_entry *e)
{
	return la.entry_filetype(e) == AE_IFDIR;
}

/* A page that says why there is no file, perhaps. */
static bool is_bare(struct reader *r)
{
	return r->in->kind == BUNDLE_PACKED && r->gunzip == NULL &&
		la.filter_count(r->archive) < 2;
}

static int read_all(struct reader *r)
{
	struct archive_entry *e;
	int code;

	if (open_archive(r) < 0)
		return -1;
	while ((code = la.read_next_header(r->archive, &e)) == ARCHIVE_OK ||
		code == ARCHIVE_WARN) {
		struct bundle_want *w = is_folder(e) ? NULL : find(r, e);

		r->nfiles += !is_folder(e);
		if (is_bare(r))
			return err_set(&r->err, ERR_DATA,
				"it is not compressed, whatever its name says; "
				"set fetch.unpack to 'none' to take files as "
				"they are");
		if (w != NULL)
			take(r, w, e);
	}
	if (code != ARCHIVE_EOF)
		return damaged(r, &r->err);
	/* What follows the end of a tar belongs to its checksum. */
	while (r->gunzip != NULL && code > 0)
		code = (int)gunzip_read(r->gunzip, r->piece, STEP, &r->err);
	return code < 0 ? -1 : 0;
}

static void conclude(const struct reader *r, struct bundle_want *w, int result)
{
	if (w->err.kind != ERR_NONE)
		return;
	if (result < 0)
		w->err = r->err;
	else if (w->member == NULL && r->nfiles > 1)
		err_set(&w->err, ERR_DATA,
			"the archive has several files: name one, as in "
			"'archive.zip!file.nc'");
	else if (!w->found)
		err_set(&w->err, ERR_DATA, "the archive has no such file");
}

void bundle_read(const struct bundle_input *in, struct bundle_want *wants,
	size_t n)
{
	struct reader r = { .in = in, .wants = wants, .n = n };
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	locale_t old = uselocale(utf8); /* names of members are UTF-8 */
	int result;

	r.piece = mem_alloc(2 * STEP);
	result = read_all(&r);
	for (size_t i = 0; i < n; i++)
		conclude(&r, &wants[i], result);
	if (r.archive != NULL)
		la.read_free(r.archive);
	uselocale(old);
	if (utf8 != (locale_t)0)
		freelocale(utf8);
	gunzip_close(r.gunzip);
	mem_free(r.piece);
}
