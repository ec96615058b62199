/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file that was skipped comes here as one without variables.  What it leaves
 * open is told of each variable; here is told once which files those are.
 */
#include "layout/layout_decide.h"

#include <string.h>

#include "base/str.h"
#include "layout/decision.h"

enum { NAMED_MAX = 3 };

/* The files that have a variable; every variable has a type. */
static struct spread files_with(struct decider *d)
{
	struct spread out = { 0 };

	for (size_t i = 0; i < d->s->n; i++) {
		const struct fact *f = &d->s->facts[i];

		if (f->key.kind != FACT_DTYPE)
			continue;
		for (size_t j = 0; j < f->n; j++)
			spread_unite(d->a, &out, &f->answers[j]->files);
	}
	return out;
}

/* "time=1, 'b.nc'; time=2, 'c.nc'; .." */
static const char *names_of(struct decider *d, const struct spread *files)
{
	const char *text = "";
	size_t n = 0;

	for (size_t i = 0; i < files->nparts; i++)
		for (size_t j = 0; j < files->parts[i].nruns; j++) {
			const struct run *run = &files->parts[i].runs[j];
			uint64_t at = run->first;

			for (; n < NAMED_MAX && at <= run->last; at++, n++)
				text = arena_printf(d->a, "%s%s%s", text,
					n > 0 ? "; " : "",
					schema_file_text(d->a, d->s,
						(struct spread_key){
							files->parts[i].member,
							at }));
		}
	return spread_count(files) > n ? arena_printf(d->a, "%s; ..", text) :
					 text;
}

int decider_absent(struct decider *d, struct err *err)
{
	uint64_t all = spread_count(&d->s->files);
	struct spread with = files_with(d), without = { 0 };

	spread_subtract(d->a, &d->s->files, &with, &without);
	if (with.nparts == 0)
		return err_set(err, ERR_DATA,
			"there is nothing to store: none of %llu files "
			"('%.200s' to '%.200s') is there with a variable; is "
			"their folder mounted, their server the right one?",
			(unsigned long long)all, d->s->first.text,
			d->s->last.text);
	if (without.nparts == 0 || !decider_fills(d))
		return 0;
	decision_add(d->a, &d->told,
		&(struct decision){
			.what = "absence",
			.var = "",
			.name = "",
			.files = &without,
			.decided = arena_printf(d->a,
				"no variable in %llu of %llu files: %s",
				(unsigned long long)spread_count(&without),
				(unsigned long long)all, names_of(d, &without)),
			.policy = "combine.missing_variable",
			.at = &(struct spread_key){ without.parts[0].member,
				without.parts[0].runs[0].first },
		});
	return 0;
}
