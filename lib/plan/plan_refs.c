/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Digits only, no blanks, at most what cannot overflow: everything else is left to
 * the parser.
 */
#include "plan/plan_refs.h"

#include <string.h>

/* A number of 18 digits, and the sum of two, fit 64 bits. */
enum { MOST_DIGITS = 18 };

/* What is still to be read, and where its numbers go. */
struct reading {
	const char *at, *end;
	uint64_t *out;
};

static bool pass(struct reading *r, const char *text)
{
	size_t len = strlen(text);

	if ((size_t)(r->end - r->at) < len || memcmp(r->at, text, len) != 0)
		return false;
	r->at += len;
	return true;
}

static bool read_digits(struct reading *r, uint64_t *out)
{
	const char *begin = r->at;
	uint64_t v = 0;

	while (r->at < r->end && *r->at >= '0' && *r->at <= '9')
		v = 10 * v + (uint64_t)(*r->at++ - '0');
	*out = v;
	return r->at > begin && r->at - begin <= MOST_DIGITS &&
		(*begin != '0' || r->at == begin + 1);
}

/* n numbers behind a name, the last before ']'. */
static bool read_column(struct reading *r, const char *name, bool null_allowed,
	uint64_t n)
{
	if (!pass(r, name))
		return false;
	for (uint64_t i = 0; i < n; i++) {
		if (i > 0 && !pass(r, ","))
			return false;
		if (null_allowed && pass(r, "null"))
			*r->out++ = REFS_ABSENT;
		else if (!read_digits(r, r->out++))
			return false;
	}
	return pass(r, "]");
}

static bool read_mask(struct plan_refs *r, const uint64_t *wide, uint64_t n,
	struct refs *out)
{
	if (r->masks < n || r->mask == NULL) {
		r->mask = mem_resize(r->mask, (n + 1) * sizeof(*r->mask));
		r->masks = n;
	}
	for (uint64_t i = 0; i < n; i++) {
		if (wide[i] > UINT32_MAX)
			return false;
		r->mask[i] = (uint32_t)wide[i];
	}
	out->mask = r->mask;
	return true;
}

bool plan_refs_read(struct plan_refs *r, struct span text, uint64_t n,
	struct refs *out)
{
	struct reading in = { .at = text.text, .end = text.text + text.len };

	/* Each number takes a digit at least. */
	if (n > text.len)
		return false;
	if (r->cap < 3 * n || r->v == NULL) {
		r->v = mem_resize(r->v, (3 * n + 1) * sizeof(*r->v));
		r->cap = 3 * n;
	}
	in.out = r->v;
	*out = (struct refs){ .n = n, .offset = r->v, .length = r->v + n };
	if (!read_column(&in, "{\"offset\":[", true, n) ||
		!read_column(&in, ",\"length\":[", false, n))
		return false;
	for (uint64_t i = 0; i < n; i++)
		if (out->offset[i] == REFS_ABSENT && out->length[i] != 0)
			return false;
	if (in.at < in.end && *in.at == ',' &&
		!(read_column(&in, ",\"mask\":[", false, n) &&
			read_mask(r, r->v + 2 * n, n, out)))
		return false;
	return pass(&in, "}") && in.at == in.end;
}

void plan_refs_release(struct plan_refs *r)
{
	mem_free(r->v);
	mem_free(r->mask);
}
