/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One place prints, one place decides the exit code.  The state below is the
 * command line of this process, which is why it may be static.
 */
#include "record/tool.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/log.h"
#include "base/str.h"
#include "record/ledger.h"
#include "record/turn.h"

static struct {
	const struct opt_spec *spec;
	const char *output, *stamp, *ledger, *stage, *turns, *files_from,
		*rejects;
	bool keep_going, quiet, verbose;
	struct arena names;     /* of --files-from */
	struct stream_out *bad; /* --rejects, once there is one */
	uint64_t rejected;
	bool is_hopeless; /* some of them will fail again */
} cfg;

#define OPT_QUIET                                                             \
	{                                                                     \
		OPT_FLAG, 'q', "quiet", NULL, &cfg.quiet, "print errors only" \
	}
#define OPT_VERBOSE                                           \
	{                                                     \
		OPT_FLAG, 'v', "verbose", NULL, &cfg.verbose, \
			"say more on stderr"                  \
	}
#define OPT_OUTPUT                                                              \
	{                                                                       \
		OPT_TEXT, 'o', "output", "FILE", &cfg.output,                   \
			"write to FILE, which appears whole, instead of stdout" \
	}
#define OPT_STAMP                                                                         \
	{                                                                                 \
		OPT_TEXT, 0, "stamp", "FILE", &cfg.stamp,                                 \
			"leave an output that has not changed untouched, then touch FILE" \
	}
#define OPT_LEDGER                                                          \
	{                                                                   \
		OPT_TEXT, 0, "ledger", "FILE", &cfg.ledger,                 \
			"append what this task did to FILE, if it is there" \
	}
#define OPT_STAGE                                                                                \
	{                                                                                        \
		OPT_TEXT, 0, "stage", "NAME", &cfg.stage,                                        \
			"what that file is to call the stage of this task; default: the program" \
	}
#define OPT_TURNS                                                       \
	{                                                               \
		OPT_TEXT, 0, "turns", "FILE", &cfg.turns,               \
			"begin when fewer than the bytes of FILE do so" \
	}
#define OPT_LAST                                   \
	{                                          \
		OPT_END, 0, NULL, NULL, NULL, NULL \
	}

const struct opt tool_options[] = { OPT_QUIET, OPT_VERBOSE, OPT_LAST };

const struct opt tool_output_options[] = {
	OPT_OUTPUT,
	OPT_STAMP,
	OPT_LEDGER,
	OPT_STAGE,
	OPT_TURNS,
	OPT_QUIET,
	OPT_VERBOSE,
	OPT_LAST,
};

const struct opt tool_filter_options[] = {
	OPT_OUTPUT,
	OPT_STAMP,
	OPT_LEDGER,
	OPT_STAGE,
	OPT_TURNS,
	{ OPT_TEXT, 0, "files-from", "FILE", &cfg.files_from,
		"read the names of the input files from FILE, one a line" },
	{ OPT_FLAG, 'k', "keep-going", NULL, &cfg.keep_going,
		"report a bad record, go on, and fail at the end" },
	{ OPT_TEXT, 0, "rejects", "FILE", &cfg.rejects,
		"with -k: append bad records with a member error to FILE" },
	OPT_QUIET,
	OPT_VERBOSE,
	OPT_LAST,
};

static void begin_ledger(void)
{
	const char *name = cfg.spec->name;
	const struct ledger_task task = { cfg.output, name,
		cfg.stage ? cfg.stage : name + strlen("pgf-") };

	ledger_begin(cfg.ledger, &task);
}

int tool_begin(const struct opt_spec *spec, int argc, char **argv,
	struct err *err)
{
	int first;

	cfg.spec = spec;
	log_init(spec->name);
	/* A file that may grow no more is an error that can be told. */
	signal(SIGXFSZ, SIG_IGN);
	first = opt_parse(spec, argc, argv, err);
	if (first < 0)
		return -1;
	if (cfg.quiet)
		log_set_level(LOG_QUIET);
	else if (cfg.verbose)
		log_set_level(LOG_VERBOSE);
	if (cfg.stamp != NULL && cfg.output == NULL)
		return err_set(err, ERR_USAGE, "--stamp needs --output");
	if (cfg.rejects != NULL && !cfg.keep_going)
		return err_set(err, ERR_USAGE, "--rejects needs --keep-going");
	if (cfg.turns != NULL && turn_take(cfg.turns, err) < 0)
		return -1;
	begin_ledger();
	return first;
}

