/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Refusals are built from the facts, not from the records, which are long
 * gone: so a message can name the first and last file of each side and count
 * the rest, and no more is kept for it.
 */
#include "layout/layout_check.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "model/place.h"

bool layout_check_is_unit(const char *attr)
{
	return str_eq(attr, "units") || str_eq(attr, "calendar");
}

bool layout_check_is_coded(const char *attr)
{
	static const char *const coded[] = { "scale_factor", "add_offset",
		"_FillValue", "missing_value", "_Unsigned" };

	for (size_t i = 0; i < sizeof(coded) / sizeof(*coded); i++)
		if (str_eq(coded[i], attr))
			return true;
	return false;
}

const char *layout_files_text(struct arena *a, const struct answer *answer)
{
	uint64_t n = spread_count(&answer->files);

	if (n == 1)
		return arena_printf(a, "1 file ('%.200s')", answer->first.text);
	return arena_printf(a, "%llu files ('%.200s' to '%.200s')",
		(unsigned long long)n, answer->first.text, answer->last.text);
}

const char *layout_answer_text(struct arena *a, const struct answer *answer)
{
	return arena_printf(a, "%.80s%s%s%s in %s", answer->value,
		answer->dtype ? " (" : "", answer->dtype ? answer->dtype : "",
		answer->dtype ? ")" : "", layout_files_text(a, answer));
}

struct pair {
	const struct answer *x, *y;
};

static struct pair first_two(const struct fact *f)
{
	const struct answer *x = fact_first(f, NULL);

	return (struct pair){ x, fact_first(f, x) };
}

static int refuse_values(const struct agreement *must, struct err *err)
{
	const struct fact *f = must->fact;
	struct pair two = first_two(f);
	struct arena a = ARENA_INIT;
	const char *more = "";

	if (f->n > 2)
		more = arena_printf(&a, ", and %s%zu more values",
			f->many ? "at least " : "", f->n - 2);
	err_set(err, ERR_DATA, "%s differs: %s, %s%s; %s", must->what,
		layout_answer_text(&a, two.x), layout_answer_text(&a, two.y),
		more, must->remedy);
	arena_release(&a);
	return -1;
}

static int refuse_absent(const struct agreement *must,
	const struct spread *without, struct err *err)
{
	struct arena a = ARENA_INIT;

	err_set(err, ERR_DATA, "%s differs: %s, absent in %llu (first %s); %s",
		must->what, layout_answer_text(&a, must->fact->answers[0]),
		(unsigned long long)spread_count(without),
		schema_file_text(&a, must->schema, spread_first(without)),
		must->remedy);
	arena_release(&a);
	return -1;
}

int layout_check_same(const struct agreement *must, struct err *err)
{
	struct arena a = ARENA_INIT;
	struct spread without = { 0 };
	int r = 0;

	if (must->fact->n > 1)
		return refuse_values(must, err);
	if (must->of != NULL)
		spread_subtract(&a, must->of, &must->fact->answers[0]->files,
			&without);
	if (without.nparts > 0)
		r = refuse_absent(must, &without, err);
	arena_release(&a);
	return r;
}

/* An answer of the first n that a file of that place & mask gives. */
static const struct answer *answer_at(struct answer *const *by_rank, size_t n,
	uint64_t mask, uint64_t place)
{
	struct arena a = ARENA_INIT;
	size_t i = 0;

	for (; i + 1 < n; i++) {
		struct spread seen = { 0 };

		spread_project(&a, &by_rank[i]->files, mask, &seen);
		if (spread_has(&seen, (struct spread_key){ "", place }))
			break;
	}
	arena_release(&a);
	return by_rank[i];
}

static int rank_order(const void *x, const void *y)
{
	return answer_rank(*(struct answer *const *)x,
		*(struct answer *const *)y);
}

/* So that what is told does not depend on how values are spelled. */
static struct answer **by_rank(struct arena *a, const struct fact *f)
{
	struct answer **list = ARENA_NEW(a, struct answer *, f->n);

	for (size_t i = 0; i < f->n; i++)
		list[i] = f->answers[i];
	qsort(list, f->n, sizeof(*list), rank_order);
	return list;
}

bool layout_check_clash(const struct fact *f, uint64_t mask, struct clash *out)
{
	struct arena a = ARENA_INIT;
	struct spread seen = { 0 };
	bool found = false;
	struct answer **list = by_rank(&a, f);

	for (size_t i = 0; !found && f->n > 1 && i < f->n; i++) {
		struct spread mine = { 0 }, both = { 0 };

		spread_project(&a, &list[i]->files, mask, &mine);
		spread_intersect(&a, &seen, &mine, &both);
		found = both.nparts > 0;
		if (found) {
			out->place = spread_first(&both).position;
			out->x = answer_at(list, i, mask, out->place);
			out->y = list[i];
		}
		spread_unite(&a, &seen, &mine);
	}
	arena_release(&a);
	return found;
}

/* What files that must hold the same values can do about it. */
static const char *static_remedy(bool lacks)
{
	return lacks ?
		"make the files agree, or set combine.static to 'first' or "
		"{close: TOLERANCE}" :
		"make the merged files agree, or bake them apart";
}

static bool lacks_dims(const struct schema *s, uint64_t mask, unsigned *n)
{
	struct arena a = ARENA_INIT;
	const char **names;

	*n = schema_dims(&a, s, FACT_CONCAT, &names);
	arena_release(&a);
	return mask != place_mask(*n, ~0u);
}

