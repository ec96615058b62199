/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lock is flock on a file, held by a descriptor that make and its tasks
 * inherit: it ends with the last of them, however they end, and nothing ever
 * has to be unlocked by hand.  A file whose existence is the lock was refused
 * for that; so was fcntl's lock, which children do not inherit.
 */
#include "build/state.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"
#include "build/former.h"

enum {
	BATCHES_WANTED = 16, /* few enough to start fast, enough to share */
	BATCHES_LEAST = 4,   /* of more items than that */
	BATCH_MAX = 100,     /* items: what a failure costs again */
	BATCH_LIMIT = 1000,  /* the same of small ones, or if asked for */
	BATCHES_MAX = 20000, /* beyond, the choice of old is given up */
};

/* Of a batch of less too much is spent on starting programs (5 ms, against 0.3 s of
 * work on so much in files of 100 KB, and 150 ms on so little that it is not shared);
 * one of more is much to do again. */
static const uint64_t least_bytes = 64 << 20, most_bytes = (uint64_t)4 << 30,
		      least_shared = 32 << 20;

const char *state_path(const struct state *s, const char *name)
{
	return arena_printf(s->arena, "%s/%s", s->path, name);
}

bool state_has(const struct state *s, const char *name)
{
	struct stat st;

	return stat(state_path(s, name), &st) == 0;
}

int state_put(const struct state *s, const char *name, const struct buf *text,
	struct err *err)
{
	return io_replace_if_changed(state_path(s, name),
		text->data ? text->data : "", text->len, err);
}

int state_put_later(const struct state *s, const char *name,
	const struct buf *text, struct err *err)
{
	const char *path = state_path(s, name);
	const char *data = text->data ? text->data : "";

	if (io_has_content(path, data, text->len))
		return 0;
	former_keep(&(struct former){ s->arena, s->path }, name);
	return sheaf_put(s->later, path, data, text->len, err);
}

int state_flush(const struct state *s, struct err *err)
{
	return sheaf_flush(s->later, err);
}

/* One that is dead and not yet buried by its parent has a number still, but no
 * program. */
bool state_process_lives(int64_t pid)
{
	char path[64], target[8];

	if (pid <= 0 || pid > INT32_MAX ||
		(kill((pid_t)pid, 0) < 0 && errno == ESRCH))
		return false;
	snprintf(path, sizeof(path), "/proc/%ld/exe", (long)pid);
	return readlink(path, target, sizeof(target)) >= 0 || errno != ENOENT;
}

/* Who holds the lock, from what it wrote into the file. */
static int locked(int fd, const char *path, struct err *err)
{
	char text[32];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
	int64_t pid;

	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	if (!str_to_i64(text, &pid) || pid <= 0 || pid > INT32_MAX)
		return err_set(err, ERR_TEMP,
			"work folder '%s' is in use by another process", path);
	if (!state_process_lives(pid))
		return err_set(err, ERR_TEMP,
			"work folder '%s' is in use by tasks that process "
			"%lld, now gone, has left running: wait for them",
			path, (long long)pid);
	return err_set(err, ERR_TEMP,
		"work folder '%s' is in use by process %lld", path,
		(long long)pid);
}

static int take_lock(struct state *s, struct err *err)
{
	const char *path = state_path(s, "lock");
	char text[32];
	int n;

	/* Without O_CLOEXEC: children are to hold it, too. */
	s->lock = open(path, O_RDWR | O_CREAT, 0666);
	if (s->lock < 0)
		return err_sys(err, "cannot open '%s'", path);
	while (flock(s->lock, LOCK_EX | LOCK_NB) < 0) {
		if (errno == EWOULDBLOCK)
			return locked(s->lock, s->path, err);
		if (errno != EINTR)
			return err_sys(err, "cannot lock '%s'", path);
	}
	n = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
	if (n < 0 || ftruncate(s->lock, 0) < 0 ||
		pwrite(s->lock, text, (size_t)n, 0) != n)
		return err_sys(err, "cannot write '%s'", path);
	return 0;
}

/* What is written from now on must be newer than what the run before has made,
 * however fast it is followed: kernels stamp files by a clock that ticks down
 * to 100 times a second. */
static void let_clock_tick(void)
{
	const struct timespec tick = { .tv_nsec = 10 * 1000 * 1000 };

	nanosleep(&tick, NULL);
}

static int make_folders(const struct state *s, struct err *err)
{
	for (const char *f = STATE_FOLDERS; *f != '\0'; f++) {
		const char name[2] = { *f, '\0' };

		if (io_make_dirs(state_path(s, name), err) < 0)
			return -1;
	}
	return 0;
}

int state_open(struct state *s, struct arena *a, const char *path,
	struct err *err)
{
	char *real;

	*s = (struct state){ .arena = a, .lock = -1, .later = sheaf_open() };
	if (strpbrk(path, "\n\r") != NULL)
		return err_set(err, ERR_DATA,
			"work folder '%s' holds a line "
			"break: rename it",
			path);
	if (io_make_dirs(path, err) < 0)
		return -1;
	real = realpath(path, NULL);
	if (real == NULL)
		return err_sys(err, "cannot find '%s'", path);
	s->path = arena_strdup(a, real);
	free(real);
	if (take_lock(s, err) < 0 || make_folders(s, err) < 0) {
		state_close(s);
		return -1;
	}
	let_clock_tick();
	return 0;
}

