/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Always SIGTERM: it is what has make end its tasks, where after SIGINT and SIGHUP
 * it waits for them, since a terminal has told them, too.  A process group of its own
 * for the child was refused: a terminal would no more reach it, nor stop it.
 */
#include "build/stop.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

static const int caught[STOP_SIGNALS] = { SIGINT, SIGTERM, SIGHUP };

/* For the handler: the child, and the signal that came. */
static volatile sig_atomic_t child, stopped_by;

static void on_signal(int sig, siginfo_t *info, void *context)
{
	int saved = errno;

	(void)context;
	stopped_by = sig;
	/* What a terminal sends (POSIX: a code above 0) it has sent to the child
	 * as well, and a second one would make it drop its tasks instead of
	 * ending them. */
	if (child > 0 && (sig != SIGINT || info->si_code <= 0))
		kill((pid_t)child, SIGTERM);
	errno = saved;
}

void stop_open(struct stop *s)
{
	struct sigaction sa = { .sa_flags = SA_SIGINFO };

	sa.sa_sigaction = on_signal;
	sigemptyset(&sa.sa_mask);
	child = stopped_by = 0;
	for (size_t i = 0; i < STOP_SIGNALS; i++) {
		sigaction(caught[i], NULL, &s->old[i]);
		if (s->old[i].sa_handler != SIG_IGN)
			sigaction(caught[i], &sa, NULL);
	}
}

void stop_child(pid_t pid)
{
	child = (sig_atomic_t)pid;
	if (stopped_by != 0)
		kill(pid, SIGTERM);
}

bool stop_told(void)
{
	return stopped_by != 0;
}

int stop_close(const struct stop *s)
{
	for (size_t i = 0; i < STOP_SIGNALS; i++)
		sigaction(caught[i], &s->old[i], NULL);
	child = 0;
	return stopped_by;
}

void stop_end(int sig)
{
	if (sig == 0)
		return;
	signal(sig, SIG_DFL);
	raise(sig);
}
