/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever the lines of a head are, what is kept of them is text, and digests are
 * no more than there is room for. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "net/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool so)
{
	if (!so)
		abort();
}

static void check_text(const char *text, size_t size)
{
	demand(memchr(text, '\0', size) != NULL);
	demand(str_is_utf8(text, strlen(text)));
}

static void check_head(const struct http_head *head)
{
	check_text(head->date, sizeof(head->date));
	check_text(head->validators.etag, HTTP_TAG_MAX);
	check_text(head->validators.modified, HTTP_TAG_MAX);
	check_text(head->digests.repr, HTTP_TAG_MAX);
	check_text(head->digests.content, HTTP_TAG_MAX);
	check_text(head->digests.digest, HTTP_TAG_MAX);
	check_text(head->digests.md5, HTTP_TAG_MAX);
}

/* What another run compares with must be among what was added. */
static void check_checks(const struct checks *c)
{
	demand(c->n <= CHECK_MAX);
	for (size_t i = 0; i < c->n; i++) {
		demand(c->list[i].by != NULL);
		demand((unsigned)c->list[i].kind < DIGEST_KINDS);
		demand(checks_want(c, c->list[i].kind));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *s = (const char *)data;
	struct checks checks = { .n = 0 };
	struct http_head head;

	http_head_reset(&head);
	while (size > 0) {
		const char *end = memchr(s, '\n', size);
		size_t n = end != NULL ? (size_t)(end - s) + 1 : size;
		struct buf line = BUF_INIT; /* whose end is the end */

		buf_add(&line, s, n);
		http_head_line(&head, line.data, n);
		buf_release(&line);
		s += n;
		size -= n;
	}
	check_head(&head);
	(void)http_strong_validator(&head);
	head.status = 200;
	if (head.offset == HTTP_UNKNOWN)
		head.offset = 0;
	checks_add_head(&checks, &head);
	checks_add_head(&checks, &head);
	check_checks(&checks);
	return 0;
}
