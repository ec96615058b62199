/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text is not taken apart any further than messages need: what a URL is, is
 * known to the program that asks the server.
 */
#include "model/origin.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"

/* Without "user:password@". */
static const char *show(struct arena *a, const char *url)
{
	const char *host = strstr(url, "://"), *at = NULL;

	if (host == NULL)
		return url;
	host += 3;
	for (const char *s = host; strchr("/?#", *s) == NULL; s++)
		if (*s == '@')
			at = s + 1;
	if (at == NULL)
		return url;
	return arena_printf(a, "%.*s%s", (int)(host - url), url, at);
}

int origin_read(struct arena *a, const struct js *obj, struct origin *out,
	struct err *err)
{
	*out = (struct origin){
		.url = js_get_text(obj, "url"),
		.etag = js_get_text(obj, "etag"),
		.modified = js_get_text(obj, "modified"),
	};
	if (out->url == NULL || !js_u64(js_get(obj, "size"), &out->size) ||
		out->size > INT64_MAX)
		return err_set(err, ERR_DATA,
			"no 'path', nor 'url' and 'size' of a file on a "
			"server");
	out->shown = show(a, out->url);
	if (out->etag == NULL && out->modified == NULL)
		return err_set(err, ERR_DATA,
			"'%s' has neither 'etag' nor 'modified'", out->shown);
	return 0;
}

int origin_read_folder(struct arena *a, const struct js *obj,
	struct origin *out, struct err *err)
{
	*out = (struct origin){ .url = js_get_text(obj, "url") };
	if (out->url == NULL)
		return err_set(err, ERR_DATA,
			"no 'path', nor 'url' of a folder on a server");
	out->shown = show(a, out->url);
	return 0;
}

static bool is_key(const char *url)
{
	static const char *const schemes[] = { "s3://", "gs://", "az://" };

	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++)
		if (strncasecmp(url, schemes[i], strlen(schemes[i])) == 0)
			return true;
	return false;
}

const char *origin_object(struct arena *a, const char *folder, const char *name)
{
	bool key = is_key(folder);
	size_t len = key ? strlen(folder) : strcspn(folder, "?#");
	const char *query = folder + len;
	struct buf b = BUF_INIT;
	const char *out;

	while (len > 0 && folder[len - 1] == '/')
		len--;
	buf_add(&b, folder, len);
	buf_addc(&b, '/');
	for (const char *s = name; *s != '\0'; s++)
		if (key || isalnum((unsigned char)*s) ||
			strchr("-._~/", *s) != NULL)
			buf_addc(&b, *s);
		else
			buf_addf(&b, "%%%02X", (unsigned)(unsigned char)*s);
	buf_adds(&b, query);
	out = arena_strdup(a, b.data);
	buf_release(&b);
	return out;
}

void origin_to_json(const struct origin *o, struct js *obj)
{
	js_set_text(obj, "url", o->url);
	js_set_u64(obj, "size", o->size);
	if (o->etag != NULL)
		js_set_text(obj, "etag", o->etag);
	if (o->modified != NULL)
		js_set_text(obj, "modified", o->modified);
	if (o->tag != 0)
		js_set_u64(obj, "tag", o->tag);
}