static int refuse_digest(const struct schema *s, const struct fact *f,
	const struct clash *two, uint64_t mask, struct err *err)
{
	struct arena a = ARENA_INIT;
	const char *more = "";
	unsigned n;
	bool lacks = lacks_dims(s, mask, &n);

	if (mask == place_mask(n, 0) && f->n > 2)
		more = arena_printf(&a, ", and %zu more sets", f->n - 2);
	err_set(err, ERR_DATA,
		"variable '%.200s' %s, but its values differ: one set in %s, "
		"another in %s%s; %s",
		f->key.var,
		!lacks         ? "is in several of the merged files" :
			n == 1 ? "does not have the concat dimension" :
				 "does not have all concat dimensions",
		layout_files_text(&a, two->x), layout_files_text(&a, two->y),
		more, static_remedy(lacks));
	arena_release(&a);
	return -1;
}

int layout_check_present(const struct schema *s, const char *var,
	const struct spread *files, struct err *err)
{
	const struct fact *f =
		schema_find(s, (struct fact_key){ var, FACT_DIGEST, "" });
	struct arena a = ARENA_INIT;
	struct spread have = { 0 }, left = { 0 };

	if (f != NULL)
		fact_files(&a, f, &have);
	spread_subtract(&a, files, &have, &left);
	if (left.nparts > 0)
		err_set(err, ERR_DATA,
			"variable '%.200s' is in %llu files, and %llu of them "
			"(first %s) have no digest by which its values could "
			"be compared; leave it in one of the files, or in "
			"those of one member",
			var, (unsigned long long)spread_count(files),
			(unsigned long long)spread_count(&left),
			schema_file_text(&a, s, spread_first(&left)));
	arena_release(&a);
	return left.nparts ? -1 : 0;
}

bool layout_check_repeated(const struct spread *files, uint64_t mask)
{
	struct arena a = ARENA_INIT;
	struct spread places = { 0 };
	bool r;

	spread_project(&a, files, mask, &places);
	r = spread_count(&places) < spread_count(files);
	arena_release(&a);
	return r;
}

/* What tells how bits are read, and the words for it. */
static const struct {
	enum fact_kind kind;
	const char *name, *what;
} meanings[] = {
	{ FACT_DTYPE, "", "the type" },
	{ FACT_PACKING, "", "the packing" },
	{ FACT_MISSING, "", "the missing values" },
	{ FACT_TIME, "", "the calendar" },
	{ FACT_ATTR, "units", "attribute 'units'" },
};

/* Files that must hold the same values of a variable. */
struct repeated {
	const struct schema *s;
	const char *var;
	const struct spread *files;
	uint64_t mask;
};

static int refuse_meaning(const struct repeated *r, const char *what,
	const struct clash *two, struct err *err)
{
	struct arena a = ARENA_INIT;
	unsigned n;

	err_set(err, ERR_DATA,
		"%s of variable '%.200s' differs between files that must hold "
		"the same values: %s, %s; %s",
		what, r->var, layout_answer_text(&a, two->x),
		layout_answer_text(&a, two->y),
		static_remedy(lacks_dims(r->s, r->mask, &n)));
	arena_release(&a);
	return -1;
}

/* Of a fact of many answers the files are not kept: then the meaning as a whole
 * is compared, which is. */
static int check_whole(const struct repeated *r, const struct fact *many,
	const char *what, struct err *err)
{
	const struct fact *f = schema_find(r->s,
		(struct fact_key){ many->key.var, FACT_MEANING, "" });
	struct arena a = ARENA_INIT;
	struct spread told = { 0 }, left = { 0 };
	struct clash two;
	int result = 0;

	if (f != NULL)
		fact_files(&a, f, &told);
	spread_subtract(&a, r->files, &told, &left);
	if (left.nparts > 0)
		result = err_set(err, ERR_DATA,
			"%s of variable '%.200s' has too many values to be "
			"compared between the merged files by facts that do "
			"not tell its meaning, as those of %llu files (first "
			"%s); make the facts again",
			what, many->key.var,
			(unsigned long long)spread_count(&left),
			schema_file_text(&a, r->s, spread_first(&left)));
	else if (layout_check_clash(f, r->mask, &two))
		result = refuse_meaning(r, "the meaning of the numbers", &two,
			err);
	arena_release(&a);
	return result;
}

/* The same bits are the same values only if they are read alike; and where they
 * are not, this is why they differ. */
static int check_meaning(const struct repeated *r, struct err *err)
{
	struct clash two;
	int result = 0;

	for (size_t i = 0;
		result == 0 && i < sizeof(meanings) / sizeof(*meanings); i++) {
		const char *what = meanings[i].what;
		const struct fact *f = schema_find(r->s,
			(struct fact_key){ r->var, meanings[i].kind,
				meanings[i].name });

		if (f != NULL && layout_check_clash(f, r->mask, &two))
			result = refuse_meaning(r, what, &two, err);
		else if (f != NULL && f->many)
			result = check_whole(r, f, what, err);
	}
	return result;
}

int layout_check_digest(const struct schema *s, const char *var,
	const struct spread *files, uint64_t mask, struct err *err)
{
	const struct fact *f =
		schema_find(s, (struct fact_key){ var, FACT_DIGEST, "" });
	struct clash two;

	if (!layout_check_repeated(files, mask))
		return 0;
	if (layout_check_present(s, var, files, err) < 0 ||
		check_meaning(&(struct repeated){ s, var, files, mask }, err) <
			0)
		return -1;
	if (!layout_check_clash(f, mask, &two))
		return 0;
	return refuse_digest(s, f, &two, mask, err);
}
