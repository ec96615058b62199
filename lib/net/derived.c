/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sidecar is written before the file gets its name, so there is none without
 * one, and it is never rewritten, as another content has another name.
 */
#include "net/derived.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "net/link.h"
#include "record/json_write.h"

enum { STEP = 1 << 18 };

/* The last part of a path, as part of a name on disk. */
static const char *safe_name(struct arena *a, const char *like)
{
	const char *slash = strrchr(like, '/');
	struct buf text = BUF_INIT;
	struct err ignored = ERR_INIT;
	const char *name = "";
	struct url url;

	buf_adds(&text, "http://h/");
	link_encode(&text, slash ? slash + 1 : like);
	if (url_parse(a, text.data, &url, &ignored) == 0)
		name = url.name;
	buf_release(&text);
	return name;
}

bool derived_find(struct arena *a, const struct derived_name *name,
	struct derived *d, struct cache_file *out)
{
	const struct url url = { .wire = name->id,
		.key = name->id,
		.name = safe_name(a, name->like) };

	*d = (struct derived){ .temp = IO_TEMP_INIT };
	cache_place(a, name->folder, &url, &d->place);
	return cache_find(&d->place, out);
}

int derived_begin(struct derived *d, struct err *err)
{
	if (io_make_parent(d->place.data, err) < 0 ||
		io_create(&d->temp, d->place.data, err) < 0)
		return -1;
	d->hash = sha256_open();
	d->size = 0;
	return 0;
}

int derived_add(struct derived *d, const void *p, size_t len, struct err *err)
{
	if (io_write_all(d->temp.fd, p, len, err) < 0)
		return err_in(err, "'%s'", d->place.data);
	sha256_add(d->hash, p, len);
	d->size += len;
	return 0;
}

int derived_take(struct derived *d, struct err *err)
{
	struct buf piece = BUF_INIT;
	struct stat st;
	ssize_t n;

	close(d->temp.fd);
	d->temp.fd = open(d->temp.temp, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (d->temp.fd < 0 || fstat(d->temp.fd, &st) < 0 ||
		!S_ISREG(st.st_mode))
		return err_set(err, ERR_DATA, "it made no file");
	buf_resize(&piece, STEP);
	while ((n = read(d->temp.fd, piece.data, STEP)) > 0) {
		sha256_add(d->hash, piece.data, (size_t)n);
		d->size += (uint64_t)n;
	}
	buf_release(&piece);
	return n < 0 ? err_sys(err, "cannot read what it made") : 0;
}

static int put_sidecar(const struct derived *d, const struct cache_file *f,
	struct err *err)
{
	struct arena a = ARENA_INIT;
	struct js *doc = js_new_object(&a);
	struct buf text = BUF_INIT;
	int r;

	js_set_text(doc, "url", d->place.url);
	js_set_u64(doc, "size", f->size);
	js_set_text(doc, "sha256", f->sha256);
	js_write(&text, doc, JS_RECORD);
	buf_addc(&text, '\n');
	r = io_replace(d->place.sidecar, text.data, text.len, err);
	buf_release(&text);
	arena_release(&a);
	return r;
}

int derived_publish(struct derived *d, struct cache_file *out, struct err *err)
{
	*out = (struct cache_file){ .path = d->place.data, .size = d->size };
	sha256_end(d->hash, out->sha256);
	if (put_sidecar(d, out, err) < 0 || io_commit(&d->temp, err) < 0) {
		derived_abort(d);
		return -1;
	}
	sha256_close(d->hash);
	d->hash = NULL;
	return 0;
}

void derived_abort(struct derived *d)
{
	if (d->hash == NULL)
		return;
	io_abort(&d->temp);
	sha256_close(d->hash);
	d->hash = NULL;
}
