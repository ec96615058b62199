/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log: the only chatter on stderr.
 *
 * Lines are "PROGRAM: text", written whole in one call so that lines of
 * parallel processes do not mix.
 */
#ifndef PGF_LOG_H
#define PGF_LOG_H

#include <stdbool.h>

#include "base/err.h"

enum log_level { LOG_QUIET = -1, LOG_NORMAL = 0, LOG_VERBOSE = 1 };

/* Name in front of each line and how much is said; the name is borrowed. */
void log_init(const char *program);
void log_set_level(enum log_level level);
enum log_level log_level(void);
const char *log_program(void);

/* Always printed. */
void log_error(const char *fmt, ...) PGF_PRINTF(1, 2);

/* Printed unless quiet: something the user should know but did not ask. */
void log_warn(const char *fmt, ...) PGF_PRINTF(1, 2);

/* Printed if verbose. */
void log_info(const char *fmt, ...) PGF_PRINTF(1, 2);

/* Lines (parted by newlines) that are written over themselves while something goes on,
 * cut to the width of the terminal, and go when a line of the kinds above comes; NULL: go
 * now.  The cursor stays below them, so that nothing is to be put right when we are ended.
 * Nothing unless stderr is a terminal that can do it and this much is to be said
 * (log_is_live). */
void log_live(const char *fmt, ...) PGF_PRINTF(1, 2);
bool log_is_live(void);

/* How large the terminal is; guessed if it does not tell. */
struct log_screen {
	unsigned int rows, columns;
};
struct log_screen log_screen(void);

/* A line of another program, as it is. */
void log_pass(const char *line);

#endif
