/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The root of the tables.  What was read is written back into the tree in its
 * full form, so that a part of a recipe handed on as JSON means the same
 * anywhere, whatever folder or defaults are there.
 */
#include "recipe/recipe.h"

#include <stddef.h>
#include <string.h>

#include "base/io.h"
#include "base/size.h"
#include "base/str.h"
#include "recipe/command.h"
#include "recipe/recipe_pattern.h"

enum { NAME_MAX_LENGTH = 63 };

static member_fn read_name, read_pattern, read_words, read_memory, read_exec;

#define FETCH(field) .offset = offsetof(struct recipe_fetch, field)

static const char *const unpackings[] = { "auto", "none", NULL };

static const char *const absences[] = { "error", "skip", NULL };

static const struct member fetch_members[] = {
	{ "cache", member_flag, FETCH(cache) },
	{ "digest", member_flag, FETCH(digest) },
	{ "per_host", member_integer, FETCH(per_host), .min = 1, .max = 256 },
	{ "retries", member_integer, FETCH(retries), .max = 100 },
	{ "unpack", member_choice, FETCH(unpack), .words = unpackings },
	{ "on_missing", member_choice, FETCH(on_missing), .words = absences },
	{ "rate", recipe_rate_read, FETCH(access.rate) },
	{ "headers", recipe_headers_read, FETCH(access.headers) },
	{ "query", recipe_query_read, FETCH(access.query) },
	{ "s3", member_section, FETCH(access), .table = recipe_s3_members },
	{ "ssh", member_section, FETCH(access), .table = recipe_ssh_members },
	{ "exec", read_exec, FETCH(exec) },
	{ "exec_timeout", member_integer, FETCH(exec_timeout), .min = 1,
		.max = 86400 },
	MEMBER_END,
};

static const struct member run_members[] = {
	{ "jobs", member_integer, .offset = offsetof(struct recipe_run, jobs),
		.max = 10000 },
	{ "batch", member_integer, .offset = offsetof(struct recipe_run, batch),
		.max = 1000 },
	{ "memory", read_memory,
		.offset = offsetof(struct recipe_run, memory) },
	MEMBER_END,
};

/* Metadata stay in the tree; only their types are looked at. */
struct reader {
	struct recipe recipe;
	const char *text;
	struct js *any;
};

#define ROOT(field) .offset = offsetof(struct reader, field)

static const struct member root_members[] = {
	{ "name", read_name, ROOT(recipe.name), .required = true },
	{ "title", member_text, ROOT(text) },
	{ "description", member_text, ROOT(text) },
	{ "license", member_text, ROOT(text) },
	{ "keywords", read_words, ROOT(any) },
	{ "provenance", member_mapping, ROOT(any) },
	{ "maintainers", member_list, ROOT(any) },
	{ "pattern", read_pattern, ROOT(recipe) },
	{ "fetch", member_section, ROOT(recipe.fetch), .table = fetch_members },
	{ "combine", member_section, ROOT(recipe.combine),
		.table = recipe_combine_members },
	{ "target", member_section, ROOT(recipe.target),
		.table = recipe_target_members },
	{ "run", member_section, ROOT(recipe.run), .table = run_members },
	MEMBER_END,
};

static int read_name(const struct reading *rd, const struct spot *at,
	const struct member *m, void *field)
{
	const char *s = js_text(at->value);
	size_t len;

	(void)m;
	if (s == NULL)
		return spot_wants(rd, at, "text");
	len = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-");
	if (s[len] != '\0' || len == 0 || len > NAME_MAX_LENGTH || *s < 'a')
		return spot_fail(rd, at,
			"must be 1 to 63 of the characters "
			"a-z, 0-9 and '-', the first a letter, not '%.80s'",
			s);
	*(const char **)field = s;
	return 0;
}

static int read_pattern(const struct reading *rd, const struct spot *at,
	const struct member *m, void *field)
{
	struct recipe *out = field;

	out->has_pattern = true;
	return recipe_pattern_read(rd, at, m, &out->pattern);
}

