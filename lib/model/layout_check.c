/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Refusals are built from the facts, not from the records, which are long
 * gone: so a message can name the first and last file of each side and count
 * the rest, and no more is kept for it.
 */
#include "model/layout_check.h"

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

static const char *key_text(struct arena *a, struct spread_key k)
{
	uint64_t at[PLACE_MAX_DIMS];
	unsigned n = place_unpack(k.position, at);
	const char *text = "position";

	for (unsigned i = 0; i < n; i++)
		text = arena_printf(a, "%s%s%llu", text, i ? "," : " ",
			(unsigned long long)at[i]);
	return arena_printf(a, "%s%s%s", text, *k.member ? " of " : "",
		k.member);
}

static int refuse_absent(const struct agreement *must,
	const struct spread *without, struct err *err)
{
	struct arena a = ARENA_INIT;

	err_set(err, ERR_DATA, "%s differs: %s, absent in %llu (first %s); %s",
		must->what, layout_answer_text(&a, must->fact->answers[0]),
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

/* An answer of the first n that a file of that place & mask gives. */
static const struct answer *answer_at(const struct fact *f, size_t n,
	uint64_t mask, uint64_t place)
{
	struct arena a = ARENA_INIT;
	size_t i = 0;

	for (; i + 1 < n; i++) {
		struct spread seen = { 0 };

		spread_project(&a, &f->answers[i]->files, mask, &seen);
		if (spread_has(&seen, (struct spread_key){ "", place }))
			break;
	}
	arena_release(&a);
	return f->answers[i];
}

bool layout_check_clash(const struct fact *f, uint64_t mask, struct clash *out)
{
	struct arena a = ARENA_INIT;
	struct spread seen = { 0 };
	bool found = false;

	for (size_t i = 0; !found && f->n > 1 && i < f->n; i++) {
		struct spread mine = { 0 }, both = { 0 };

		spread_project(&a, &f->answers[i]->files, mask, &mine);
		spread_intersect(&a, &seen, &mine, &both);
		found = both.nparts > 0;
		if (found) {
			out->place = spread_first(&both).position;
			out->x = answer_at(f, i, mask, out->place);
			out->y = f->answers[i];
		}
		spread_unite(&a, &seen, &mine);
	}
	arena_release(&a);
	return found;
}

static int refuse_digest(const struct schema *s, const char *var,
	const struct clash *two, uint64_t mask, struct err *err)
{
	struct arena a = ARENA_INIT;
	const char **names;
	unsigned n = schema_dims(&a, s, FACT_CONCAT, &names);
	bool lacks = mask != place_mask(n, ~0u);

	err_set(err, ERR_DATA,
		"variable '%.200s' %s, but its values differ: one set in %s, "
		"another in %s; %s",
		var,
		!lacks         ? "is in several of the merged files" :
			n == 1 ? "does not have the concat dimension" :
				 "does not have all concat dimensions",
		layout_files_text(&a, two->x), layout_files_text(&a, two->y),
		lacks ? "make the files agree, or set combine.static to "
			"'first'" :
			"make the merged files agree, or bake them apart");
	arena_release(&a);
	return -1;
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

/* Do two of the files stand at the same place & mask? */
static bool is_repeated(const struct spread *files, uint64_t mask)
{
	struct arena a = ARENA_INIT;
	struct spread places = { 0 };
	bool r;

	spread_project(&a, files, mask, &places);
	r = spread_count(&places) < spread_count(files);
	arena_release(&a);
	return r;
}

static int refuse_meaning(const char *var, const struct clash *two,
	struct err *err)
{
	struct arena a = ARENA_INIT;

	err_set(err, ERR_DATA,
		"what the numbers of variable '%.200s' mean differs, though "
		"they are the same: %s, %s; make the files agree, or bake them "
		"apart",
		var, layout_answer_text(&a, two->x),
		layout_answer_text(&a, two->y));
	arena_release(&a);
	return -1;
}

/* The same bits are the same values only if they are read alike. */
static int check_meaning(const struct schema *s, const char *var, uint64_t mask,
	struct err *err)
{
	const struct fact_key keys[] = {
		{ var, FACT_PACKING, "" },
		{ var, FACT_MISSING, "" },
		{ var, FACT_TIME, "" },
		{ var, FACT_ATTR, "units" },
	};
	struct clash two;

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		const struct fact *f = schema_find(s, keys[i]);

		if (f != NULL && layout_check_clash(f, mask, &two))
			return refuse_meaning(var, &two, err);
	}
	return 0;
}

int layout_check_digest(const struct schema *s, const char *var,
	const struct spread *files, uint64_t mask, struct err *err)
{
	const struct fact *f =
		schema_find(s, (struct fact_key){ var, FACT_DIGEST, "" });
	struct clash two;

	if (!is_repeated(files, mask))
		return 0;
	if (check_present(f, var, files, err) < 0)
		return -1;
	if (!layout_check_clash(f, mask, &two))
		return check_meaning(s, var, mask, err);
	if (spread_key_compare(spread_first(&two.y->files),
		    spread_first(&two.x->files)) < 0)
		two = (struct clash){ two.y, two.x, two.place };
	return refuse_digest(s, var, &two, mask, err);
}
