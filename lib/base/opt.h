/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opt: command lines from a table.
 *
 * One table per program drives parsing, --help and (as --help=mdoc) the option
 * list of the man page, so the three cannot drift.  Long options may be given
 * as --name VALUE or --name=VALUE and are never abbreviated; short ones may be
 * joined (-kv, -j4).  "--" ends the options; "-" is an operand.
 */
#ifndef PGF_OPT_H
#define PGF_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum opt_type {
	OPT_END = 0,
	OPT_FLAG,  /* bool: set to true */
	OPT_TEXT,  /* const char *: points into argv */
	OPT_COUNT, /* int64_t: a decimal number >= 0 */
	OPT_LIST,  /* struct opt_list: every value given */
};

enum { OPT_LIST_MAX = 64 };

struct opt_list {
	const char *at[OPT_LIST_MAX];
	size_t n;
};

struct opt {
	enum opt_type type;
	char letter;       /* 0: long only */
	const char *name;  /* without the dashes */
	const char *value; /* name of the value in help; NULL for a flag */
	void *target;
	const char *help; /* a sentence without capital and full stop */
};

struct opt_spec {
	const char *name;       /* "pgf-open" */
	const char *summary;    /* one line */
	const char *synopsis;   /* "[-k] [FILE...]": what follows the name */
	const struct opt *opts; /* ends with OPT_END */
	const struct opt *more; /* common options, or NULL */
};

/* Parse argv.  --help and --version print on stdout and end the process with
 * 0.  Returns the index of the first operand (operands are permuted to the
 * end in order), or -1 with kind ERR_USAGE. */
int opt_parse(const struct opt_spec *spec, int argc, char **argv,
	struct err *err) PGF_CHECKED;

#endif
