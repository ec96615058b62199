/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nothing is locked to read a file: a run that replaces it holds its lock, so what
 * looks bad is looked at once more under the lock, and only then believed.
 */
#include "net/verify.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/crew.h"
#include "base/io.h"
#include "base/log.h"
#include "base/str.h"
#include "net/cache.h"
#include "net/lock.h"

enum {
	STEP = 1 << 16, /* bytes read at once */
	REST = 62,      /* digits of a name, after those of its folder */
	ID_DIGITS = 15, /* of the digest that cache_place.id has */
};

struct verifier {
	const struct verify *how;
	const char *cache; /* absolute */
	struct arena arena;
	struct crew *crew;
	struct lock *lock; /* NULL until a file looks bad */
	const char **keys; /* of data files: "ab/cdef..-name" */
	size_t n, cap, bad, kept;
};

/* What is wrong with one file. */
struct finding {
	const char *path, *sidecar, *url, *error;
	char want[SHA256_HEX], got[SHA256_HEX];
	bool keep; /* whose it is, is not known */
};

static bool is_data(struct verifier *v, const char *folder, const char *name)
{
	static const char *const others[] = { ".json", ".part", ".note",
		".temp" };
	struct arena a = ARENA_INIT;
	bool is = strspn(name, "0123456789abcdef") == REST &&
		(name[REST] == '\0' || name[REST] == '-');

	for (size_t i = 0; is && i < sizeof(others) / sizeof(*others); i++)
		if (str_ends(name, others[i]))
			is = access(arena_printf(&a, "%s/%s/%s.json", v->cache,
					    folder, name),
				     F_OK) == 0;
	arena_release(&a);
	return is;
}

static void add_key(struct verifier *v, const char *folder, const char *name)
{
	v->keys =
		arena_grow(&v->arena, v->keys, v->n, &v->cap, sizeof(*v->keys));
	v->keys[v->n++] = arena_printf(&v->arena, "%s/%s", folder, name);
}

static int list_folder(struct verifier *v, const char *folder, struct err *err)
{
	const char *path = arena_printf(&v->arena, "%s/%s", v->cache, folder);
	DIR *dir = opendir(path);
	const struct dirent *e;

	if (dir == NULL && errno == ENOENT)
		return 0;
	if (dir == NULL)
		return err_sys(err, "cannot read '%s'", path);
	while (errno = 0, (e = readdir(dir)) != NULL)
		if (is_data(v, folder, e->d_name))
			add_key(v, folder, e->d_name);
	if (errno != 0)
		err_sys(err, "cannot read '%s'", path);
	closedir(dir);
	return err->kind == ERR_NONE ? 0 : -1;
}

static int list_all(struct verifier *v, struct err *err)
{
	if (access(v->cache, F_OK) < 0)
		return err_set(err, ERR_DATA, "cannot open '%s': %s", v->cache,
			strerror(errno));
	for (unsigned int i = 0; i < 256; i++)
		if (list_folder(v, arena_printf(&v->arena, "%02x", i), err) < 0)
			return -1;
	return 0;
}

static bool hash_file(struct arena *a, struct finding *f)
{
	struct sha256 *h = sha256_open();
	char piece[STEP];
	int fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = -1;

	f->keep = fd < 0;
	while (fd >= 0 && (n = read(fd, piece, sizeof(piece))) > 0)
		sha256_add(h, piece, (size_t)n);
	if (n < 0)
		f->error =
			arena_printf(a, "cannot read it: %s", strerror(errno));
	else
		sha256_end(h, f->got);
	if (fd >= 0)
		close(fd);
	sha256_close(h);
	return n == 0;
}

/* Does the name of the file come from this URL, as net/cache has it? */
static bool is_of(const struct verifier *v, struct arena *a,
	const struct finding *f)
{
	const struct url url = { .key = f->url, .name = "" };
	struct cache_place place;

	cache_place(a, v->cache, &url, &place);
	return str_starts(f->path, place.data);
}

/* True if it is good, or gone. */
static bool look(struct verifier *v, struct arena *a, const char *key,
	struct finding *f)
{
	struct cache_file file;

