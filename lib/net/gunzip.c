/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zlib's gzread, which takes files of several members one after the other.
 * libarchive was refused for this one format: its filter passes over the
 * checksum.
 */
#include "net/gunzip.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/mem.h"

struct gunzip {
	gzFile file;
};

bool gunzip_knows(const char *path)
{
	unsigned char magic[2] = { 0, 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, magic, 2);

	if (fd >= 0)
		close(fd);
	return n == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
}

struct gunzip *gunzip_open(const char *path, struct err *err)
{
	struct gunzip *g;
	gzFile file = gzopen(path, "rbe");

	if (file == NULL) {
		err_sys(err, "cannot open '%s'", path);
		return NULL;
	}
	gzbuffer(file, 1 << 18);
	g = mem_alloc(sizeof(*g));
	g->file = file;
	return g;
}

ssize_t gunzip_read(struct gunzip *g, void *p, size_t len, struct err *err)
{
	int n = gzread(g->file, p, len > INT_MAX ? INT_MAX : (unsigned)len);
	int code = Z_OK;
	const char *why;

	if (n > 0)
		return n;
	why = gzerror(g->file, &code);
	if (n == 0 && code == Z_OK)
		return 0;
	if (code == Z_ERRNO)
		return err_sys(err, "cannot read it");
	if (code == Z_BUF_ERROR)
		return err_set(err, ERR_DATA, "it is cut off");
	return err_set(err, ERR_DATA, "it is damaged: %s", why);
}

void gunzip_close(struct gunzip *g)
{
	if (g == NULL)
		return;
	gzclose(g->file);
	mem_free(g);
}
