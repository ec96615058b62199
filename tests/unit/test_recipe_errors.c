/* SPDX-License-Identifier: Apache-2.0 */
/* Recipes: what is wrong, with line, member and remedy. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "recipe/recipe.h"

/* An error in one section; line 1 is the name. */
#define IN(section) "name: a\n" section
#define AT(line) "/f/r.yaml:" #line ": "
#define PATTERN(dims) "pattern:\n  url: 'x{t}'\n  dims:\n" dims

static const struct {
	const char *text, *message;
	unsigned need;
} bad[] = {
	{ "text", AT(1) "a recipe is a mapping of members, as in 'name: demo'",
		0 },
	{ "[1]", AT(1) "a recipe is a mapping of members, as in 'name: demo'",
		0 },
	{ "title: x", "/f/r.yaml: member 'name' is missing in 'recipe'", 0 },
	{ "name: a\n\npatern: {}",
		AT(3) "unknown member 'patern' in 'recipe'; did you mean "
		      "'pattern'?",
		0 },
	{ IN("zzzzzz: {}"),
		AT(2) "unknown member 'zzzzzz' in 'recipe'; known: 'name', "
		      "'title', 'description', 'license', 'keywords', "
		      "'provenance', 'maintainers', 'pattern', 'fetch', 'combine', "
		      "'target', 'run'",
		0 },
	{ "name: 5", AT(1) "'name' must be text, not an integer", 0 },
	{ "name: Ab",
		AT(1) "'name' must be 1 to 63 of the characters a-z, 0-9 and "
		      "'-', the first a letter, not 'Ab'",
		0 },
	{ "name: ../x",
		AT(1) "'name' must be 1 to 63 of the characters a-z, 0-9 and "
		      "'-', the first a letter, not '../x'",
		0 },
	{ "name: \"\"",
		AT(1) "'name' must be 1 to 63 of the characters a-z, 0-9 and "
		      "'-', the first a letter, not ''",
		0 },
	{ "name: -a",
		AT(1) "'name' must be 1 to 63 of the characters a-z, 0-9 and "
		      "'-', the first a letter, not '-a'",
		0 },
	{ IN("title: [x]"), AT(2) "'title' must be text, not a list", 0 },
	{ IN("title: ''"), AT(2) "'title' must not be empty", 0 },
	{ IN("keywords: [x,\n 5]"),
		AT(3) "'keywords[1]' must be text, not an integer", 0 },
	{ IN("provenance: x"), AT(2) "'provenance' must be a mapping, not text",
		0 },
	{ IN("maintainers: {}"),
		AT(2) "'maintainers' must be a list, not a mapping", 0 },
	{ IN("fetch:"), AT(2) "'fetch' must be a mapping, not nothing", 0 },
	{ IN("fetch: {per_host: 0}"),
		AT(2) "'fetch.per_host' must be 1 to 256, not 0", 0 },
	{ IN("fetch: {retries: yes}"),
		AT(2) "'fetch.retries' must be an integer, not text", 0 },
	{ IN("fetch: {header: {}}"),
		AT(2) "unknown member 'header' in 'fetch'; did you mean "
		      "'headers'?",
		0 },
	{ IN("run: {jobs: -1}"), AT(2) "'run.jobs' must be 0 to 10000, not -1",
		0 },
	{ IN("run: {jobs: '4'}"),
		AT(2) "'run.jobs' must be an integer, not "
		      "text",
		0 },
	{ IN("combine: {packing: zzzz}"),
		AT(2) "'combine.packing' must be one of 'unpack', 'repack', "
		      "'error', not 'zzzz'",
		0 },
	{ IN("combine: {packing: [unpack]}"),
		AT(2) "'combine.packing' must be 'unpack', 'repack', 'error', "
		      "or a mapping of variables, not a list",
		0 },
	{ IN("combine:\n  packing:\n    sst: repak"),
		AT(4) "'combine.packing.sst' must be one of 'unpack', "
		      "'repack', 'error', not 'repak'; did you mean 'repack'?",
		0 },
	{ IN("combine: {packing: {sst: 5}}"),
		AT(2) "'combine.packing.sst' must be 'unpack', 'repack', "
		      "'error', or a mapping that states a packing, not an "
		      "integer",
		0 },
	{ IN("combine: {packing: {'*': {dtype: int16}}}"),
		AT(2) "'combine.packing.*' must be text, not a mapping", 0 },
	{ IN("combine: {packing: {sst: {scale_factor: 0.5}}}"),
		AT(2) "member 'dtype' is missing in 'combine.packing.sst'", 0 },
	{ IN("combine:\n  packing:\n    sst:\n      dtype: int16\n"
	     "      scale_facter: 1"),
		AT(6) "unknown member 'scale_facter' in 'combine.packing.sst'; "
		      "did you mean 'scale_factor'?",
		0 },
	{ IN("combine: {packing: {sst: {dtype: float32}}}"),
		AT(2) "'combine.packing.sst.dtype' must be one of 'int8', "
		      "'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', "
		      "'uint64', not 'float32'",
		0 },
	{ IN("combine: {packing: {sst: {dtype: int8, _FillValue: 128}}}"),
		AT(2) "'combine.packing.sst._FillValue' must be a number that "
		      "int8 holds",
		0 },
	{ IN("combine: {packing: {sst: {dtype: int8, _FillValue: 0.5}}}"),
		AT(2) "'combine.packing.sst._FillValue' must be a number that "
		      "int8 holds",
		0 },
	{ IN("combine: {packing: {sst: {dtype: int8, add_offset: x}}}"),
		AT(2) "'combine.packing.sst.add_offset' must be a number, not "
		      "text",
		0 },
	{ IN("combine: {packing: {sst: {dtype: int8, scale_factor: 0}}}"),
		AT(2) "'combine.packing.sst': 'scale_factor' is 0", 0 },
	{ IN("combine: {gap: warn}"),
		AT(2) "unknown member 'gap' in 'combine'; did you mean "
		      "'gaps'?",
		0 },
	{ IN("combine: {static: close}"),
		AT(2) "'combine.static' needs a tolerance with 'close', as in "
		      "{close: 0.001}",
		0 },
	{ IN("combine:\n  static:\n    close: near"),
		AT(4) "'combine.static.close' must be a number, not text", 0 },
	{ IN("combine:\n  static:\n    close: -1"),
		AT(4) "'combine.static.close' is how far values may be apart: "
		      "it must be finite and not negative",
		0 },
	{ IN("combine: {static: {clos: 1}}"),
		AT(2) "unknown member 'clos' in 'combine.static'; did you mean "
		      "'close'?",
		0 },
	{ IN("combine: {attrs_add: {a: {b: 1}}}"),
		AT(2) "'combine.attrs_add.a' must be text, a number, or a list "
		      "of such, not a mapping",
		0 },
	{ IN("combine: {attrs_add: {a: []}}"),
		AT(2) "'combine.attrs_add.a' must be text, a number, or a list "
		      "of such, not a list",
		0 },
	{ IN("combine: {attrs_add: [x]}"),
		AT(2) "'combine.attrs_add' must be a mapping, not a list", 0 },
	{ IN("target: {zarr_format: 4}"),
		AT(2) "'target.zarr_format' must be 2 to 3, not 4", 0 },
	{ IN("target: {consolidated: yes}"),
		AT(2) "'target.consolidated' must be true or false, not text",
		0 },
	{ IN("target: {store: 's3://b/x'}"),
		AT(2) "'target.store' must be a folder, not a URL", 0 },
	{ IN("target: {store: \"a\\nb\"}"),
		AT(2) "'target.store' must not hold line ends or tabs", 0 },
	{ IN("target: {sharps: {time: 2}}"),
		AT(2) "unknown member 'sharps' in 'target'; did you mean "
		      "'shards'?",
		0 },
	{ IN("target: {zarr_format: 2, shards: {time: 2}}"),
		AT(2) "'target.shards' is nothing that Zarr v2 has; leave it "
		      "out or set zarr_format 3",
		0 },
	{ IN("target:\n  chunks:\n    time: 0"),
		AT(4) "'target.chunks.time' must be a length >= 1, or -1 for "
		      "the whole dimension, not 0",
		0 },
	{ IN("target:\n  chunks:\n    sst:\n      time: 1.5"),
		AT(5) "'target.chunks.sst.time' must be a length, -1, or a "
		      "size such as '100MB', not a real",
		0 },
	{ IN("target: {chunks: {time: null}}"),
		AT(2) "'target.chunks.time' must be a length, -1, a size such "
		      "as '100MB', or a mapping of a variable's dimensions to "
		      "such, not nothing",
		0 },
	{ IN("target: {chunks: [1]}"),
		AT(2) "'target.chunks' must be a mapping, a length, -1, or a "
		      "size such as '100MB', not a list",
		0 },
	{ IN("target:\n  chunks:\n    time: auto"),
		AT(4) "'target.chunks.time' must be a length, -1, or a size "
		      "such as '100MB' or '64MiB', not 'auto'",
		0 },
	{ IN("target: {chunks: auto}"),
		AT(2) "'target.chunks' must be a length, -1, or a size such as "
		      "'100MB' or '64MiB', not 'auto'",
		0 },
	{ IN("target: {chunks: {time: '20'}}"),
		AT(2) "'target.chunks.time' must be a length, -1, or a size "
		      "such as '100MB' or '64MiB', not '20'",
		0 },
	{ IN("target: {chunks: 3GB}"),
		AT(2) "'target.chunks' is '3GB', and codecs take chunks of at "
		      "most 2147483631 bytes",
		0 },
	{ IN("target: {chunks: {time: 2147483632}}"),
		AT(2) "'target.chunks.time' is longer than any chunk; -1 is "
		      "the whole dimension",
		0 },
	{ IN("target:\n  chunks:\n    x: 1KiB\n    y: 2KiB"),
		AT(5) "'target.chunks.y' is '2KiB', and another entry says "
		      "'1KiB': a chunk has one size",
		0 },
	{ IN("target:\n  chunks:\n    x: 1KiB\n    ...: 2KiB"),
		AT(5) "'target.chunks....' is '2KiB', and another entry says "
		      "'1KiB': a chunk has one size",
		0 },
	{ IN("target:\n  chunks:\n    ...: 1MB\n    sst:\n      y: 2MB"),
		AT(5) "'target.chunks.sst' says '2MB', and '1MB' for all "
		      "variables is left to reach its other dimensions: a "
		      "chunk has one size; say '...' here too",
		0 },
	{ IN("target:\n  chunks:\n    sst: {y: 2MB, x: 3MB}"),
		AT(4) "'target.chunks.sst.x' is '3MB', and another entry says "
		      "'2MB': a chunk has one size",
		0 },
	{ IN("target:\n  chunks:\n    x: 1MB\n    ...: {size: 1MB}"),
		AT(5) "'target.chunks....' chooses the lengths that entries "
		      "beside it give a size for; say one or the other",
		0 },
	{ IN("target: {chunks: {...: {aspect: {x: 1}}}}"),
		AT(2) "member 'size' is missing in 'target.chunks....'", 0 },
	{ IN("target: {chunks: {...: {size: 10}}}"),
		AT(2) "'target.chunks.....size' must be a size such as "
		      "'100MB', not an integer",
		0 },
	{ IN("target: {chunks: {...: {size: 1MB, aspect: {x: 0}}}}"),
		AT(2) "'target.chunks.....aspect.x' must be 1 to 1000000, not "
		      "0",
		0 },
	{ IN("target: {chunks: {x: 4, ...: {size: 1MB, aspect: {x: 2}}}}"),
		AT(2) "'target.chunks.....aspect.x' is of no use, because the "
		      "chunk's length along 'x' is set beside it",
		0 },
	{ IN("target: {chunks: {...: {size: 1MB, tolerance: 2}}}"),
		AT(2) "'target.chunks.....tolerance' must be a number from 0 "
		      "to 1",
		0 },
	{ IN("target: {chunks: {...: {size: 1MB, ratio: {}}}}"),
		AT(2) "unknown member 'ratio' in 'target.chunks....'; known: "
		      "'size', 'aspect', 'tolerance'",
		0 },
	{ IN("target: {codecs: kept}"),
		AT(2) "'target.codecs' must be a list of codecs, 'keep', or a "
		      "mapping of such, not text",
		0 },
	{ IN("target: {codecs: {a: blosc}}"),
		AT(2) "'target.codecs.a' must be a list of codecs, or 'keep', not text",
		0 },
	{ IN("target: {codecs: [blosc]}"),
		AT(2) "'target.codecs[0]' must be a mapping, not text", 0 },
	{ IN("target: {codecs: [{}]}"),
		AT(2) "member 'name' is missing in 'target.codecs[0]'", 0 },
	{ IN("target: {codecs: [{name: blosk}]}"),
		AT(2) "'target.codecs[0].name' must be one of 'blosc', 'zstd', "
		      "'gzip', 'crc32c', 'bytes', not 'blosk'; did you mean "
		      "'blosc'?",
		0 },
	{ IN("target:\n  codecs:\n  - name: zstd\n    configuration: {levle: "
	     "3}"),
		AT(5) "unknown member 'levle' in "
		      "'target.codecs[0].configuration'; did you mean 'level'?",
		0 },
	{ IN("target: {codecs: [{name: gzip, configuration: {level: 10}}]}"),
		AT(2) "'target.codecs[0].configuration.level' must be 0 to 9, "
		      "not 10",
		0 },
	{ IN("target: {codecs: [{name: crc32c, configuration: {a: 1}}]}"),
		AT(2) "unknown member 'a' in 'target.codecs[0].configuration', "
		      "which has none",
		0 },
	{ IN("target: {codecs: [{name: bytes, configuration: {endian: big}}]}"),
		AT(2) "'target.codecs[0].configuration.endian' must be one of "
		      "'little', not 'big'",
		0 },
	{ IN("target: {codecs: [{name: zstd}, {name: bytes}]}"),
		AT(2) "'target.codecs[1]' is 'bytes', which must come first",
		0 },
	{ IN("target:\n  codecs:\n  - name: zstd\n  - name: crc32c\n  "
	     "zarr_format: 2"),
		AT(5) "'target.codecs[1]' is 'crc32c', which readers of Zarr "
		      "v2 do not share; leave it out or set zarr_format 3",
		0 },
	{ IN("target: {zarr_format: 2, codecs: {a: [{name: zstd}, {name: "
	     "gzip}]}}"),
		AT(2) "'target.codecs.a[1]' is a second compressor ('gzip'), "
		      "and Zarr v2 has room for one; leave it out or set "
		      "zarr_format 3",
		0 },
	{ IN(""), "/f/r.yaml: member 'pattern' is missing in 'recipe'",
		RECIPE_NEEDS_PATTERN },
	{ IN(""), "/f/r.yaml: member 'store' is missing in 'target'",
		RECIPE_NEEDS_TARGET },
	{ IN("target: {}"), AT(2) "member 'store' is missing in 'target'",
		RECIPE_NEEDS_TARGET },
	{ IN("pattern:\n  dims: [{concat: t}]"),
		AT(2) "'pattern' names no files: it needs one of 'url', "
		      "'files', 'glob', 'list' and 'listing'",
		0 },
	{ IN("pattern:\n  url: x\n  files: [a]\n  dims: [{concat: t}]"),
		AT(4) "'pattern.files' cannot stand beside 'pattern.url': one "
		      "of 'url', 'files', 'glob', 'list' and 'listing' says where the "
		      "files are",
		0 },
	{ IN("pattern: {url: x, format: grib, dims: [{concat: t}]}"),
		AT(2) "'pattern.format' must be one of 'auto', 'netcdf3', "
		      "'netcdf4', 'zarr', not 'grib'",
		0 },
	{ IN("pattern: {files: [], dims: [{concat: t}]}"),
		AT(2) "'pattern.files' is empty", 0 },
	{ IN("pattern: {files: [a], dims: [{concat: t, range: {stop: 2}}]}"),
		AT(2) "'pattern.files' gives the keys itself, so the "
		      "dimension 't' can have none",
		0 },
	{ IN("pattern: {glob: a, dims: [{merge: t}]}"),
		AT(2) "'pattern.glob' needs one dimension: dims: [{concat: "
		      "NAME}]",
		0 },
	{ IN("pattern: {list: a, dims: [{concat: t}, {merge: v}]}"),
		AT(2) "'pattern.list' needs one dimension: dims: [{concat: "
		      "NAME}]",
		0 },
	{ IN("pattern: {url: x, dims: [{concat: t}]}"),
		AT(2) "'pattern.url' needs keys, and the dimension 't' has "
		      "none: give it 'dates', 'values' or 'range'",
		0 },
	{ IN(PATTERN("  - {dates: {start: 2000, stop: 2001}}")),
		AT(5) "'pattern.dims[0]' must have one of 'concat' and "
		      "'merge', and the name of the dimension there",
		0 },
	{ IN(PATTERN("  - {concat: t, merge: v}")),
		AT(5) "'pattern.dims[0]' must have one of 'concat' and "
		      "'merge', and the name of the dimension there",
		0 },
	{ IN(PATTERN("  - {concat: a, values: [a]}\n  - {concat: b, values: "
		     "[a]}\n  - {concat: c, values: [a]}\n  - {concat: d, "
		     "values: [a]}\n  - {concat: e, values: [a]}")),
		AT(9) "'pattern.dims[4]' is one concat dimension too many; "
		      "there may be 4",
		0 },
	{ IN(PATTERN("  - {concat: a, range: {stop: 32767}}\n  - {concat: b, "
		     "values: [a]}\n  - {concat: c, values: [a]}\n  - "
		     "{concat: d, values: [a]}")),
		AT(4) "'pattern.dims' has 32768 keys of 'a'; with 4 concat "
		      "dimensions there may be 32766 of each",
		0 },
	{ IN("pattern: {glob: a}"),
		AT(2) "'pattern.glob' needs one dimension: dims: [{concat: "
		      "NAME}]",
		0 },
	{ IN("pattern: {files: [a, b]}"),
		AT(2) "'pattern.files' needs one dimension: dims: [{concat: "
		      "NAME}]",
		0 },
	{ IN(PATTERN("  - {concat: t, values: [a]}\n  - {merge: t, values: "
		     "[a]}")),
		AT(6) "'pattern.dims[1]' has the name 't' of another "
		      "dimension",
		0 },
	{ IN(PATTERN("  - {concat: t, values: [a, b]}\n  - {merge: v, values: "
		     "[a, b]}")),
		AT(3) "'pattern.url' does not use '{v}', so all its keys would "
		      "mean the same file",
		0 },
	{ IN(PATTERN("  - {concat: t, values: [a], range: {stop: 1}}")),
		AT(5) "'pattern.dims[0]' has more than one of 'dates', "
		      "'values' and 'range'",
		0 },
	{ IN(PATTERN("  - {merge: t, values: [a], items_per_file: 1}")),
		AT(5) "'pattern.dims[0]' is a merge dimension, for which "
		      "'items_per_file' has no meaning",
		0 },
	{ IN(PATTERN("  - {concat: t, values: [a], items_per_file: 0}")),
		AT(5) "'pattern.dims[0].items_per_file' must be 1 to "
		      "9223372036854775807, not 0",
		0 },
	{ IN(PATTERN("  - {concat: t, values: []}")),
		AT(5) "'pattern.dims[0].values' is empty", 0 },
	{ IN(PATTERN("  - {concat: t, values: a}")),
		AT(5) "'pattern.dims[0].values' must be a list or a mapping, "
		      "not text",
		0 },
	{ IN(PATTERN("  - {concat: t, values: [a, 1.5]}")),
		AT(5) "'pattern.dims[0].values[1]' must be text or an integer "
		      "(quote it), not a real",
		0 },
	{ IN(PATTERN("  - {concat: t, values: ['1', 1]}")),
		AT(5) "'pattern.dims[0].values[1]' repeats the value '1'", 0 },
	{ IN(PATTERN("  - {concat: t, values: {a: 1}}")),
		AT(5) "'pattern.dims[0].values.a' must be a mapping of members "
		      "for the url, not an integer",
		0 },
	{ IN(PATTERN("  - {concat: t, values: {a: {b: [1]}}}")),
		AT(5) "'pattern.dims[0].values.a.b' must be text or an integer "
		      "(quote it), not a list",
		0 },
	{ IN(PATTERN("  - {concat: t, range: {start: 1, stop: 0}}")),
		AT(5) "'pattern.dims[0].range' has no number: stop is before "
		      "start",
		0 },
	{ IN(PATTERN("  - {concat: t, range: {stop: 9, step: 0}}")),
		AT(5) "'pattern.dims[0].range.step' must be 1 to 1000000000, "
		      "not 0",
		0 },
	{ IN(PATTERN("  - {concat: t, range: {stop: 10000000}}")),
		AT(5) "'pattern.dims[0].range' has more than 10000000 numbers",
		0 },
	{ IN(PATTERN("  - {concat: t, range: {}}")),
		AT(5) "member 'stop' is missing in 'pattern.dims[0].range'",
		0 },
	{ IN(PATTERN("  - concat: t\n    dates:\n      start: 2000-02-30\n"
		     "      stop: 2001")),
		AT(7) "'pattern.dims[0].dates.start': the calendar 'standard' "
		      "has no date '2000-02-30'",
		0 },
	{ IN(PATTERN("  - {concat: t, dates: {start: soon, stop: 2001}}")),
		AT(5) "'pattern.dims[0].dates.start': 'soon' is not a date "
		      "(YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS)",
		0 },
	{ IN(PATTERN("  - {concat: t, dates: {start: [1], stop: 2001}}")),
		AT(5) "'pattern.dims[0].dates.start' must be a date, not a "
		      "list",
		0 },
	{ IN(PATTERN("  - {concat: t, dates: {start: 2002, stop: 2001}}")),
		AT(5) "'pattern.dims[0].dates' has no date: stop is before "
		      "start",
		0 },
	{ IN(PATTERN("  - {concat: t, dates: {start: 2000, stop: 2001, step: 1 "
		     "fortnight}}")),
		AT(5) "'pattern.dims[0].dates.step': '1 fortnight' is not a "
		      "step; write a number and minutes, hours, days, weeks, "
		      "months or years, as in '6 hours'",
		0 },
	{ IN(PATTERN("  - {concat: t, dates: {start: 2000, stop: 2001, "
		     "calendar: 365day}}")),
		AT(5) "'pattern.dims[0].dates.calendar' must be one of "
		      "'standard', 'gregorian', 'proleptic_gregorian', "
		      "'julian', 'noleap', '365_day', 'all_leap', '366_day', "
		      "'360_day', not '365day'; did you mean '365_day'?",
		0 },
	{ IN(PATTERN("  - {concat: t, dates: {start: 2000-01-31, stop: 2001, "
		     "step: month}}")),
		AT(5) "'pattern.dims[0].dates' meet 2000-02-31, which the "
		      "calendar 'standard' does not have; start on another "
		      "day of the month",
		0 },
	{ IN(PATTERN("  - {concat: t, dates: {start: 0001, stop: 9999, step: 1 "
		     "minute}}")),
		AT(5) "the number '0001' has leading zeros; quote it to keep "
		      "them, or drop them",
		0 },
	{ IN(PATTERN("  - {concat: t, dates: {start: 1900, stop: 9999, step: 1 "
		     "minute}}")),
		AT(5) "'pattern.dims[0].dates' has more than 10000000 dates",
		0 },
	{ IN(PATTERN("  - {concat: t, dates: {start: 2000-01-01, stop: "
		     "2000-01-03, skip: [2000-01-02T12:00]}}")),
		AT(5) "'pattern.dims[0].dates.skip[0]' is not one of the dates",
		0 },
	{ IN(PATTERN("  - {concat: t, dates: {start: 2000-01-01, stop: "
		     "2000-01-03, skip: [2000-01-02, 2000-01-02]}}")),
		AT(5) "'pattern.dims[0].dates.skip' has a date twice", 0 },
	{ IN(PATTERN("  - {concat: t, dates: {start: 2000-01-01, stop: "
		     "2000-01-01, skip: [2000-01-01]}}")),
		AT(5) "'pattern.dims[0].dates.skip' leaves no date", 0 },
};

static void errors_name_line_and_member(void **state)
{
	struct arena arena = ARENA_INIT;
	struct buf text = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct recipe_input in = { .path = "/f/r.yaml",
			.need = bad[i].need };
		struct err err = ERR_INIT;
		struct recipe r;

		buf_reset(&text);
		buf_adds(&text, bad[i].text);
		assert_int_equal(recipe_parse(&arena, &in, &text, &r, &err),
			-1);
		assert_string_equal(err.msg, bad[i].message);
		assert_int_equal(err.kind, ERR_DATA);
	}
	buf_release(&text);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_name_line_and_member),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