	*f = (struct finding){ .path = arena_printf(a, "%s/%s", v->cache,
				       key) };
	f->sidecar = arena_printf(a, "%s.json", f->path);
	f->url = cache_read_any(a, f->sidecar, &file);
	if (access(f->path, F_OK) < 0 && errno == ENOENT)
		return true;
	if (f->url == NULL) {
		f->error = "no sidecar says what it is";
		return false;
	}
	if (!is_of(v, a, f)) {
		f->error = "its sidecar is that of another URL";
		return false;
	}
	memcpy(f->want, file.sha256, sizeof(f->want));
	if (!hash_file(a, f))
		return false;
	f->error = "it is not what came";
	return str_eq(f->want, f->got);
}

static int report(const struct verifier *v, struct arena *a,
	const struct finding *f, struct err *err)
{
	struct js *rec = js_new_object(a);

	js_set_text(rec, "path", f->path);
	if (f->url != NULL)
		js_set_text(rec, "url", f->url);
	if (*f->want != '\0')
		js_set_text(rec, "want", f->want);
	if (*f->got != '\0')
		js_set_text(rec, "got", f->got);
	js_set_text(rec, "error", f->error);
	return stream_put(v->how->out, rec, err);
}

static int remove_bad(const struct finding *f, struct err *err)
{
	if (unlink(f->path) < 0 || (unlink(f->sidecar) < 0 && errno != ENOENT))
		return err_sys(err, "cannot remove '%s'", f->path);
	return 0;
}

static uint64_t id_of(const char *key)
{
	char digits[ID_DIGITS + 1] = { key[0], key[1] };

	memcpy(digits + 2, key + 3, ID_DIGITS - 2);
	return strtoull(digits, NULL, 16);
}

/* One that looked bad: is it, while nobody else has it? */
static int judge(struct verifier *v, struct arena *a, const char *key,
	struct err *err)
{
	struct finding f;
	int got;

	if (v->lock == NULL)
		v->lock = lock_open(v->cache, err);
	if (v->lock == NULL)
		return -1;
	got = lock_take(v->lock, id_of(key), err);
	if (got <= 0)
		return got;
	if (!look(v, a, key, &f)) {
		v->bad++;
		v->kept += f.keep;
		got = report(v, a, &f, err);
		if (got == 0 && v->how->remove && !f.keep)
			got = remove_bad(&f, err);
	} else {
		got = 0;
	}
	lock_drop(v->lock, id_of(key));
	return got;
}

static int verify_one(void *state, unsigned int hand, size_t i, struct err *err)
{
	struct verifier *v = state;
	struct arena a = ARENA_INIT;
	struct finding f;
	int got = 0;

	(void)hand;
	if (!look(v, &a, v->keys[i], &f)) {
		crew_lock(v->crew);
		got = judge(v, &a, v->keys[i], err);
		crew_unlock(v->crew);
	}
	arena_release(&a);
	return got;
}

static int refuse(const struct verifier *v, struct err *err)
{
	struct arena a = ARENA_INIT;
	const char *then =
		"--remove takes them away, so that the next run fetches them";

	if (v->how->remove)
		then = "they were removed, the next run fetches them";
	if (v->how->remove && v->kept > 0)
		then = arena_printf(&a,
			"%zu could not be opened and stay; what else is bad "
			"was removed, the next run fetches it",
			v->kept);
	err_set(err, ERR_DATA, "%zu of %zu files in '%s' are bad: %s", v->bad,
		v->n, v->cache, then);
	arena_release(&a);
	return -1;
}

static int verify_all(struct verifier *v, struct err *err)
{
	const long n = sysconf(_SC_NPROCESSORS_ONLN);
	struct crew_work work = { .one = verify_one, .state = v };

	if (list_all(v, err) < 0)
		return -1;
	v->crew = crew_open(n < 1     ? 1 :
			n > CREW_MOST ? CREW_MOST :
					(unsigned int)n,
		getenv("MAKEFLAGS"));
	work.n = v->n;
	work.hands = crew_most(v->crew);
	if (crew_run(v->crew, &work, err) < 0)
		return -1;
	log_info("%zu files, %zu bad", v->n, v->bad);
	return v->bad == 0 ? 0 : refuse(v, err);
}

int verify_run(const struct verify *how, struct err *err)
{
	struct verifier v = { .how = how, .arena = ARENA_INIT };
	struct buf path = BUF_INIT;
	int got = io_absolute(NULL, how->cache, &path, err);

	v.cache = path.data;
	if (got == 0)
		got = verify_all(&v, err);
	buf_release(&path);

	crew_close(v.crew);
	lock_close(v.lock);
	arena_release(&v.arena);
	return got;
}
