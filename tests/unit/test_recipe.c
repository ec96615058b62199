/* SPDX-License-Identifier: Apache-2.0 */
/* Recipes: every member, overrides, JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "recipe/recipe.h"
#include "recipe/recipe_chunks.h"
#include "record/json_write.h"

static struct arena arena = ARENA_INIT;

static int read_text(const char *text, const struct opt_list *sets,
	unsigned need, struct recipe *out, struct err *err)
{
	struct recipe_input in = { .path = "/f/r.yaml",
		.sets = sets,
		.need = need };
	struct buf buf = BUF_INIT;
	int r;

	err_clear(err);
	buf_adds(&buf, text);
	r = recipe_parse(&arena, &in, &buf, out, err);
	buf_release(&buf);
	return r;
}

static const char full[] =
	"name: demo-1\n"
	"title: A demo\n"
	"description: Text\n"
	"license: CC0-1.0\n"
	"keywords: [sst, ice]\n"
	"provenance: {providers: [{name: NOAA}]}\n"
	"maintainers: [{name: N, orcid: x}]\n"
	"pattern: {glob: '*.nc', format: auto, dims: [{concat: time}]}\n"
	"fetch:\n"
	"  per_host: 2\n"
	"  retries: 0\n"
	"  rate: 1.5MB\n"
	"  headers: {Authorization: 'Bearer ${TOKEN}'}\n"
	"  query: {key: '${KEY}'}\n"
	"  s3: {endpoint: 'http://h', region: r, anonymous: true}\n"
	"  ssh: {key: k, known_hosts: /x/h}\n"
	"target:\n"
	"  store: out/../demo.zarr\n"
	"  zarr_format: 2\n"
	"  chunks: {time: 20, lat: -1, sst: {time: 5}}\n"
	"  codecs: {sst: [{name: zstd}], ice: []}\n"
	"  separator: /\n"
	"  write_empty_chunks: false\n"
	"  consolidated: false\n"
	"run: {jobs: 4}\n";

/* The length that is asked for, -1 whole, 0 unsaid. */
static int chunk(const struct recipe *r, const char *var, const char *dim)
{
	struct chunk_axis axis = { var, dim, false };
	struct chunk_wish w = recipe_chunk(r->target.chunks, &axis);

	return w.kind == CHUNK_WHOLE ? -1 : (int)w.n;
}

static void members_are_read(void **state)
{
	struct err err = ERR_INIT;
	struct recipe r;

	(void)state;
	if (read_text(full, NULL, RECIPE_NEEDS_PATTERN | RECIPE_NEEDS_TARGET,
		    &r, &err) < 0)
		fail_msg("%s", err.msg);
	assert_string_equal(r.path, "/f/r.yaml");
	assert_string_equal(r.folder, "/f");
	assert_string_equal(r.name, "demo-1");
	assert_true(r.has_pattern);
	assert_int_equal(r.pattern.from, PATTERN_GLOB);
	assert_null(r.pattern.format);
	assert_int_equal(r.fetch.per_host, 2);
	assert_int_equal(r.fetch.retries, 0);
	assert_int_equal(r.fetch.access.rate, 1500000);
	assert_string_equal(js_get_text(r.fetch.access.headers,
				    "Authorization"),
		"Bearer ${TOKEN}");
	assert_string_equal(js_get_text(r.fetch.access.query, "key"), "${KEY}");
	assert_string_equal(r.fetch.access.s3.endpoint, "http://h");
	assert_string_equal(r.fetch.access.s3.region, "r");
	assert_true(r.fetch.access.s3.anonymous);
	assert_string_equal(r.fetch.access.ssh.key, "/f/k");
	assert_string_equal(r.fetch.access.ssh.known_hosts, "/x/h");
	assert_string_equal(r.target.store, "/f/demo.zarr");
	assert_int_equal(r.target.zarr_format, 2);
	assert_string_equal(r.target.separator, "/");
	assert_false(r.target.write_empty_chunks);
	assert_false(r.target.consolidated);
	assert_int_equal(r.run.jobs, 4);
	assert_int_equal(chunk(&r, "sst", "time"), 5);
	assert_int_equal(chunk(&r, "ice", "time"), 20);
	assert_int_equal(chunk(&r, "time", "time"), 20);
	assert_int_equal(chunk(&r, "ice", "lat"), -1);
	assert_int_equal(chunk(&r, "ice", "lon"), 0);
	assert_int_equal(js_count(recipe_codecs(&r.target, "sst")), 1);
	assert_int_equal(js_count(recipe_codecs(&r.target, "ice")), 0);
	assert_non_null(recipe_codecs(&r.target, "ice"));
	assert_null(recipe_codecs(&r.target, "other"));
}

