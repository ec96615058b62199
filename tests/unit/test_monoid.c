/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Archives drawn at random, of every kind of fact: any order, tree and
 * repetition, by every way to fold, gives the same bytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "archive.h"
#include "schema/fold.h"

enum { ARCHIVES = 24, ROUNDS = 4, MAX_FILES = 64, KINDS = FACT_MONTHS + 1 };

static struct arena arena = ARENA_INIT;

/* A repeatable sequence (xorshift), so that a failure can be run again. */
static uint64_t seed;

static unsigned draw(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed % n);
}

/* How many values a thing has in an archive: often one, sometimes more than
 * are kept. */
static unsigned many(void)
{
	static const unsigned choices[] = { 1, 1, 2, 3, 40 };

	return choices[draw(5)];
}

struct drawn {
	unsigned nt, ny, nmembers;
	bool tiled;
	/* of how many values */
	unsigned scale, fill, dtype, units, since, calendar, digest, history,
		coded;
	unsigned lengths, step, absent;
	unsigned n;
	const char *files[MAX_FILES];
};

/* The same for all files of a position. */
static unsigned mixed(unsigned a, unsigned b)
{
	return (a * 2654435761u ^ b * 40503u) >> 7;
}

static const char *data_text(unsigned n, unsigned first, unsigned step)
{
	const char *text = "";

	for (unsigned i = 0; i < n; i++)
		text = arena_printf(&arena, "%s%s%u", text, i ? "," : "",
			first + i * step);
	return text;
}

static const char *number_text(const struct drawn *d, unsigned h)
{
	const char *dtype = h % d->dtype ? "int32" : "int16";
	unsigned fill = draw(d->fill), note = draw(3);

	return arena_printf(&arena,
		"'v':{'dims':['t'%s,'x'],'dtype':'%s',%s'attrs':{'units':'%c',"
		"'scale_factor':%u.5,'_FillValue':%d%s%s},'attr_dtypes':{"
		"'scale_factor':'%s','_FillValue':'%s','missing_value':'%s'}}",
		d->tiled ? ",'y'" : "", dtype,
		draw(d->coded) % 2 ? "'codecs':[{'name':'zlib'}]," : "",
		'a' + (int)draw(d->units) % 26, draw(d->scale), -(int)fill - 1,
		note == 1 ? ",'missing_value':7" : "",
		note == 2 ? ",'valid_range':[1,'NaN']" : "",
		draw(d->scale) % 2 ? "float64" : "float32", dtype, dtype);
}

static const char *time_text(const struct drawn *d, unsigned t, unsigned len)
{
	static const char *const calendars[] = { "standard", "noleap",
		"360_day" };
	static const char *const steps[] = { "hours", "days", "months",
		"years" };
	unsigned digest = t + 100 * (draw(d->digest) % 7);

	return arena_printf(&arena,
		"'t':{'dims':['t'],'dtype':'float64','attrs':{'units':'%s since "
		"2000-01-%02u','calendar':'%s'},'data':[%s],'digest':'%032u'}",
		steps[draw(d->since) % 4], 1 + draw(d->since) % 28,
		calendars[draw(d->calendar) % 3],
		data_text(len, 10 * t, 1 + draw(d->step) % 4), digest);
}

static const char *file_text(const struct drawn *d, unsigned t, unsigned y,
	unsigned m)
{
	unsigned nt = 1 + mixed(t, 1) % d->lengths % 4;
	unsigned ny = 1 + mixed(y, 2) % d->lengths % 3;
	const char *where = d->tiled ? arena_printf(&arena, ",'y':%u", y) : "";
	const char *merge = d->nmembers > 1 ?
		arena_printf(&arena, ",'merge':{'m':'%c'}", 'a' + (int)m) :
		"";
	const char *vars = number_text(d, mixed(t, y + m));

	vars = draw(d->absent) ? "" : arena_printf(&arena, "%s,", vars);
	vars = arena_printf(&arena,
		"%s%s,'y':{'dims':['y'],'dtype':'float32','attrs':{},'data':[%s"
		"],'digest':'%032u'},'mask':{'dims':['x'],'dtype':'int8',"
		"'digest':'%032u'}",
		vars, time_text(d, t, nt), data_text(ny, 7 * y, 2),
		draw(d->digest), draw(d->digest));
	return arena_printf(&arena,
		"{'key':{'concat':{'t':%u%s}%s},'url':'u-%u-%u-%u','dims':{'t':"
		"%u,'y':%u,'x':2%s},'attrs':{'history':'%u','title':'t'%s},"
		"'attr_dtypes':{'level':'int16'},'vars':{%s}}",
		t, where, merge, t, y, m, nt, ny, draw(3) ? "" : ",'z':3",
		draw(d->history), draw(2) ? ",'level':7" : "", vars);
}

/* Some files are not there. */
static void draw_archive(struct drawn *d)
{
	*d = (struct drawn){ .tiled = draw(2),
		.nmembers = 1 + draw(2),
		.scale = many(),
		.fill = many(),
		.dtype = 1 + draw(2),
		.units = many(),
		.since = many(),
		.calendar = many(),
		.digest = many(),
		.history = many(),
		.coded = many(),
		.lengths = many(),
		.step = many(),
		.absent = 1 + draw(2) };
	d->ny = d->tiled ? 1 + draw(4) : 1;
	d->nt = MAX_FILES / d->ny / d->nmembers;
	for (unsigned t = 0; t < d->nt; t++)
		for (unsigned y = 0; y < d->ny; y++)
			for (unsigned m = 0; m < d->nmembers; m++)
				if (draw(8))
					d->files[d->n++] =
						file_text(d, t, y, m);
}

/* --- ways to fold ------------------------------------------------------------ */

