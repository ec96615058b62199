/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Codecs are checked by a table of tables, and leave here complete: whoever
 * plans or writes has no defaults of its own, and what a plan was made from is
 * what stands in it.
 */
#include "recipe/recipe_target.h"

#include <stddef.h>
#include <string.h>

#include "base/io.h"
#include "base/str.h"
#include "recipe/recipe_chunks.h"

/* Where checked members of configurations go: only the check matters. */
struct codec_config {
	const char *word;
	int64_t number;
	bool flag;
};

#define WORD offsetof(struct codec_config, word)
#define NUMBER offsetof(struct codec_config, number)
#define FLAG offsetof(struct codec_config, flag)

static const char *const cnames[] = { "blosclz", "lz4", "lz4hc", "zlib", "zstd",
	NULL };
static const char *const shuffles[] = { "noshuffle", "shuffle", "bitshuffle",
	NULL };
static const char *const endians[] = { "little", NULL };
static const char *const separators[] = { "/", ".", NULL };

static const struct member blosc_members[] = {
	{ "cname", member_choice, .offset = WORD, .words = cnames },
	{ "clevel", member_integer, .offset = NUMBER, .min = 0, .max = 9 },
	{ "shuffle", member_choice, .offset = WORD, .words = shuffles },
	{ "typesize", member_integer, .offset = NUMBER, .min = 1, .max = 255 },
	{ "blocksize", member_integer, .offset = NUMBER, .min = 0,
		.max = 1 << 30 },
	MEMBER_END,
};

static const struct member zstd_members[] = {
	{ "level", member_integer, .offset = NUMBER, .min = -131072,
		.max = 22 },
	{ "checksum", member_flag, .offset = FLAG },
	MEMBER_END,
};

static const struct member gzip_members[] = {
	{ "level", member_integer, .offset = NUMBER, .min = 0, .max = 9 },
	MEMBER_END,
};

static const struct member crc32c_members[] = { MEMBER_END };

static const struct member bytes_members[] = {
	{ "endian", member_choice, .offset = WORD, .words = endians },
	MEMBER_END,
};

static const struct codec {
	const char *name;
	const struct member *members;
	const char *defaults;
	bool compresses;
} codecs[] = {
	{ "blosc", blosc_members,
		"{\"cname\":\"lz4\",\"clevel\":5,\"shuffle\":\"shuffle\","
		"\"blocksize\":0}",
		true },
	{ "zstd", zstd_members, "{\"level\":3,\"checksum\":false}", true },
	{ "gzip", gzip_members, "{\"level\":5}", true },
	{ "crc32c", crc32c_members, "{}", false },
	{ "bytes", bytes_members, "{\"endian\":\"little\"}", false },
};

static const char *const codec_names[] = { "blosc", "zstd", "gzip", "crc32c",
	"bytes", NULL };

static const struct codec *find_codec(const char *name)
{
	for (size_t i = 0; i < sizeof(codecs) / sizeof(*codecs); i++)
		if (str_eq(codecs[i].name, name))
			return &codecs[i];
	return NULL;
}

static struct js *defaults_of(const struct reading *rd, const struct codec *c)
{
	return js_parse(rd->arena, c->defaults, strlen(c->defaults), rd->err);
}

static int read_config(const struct reading *rd, const struct spot *at,
	const struct codec *c, struct js *out)
{
	struct codec_config ignored = { .word = NULL };

	if (members_read(rd, at, c->members, &ignored) < 0)
		return -1;
	for (void *it = js_first(at->value); it; it = js_next(at->value, it))
		js_set(out, js_name(it), js_member(it));
	return 0;
}

struct codec_entry {
	const char *name;
	struct js *configuration;
};

static const struct member codec_members[] = {
	{ "name", member_choice, .offset = offsetof(struct codec_entry, name),
		.required = true, .words = codec_names },
	{ "configuration", member_mapping,
		.offset = offsetof(struct codec_entry, configuration) },
	MEMBER_END,
};

/* One codec, complete; NULL for an error. */
static struct js *read_codec(const struct reading *rd, const struct spot *at)
{
	struct codec_entry entry = { .name = NULL };
	const struct spot config = spot_member(at, "configuration");
	const struct codec *codec;
	struct js *out, *full;

	if (members_read(rd, at, codec_members, &entry) < 0)
		return NULL;
	codec = find_codec(entry.name);
	if (codec->members == bytes_members && at->i > 0) {
		spot_fail(rd, at, "is 'bytes', which must come first");
		return NULL;
	}
	full = defaults_of(rd, codec);
	if (entry.configuration != NULL &&
		read_config(rd, &config, codec, full) < 0)
		return NULL;
	out = js_new_object(rd->arena);
	js_set_text(out, "name", entry.name);
	js_set(out, "configuration", full);
	return out;
}

static struct js *read_codec_list(const struct reading *rd,
	const struct spot *at)
{
	struct js *list = js_new_list(rd->arena);

	for (size_t i = 0; i < js_count(at->value); i++) {
		const struct spot element = spot_element(at, i);
		struct js *codec = read_codec(rd, &element);

		if (codec == NULL)
			return NULL;
		js_add(list, codec);
	}
	return list;
}

