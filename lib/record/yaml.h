/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaml: one YAML document as JSON values, and where each of them stood.
 *
 * Plain scalars are read by the core schema of YAML 1.2: null, true, false,
 * decimal, 0x and 0o integers, reals; everything else is text (dates, yes, no,
 * on, off), and so is whatever is quoted.  A decimal number with leading zeros
 * is refused, because readers disagree about it: quoted it is text.  JSON is
 * YAML, so JSON works.
 *
 * Input is hostile: at most 64 MiB, 64 levels, 4,000,000 values; an alias
 * stands for the value of its anchor, but all aliases of a document together
 * for no more than 100,000 values.  No value may hold control characters other
 * than tab and line ends, so that whatever was read can be written as JSON and
 * read again.
 */
#ifndef PGF_YAML_H
#define PGF_YAML_H

#include "record/json.h"
#include "record/yaml_place.h"

enum { YAML_MAX_SIZE = 64 << 20 };

struct yaml_text {
	const char *name; /* of the file, for messages */
	const char *text;
	size_t len;
};

struct yaml_doc {
	const char *name;
	struct js *root;
	unsigned line; /* of the root */
	struct yaml_places places;
};

/* Parse text into out; everything lives in the arena (the name is borrowed).
 * Refuses, with kind ERR_DATA and "NAME:LINE: cause": what is not YAML or not
 * UTF-8, no or several documents, duplicate keys, keys that are no scalars,
 * tags other than those of the core schema, and what is beyond the limits. */
int yaml_parse(struct arena *a, const struct yaml_text *in,
	struct yaml_doc *out, struct err *err) PGF_CHECKED;

#endif
