/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The folder is asked of the kernel: a search along PATH could find the programs
 * of another version.
 */
#include "base/beside.h"

#include <unistd.h>

int beside_path(const char *name, struct buf *out, struct err *err)
{
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self));

	if (n < 0 || (size_t)n >= sizeof(self))
		return err_sys(err, "cannot tell where this program lies");
	while (n > 0 && self[n - 1] != '/')
		n--;
	buf_add(out, self, (size_t)n);
	buf_adds(out, name);
	return 0;
}

char *beside_argument(const char *s)
{
	union {
		const char *in;
		char *plain;
	} u = { .in = s };

	return u.plain;
}
