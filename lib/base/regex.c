/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PCRE2.  POSIX expressions, which the C library has, were refused: they have
 * no \d, which everyone writes, and no named groups.
 */
#include "base/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdint.h>
#include <string.h>

enum { STEPS_MAX = 1000000, DEPTH_MAX = 10000 };

struct regex {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *context;
	size_t ngroups;
	const char **names; /* by group; NULL: none */
};

static void release(void *p)
{
	struct regex *r = p;

	pcre2_match_data_free(r->data);
	pcre2_match_context_free(r->context);
	pcre2_code_free(r->code);
}

/* Entries of the table are the number, in two bytes, and the name. */
static void read_names(struct arena *a, struct regex *r)
{
	uint32_t n = 0, size = 0, ngroups = 0;
	PCRE2_SPTR table = NULL;

	pcre2_pattern_info(r->code, PCRE2_INFO_CAPTURECOUNT, &ngroups);
	pcre2_pattern_info(r->code, PCRE2_INFO_NAMECOUNT, &n);
	pcre2_pattern_info(r->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
	pcre2_pattern_info(r->code, PCRE2_INFO_NAMETABLE, &table);
	r->ngroups = ngroups;
	r->names = ARENA_NEW(a, const char *, r->ngroups + 1);
	for (uint32_t i = 0; i < n; i++, table += size)
		r->names[(unsigned)table[0] << 8 | table[1]] =
			arena_strdup(a, (const char *)table + 2);
}

struct regex *regex_compile(struct arena *a, const char *pattern,
	struct err *err)
{
	struct regex *r = ARENA_NEW(a, struct regex, 1);
	unsigned char text[256];
	PCRE2_SIZE at = 0;
	int code = 0;

	r->code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
		PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C, &code, &at, NULL);
	if (r->code == NULL) {
		pcre2_get_error_message(code, text, sizeof(text));
		err_set(err, ERR_DATA, "%s at character %zu", (char *)text,
			at + 1);
		return NULL;
	}
	r->data = pcre2_match_data_create_from_pattern(r->code, NULL);
	r->context = pcre2_match_context_create(NULL);
	arena_defer(a, release, r);
	if (r->data == NULL || r->context == NULL) {
		err_set(err, ERR_TEMP, "out of memory");
		return NULL;
	}
	pcre2_set_match_limit(r->context, STEPS_MAX);
	pcre2_set_depth_limit(r->context, DEPTH_MAX);
	read_names(a, r);
	return r;
}

size_t regex_groups(const struct regex *r)
{
	return r->ngroups;
}

const char *regex_group_name(const struct regex *r, size_t i)
{
	return r->names[i];
}

int regex_search(const struct regex *r, struct arena *a, const char *text,
	const char **groups, struct err *err)
{
	int n = pcre2_match(r->code, (PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, 0,
		0, r->data, r->context);
	const PCRE2_SIZE *at = pcre2_get_ovector_pointer(r->data);

	if (n == PCRE2_ERROR_NOMATCH)
		return 0;
	if (n < 0)
		return err_set(err, ERR_DATA,
			"it takes too long to match '%.200s'", text);
	for (size_t i = 0; i <= r->ngroups; i++) {
		bool is_set = i < (size_t)n && at[2 * i] != PCRE2_UNSET &&
			at[2 * i] <= at[2 * i + 1];

		groups[i] = is_set ? arena_strndup(a, text + at[2 * i],
					     at[2 * i + 1] - at[2 * i]) :
				     "";
	}
	return 1;
}
