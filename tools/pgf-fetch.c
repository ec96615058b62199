/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pgf-fetch: items in, the same items out, each with the file it is.
 *
 * Records wait in a queue in the order they came and leave it in that order,
 * so the output is the same however the transfers race.  What is done early
 * waits as a record only; files and connections are bounded by net/fetch.
 */

#include "base/io.h"
#include "base/log.h"
#include "base/str.h"
#include "net/fetch.h"
#include "net/finish.h"
#include "net/local.h"
#include "net/meter.h"
#include "net/probe.h"
#include "net/ranges.h"
#include "net/settings.h"
#include "net/verify.h"
#include "record/ledger.h"
#include "record/tool.h"

enum {
	HELD_MAX = 1024, /* records under way */
	LINE_EVERY = 60, /* s, where there is no terminal */
};

static struct {
	struct settings set;
	const char *cache, *known, *exec;
	bool no_unpack, skip_missing;
	struct opt_list headers, query;
	struct access_options access;
} cfg = { .set = SETTINGS_INIT };

static const struct opt options[] = {
	{ OPT_TEXT, 0, "cache", "DIR", &cfg.cache,
		"keep downloads in DIR; needed unless all files are local" },
	{ OPT_COUNT, 0, "per-host", "N", &cfg.set.per_host,
		"fetch at most N files at once from one host (default 8)" },
	{ OPT_COUNT, 0, "retries", "N", &cfg.set.retries,
		"try a file N times more before giving up (default 5)" },
	{ OPT_COUNT, 0, "timeout", "SECONDS", &cfg.set.timeout,
		"end a transfer that brings nothing for so long (default 60)," },
	{ OPT_TEXT, 0, "least-speed", "BYTES", &cfg.set.speed,
		"or less than BYTES a second for so long, such as 10kB" },
	{ OPT_COUNT, 0, "deadline", "SECONDS", &cfg.set.deadline,
		"give up all that has not come after so long" },
	{ OPT_TEXT, 0, "rate", "SIZE", &cfg.set.rate,
		"take at most SIZE a second from one host, such as 10MB" },
	{ OPT_LIST, 0, "header", "NAME: VALUE", &cfg.headers,
		"send a header to the hosts of the items; ${NAME} in it is a "
		"variable of the environment" },
	{ OPT_LIST, 0, "query", "NAME=VALUE", &cfg.query,
		"add a member to the query of each URL, likewise" },
	{ OPT_TEXT, 0, "s3-endpoint", "URL", &cfg.access.s3.endpoint,
		"what s3:// means (default Amazon)" },
	{ OPT_TEXT, 0, "s3-region", "REGION", &cfg.access.s3.region,
		"region of the buckets" },
	{ OPT_FLAG, 0, "s3-anonymous", NULL, &cfg.access.s3.anonymous,
		"sign no request to s3://, whatever keys there are" },
	{ OPT_TEXT, 0, "ssh-key", "FILE", &cfg.access.ssh_key,
		"private key for sftp:// and scp://" },
	{ OPT_TEXT, 0, "known-hosts", "FILE", &cfg.access.known_hosts,
		"keys of ssh hosts (default ~/.ssh/known_hosts)" },
	{ OPT_TEXT, 0, "progress", "FORM", &cfg.set.progress,
		"json: tell every second how far it is, an object a line; none" },
	{ OPT_FLAG, 0, "revalidate", NULL, &cfg.set.revalidate,
		"ask the server for whatever replaces a file in the cache" },
	{ OPT_FLAG, 0, "head", NULL, &cfg.set.head,
		"fetch nothing: say which version of a file the server has" },
	{ OPT_FLAG, 0, "ranges", NULL, &cfg.set.ranges,
		"bring ranges of files to other programs, as they ask for them" },
	{ OPT_FLAG, 0, "skip-missing", NULL, &cfg.skip_missing,
		"a file that is not there is no error: its record says so" },
	{ OPT_FLAG, 0, "verify", NULL, &cfg.set.verify,
		"read no records: say which files of the cache are bad" },
	{ OPT_FLAG, 0, "remove", NULL, &cfg.set.remove,
		"with --verify: remove those" },
	{ OPT_TEXT, 0, "known", "FILE", &cfg.known,
		"digest local files, but for what FILE, the last output, knows" },
	{ OPT_FLAG, 0, "no-unpack", NULL, &cfg.no_unpack,
		"leave compressed files and archives as they are" },
	{ OPT_TEXT, 0, "unpack-limit", "SIZE", &cfg.set.unpack_limit,
		"refuse to unpack files larger than SIZE (default 64GB)" },
	{ OPT_TEXT, 0, "exec", "COMMAND", &cfg.exec,
		"run COMMAND, which makes {out} of {in}, for every file" },
	{ OPT_COUNT, 0, "exec-timeout", "SECONDS", &cfg.set.exec_timeout,
		"end a COMMAND that takes longer (default 600)" },
	{ OPT_END, 0, NULL, NULL, NULL, NULL },
};

