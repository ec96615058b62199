/* SPDX-License-Identifier: Apache-2.0 */
/* Chunks of any bytes through any pipeline of ours: the output is exactly as
 * long as the chunk shape says or refused, and no byte beyond is touched.  The
 * first bytes choose codecs, mask and length, the rest is the chunk. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "chunk/decoder.h"
#include "chunk/envelope.h"
#include "chunk/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEADER = 6, MAX_STAGES = 4, MAX_CELLS = 64 };

static void must(bool ok)
{
	if (!ok)
		abort();
}

static struct js *choose_codecs(struct arena *a, const uint8_t *choice)
{
	static const char *const names[] = {
		"zlib",
		"shuffle",
		"fletcher32",
		"zstd",
		"blosc",
		"szip",
		"lz4h5",
		"bitshuffle",
		"lzf",
		"bz2",
		"bitshuffle",
		"bitshuffle",
		"szip",
		"szip",
		"shuffle",
		"zlib",
	};
	static const int sizes[] = { 1, 2, 4, 7 };
	static const char *const inside[] = { "none", "lz4", "zstd", "lz4" };
	struct js *list = js_new_list(a);

	for (unsigned i = 0; i < choice[0] % (MAX_STAGES + 1); i++) {
		unsigned c = choice[1 + i / 2] >> (i % 2 * 4) & 15;
		struct js *codec = js_new_object(a);
		struct js *conf = js_new_object(a);

		js_set_text(codec, "name", names[c]);
		js_set_int(conf, "elementsize", sizes[choice[5] >> 4 & 3]);
		js_set_int(conf, "blocksize", choice[3] >> 4 & 8);
		js_set_text(conf, "cname", inside[c & 3]);
		js_set_int(conf, "options_mask", choice[3]);
		js_set_int(conf, "pixels_per_block", 2 + (choice[3] >> 2 & 30));
		js_set_int(conf, "bits_per_pixel",
			c == 12         ? 32 :
				c == 13 ? 64 :
					  1 + choice[5] % 24);
		js_set_int(conf, "pixels_per_scanline", 1 + choice[4]);
		js_set(codec, "configuration", conf);
		js_add(list, codec);
	}
	return list;
}

static void read_text(struct bytes in)
{
	struct text cells[MAX_CELLS];
	struct buf out = BUF_INIT;
	struct err err = ERR_INIT;
	uint64_t recoded = 0;
	size_t n = in.len % MAX_CELLS;

	if (text_parse(in, cells, n, &err) == 0)
		must(text_encode(cells, n, &out, &recoded, &err) == 0);
	buf_release(&out);
}

/* What can be carried over is read by blosc as by the decoder; decoded: what that
 * gave, or NULL. */
static void put_in_envelope(const struct envelope_chunk *c, struct bytes in,
	const uint8_t *decoded)
{
	struct envelope_form form;
	struct envelope e;
	struct buf object = BUF_INIT;
	struct err err = ERR_INIT;
	struct room room = { .cap = (size_t)c->raw };

	if (envelope_form_of(c, &form) != NULL || !envelope_make(&form, in, &e))
		return;
	must(e.skip + e.cut <= in.len);
	buf_add(&object, e.header, e.header_len);
	buf_add(&object, in.data + e.skip, in.len - e.skip - e.cut);
	room.data = mem_alloc(room.cap);
	if (codec_from_blosc.decode(NULL,
		    (struct bytes){ (const uint8_t *)object.data, object.len },
		    &room, &err) == 0 &&
		decoded != NULL)
		must(room.len == room.cap &&
			memcmp(room.data, decoded, room.cap) == 0);
	mem_free(room.data);
	buf_release(&object);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct decoder *d;
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct bytes in;
	struct room room;
	struct js *codecs;
	bool decodes;

	if (size < HEADER)
		return 0;
	if (d == NULL)
		d = decoder_open();
	in = (struct bytes){ data + HEADER, size - HEADER };
	/* a block of its own, so that the sanitizer sees its end */
	room = (struct room){ .cap = data[4] + 256U * (data[5] & 15U) };
	room.data = mem_alloc(room.cap);
	codecs = choose_codecs(&a, data);
	must(decoder_begin(d, codecs, 2, &err) == 0);
	decodes = decoder_run(d, in, data[3] & 15, room, &err) == 0;
	must(decodes || err.kind == ERR_DATA);
	put_in_envelope(&(struct envelope_chunk){ codecs, data[3] & 15, 2,
				room.cap, in.len },
		in, decodes ? room.data : NULL);
	mem_free(room.data);
	read_text(in);
	arena_release(&a);
	return 0;
}
