/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pgf-slab: the values of a box of a variable, raw, for what is no table of
 * chunks.  A program of its own, so that the others start without the NetCDF
 * and HDF5 libraries.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "chunk/depot.h"
#include "format/input.h"
#include "format/netcdf.h"
#include "record/tool.h"

static struct {
	const char *start, *count, *recipe;
	bool remote;
} cfg;

/* Bytes asked for at once, at least; and of the record. */
enum { BLOCK = 1 << 15, RECORD_MAX = 1 << 16 };

static const struct opt opts[] = {
	{ OPT_TEXT, 0, "start", "I,J,..", &cfg.start,
		"first element along each dimension, instead of 0" },
	{ OPT_TEXT, 0, "count", "N,M,..", &cfg.count,
		"elements along each dimension, instead of all that follow" },
	{ OPT_FLAG, 0, "remote", NULL, &cfg.remote,
		"read from standard input which file on a server is meant, and "
		"of that file what is needed" },
	{ OPT_TEXT, 'r', "recipe", "RECIPE", &cfg.recipe,
		"with --remote, ask for it as its member fetch says" },
	{ OPT_END, 0, NULL, NULL, NULL, NULL },
};

static const struct opt_spec spec = {
	.name = "pgf-slab",
	.summary = "print the raw values of a variable",
	.synopsis = "[-qv] [--start I,J,..] [--count N,M,..] "
		    "{PATH | --remote [-r RECIPE]} VAR",
	.opts = opts,
	.more = tool_options,
};

/* "1,2,3" into v; the number of numbers, 0 for "". */
static int parse_list(const char *option, const char *text, uint64_t *v,
	struct err *err)
{
	const char *s = text;
	char *end;

	for (int n = 0; n < DATASET_MAX_NDIM; n++) {
		if (n == 0 && *s == '\0')
			return 0;
		errno = 0;
		v[n] = strtoull(s, &end, 10);
		if (*s < '0' || *s > '9' || errno != 0)
			break;
		if (*end == '\0')
			return n + 1;
		if (*end != ',')
			break;
		s = end + 1;
	}
	return err_set(err, ERR_USAGE,
		"--%s '%s' is not a list of at most %d "
		"whole numbers",
		option, text, DATASET_MAX_NDIM);
}

struct numbers {
	uint64_t start[DATASET_MAX_NDIM], count[DATASET_MAX_NDIM];
};

static int parse_box(struct numbers *n, struct pieces_box *box, struct err *err)
{
	int nstart = 0, ncount = 0;

	if (cfg.start != NULL)
		nstart = parse_list("start", cfg.start, n->start, err);
	if (cfg.count != NULL && nstart >= 0)
		ncount = parse_list("count", cfg.count, n->count, err);
	if (nstart < 0 || ncount < 0)
		return -1;
	if (cfg.start != NULL && cfg.count != NULL && nstart != ncount)
		return err_set(err, ERR_USAGE,
			"--start has %d numbers, "
			"--count has %d",
			nstart, ncount);
	box->start = cfg.start != NULL ? n->start : NULL;
	box->count = cfg.count != NULL ? n->count : NULL;
	box->ndim = (unsigned)(cfg.start != NULL ? nstart : ncount);
	return 0;
}

static int put(void *state, const void *bytes, size_t len, struct err *err)
{
	(void)state;
	return io_write_all(STDOUT_FILENO, bytes, len, err);
}

static int print_slab(const struct view *file, const char *variable,
	struct err *err)
{
	struct input in = { .file = file };
	struct pieces_box box;
	struct numbers numbers;
	const struct netcdf_sink sink = { put, NULL };
	struct netcdf_file *f;
	int result;

	if (parse_box(&numbers, &box, err) < 0)
		return -1;
	if (input_identify(&in, err) < 0)
		return err_in(err, "cannot open '%s'", file->path);
	f = input_library(&in, err);
	if (f == NULL)
		return err_in(err, "cannot open '%s'", file->path);
	result = netcdf_slab(f, variable, &box, &sink, err);
	netcdf_close(f);
	return result < 0 ? err_in(err, "'%s'", file->path) : 0;
}

static int print_local(const char *path, const char *variable, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), result;
	struct view file;
	struct stat st;

	if (fd < 0)
		return err_set(err, errno == ENOENT ? ERR_DATA : ERR_FAIL,
			"cannot open '%s': %s", path, strerror(errno));
	if (fstat(fd, &st) < 0) {
		result = err_sys(err, "cannot look at '%s'", path);
	} else {
		file = view_of_file(fd, path, (uint64_t)st.st_size);
		result = print_slab(&file, variable, err);
	}
	close(fd);
	return result;
}

static int print_copy(struct arena *a, struct depot *depot,
	const char *variable, struct err *err)
{
	struct buf text = BUF_INIT;
	struct origin *o = ARENA_NEW(a, struct origin, 1);
	struct depot_copy *copy = NULL;
	struct view file;
	int result = io_read_file("-", RECORD_MAX, &text, err);
	const struct js *rec =
		result == 0 ? js_parse(a, text.data, text.len, err) : NULL;

	buf_release(&text);
	if (rec != NULL && origin_read(a, rec, o, err) == 0)
		copy = depot_copy_of(depot, o, err);
	if (copy == NULL)
		return -1;
	file = view_of_copy(copy, o);
	result = print_slab(&file, variable, err);
	/* a library may go on without what it could not read */
	return depot_verdict(depot, err) < 0 ? -1 : result;
}

static int print_remote(const char *variable, struct err *err)
{
	struct arena a = ARENA_INIT;
	struct depot *depot = depot_open(BLOCK, cfg.recipe);
	int result = print_copy(&a, depot, variable, err);

	depot_close(depot);
	arena_release(&a);
	return result;
}

static int run(char **operands, struct err *err)
{
	int n = 0;

	while (n < 3 && operands[n] != NULL)
		n++;
	if (cfg.remote && n != 1)
		return err_set(err, ERR_USAGE,
			"with --remote one operand is needed: VAR");
	if (!cfg.remote && n != 2)
		return err_set(err, ERR_USAGE,
			"two operands are needed: PATH and VAR");
	return cfg.remote ? print_remote(operands[0], err) :
			    print_local(operands[0], operands[1], err);
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	int first = tool_begin(&spec, argc, argv, &err);

	return tool_end(first < 0 ? -1 : run(argv + first, &err), &err);
}