static const struct opt_spec spec = {
	.name = "pgf-fetch",
	.summary = "make a verified local copy of every file of a recipe",
	.synopsis =
		"[-kqv] [--cache DIR] [--per-host N] [--retries N] [--timeout SECONDS] [--least-speed BYTES] "
		"[--deadline SECONDS] [--rate SIZE] [--header 'NAME: VALUE'] [--query NAME=VALUE] "
		"[--s3-endpoint URL] [--s3-region REGION] [--s3-anonymous] [--ssh-key FILE] [--known-hosts FILE] "
		"[--progress FORM] [--revalidate | --head | --ranges | --verify [--remove]] [--skip-missing] [--known FILE] [--no-unpack] "
		"[--unpack-limit SIZE] [--exec COMMAND] [--exec-timeout SECONDS] [-o FILE] [FILE...]",
	.opts = options,
	.more = tool_filter_options,
};

/* One record under way. */
struct job {
	struct arena arena;
	struct job *next;
	struct js *rec;
	const char *place; /* where it stood in the input */
	struct url url;
	struct checks checks; /* of the record */
	struct fetch *fetch;  /* being fetched, or */
	struct probe *probe;  /* being asked for; both NULL: err is known, or */
	struct cache_file file;
	bool taken, absent; /* err of the fetch; err: nothing is there */
	struct finish_item finish;
	struct js *remote; /* the member "file" of what is not here */
	struct err err;
};

struct run {
	struct stream_in *in;
	struct stream_out *out;
	struct arena arena;
	struct finish finish; /* its cache is absolute; NULL until needed */
	struct local local;
	struct access *access;
	struct fetcher *fetcher; /* NULL until a URL needs it, and so is */
	struct puller *puller;
	struct pull_options pull;
	struct job *first, **last;
	unsigned int held;
	bool ended; /* the input */
	struct meter meter;
};

/* Make the folder of the cache. */
static int open_cache(struct run *r, struct err *err)
{
	struct buf path = BUF_INIT;
	int got;

	if (r->finish.cache != NULL)
		return 0;
	if (cfg.cache == NULL)
		return err_set(err, ERR_USAGE,
			"a download, an archive or --exec needs --cache DIR");
	got = io_absolute(NULL, cfg.cache, &path, err);
	if (got == 0)
		got = io_make_dirs(path.data, err);
	if (got == 0)
		r->finish.cache = r->finish.errand.cache =
			arena_strdup(&r->arena, path.data);
	buf_release(&path);
	return got;
}

static int begin_probe(struct run *r, struct job *j, struct err *err)
{
	if (r->puller == NULL)
		r->puller = puller_open(&r->pull, err);
	if (r->puller == NULL)
		return -1;
	j->probe = probe_begin(r->puller, &j->arena, &j->url);
	return 0;
}

static int open_fetcher(struct run *r, struct err *err)
{
	struct fetch_options o = {
		.per_host = (unsigned int)cfg.set.per_host,
		.retries = (unsigned int)cfg.set.retries,
		.timeout = (unsigned int)cfg.set.timeout,
		.speed = (unsigned int)cfg.set.least,
		.deadline = cfg.set.deadline,
		.revalidate = cfg.set.revalidate,
		.rate = cfg.set.bytes_per_second,
		.access = r->access,
	};

	if (open_cache(r, err) < 0)
		return -1;
	o.cache = r->finish.cache;
	r->fetcher = fetcher_open(&o, err);
	return r->fetcher == NULL ? -1 : 0;
}

