/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tool: what every program does the same way.
 *
 * Common options, the loop over records, where errors are printed, and the
 * exit code.  A program is a table of options, a function from record to
 * records, and a main of ten lines:
 *
 *	int main(int argc, char **argv)
 *	{
 *		struct err err = ERR_INIT;
 *		int first = tool_begin(&spec, argc, argv, &err);
 *
 *		return tool_end(first < 0 ? -1 : run(argv + first, &err), &err);
 *	}
 */
#ifndef PGF_TOOL_H
#define PGF_TOOL_H

#include "base/opt.h"
#include "record/json.h"
#include "record/stream.h"

/* Options of programs that write (-o, --stamp, --ledger, --stage, --turns) and of filters (these, and
 * --files-from, -k, --rejects): set spec.more to one of them, or to
 * tool_options for -q and -v alone. */
extern const struct opt tool_options[];
extern const struct opt tool_output_options[];
extern const struct opt tool_filter_options[];

/* Name the program, parse the command line.  As opt_parse. */
int tool_begin(const struct opt_spec *spec, int argc, char **argv,
	struct err *err) PGF_CHECKED;

/* A reader over the operands, or over --files-from, or stdin. */
struct stream_in *tool_input(char **operands, struct err *err) PGF_CHECKED;

/* A reader over the files that are named in path, one a line.  ERR_DATA: none
 * is. */
struct stream_in *tool_input_listed(const char *path,
	struct err *err) PGF_CHECKED;

/* A writer to -o, or stdout; and its publication (with --stamp). */
struct stream_out *tool_output(struct err *err) PGF_CHECKED;
int tool_publish(struct stream_out *out, struct err *err) PGF_CHECKED;

/* The output of a record: call stream_put(out, ...) any number of times. */
struct tool_sink {
	struct stream_out *out;
	struct arena *arena; /* dies with the record */
	void *state;         /* the program's own */
};

typedef int tool_record_fn(struct js *rec, struct tool_sink *sink,
	struct err *err);

/* Read every record of the input, call fn, and publish the output.  A record
 * that fails stops the run with "FILE:LINE: key ...: cause"; with -k a failure
 * of kind ERR_DATA or ERR_TEMP is printed, the record goes to --rejects with a member
 * "error", and the run goes on, to end with ERR_FAIL, or with ERR_TEMP if all that
 * failed may go well the next time.  Nothing is published to
 * -o after a failure without -k. */
int tool_each(char **operands, tool_record_fn *fn, void *state,
	struct err *err) PGF_CHECKED;

/* The loop alone, for a program whose output is one thing made of all records:
 * fn is called for each, with -k as in tool_each (tool_verdict says at the end
 * whether any was refused).  sink->arena must be set; it is reset after each
 * record. */
int tool_walk(struct stream_in *in, struct tool_sink *sink, tool_record_fn *fn,
	struct err *err) PGF_CHECKED;

typedef int tool_line_fn(const char *text, size_t len, struct tool_sink *sink,
	struct err *err);

/* The same for a program that need not parse every line to know what it says. */
int tool_walk_lines(struct stream_in *in, struct tool_sink *sink,
	tool_line_fn *fn, struct err *err) PGF_CHECKED;

/* "key time=3 variable=sst" of a record that has a key, for messages; "" if it
 * has none.  Lives in the arena. */
const char *tool_key_text(struct arena *a, const struct js *rec);

/* The pieces of tool_each, for a program that has several records under way at
 * once.  Where the record just read stands, "FILE:LINE: key time=3" (rec may be
 * one without a key); the line just read as a record {"text":..}, if it could
 * not be parsed.  Both live in the arena. */
const char *tool_place(struct arena *a, const struct stream_in *in,
	const struct js *rec);
struct js *tool_bad_line(struct arena *a, const struct stream_in *in);

/* rec failed because of *why, whose text begins with its place: 0 if the run
 * goes on, because of -k, and then it was printed and rejected; else -1, and
 * *err is *why. */
int tool_refuse(struct js *rec, const struct err *why,
	struct err *err) PGF_CHECKED;

/* At the end: -1 if a record was refused. */
int tool_verdict(struct err *err) PGF_CHECKED;

/* Print the one message, check stdout, return the exit code for main.  result
 * is 0 or -1. */
int tool_end(int result, struct err *err);

#endif
