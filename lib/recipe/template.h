/* SPDX-License-Identifier: Apache-2.0 */
/*
 * template: URLs with placeholders.
 *
 *	{name}		the key of dimension NAME
 *	{name:%Y%m%d}	a date: %Y %m %d %H %M %S %j (day of the year) %y
 *			%b (Jan) %B (January) %%
 *	{name:03d}	an integer, filled with zeros to a width; {name:d} without
 *	{name.member}	a member of the key, where keys are mappings
 *	{{ }}		braces
 *
 * Compiled once, so that what is wrong with it is said before anything runs,
 * and expanded a million times.
 */
#ifndef PGF_TEMPLATE_H
#define PGF_TEMPLATE_H

#include "base/buf.h"
#include "model/calendar.h"
#include "record/json.h"

enum template_kind { TEMPLATE_TEXT, TEMPLATE_INTEGER, TEMPLATE_DATE };

/* What a placeholder may name. */
struct template_name {
	const char *name;
	enum template_kind kind;
	enum calendar calendar;     /* of a date */
	const char *const *members; /* NULL-terminated, or NULL */
};

/* The value of one name: text always, the others by kind. */
struct template_value {
	const char *text;
	int64_t number;
	struct date date;
	const struct js *members; /* object of texts and integers */
};

struct template;

/* Compile text for n names (borrowed, like the text, for the life of the
 * arena).  ERR_DATA: unknown placeholder (with the known ones and the nearest),
 * a format that does not fit, a brace without its partner. */
struct template_source {
	const char *text;
	const struct template_name *names;
	size_t n;
};
int template_compile(struct arena *a, const struct template_source *src,
	struct template **out, struct err *err) PGF_CHECKED;

/* True if a placeholder uses name number i. */
bool template_uses(const struct template *t, size_t i);

/* Append the text for n values.  ERR_DATA: a key lacks a member, or the member
 * is not the integer that its format wants. */
int template_expand(const struct template *t,
	const struct template_value *values, struct buf *out,
	struct err *err) PGF_CHECKED;

#endif
