/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small files come in one piece and need no file before they are whole: making
 * one while the next transfer waits would be most of the work.  Digests are
 * computed at the end, from memory or the page cache, and not while bytes come,
 * for the same reason: then it can be done on another thread.
 */
#include "net/part.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/str.h"
#include "format/view.h"

enum {
	HELD_MAX = 1 << 17,  /* bytes in memory */
	NOTE_FROM = 1 << 20, /* bytes; below, a file is fetched anew */
};

static bool copy_text(char *out, size_t size, const char *s)
{
	size_t len = strlen(s);

	if (len >= size)
		return false;
	memcpy(out, s, len + 1);
	return true;
}

static void forget_version(struct part *p)
{
	if (p->noted)
		unlink(p->place->note);
	p->noted = false;
	p->version = (struct note)NOTE_INIT;
	p->checks.n = p->given;
}

static int compare(struct part *p, struct digests *d, char out[SHA256_HEX],
	struct err *err)
{
	unsigned char is[DIGEST_MAX];
	int r = 0;

	for (int i = 0; i < DIGEST_KINDS && r == 0; i++) {
		if (d->of[i] == NULL)
			continue;
		digest_end(d->of[i], is);
		if (i == DIGEST_SHA256)
			digest_text(is, digest_size(DIGEST_SHA256), out);
		r = checks_compare(&p->checks, (enum digest_kind)i, is, err);
	}
	return r;
}

/* The SHA-256, and all others that there are checks for. */
static void list_digests(const struct part *p, bool want[DIGEST_KINDS])
{
	for (int i = 0; i < DIGEST_KINDS; i++)
		want[i] = i == DIGEST_SHA256 ||
			checks_want(&p->checks, (enum digest_kind)i);
}

/* What was digested while the bytes came, if that is all that is wanted: up to
 * which byte. */
static uint64_t take_trail(struct part *p, struct digests *d)
{
	bool want[DIGEST_KINDS], lacks = false;
	uint64_t done = 0;

	list_digests(p, want);
	if (p->trail == NULL) {
		digests_open(d, want);
		return 0;
	}
	done = trail_end(p->trail, d);
	p->trail = NULL;
	for (int i = 0; i < DIGEST_KINDS; i++)
		lacks |= want[i] && d->of[i] == NULL;
	if (!lacks)
		return done;
	digests_close(d);
	digests_open(d, want);
	return 0;
}

static void drop_trail(struct part *p)
{
	struct digests d;

	if (p->trail == NULL)
		return;
	(void)trail_end(p->trail, &d);
	digests_close(&d);
	p->trail = NULL;
}

int part_restart(struct part *p, struct err *err)
{
	forget_version(p);
	drop_trail(p);
	buf_reset(&p->held);
	p->len = 0;
	p->whole = false;
	if (p->fd < 0)
		return 0;
	if (ftruncate(p->fd, 0) < 0 || lseek(p->fd, 0, SEEK_SET) < 0)
		return err_sys(err, "cannot empty '%s'", p->place->part);
	return 0;
}

/* No more bytes, and no fewer, than came. */
static int add_rest(struct part *p, struct digests *d, uint64_t done,
	struct err *err)
{
	const struct digests_span rest = { p->fd, p->place->part, done,
		p->len };
	struct stat st;

	if (fstat(p->fd, &st) < 0)
		return err_sys(err, "cannot read '%s'", p->place->part);
	if ((uint64_t)st.st_size != p->len)
		return err_set(err, ERR_TEMP, "'%s' changed meanwhile",
			p->place->part);
	return digests_add_file(d, &rest, err);
}

static int compute_digest(struct part *p, char out[SHA256_HEX], struct err *err)
{
	struct digests d;
	uint64_t done = take_trail(p, &d);
	int r = 0;

	if (p->fd >= 0)
		r = add_rest(p, &d, done, err);
	else
		digests_add(&d, p->held.data, p->held.len);
	if (r == 0)
		r = compare(p, &d, out, err);
	digests_close(&d);
	return r;
}

static int look(struct part *p, struct err *err)
{
	const struct view v = p->fd >= 0 ?
		view_of_file(p->fd, p->place->part, p->len) :
		view_of_memory(p->held.data, p->held.len);

	return checks_look(&p->checks, &v, err);
}

