/* SPDX-License-Identifier: Apache-2.0 */
/*
 * secret: text that names what may not be written down.
 *
 * "Bearer ${TOKEN}" stands in recipes, makefiles and on command lines; what it
 * stands for comes from the environment, in the program that sends it, and goes
 * nowhere else.
 */
#ifndef PGF_SECRET_H
#define PGF_SECRET_H

#include <stdbool.h>

#include "base/err.h"
#include "base/mem.h"

/* Check text with names: ERR_DATA for "${" without "}", or around what is no
 * name of a variable. */
int secret_check(const char *text, struct err *err) PGF_CHECKED;

/* text with the values of the environment instead of the names, in the arena.
 * ERR_DATA names a variable that is not set, or is empty, or has a control
 * character; no error holds a value. */
int secret_expand(struct arena *a, const char *text, const char **out,
	struct err *err) PGF_CHECKED;

/* True if a header of that name is there to carry a secret, so that a value
 * without "${" is one that was written down. */
bool secret_is_bare(const char *header, const char *value);

#endif