static const char *plain_text(const struct js *v)
{
	struct buf text = BUF_INIT;
	const char *copy;

	js_write(&text, v, JS_RECORD);
	copy = arena_strdup(&arena, text.data);
	buf_release(&text);
	return copy;
}

static const char *facts_text(const struct schema *s)
{
	struct js *rec = js_new_object(&arena);

	js_set(rec, "facts", schema_to_json(&arena, s));
	return plain_text(rec);
}

static struct js *record_of(const char *text)
{
	struct err err = ERR_INIT;
	struct js *rec = js_parse(&arena, text, strlen(text), &err);

	assert_non_null(rec);
	return rec;
}

/* One record after the other into one schema. */
static const char *by_schema(const char *const *recs, size_t n)
{
	struct err err = ERR_INIT;
	struct schema s;

	schema_init(&s, &arena);
	for (size_t i = 0; i < n; i++)
		if (schema_fold(&s, record_of(recs[i]), &err) < 0)
			fail_msg("%s", err.msg);
	return facts_text(&s);
}

/* By records and by lines in turn, or by one of them. */
static const char *by_fold(const char *const *recs, size_t n)
{
	struct fold *f = fold_open();
	unsigned way = draw(3);
	struct err err = ERR_INIT;
	const char *text;
	struct schema s;

	for (size_t i = 0; i < n; i++) {
		struct span line = { recs[i], strlen(recs[i]) };
		int r = way == 0 || (way == 2 && draw(2)) ?
			fold_line(f, line, &err) :
			fold_add(f, record_of(recs[i]), &err);

		if (r < 0)
			fail_msg("%s", err.msg);
	}
	schema_init(&s, &arena);
	assert_int_equal(fold_end(f, &s, &err), 0);
	text = facts_text(&s);
	fold_close(f);
	return text;
}

static const char *by_any(const char *const *recs, size_t n)
{
	return draw(2) ? by_schema(recs, n) : by_fold(recs, n);
}

/* In a random tree, with the identity and what was folded already among the
 * branches. */
static const char *by_tree(const char *const *recs, size_t n)
{
	const char *branches[6];
	size_t begin = 0, k = 0;

	if (n < 2 || draw(4) == 0)
		return by_any(recs, n);
	while (begin < n && k < 3) {
		size_t len = k == 2 ? n - begin : 1 + draw((unsigned)n);

		if (len > n - begin)
			len = n - begin;
		branches[k++] = by_tree(recs + begin, len);
		begin += len;
	}
	branches[k] = branches[draw((unsigned)k)];
	k++;
	branches[k++] = by_any(NULL, 0);
	for (size_t i = k; i > 1; i--) {
		size_t j = draw((unsigned)i);
		const char *t = branches[i - 1];

		branches[i - 1] = branches[j];
		branches[j] = t;
	}
	return by_any(branches, k);
}

static size_t shuffled(const struct drawn *d, const char **out)
{
	size_t n = d->n;

	memcpy(out, d->files, n * sizeof(*out));
	while (n < 2 * MAX_FILES && draw(4))
		out[n++] = d->files[draw(d->n)];
	for (size_t i = n; i > 1; i--) {
		size_t j = draw((unsigned)i);
		const char *t = out[i - 1];

		out[i - 1] = out[j];
		out[j] = t;
	}
	return n;
}

/* --- what is drawn --------------------------------------------------------------- */

/* Kinds of fact that differed in an archive, and that had more values than are
 * kept; and series of more than one run. */
struct seen {
	bool differs[KINDS], many[KINDS], runs, tiled, merged;
};

static void look(struct seen *seen, const struct drawn *d, const char *text)
{
	struct err err = ERR_INIT;
	struct schema s;

	schema_init(&s, &arena);
	if (schema_fold(&s, record_of(text), &err) < 0)
		fail_msg("%s", err.msg);
	for (size_t i = 0; i < s.n; i++) {
		const struct fact *f = &s.facts[i];

		/* of chunks one answer is kept */
		seen->differs[f->key.kind] |= f->n > 1 || f->many;
		seen->many[f->key.kind] |= f->many;
		if (f->key.kind == FACT_SERIES)
			seen->runs |= f->answers[0]->series.parts[0].n > 1;
	}
	seen->tiled |= d->tiled;
	seen->merged |= d->nmembers > 1;
}

static void any_tree_of_any_archive_gives_the_same_bytes(void **state)
{
	struct seen seen = { 0 };

	(void)state;
	for (unsigned k = 1; k <= ARCHIVES; k++) {
		const char *recs[2 * MAX_FILES], *want;
		struct drawn d;
		size_t n;

		seed = k * 0x9e3779b97f4a7c15u;
		draw_archive(&d);
		for (unsigned i = 0; i < d.n; i++)
			d.files[i] =
				plain_text(archive_record(&arena, d.files[i]));
		want = by_schema(d.files, d.n);
		look(&seen, &d, want);
		for (unsigned round = 0; round < ROUNDS; round++) {
			n = shuffled(&d, recs);
			if (!str_eq(by_tree(recs, n), want))
				fail_msg("archive %u, round %u", k, round);
		}
		arena_reset(&arena);
	}
	for (int kind = FACT_DIM; kind < KINDS; kind++)
		if (!seen.differs[kind] && kind != FACT_DIMS)
			fail_msg("no fact %d differs in any archive", kind);
	for (int kind = 0; kind < KINDS; kind++)
		if (schema_most_values(kind) != SIZE_MAX && !seen.many[kind])
			fail_msg("no fact %d has many values", kind);
	assert_true(seen.runs && seen.tiled && seen.merged);
}

static int teardown(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_tree_of_any_archive_gives_the_same_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
