/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pgf-fetch: items in, the same items out, each with the file it is.
 */
#include "base/log.h"
#include "base/size.h"
#include "build/sweep.h"
#include "net/haul.h"
#include "net/ranges.h"
#include "net/verify.h"
#include "record/tool.h"

static struct settings cfg = SETTINGS_INIT;

static const struct opt options[] = {
	{ OPT_TEXT, 'r', "recipe", "RECIPE", &cfg.recipe,
		"do as its member fetch says, where no option says otherwise" },
	{ OPT_TEXT, 0, "cache", "DIR", &cfg.cache,
		"keep downloads in DIR; needed unless all files are local" },
	{ OPT_COUNT, 0, "per-host", "N", &cfg.per_host,
		"fetch at most N files at once from one host (default 8)" },
	{ OPT_COUNT, 0, "retries", "N", &cfg.retries,
		"try a file N times more before giving up (default 5)" },
	{ OPT_COUNT, 0, "timeout", "SECONDS", &cfg.timeout,
		"end a transfer that brings nothing for so long (default 60)," },
	{ OPT_TEXT, 0, "least-speed", "BYTES", &cfg.speed,
		"or less than BYTES a second for so long, such as 10kB" },
	{ OPT_COUNT, 0, "deadline", "SECONDS", &cfg.deadline,
		"give up all that has not come after so long" },
	{ OPT_TEXT, 0, "rate", "SIZE", &cfg.rate,
		"take at most SIZE a second from one host, such as 10MB" },
	ACCESS_OPTIONS(cfg.access),
	{ OPT_TEXT, 0, "progress", "FORM", &cfg.progress,
		"json: tell every second how far it is, an object a line; none" },
	{ OPT_COUNT, 0, "progress-every", "SECONDS", &cfg.every,
		"tell that often where there is no terminal (default 60, json 1)" },
	{ OPT_FLAG, 0, "revalidate", NULL, &cfg.revalidate,
		"ask the server for whatever replaces a file in the cache" },
	{ OPT_FLAG, 0, "head", NULL, &cfg.head,
		"fetch nothing: say which version of a file the server has" },
	{ OPT_FLAG, 0, "ranges", NULL, &cfg.ranges,
		"bring ranges of files to other programs, as they ask for them" },
	{ OPT_FLAG, 0, "skip-missing", NULL, &cfg.skip_missing,
		"a file that is not there is no error: its record says so" },
	{ OPT_FLAG, 0, "verify", NULL, &cfg.verify,
		"read no records: say which files of the cache are bad" },
	{ OPT_FLAG, 0, "remove", NULL, &cfg.remove,
		"with --verify: remove those" },
	{ OPT_FLAG, 0, "gc", NULL, &cfg.gc,
		"remove from the cache what the records of FILE, a work folder or stdin do not name" },
	{ OPT_FLAG, 0, "dry-run", NULL, &cfg.dry,
		"with --gc: say what would go" },
	{ OPT_TEXT, 0, "known", "FILE", &cfg.known,
		"digest local files, but for what FILE, the last output, knows" },
	{ OPT_FLAG, 0, "no-unpack", NULL, &cfg.no_unpack,
		"leave compressed files and archives as they are" },
	{ OPT_TEXT, 0, "unpack-limit", "SIZE", &cfg.unpack_limit,
		"refuse to unpack files larger than SIZE (default 64GB)" },
	{ OPT_TEXT, 0, "exec", "COMMAND", &cfg.exec,
		"run COMMAND, which makes {out} of {in}, for every file" },
	{ OPT_COUNT, 0, "exec-timeout", "SECONDS", &cfg.exec_timeout,
		"end a COMMAND that takes longer (default 600)" },
	{ OPT_END, 0, NULL, NULL, NULL, NULL },
};

static const struct opt_spec spec = {
	.name = "pgf-fetch",
	.summary = "make a verified local copy of every file of a recipe",
	.synopsis =
		"[-kqv] [-r RECIPE] [--cache DIR] [--per-host N] [--retries N] [--timeout SECONDS] [--least-speed BYTES] "
		"[--deadline SECONDS] [--rate SIZE] [--header 'NAME: VALUE'] [--query NAME=VALUE] "
		"[--s3-endpoint URL] [--s3-region REGION] [--s3-anonymous] [--ssh-key FILE] [--known-hosts FILE] "
		"[--progress FORM] [--progress-every SECONDS] [--revalidate | --head | --ranges | --verify [--remove] | --gc [--dry-run]] [--skip-missing] [--known FILE] [--no-unpack] "
		"[--unpack-limit SIZE] [--exec COMMAND] [--exec-timeout SECONDS] [-o FILE] [FILE...]",
	.opts = options,
	.more = tool_filter_options,
};

static int open_sources(struct sources *from, struct err *err)
{
	if (settings_add_recipe(&cfg, &from->arena, err) < 0 ||
		settings_check(&cfg, err) < 0)
		return -1;
	return sources_open(from, &cfg, err);
}

/* Who asks for ranges reads answers, not what is printed: what is wrong from the
 * beginning, but for the command line, is the answer to all of them. */
static int haul(struct sources *from, char **operands, struct stream_out **out,
	struct err *err)
{
	int got = open_sources(from, err);
	const struct err why = *err;
	struct stream_in *in;

	if (got < 0 && (!cfg.ranges || err->kind == ERR_USAGE))
		return -1;
	err_clear(err);
	in = tool_input(operands, err);
	if (in == NULL)
		return -1;
	*out = tool_output(err);
	if (*out == NULL)
		got = -1;
	else if (got < 0)
		got = ranges_refuse(in, *out, &why, err);
	else
		got = cfg.ranges ? ranges_serve(in, *out, &from->pull, err) :
				   haul_run(from, in, *out, err);
	stream_close(in);
	return got;
}

static int fetch(char **operands, struct err *err)
{
	struct sources from = SOURCES_INIT;
	struct stream_out *out = NULL;
	int got = haul(&from, operands, &out, err);

	sources_close(&from);
	if (got < 0) {
		stream_abort(out);
		return -1;
	}
	return tool_publish(out, err) < 0 ? -1 : tool_verdict(err);
}

/* What is bad is published, too. */
static int verify(const char *operand, struct err *err)
{
	struct verify how = { cfg.cache, cfg.remove, NULL };
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

/* The records tell what goes, or would. */
static int sweep(char **operands, struct err *err)
{
	struct sweep how = { .cache = cfg.cache,
		.from = operands,
		.dry = cfg.dry };
	struct sweep_done done;
	char bytes[SIZE_TEXT];

	if (cfg.cache == NULL)
		return err_set(err, ERR_USAGE, "--gc needs --cache DIR");
	how.out = tool_output(err);
	if (how.out == NULL)
		return -1;
	if (sweep_run(&how, &done, err) < 0) {
		stream_abort(how.out);
		return -1;
	}
	size_text((double)done.bytes, bytes);
	log_info("%llu files, %s, %s; %llu stay",
		(unsigned long long)done.files, bytes,
		cfg.dry ? "would go" : "are gone",
		(unsigned long long)done.kept);
	return tool_publish(how.out, err);
}

static int run(char **operands, struct err *err)
{
	if (!cfg.verify && !cfg.gc)
		return fetch(operands, err);
	if (settings_check(&cfg, err) < 0)
		return -1;
	return cfg.gc ? sweep(operands, err) : verify(*operands, err);
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	int first = tool_begin(&spec, argc, argv, &err);

	return tool_end(first < 0 ? -1 : run(argv + first, &err), &err);
}
