/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All functions are found before any pointer is set, so that one of them tells
 * whether the library is there.  Stubs made by a tool were refused: a table of names
 * in the one file that calls them is shorter than their build.
 */
#include "base/library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

static int no_library(const char *soname, struct err *err)
{
	const char *why = dlerror();

	return err_set(err, ERR_FAIL, "cannot load '%s': %s", soname,
		why ? why : "no cause is known");
}

static bool is_set(const struct library_call *c)
{
	void *at;

	memcpy(&at, c->pointer, sizeof(at));
	return at != NULL;
}

static int find_all(const char *soname, const struct library_call *calls,
	struct err *err)
{
	void *library = dlopen(soname, RTLD_LAZY | RTLD_LOCAL);

	if (library == NULL)
		return no_library(soname, err);
	for (const struct library_call *c = calls; c->name != NULL; c++)
		if (dlsym(library, c->name) == NULL)
			return no_library(soname, err);
	for (const struct library_call *c = calls; c->name != NULL; c++) {
		void *at = dlsym(library, c->name);

		/* A function, which C lets be no void *, but POSIX does. */
		memcpy(c->pointer, &at, sizeof(at));
	}
	return 0;
}

int library_load(const char *soname, const struct library_call *calls,
	struct err *err)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	int r;

	pthread_mutex_lock(&lock);
	r = is_set(calls) ? 0 : find_all(soname, calls, err);
	pthread_mutex_unlock(&lock);
	return r;
}
