#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Chunks that stay as the files have them: which do, what their bytes are, and what
# is written again when an archive grows. What real readers see of them is in
# tests/interop.

load common
load bake

setup() { cd "$BATS_TEST_TMPDIR" || return; }

# region [FILTER]: a record of 6 x 3 bytes in chunks of 4 x 3, which the source
# has just so, raw, at 8 and at 20; changed by a jq filter.
region() {
	jq -nc '{key: {offset: {t: 0, x: 0}, vars: ["v"]},
		array: {zarr_format: 3, node_type: "array", shape: [6, 3],
			data_type: "uint8", fill_value: 255,
			chunk_grid: {name: "regular",
				configuration: {chunk_shape: [4, 3]}},
			chunk_key_encoding: {name: "default",
				configuration: {separator: "/"}},
			codecs: [{name: "bytes"}, {name: "blosc"}],
			attributes: {}, dimension_names: ["t", "x"]},
		size: {t: 6, x: 3}, keep: true,
		from: [{url: "source", path: "source", size: 32, var: "v",
			offset: {t: 0}, shape: [6, 3], dtype: "uint8",
			endian: "little", chunk_shape: [4, 3], codecs: [],
			refs: {offset: [8, 20], length: [12, 12]}}]}' |
		jq -c "${1:-.}"
}

# source: a header, then the bytes 0 to 23.
source_of_bytes() {
	local n
	{
		printf header--
		for n in $(seq 0 23); do printf '%b' "\\0$(printf %03o "$n")"; done
	} >source
}

# zeros [BYTE]: a file of one zlib stream of 100 zeros, 12 bytes, at 8; the last
# byte of its checksum is BYTE (001).
zeros() {
	printf 'header--\170\332\143\140\240\075\000\000\000\144\000%b' \
		"\\0${1:-001}" >zeros
}

# region_of_zeros [FILTER]: a record of them.
region_of_zeros() {
	region '.array.shape = [100, 1] | .size = {t: 100, x: 1} |
		.array.chunk_grid.configuration.chunk_shape = [100, 1] |
		.from[0] += {path: "zeros", size: 20, shape: [100, 1],
			chunk_shape: [100, 1], codecs: [{name: "zlib"}],
			refs: {offset: [8], length: [12]}}' | jq -c "${1:-.}"
}

numbers() { od -An -v -tu1 "$1" | xargs; }

# modes FILE...: array and mode of each receipt, sorted.
modes() { jq -r '"\(.key.vars[0]) \(.mode)"' "$@" | sort -u; }

@test "puts a header in front of the bytes that are there" {
	source_of_bytes
	region | pgf-write store >receipt
	diff_text '2 1 48 1 12 0 0 0 12 0 0 0 36 0 0 0 20 0 0 0 12 0 0 0 0 1 2 3 4 5 6 7 8 9 10 11' \
		"$(numbers store/v/c/0/0)"
	# behind the end lies what the source has there
	diff_text '2 1 48 1 12 0 0 0 12 0 0 0 36 0 0 0 20 0 0 0 12 0 0 0 12 13 14 15 16 17 18 19 20 21 22 23' \
		"$(numbers store/v/c/1/0)"
	diff_text '["copy",24,72]' \
		"$(jq -c '[.mode, .bytes_in, .bytes_out]' receipt)"
}

@test "writes the same however the region is cut, with version 2 keys too" {
	source_of_bytes
	region | pgf-write store >receipt
	region '.key.offset = {t: (4, 0), x: 0} |
		.size = {t: (if .key.offset.t == 0 then 4 else 2 end), x: 3}' |
		pgf-write other >receipts
	diff -r store other
	region '.array.chunk_key_encoding = {name: "v2"}' | pgf-write two >receipt
	cmp store/v/c/0/0 two/v/0.0
	cmp store/v/c/1/0 two/v/1.0
}

@test "decodes nothing without being asked" {
	source_of_bytes
	region 'del(.keep)' | pgf-write store >receipt
	diff_text 'v decode' "$(modes receipt)"
	region '.keep = false' | pgf-write other >receipt
	diff_text 'v decode' "$(modes receipt)"
	diff -r store other
}

@test "decodes the chunks that cannot stay, and no others" {
	# the first is damaged where only a decoder would see it
	zeros 002
	region_of_zeros '.array.shape = [200, 1] | .size.t = 200 |
		.from[0].shape = [200, 1] | .from[0].fill = 7 |
		.from[0].refs = {offset: [8, null], length: [12, 0]}' >r
	pgf-write store r >receipt
	diff_text 'v mixed' "$(modes receipt)"
	diff_text 36 "$(stat -c %s store/v/c/0/0)"
	# a chunk that is not stored has the fill value of the source
	jq -c 'del(.keep) | .from[0].refs = {offset: [null, null], length: [0, 0]}' r |
		pgf-write want >receipt
	cmp want/v/c/1/0 store/v/c/1/0
}

@test "--verify finds what a decoder would" {
	zeros
	region_of_zeros >r
	run -0 --separate-stderr pgf-write --verify store r
	diff_text 'v copy' "$(modes <<<"$output")"
	zeros 002
	run -0 --separate-stderr pgf-write other r
	run -65 --separate-stderr pgf-write --verify store r
	contains "$stderr" "chunk 0/0: 'zeros': codec 'zlib': not a whole zlib stream"
	contains "$stderr" "array 'v': variable 'v'"
}

