/* SPDX-License-Identifier: Apache-2.0 */
/*
 * turn: no more than so many processes at once.
 *
 * Each byte of a file is a turn, which a process has while it holds the lock of
 * that byte.
 */
#ifndef PGF_TURN_H
#define PGF_TURN_H

#include "base/err.h"

/* Wait for a turn of the file at path, and keep it until this process ends,
 * however it ends.  A file that is empty or not there limits nothing. */
int turn_take(const char *path, struct err *err) PGF_CHECKED;

#endif
