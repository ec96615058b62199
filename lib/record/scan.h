/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scan: the members of a JSON object, where they stand in the text.
 *
 * For programs that need little of a long record: nothing is copied, converted
 * or, inside a value, checked but for its brackets and quotes.  Whoever needs the
 * rest of a value parses it (record/json), and finds what is wrong with it
 * then.
 */
#ifndef PGF_SCAN_H
#define PGF_SCAN_H

#include <stdbool.h>
#include <stddef.h>

/* A piece of a text; borrowed. */
struct span {
	const char *text;
	size_t len;
};

struct scan {
	const char *at, *end;
	enum scan_state { SCAN_FIRST, SCAN_MORE, SCAN_DONE, SCAN_BAD } state;
};

struct scan_member {
	struct span name; /* without its quotes, escapes as they are written */
	struct span value;
};

/* Go over the members of an object.  scan_next is false at its end, and when
 * what comes is no member: then scan_is_whole tells whether the text was one
 * object and nothing else. */
void scan_begin(struct scan *s, struct span object);
bool scan_next(struct scan *s, struct scan_member *out);
bool scan_is_whole(const struct scan *s);

/* The value that a text begins with; false if it begins with none. */
bool scan_value(struct span text, struct span *out);

bool span_equal(struct span a, struct span b);
bool span_is(struct span a, const char *text);

/* Is a name or text written with escapes, so that its bytes are not those it
 * stands for? */
bool span_escaped(struct span a);

#endif
