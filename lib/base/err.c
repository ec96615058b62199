/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A failure is a kind and a line of text in a fixed buffer: reporting that
 * memory ran out must not need memory.  Error codes per module were refused:
 * nobody but a person reads the detail, and a person reads text.
 */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

PGF_PRINTF(2, 0)
static void put_text(struct err *err, const char *fmt, va_list ap)
{
	int n = vsnprintf(err->msg, sizeof(err->msg), fmt, ap);

	if (n < 0)
		err->msg[0] = '\0';
}

int err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
{
	va_list ap;

	if (err->kind != ERR_NONE)
		return -1;
	err->kind = kind;
	va_start(ap, fmt);
	put_text(err, fmt, ap);
	va_end(ap);
	return -1;
}

int err_sys(struct err *err, const char *fmt, ...)
{
	int cause = errno;
	va_list ap;
	size_t len;

	if (err->kind != ERR_NONE)
		return -1;
	err->kind = ERR_FAIL;
	va_start(ap, fmt);
	put_text(err, fmt, ap);
	va_end(ap);
	len = strlen(err->msg);
	snprintf(err->msg + len, sizeof(err->msg) - len, ": %s",
		strerror(cause));
	return -1;
}

int err_in(struct err *err, const char *fmt, ...)
{
	char cause[sizeof(err->msg)];
	va_list ap;
	size_t len;

	memcpy(cause, err->msg, sizeof(cause));
	va_start(ap, fmt);
	put_text(err, fmt, ap);
	va_end(ap);
	len = strlen(err->msg);
	snprintf(err->msg + len, sizeof(err->msg) - len, ": %.*s",
		(int)sizeof(cause) - 1, cause);
	return -1;
}

void err_clear(struct err *err)
{
	err->kind = ERR_NONE;
	err->msg[0] = '\0';
}
