/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Refusals are built from the facts, not from the records, which are long
 * gone: so a message can name the first and last file of each side and count
 * the rest, and no more is kept for it.
 */
#include "model/layout_check.h"

#include <string.h>

#include "base/str.h"

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

static const char *answer_text(struct arena *a, const struct answer *answer)
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
		answer_text(&a, two.x), answer_text(&a, two.y), more,
		must->remedy);
	arena_release(&a);
	return -1;
}

static const char *key_text(struct arena *a, struct spread_key k)
{
	return arena_printf(a, "position %llu%s%s",
		(unsigned long long)k.position, *k.member ? " of " : "",
		k.member);
}

static int refuse_absent(const struct agreement *must,
	const struct spread *without, struct err *err)
{
	struct arena a = ARENA_INIT;

	err_set(err, ERR_DATA, "%s differs: %s, absent in %llu (first %s); %s",
		must->what, answer_text(&a, must->fact->answers[0]),
		(unsigned long long)spread_count(without),
		key_text(&a, spread_first(without)), must->remedy);
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

/* Positions 0..n-1 of every member of the files. */
static void fill_positions(struct arena *a, const struct spread *files,
	uint64_t n, struct spread *out)
{
	for (size_t i = 0; i < files->nparts; i++)
		spread_add(a, out, files->parts[i].member,
			(struct run){ 0, n - 1 });
}

int layout_check_positions(const struct schema *s, const char *concat,
	const char *merge, uint64_t *n, struct err *err)
{
	struct arena a = ARENA_INIT;
	struct spread all = { 0 }, missing = { 0 };
	struct spread_key k;

	*n = spread_last(&s->files).position + 1;
	fill_positions(&a, &s->files, *n, &all);
	spread_subtract(&a, &all, &s->files, &missing);
	if (missing.nparts > 0) {
		k = spread_first(&missing);
		err_set(err, ERR_DATA,
			"no file for %s=%llu%s%s%s%.100s (%llu of %llu are "
			"missing); every position needs one: give pgf-schema "
			"all datasets, or take the position out of the recipe",
			concat ? concat : "position",
			(unsigned long long)k.position, merge ? " " : "",
			merge ? merge : "", merge ? "=" : "", k.member,
			(unsigned long long)spread_count(&missing),
			(unsigned long long)spread_count(&all));
	}
	arena_release(&a);
	return missing.nparts ? -1 : 0;
}

/* The same runs, whoever the member. */
static bool same_runs(const struct spread_part *p, const struct spread_part *q)
{
	return p->nruns == q->nruns &&
		memcmp(p->runs, q->runs, p->nruns * sizeof(*p->runs)) == 0;
}

static int refuse_lengths(const struct schema *s, const char *concat,
	const struct fact *lengths, struct err *err)
{
	struct pair two = first_two(lengths);
	struct arena a = ARENA_INIT;

	err_set(err, ERR_DATA,
		"dimension '%s' differs between the merged files of one "
		"position: length %s, length %s; merge only files that cover "
		"the same stretch, or bake '%.100s' by itself",
		concat, answer_text(&a, two.x), answer_text(&a, two.y),
		s->files.parts[s->files.nparts - 1].member);
	arena_release(&a);
	return -1;
}

int layout_check_lengths(const struct schema *s, const char *concat,
	const struct fact *lengths, struct err *err)
{
	for (size_t i = 0; i < lengths->n; i++) {
		const struct spread *files = &lengths->answers[i]->files;

		if (files->nparts != s->files.nparts)
			return refuse_lengths(s, concat, lengths, err);
		for (size_t j = 1; j < files->nparts; j++)
			if (!same_runs(&files->parts[0], &files->parts[j]))
				return refuse_lengths(s, concat, lengths, err);
	}
	return 0;
}

static int refuse_digest(const char *var, struct pair two, bool is_static,
	struct err *err)
{
	struct arena a = ARENA_INIT;

	err_set(err, ERR_DATA,
		"variable '%.200s' %s, but its values differ: one set in %s, "
		"another in %s; %s",
		var,
		is_static ? "does not have the concat dimension" :
			    "is in several of the merged files",
		layout_files_text(&a, two.x), layout_files_text(&a, two.y),
		is_static ? "make the files agree, or give the variable the "
			    "concat dimension" :
			    "make the merged files agree, or bake them apart");
	arena_release(&a);
	return -1;
}

/* Positions that are in the answer, members forgotten. */
static void add_positions(struct arena *a, const struct spread *files,
	struct spread *out)
{
	for (size_t i = 0; i < files->nparts; i++)
		for (size_t j = 0; j < files->parts[i].nruns; j++)
			spread_add(a, out, "", files->parts[i].runs[j]);
}

static const struct answer *answer_at(const struct fact *f, size_t n,
	uint64_t position)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < f->answers[i]->files.nparts; j++)
			if (spread_has(&f->answers[i]->files,
				    (struct spread_key){
					    f->answers[i]
						    ->files.parts[j]
						    .member,
					    position }))
				return f->answers[i];
	return f->answers[0];
}

/* No position may have two answers. */
static int check_members(const struct fact *f, const char *var, struct err *err)
{
	struct arena a = ARENA_INIT;
	struct spread seen = { 0 };
	int r = 0;

	for (size_t i = 0; r == 0 && i < f->n; i++) {
		struct spread mine = { 0 }, both = { 0 };

		add_positions(&a, &f->answers[i]->files, &mine);
		spread_intersect(&a, &seen, &mine, &both);
		if (both.nparts > 0)
			r = refuse_digest(var,
				(struct pair){
					answer_at(f, i,
						spread_first(&both).position),
					f->answers[i] },
				false, err);
		spread_unite(&a, &seen, &mine);
	}
	arena_release(&a);
	return r;
}

static int check_present(const struct fact *f, const char *var,
	const struct spread *files, struct err *err)
{
	struct arena a = ARENA_INIT;
	struct spread left = { 0 };

	spread_unite(&a, &left, files);
	for (size_t i = 0; f != NULL && i < f->n; i++) {
		struct spread rest = { 0 };

		spread_subtract(&a, &left, &f->answers[i]->files, &rest);
		left = rest;
	}
	if (left.nparts > 0)
		err_set(err, ERR_DATA,
			"variable '%.200s' is in %llu files, and %llu of them "
			"(first %s) have no digest by which its values could "
			"be compared; leave it in one of the files, or in "
			"those of one member",
			var, (unsigned long long)spread_count(files),
			(unsigned long long)spread_count(&left),
			key_text(&a, spread_first(&left)));
	arena_release(&a);
	return left.nparts ? -1 : 0;
}

int layout_check_digest(const struct schema *s, const char *var,
	const struct spread *files, bool is_static, struct err *err)
{
	const struct fact *f =
		schema_find(s, (struct fact_key){ var, FACT_DIGEST, "" });

	if (spread_count(files) < 2 || (!is_static && files->nparts < 2))
		return 0;
	if (check_present(f, var, files, err) < 0)
		return -1;
	if (!is_static)
		return check_members(f, var, err);
	if (f->n > 1)
		return refuse_digest(var, first_two(f), true, err);
	return 0;
}
