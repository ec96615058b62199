/* SPDX-License-Identifier: Apache-2.0 */
#include "chunk/sparse.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/num.h"

enum { STEP = 1 << 20 };

/* Libraries read more into a path than a path. */
static const char *folder(void)
{
	const char *s = getenv("TMPDIR");

	if (s == NULL || *s != '/' || strpbrk(s, "\\#?&:[]") != NULL)
		return "/tmp";
	return s;
}

int sparse_make(char *path, size_t size, struct err *err)
{
	int fd;

	snprintf(path, size, "%s/pgf-XXXXXX", folder());
	fd = mkstemp(path);
	if (fd < 0)
		return err_sys(err, "cannot make a temporary file in '%s'",
			folder());
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	return fd;
}

int sparse_copy(struct buf *b, int from, int to, struct span_range r,
	struct err *err)
{
	while (r.start < r.end) {
		uint64_t n = num_min(r.end - r.start, STEP);
		struct io_range at = { r.start, (size_t)n };

		buf_resize(b, (size_t)n);
		if (io_read_at(from, "a copy", at, b->data, err) < 0 ||
			io_write_at(to, "a copy", at, b->data, err) < 0)
			return -1;
		r.start += n;
	}
	return 0;
}
