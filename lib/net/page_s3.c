/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers of ListObjectsV2 (and its elder, whose pages are asked for by the last
 * key).  Keys are below the bucket, which is the path of the page; names are what
 * follows the folder of the prefix that was asked for.  Keys are escaped if the
 * answer says so (EncodingType), as a blank may then be '+'.
 */
#include <string.h>

#include "base/str.h"
#include "net/link.h"
#include "net/markup.h"
#include "net/page_readers.h"

struct reader {
	const struct page *page;
	struct page_links *out;
	struct buf text;        /* of the element at hand */
	struct page_link *link; /* of the Contents at hand */
	size_t first;           /* link of this page */
	bool escaped, truncated;
	const char *prefix, *token, *last;
};

static int on_start(void *state, const char *name, const char **attrs,
	struct err *err)
{
	struct reader *r = state;

	(void)attrs, (void)err;
	buf_reset(&r->text);
	if (str_eq(name, "Contents")) {
		r->link = page_add(r->out, PAGE_FILE);
		r->link->name = "";
	}
	return 0;
}

static int on_text(void *state, const char *text, size_t len, struct err *err)
{
	struct reader *r = state;

	(void)err;
	buf_add(&r->text, text, len);
	return 0;
}

/* A key as it is; NULL if its escapes are broken. */
static const char *plain(const struct reader *r, const char *text)
{
	char *s = arena_strdup(r->out->arena, text);

	if (!r->escaped)
		return s;
	for (char *c = s; *c != '\0'; c++)
		if (*c == '+')
			*c = ' ';
	return link_decode(r->out->arena, s, strlen(s), true);
}

/* Where the bucket begins: the page without query. */
static const char *bucket(const struct reader *r)
{
	const char *url = r->page->url;
	size_t n = strcspn(url, "?#");

	return arena_printf(r->out->arena, "%.*s%s", (int)n, url,
		n > 0 && url[n - 1] == '/' ? "" : "/");
}

/* The name of a key, which is as the answer has it; NULL: it has none. */
static const char *name_of(const struct reader *r, const char *key)
{
	const char *prefix = r->prefix ? plain(r, r->prefix) : NULL;
	const char *slash = prefix ? strrchr(prefix, '/') : NULL;
	size_t n = slash != NULL ? (size_t)(slash - prefix) + 1 : 0;

	return strncmp(key, prefix ? prefix : "", n) == 0 ? key + n : key;
}

static bool complete(const struct reader *r, struct page_link *link)
{
	const char *key = plain(r, link->name);
	struct buf url = BUF_INIT;

	if (key == NULL || !link_is_name(key, strlen(key))) {
		page_add_odd(r->out, link->name);
		return false;
	}
	if (str_ends(key, "/"))
		return false; /* stands for a folder */
	buf_adds(&url, bucket(r));
	if (str_starts(r->page->url, "http"))
		link_encode(&url, key);
	else
		buf_adds(&url, key); /* s3: keys have no escapes */
	link->url = arena_strdup(r->out->arena, url.data);
	link->name = name_of(r, key);
	buf_release(&url);
	return true;
}

/* How keys are escaped may be said behind them. */
static void complete_all(const struct reader *r)
{
	struct page_links *out = r->out;
	size_t kept = r->first;

	for (size_t i = r->first; i < out->n; i++)
		if (complete(r, &out->at[i]))
			out->at[kept++] = out->at[i];
	out->n = kept;
}

static void end_in_contents(struct reader *r, const char *name,
	const char *text)
{
	struct arena *a = r->out->arena;

	if (str_eq(name, "Contents"))
		r->link = NULL;
	else if (str_eq(name, "Key"))
		r->link->name = r->last = arena_strdup(a, text);
	else if (str_eq(name, "ETag"))
		r->link->etag = arena_strdup(a, text);
	else if (str_eq(name, "LastModified"))
		r->link->modified = page_time(a, text);
	else if (str_eq(name, "Size"))
		(void)str_to_u64(text, &r->link->size);
}

static int on_end(void *state, const char *name, struct err *err)
{
	struct reader *r = state;
	const char *text = r->text.data ? r->text.data : "";

	(void)err;
	if (r->link != NULL)
		end_in_contents(r, name, text);
	else if (str_eq(name, "Prefix") && r->prefix == NULL)
		r->prefix = arena_strdup(r->out->arena, text);
	else if (str_eq(name, "EncodingType"))
		r->escaped = str_eq(text, "url");
	else if (str_eq(name, "IsTruncated"))
		r->truncated = str_eq(text, "true");
	else if (str_eq(name, "NextContinuationToken"))
		r->token = arena_strdup(r->out->arena, text);
	buf_reset(&r->text);
	return 0;
}

/* The query of this page without the place where it began. */
static const char *query_of(const struct reader *r)
{
	const char *q = strchr(r->page->url, '?');
	struct buf out = BUF_INIT;
	const char *text;

	for (q = q ? q + 1 : ""; *q != '\0'; q += q[0] == '&') {
		size_t n = strcspn(q, "&");

		if (n > 0 && !str_starts(q, "continuation-token=") &&
			!str_starts(q, "marker="))
			buf_addf(&out, "%.*s&", (int)n, q);
		q += n;
	}
	text = arena_strdup(r->out->arena, out.data ? out.data : "");
	buf_release(&out);
	return text;
}

static int add_next(struct reader *r, struct err *err)
{
	bool v2 = strstr(r->page->url, "list-type=2") != NULL;
	const char *from = v2 ? r->token : r->last ? plain(r, r->last) : NULL;
	struct buf url = BUF_INIT;
	struct page_link *link;

	if (!r->truncated)
		return 0;
	if (from == NULL)
		return err_set(err, ERR_DATA,
			"the answer says that there is more, but not where");
	buf_addf(&url, "%.*s?%s%s=", (int)strcspn(r->page->url, "?"),
		r->page->url, query_of(r),
		v2 ? "continuation-token" : "marker");
	link_encode_argument(&url, from);
	link = page_add(r->out, PAGE_NEXT);
	link->url = arena_strdup(r->out->arena, url.data);
	link->name = r->page->prefix;
	buf_release(&url);
	return 0;
}

int page_read_s3(const struct page *p, struct page_links *out, struct err *err)
{
	struct reader r = { .page = p, .out = out, .first = out->n };
	const struct markup m = { on_start, on_text, on_end, &r };
	int result = markup_read_xml(&m, p->text->data, p->text->len, err);

	if (result == 0) {
		complete_all(&r);
		result = add_next(&r, err);
	}
	buf_release(&r.text);
	return result;
}
