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
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/str.h"

enum {
	SIDECAR_MAX = 1 << 20,
	PIECE = 1 << 12, /* most are shorter */
};

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

/* Into *text, which lies in piece if that is enough.  A read that is short has come
 * to the end; if it has not, what it brought is no sidecar. */
static bool read_small(const char *path, struct buf *more, char *piece,
	const char **text, size_t *len)
{
	struct err ignored = ERR_INIT;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = -1;

	if (fd < 0)
		return false;
	n = read(fd, piece, PIECE);
	close(fd);
	*text = piece;
	*len = n > 0 ? (size_t)n : 0;
	if (n >= 0 && n < PIECE)
		return true;
	if (io_read_file(path, SIDECAR_MAX, more, &ignored) < 0)
		return false;
	*text = more->data;
	*len = more->len;
	return true;
}

const char *cache_read_any(struct arena *a, const char *sidecar,
	struct cache_file *out)
{
	struct buf more = BUF_INIT;
	char piece[PIECE];
	const char *text, *url = NULL;
	size_t len;

	*out = (struct cache_file){ .size = 0 };
	if (read_small(sidecar, &more, piece, &text, &len))
		url = cache_file_read(a, text, len, out);
	buf_release(&more);
	return url;
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
	struct buf text = BUF_INIT;
	int r;

	cache_file_write(&text, place->url, file);
	r = write_sidecar(place->sidecar, &text, err);
	buf_release(&text);
	return r;
}
