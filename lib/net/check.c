/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The headers are a list of NAME=VALUE in each of their generations, and the
 * values are base64 between colons or bare, so one loop reads all.  Asking for
 * digests (Want-Repr-Digest) was refused: no archive answers it, and a proxy may
 * not store what varies with it.
 */
#include "net/check.h"

#include <string.h>
#include <strings.h>

#include "base/base64.h"
#include "base/str.h"
#include "format/magic.h"
#include "format/view.h"

static const struct {
	enum digest_kind kind;
	const char *name, *shown;
} kinds[] = {
	{ DIGEST_MD5, "md5", "MD5" },
	{ DIGEST_SHA256, "sha-256", "SHA-256" },
	{ DIGEST_SHA512, "sha-512", "SHA-512" },
};

static void add(struct checks *c, enum digest_kind kind, const void *want,
	const char *by)
{
	if (c->n == CHECK_MAX)
		return;
	c->list[c->n] = (struct check){ .kind = kind, .by = by };
	memcpy(c->list[c->n].want, want, digest_size(kind));
	c->n++;
}

int checks_add_text(struct checks *c, enum digest_kind kind, const char *hex,
	struct err *err)
{
	unsigned char want[DIGEST_MAX];
	size_t n = digest_size(kind), len = strlen(hex);
	bool ok = len == 2 * n;

	for (size_t i = 0; i < n && ok; i++) {
		int high = str_hex_value(hex[2 * i]);
		int low = str_hex_value(hex[2 * i + 1]);

		ok = high >= 0 && low >= 0;
		want[i] = (unsigned char)(ok ? high << 4 | low : 0);
	}
	if (!ok)
		return err_set(err, ERR_DATA,
			"'%.140s' is no %s in hexadecimal, which has %zu "
			"digits",
			hex, kinds[kind].shown, 2 * n);
	add(c, kind, want, "the record");
	return 0;
}

int checks_read(struct checks *c, const struct js *rec, struct err *err)
{
	const char *sha256 = js_get_text(rec, "sha256");
	const char *md5 = js_get_text(rec, "md5");

	c->format = js_get_text(rec, "format");
	if (sha256 != NULL &&
		checks_add_text(c, DIGEST_SHA256, sha256, err) < 0)
		return err_in(err, "member 'sha256'");
	if (md5 != NULL && checks_add_text(c, DIGEST_MD5, md5, err) < 0)
		return err_in(err, "member 'md5'");
	return 0;
}

/* A value of base64, perhaps between colons, perhaps with parameters behind. */
static void add_base64(struct checks *c, enum digest_kind kind,
	const char *text, const char *by)
{
	struct buf clean = BUF_INIT, bytes = BUF_INIT;

	text += *text == ':';
	buf_add(&clean, text, strcspn(text, ":; \t"));
	if (base64_decode(clean.data, &bytes) && bytes.len == digest_size(kind))
		add(c, kind, bytes.data, by);
	buf_release(&bytes);
	buf_release(&clean);
}

static void add_list(struct checks *c, const char *text, const char *by)
{
	while (*text != '\0') {
		size_t n;

		text += strspn(text, " \t,");
		n = strcspn(text, "=,");
		for (size_t i = 0; i < DIGEST_KINDS && text[n] == '='; i++)
			if (strlen(kinds[i].name) == n &&
				strncasecmp(text, kinds[i].name, n) == 0) {
				struct buf value = BUF_INIT;

				buf_add(&value, text + n + 1,
					strcspn(text + n + 1, ","));
				add_base64(c, kinds[i].kind, value.data, by);
				buf_release(&value);
			}
		text += strcspn(text, ",");
	}
}

void checks_add_head(struct checks *c, const struct http_head *head)
{
	const struct http_digests *d = &head->digests;

	add_list(c, d->repr, "the header Repr-Digest");
	add_list(c, d->digest, "the header Digest");
	if (head->offset != 0 || head->status != 200)
		return;
	add_list(c, d->content, "the header Content-Digest");
	add_base64(c, DIGEST_MD5, d->md5, "the header Content-MD5");
}

bool checks_want(const struct checks *c, enum digest_kind kind)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->list[i].kind == kind)
			return true;
	return false;
}

int checks_compare(const struct checks *c, enum digest_kind kind,
	const unsigned char *is, struct err *err)
{
	size_t n = digest_size(kind);
	char got[DIGEST_HEX], want[DIGEST_HEX];

	for (size_t i = 0; i < c->n; i++) {
		if (c->list[i].kind != kind ||
			memcmp(c->list[i].want, is, n) == 0)
			continue;
		digest_text(is, n, got);
		digest_text(c->list[i].want, n, want);
		return err_set(err, ERR_TEMP,
			"its %s is %s, and not %s, as %s says",
			kinds[kind].shown, got, want, c->list[i].by);
	}
	return 0;
}

static bool is_plain_text(enum magic_kind kind)
{
	return kind == MAGIC_XML || kind == MAGIC_JSON || kind == MAGIC_TEXT ||
		kind == MAGIC_EMPTY;
}

int checks_look(const struct checks *c, const struct view *bytes,
	struct err *err)
{
	struct magic m;
	bool netcdf = c->format != NULL && str_starts(c->format, "netcdf");

	if (magic_of(bytes, &m, err) < 0)
		return -1;
	if (m.kind == MAGIC_HTML || (netcdf && is_plain_text(m.kind)))
		return magic_refuse(m.kind, err);
	return 0;
}