void state_close(struct state *s)
{
	sheaf_close(s->later);
	s->later = NULL;
	if (s->lock >= 0)
		close(s->lock);
	s->lock = -1;
}

static size_t between(size_t low, size_t n, size_t high)
{
	return n < low ? low : n > high ? high : n;
}

/* 1 up to 16 items, then as many as make 16 batches, at most 100; more if they
 * are small, but so that there are 4 batches, unless each would be very small;
 * fewer if they are large. */
static size_t choose_batch(const struct state_load *load)
{
	size_t n =
		between(1, (load->nitems + BATCHES_WANTED / 2) / BATCHES_WANTED,
			BATCH_MAX);
	size_t least;

	if (load->bytes == 0 || load->nitems <= BATCHES_WANTED)
		return n;
	least = between(1,
		(size_t)(load->nitems / (least_shared / load->bytes + 1)),
		BATCHES_LEAST);
	n = between((size_t)(least_bytes / load->bytes), n,
		(size_t)(most_bytes / load->bytes));
	return between(1, n,
		between(1, (load->nitems + least - 1) / least, BATCH_LIMIT));
}

/* What conf.batch says, or 0. */
static size_t kept_batch(const struct state *s)
{
	struct buf text = BUF_INIT;
	struct err ignored = ERR_INIT;
	uint64_t n = 0;

	if (io_read_file(state_path(s, "conf.batch"), 32, &text, &ignored) ==
			0 &&
		text.len > 0) {
		text.data[strcspn(text.data, "\n")] = '\0';
		if (!str_to_u64(text.data, &n) || n > BATCH_LIMIT)
			n = 0;
	}
	buf_release(&text);
	return (size_t)n;
}

int state_batch_size(const struct state *s, const struct state_load *load,
	size_t *out, struct err *err)
{
	struct buf text = BUF_INIT;
	size_t n = load->asked ? load->asked : kept_batch(s);
	int r;

	if (n == 0 || load->nitems / n > BATCHES_MAX)
		n = choose_batch(load);
	*out = n;
	buf_addf(&text, "%zu\n", n);
	r = state_put(s, "conf.batch", &text, err);
	buf_release(&text);
	return r;
}

int state_remove(const struct state *s, const char *name, struct err *err)
{
	const char *path = state_path(s, name);

	if (unlink(path) < 0 && errno != ENOENT)
		return err_sys(err, "cannot remove '%s'", path);
	return 0;
}

/* A temporary is litter once the process in its name is gone. */
static bool is_litter(const char *name)
{
	char digits[24];
	size_t n;
	int64_t pid;

	if (!io_is_temp_name(name))
		return false;
	name += strlen(".pgf-");
	n = strspn(name, "0123456789");
	if (n == 0 || n >= sizeof(digits))
		return false;
	memcpy(digits, name, n);
	digits[n] = '\0';
	return str_to_i64(digits, &pid) && !state_process_lives(pid);
}

/* "00012" or "00012.ok": the number, or SIZE_MAX. */
static size_t batch_of(const char *name)
{
	char digits[24];
	size_t n = strspn(name, "0123456789");
	uint64_t v;

	if (n < 5 || n >= sizeof(digits) ||
		(name[n] != '\0' && !str_eq(name + n, ".ok")))
		return SIZE_MAX;
	memcpy(digits, name, n);
	digits[n] = '\0';
	return str_to_u64(digits, &v) ? (size_t)v : SIZE_MAX;
}

/* In one folder ("" is the work folder itself): remove litter, and batches
 * from nbatches on. */
static int prune_folder(const struct state *s, const char *folder,
	size_t nbatches, struct err *err)
{
	DIR *dir = opendir(state_path(s, folder));
	const struct dirent *e;
	int r = 0;

	if (dir == NULL)
		return err_sys(err, "cannot open folder '%s'",
			state_path(s, folder));
	while (r == 0 && (e = readdir(dir)) != NULL) {
		size_t batch = *folder ? batch_of(e->d_name) : SIZE_MAX;

		if ((batch != SIZE_MAX && batch >= nbatches) ||
			is_litter(e->d_name))
			r = state_remove(s,
				arena_printf(s->arena, "%s/%s",
					*folder ? folder : ".", e->d_name),
				err);
	}
	closedir(dir);
	return r;
}

int state_prune(const struct state *s, size_t nbatches, struct err *err)
{
	if (prune_folder(s, "", nbatches, err) < 0)
		return -1;
	for (const char *f = STATE_FOLDERS; *f != '\0'; f++) {
		const char name[2] = { *f, '\0' };

		if (prune_folder(s, name, nbatches, err) < 0)
			return -1;
	}
	return 0;
}

int state_withdraw(const struct state *s, struct err *err)
{
	if (prune_folder(s, "w", 0, err) < 0)
		return -1;
	return state_remove(s, "seal.json", err);
}