static int read_words(const struct reading *rd, const struct spot *at,
	const struct member *m, void *field)
{
	const char *word;

	if (member_list(rd, at, m, field) < 0)
		return -1;
	for (size_t i = 0; i < js_count(at->value); i++) {
		const struct spot element = spot_element(at, i);

		if (member_text(rd, &element, m, &word) < 0)
			return -1;
	}
	return 0;
}

static int read_exec(const struct reading *rd, const struct spot *at,
	const struct member *m, void *field)
{
	struct command command;
	const char *text = NULL;

	if (member_text(rd, at, m, &text) < 0)
		return -1;
	if (command_parse(rd->arena, text, &command, rd->err) < 0)
		return spot_in(rd, at);
	*(const char **)field = text;
	return 0;
}

static int read_memory(const struct reading *rd, const struct spot *at,
	const struct member *m, void *field)
{
	const char *text = js_text(at->value);

	(void)m;
	if (text == NULL)
		return spot_wants(rd, at, "a size such as '1GB'");
	if (!size_parse(text, field))
		return spot_fail(rd, at,
			"must be a size such as '1GB' or '512MiB', not '%.80s'",
			text);
	return 0;
}

/* The object under that name, as a copy: an alias may have it elsewhere too. */
static struct js *section(struct arena *a, struct js *tree, const char *name)
{
	const struct js *old = js_get(tree, name);
	struct js *obj = js_new_object(a);

	for (void *it = js_first(old); it; it = js_next(old, it))
		js_set(obj, js_name(it), js_member(it));
	js_set(tree, name, obj);
	return obj;
}

static void complete(struct arena *a, struct recipe *r)
{
	struct js *obj = section(a, r->tree, "fetch");

	js_set(obj, "cache", js_new_bool(a, r->fetch.cache));
	js_set(obj, "digest", js_new_bool(a, r->fetch.digest));
	js_set_int(obj, "per_host", r->fetch.per_host);
	js_set_int(obj, "retries", r->fetch.retries);
	js_set_text(obj, "unpack", r->fetch.unpack);
	js_set_text(obj, "on_missing", r->fetch.on_missing);
	if (r->fetch.exec != NULL)
		js_set_text(obj, "exec", r->fetch.exec);
	js_set(r->tree, "combine", recipe_combine_to_json(a, &r->combine));
	obj = section(a, r->tree, "target");
	if (r->target.store != NULL)
		js_set_text(obj, "store", r->target.store);
	js_set_int(obj, "zarr_format", r->target.zarr_format);
	if (r->target.chunks != NULL)
		js_set(obj, "chunks", r->target.chunks);
	if (r->target.shards != NULL)
		js_set(obj, "shards", r->target.shards);
	if (r->target.codecs != NULL)
		js_set(obj, "codecs", r->target.codecs);
	if (r->target.separator != NULL)
		js_set_text(obj, "separator", r->target.separator);
	js_set(obj, "write_empty_chunks",
		js_new_bool(a, r->target.write_empty_chunks));
	js_set(obj, "consolidated", js_new_bool(a, r->target.consolidated));
	obj = section(a, r->tree, "run");
	js_set_int(obj, "jobs", r->run.jobs);
	if (r->run.batch != 0)
		js_set_int(obj, "batch", r->run.batch);
}

static int check_needs(const struct reading *rd, const struct spot *root,
	const struct recipe *r, unsigned need)
{
	const struct spot target = spot_member(root, "target");

	if ((need & RECIPE_NEEDS_PATTERN) && !r->has_pattern)
		return spot_say(rd, root,
			"member 'pattern' is missing in "
			"'recipe'");
	if ((need & RECIPE_NEEDS_TARGET) && r->target.store == NULL)
		return spot_say(rd, target.value ? &target : root,
			"member 'store' is missing in 'target'");
	return 0;
}

/* A command needs a whole file. */
static int check_fetch(const struct reading *rd, const struct spot *root,
	const struct recipe_fetch *f)
{
	const struct spot fetch = spot_member(root, "fetch");
	const struct spot at = spot_member(&fetch, "cache");

	if (f->cache || f->exec == NULL)
		return 0;
	return spot_fail(rd, &at,
		"must be true where there is exec: a command is given a whole "
		"file");
}

