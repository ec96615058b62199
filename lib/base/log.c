/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each line is formatted first and leaves in a single write(2): stdio on
 * stderr would hand it over in pieces that interleave under make -j.
 */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const char *program = "pgf";
static enum log_level level_now = LOG_NORMAL;
static unsigned int drawn; /* lines that are live */

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

/* To the first of the lines that are live; the cursor stands below them. */
static size_t go_up(char out[16])
{
	int n = drawn > 0 ? snprintf(out, 16, "\033[%uA", drawn) : 0;

	return n > 0 ? (size_t)n : 0;
}

/* Bytes, without an end. */
static size_t add(char *out, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		out[i] = s[i];
	return len;
}

static void hide(void)
{
	char text[32];
	size_t len = go_up(text);

	if (drawn == 0)
		return;
	drawn = 0;
	len += add(text + len, "\r\033[J", 4);
	put(text, len);
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
	const char *kind = getenv("TERM");

	if (terminal < 0)
		terminal = isatty(STDERR_FILENO) &&
			(kind == NULL || strcmp(kind, "dumb") != 0);
	return level_now == LOG_NORMAL && terminal > 0;
}

struct log_screen log_screen(void)
{
	struct winsize w = { 0 };

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) < 0)
		w = (struct winsize){ 0 };
	return (struct log_screen){ w.ws_row > 0 ? w.ws_row : 24,
		w.ws_col > 0 ? w.ws_col : 132 };
}

/* What of a line there is room for: bytes. */
static size_t fit(const char *s, size_t len, unsigned int columns)
{
	size_t i = 0;

	for (unsigned int n = 0; i < len; i++)
		if (((unsigned char)s[i] & 0xc0) != 0x80 && n++ + 1 >= columns)
			break;
	return i;
}

void log_live(const char *fmt, ...)
{
	char text[4096], out[8192];
	struct log_screen screen;
	unsigned int n = 0;
	size_t len;
	va_list ap;

	if (fmt == NULL || !log_is_live()) {
		hide();
		return;
	}
	va_start(ap, fmt);
	if (vsnprintf(text, sizeof(text), fmt, ap) < 0)
		text[0] = '\0';
	va_end(ap);
	screen = log_screen();
	len = go_up(out);
	for (const char *s = text; *s != '\0' && n + 1 < screen.rows && n < 64;
		n++) {
		size_t line = strcspn(s, "\n");

		len += add(out + len, s, fit(s, line, screen.columns));
		len += add(out + len, "\033[K\r\n", 5);
		s += line + (s[line] == '\n');
	}
	len += add(out + len, "\033[J", 3);
	put(out, len);
	drawn = n;
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