static int open_file(struct part *p, struct err *err)
{
	const char *path = p->place->part;
	int flags = O_RDWR | O_CREAT | O_CLOEXEC;

	p->fd = open(path, flags, 0666);
	if (p->fd < 0 && errno == ENOENT) {
		if (io_make_parent(path, err) < 0)
			return -1;
		p->fd = open(path, flags, 0666);
	}
	if (p->fd < 0)
		return err_sys(err, "cannot open '%s'", path);
	p->exists = true;
	return 0;
}

/* What is in memory goes into the file, and so does all that comes. */
static int write_held(struct part *p, struct err *err)
{
	if (p->fd < 0 && open_file(p, err) < 0)
		return -1;
	if (p->held.len > 0 &&
		io_write_all(p->fd, p->held.data, p->held.len, err) < 0)
		return err_in(err, "'%s'", p->place->part);
	buf_release(&p->held);
	return 0;
}

int part_name(struct part *p, const struct cache_file *file, struct err *err)
{
	const struct cache_place *at = p->place;

	if (p->replaces && unlink(at->data) < 0 && errno != ENOENT)
		return err_sys(err, "cannot remove '%s'", at->data);
	if (p->replaces && cache_write_sidecar(at, file, err) < 0)
		return -1;
	if (rename(at->part, at->data) < 0)
		return err_sys(err, "cannot rename '%s'", at->part);
	p->exists = false;
	if (p->noted)
		unlink(at->note);
	p->noted = false;
	return 0;
}

/* A file that lacks only its name gets it, if it is the one that its sidecar
 * describes; it was not synced, so its digest must tell. */
static int take_nameless(struct part *p, struct err *err)
{
	struct cache_file file;
	char sum[SHA256_HEX];

	if (!cache_read_sidecar(p->place, &file) || file.size != p->len)
		return part_restart(p, err);
	if (compute_digest(p, sum, err) < 0)
		return -1;
	if (!str_eq(sum, file.sha256))
		return part_restart(p, err);
	if (fsync(p->fd) < 0)
		return err_sys(err, "cannot write '%s'", p->place->part);
	if (part_name(p, &file, err) < 0)
		return -1;
	close(p->fd);
	p->fd = -1;
	p->len = 0;
	return 0;
}

/* What a former run left: a file that lacks only its name, one that can be
 * continued, or nothing of use. */
static int take_up(struct part *p, const struct stat *st, struct err *err)
{
	if (open_file(p, err) < 0)
		return -1;
	p->len = (uint64_t)st->st_size;
	p->noted = access(p->place->note, F_OK) == 0;
	if (p->len == 0)
		return part_restart(p, err);
	if (!p->noted || !note_read(p->place, &p->version))
		return take_nameless(p, err);
	p->whole = p->len == p->version.length;
	if (lseek(p->fd, 0, SEEK_END) < 0)
		return err_sys(err, "cannot read '%s'", p->place->part);
	return 0;
}

int part_open(struct part *p, const struct part_want *want, struct err *err)
{
	struct stat st;
	int got = lock_take(want->lock, want->place->id, err);

	if (got <= 0)
		return got;
	*p = (struct part)PART_INIT;
	p->place = want->place;
	p->lock = want->lock;
	p->trails = want->trails;
	p->checks = *want->given;
	p->given = p->checks.n;
	if (stat(p->place->part, &st) == 0 && take_up(p, &st, err) < 0) {
		part_close(p);
		return -1;
	}
	return 1;
}

int part_offset(struct part *p, uint64_t *offset, struct err *err)
{
	const struct note *v = &p->version;

	if (p->len > 0 && (v->if_range[0] == '\0' || p->len >= v->length) &&
		part_restart(p, err) < 0)
		return -1;
	*offset = p->len;
	return 0;
}

static void take_version(struct part *p, const struct http_head *head)
{
	const char *strong = http_strong_validator(head);

	p->version = (struct note){ .length = head->length,
		.validators = head->validators };
	if (strong != NULL && head->ranges)
		copy_text(p->version.if_range, HTTP_TAG_MAX, strong);
}

