/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode regions FILE...   the values of regions, gathered as pgf-write does
 * decode netcdf FILE...    the values of the same files, one whole variable after
 *                          the other, as netcdf-c reads them
 *
 * Nothing is encoded or written; the bytes of values are printed.  For decode.py.
 */
#include <inttypes.h>
#include <netcdf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/io.h"
#include "chunk/canvas.h"
#include "record/json.h"

static void stop(const char *subject, const char *cause)
{
	fprintf(stderr, "decode: %s: %s\n", subject, cause);
	exit(1);
}

static uint64_t fill_region(struct canvas *c, struct region *r)
{
	struct err err = ERR_INIT;
	uint64_t n = r->target.dtype.size;

	if (canvas_begin(c, r, 1, &err) < 0 || canvas_fill(c, &err) < 0)
		stop(r->target.name, err.msg);
	for (unsigned i = 0; i < r->target.ndim; i++)
		n *= r->size[i];
	return n;
}

static uint64_t read_regions(const char *path)
{
	static struct canvas *canvas;
	struct arena a = ARENA_INIT;
	struct buf text = BUF_INIT;
	struct err err = ERR_INIT;
	uint64_t n = 0;

	if (canvas == NULL)
		canvas = canvas_open(NULL);
	if (io_read_file(path, SIZE_MAX, &text, &err) < 0)
		stop(path, err.msg);
	for (char *at = text.data, *end; at < text.data + text.len;
		at = end + 1) {
		struct region region;
		struct js *rec;

		end = strchr(at, '\n');
		rec = js_parse(&a, at, (size_t)(end - at), &err);
		if (rec == NULL ||
			region_from_record(&a, rec, &region, &err) < 0)
			stop(path, err.msg);
		n += fill_region(canvas, &region);
		arena_reset(&a);
	}
	buf_release(&text);
	arena_release(&a);
	return n;
}

static void must(const char *path, int status)
{
	if (status != NC_NOERR)
		stop(path, nc_strerror(status));
}

static uint64_t read_netcdf(const char *path)
{
	static struct buf values;
	int file, nvars;
	uint64_t all = 0;

	must(path, nc_open(path, NC_NOWRITE, &file));
	must(path, nc_inq_nvars(file, &nvars));
	for (int v = 0; v < nvars; v++) {
		int ndims, dims[NC_MAX_VAR_DIMS];
		nc_type type;
		size_t n, len;

		must(path,
			nc_inq_var(file, v, NULL, &type, &ndims, dims, NULL));
		must(path, nc_inq_type(file, type, NULL, &n));
		for (int i = 0; i < ndims; i++, n *= len)
			must(path, nc_inq_dimlen(file, dims[i], &len));
		buf_reserve(&values, n);
		must(path, nc_get_var(file, v, values.data));
		all += n;
	}
	must(path, nc_close(file));
	return all;
}

int main(int argc, char **argv)
{
	uint64_t n = 0;

	if (argc < 3)
		stop("usage", "decode regions|netcdf FILE...");
	for (int i = 2; i < argc; i++)
		n += strcmp(argv[1], "netcdf") == 0 ? read_netcdf(argv[i]) :
						      read_regions(argv[i]);
	printf("%" PRIu64 "\n", n);
	return 0;
}
