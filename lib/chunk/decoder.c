/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walks the pipeline backwards, from one scratch buffer to the other, and lets
 * the last step write where the caller wants the chunk, so that nothing is
 * copied.  Checksums are a check of their own and a shorter length: netcdf-c
 * puts them first in the pipeline (inside the compressed stream), others last.
 */
#include "chunk/decoder.h"

#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"

static const struct source_codec *const known[] = {
	&codec_from_shuffle,
	&codec_from_zlib,
	&codec_from_fletcher32,
	&codec_from_zstd,
	&codec_from_blosc,
	&codec_from_szip,
	&codec_from_lz4h5,
	&codec_from_bitshuffle,
	&codec_from_lzf,
	&codec_from_bz2,
	&codec_from_gzip,
	&codec_from_crc32c,
};

enum {
	NKNOWN = sizeof(known) / sizeof(*known),
	MAX_STAGES = 32, /* bits of a mask */
};

struct decoder {
	void *state[NKNOWN];
	struct source_stage stages[MAX_STAGES];
	size_t nstages;
	struct buf scratch[2];
};

struct decoder *decoder_open(void)
{
	struct decoder *d = mem_alloc(sizeof(*d));

	memset(d, 0, sizeof(*d));
	return d;
}

void decoder_close(struct decoder *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; i < NKNOWN; i++)
		if (d->state[i] != NULL)
			known[i]->close(d->state[i]);
	buf_release(&d->scratch[0]);
	buf_release(&d->scratch[1]);
	mem_free(d);
}

/* Index into known[], or NKNOWN. */
static size_t find(const struct js *codec)
{
	const char *name = js_get_text(codec, "name");
	size_t i = 0;

	while (i < NKNOWN && (name == NULL || !str_eq(name, known[i]->name)))
		i++;
	return i;
}

bool decoder_knows(const struct js *codecs)
{
	for (size_t i = 0; i < js_count(codecs); i++)
		if (find(js_at(codecs, i)) == NKNOWN)
			return false;
	return js_count(codecs) <= MAX_STAGES;
}

int decoder_begin(struct decoder *d, const struct js *codecs, size_t element,
	struct err *err)
{
	if (!decoder_knows(codecs))
		return err_set(err, ERR_DATA, "unknown codec");
	d->nstages = js_count(codecs);
	for (size_t i = 0; i < d->nstages; i++) {
		const struct js *codec = js_at(codecs, i);
		struct source_stage *s = &d->stages[i];
		size_t k = find(codec);

		if (known[k]->open != NULL && d->state[k] == NULL)
			d->state[k] = known[k]->open();
		*s = (struct source_stage){
			.codec = known[k],
			.state = d->state[k],
			.element = element,
		};
		if (known[k]->setup != NULL &&
			known[k]->setup(js_get(codec, "configuration"), s,
				err) < 0)
			return err_in(err, "codec '%s'", known[k]->name);
	}
	return 0;
}

static bool is_skipped(uint32_t mask, size_t i)
{
	return (mask >> i & 1) != 0;
}

bool decoder_is_raw(const struct decoder *d, uint32_t mask)
{
	for (size_t i = 0; i < d->nstages; i++)
		if (!is_skipped(mask, i))
			return false;
	return true;
}

/* Bytes that size bytes can be once stage s has encoded them, but never more
 * than limit: a hostile list of codecs would have it grow without end. */
static size_t grown(const struct source_stage *s, size_t size, size_t limit)
{
	size = s->codec->bound != NULL ? s->codec->bound(size) :
					 size + s->codec->trailer;
	return num_min(size, limit);
}

/* The limit for chunks of that many bytes. */
static size_t limit_of(size_t chunk)
{
	return 4 * chunk + 65536;
}

size_t decoder_bound(const struct decoder *d, size_t size)
{
	size_t limit = limit_of(size);

	for (size_t i = 0; i < d->nstages; i++)
		size = grown(&d->stages[i], size, limit);
	return size;
}

/* One stage from in to in; out is used if nothing is left to undo. */
struct step {
	const struct source_stage *stage;
	size_t most; /* bytes it may decode to */
	struct buf *scratch;
	struct room *out; /* NULL: scratch */
};

static int undo(const struct step *s, struct bytes *in, struct err *err)
{
	const struct source_codec *codec = s->stage->codec;
	struct room room;

	if (codec->check != NULL) {
		if (codec->check(*in, err) < 0)
			return err_in(err, "codec '%s'", codec->name);
		in->len -= codec->trailer;
		return 0;
	}
	if (s->out != NULL) {
		room = *s->out;
	} else {
		buf_reserve(s->scratch, s->most);
		room.data = (uint8_t *)s->scratch->data;
		room.cap = s->most;
	}
	room.len = 0;
	if (codec->decode(s->stage, *in, &room, err) < 0)
		return err_in(err, "codec '%s'", codec->name);
	*in = (struct bytes){ room.data, room.len };
	return 0;
}

int decoder_run(struct decoder *d, struct bytes in, uint32_t mask,
	struct room out, struct err *err)
{
	size_t most[MAX_STAGES], size = out.cap, first = d->nstages;
	unsigned turn = 0;

	for (size_t i = 0; i < d->nstages; i++) {
		most[i] = size;
		if (is_skipped(mask, i))
			continue;
		size = grown(&d->stages[i], size, limit_of(out.cap));
		first = num_min(first, i);
	}
	for (size_t i = d->nstages; i-- > 0;) {
		struct step s = { &d->stages[i], most[i],
			&d->scratch[turn ^= 1], i == first ? &out : NULL };

		if (!is_skipped(mask, i) && undo(&s, &in, err) < 0)
			return -1;
	}
	if (in.len != out.cap)
		return err_set(err, ERR_DATA,
			"decodes to %zu bytes, the chunk "
			"has %zu",
			in.len, out.cap);
	if (in.data != out.data && in.len > 0)
		memcpy(out.data, in.data, in.len);
	return 0;
}
