/* SPDX-License-Identifier: Apache-2.0 */
/*
 * markup: the tags of an HTML or XML text, one after the other.
 *
 * Nothing is looked up: no network, no files, no entities but the five of XML
 * (and those of HTML).  Nesting is limited by the library, text by the caller.
 */
#ifndef PGF_MARKUP_H
#define PGF_MARKUP_H

#include <stddef.h>

#include "base/err.h"

/* attrs: name, value, name, value, .., NULL; a value may be NULL, too.  Names are
 * without prefix ("xlink:href" is "href"); those of HTML are lower case.  A
 * function that is not wanted is NULL; -1 ends the reading. */
struct markup {
	int (*start)(void *state, const char *name, const char **attrs,
		struct err *err);
	int (*text)(void *state, const char *text, size_t len, struct err *err);
	int (*end)(void *state, const char *name, struct err *err);
	void *state;
};

/* Never wrong, whatever it is: browsers do not complain either. */
int markup_read_html(const struct markup *m, const char *text, size_t len,
	struct err *err) PGF_CHECKED;

/* ERR_DATA: not well-formed, or with a DOCTYPE. */
int markup_read_xml(const struct markup *m, const char *text, size_t len,
	struct err *err) PGF_CHECKED;

/* The value of an attribute, or NULL. */
const char *markup_attr(const char **attrs, const char *name);

#endif
