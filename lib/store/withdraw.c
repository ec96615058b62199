/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The folder of the store is locked while an array is taken back, and a marker
 * stands in the array's folder from before its metadata go until its chunks are
 * gone.  A process that finds neither other metadata nor a marker needs no
 * lock: nobody will remove what it writes.  It must look in that order, since
 * the marker comes before the metadata go.  Moving the folder aside instead was
 * refused: two processes could not tell whose folder they move.
 */
#include "store/withdraw.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"
#include "store/published.h"

#define MARKER ".pgf-withdrawn"

enum { MAX_DOCUMENT = 64 << 20 };

static const char *const root_metadata[] = {
	"zarr.json",
	".zmetadata",
	".zgroup",
	".zattrs",
	NULL,
};
static const char *const array_metadata[] = {
	"zarr.json",
	".zarray",
	".zattrs",
	NULL,
};

/* What the array's folder says of it. */
enum state { STATE_SAME, STATE_NONE, STATE_CHANGED };

struct place {
	const char *store, *folder; /* of the array */
	const struct target *target;
};

typedef bool same_layout_fn(const struct js *doc, const struct target *t);

static int read_document(const char *path, struct arena *a,
	const struct js **doc, struct err *err)
{
	struct buf text = BUF_INIT;
	const char *kind;
	int r = io_read_file(path, MAX_DOCUMENT, &text, err);

	if (r == 0) {
		*doc = js_parse(a, text.len ? text.data : "", text.len, err);
		r = *doc == NULL ? -1 : 0;
	}
	buf_release(&text);
	kind = r == 0 ? js_get_text(*doc, "node_type") : NULL;
	if (kind != NULL && str_eq(kind, "group"))
		r = err_set(err, ERR_DATA,
			"a group has the name of an array: "
			"remove it, or write elsewhere");
	return r < 0 ? err_in(err, "'%s'", path) : 0;
}

static int look_at(const struct place *p, const char *name,
	same_layout_fn *same, enum state *state, struct err *err)
{
	struct arena a = ARENA_INIT;
	struct buf path = BUF_INIT;
	const struct js *doc = NULL;
	int r = 0;

	buf_addf(&path, "%s/%s", p->folder, name);
	*state = STATE_NONE;
	if (access(path.data, F_OK) == 0) {
		r = read_document(path.data, &a, &doc, err);
		*state = r == 0 && same(doc, p->target) ? STATE_SAME :
							  STATE_CHANGED;
		/* Another process is just taking it back: wait for it. */
		if (r < 0 && access(path.data, F_OK) < 0) {
			err_clear(err);
			r = 0;
		}
	}
	buf_release(&path);
	arena_release(&a);
	return r;
}

static int look(const struct place *p, bool *changed, struct err *err)
{
	enum state v3, v2;
	struct buf marker = BUF_INIT;

	if (look_at(p, "zarr.json", published_is_v3, &v3, err) < 0 ||
		look_at(p, ".zarray", published_is_v2, &v2, err) < 0)
		return -1;
	buf_addf(&marker, "%s/" MARKER, p->folder);
	*changed = v3 == STATE_CHANGED || v2 == STATE_CHANGED ||
		access(marker.data, F_OK) == 0;
	buf_release(&marker);
	return 0;
}

static int remove_named(const char *folder, const char *const *names,
	struct err *err)
{
	struct buf path = BUF_INIT;
	int r = 0;

	for (; *names != NULL && r == 0; names++) {
		buf_reset(&path);
		buf_addf(&path, "%s/%s", folder, *names);
		if (unlink(path.data) < 0 && errno != ENOENT)
			r = err_sys(err, "cannot remove '%s'", path.data);
	}
	buf_release(&path);
	return r == 0 ? io_sync_dir(folder, err) : -1;
}

static int remove_inside(int fd, const char *path, struct err *err);

static int remove_one(int fd, const char *name, const char *path,
	struct err *err)
{
	int inner;

	if (unlinkat(fd, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return err_sys(err, "cannot remove '%s/%s'", path, name);
	inner = openat(fd, name,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (inner < 0)
		return err_sys(err, "cannot open folder '%s/%s'", path, name);
	if (remove_inside(inner, path, err) < 0)
		return -1;
	if (unlinkat(fd, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
		return err_sys(err, "cannot remove '%s/%s'", path, name);
	return 0;
}

/* Everything in an open folder, which is closed, but the marker; links are
 * removed, not followed. */
static int remove_inside(int fd, const char *path, struct err *err)
{
	DIR *dir = fdopendir(fd);
	struct dirent *e;
	int r = 0;

	if (dir == NULL) {
		close(fd);
		return err_sys(err, "cannot read folder '%s'", path);
	}
	while (r == 0 && (e = readdir(dir)) != NULL)
		if (!str_eq(e->d_name, ".") && !str_eq(e->d_name, "..") &&
			!str_eq(e->d_name, MARKER))
			r = remove_one(dirfd(dir), e->d_name, path, err);
	closedir(dir);
	return r;
}

static int remove_chunks(const char *folder, struct err *err)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return err_sys(err, "cannot open folder '%s'", folder);
	return remove_inside(fd, folder, err);
}

static int take_back(const struct place *p, struct err *err)
{
	const char *marker[] = { MARKER, NULL };
	struct buf path = BUF_INIT;
	int r;

	buf_addf(&path, "%s/" MARKER, p->folder);
	r = io_touch(path.data, err);
	buf_release(&path);
	if (r < 0 || io_sync_dir(p->folder, err) < 0 ||
		remove_named(p->store, root_metadata, err) < 0 ||
		remove_named(p->folder, array_metadata, err) < 0 ||
		remove_chunks(p->folder, err) < 0 ||
		io_sync_dir(p->folder, err) < 0)
		return -1;
	return remove_named(p->folder, marker, err);
}

/* Look again once alone: another process may just have done it. */
static int take_back_alone(const struct place *p, struct err *err)
{
	int fd = open(p->store, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool changed = false;
	int r;

	if (fd < 0)
		return err_sys(err, "cannot open folder '%s'", p->store);
	while ((r = flock(fd, LOCK_EX)) < 0 && errno == EINTR)
		continue;
	if (r < 0)
		err_sys(err, "cannot lock folder '%s'", p->store);
	else
		r = look(p, &changed, err);
	if (r == 0 && changed)
		r = take_back(p, err);
	close(fd);
	return r < 0 ? -1 : changed;
}

int withdraw_changed(const char *store, const struct target *target,
	struct err *err)
{
	struct buf folder = BUF_INIT;
	struct place p = { store, NULL, target };
	bool changed = false;
	int r;

	buf_addf(&folder, "%s/%s", store, target->name);
	p.folder = folder.data;
	r = look(&p, &changed, err);
	if (r == 0 && changed)
		r = take_back_alone(&p, err);
	buf_release(&folder);
	return r;
}