static bool differ(const char *a, const char *b)
{
	return *a != '\0' && *b != '\0' && !str_eq(a, b);
}

/* A continuation must be of the version in hand, whatever If-Range did. */
static bool continues(const struct part *p, const struct http_head *head)
{
	const struct http_validators *old = &p->version.validators;
	const struct http_validators *new = &head->validators;

	if (head->offset != p->len)
		return false;
	if (p->version.length != HTTP_UNKNOWN && head->length != HTTP_UNKNOWN &&
		p->version.length != head->length)
		return false;
	return !differ(old->etag, new->etag) &&
		!differ(old->modified, new->modified);
}

/* From here on the bytes go into the .part; long ones are worth a note. */
static int spill(struct part *p, struct err *err)
{
	const struct note *v = &p->version;

	if (write_held(p, err) < 0)
		return -1;
	if (p->noted || v->if_range[0] == '\0' || v->length < NOTE_FROM)
		return 0;
	p->noted = note_write(p->place, v, err) == 0;
	return p->noted ? 0 : -1;
}

int part_begin(struct part *p, const struct http_head *head, struct err *err)
{
	if (p->len > 0 && continues(p, head)) {
		if (p->version.length == HTTP_UNKNOWN)
			p->version.length = head->length;
		checks_add_head(&p->checks, head);
		return 0;
	}
	if (part_restart(p, err) < 0)
		return -1;
	if (head->offset != 0)
		return err_set(err, ERR_TEMP,
			"the server sent another part than was asked for");
	take_version(p, head);
	checks_add_head(&p->checks, head);
	if (head->length != HTTP_UNKNOWN && head->length > HELD_MAX)
		return spill(p, err);
	return 0;
}

/* A large file is digested while it comes. */
static void tell_trail(struct part *p)
{
	bool want[DIGEST_KINDS];

	if (p->len < NOTE_FROM || p->trails == NULL)
		return;
	if (p->trail == NULL) {
		list_digests(p, want);
		p->trail = trail_begin(p->trails, p->fd, want);
	}
	trail_tell(p->trail, p->len);
}

int part_add(struct part *p, const void *bytes, size_t len, struct err *err)
{
	p->len += len;
	if (p->fd < 0 && len <= HELD_MAX - p->held.len) {
		buf_add(&p->held, bytes, len);
		return 0;
	}
	if (p->fd < 0 && spill(p, err) < 0)
		return -1;
	if (io_write_all(p->fd, bytes, len, err) < 0)
		return err_in(err, "'%s'", p->place->part);
	tell_trail(p);
	return 0;
}

/* What is wrong is of no use for the next try, and twice is no accident. */
static int refuse(struct part *p, struct err *err)
{
	if (err->kind == ERR_TEMP && p->wrong++ > 0) {
		err->kind = ERR_DATA;
		err_in(err, "twice");
	}
	if (part_restart(p, err) < 0)
		err->kind = ERR_FAIL;
	return -1;
}

int part_stow(struct part *p, struct cache_file *out, struct err *err)
{
	const struct note *v = &p->version;
	int64_t modified = http_date(v->validators.modified);

	if (v->length != HTTP_UNKNOWN && p->len != v->length)
		return err_set(err, ERR_TEMP, "%llu of %llu bytes came",
			(unsigned long long)p->len,
			(unsigned long long)v->length);
	*out = (struct cache_file){ .path = p->place->data, .size = p->len };
	copy_text(out->etag, sizeof(out->etag), v->validators.etag);
	if (modified >= 0)
		clock_text(modified, 0, out->modified);
	if (look(p, err) < 0 || compute_digest(p, out->sha256, err) < 0)
		return refuse(p, err);
	if (write_held(p, err) < 0)
		return -1;
	p->replaces = access(p->place->data, F_OK) == 0;
	return p->replaces ? 0 : cache_write_sidecar(p->place, out, err);
}

void part_close(struct part *p)
{
	if (p->lock == NULL)
		return;
	drop_trail(p);
	if (p->exists && !p->noted)
		unlink(p->place->part);
	if (p->fd >= 0)
		close(p->fd);
	buf_release(&p->held);
	lock_drop(p->lock, p->place->id);
	*p = (struct part)PART_INIT;
}
