/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel is asked, because argv[0] is whatever the caller liked and may be
 * found through a PATH that has changed since.
 */
#include "build/programs.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "build/quote.h"

const char *programs_folder(struct arena *a, struct err *err)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	char *slash;

	if (n < 0) {
		err_sys(err,
			"cannot tell where the programs are: "
			"/proc/self/exe");
		return NULL;
	}
	path[n] = '\0';
	slash = strrchr(path, '/');
	if (slash == NULL) {
		err_set(err, ERR_FAIL,
			"cannot tell where the programs are: "
			"/proc/self/exe is '%s'",
			path);
		return NULL;
	}
	return arena_strndup(a, path, (size_t)(slash - path));
}

const char *programs_path(struct arena *a, const char *folder, const char *name)
{
	return arena_printf(a, "%s/pgf-%s", folder, name);
}

const char *programs_command(struct arena *a)
{
	struct buf words = BUF_INIT, text = BUF_INIT;
	struct err ignored = ERR_INIT;
	const char *command = "the same command";

	if (io_read_file("/proc/self/cmdline", 1 << 20, &words, &ignored) < 0)
		words.len = 0;
	for (size_t i = 0; i < words.len; i += strlen(words.data + i) + 1) {
		if (i > 0)
			buf_addc(&text, ' ');
		quote_for_shell(words.data + i, &text);
	}
	if (text.len > 0)
		command = arena_strdup(a, text.data);
	buf_release(&words);
	buf_release(&text);
	return command;
}
