/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The line is made before it is needed: a handler may only write.  A process for each
 * file was refused, it would cost more than to open one.
 */
#include "base/crash.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"

#if defined(__SANITIZE_ADDRESS__)
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif

static const int caught[] = { SIGSEGV, SIGBUS, SIGFPE, SIGABRT };

/* For the handler. */
static char line[4352];
static volatile sig_atomic_t length;

static void on_signal(int sig)
{
	if (length == 0) {
		raise(sig); /* SA_RESETHAND: the default */
		return;
	}
	if (write(STDERR_FILENO, line, (size_t)length) < 0)
		_exit(ERR_FAIL);
	_exit(ERR_DATA);
}

void crash_watch(void)
{
	static char stack[1 << 16]; /* the other one may be what is wrong */
	const stack_t other = { .ss_sp = stack, .ss_size = sizeof(stack) };
	struct sigaction sa = { .sa_flags = (int)(SA_RESETHAND | SA_ONSTACK) };

	if (SANITIZED)
		return;
	sa.sa_handler = on_signal;
	sigemptyset(&sa.sa_mask);
	sigaltstack(&other, NULL);
	for (size_t i = 0; i < sizeof(caught) / sizeof(*caught); i++)
		sigaction(caught[i], &sa, NULL);
}

void crash_name(const char *path)
{
	int n;

	length = 0;
	if (path == NULL)
		return;
	n = snprintf(line, sizeof(line),
		"%s: cannot open '%.4096s': damaged: the library that reads it "
		"has crashed; get the file again\n",
		log_program(), path);
	if (n > 0 && (size_t)n < sizeof(line))
		length = n;
}
