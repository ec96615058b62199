/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file is opened, for only that tells whether it can be read.
 */
#include "net/local.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/str.h"

int local_find(struct arena *a, const struct url *url, struct cache_file *out,
	struct err *err)
{
	struct buf path = BUF_INIT;
	struct stat st;
	int fd;

	if (io_absolute(NULL, url->path, &path, err) < 0) {
		buf_release(&path);
		return -1;
	}
	out->path = arena_strdup(a, path.data);
	buf_release(&path);
	if (!str_is_utf8(out->path, strlen(out->path)))
		return err_set(err, ERR_DATA, "the path of '%s' is not UTF-8",
			url_show(a, url->path));
	fd = open(out->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return err_set(err, ERR_DATA, "cannot open '%s': %s",
			url_show(a, out->path), strerror(errno));
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return err_set(err, ERR_DATA,
			"cannot open '%s': not a "
			"regular file",
			url_show(a, out->path));
	}
	close(fd);
	out->size = (uint64_t)st.st_size;
	clock_text(st.st_mtim.tv_sec, st.st_mtim.tv_nsec, out->modified);
	return 0;
}

int local_check(struct arena *a, const struct cache_file *file,
	const struct checks *checks, struct err *err)
{
	if (cache_agrees(file, checks))
		return 0;
	return err_set(err, ERR_DATA,
		"'%s' is not the file that the record means: its digest is "
		"another one",
		url_show(a, file->path));
}
