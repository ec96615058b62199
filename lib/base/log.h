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

/* A line that is written over itself while something goes on, and goes when a
 * line of the kinds above comes; NULL: goes now.  Nothing unless stderr is a
 * terminal and this much is to be said (log_is_live). */
void log_live(const char *fmt, ...) PGF_PRINTF(1, 2);
bool log_is_live(void);

/* A line of another program, as it is. */
void log_pass(const char *line);

#endif