static int begin(struct run *r, struct job *j, struct err *err)
{
	const char *text = js_get_text(j->rec, "url");

	if (text == NULL)
		return err_set(err, ERR_DATA,
			"the record has no text 'url': "
			"pgf-fetch reads what pgf-expand writes");
	j->finish = (struct finish_item){ .arena = &j->arena,
		.url = text,
		.what.container = text,
		.file = &j->file,
		.err = &j->err };
	if ((!cfg.no_unpack &&
		    bundle_name_split(&j->arena, text, &j->finish.what, err) <
			    0) ||
		url_parse(&j->arena, j->finish.what.container, &j->url, err) <
			0)
		return err_in(err, "'%s'", url_show(&j->arena, text));
	if (checks_read(&j->checks, j->rec, err) < 0)
		return -1;
	if (cfg.set.head && (j->finish.what.kind != BUNDLE_NONE || cfg.exec))
		return err_set(err, ERR_DATA,
			"'%s' must be unpacked or changed: " PULL_REMEDY,
			url_show(&j->arena, text));
	if ((j->finish.what.kind != BUNDLE_NONE || cfg.exec != NULL) &&
		open_cache(r, err) < 0)
		return -1;
	if (j->url.kind == URL_LOCAL) {
		j->absent = local_is_absent(j->url.path);
		if (local_find(&r->local, &j->arena, j->url.path, &j->file,
			    err) < 0)
			return -1;
		return local_check(&j->arena, &j->file, &j->checks, err);
	}
	if (cfg.set.head &&
		pull_check(&j->url, url_show(&j->arena, text), err) < 0)
		return -1;
	if (!url_is_http(&j->url) && str_ends(j->url.wire, "/"))
		return err_set(err, ERR_DATA, "'%s' is a folder, not a file",
			url_show(&j->arena, text));
	if (access_resolve(r->access, &j->arena, &j->url, err) < 0)
		return err_in(err, "'%s'", url_show(&j->arena, text));
	if (cfg.set.head)
		return begin_probe(r, j, err);
	if (r->fetcher == NULL && open_fetcher(r, err) < 0)
		return -1;
	j->fetch = fetcher_add(r->fetcher, &j->arena, &j->url, &j->checks);
	return 0;
}

static void release_job(struct job *j)
{
	arena_release(&j->arena);
	mem_free(j);
}

/* Take one record into the queue; marks the end of the input. */
static void admit(struct run *r)
{
	struct job *j = mem_alloc(sizeof(*j));
	int got;

	*j = (struct job){ .arena = ARENA_INIT, .finish.err = &j->err };
	got = stream_next(r->in, &j->arena, &j->rec, &j->err);
	if (got == 0) {
		r->ended = true;
		release_job(j);
		return;
	}
	if (got < 0)
		j->rec = tool_bad_line(&j->arena, r->in);
	j->place = tool_place(&j->arena, r->in, j->rec);
	if (got > 0)
		(void)begin(r, j, &j->err);
	*r->last = j;
	r->last = &j->next;
	r->held++;
}

/* The download has come, if there is one; then file or err says what. */
static bool has_come(struct job *j)
{
	if ((j->fetch != NULL && !j->fetch->done) ||
		(j->probe != NULL && !j->probe->pull.done))
		return false;
	if (j->fetch != NULL && !j->taken) {
		j->file = j->fetch->file;
		j->err = j->fetch->err;
		j->absent = j->fetch->absent;
		j->taken = true;
	}
	return true;
}

/* What is left to do with a file holds up transfers, and is best done for many:
 * so it waits until no more records or files will come, or there is no room for
 * them. */
static bool is_done(struct run *r, struct job *first)
{
	struct finish_item *items[HELD_MAX];
	size_t n = 0;

	if (!has_come(first))
		return false;
	if (!finish_needs(&r->finish, &first->finish))
		return true;
	if (r->held < HELD_MAX &&
		(!r->ended || fetcher_stats(r->fetcher).running > 0))
		return false;
	for (struct job *j = first; j != NULL; j = j->next)
		if (has_come(j))
			items[n++] = &j->finish;
	finish_first(&r->finish, items, n);
	return true;
}

static int put_record(struct run *r, struct job *j, struct err *err)
{
	const struct cache_file *f = &j->file;
	struct js *file = j->remote ? j->remote : js_new_object(&j->arena);

	if (j->remote == NULL)
		cache_file_to_json(f, file);
	js_set(j->rec, "file", file);
	if (j->fetch != NULL && j->remote == NULL)
		log_info("%s '%s', %llu bytes", j->fetch->hit ? "have" : "got",
			url_show(&j->arena, j->url.key),
			(unsigned long long)f->size);
	return stream_put(r->out, j->rec, err);
}

static int emit(struct run *r, struct job *j, struct err *err)
{
	if (j->probe != NULL) {
		j->remote = js_new_object(&j->arena);
		if (probe_file(j->probe, js_get_text(j->rec, "url"), j->remote,
			    &j->err) < 0)
			j->remote = NULL;
	}
	if (j->err.kind == ERR_NONE)
		return put_record(r, j, err);
	err_in(&j->err, "%s", j->place);
	if (j->absent && cfg.skip_missing) {
		log_warn("skipped: %s", j->err.msg);
		j->remote = js_new_object(&j->arena);
		js_set(j->remote, "missing", js_new_bool(&j->arena, true));
		return put_record(r, j, err);
	}
	return tool_refuse(j->rec, &j->err, err);
}

