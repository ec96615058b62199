/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text is not taken apart any further than messages need: what a URL is, is
 * known to the program that asks the server.
 */
#include "model/origin.h"

#include <string.h>

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

void origin_to_json(const struct origin *o, struct js *obj)
{
	js_set_text(obj, "url", o->url);
	js_set_u64(obj, "size", o->size);
	if (o->etag != NULL)
		js_set_text(obj, "etag", o->etag);
	if (o->modified != NULL)
		js_set_text(obj, "modified", o->modified);
}
