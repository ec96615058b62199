/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A folder of plain files, 256 below it, so that people can look inside and
 * copy it around.  A database of what is there was refused: it would have to
 * agree with the folder after every crash, and two runs would have to share it.
 * A sidecar is written where it will be read: nothing counts before the data file
 * is there.  It is not synced by itself: it is read as JSON with a URL and a digest in it, so
 * one that a power cut emptied is none, and its file is fetched again, while
 * syncing each would double the price of a small file.
 */
#include "net/cache.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/str.h"
#include "record/json.h"
#include "record/json_write.h"

enum { SIDECAR_MAX = 1 << 20 };

static const char *with_end(struct arena *a, const struct buf *base,
	const char *end)
{
	size_t len = strlen(end);
	char *out = arena_alloc(a, base->len + len + 1, 1);

	memcpy(out, base->data, base->len);
	memcpy(out + base->len, end, len + 1);
	return out;
}

void cache_place(struct arena *a, const char *folder, const struct url *url,
	struct cache_place *out)
{
	struct sha256 *h = sha256_open();
	char hex[SHA256_HEX], head[16];
	struct buf base = BUF_INIT;

	sha256_add(h, url->key, strlen(url->key));
	sha256_end(h, hex);
	sha256_close(h);
	memcpy(head, hex, sizeof(head) - 1);
	head[sizeof(head) - 1] = '\0';
	buf_adds(&base, folder);
	buf_addc(&base, '/');
	buf_add(&base, hex, 2);
	buf_addc(&base, '/');
	buf_adds(&base, hex + 2);
	buf_adds(&base, *url->name ? "-" : "");
	buf_adds(&base, url->name);
	*out = (struct cache_place){
		.url = url->key,
		.id = strtoull(head, NULL, 16),
		.data = with_end(a, &base, ""),
		.sidecar = with_end(a, &base, ".json"),
		.part = with_end(a, &base, ".part"),
		.note = with_end(a, &base, ".note"),
		.temp = with_end(a, &base, ".temp"),
	};
	buf_release(&base);
}

static bool is_sha256(const char *s)
{
	return strlen(s) == SHA256_HEX - 1 &&
		strspn(s, "0123456789abcdef") == SHA256_HEX - 1;
}

/* A member that may be missing, but not be longer than we ever write. */
static bool take_text(const struct js *doc, const char *name, char *out,
	size_t size)
{
	const char *s = js_get_text(doc, name);
	size_t len = s ? strlen(s) : 0;

	if (len >= size)
		return false;
	memcpy(out, s ? s : "", len + 1);
	return true;
}

static bool parse_sidecar(const struct js *doc, struct cache_file *out)
{
	return js_u64(js_get(doc, "size"), &out->size) &&
		take_text(doc, "sha256", out->sha256, sizeof(out->sha256)) &&
		is_sha256(out->sha256) &&
		take_text(doc, "etag", out->etag, sizeof(out->etag)) &&
		take_text(doc, "modified", out->modified,
			sizeof(out->modified));
}

const char *cache_read_any(struct arena *a, const char *sidecar,
	struct cache_file *out)
{
	struct buf text = BUF_INIT;
	struct err err = ERR_INIT;
	const struct js *doc = NULL;

	*out = (struct cache_file){ .size = 0 };
	if (io_read_file(sidecar, SIDECAR_MAX, &text, &err) == 0)
		doc = js_parse(a, text.data, text.len, &err);
	buf_release(&text);
	return doc != NULL && parse_sidecar(doc, out) ?
		js_get_text(doc, "url") :
		NULL;
}

bool cache_read_sidecar(const struct cache_place *place, struct cache_file *out)
{
	struct arena a = ARENA_INIT;
	const char *url = cache_read_any(&a, place->sidecar, out);
	bool ok = url != NULL && str_eq(url, place->url);

	out->path = place->data;
	arena_release(&a);
	return ok;
}

