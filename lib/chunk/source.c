/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Size and time are compared, and a digest only where the time is another: reading
 * every file twice would cost as much as the work itself.  Downloads are not compared by time, since they
 * carry that of the server; what there is in their place in the cache its sidecar says.
 */
#include "chunk/source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/num.h"
#include "base/str.h"
#include "base/xxh.h"
#include "record/json.h"

enum { SIDECAR_MAX = 1 << 16 };

/* n decimal digits, then the character after, unless that is NUL. */
static bool digits(const char **s, unsigned n, char after, int64_t *out)
{
	*out = 0;
	for (unsigned i = 0; i < n; i++, ++*s) {
		if (**s < '0' || **s > '9')
			return false;
		*out = *out * 10 + (**s - '0');
	}
	return after == '\0' || *(*s)++ == after;
}

/* Days since 1970-01-01 in the Gregorian calendar: years are counted from
 * March, so that the leap day is the last of its year. */
static int64_t days(int64_t year, int64_t month, int64_t day)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t m = month > 2 ? month - 3 : month + 9;

	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day -
		1 - 719468;
}

bool source_time(const char *s, int64_t *seconds, int64_t *nanoseconds)
{
	int64_t year, month, day, hour, minute, second, scale = 1000000000;

	*nanoseconds = 0;
	if (!digits(&s, 4, '-', &year) || !digits(&s, 2, '-', &month) ||
		!digits(&s, 2, 'T', &day) || !digits(&s, 2, ':', &hour) ||
		!digits(&s, 2, ':', &minute) || !digits(&s, 2, '\0', &second))
		return false;
	if (year < 1 || month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	if (*s == '.')
		for (s++; *s >= '0' && *s <= '9' && scale > 1; s++)
			*nanoseconds += (*s - '0') * (scale /= 10);
	*seconds = days(year, month, day) * 86400 + hour * 3600 + minute * 60 +
		second;
	return s[0] == 'Z' && s[1] == '\0';
}

uint64_t source_tag(const struct stat *st)
{
	return (uint64_t)st->st_mtim.tv_sec * 1000000000 +
		(uint64_t)st->st_mtim.tv_nsec;
}

static bool same_time(const struct stat *st, const char *modified)
{
	int64_t seconds, nanoseconds;

	return source_time(modified, &seconds, &nanoseconds) &&
		(int64_t)st->st_mtim.tv_sec == seconds &&
		(int64_t)st->st_mtim.tv_nsec == nanoseconds;
}

/* 1: the bytes are those of the digest, 0: they are not, or nobody knows. */
static int same_bytes(int fd, const char *path, const char *etag,
	struct err *err)
{
	char tag[XXH_TAG];

	if (etag == NULL || !xxh_is_tag(etag))
		return 0;
	if (xxh_tag_of_file(fd, path, tag, err) < 0)
		return -1;
	return str_eq(tag, etag);
}

int source_open(const char *path, uint64_t size, const char *modified,
	const char *etag, struct err *err)
{
	struct stat st;
	int same, fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return err_set(err, ERR_TEMP,
			"'%s' is gone since it was "
			"opened: run again",
			path);
	if (fd < 0)
		return err_sys(err, "cannot open '%s'", path);
	if (fstat(fd, &st) < 0) {
		err_sys(err, "cannot open '%s'", path);
		close(fd);
		return -1;
	}
	same = (uint64_t)st.st_size == size;
	if (same && modified != NULL && !same_time(&st, modified))
		same = same_bytes(fd, path, etag, err);
	if (same <= 0)
		close(fd);
	if (same < 0)
		return -1;
	if (same == 0) {
		return err_set(err, ERR_TEMP,
			"'%s' changed since it was opened: run again", path);
	}
	return fd;
}

static int open_folder(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY);

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return err_set(err, ERR_TEMP,
			"'%s' is gone since it was opened: run again", path);
	return fd < 0 ? err_sys(err, "cannot open '%s'", path) : fd;
}

