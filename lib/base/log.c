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
static bool is_drawn; /* the live line */

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

/* Nobody is left to tell when this fails. */
static void put(const char *text, size_t len)
{
	if (write(STDERR_FILENO, text, len) < 0)
		return;
}

static void hide(void)
{
	if (is_drawn)
		put("\r\033[K", 4);
	is_drawn = false;
}

PGF_PRINTF(2, 0)
static void put_line(const char *tag, const char *fmt, va_list ap)
{
	char line[4096];
	size_t len;

	hide();
	snprintf(line, sizeof(line), "%s: %s", program, tag);
	len = strlen(line);
	if (vsnprintf(line + len, sizeof(line) - len - 1, fmt, ap) < 0)
		return;
	flatten(line);
	len = strlen(line);
	line[len++] = '\n';
	put(line, len);
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

bool log_is_live(void)
{
	static int terminal = -1;

	if (terminal < 0)
		terminal = isatty(STDERR_FILENO);
	return level_now == LOG_NORMAL && terminal > 0;
}

void log_live(const char *fmt, ...)
{
	char line[1024] = "\r\033[K";
	va_list ap;

	if (fmt == NULL || !log_is_live()) {
		hide();
		return;
	}
	va_start(ap, fmt);
	if (vsnprintf(line + 4, sizeof(line) - 4, fmt, ap) < 0)
		line[4] = '\0';
	va_end(ap);
	put(line, strlen(line));
	is_drawn = true;
}

void log_pass(const char *line)
{
	char text[4096];
	int n;

	hide();
	n = snprintf(text, sizeof(text), "%s\n", line);
	if (n >= (int)sizeof(text)) {
		put(line, strlen(line));
		put("\n", 1);
	} else if (n > 0) {
		put(text, (size_t)n);
	}
}
