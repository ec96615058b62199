/* SPDX-License-Identifier: Apache-2.0 */
/*
 * command: a program with arguments, for each file.
 *
 * No shell reads it: blanks part words, quotes ('..' and "..") hold them
 * together, a backslash (not in '..') takes the character behind it as it is, and
 * that is all.  {in} and {out} are replaced afterwards, so a name can be anything.
 * Who wants a shell writes sh -c '.. "$1" .. "$2"' sh {in} {out}.
 */
#ifndef PGF_COMMAND_H
#define PGF_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"

struct command {
	const char *text;
	const char **words;
	size_t n;
};

/* Read text into the arena.  ERR_DATA: a quote that is not closed, no {in} or no
 * {out}. */
int command_parse(struct arena *a, const char *text, struct command *out,
	struct err *err) PGF_CHECKED;

/* The words for one file, ended by NULL. */
char **command_fill(struct arena *a, const struct command *c, const char *in,
	const char *out);

#endif
