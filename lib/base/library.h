/* SPDX-License-Identifier: Apache-2.0 */
/*
 * library: a shared library that is loaded when it is first needed.
 *
 * Most of the start of a program that is linked to many libraries goes into them,
 * and a program is started once for each batch of files.  What few of its runs call
 * is better found by name, when they do.
 */
#ifndef PGF_LIBRARY_H
#define PGF_LIBRARY_H

#include "base/err.h"

/* A function by its name, and the pointer to it that is to be set. */
struct library_call {
	const char *name; /* NULL: the end */
	void *pointer;
};

/* Load a library by its soname and set all pointers; none if one cannot be.  It
 * stays for good; to ask again is cheap, and for any thread.  ERR_FAIL. */
int library_load(const char *soname, const struct library_call *calls,
	struct err *err) PGF_CHECKED;

#endif
