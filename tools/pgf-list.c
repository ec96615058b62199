/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pgf-list: the files that a server lists, one record each.
 */
#include "base/log.h"
#include "net/listing.h"
#include "net/url.h"
#include "record/tool.h"

enum { PER_HOST_MAX = 256, DEADLINE_MAX = 1000000000 };

static struct {
	int64_t depth, per_host, retries, timeout, deadline;
	bool raw;
	struct access_options access;
} cfg = { .per_host = 8, .retries = 5, .timeout = 60, .deadline = 86400 };

static const struct opt options[] = {
	{ OPT_COUNT, 0, "depth", "N", &cfg.depth,
		"look into folders up to N levels below the URL (default 0)" },
	{ OPT_COUNT, 0, "per-host", "N", &cfg.per_host,
		"ask for at most N pages at once (default 8)" },
	{ OPT_COUNT, 0, "retries", "N", &cfg.retries,
		"ask for a page N times more before giving up (default 5)" },
	{ OPT_COUNT, 0, "timeout", "SECONDS", &cfg.timeout,
		"give up an answer that stalls for so long (default 60)" },
	{ OPT_COUNT, 0, "deadline", "SECONDS", &cfg.deadline,
		"give up all after so long (default 86400)" },
	{ OPT_FLAG, 0, "raw", NULL, &cfg.raw,
		"write what is at the URL as it is" },
	ACCESS_OPTIONS(cfg.access),
	{ OPT_END, 0, NULL, NULL, NULL, NULL },
};

static const struct opt_spec spec = {
	.name = "pgf-list",
	.summary = "list the files that a server has",
	.synopsis = "[-qv] [--depth N] [--per-host N] [--retries N] "
		    "[--timeout SECONDS] [--deadline SECONDS] [--raw] "
		    "[--header 'NAME: VALUE'] [--query NAME=VALUE] "
		    "[--s3-endpoint URL] [--s3-region REGION] "
		    "[--s3-anonymous] [--ssh-key FILE] [--known-hosts FILE] "
		    "[-o FILE] URL",
	.opts = options,
	.more = tool_output_options,
};

static struct js *entry(struct arena *a, const struct page_link *link)
{
	struct js *rec = js_new_object(a);

	js_set_text(rec, "url", link->url);
	js_set_text(rec, "name", link->name);
	if (link->size != PAGE_UNKNOWN)
		js_set_u64(rec, "size", link->size);
	if (link->modified != NULL)
		js_set_text(rec, "modified", link->modified);
	if (link->etag != NULL)
		js_set_text(rec, "etag", link->etag);
	return rec;
}

static int put_links(const struct page_links *links, struct stream_out *out,
	struct err *err)
{
	struct arena one = ARENA_INIT;
	int result = 0;

	for (size_t i = 0; result == 0 && i < links->n; i++) {
		result = stream_put(out, entry(&one, &links->at[i]), err);
		arena_reset(&one);
	}
	arena_release(&one);
	return result;
}

static int list(const struct listing_options *o, struct stream_out *out,
	struct err *err)
{
	struct arena a = ARENA_INIT;
	struct page_links links = { .arena = &a };
	int result = listing_read(o, &links, err);

	if (result == 0 && links.odd > 0)
		log_warn("%zu names at '%s' cannot be used and are left out; "
			 "the first is '%s'",
			links.odd, url_show(&a, o->url), links.first_odd);
	if (result == 0)
		log_info("%zu files; %zu links lead elsewhere", links.n,
			links.away);
	if (result == 0)
		result = put_links(&links, out, err);
	page_links_release(&links);
	arena_release(&a);
	return result;
}

static int copy(const struct listing_options *o, struct stream_out *out,
	struct err *err)
{
	struct buf text = BUF_INIT;
	int result = listing_fetch(o, &text, err);

	if (result == 0 && text.len > 0)
		result = stream_put_bytes(out, text.data, text.len, err);
	buf_release(&text);
	return result;
}

static int check_options(char **operands, struct err *err)
{
	if (operands[0] == NULL || operands[1] != NULL)
		return err_set(err, ERR_USAGE, "give one URL");
	if (cfg.depth > LISTING_DEPTH_MAX)
		return err_set(err, ERR_USAGE, "--depth must be 0 to %d",
			LISTING_DEPTH_MAX);
	if (cfg.per_host < 1 || cfg.per_host > PER_HOST_MAX)
		return err_set(err, ERR_USAGE, "--per-host must be 1 to %d",
			PER_HOST_MAX);
	if (cfg.retries > 1000)
		return err_set(err, ERR_USAGE, "--retries must be 0 to 1000");
	if (cfg.timeout < 1 || cfg.timeout > 86400)
		return err_set(err, ERR_USAGE, "--timeout must be 1 to 86400");
	if (cfg.deadline < 1 || cfg.deadline > DEADLINE_MAX)
		return err_set(err, ERR_USAGE, "--deadline must be 1 to %d",
			DEADLINE_MAX);
	return 0;
}

static int run(char **operands, struct err *err)
{
	struct listing_options o = { .url = operands[0],
		.depth = (unsigned int)cfg.depth,
		.per_host = (unsigned int)cfg.per_host,
		.retries = (unsigned int)cfg.retries,
		.timeout = (unsigned int)cfg.timeout,
		.deadline = (unsigned int)cfg.deadline };
	struct stream_out *out = NULL;
	int result = -1;

	if (check_options(operands, err) < 0)
		return -1;
	o.access = access_open(&cfg.access, err);
	if (o.access != NULL)
		out = tool_output(err);
	if (out != NULL)
		result = cfg.raw ? copy(&o, out, err) : list(&o, out, err);
	access_close(o.access);
	if (result < 0) {
		stream_abort(out);
		return -1;
	}
	return tool_publish(out, err);
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	int first = tool_begin(&spec, argc, argv, &err);

	return tool_end(first < 0 ? -1 : run(argv + first, &err), &err);
}