static void defaults_are_set(void **state)
{
	struct err err = ERR_INIT;
	struct recipe r;

	(void)state;
	assert_int_equal(read_text("name: a", NULL, 0, &r, &err), 0);
	assert_false(r.has_pattern);
	assert_int_equal(r.fetch.per_host, 8);
	assert_true(r.fetch.cache);
	assert_int_equal(r.fetch.retries, 5);
	assert_null(r.target.store);
	assert_int_equal(r.target.zarr_format, 3);
	assert_null(r.target.separator);
	assert_true(r.target.write_empty_chunks);
	assert_true(r.target.consolidated);
	assert_int_equal(r.run.jobs, 0);
	assert_null(recipe_codecs(&r.target, "sst"));
	assert_int_equal(chunk(&r, "sst", "time"), 0);
}

static const char *json_of(const struct recipe *r, const char *const *members)
{
	struct buf out = BUF_INIT;
	const char *copy;

	js_write(&out, recipe_to_json(&arena, r, members), JS_RECORD);
	copy = arena_strdup(&arena, out.data);
	buf_release(&out);
	return copy;
}

static void chosen_members_become_json(void **state)
{
	static const char *const some[] = { "name", "title", "nothing",
		"keywords", "target.zarr_format", "target.chunks", "run",
		"a.b.c", NULL };
	static const char *const target[] = { "target", NULL };
	struct err err = ERR_INIT;
	struct recipe r, again;
	const char *json;

	(void)state;
	assert_int_equal(read_text(full, NULL, 0, &r, &err), 0);
	assert_string_equal(json_of(&r, some),
		"{\"name\":\"demo-1\",\"title\":\"A demo\",\"keywords\":[\"sst\","
		"\"ice\"],\"target\":{\"zarr_format\":2,\"chunks\":{\"time\":20,"
		"\"lat\":-1,\"sst\":{\"time\":5}}},\"run\":{\"jobs\":4}}");
	json = json_of(&r, target);
	assert_string_equal(json,
		"{\"target\":{\"store\":\"/f/demo.zarr\",\"zarr_format\":2,"
		"\"chunks\":{\"time\":20,\"lat\":-1,\"sst\":{\"time\":5}},"
		"\"codecs\":{\"sst\":[{\"name\":\"zstd\",\"configuration\":{"
		"\"level\":3,\"checksum\":false}}],\"ice\":[]},"
		"\"separator\":\"/\",\"write_empty_chunks\":false,"
		"\"consolidated\":false}}");
	/* what was handed on reads back as the same */
	json = arena_printf(&arena, "{\"name\":\"x\",%s", json + 1);
	assert_int_equal(read_text(json, NULL, 0, &again, &err), 0);
	assert_string_equal(json_of(&again, target), json_of(&r, target));
}

/* A day that one calendar has not is no mistake, and leaves none behind. */
static void units_of_time_are_of_any_calendar(void **state)
{
	static const char *const units[] = { "days since 1999-12-31",
		"hours since 2000-02-30" };

	(void)state;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		struct err err = ERR_INIT;
		struct recipe r;

		assert_int_equal(
			read_text(arena_printf(&arena,
					  "name: a\ncombine: {time: {units: "
					  "%s}}",
					  units[i]),
				NULL, 0, &r, &err),
			0);
		assert_string_equal(r.combine.time.units, units[i]);
		assert_int_equal(err.kind, ERR_NONE);
	}
}