/* A skipped file leaves a hole, which must be allowed. */
static int check_missing(const struct reading *rd, const struct spot *root,
	const struct recipe *r)
{
	const struct spot fetch = spot_member(root, "fetch");
	const struct spot at = spot_member(&fetch, "on_missing");

	if (str_eq(r->fetch.on_missing, "error"))
		return 0;
	if (!r->fetch.cache)
		return spot_fail(rd, &at,
			"can be 'skip' only where fetch.cache is true");
	if (!str_eq(r->combine.missing_variable, "fill"))
		return spot_fail(rd, &at,
			"can be 'skip' only where combine.missing_variable is "
			"'fill': a file that is skipped leaves cells to fill");
	return 0;
}

static int check_tree(const struct reading *rd, unsigned need,
	struct recipe *out)
{
	const struct spot root = { .value = rd->source->doc.root };
	const struct spot target = spot_member(&root, "target");
	struct reader in = { .recipe = *out };

	if (members_read(rd, &root, root_members, &in) < 0)
		return -1;
	*out = in.recipe;
	out->tree = root.value;
	if (check_fetch(rd, &root, &out->fetch) < 0 ||
		check_missing(rd, &root, out) < 0 ||
		recipe_target_check(rd, &target, &out->target) < 0 ||
		check_needs(rd, &root, out, need) < 0)
		return -1;
	complete(rd->arena, out);
	return 0;
}

/* The folder that holds path, absolute. */
static const char *folder_of(struct arena *a, const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	struct buf full = BUF_INIT;
	const char *folder = NULL;

	if (slash == NULL || str_eq(path, "-"))
		path = ".";
	else
		path = arena_strndup(a, path, (size_t)(slash - path) + 1);
	if (io_absolute(NULL, path, &full, err) == 0)
		folder = arena_strdup(a, full.data);
	buf_release(&full);
	return folder;
}

int recipe_parse(struct arena *a, const struct recipe_input *in,
	const struct buf *text, struct recipe *out, struct err *err)
{
	struct yaml_text yaml = { .text = text->data, .len = text->len };
	struct reading rd = { .arena = a, .err = err };
	struct recipe_source source;

	*out = (struct recipe){
		.path = str_eq(in->path, "-") ? "<stdin>" : in->path,
		.fetch = { .cache = true,
			.digest = true,
			.per_host = 8,
			.retries = 5,
			.unpack = "auto",
			.on_missing = "error",
			.exec_timeout = 600 },
		.combine = recipe_combine_default,
		.target = { .zarr_format = 3,
			.write_empty_chunks = true,
			.consolidated = true },
	};
	yaml.name = out->path;
	rd.source = &source;
	rd.folder = out->folder = folder_of(a, in->path, err);
	if (out->folder == NULL ||
		recipe_source_read(a, &yaml, in->sets, &source, err) < 0)
		return -1;
	return check_tree(&rd, in->need, out);
}

int recipe_read(struct arena *a, const struct recipe_input *in,
	struct recipe *out, struct err *err)
{
	struct buf text = BUF_INIT;
	int r = io_read_file(in->path, YAML_MAX_SIZE, &text, err);

	if (r == 0)
		r = recipe_parse(a, in, &text, out, err);
	buf_release(&text);
	return r;
}

/* Put the value of "a.b" in tree, if there is one, into out. */
static void copy_member(struct arena *a, const struct js *tree,
	const char *path, struct js *out)
{
	char *name = arena_strdup(a, path);
	char *dot;

	for (; (dot = strchr(name, '.')) != NULL; name = dot + 1) {
		*dot = '\0';
		tree = js_get(tree, name);
		if (tree == NULL)
			return;
		out = section(a, out, name);
	}
	if (js_get(tree, name) != NULL)
		js_set(out, name, js_get(tree, name));
}

struct js *recipe_to_json(struct arena *a, const struct recipe *r,
	const char *const *members)
{
	struct js *out = js_new_object(a);

	for (; *members != NULL; members++)
		copy_member(a, r->tree, *members, out);
	return out;
}
