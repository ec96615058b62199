/* SPDX-License-Identifier: Apache-2.0 */
/* A record's digests, a head's, and the bytes of the file, with empty lines between them.
 * What is taken of a record is what it says, digit for digit; bytes agree with the digests
 * that they have and with no other; and only a web page is refused if anything will do. */
#define _GNU_SOURCE /* memmem */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "format/magic.h"
#include "format/view.h"
#include "net/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool so)
{
	if (!so)
		abort();
}

/* What is before the next empty line, and that line taken. */
static const char *part(struct arena *a, const char **s, size_t *size)
{
	const char *end = memmem(*s, *size, "\n\n", 2);
	size_t n = end != NULL ? (size_t)(end - *s) : *size;
	const char *out = arena_strndup(a, *s, n);

	n += end != NULL ? 2 : 0;
	*s += n;
	*size -= n;
	return out;
}

static void check_text(struct checks *c, enum digest_kind kind, const char *hex)
{
	struct err err = ERR_INIT;
	char shown[DIGEST_HEX];
	size_t n = c->n;

	if (checks_add_text(c, kind, hex, &err) < 0) {
		demand(err.kind == ERR_DATA && c->n == n);
		return;
	}
	demand(c->n == n + 1 && c->list[n].kind == kind);
	digest_text(c->list[n].want, digest_size(kind), shown);
	demand(strcasecmp(hex, shown) == 0);
}

/* Each line is tried as a digest of each kind. */
static void check_record(struct arena *a, struct checks *c, const char *text)
{
	while (*text != '\0') {
		size_t n = strcspn(text, "\n");
		const char *line = arena_strndup(a, text, n);

		for (int i = 0; i < DIGEST_KINDS && c->n < CHECK_MAX; i++)
			check_text(c, (enum digest_kind)i, line);
		text += n + (text[n] == '\n');
	}
}

static void add_head(struct checks *c, const char *text)
{
	struct http_head head;

	http_head_reset(&head);
	while (*text != '\0') {
		size_t n = strcspn(text, "\n");

		http_head_line(&head, text, n);
		text += n + (text[n] == '\n');
	}
	head.status = 200;
	head.offset = 0;
	checks_add_head(c, &head);
}

/* Bytes are compared with all of a kind, by hand. */
static void check_compare(const struct checks *c, enum digest_kind kind,
	const void *bytes, size_t size)
{
	struct digest *d = digest_open(kind);
	unsigned char is[DIGEST_MAX];
	struct err err = ERR_INIT;
	bool same = true, wanted = false;

	digest_add(d, bytes, size);
	digest_end(d, is);
	digest_close(d);
	for (size_t i = 0; i < c->n; i++) {
		if (c->list[i].kind != kind)
			continue;
		wanted = true;
		same = same &&
			memcmp(c->list[i].want, is, digest_size(kind)) == 0;
	}
	demand(checks_want(c, kind) == wanted);
	demand((checks_compare(c, kind, is, &err) == 0) == same);
	demand(err.kind == (same ? ERR_NONE : ERR_TEMP));
}

/* A file that may be anything is refused only as a web page. */
static void check_look(const void *bytes, size_t size)
{
	static const char *const formats[] = { NULL, "netcdf3", "netcdf4",
		"zarr" };
	const struct view v = view_of_memory(bytes, size);
	struct err none = ERR_INIT;
	struct magic m;

	demand(magic_of(&v, &m, &none) == 0);
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		const struct checks c = { .format = formats[i] };
		struct err err = ERR_INIT;
		int got = checks_look(&c, &v, &err);

		demand((got == 0) == (err.kind == ERR_NONE));
		if (m.kind == MAGIC_HTML)
			demand(err.kind == ERR_DATA);
		if (m.kind == MAGIC_NETCDF3 || m.kind == MAGIC_HDF5 ||
			(formats[i] == NULL && m.kind != MAGIC_HTML))
			demand(got == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *s = (const char *)data;
	struct arena a = ARENA_INIT;
	struct checks c = { .n = 0 };

	check_record(&a, &c, part(&a, &s, &size));
	add_head(&c, part(&a, &s, &size));
	demand(c.n <= CHECK_MAX);
	for (int i = 0; i < DIGEST_KINDS; i++)
		check_compare(&c, (enum digest_kind)i, s, size);
	check_look(s, size);
	arena_release(&a);
	return 0;
}
