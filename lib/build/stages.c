/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stage is the program that does it, but for facts, which pgf-schema collects of
 * each batch before it adds them up.  Taking the list from the graph was refused:
 * what only reads a work folder has none.
 */
#include "build/stages.h"

#include "base/str.h"

const char *const stages[STAGES + 1] = {
	"fetch",
	"open",
	"facts",
	"schema",
	"plan",
	"write",
	"seal",
	NULL,
};

int stages_find(const char *name)
{
	for (int i = 0; i < STAGES; i++)
		if (str_eq(stages[i], name))
			return i;
	return -1;
}

void stages_count(size_t counts[STAGES], const char *name)
{
	int i = stages_find(name);

	if (i >= 0)
		counts[i]++;
}
