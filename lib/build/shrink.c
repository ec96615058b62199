/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Receipts stand in the order of the regions, so both are read side by side.  What
 * a receipt is of is said by its key, which is that of the region, to the byte.
 *
 * To leave the receipts for pgf-seal to choose from was refused: it would have to
 * tell by clocks which of two is the newer, and so would whoever asks what a chunk
 * was made of.
 */
#include "build/shrink.h"

#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"

/* The next line of a text, with its newline, is taken from its front; it has no
 * length if there is none. */
static struct span take_line(struct span *text)
{
	const char *end =
		text->len ? memchr(text->text, '\n', text->len) : NULL;
	struct span line = { text->text, text->len };

	if (end != NULL)
		line.len = (size_t)(end + 1 - text->text);
	text->text += line.len;
	text->len -= line.len;
	return line;
}

bool shrink_is(struct span old, struct span text)
{
	if (text.len >= old.len)
		return false;
	while (text.len > 0) {
		struct span wanted = take_line(&text), line;

		do {
			line = take_line(&old);
			if (line.len == 0)
				return false;
		} while (!span_equal(line, wanted));
	}
	return true;
}

/* The member that a record begins with, which must be its key. */
static struct span key_of(struct span line)
{
	struct scan_member m;
	struct scan s;

	scan_begin(&s, line);
	if (scan_next(&s, &m) && span_is(m.name, "key"))
		return m.value;
	return (struct span){ NULL, 0 };
}

/* The receipts of all regions into out, true; false if one has none. */
static bool choose(struct span receipts, struct span regions, struct buf *out)
{
	while (regions.len > 0) {
		struct span key = key_of(take_line(&regions)), line;

		if (key.len == 0)
			return false;
		do {
			line = take_line(&receipts);
			if (line.len == 0)
				return false;
		} while (!span_equal(key_of(line), key));
		buf_add(out, line.text, line.len);
	}
	return true;
}

int shrink_receipts(struct sheaf *s, const char *path, struct span regions,
	struct err *err)
{
	struct buf old = BUF_INIT, text = BUF_INIT;
	int r = 0;

	if (access(path, F_OK) < 0)
		return 0;
	if (io_read_file(path, SIZE_MAX, &old, err) < 0)
		r = -1;
	else if (choose((struct span){ old.data, old.len }, regions, &text))
		r = sheaf_put_aged(s, path, text.data ? text.data : "",
			text.len, err);
	buf_release(&old);
	buf_release(&text);
	return r;
}
