/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The note is written once, when the head of a response comes, and only for
 * files large enough that losing them hurts.  It carries the id of this boot
 * of the machine: bytes that were not synced survive the death of a process,
 * but not that of the machine, whose power cut may leave holes of zeros.
 * Syncing every few megabytes instead was refused, as it halves the speed of
 * a disk to guard against what is rare.
 */
#include "net/part.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/str.h"
#include "record/json.h"
#include "record/json_write.h"

enum {
	NOTE_FROM = 1 << 20, /* bytes; below, a file is fetched anew */
	NOTE_MAX = 1 << 20,
	STEP = 1 << 18, /* bytes read at once */
};

/* The id of this boot, or "" where the system has none. */
static void read_boot_id(char out[64])
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, out, 63);

	out[n > 0 ? n : 0] = '\0';
	out[strcspn(out, "\n")] = '\0';
	if (fd >= 0)
		close(fd);
}

static void forget_version(struct part *p)
{
	if (p->noted)
		unlink(p->place->note);
	p->noted = false;
	p->length = HTTP_UNKNOWN;
	p->validators = (struct http_validators){ .etag = "" };
	p->if_range[0] = '\0';
}

int part_restart(struct part *p, struct err *err)
{
	forget_version(p);
	if (p->len == 0)
		return 0;
	sha256_close(p->hash);
	p->hash = sha256_open();
	p->len = 0;
	p->whole = false;
	if (ftruncate(p->fd, 0) < 0 || lseek(p->fd, 0, SEEK_SET) < 0)
		return err_sys(err, "cannot empty '%s'", p->place->part);
	return 0;
}

/* Digest the bytes that are here; leaves the descriptor behind them. */
static int add_old_bytes(struct part *p, struct err *err)
{
	struct buf piece = BUF_INIT;
	ssize_t n;

	buf_resize(&piece, STEP);
	p->len = 0;
	while ((n = read(p->fd, piece.data, STEP)) > 0) {
		sha256_add(p->hash, piece.data, (size_t)n);
		p->len += (uint64_t)n;
	}
	buf_release(&piece);
	if (n < 0)
		return err_sys(err, "cannot read '%s'", p->place->part);
	return 0;
}

static bool copy_text(char *out, size_t size, const char *s)
{
	size_t len = s ? strlen(s) : 0;

	if (len >= size)
		return false;
	memcpy(out, s ? s : "", len + 1);
	return true;
}

static bool parse_note(struct part *p, const struct js *doc)
{
	const char *url = js_get_text(doc, "url");
	const char *boot = js_get_text(doc, "boot");
	char now[64];

	read_boot_id(now);
	if (url == NULL || !str_eq(url, p->place->url))
		return false;
	if (boot == NULL || *boot == '\0' || !str_eq(boot, now))
		return false;
	js_u64(js_get(doc, "size"), &p->length);
	return copy_text(p->if_range, HTTP_TAG_MAX,
		       js_get_text(doc, "if_range")) &&
		copy_text(p->validators.etag, HTTP_TAG_MAX,
			js_get_text(doc, "etag")) &&
		copy_text(p->validators.modified, HTTP_TAG_MAX,
			js_get_text(doc, "modified"));
}

static bool read_note(struct part *p)
{
	struct arena a = ARENA_INIT;
	struct buf text = BUF_INIT;
	struct err err = ERR_INIT;
	const struct js *doc = NULL;
	bool ok;

	if (io_read_file(p->place->note, NOTE_MAX, &text, &err) == 0)
		doc = js_parse(&a, text.data, text.len, &err);
	ok = doc != NULL && parse_note(p, doc);
	buf_release(&text);
	arena_release(&a);
	return ok;
}

static int write_note(struct part *p, struct err *err)
{
	struct arena a = ARENA_INIT;
	struct js *doc = js_new_object(&a);
	struct buf text = BUF_INIT;
	char boot[64];
	int r;

	read_boot_id(boot);
	js_set_text(doc, "url", p->place->url);
	js_set_text(doc, "boot", boot);
	if (p->length != HTTP_UNKNOWN)
		js_set_u64(doc, "size", p->length);
	js_set_text(doc, "if_range", p->if_range);
	js_set_text(doc, "etag", p->validators.etag);
	js_set_text(doc, "modified", p->validators.modified);
	js_write(&text, doc, JS_RECORD);
	buf_addc(&text, '\n');
	r = cache_replace(p->place, p->place->note, &text, err);
	p->noted = r == 0;
	buf_release(&text);
	arena_release(&a);
	return r;
}

static int sync_parent(const char *path, struct err *err)
{
	struct buf parent = BUF_INIT;
	int r;

	buf_add(&parent, path, (size_t)(strrchr(path, '/') - path));
	r = io_sync_dir(parent.data, err);
	buf_release(&parent);
	return r;
}

/* Give the file its name.  From here on the .part is no longer ours. */
static int rename_to_data(struct part *p, struct err *err)
{
	const struct cache_place *at = p->place;

	if (rename(at->part, at->data) < 0)
		return err_sys(err, "cannot rename '%s'", at->part);
	if (p->noted)
		unlink(at->note);
	close(p->fd);
	p->fd = -1;
	return sync_parent(at->data, err);
}

/* What a former run left: a file that lacks only its name, one that can be
 * continued, or nothing of use. */
