/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stages: the stages of a bake in their order, and counts by stage.
 */
#ifndef PGF_STAGES_H
#define PGF_STAGES_H

#include <stddef.h>

enum { STAGES = 7 };

/* "fetch", "open", "facts", "schema", "plan", "write", "seal", NULL. */
extern const char *const stages[STAGES + 1];

/* The number of a stage by its name, or -1. */
int stages_find(const char *name);

/* One more of a stage; what is none counts nothing. */
void stages_count(size_t counts[STAGES], const char *name);

#endif