struct stream_in *tool_input_listed(const char *path, struct err *err)
{
	struct buf text = BUF_INIT;
	size_t n = 0, lines = 1;
	const char **names;
	char *s;

	if (io_read_file(path, SIZE_MAX, &text, err) < 0) {
		buf_release(&text);
		return NULL;
	}
	s = arena_strndup(&cfg.names, text.len ? text.data : "", text.len);
	buf_release(&text);
	for (const char *c = s; *c != '\0'; c++)
		lines += *c == '\n';
	names = ARENA_NEW(&cfg.names, const char *, lines);
	while (*s != '\0') {
		size_t len = strcspn(s, "\n");
		bool last = s[len] == '\0';

		s[len] = '\0';
		if (len > 0)
			names[n++] = s;
		s += len + !last;
	}
	if (n == 0)
		err_set(err, ERR_DATA, "'%s' names no file", path);
	return n ? stream_open(names, n) : NULL;
}

struct stream_in *tool_input(char **operands, struct err *err)
{
	const char **names;
	size_t n = 0;

	if (cfg.files_from != NULL)
		return tool_input_listed(cfg.files_from, err);
	while (operands[n] != NULL)
		n++;
	names = ARENA_NEW(&cfg.names, const char *, n);
	for (size_t i = 0; i < n; i++)
		names[i] = operands[i];
	return stream_open(names, n);
}

struct stream_out *tool_output(struct err *err)
{
	return stream_create(cfg.output, err);
}

int tool_publish(struct stream_out *out, struct err *err)
{
	return stream_commit(out, cfg.stamp, err);
}

static void add_key_part(struct buf *text, const struct js *part)
{
	for (void *it = js_first(part); it; it = js_next(part, it)) {
		const char *value = js_text(js_member(it));
		int64_t n = 0;

		buf_addf(text, "%s%s=", text->len ? " " : "key ", js_name(it));
		if (value != NULL)
			buf_adds(text, value);
		else if (js_i64(js_member(it), &n))
			buf_addf(text, "%lld", (long long)n);
	}
}

const char *tool_key_text(struct arena *a, const struct js *rec)
{
	const struct js *key = js_get(rec, "key");
	struct buf text = BUF_INIT;
	char *copy;

	add_key_part(&text, js_get(key, "concat"));
	add_key_part(&text, js_get(key, "merge"));
	add_key_part(&text, js_get(key, "offset"));
	copy = arena_strndup(a, text.len ? text.data : "", text.len);
	buf_release(&text);
	return copy;
}

const char *tool_place(struct arena *a, const struct stream_in *in,
	const struct js *rec)
{
	const char *key = tool_key_text(a, rec);

	return arena_printf(a, "%s:%llu%s%s", stream_name(in),
		(unsigned long long)stream_line(in), *key ? ": " : "", key);
}

struct js *tool_bad_line(struct arena *a, const struct stream_in *in)
{
	struct js *rec = js_new_object(a);
	size_t len;
	const char *text = stream_text(in, &len);

	if (len > 0 && str_is_utf8(text, len) && strlen(text) == len)
		js_set_text(rec, "text", text);
	return rec;
}

/* Add the record to --rejects, which appears at the end. */
static int put_reject(struct js *rec, const struct err *why, struct err *err)
{
	if (cfg.rejects == NULL)
		return 0;
	if (cfg.bad == NULL)
		cfg.bad = stream_create(cfg.rejects, err);
	if (cfg.bad == NULL)
		return -1;
	js_set_text(rec, "error", why->msg);
	return stream_put(cfg.bad, rec, err);
}