/* Write what is done, up to the first that is not. */
static int emit_done(struct run *r, struct err *err)
{
	int got = 0;

	while (got == 0 && r->first != NULL && is_done(r, r->first)) {
		struct job *j = r->first;

		got = emit(r, j, err);
		r->first = j->next;
		if (r->first == NULL)
			r->last = &r->first;
		r->held--;
		release_job(j);
	}
	return got;
}

static bool can_admit(const struct run *r)
{
	return !r->ended && r->held < HELD_MAX &&
		(r->fetcher == NULL || fetcher_has_room(r->fetcher));
}

/* One step: take a record, or let the transfers go on.  While transfers run,
 * nobody waits for a record that has not come. */
static int step(struct run *r, struct err *err)
{
	int fd = -1;

	if (can_admit(r) &&
		(r->first == NULL || r->fetcher == NULL ||
			stream_ready(r->in, &fd))) {
		admit(r);
		return 0;
	}
	return r->puller ? puller_run(r->puller, fd, err) :
			   fetcher_run(r->fetcher, fd, err);
}

static int run_all(struct run *r, struct err *err)
{
	while (!r->ended || r->first != NULL) {
		if (step(r, err) < 0)
			return -1;
		if (emit_done(r, err) < 0)
			return -1;
		meter_show(&r->meter, fetcher_stats(r->fetcher), r->held,
			r->ended);
	}
	return 0;
}

static int apply_settings(struct run *r, struct err *err)
{
	const struct settings *s = &cfg.set;

	r->finish.unpack_limit = s->unpack_most;
	r->finish.errand.timeout = (unsigned int)s->exec_timeout;
	r->meter.form = s->form;
	r->meter.every = s->form == METER_JSON ? 1 : LINE_EVERY;
	if (cfg.exec != NULL &&
		command_parse(&r->arena, cfg.exec, &r->finish.errand.command,
			err) < 0) {
		err->kind = ERR_USAGE;
		return err_in(err, "--exec");
	}
	return 0;
}

/* The fetcher goes first: what it runs lives in the arenas of the jobs. */
static void release(struct run *r)
{
	log_live(NULL);
	fetcher_close(r->fetcher);
	puller_close(r->puller);
	access_close(r->access);
	while (r->first != NULL) {
		struct job *j = r->first;

		r->first = j->next;
		release_job(j);
	}
	arena_release(&r->arena);
	stream_close(r->in);
}

static int work(struct run *r, char **operands, struct err *err)
{
	int got;

	if (apply_settings(r, err) < 0)
		return -1;
	cfg.access.headers = &cfg.headers;
	cfg.access.query = &cfg.query;
	r->access = access_open(&cfg.access, err);
	if (r->access == NULL)
		return -1;
	r->pull = (struct pull_options){ r->access, cfg.set.bytes_per_second,
		(unsigned int)cfg.set.per_host, (unsigned int)cfg.set.retries,
		(unsigned int)cfg.set.timeout };
	r->in = tool_input(operands, err);
	r->out = r->in ? tool_output(err) : NULL;
	if (r->out == NULL ||
		local_open(&r->local, &r->arena, cfg.known, err) < 0)
		return -1;
	got = cfg.set.ranges ? ranges_serve(r->in, r->out, &r->pull, err) :
			       run_all(r, err);
	ledger_count(fetcher_stats(r->fetcher).bytes, 0, 0);
	return got;
}

static int fetch(char **operands, struct err *err)
{
	struct run r = { .arena = ARENA_INIT };
	int got;

	r.last = &r.first;
	got = work(&r, operands, err);
	release(&r);
	if (got < 0) {
		stream_abort(r.out);
		return -1;
	}
	return tool_publish(r.out, err) < 0 ? -1 : tool_verdict(err);
}

/* What is bad is published, too. */
static int verify(const char *operand, struct err *err)
{
	struct verify how = { cfg.cache, cfg.set.remove, NULL };
	struct err lost = ERR_INIT;
	int got;

	if (cfg.cache == NULL || operand != NULL)
		return err_set(err, ERR_USAGE,
			"--verify needs --cache DIR, and reads no FILE");
	how.out = tool_output(err);
	if (how.out == NULL)
		return -1;
	got = verify_run(&how, err);
	return tool_publish(how.out, got < 0 ? &lost : err) < 0 ? -1 : got;
}

static int run(char **operands, struct err *err)
{
	if (settings_check(&cfg.set, err) < 0)
		return -1;
	return cfg.set.verify ? verify(*operands, err) : fetch(operands, err);
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	int first = tool_begin(&spec, argc, argv, &err);

	return tool_end(first < 0 ? -1 : run(argv + first, &err), &err);
}
