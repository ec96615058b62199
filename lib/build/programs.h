/* SPDX-License-Identifier: Apache-2.0 */
/*
 * programs: where this installation is.
 *
 * The programs of pgf find each other beside the one that runs, not through
 * PATH, so that cron, an uninstalled build and two versions side by side work.
 */
#ifndef PGF_PROGRAMS_H
#define PGF_PROGRAMS_H

#include "base/err.h"
#include "base/mem.h"

/* The folder of the program that runs, without symbolic links (Linux:
 * /proc/self/exe). NULL with ERR_FAIL if the system does not tell. */
const char *programs_folder(struct arena *a, struct err *err) PGF_CHECKED;

/* FOLDER/pgf-NAME; lives in the arena. */
const char *programs_path(struct arena *a, const char *folder,
	const char *name);

/* The command line of this process, quoted for a shell, to be shown. */
const char *programs_command(struct arena *a);

#endif
