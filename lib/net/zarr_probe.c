/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The documents are asked for together, since each question costs the way to the
 * server and back.  A store that is not to be listed answers 403 where nothing is,
 * so a document that is there counts whatever is said of the others.
 */
#include "net/zarr_probe.h"

#include "base/xxh.h"
#include "model/origin.h"
#include "net/probe.h"
#include "record/json_write.h"

enum { VERSION_3, VERSION_2, PLAIN, DOCUMENTS };

static const char *const names[] = { "zarr.json", ".zmetadata", ".zgroup" };

struct zarr_probe {
	struct arena *arena;
	const char *url, *shown;
	struct url urls[DOCUMENTS];
	struct pull pulls[DOCUMENTS];
};

static void ask(struct zarr_probe *s, size_t i, struct puller *puller,
	struct access *access, struct arena *a)
{
	struct pull *one = &s->pulls[i];
	const char *text = origin_object(a, s->url, names[i]);

	*one = (struct pull){ .url = &s->urls[i],
		.shown = url_show(a, text),
		.length = 1,
		.look = true };
	one->version = (struct pull_version){ HTTP_UNKNOWN, "", "", 0 };
	if (url_parse(a, text, &s->urls[i], &one->err) < 0 ||
		access_resolve(access, a, &s->urls[i], &one->err) < 0) {
		err_in(&one->err, "'%s'", one->shown);
		one->done = true;
		return;
	}
	puller_add(puller, one);
}

struct zarr_probe *zarr_probe_begin(struct puller *puller,
	struct access *access, struct arena *a, const char *url)
{
	struct zarr_probe *s = ARENA_NEW(a, struct zarr_probe, 1);

	s->arena = a;
	s->url = url;
	s->shown = url_show(a, url);
	for (size_t i = 0; i < DOCUMENTS; i++)
		ask(s, i, puller, access, a);
	return s;
}

bool zarr_probe_has_come(const struct zarr_probe *s)
{
	for (size_t i = 0; i < DOCUMENTS; i++)
		if (!s->pulls[i].done)
			return false;
	return true;
}

static bool is_there(const struct zarr_probe *s, size_t i)
{
	return s->pulls[i].err.kind == ERR_NONE;
}

/* Why there is no document that has it all. */
static int refuse(const struct zarr_probe *s, struct err *err)
{
	for (size_t i = 0; i < DOCUMENTS; i++)
		if (!is_there(s, i) && !s->pulls[i].absent) {
			*err = s->pulls[i].err;
			return -1;
		}
	if (!is_there(s, PLAIN))
		return err_set(err, ERR_DATA,
			"'%s' has no zarr.json, .zmetadata or .zgroup: no Zarr "
			"store is there",
			s->shown);
	return err_set(err, ERR_DATA,
		"'%s' has no .zmetadata, and without one nobody can tell over "
		"the network which arrays it has: consolidate its metadata, or "
		"copy the store into a folder first",
		s->shown);
}

int zarr_probe_file(struct zarr_probe *s, struct js *file, struct err *err)
{
	size_t i = is_there(s, VERSION_3) ? VERSION_3 : VERSION_2;
	struct js *document = js_new_object(s->arena);
	struct buf text = BUF_INIT;
	char digest[XXH_HEX];

	/* that of version 3 would count, if it is there */
	if (i == VERSION_2 && !s->pulls[VERSION_3].absent &&
		s->pulls[VERSION_3].head.status != 403)
		return refuse(s, err);
	if (!is_there(s, i))
		return refuse(s, err);
	js_set_text(document, "name", names[i]);
	if (probe_version(&s->pulls[i], document, err) < 0)
		return -1;
	js_set_text(file, "url", s->url);
	js_set(file, "document", document);
	js_write(&text, document, JS_RECORD);
	xxh_of(text.data, text.len, digest);
	buf_release(&text);
	js_set_text(file, "listing", arena_printf(s->arena, "xxh3-%s", digest));
	return 0;
}
