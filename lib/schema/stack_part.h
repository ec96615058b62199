/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stack_part: what is on a stack, for stack.c, which puts it there, and
 * stack_take.c, which takes it off.
 */
#ifndef PGF_STACK_PART_H
#define PGF_STACK_PART_H

#include "schema/gist.h"
#include "schema/schema_maker.h"

/* Enough files that a part costs little, and no more text of parts than is well
 * spent where all differ. */
enum { STACK_FILES = 4096, STACK_TEXTS = 4 << 20, STACK_BUCKETS = 8192 };

/* What some parts say. */
struct said {
	struct said *next;  /* of its bucket */
	struct said *older; /* of all */
	uint64_t hash;
	struct fact_key key;
	struct answer answer; /* files: set when the stack is taken */
	size_t n, cap;
	struct part **by;
};

/* A part, and the files that have it, by number. */
struct part {
	struct part *next; /* of its bucket */
	uint64_t hash;
	struct span text;
	bool bad;
	size_t nsaid;
	struct said **said;
	struct dataset *dataset;
	const struct variable *coordinate; /* has a series, or NULL */
	size_t n, cap;
	unsigned *files;
};

/* A part of the record last read, and its series if it is one. */
struct mine {
	struct part *part;
	const struct series *series;
};

struct file {
	struct spread_key key;
	const char *url;
};

struct stack {
	struct arena arena;
	size_t texts; /* bytes of those of the parts */
	struct part *parts[STACK_BUCKETS];
	struct said *said[STACK_BUCKETS], *newest;
	struct spread known;
	unsigned n;
	struct file files[STACK_FILES];

	/* The record last read. */
	struct arena record;
	struct gist gist;
	struct maker_key key;
	const char *url;
	unsigned nmine;
	struct mine mine[2 * GIST_VARS + 1];
	struct buf text;
};

#endif