bool cache_has(const struct cache_file *file)
{
	struct stat st;

	return stat(file->path, &st) == 0 && S_ISREG(st.st_mode) &&
		(uint64_t)st.st_size == file->size;
}

bool cache_find(const struct cache_place *place, struct cache_file *out)
{
	return cache_read_sidecar(place, out) && cache_has(out);
}

static bool has_digest(const struct cache_file *file, enum digest_kind kind,
	const struct checks *given)
{
	struct digest *d = digest_open(kind);
	unsigned char is[DIGEST_MAX];
	struct err ignored = ERR_INIT;
	char piece[1 << 15];
	int fd = open(file->path, O_RDONLY | O_CLOEXEC);
	ssize_t n = -1;

	while (fd >= 0 && (n = read(fd, piece, sizeof(piece))) > 0)
		digest_add(d, piece, (size_t)n);
	if (fd >= 0)
		close(fd);
	digest_end(d, is);
	digest_close(d);
	return n == 0 && checks_compare(given, kind, is, &ignored) == 0;
}

bool cache_agrees(const struct cache_file *file, const struct checks *given)
{
	char want[DIGEST_HEX];

	for (size_t i = 0; i < given->n; i++) {
		const struct check *c = &given->list[i];

		if (c->kind == DIGEST_SHA256 && *file->sha256 != '\0') {
			digest_text(c->want, digest_size(c->kind), want);
			if (!str_eq(want, file->sha256))
				return false;
		} else if (!has_digest(file, c->kind, given)) {
			return false;
		}
	}
	return true;
}

int cache_replace(const struct cache_place *place, const char *path,
	const struct buf *text, struct err *err)
{
	int fd = open(place->temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
		0666);

	if (fd < 0)
		return err_sys(err, "cannot write '%s'", place->temp);
	if (io_write_all(fd, text->data, text->len, err) < 0) {
		close(fd);
		unlink(place->temp);
		return err_in(err, "'%s'", place->temp);
	}
	if (close(fd) < 0 || rename(place->temp, path) < 0)
		return err_sys(err, "cannot write '%s'", path);
	return 0;
}

static int write_sidecar(const char *path, const struct buf *text,
	struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	if (fd < 0)
		return err_sys(err, "cannot write '%s'", path);
	if (io_write_all(fd, text->data, text->len, err) < 0) {
		close(fd);
		return err_in(err, "'%s'", path);
	}
	if (close(fd) < 0)
		return err_sys(err, "cannot write '%s'", path);
	return 0;
}

int cache_write_sidecar(const struct cache_place *place,
	const struct cache_file *file, struct err *err)
{
	struct arena a = ARENA_INIT;
	struct js *doc = js_new_object(&a);
	struct buf text = BUF_INIT;
	char now[CLOCK_TEXT];
	struct timespec ts = { 0 };
	int r;

	clock_gettime(CLOCK_REALTIME, &ts);
	clock_text(ts.tv_sec, 0, now);
	js_set_text(doc, "url", place->url);
	js_set_u64(doc, "size", file->size);
	js_set_text(doc, "sha256", file->sha256);
	if (*file->etag != '\0')
		js_set_text(doc, "etag", file->etag);
	if (*file->modified != '\0')
		js_set_text(doc, "modified", file->modified);
	js_set_text(doc, "fetched", now);
	js_write(&text, doc, JS_RECORD);
	buf_addc(&text, '\n');
	r = write_sidecar(place->sidecar, &text, err);
	buf_release(&text);
	arena_release(&a);
	return r;
}

void cache_file_to_json(const struct cache_file *f, struct js *out)
{
	js_set_text(out, "path", f->path);
	js_set_u64(out, "size", f->size);
	if (*f->sha256 != '\0')
		js_set_text(out, "sha256", f->sha256);
	if (*f->etag != '\0')
		js_set_text(out, "etag", f->etag);
	if (*f->modified != '\0')
		js_set_text(out, "modified", f->modified);
}
