/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A list of what is known, by both names; chunk/decoder knows them all, or the array
 * would be no table.  numcodecs' lz4 and delta were left out: archives do not
 * have them.
 */
#include "format/zarr_codec.h"

#include <string.h>

#include "base/str.h"

enum { MOST_CODECS = 30 };

static const struct known {
	const char *name;
	bool in_v2, in_v3;
} known[] = {
	{ "blosc", true, true },
	{ "zstd", true, true },
	{ "gzip", true, true },
	{ "zlib", true, false },
	{ "bz2", true, false },
	{ "shuffle", true, false },
	{ "fletcher32", true, false },
	{ "crc32c", false, true },
};

static int refuse(const char *name, struct err *err)
{
	return err_set(err, ERR_DATA,
		"codec '%.100s' is not one that pgf reads from Zarr stores",
		name != NULL ? name : "");
}

static const char *const numcodecs = "numcodecs.";

/* The name in a chunk table, or NULL. */
static const char *find(int version, const char *name)
{
	if (name != NULL && version == 3 && str_starts(name, numcodecs)) {
		name += strlen(numcodecs);
		version = 2;
	}
	for (size_t i = 0; name && i < sizeof(known) / sizeof(*known); i++)
		if (str_eq(known[i].name, name) &&
			(version == 2 ? known[i].in_v2 : known[i].in_v3))
			return known[i].name;
	return NULL;
}

/* numcodecs takes elements of 4 bytes unless told. */
static void set_default(struct arena *a, const char *name,
	struct js *configuration)
{
	if (str_eq(name, "shuffle") &&
		js_get(configuration, "elementsize") == NULL)
		js_set(configuration, "elementsize", js_new_int(a, 4));
}

static int add(struct arena *a, struct zarr_codecs *out, const char *name,
	const struct js *configuration, struct err *err)
{
	struct js *codec = js_new_object(a), *copy = js_new_object(a);

	if (js_count(out->list) == MOST_CODECS)
		return err_set(err, ERR_DATA, "too many codecs");
	for (void *it = js_first(configuration); it;
		it = js_next(configuration, it))
		if (!str_eq(js_name(it), "id"))
			js_set(copy, js_name(it), js_member(it));
	set_default(a, name, copy);
	js_set_text(codec, "name", name);
	if (js_count(copy) > 0)
		js_set(codec, "configuration", copy);
	js_add(out->list, codec);
	return 0;
}

static int add_v2(struct arena *a, struct zarr_codecs *out,
	const struct js *codec, struct err *err)
{
	const char *id = js_get_text(codec, "id"), *name = find(2, id);

	return name != NULL ? add(a, out, name, codec, err) : refuse(id, err);
}

static int read_v2(struct arena *a, const struct js *doc,
	struct zarr_codecs *out, struct err *err)
{
	const struct js *filters = js_get(doc, "filters");
	const struct js *compressor = js_get(doc, "compressor");
	const struct js *order = js_get(doc, "order");

	if (order != NULL && (!js_text(order) || !str_eq(js_text(order), "C")))
		return err_set(err, ERR_DATA,
			"its elements are in order 'F', pgf reads order 'C'");
	if (js_type(filters) != JS_NULL && js_type(filters) != JS_LIST)
		return err_set(err, ERR_DATA, "'filters' is not a list");
	for (size_t i = 0; i < js_count(filters); i++)
		if (add_v2(a, out, js_at(filters, i), err) < 0)
			return -1;
	return js_type(compressor) == JS_NULL ? 0 :
						add_v2(a, out, compressor, err);
}

/* A codec is an object, or its name alone. */
static const char *name_of(const struct js *codec)
{
	return js_text(codec) ? js_text(codec) : js_get_text(codec, "name");
}

static bool is(const struct js *codec, const char *name)
{
	return name_of(codec) != NULL && str_eq(name_of(codec), name);
}

static int read_bytes(const struct js *codec, struct zarr_codecs *out,
	struct err *err)
{
	const struct js *v = js_path(codec, "configuration", "endian", NULL);
	const char *endian = js_text(v);

	if (v == NULL) /* of elements of one byte */
		return 0;
	if (endian == NULL ||
		(!str_eq(endian, "big") && !str_eq(endian, "little")))
		return err_set(err, ERR_DATA,
			"codec 'bytes': 'endian' is not 'little' or 'big'");
	out->big_endian = str_eq(endian, "big");
	return 0;
}

/* The first turns elements into bytes, all others are of bytes. */
static int read_list(struct arena *a, const struct js *list,
	struct zarr_codecs *out, struct err *err)
{
	if (js_type(list) != JS_LIST || js_count(list) == 0)
		return err_set(err, ERR_DATA, "'codecs' is not a list of any");
	if (!is(js_at(list, 0), "bytes"))
		return refuse(name_of(js_at(list, 0)), err);
	if (read_bytes(js_at(list, 0), out, err) < 0)
		return -1;
	for (size_t i = 1; i < js_count(list); i++) {
		const struct js *codec = js_at(list, i);
		const char *name = find(3, name_of(codec));

		if (name == NULL)
			return refuse(name_of(codec), err);
		if (add(a, out, name, js_get(codec, "configuration"), err) < 0)
			return -1;
	}
	return 0;
}

static int read_index(const struct js *conf, struct zarr_codecs *out,
	struct err *err)
{
	const struct js *list = js_get(conf, "index_codecs");
	const struct js *place = js_get(conf, "index_location");
	struct zarr_codecs index = { .big_endian = false };
	size_t n = js_count(list);

	out->index_checksum = n == 2 && is(js_at(list, 1), "crc32c");
	if (n < 1 || n > 2 || (n == 2 && !out->index_checksum) ||
		!is(js_at(list, 0), "bytes") ||
		read_bytes(js_at(list, 0), &index, err) < 0 || index.big_endian)
		return err_set(err, ERR_DATA,
			"'index_codecs' are not those that pgf reads: bytes "
			"(little) and crc32c");
	out->index_first =
		js_text(place) != NULL && str_eq(js_text(place), "start");
	if (place != NULL && !out->index_first &&
		(js_text(place) == NULL || !str_eq(js_text(place), "end")))
		return err_set(err, ERR_DATA,
			"'index_location' is neither 'start' nor 'end'");
	return 0;
}

static int read_v3(struct arena *a, const struct js *doc,
	struct zarr_codecs *out, struct err *err)
{
	const struct js *list = js_get(doc, "codecs"), *conf;

	if (!is(js_at(list, 0), "sharding_indexed"))
		return read_list(a, list, out, err);
	conf = js_get(js_at(list, 0), "configuration");
	out->inner_shape = js_get(conf, "chunk_shape");
	if (js_count(list) > 1)
		return err_set(err, ERR_DATA,
			"its shards are encoded once more, so nothing in them "
			"can be found");
	if (out->inner_shape == NULL)
		return err_set(err, ERR_DATA,
			"codec 'sharding_indexed' has no 'chunk_shape'");
	if (read_index(conf, out, err) < 0 ||
		read_list(a, js_get(conf, "codecs"), out, err) < 0)
		return err_in(err, "codec 'sharding_indexed'");
	return 0;
}

int zarr_codecs_read(struct arena *a, int version, const struct js *doc,
	struct zarr_codecs *out, struct err *err)
{
	*out = (struct zarr_codecs){ .list = js_new_list(a) };
	return version == 2 ? read_v2(a, doc, out, err) :
			      read_v3(a, doc, out, err);
}