static int take_up(struct part *p, struct err *err)
{
	struct cache_file file;
	char sum[SHA256_HEX];

	p->hash = sha256_open();
	p->noted = access(p->place->note, F_OK) == 0;
	if (p->len == 0)
		return part_restart(p, err);
	if (p->noted && read_note(p)) {
		if (add_old_bytes(p, err) < 0)
			return -1;
		p->whole = p->len == p->length;
		return 0;
	}
	if (!cache_read_sidecar(p->place, &file) || file.size != p->len)
		return part_restart(p, err);
	if (add_old_bytes(p, err) < 0)
		return -1;
	sha256_end(p->hash, sum);
	if (p->len != file.size || !str_eq(sum, file.sha256))
		return part_restart(p, err);
	return rename_to_data(p, err);
}

static int open_file(const struct cache_place *place, struct err *err)
{
	int flags = O_RDWR | O_CREAT | O_CLOEXEC;
	int fd = open(place->part, flags, 0666);

	if (fd < 0 && errno == ENOENT) {
		if (io_make_parent(place->part, err) < 0)
			return -1;
		fd = open(place->part, flags, 0666);
	}
	if (fd < 0)
		return err_sys(err, "cannot open '%s'", place->part);
	return fd;
}

/* Between open and flock the last holder may have renamed or removed it. */
static bool still_named(int fd, const char *path, struct stat *st)
{
	struct stat named;

	return fstat(fd, st) == 0 && stat(path, &named) == 0 &&
		st->st_ino == named.st_ino && st->st_dev == named.st_dev;
}

int part_open(struct part *p, const struct cache_place *place, struct err *err)
{
	struct stat st;
	int fd = open_file(place, err);

	if (fd < 0)
		return -1;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		bool busy = errno == EWOULDBLOCK;

		if (!busy)
			err_sys(err, "cannot lock '%s'", place->part);
		close(fd);
		return busy ? 0 : -1;
	}
	if (!still_named(fd, place->part, &st)) {
		close(fd);
		return 0;
	}
	*p = (struct part)PART_INIT;
	p->place = place;
	p->fd = fd;
	p->len = (uint64_t)st.st_size;
	if (take_up(p, err) < 0) {
		part_close(p);
		return -1;
	}
	if (p->fd >= 0)
		return 1;
	part_close(p);
	return 0;
}

int part_offset(struct part *p, uint64_t *offset, struct err *err)
{
	if (p->len > 0 && (p->if_range[0] == '\0' || p->len >= p->length) &&
		part_restart(p, err) < 0)
		return -1;
	*offset = p->len;
	return 0;
}

static void take_version(struct part *p, const struct http_head *head)
{
	const char *strong = http_strong_validator(head);

	p->length = head->length;
	p->validators = head->validators;
	p->if_range[0] = '\0';
	if (strong != NULL && head->ranges)
		copy_text(p->if_range, HTTP_TAG_MAX, strong);
}

static bool differ(const char *a, const char *b)
{
	return *a != '\0' && *b != '\0' && !str_eq(a, b);
}

/* A continuation must be of the version in hand, whatever If-Range did. */
static bool continues(const struct part *p, const struct http_head *head)
{
	const struct http_validators *old = &p->validators;
	const struct http_validators *new = &head->validators;

	if (head->offset != p->len)
		return false;
	if (p->length != HTTP_UNKNOWN && head->length != HTTP_UNKNOWN &&
		p->length != head->length)
		return false;
	return !differ(old->etag, new->etag) &&
		!differ(old->modified, new->modified);
}

int part_begin(struct part *p, const struct http_head *head, struct err *err)
{
	if (p->len > 0 && continues(p, head)) {
		if (p->length == HTTP_UNKNOWN)
			p->length = head->length;
		return 0;
	}
	if (part_restart(p, err) < 0)
		return -1;
	if (head->offset != 0)
		return err_set(err, ERR_TEMP,
			"the server sent another part than was asked for");
	take_version(p, head);
	if (p->if_range[0] != '\0' && p->length >= NOTE_FROM)
		return write_note(p, err);
	return 0;
}

int part_add(struct part *p, const void *bytes, size_t len, struct err *err)
{
	if (io_write_all(p->fd, bytes, len, err) < 0)
		return err_in(err, "'%s'", p->place->part);
	sha256_add(p->hash, bytes, len);
	p->len += len;
	return 0;
}

static int put_in_place(struct part *p, const struct cache_file *file,
	struct err *err)
{
	const struct cache_place *at = p->place;

	if (fsync(p->fd) < 0)
		return err_sys(err, "cannot write '%s'", at->part);
	if (unlink(at->data) < 0 && errno != ENOENT)
		return err_sys(err, "cannot remove '%s'", at->data);
	if (cache_write_sidecar(at, file, err) < 0)
		return -1;
	return rename_to_data(p, err);
}

int part_publish(struct part *p, struct cache_file *out, struct err *err)
{
	int64_t modified = http_date(p->validators.modified);

	if (p->length != HTTP_UNKNOWN && p->len != p->length)
		return err_set(err, ERR_TEMP, "%llu of %llu bytes came",
			(unsigned long long)p->len,
			(unsigned long long)p->length);
	*out = (struct cache_file){ .path = p->place->data, .size = p->len };
	copy_text(out->etag, sizeof(out->etag), p->validators.etag);
	if (modified >= 0)
		clock_text(modified, 0, out->modified);
	sha256_end(p->hash, out->sha256);
	return put_in_place(p, out, err);
}

void part_close(struct part *p)
{
	if (p->fd >= 0) {
		if (!p->noted)
			unlink(p->place->part);
		close(p->fd);
	}
	p->fd = -1;
	sha256_close(p->hash);
	p->hash = NULL;
}