static void a_tolerance_is_handed_on(void **state)
{
	static const char *const combine[] = { "combine.static", NULL };
	static const struct {
		const char *text, *json;
		double tolerance;
	} cases[] = {
		{ "{close: 1e-6}", "{\"close\":1e-06}", 1e-6 },
		{ "{close: 0}", "{\"close\":0.0}", 0 },
		{ "first", "\"first\"", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err err = ERR_INIT;
		struct recipe r, again;
		const char *json;

		if (read_text(arena_printf(&arena,
				      "name: a\ncombine: {static: %s}",
				      cases[i].text),
			    NULL, 0, &r, &err) < 0)
			fail_msg("%s", err.msg);
		assert_true(r.combine.statics.tolerance <= cases[i].tolerance);
		assert_true(r.combine.statics.tolerance >= cases[i].tolerance);
		json = json_of(&r, combine);
		assert_string_equal(json,
			arena_printf(&arena, "{\"combine\":{\"static\":%s}}",
				cases[i].json));
		json = arena_printf(&arena, "{\"name\":\"x\",%s", json + 1);
		assert_int_equal(read_text(json, NULL, 0, &again, &err), 0);
		assert_string_equal(json_of(&again, combine),
			json_of(&r, combine));
	}
}

static void codecs_can_be_kept(void **state)
{
	struct err err = ERR_INIT;
	struct recipe r;

	(void)state;
	assert_int_equal(read_text("name: a\ntarget: {codecs: keep}\n", NULL, 0,
				 &r, &err),
		0);
	assert_true(recipe_keeps(&r.target, "sst"));
	assert_null(recipe_codecs(&r.target, "sst"));
	assert_int_equal(read_text("name: a\ntarget: {zarr_format: 2, codecs: "
				   "{sst: keep, ice: []}}\n",
				 NULL, 0, &r, &err),
		0);
	assert_true(recipe_keeps(&r.target, "sst"));
	assert_null(recipe_codecs(&r.target, "sst"));
	assert_false(recipe_keeps(&r.target, "ice"));
	assert_non_null(recipe_codecs(&r.target, "ice"));
	assert_false(recipe_keeps(&r.target, "other"));
	assert_int_equal(read_text("name: a\n", NULL, 0, &r, &err), 0);
	assert_false(recipe_keeps(&r.target, "sst"));
}

static void codecs_are_completed(void **state)
{
	static const char *const codecs[] = { "target.codecs", NULL };
	static const char text[] =
		"name: a\n"
		"target:\n"
		"  codecs:\n"
		"  - {name: bytes}\n"
		"  - {name: blosc, configuration: {cname: zstd, typesize: 4}}\n"
		"  - {name: gzip}\n"
		"  - {name: crc32c}\n";
	struct err err = ERR_INIT;
	struct recipe r;

	(void)state;
	assert_int_equal(read_text(text, NULL, 0, &r, &err), 0);
	assert_string_equal(json_of(&r, codecs),
		"{\"target\":{\"codecs\":[{\"name\":\"bytes\",\"configuration\":"
		"{\"endian\":\"little\"}},{\"name\":\"blosc\","
		"\"configuration\":{\"cname\":\"zstd\",\"clevel\":5,"
		"\"shuffle\":\"shuffle\",\"blocksize\":0,\"typesize\":4}},"
		"{\"name\":\"gzip\",\"configuration\":{\"level\":5}},"
		"{\"name\":\"crc32c\",\"configuration\":{}}]}}");
}

static void overrides_replace_members(void **state)
{
	static const char *const members[] = { "fetch", "target.zarr_format",
		"target.store", "target.chunks", "run", NULL };
	static const char text[] =
		"name: a\n"
		"target: {zarr_format: 2, chunks: &c {time: 1, x: &s {y: 2}, z: "
		"*s}}\n";
	const struct opt_list sets = {
		.at = { "target.zarr_format=3", "fetch.per_host=1",
			"target.chunks.lat=-1", "target.chunks.x.time=7",
			"target.store=b=c.zarr", "run.jobs=1", "run.jobs=2" },
		.n = 7,
	};
	struct err err = ERR_INIT;
	struct recipe r;

	(void)state;
	if (read_text(text, &sets, 0, &r, &err) < 0)
		fail_msg("%s", err.msg);
	assert_string_equal(json_of(&r, members),
		"{\"fetch\":{\"per_host\":1,\"cache\":true,\"digest\":true,\"retries\":5,\"unpack\":\"auto\",\"on_missing\":\"error\"},\"target\":{"
		"\"zarr_format\":3,\"store\":\"/f/b=c.zarr\",\"chunks\":{"
		"\"time\":1,\"x\":{\"y\":2,\"time\":7},\"z\":{\"y\":2},"
		"\"lat\":-1}},\"run\":{\"jobs\":2}}");
}

static const struct {
	const char *set, *message;
	enum err_kind kind;
} wrong_sets[] = {
	{ "target.zarr_format",
		"--set target.zarr_format: no '='; "
		"write MEMBER=VALUE",
		ERR_USAGE },
	{ "target=1",
		"--set target=1: 'target' cannot be set as a whole; "
		"name a member, as in 'target.x=1'",
		ERR_USAGE },
	{ "name=b",
		"--set name=b: 'name' cannot be set; members of "
		"'target', 'fetch' and 'run' can",
		ERR_USAGE },
	{ "tarrget.store=b",
		"--set tarrget.store=b: 'tarrget' cannot be set; "
		"members of 'target', 'fetch' and 'run' can; did you "
		"mean 'target'?",
		ERR_USAGE },
	{ "target.zarr_frmat=2",
		"--set target.zarr_frmat=2: unknown member "
		"'zarr_frmat' in 'target'; did you mean "
		"'zarr_format'?",
		ERR_USAGE },
	{ "target.a.b=2",
		"--set target.a.b=2: unknown member 'a' in 'target'; "
		"known: 'store', 'zarr_format', 'chunks', 'shards', 'codecs', "
		"'separator', 'write_empty_chunks', 'consolidated'",
		ERR_USAGE },
	{ "target.zarr_format=9",
		"--set target.zarr_format=9: 'target.zarr_format' must "
		"be 2 to 3, not 9",
		ERR_USAGE },
	{ "target.zarr_format.x=9",
		"--set target.zarr_format.x=9: 'zarr_format' is not a "
		"mapping, so it has no members",
		ERR_USAGE },
	{ "target.chunks={time: 0}",
		"--set target.chunks={time: 0}: 'target.chunks.time' "
		"must be a length >= 1, or -1 for the whole dimension, "
		"not 0",
		ERR_USAGE },
	{ "target.codecs=[{name: x}]",
		"--set target.codecs=[{name: x}]: "
		"'target.codecs[0].name' must be one of 'blosc', "
		"'zstd', 'gzip', 'crc32c', 'bytes', not 'x'",
		ERR_USAGE },
	{ "run.jobs=[",
		"--set run.jobs=[: value:2: not YAML: did not find "
		"expected node content (while parsing a flow node begun "
		"on line 2)",
		ERR_USAGE },
	{ "run.jobs=",
		"--set run.jobs=: value: empty: there is no document "
		"in it",
		ERR_USAGE },
};

static void wrong_overrides_are_misuse(void **state)
{
	static const char text[] = "name: a\n"
				   "target: {zarr_format: 2, \n"
				   "  chunks: {x: 1}}\n";

	(void)state;
	for (size_t i = 0; i < sizeof(wrong_sets) / sizeof(wrong_sets[0]);
		i++) {
		struct opt_list sets = { .at = { wrong_sets[i].set }, .n = 1 };
		struct err err = ERR_INIT;
		struct recipe r;

		assert_int_equal(read_text(text, &sets, 0, &r, &err), -1);
		assert_string_equal(err.msg, wrong_sets[i].message);
		assert_int_equal(err.kind, wrong_sets[i].kind);
	}
}

/* Also in a section that the command line changed. */
static void the_fault_of_the_recipe_stays_its_own(void **state)
{
	struct opt_list sets = { .at = { "target.chunks.y=1" }, .n = 1 };
	struct err err = ERR_INIT;
	struct recipe r;

	(void)state;
	assert_int_equal(read_text("name: a\ntarget:\n  chunks:\n    x: 0",
				 &sets, 0, &r, &err),
		-1);
	assert_string_equal(err.msg,
		"/f/r.yaml:4: 'target.chunks.x' must be a length >= 1, or -1 "
		"for the whole dimension, not 0");
	assert_int_equal(err.kind, ERR_DATA);
}

static void path_tells_the_folder(void **state)
{
	struct recipe_input in = { .path = "-" };
	struct err err = ERR_INIT;
	struct buf text = BUF_INIT;
	struct recipe r;

	(void)state;
	buf_adds(&text, "name: a");
	assert_int_equal(recipe_parse(&arena, &in, &text, &r, &err), 0);
	assert_string_equal(r.path, "<stdin>");
	assert_int_equal(r.folder[0], '/');
	in.path = "/a/b/../r.yaml";
	assert_int_equal(recipe_parse(&arena, &in, &text, &r, &err), 0);
	assert_string_equal(r.folder, "/a");
	in.path = "/r.yaml";
	assert_int_equal(recipe_parse(&arena, &in, &text, &r, &err), 0);
	assert_string_equal(r.folder, "/");
	buf_release(&text);
}

static int release(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_are_read),
		cmocka_unit_test(defaults_are_set),
		cmocka_unit_test(chosen_members_become_json),
		cmocka_unit_test(units_of_time_are_of_any_calendar),
		cmocka_unit_test(a_tolerance_is_handed_on),
		cmocka_unit_test(codecs_can_be_kept),
		cmocka_unit_test(codecs_are_completed),
		cmocka_unit_test(overrides_replace_members),
		cmocka_unit_test(wrong_overrides_are_misuse),
		cmocka_unit_test(the_fault_of_the_recipe_stays_its_own),
		cmocka_unit_test(path_tells_the_folder),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