/* To be asked of a file that is open: what comes after has its sidecar first. */
static bool is_replaced(const struct piece *p)
{
	struct arena a = ARENA_INIT;
	struct buf text = BUF_INIT, path = BUF_INIT;
	struct err ignored = ERR_INIT;
	const char *said = NULL;
	bool replaced;

	buf_addf(&path, "%s.json", p->path);
	if (io_read_file(path.data, SIDECAR_MAX, &text, &ignored) == 0 &&
		text.len > 0)
		said = js_get_text(js_parse(&a, text.data, text.len, &ignored),
			"sha256");
	replaced = said != NULL && !str_eq(said, p->sha256);
	buf_release(&path);
	buf_release(&text);
	arena_release(&a);
	return replaced;
}

static int open_file(const struct piece *p, struct err *err)
{
	int fd = source_open(p->path, p->size, p->modified, p->etag, err);

	if (fd < 0 || p->sha256 == NULL || !is_replaced(p))
		return fd;
	close(fd);
	return err_set(err, ERR_TEMP,
		"'%s' was replaced in its cache since it was opened, as by "
		"another recipe that shares it: run pgf update",
		p->path);
}

int source_begin(struct source *s, const struct piece *p, struct err *err)
{
	*s = (struct source){ .fd = -1, .path = p->path, .copy = p->copy };
	if (p->recorded)
		return 0;
	if (p->table.objects != NULL && p->origin != NULL) {
		s->depot = p->depot;
		s->origin = p->origin;
		return s->depot != NULL ?
			0 :
			err_set(err, ERR_FAIL, "'%s' is on a server", p->path);
	}
	if (p->table.objects != NULL)
		s->fd = open_folder(p->path, err);
	else if (p->origin == NULL)
		s->fd = open_file(p, err);
	else if (p->copy != NULL)
		s->fd = depot_place(p->copy).fd;
	else
		err_set(err, ERR_FAIL, "'%s' is on a server", p->path);
	return s->fd < 0 ? -1 : 0;
}

void source_end(struct source *s)
{
	if (s->copy == NULL && s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

static int open_object(const struct source *s, const char *name, uint64_t tag,
	struct err *err)
{
	int fd = openat(s->fd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return err_set(err, ERR_TEMP,
			"'%s' of '%s' is gone since it was opened: run again",
			name, s->path);
	if (fd < 0)
		return err_sys(err, "cannot open '%s' of '%s'", name, s->path);
	if (fstat(fd, &st) == 0 && source_tag(&st) == tag)
		return fd;
	close(fd);
	return err_set(err, ERR_TEMP,
		"'%s' of '%s' changed since it was opened: run again", name,
		s->path);
}

/* Of the object a copy that reaches to the end of the chunk. */
static int copy_object(struct source_chunk *c, struct err *err)
{
	const struct refs *r = &c->table->refs;
	struct depot_object o = { c->source->origin, c->name.data,
		r->tag[c->ref], 0 };

	if (!num_add(r->offset[c->ref], r->length[c->ref], &o.end))
		return err_set(err, ERR_DATA,
			"'%s' of '%s': an offset is absurd", o.name,
			c->source->path);
	c->file.copy = depot_copy_object(c->source->depot, &o, err);
	return c->file.copy != NULL ? depot_place(c->file.copy).fd : -1;
}

int source_chunk_begin(struct source_chunk *c, struct err *err)
{
	const struct chunk_table *t = c->table;
	const struct refs *r = &t->refs;

	c->file = *c->source;
	if (t->objects == NULL)
		return 0;
	chunk_table_object(t, r->index ? r->index[c->ref] : c->ref, &c->name);
	c->file.object = c->name.data;
	c->file.fd = c->source->depot != NULL ?
		copy_object(c, err) :
		open_object(c->source, c->name.data, r->tag[c->ref], err);
	if (c->file.fd >= 0)
		return 0;
	buf_release(&c->name);
	return -1;
}

void source_chunk_end(struct source_chunk *c)
{
	if (c->file.object == NULL)
		return;
	if (c->file.copy == NULL)
		close(c->file.fd);
	buf_release(&c->name);
}

int source_read(const struct source *s, struct io_range at, void *out,
	struct err *err)
{
	struct span_range r = { at.offset, 0 };

	if (s->copy != NULL) {
		if (!num_add(at.offset, at.len, &r.end))
			return err_set(err, ERR_DATA,
				"'%s': an offset is absurd", s->path);
		if (depot_need(s->copy, r, err) < 0)
			return -1;
		at.offset += depot_place(s->copy).base;
	}
	return io_read_at(s->fd, s->object != NULL ? s->object : s->path, at,
		out, err);
}