@test "looks at lengths, first bytes and checksums always" {
	zeros
	printf 'X' | dd of=zeros bs=1 seek=8 conv=notrunc status=none
	region_of_zeros >r
	run -65 --separate-stderr pgf-write store r
	contains "$stderr" "chunk 0/0: 'zeros': codec 'zlib': not a whole zlib stream"
	zeros
	region_of_zeros '.from[0].codecs += [{name: "fletcher32"}]' >r
	run -65 --separate-stderr pgf-write store r
	contains "$stderr" "chunk 0/0: 'zeros': codec 'fletcher32': checksum is"
	region_of_zeros '.from[0].refs.length = [13]' >r
	run -65 --separate-stderr pgf-write store r
	contains "$stderr" "'zeros' is truncated"
	[ ! -e store/v/c/0/0 ]
}

@test "refuses a source that changed" {
	zeros
	region_of_zeros '.from[0].size = 21' >r
	run -75 --separate-stderr pgf-write store r
	contains "$stderr" "array 'v': variable 'v': 'zeros' changed since it was opened"
}

# tile FILE N LEN: a file of LEN days in chunks of two, shuffled and deflated,
# with a time whose chunk is 512 long.
tile() {
	local i t='' sst=''
	for ((i = 0; i < $3; i++)); do t+="${t:+, }$(($2 + i))"; done
	for ((i = 0; i < $3 * 12; i++)); do sst+="${sst:+, }$(($2 + i / 6))"; done
	ncgen -4 -o "$1" <<CDL
netcdf tile {
dimensions: time = UNLIMITED; x = 12;
variables:
	double time(time); time:units = "days since 2000-01-01";
		time:_ChunkSizes = 512;
	short sst(time, x); sst:_ChunkSizes = 2, 12; sst:_DeflateLevel = 4;
		sst:_Shuffle = "true";
	short summed(time, x); summed:_ChunkSizes = 2, 12;
		summed:_DeflateLevel = 4; summed:_Fletcher32 = "true";
	int big(time, x); big:_Endianness = "big"; big:_ChunkSizes = 2, 12;
		big:_DeflateLevel = 4;
data:
	time = $t; sst = $sst; summed = $sst; big = $sst;
}
CDL
}

# tiles LENGTH...: files of these lengths, and a recipe for them.
tiles() {
	local n=0 k=0 len
	mkdir -p src
	for len; do
		tile "src/$k.nc" "$n" "$len"
		n=$((n + len)) k=$((k + 1))
	done
	cat >r.yaml <<'YAML'
name: toy
pattern: {glob: "src/*.nc", dims: [{concat: time}]}
target: {store: toy.zarr, codecs: keep}
YAML
}

@test "a bake takes the chunks of the files, and tells what cannot stay" {
	tiles 4 4 2
	run -0 --separate-stderr pgf bake -q r.yaml
	diff_text $'big decode\nsst copy\nsummed decode\ntime decode' \
		"$(modes .pgf/toy/w/*)"
	diff_text '[2,12]' "$(jq -c .chunk_grid.configuration.chunk_shape \
		toy.zarr/sst/zarr.json)"
	diff_text '["bytes","blosc"]' "$(jq -c '[.codecs[].name]' \
		toy.zarr/sst/zarr.json)"
	run -0 --separate-stderr pgf-plan -v -r .pgf/toy/conf.plan \
		--schema .pgf/toy/schema.json .pgf/toy/o/*
	contains "$stderr" "pgf-plan: array 'sst': 5 of 5 chunks stay as they are"
	contains "$stderr" "array 'big': 0 of 3 chunks stay as they are; others are big-endian, first in '$PWD/src/0.nc'"
	contains "$stderr" "array 'summed': 0 of 5 chunks stay as they are; others are compressed in a way that blosc has not"
	contains "$stderr" "array 'time': 0 of 1 chunks stay as they are; others have another shape"
}

@test "a chunk that was not full is made anew when the archive grows" {
	tiles 4 2 1
	pgf bake -q r.yaml
	diff_text 'sst copy' "$(modes .pgf/toy/w/* | grep sst)"
	cp toy.zarr/sst/c/3/0 before
	tile src/3.nc 7 1
	pgf bake -q r.yaml
	run -1 cmp -s before toy.zarr/sst/c/3/0
	diff_text 'sst mixed' "$(modes .pgf/toy/w/* | grep sst)"
	fresh_store fresh.zarr
	diff -r fresh.zarr toy.zarr
}

@test "keeping is for each variable, and a stated codec goes first" {
	tiles 2 2
	sed -i 's/codecs: keep/codecs: {sst: keep, summed: [{name: zstd}]}/' r.yaml
	pgf bake -q r.yaml
	diff_text $'big decode\nsst copy\nsummed decode\ntime decode' \
		"$(modes .pgf/toy/w/*)"
	diff_text '"zstd"' "$(jq -c '.codecs[1].name' toy.zarr/summed/zarr.json)"
}

@test "chunks that stay make shards" {
	source_of_bytes
	region '.array.chunk_grid.configuration.chunk_shape = [8, 3] |
		.array.codecs = [{name: "sharding_indexed", configuration: {
			chunk_shape: [4, 3], codecs: .array.codecs,
			index_codecs: [{name: "bytes"}, {name: "crc32c"}],
			index_location: "end"}}]' >r
	pgf-write store r >receipt
	diff_text 'v copy' "$(modes receipt)"
	region | pgf-write plain >receipt
	cat plain/v/c/0/0 plain/v/c/1/0 | cmp -n 72 - store/v/c/0/0
	# the index has two pairs of numbers and a checksum
	diff_text $((72 + 36)) "$(stat -c %s store/v/c/0/0)"
}

@test "what is compared within a tolerance is read" {
	source_of_bytes
	region '.encoding = {} | .close = {tolerance: 1,
		with: [.from[0] + {encoding: {}}]}' >r
	run -0 --separate-stderr pgf-write store r
	diff_text 'v decode' "$(modes <<<"$output")"
}