static bool is_keep(const struct js *v)
{
	return js_text(v) != NULL && str_eq(js_text(v), "keep");
}

static struct js *read_codecs_by_name(const struct reading *rd,
	const struct spot *at)
{
	struct js *out = js_new_object(rd->arena);

	for (void *it = js_first(at->value); it; it = js_next(at->value, it)) {
		const struct spot child = spot_member(at, js_name(it));
		struct js *list = child.value;

		if (!is_keep(child.value) && js_type(child.value) != JS_LIST) {
			spot_wants(rd, &child, "a list of codecs, or 'keep'");
			return NULL;
		}
		if (!is_keep(child.value))
			list = read_codec_list(rd, &child);
		if (list == NULL)
			return NULL;
		js_set(out, child.name, list);
	}
	return out;
}

static int read_codecs(const struct reading *rd, const struct spot *at,
	const struct member *m, void *field)
{
	struct js *out;

	(void)m;
	if (is_keep(at->value))
		out = at->value;
	else if (js_type(at->value) == JS_LIST)
		out = read_codec_list(rd, at);
	else if (js_type(at->value) == JS_OBJECT)
		out = read_codecs_by_name(rd, at);
	else
		return spot_wants(rd, at,
			"a list of codecs, 'keep', or a mapping of such");
	if (out == NULL)
		return -1;
	*(struct js **)field = out;
	return 0;
}

static bool has_control(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < ' ')
			return true;
	return false;
}

static int read_store(const struct reading *rd, const struct spot *at,
	const struct member *m, void *field)
{
	const char *s = NULL;
	struct buf path = BUF_INIT;
	int r;

	if (member_text(rd, at, m, &s) < 0)
		return -1;
	if (strstr(s, "://") != NULL)
		return spot_fail(rd, at, "must be a folder, not a URL");
	if (has_control(s))
		return spot_fail(rd, at, "must not hold line ends or tabs");
	r = io_absolute(rd->folder, s, &path, rd->err);
	if (r == 0)
		*(const char **)field = arena_strdup(rd->arena, path.data);
	buf_release(&path);
	return r;
}

const struct member recipe_target_members[] = {
	{ "store", read_store,
		.offset = offsetof(struct recipe_target, store) },
	{ "zarr_format", member_integer,
		.offset = offsetof(struct recipe_target, zarr_format), .min = 2,
		.max = 3 },
	{ "chunks", recipe_chunks_read,
		.offset = offsetof(struct recipe_target, chunks) },
	{ "shards", recipe_chunks_read,
		.offset = offsetof(struct recipe_target, shards) },
	{ "codecs", read_codecs,
		.offset = offsetof(struct recipe_target, codecs) },
	{ "separator", member_choice,
		.offset = offsetof(struct recipe_target, separator),
		.words = separators },
	{ "write_empty_chunks", member_flag,
		.offset = offsetof(struct recipe_target, write_empty_chunks) },
	{ "consolidated", member_flag,
		.offset = offsetof(struct recipe_target, consolidated) },
	MEMBER_END,
};

/* What Zarr v2 can say: one compressor, and no checksum. */
static int check_v2(const struct reading *rd, const struct spot *at,
	const struct js *list)
{
	bool compressed = false;

	for (size_t i = 0; i < js_count(list); i++) {
		const struct spot element = spot_element(at, i);
		const char *name = js_get_text(js_at(list, i), "name");

		if (str_eq(name, "crc32c"))
			return spot_fail(rd, &element,
				"is 'crc32c', which "
				"readers of Zarr v2 do not share; leave it out "
				"or set zarr_format 3");
		if (find_codec(name)->compresses && compressed)
			return spot_fail(rd, &element,
				"is a second compressor "
				"('%s'), and Zarr v2 has room for one; leave "
				"it out or set zarr_format 3",
				name);
		compressed = compressed || find_codec(name)->compresses;
	}
	return 0;
}

int recipe_target_check(const struct reading *rd, const struct spot *at,
	const struct recipe_target *t)
{
	const struct spot spot = spot_member(at, "codecs");
	const struct spot shards = spot_member(at, "shards");

	if (t->zarr_format != 2)
		return 0;
	if (t->shards != NULL)
		return spot_fail(rd, &shards,
			"is nothing that Zarr v2 has; leave it out or set "
			"zarr_format 3");
	if (js_type(t->codecs) == JS_LIST)
		return check_v2(rd, &spot, t->codecs);
	for (void *it = js_first(t->codecs); it; it = js_next(t->codecs, it)) {
		const struct spot child = spot_member(&spot, js_name(it));

		if (check_v2(rd, &child, js_member(it)) < 0)
			return -1;
	}
	return 0;
}

static const struct js *codecs_of(const struct recipe_target *t,
	const char *var)
{
	if (js_type(t->codecs) == JS_OBJECT)
		return js_get(t->codecs, var);
	return t->codecs;
}

const struct js *recipe_codecs(const struct recipe_target *t, const char *var)
{
	const struct js *v = codecs_of(t, var);

	return is_keep(v) ? NULL : v;
}

bool recipe_keeps(const struct recipe_target *t, const char *var)
{
	return is_keep(codecs_of(t, var));
}
