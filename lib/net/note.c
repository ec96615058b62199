/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The note is written once, when the head of a response comes, and only for
 * files large enough that losing them hurts.  It carries the id of this boot
 * of the machine: bytes that were not synced survive the death of a process,
 * but not that of the machine, whose power cut may leave holes of zeros.
 * Syncing every few megabytes instead was refused, as it halves the speed of
 * a disk to guard against what is rare.
 */
#include "net/note.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/str.h"
#include "record/json.h"
#include "record/json_write.h"

enum { NOTE_MAX = 1 << 20 };

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

static bool copy_text(char *out, size_t size, const char *s)
{
	size_t len = s ? strlen(s) : 0;

	if (len >= size)
		return false;
	memcpy(out, s ? s : "", len + 1);
	return true;
}

static bool parse(const char *of, const struct js *doc, struct note *n)
{
	const char *url = js_get_text(doc, "url");
	const char *boot = js_get_text(doc, "boot");
	char now[64];

	read_boot_id(now);
	if (url == NULL || !str_eq(url, of))
		return false;
	if (boot == NULL || *boot == '\0' || !str_eq(boot, now))
		return false;
	js_u64(js_get(doc, "size"), &n->length);
	return copy_text(n->if_range, HTTP_TAG_MAX,
		       js_get_text(doc, "if_range")) &&
		copy_text(n->validators.etag, HTTP_TAG_MAX,
			js_get_text(doc, "etag")) &&
		copy_text(n->validators.modified, HTTP_TAG_MAX,
			js_get_text(doc, "modified"));
}

bool note_read(const struct cache_place *place, struct note *n)
{
	struct arena a = ARENA_INIT;
	struct buf text = BUF_INIT;
	struct err err = ERR_INIT;
	const struct js *doc = NULL;
	bool ok;

	*n = (struct note)NOTE_INIT;
	if (io_read_file(place->note, NOTE_MAX, &text, &err) == 0)
		doc = js_parse(&a, text.data, text.len, &err);
	ok = doc != NULL && parse(place->url, doc, n);
	if (!ok)
		*n = (struct note)NOTE_INIT;
	buf_release(&text);
	arena_release(&a);
	return ok;
}

int note_write(const struct cache_place *place, const struct note *n,
	struct err *err)
{
	struct arena a = ARENA_INIT;
	struct js *doc = js_new_object(&a);
	struct buf text = BUF_INIT;
	char boot[64];
	int r;

	read_boot_id(boot);
	js_set_text(doc, "url", place->url);
	js_set_text(doc, "boot", boot);
	if (n->length != HTTP_UNKNOWN)
		js_set_u64(doc, "size", n->length);
	js_set_text(doc, "if_range", n->if_range);
	js_set_text(doc, "etag", n->validators.etag);
	js_set_text(doc, "modified", n->validators.modified);
	js_write(&text, doc, JS_RECORD);
	buf_addc(&text, '\n');
	r = cache_replace(place, place->note, &text, err);
	buf_release(&text);
	arena_release(&a);
	return r;
}