int tool_refuse(struct js *rec, const struct err *why, struct err *err)
{
	bool mine = why->kind == ERR_DATA || why->kind == ERR_TEMP;

	if (!cfg.keep_going || !mine) {
		*err = *why;
		return -1;
	}
	log_error("%s", why->msg);
	if (put_reject(rec, why, err) < 0)
		return -1;
	cfg.rejected++;
	cfg.is_hopeless |= why->kind != ERR_TEMP;
	return 0;
}

int tool_verdict(struct err *err)
{
	if (cfg.rejected == 0)
		return 0;
	return err_set(err, cfg.is_hopeless ? ERR_FAIL : ERR_TEMP,
		"%llu bad records", (unsigned long long)cfg.rejected);
}

/* The line just read as a record, to speak of it. */
static struct js *parse_line(struct arena *a, const struct stream_in *in)
{
	struct err ignored = ERR_INIT;
	size_t len;
	const char *text = stream_text(in, &len);
	struct js *rec = js_parse(a, text, len, &ignored);

	return js_type(rec) == JS_OBJECT ? rec : tool_bad_line(a, in);
}

static int one_line(struct stream_in *in, struct tool_sink *sink,
	tool_line_fn *fn, struct err *err)
{
	struct err why = ERR_INIT;
	struct js *rec;
	size_t len;
	const char *text;
	int got = stream_next_line(in, &why);

	if (got == 0)
		return 0;
	text = stream_text(in, &len);
	if (got > 0 && fn(text, len, sink, &why) == 0)
		return 1;
	rec = got > 0 ? parse_line(sink->arena, in) :
			tool_bad_line(sink->arena, in);
	err_in(&why, "%s", tool_place(sink->arena, in, rec));
	return tool_refuse(rec, &why, err) < 0 ? -1 : 1;
}

int tool_walk_lines(struct stream_in *in, struct tool_sink *sink,
	tool_line_fn *fn, struct err *err)
{
	int got;

	while ((got = one_line(in, sink, fn, err)) > 0)
		arena_reset(sink->arena);
	return got;
}

static int one_record(struct stream_in *in, struct tool_sink *sink,
	tool_record_fn *fn, struct err *err)
{
	struct err why = ERR_INIT;
	struct js *rec = NULL;
	int got = stream_next(in, sink->arena, &rec, &why);

	if (got == 0)
		return 0;
	if (got > 0 && fn(rec, sink, &why) == 0)
		return 1;
	if (got < 0)
		rec = tool_bad_line(sink->arena, in);
	err_in(&why, "%s", tool_place(sink->arena, in, rec));
	return tool_refuse(rec, &why, err) < 0 ? -1 : 1;
}

int tool_walk(struct stream_in *in, struct tool_sink *sink, tool_record_fn *fn,
	struct err *err)
{
	int got;

	while ((got = one_record(in, sink, fn, err)) > 0)
		arena_reset(sink->arena);
	return got;
}

int tool_each(char **operands, tool_record_fn *fn, void *state, struct err *err)
{
	struct arena arena = ARENA_INIT;
	struct tool_sink sink = { .arena = &arena, .state = state };
	struct stream_in *in = tool_input(operands, err);
	int got = -1;

	if (in != NULL)
		sink.out = tool_output(err);
	if (sink.out != NULL)
		got = tool_walk(in, &sink, fn, err);
	arena_release(&arena);
	stream_close(in);
	if (got < 0) {
		stream_abort(sink.out);
		return -1;
	}
	if (tool_publish(sink.out, err) < 0)
		return -1;
	return tool_verdict(err);
}

int tool_end(int result, struct err *err)
{
	struct err lost = ERR_INIT;

	arena_release(&cfg.names);
	if (cfg.bad != NULL && stream_commit(cfg.bad, NULL, &lost) < 0 &&
		result == 0) {
		*err = lost;
		result = -1;
	}
	if (fflush(stdout) != 0 && result == 0)
		result = err_sys(err, "cannot write '<stdout>'");
	if (result != 0)
		result = err->kind ? (int)err->kind : ERR_FAIL;
	ledger_end(result, result ? err->msg : NULL);
	if (result == 0)
		return 0;
	log_error("%s", err->msg);
	if (err->kind == ERR_USAGE)
		log_error("try '%s --help'", cfg.spec->name);
	return result;
}
