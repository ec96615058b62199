/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each line is formatted first and leaves in a single write(2): stdio on
 * stderr would hand it over in pieces that interleave under make -j.
 */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *program = "pgf";
static enum log_level level_now = LOG_NORMAL;

void log_init(const char *name)
{
	program = name;
}

void log_set_level(enum log_level level)
{
	level_now = level;
}

enum log_level log_level(void)
{
	return level_now;
}

const char *log_program(void)
{
	return program;
}

/* Newlines in the text (they come from data) would fake lines of their own. */
static void flatten(char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < ' ')
			*s = ' ';
}

PGF_PRINTF(2, 0)
static void put_line(const char *tag, const char *fmt, va_list ap)
{
	char line[4096];
	size_t len;

	snprintf(line, sizeof(line), "%s: %s", program, tag);
	len = strlen(line);
	if (vsnprintf(line + len, sizeof(line) - len - 1, fmt, ap) < 0)
		return;
	flatten(line);
	len = strlen(line);
	line[len++] = '\n';
	if (write(STDERR_FILENO, line, len) < 0)
		return; /* nobody is left to tell */
}

void log_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_line("", fmt, ap);
	va_end(ap);
}

void log_warn(const char *fmt, ...)
{
	va_list ap;

	if (level_now < LOG_NORMAL)
		return;
	va_start(ap, fmt);
	put_line("warning: ", fmt, ap);
	va_end(ap);
}

void log_info(const char *fmt, ...)
{
	va_list ap;

	if (level_now < LOG_VERBOSE)
		return;
	va_start(ap, fmt);
	put_line("", fmt, ap);
	va_end(ap);
}
