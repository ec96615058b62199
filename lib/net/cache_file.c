/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sidecar that is as we write it is read by comparing it with that, which takes a
 * tenth of the time of a JSON parser, and that is a quarter of all that is done to ask
 * a server whether a file has changed.  The parser decides on any other: what is
 * taken without it are only texts of which it would say the same.
 */
#include "net/cache_file.h"

#include <string.h>
#include <time.h>

#include "base/str.h"
#include "record/json_write.h"

enum { DIGITS_MAX = 15 }; /* of a number that is not written as text */

void cache_file_write(struct buf *out, const char *url,
	const struct cache_file *file)
{
	char now[CLOCK_TEXT];

	clock_text(time(NULL), 0, now);
	buf_adds(out, "{\"url\":");
	js_write_text(out, url);
	buf_adds(out, ",\"size\":");
	js_write_u64(out, file->size);
	buf_adds(out, ",\"sha256\":");
	js_write_text(out, file->sha256);
	if (*file->etag != '\0' &&
		str_is_utf8(file->etag, strlen(file->etag))) {
		buf_adds(out, ",\"etag\":");
		js_write_text(out, file->etag);
	}
	if (*file->modified != '\0') {
		buf_adds(out, ",\"modified\":");
		js_write_text(out, file->modified);
	}
	buf_adds(out, ",\"fetched\":");
	js_write_text(out, now);
	buf_adds(out, "}\n");
}

static bool is_sha256(const char *s)
{
	return strlen(s) == SHA256_HEX - 1 &&
		strspn(s, "0123456789abcdef") == SHA256_HEX - 1;
}

/* What is left of a text. */
struct rest {
	const char *p, *end;
};

static bool skip(struct rest *r, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(r->end - r->p) < len || memcmp(r->p, word, len) != 0)
		return false;
	r->p += len;
	return true;
}

/* A text of printable ASCII up to its quote, shorter than size; the only escapes are
 * those of '"' and '\'. */
static bool take_plain(struct rest *r, char *out, size_t size)
{
	size_t n = 0;

	for (; r->p < r->end && n < size; r->p++) {
		if (*r->p == '"') {
			out[n] = '\0';
			r->p++;
			return true;
		}
		if (*r->p == '\\' && ++r->p < r->end && *r->p != '"' &&
			*r->p != '\\')
			return false;
		if (r->p == r->end || *r->p < ' ' || *r->p > '~')
			return false;
		out[n++] = *r->p;
	}
	return false;
}

static bool take_size(struct rest *r, uint64_t *out)
{
	const char *first = r->p;

	*out = 0;
	while (r->p < r->end && *r->p >= '0' && *r->p <= '9' &&
		r->p - first < DIGITS_MAX)
		*out = *out * 10 + (uint64_t)(*r->p++ - '0');
	return r->p > first && (*first != '0' || r->p == first + 1);
}

/* Exactly what cache_file_write makes of ASCII; *url has room for all of it. */
static bool read_own(struct rest r, char *url, struct cache_file *out)
{
	char fetched[CLOCK_TEXT];

	return skip(&r, "{\"url\":\"") &&
		take_plain(&r, url, (size_t)(r.end - r.p)) &&
		skip(&r, ",\"size\":") && take_size(&r, &out->size) &&
		skip(&r, ",\"sha256\":\"") &&
		take_plain(&r, out->sha256, sizeof(out->sha256)) &&
		is_sha256(out->sha256) &&
		(!skip(&r, ",\"etag\":\"") ||
			take_plain(&r, out->etag, sizeof(out->etag))) &&
		(!skip(&r, ",\"modified\":\"") ||
			take_plain(&r, out->modified, sizeof(out->modified))) &&
		skip(&r, ",\"fetched\":\"") &&
		take_plain(&r, fetched, sizeof(fetched)) && skip(&r, "}\n") &&
		r.p == r.end;
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

static bool read_members(const struct js *doc, struct cache_file *out)
{
	return js_u64(js_get(doc, "size"), &out->size) &&
		take_text(doc, "sha256", out->sha256, sizeof(out->sha256)) &&
		is_sha256(out->sha256) &&
		take_text(doc, "etag", out->etag, sizeof(out->etag)) &&
		take_text(doc, "modified", out->modified,
			sizeof(out->modified));
}

const char *cache_file_read(struct arena *a, const char *text, size_t len,
	struct cache_file *out)
{
	char *url = arena_alloc(a, len + 1, 1);
	struct err ignored = ERR_INIT;
	const struct js *doc;

	*out = (struct cache_file){ .size = 0 };
	if (read_own((struct rest){ text, text + len }, url, out))
		return url;
	*out = (struct cache_file){ .size = 0 };
	doc = js_parse(a, text, len, &ignored);
	return doc != NULL && read_members(doc, out) ? js_get_text(doc, "url") :
						       NULL;
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
