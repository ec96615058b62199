/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The array-to-bytes step is the caller's layout of the chunk, so that data
 * which lies right already is compressed where it lies; this runs what comes
 * behind it, from one buffer to the other.
 */
#include "chunk/encoder.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"

static const struct target_codec *const known[] = {
	&codec_to_blosc,
	&codec_to_zstd,
	&codec_to_gzip,
	&codec_to_crc32c,
};

enum { NKNOWN = sizeof(known) / sizeof(*known), MAX_STAGES = 8 };

struct encoder {
	struct target_stage stages[MAX_STAGES];
	size_t nstages;
	struct buf scratch[2];
};

struct encoder *encoder_open(void)
{
	struct encoder *e = mem_alloc(sizeof(*e));

	memset(e, 0, sizeof(*e));
	return e;
}

static void forget_stages(struct encoder *e)
{
	while (e->nstages > 0) {
		struct target_stage *s = &e->stages[--e->nstages];

		if (s->state != NULL)
			s->codec->release(s->state);
	}
}

void encoder_close(struct encoder *e)
{
	if (e == NULL)
		return;
	forget_stages(e);
	buf_release(&e->scratch[0]);
	buf_release(&e->scratch[1]);
	mem_free(e);
}

static int check_serializer(const struct js *codec, struct dtype dtype,
	struct err *err)
{
	const char *want = dtype.kind == DTYPE_STRING ? "vlen-utf8" : "bytes";
	const char *name = js_get_text(codec, "name");
	const char *endian =
		js_get_text(js_get(codec, "configuration"), "endian");

	if (name == NULL || !str_eq(name, want))
		return err_set(err, ERR_DATA,
			"the first codec is '%s', of "
			"this data type it must be '%s'",
			name ? name : "", want);
	if (endian != NULL && !str_eq(endian, "little"))
		return err_set(err, ERR_DATA,
			"codec 'bytes': endian '%s' is "
			"not written: use 'little'",
			endian);
	return 0;
}

static int add_stage(struct encoder *e, const struct js *codec,
	struct dtype dtype, struct err *err)
{
	const char *name = js_get_text(codec, "name");
	struct target_stage *s = &e->stages[e->nstages];
	size_t i = 0;

	while (i < NKNOWN && (name == NULL || !str_eq(name, known[i]->name)))
		i++;
	if (i == NKNOWN)
		return err_set(err, ERR_DATA,
			"codec '%s' is not one of blosc, "
			"zstd, gzip, crc32c",
			name ? name : "");
	if (e->nstages == MAX_STAGES)
		return err_set(err, ERR_DATA, "more than %d codecs",
			MAX_STAGES);
	*s = (struct target_stage){ .codec = known[i], .typesize = dtype.size };
	e->nstages++;
	if (known[i]->setup(js_get(codec, "configuration"), s, err) < 0)
		return err_in(err, "codec '%s'", name);
	return 0;
}

int encoder_begin(struct encoder *e, const struct js *codecs,
	struct dtype dtype, struct err *err)
{
	forget_stages(e);
	if (check_serializer(js_at(codecs, 0), dtype, err) < 0)
		return -1;
	for (size_t i = 1; i < js_count(codecs); i++)
		if (add_stage(e, js_at(codecs, i), dtype, err) < 0)
			return -1;
	return 0;
}

int encoder_run(struct encoder *e, struct bytes in, struct bytes *out,
	struct err *err)
{
	*out = in;
	for (size_t i = 0; i < e->nstages; i++) {
		const struct target_stage *s = &e->stages[i];
		struct buf *b = &e->scratch[i % 2];
		struct room room = { .cap = s->codec->bound(s, out->len) };

		buf_reserve(b, room.cap);
		room.data = (uint8_t *)b->data;
		if (s->codec->encode(s, *out, &room, err) < 0)
			return err_in(err, "codec '%s'", s->codec->name);
		*out = (struct bytes){ room.data, room.len };
	}
	return 0;
}
