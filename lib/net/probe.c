/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HEAD was refused: servers forbid it, signed URLs are not signed for it, and it
 * does not tell whether ranges come.
 */
#include "net/probe.h"

struct probe *probe_begin(struct puller *puller, struct arena *a,
	const struct url *url)
{
	struct probe *p = ARENA_NEW(a, struct probe, 1);

	p->pull = (struct pull){
		.url = url,
		.shown = url_show(a, url->wire),
		.length = 1,
		.version = { HTTP_UNKNOWN, "", "", 0 },
	};
	puller_add(puller, &p->pull);
	return p;
}

int probe_version(const struct pull *pull, struct js *out, struct err *err)
{
	const struct http_head *head = &pull->head;
	char modified[CLOCK_TEXT];

	pull_time(head, modified);
	if (head->length == HTTP_UNKNOWN)
		return err_set(err, ERR_DATA,
			"'%s': the server does not say how large it is: " PULL_REMEDY,
			pull->shown);
	if (*modified == '\0' && *head->validators.etag == '\0')
		return err_set(err, ERR_DATA,
			"'%s': the server gives neither ETag nor "
			"Last-Modified, so a change would not be seen: " PULL_REMEDY,
			pull->shown);
	js_set_u64(out, "size", head->length);
	if (*head->validators.etag != '\0')
		js_set_text(out, "etag", head->validators.etag);
	if (*modified != '\0')
		js_set_text(out, "modified", modified);
	return 0;
}

int probe_file(struct probe *p, const char *text, struct js *file,
	struct err *err)
{
	if (p->pull.err.kind != ERR_NONE) {
		*err = p->pull.err;
		return -1;
	}
	js_set_text(file, "url", text);
	return probe_version(&p->pull, file, err);
}
