/* SPDX-License-Identifier: Apache-2.0 */
/* Files that differ in one variable, for the tests of what is decided. */
#ifndef PGF_TEST_COMBINING_H
#define PGF_TEST_COMBINING_H

#include "archive.h"
#include "layout/layout.h"

/* File n along time with one variable v(time, x), in the words of archive.h. */
#define COMBINE(n, dtype, attrs, types)                                       \
	"{'key':{'concat':{'time':" #n "}},'url':'f" #n "','dims':{'time':1," \
	"'x':3},'vars':{'v':{'dims':['time','x'],'dtype':'" dtype             \
	"','attrs':{" attrs "},'attr_dtypes':{" types "}}}}"

/* Decide about files (ending with NULL) by the member combine of a recipe, of
 * which the test gives the fields. */
static inline int combine(struct arena *a, const char *const *files,
	const struct recipe_combine *policy, struct layout *out,
	struct err *err)
{
	struct schema s;

	schema_init(&s, a);
	for (; *files != NULL; files++) {
		struct js *rec = archive_record(a, *files);

		if (rec == NULL)
			return err_set(err, ERR_FAIL, "no JSON: %s", *files);
		if (schema_fold(&s, rec, err) < 0)
			return -1;
	}
	return layout_decide(a, &s, policy, out, err);
}

/* "int16 {attrs} {encoding}" of a variable, ' for ". */
static inline const char *combined(struct arena *a, const struct layout *l,
	const char *var)
{
	const struct layout_var *v = layout_var(l, var);
	char name[16];

	return arena_printf(a, "%s %s %s", dtype_name(v->dtype, name),
		archive_text(a, v->attrs),
		v->encoding ? archive_text(a, v->encoding) : "-");
}

#endif
