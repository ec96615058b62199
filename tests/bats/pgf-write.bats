#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# pgf-write: chunks against bytes made by hand. What real readers see of them is
# in tests/interop.

load common

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	# cells 0 .. 23, one byte each, behind a header of 8 bytes
	for n in $(seq 0 23); do printf '%b' "\\0$(printf %03o "$n")"; done >cells
	{ printf header--; cat cells; } >source
}

# ours: the metadata of a root that pgf has published.
ours() { echo '{"attributes": {"pgf_recipe": "toy"}}'; }

# region [FILTER]: a record of the whole 6 x 4 array in chunks of 4 x 3, changed
# by a jq filter.
region() {
	jq -nc '{key: {offset: {t: 0, x: 0}, vars: ["v"]},
		array: {zarr_format: 3, node_type: "array", shape: [6, 4],
			data_type: "uint8", fill_value: 255,
			chunk_grid: {name: "regular",
				configuration: {chunk_shape: [4, 3]}},
			chunk_key_encoding: {name: "default",
				configuration: {separator: "/"}},
			codecs: [{name: "bytes"}], attributes: {},
			dimension_names: ["t", "x"]},
		size: {t: 6, x: 4},
		from: [{url: "source", path: "source", size: 32, var: "v",
			offset: {t: 0}, shape: [6, 4], dtype: "uint8",
			endian: "little", chunk_shape: [6, 4], codecs: [],
			refs: {offset: [8], length: [24]}}]}' |
		jq -c "${1:-.}"
}

# numbers FILE: its bytes.
numbers() { od -An -v -tu1 "$1" | xargs; }

# temporaries: what must never be left.
temporaries() { find . -name '.pgf-*'; }

@test "prints help" { case_help pgf-write; }
@test "refuses unknown options" { case_misuse pgf-write; }
@test "names a bad record" { case_bad_record pgf-write store; }
@test "makes nothing of nothing" { case_empty pgf-write store; }
@test "says when its output is full" {
	region >r
	case_full r pgf-write store
}

@test "wants a store" {
	run -2 --separate-stderr pgf-write </dev/null
	[ "${lines[0]}" = "" ]
	starts_with "$stderr" 'pgf-write: no STORE is given'
}

@test "writes chunks, full size, with fill beyond the array" {
	region >r
	run -0 --separate-stderr pgf-write store r
	diff_text '' "$stderr"
	diff_text '0 1 2 4 5 6 8 9 10 12 13 14' "$(numbers store/v/c/0/0)"
	diff_text '3 255 255 7 255 255 11 255 255 15 255 255' \
		"$(numbers store/v/c/0/1)"
	diff_text '16 17 18 20 21 22 255 255 255 255 255 255' \
		"$(numbers store/v/c/1/0)"
	diff_text '19 255 255 23 255 255 255 255 255 255 255 255' \
		"$(numbers store/v/c/1/1)"
	diff_text '' "$(temporaries)"
}

@test "prints a receipt" {
	region >r
	run -0 --separate-stderr pgf-write store r
	diff_text '["key","region","objects","mode","bytes_in","bytes_out","seconds","rss"]' \
		"$(jq -c keys_unsorted <<<"$output")"
	diff_text '{"offset":{"t":0,"x":0},"vars":["v"]}' \
		"$(jq -c .key <<<"$output")"
	diff_text 'v/c/0/0 v/c/0/1 v/c/1/0 v/c/1/1' \
		"$(jq -r '[.objects[].name] | join(" ")' <<<"$output")"
	jq -e '.seconds >= 0 and .seconds < 60' <<<"$output"
	jq -e '.rss > 1e6 and .rss < 1e8' <<<"$output"
	diff_text '24 48 decode' \
		"$(jq -r '"\(.bytes_in) \(.bytes_out) \(.mode)"' <<<"$output")"
}

@test "names chunks as version 2 does" {
	region '.array.chunk_key_encoding = {name: "v2",
		configuration: {separator: "."}}' >r
	run -0 --separate-stderr pgf-write store r
	diff_text '0.0 0.1 1.0 1.1' "$(cd store/v && echo *)"
}

@test "puts pieces where they belong" {
	region '.from[0] as $p | .from = [
		$p + {offset: {t: 4}, shape: [2, 4], chunk_shape: [2, 4],
			refs: {offset: [8], length: [8]}},
		$p + {offset: {t: 0}, shape: [4, 4], chunk_shape: [2, 4],
			refs: {offset: [null, 16], length: [0, 8]}, fill: 77}
		]' >r
	run -0 --separate-stderr pgf-write store r
	diff_text '77 77 77 77 77 77 8 9 10 12 13 14' "$(numbers store/v/c/0/0)"
	diff_text '0 1 2 4 5 6 255 255 255 255 255 255' \
		"$(numbers store/v/c/1/0)"
}

@test "compresses with gzip and adds a checksum" {
	region '.array.codecs += [{name: "gzip", configuration: {level: 5}}]' >r
	run -0 --separate-stderr pgf-write store r
	gzip -dc <store/v/c/0/0 >plain
	diff_text '0 1 2 4 5 6 8 9 10 12 13 14' "$(numbers plain)"
	region '.array.codecs += [{name: "crc32c"}]' >r
	run -0 --separate-stderr pgf-write other r
	diff_text 16 "$(stat -c %s other/v/c/0/0)"
}

@test "gives the same bytes in pieces, in any order, and in parallel" {
	region '.array.codecs += [{name: "blosc", configuration: {cname: "lz4",
		clevel: 5, shuffle: "shuffle", typesize: 1, blocksize: 0}}]' >r
	jq -c '.key.offset = {t: (0, 4), x: (0, 3)} |
		.size = {t: (if .key.offset.t == 0 then 4 else 2 end),
			x: (if .key.offset.x == 0 then 3 else 1 end)}' r >four
	pgf-write whole r >receipt
	pgf-write cut four >receipts
	tac four | pgf-write reversed >receipts
	parallel --pipe -N1 -j4 pgf-write parallel <four >receipts 2>/dev/null
	diff -r whole cut
	diff -r whole reversed
	diff -r whole parallel
}

@test "leaves a chunk that is the same untouched" {
	region >r
	pgf-write store r >receipt
	before=$(stat -c '%i %Y' store/v/c/0/0)
	run -0 --separate-stderr pgf-write store r
	diff_text "$(jq -c 'del(.seconds, .rss)' receipt)" \
		"$(jq -c 'del(.seconds, .rss)' <<<"$output")"
	diff_text "$before" "$(stat -c '%i %Y' store/v/c/0/0)"
}

@test "joins characters to strings and reads Latin-1" {
	printf 'ab\0\0t\351t\0' >text
	region '.array += {shape: [2], data_type: "string", fill_value: "",
			codecs: [{name: "vlen-utf8"}], dimension_names: ["t"]} |
		.array.chunk_grid.configuration.chunk_shape = [3] |
		.key.offset = {t: 0} | .size = {t: 2} |
		.cell = {dtype: "char", shape: [4]} |
		.from[0] += {path: "text", size: 8, shape: [2, 4],
			dtype: "char", chunk_shape: [2, 4],
			refs: {offset: [0], length: [8]}}' >r
	run -0 --separate-stderr pgf-write store r
	contains "$stderr" "array 'v': 1 cells of text are not UTF-8"
	printf '\3\0\0\0\2\0\0\0ab\4\0\0\0t\303\251t\0\0\0\0' >want
	cmp want store/v/c/0
}

@test "refuses a source that changed" {
	region '.from[0].size = 33' >r
	run -75 --separate-stderr pgf-write store r
	diff_text '' "$output"
	diff_text "pgf-write: r:1: key t=0 x=0: array 'v': 'source' changed since it was opened: run again" "$stderr"
	region '.from[0].modified = "2001-02-03T04:05:06.000000000Z"' >r
	run -75 --separate-stderr pgf-write store r
	contains "$stderr" 'changed since it was opened'
	touch -d '2001-02-03T04:05:06.000000000Z' source
	run -0 --separate-stderr pgf-write store r
}

@test "refuses a source that is gone, and one that is cut short" {
	region '.from[0].path = "gone"' >r
	run -75 --separate-stderr pgf-write store r
	contains "$stderr" "'gone' is gone since it was opened"
	region '.from[0].refs.offset = [9]' >r
	run -65 --separate-stderr pgf-write store r
	contains "$stderr" "variable 'v': chunk 0/0: 'source' is truncated: 24 bytes wanted at offset 9, 23 there"
	[ ! -e store ]
}

@test "refuses corrupt chunks, naming file, variable and chunk" {
	region '.from[0].codecs = [{name: "zlib"}]' >r
	run -65 --separate-stderr pgf-write store r
	diff_text '' "$output"
	diff_text "pgf-write: r:1: key t=0 x=0: array 'v': variable 'v': chunk 0/0: 'source': codec 'zlib': not a whole zlib stream" "$stderr"
	[ ! -e store ]
}

@test "wants every cell once" {
	region '.from[0] += {shape: [5, 4], chunk_shape: [5, 4]} |
		.from[0].refs.length = [20]' >r
	run -65 --separate-stderr pgf-write store r
	contains "$stderr" 'the pieces cover 20 of 24 cells'
	region '.from += .from' >r
	run -65 --separate-stderr pgf-write store r
	contains "$stderr" 'the pieces cover a cell more than once'
	[ ! -e store ]
}

@test "fills what no file gives" {
	region '.from[0].shape = [4, 4] | .from[0].refs.length = [16]
		| .from[0].chunk_shape = [4, 4]
		| .from += [{fill: true, offset: {t: 4}, shape: [2, 4]}]' >r
	pgf-write store r >/dev/null
	diff_text '0 1 2 4 5 6 8 9 10 12 13 14' "$(numbers store/v/c/0/0)"
	diff_text '255 255 255 255 255 255 255 255 255 255 255 255' \
		"$(numbers store/v/c/1/0)"
}

@test "refuses a fill that does not fit" {
	region '.from += [{fill: true, offset: {t: 4}, shape: [2, 4]}]' >r
	run -65 --separate-stderr pgf-write store r
	contains "$stderr" 'the pieces cover a cell more than once'
	region '.from = [{fill: true, offset: {t: 4}, shape: [3, 4]}]' >r
	run -65 --separate-stderr pgf-write store r
	contains "$stderr" "a fill reaches beyond the array along 't'"
	region '.from = [{fill: true, shape: [6]}]' >r
	run -65 --separate-stderr pgf-write store r
	contains "$stderr" "member 'fill' has no 'offset' and 'shape' that fit"
}

@test "refuses what is too large, with the remedy" {
	region '.array.shape = [1e6, 1e6] | .size = {t: 1e6, x: 1e6} |
		.from[0].refs = {offset: [0], length: [1]} |
		.from[0] += {shape: [1e6, 1e6], chunk_shape: [1e6, 1e6]}' |
		sed 's/1000000\.0/1000000/g' >r
	run -65 --separate-stderr pgf-write store r
	contains "$stderr" 'a region is more than 2 GiB in memory: use smaller chunks'
}

@test "does not leave the store" {
	for name in ../v /tmp/v a/../../v . .. __v '' .zgroup zarr.json $'a\nb'; do
		region ".key.vars = [$(jq -n --arg n "$name" '$n')]" >r
		run -65 --separate-stderr pgf-write store r
		contains "$stderr" 'cannot be the name of an array'
		[ ! -e store ]
	done
}

@test "takes names that a shell would not" {
	name=$'$(touch x) "q" `y` é'
	region ".key.vars = [$(jq -n --arg n "$name" '$n')]" >r
	run -0 --separate-stderr pgf-write 's $(touch x)' r
	[ -f "s \$(touch x)/$name/c/0/0" ]
	[ ! -e x ]
}

@test "goes on after a bad record with -k" {
	{ region '.size.t = 5'; region; } >r
	run -1 --separate-stderr pgf-write -k --rejects bad store r
	diff_text 1 "$(wc -l <<<"$output")"
	diff_text 1 "$(wc -l <bad)"
	[ -e store/v/c/1/1 ]
}

@test "takes back an array that gets another layout" {
	region >r
	mkdir -p store/v/c/9 store/w
	ours >store/zarr.json
	touch store/.zmetadata store/v/c/9/0 store/w/zarr.json
	jq .array.data_type=\"int8\" r | jq .array >store/v/zarr.json
	run -0 --separate-stderr pgf-write store r
	contains "$stderr" "array 'v' of 'store' has another layout now"
	diff_text 'store/v/c/0/0 store/v/c/0/1 store/v/c/1/0 store/v/c/1/1 store/w/zarr.json' \
		"$(find store -type f | sort | xargs)"
}

@test "leaves an array published that only grows" {
	region >r
	mkdir -p store/v
	ours >store/zarr.json
	jq '.array.shape = [5, 4] | .array.attributes = {a: 1}' r |
		jq .array >store/v/zarr.json
	run -0 --separate-stderr pgf-write store r
	diff_text '' "$stderr"
	[ -e store/zarr.json ]
	[ -e store/v/zarr.json ]
	[ -e store/v/c/1/1 ]
}

@test "never touches a store that something else has published" {
	local root
	region >r
	for root in zarr.json .zgroup .zarray .zmetadata; do
		rm -rf store before
		mkdir -p store/v/c/0
		echo '{"zarr_format": 3, "attributes": {"title": "mine"}}' >"store/$root"
		echo mine >store/v/c/0/0
		cp -r store before
		run -65 --separate-stderr pgf-write store r
		diff_text '' "$output"
		one_line "$stderr"
		contains "$stderr" "store 'store' is published already, and not by pgf"
		diff -r before store
	done
}

@test "takes an array back once however many do it at a time" {
	region '.array.codecs += [{name: "gzip", configuration: {level: 1}}]' >r
	jq -c '.key.offset = {t: (0, 4), x: (0, 3)} |
		.size = {t: (if .key.offset.t == 0 then 4 else 2 end),
			x: (if .key.offset.x == 0 then 3 else 1 end)}' r >four
	pgf-write want r >receipt
	for _ in 1 2 3 4 5; do
		rm -rf store
		mkdir -p store/v
		ours >store/zarr.json
		region | jq .array >store/v/zarr.json
		for n in $(seq 200); do mkdir -p "store/v/c/$n" && touch "store/v/c/$n/0"; done
		parallel --pipe -N1 -j4 pgf-write -q store <four >receipts 2>/dev/null
		diff -r want store
	done
}

@test "reads through pgf-slab what is no table, and passes its error on" {
	region 'del(.from[0].refs)' >r
	run -65 --separate-stderr pgf-write store r
	one_line "$stderr"
	contains "$stderr" "array 'v': variable 'v': 'source': pgf-slab: "
	[ ! -e store ]
}

# reals FILE: its bytes as float32.
reals() { od -An -v -tf4 "$1" | xargs; }

# packed [FILTER]: region, of float32, whose source is packed in bytes.
packed() {
	region '.array.data_type = "float32" | .array.fill_value = "NaN" |
		.encoding = {} | .from[0].encoding =
			{missing: [5], scale_factor: 0.5, add_offset: 10} |
		'"${1:-.}"
}

@test "unpacks a piece with an encoding" {
	packed >r
	run -0 --separate-stderr pgf-write store r
	diff_text '' "$stderr"
	diff_text '10 10.5 11 12 nan 13 14 14.5 15 16 16.5 17' \
		"$(reals store/v/c/0/0)"
	diff_text '11.5 nan nan 13.5 nan nan 15.5 nan nan 17.5 nan nan' \
		"$(reals store/v/c/0/1)"
}

@test "joins pieces that are encoded each in its own way" {
	for n in 1 2 3 4 5 6; do printf '\0\0%b\77' "\\0$(printf %03o $((n * 16)))"; done >floats
	packed '.from[0].shape = [6, 3] | .from[0].chunk_shape = [6, 3] |
		.from[0].refs.length = [18] |
		.from += [.from[0] + {path: "floats", size: 24, dtype: "float32",
			offset: {t: 0, x: 3}, shape: [6, 1], chunk_shape: [6, 1],
			refs: {offset: [0], length: [24]}} | del(.encoding)] |
		.from[1].url = "floats"' >r
	run -0 --separate-stderr pgf-write store r
	diff_text '' "$stderr"
	diff_text '10 10.5 11 11.5 12 nan 13 13.5 14 14.5 15 15.5' \
		"$(reals store/v/c/0/0)"
	diff_text "$(od -An -v -tf4 floats | xargs -n1 | head -4 | xargs)" \
		"$(reals store/v/c/0/1 | xargs -n3 | cut -d' ' -f1 | xargs)"
}

@test "gives the same bytes in pieces of regions that are converted" {
	packed >r
	packed '.key.offset = {t: 4, x: 0} | .size = {t: 2, x: 4}' >half
	packed '.key.offset = {t: 0, x: 0} | .size = {t: 4, x: 4}' >>half
	pgf-write whole r >/dev/null
	run -0 --separate-stderr pgf-write parts half
	diff_text '' "$stderr"
	diff -r whole parts
}

@test "names the element that the array cannot hold" {
	region '.array.data_type = "int16" | .encoding = {missing: [18]} |
		.from[0].encoding = {missing: [5]} |
		.key.offset = {t: 4, x: 0} | .size = {t: 2, x: 4}' >r
	run -65 --separate-stderr pgf-write store r
	diff_text '' "$output"
	diff_text "pgf-write: r:1: key t=4 x=0: array 'v': variable 'v': 'source': 'v[4,2]': the value 18 is not missing, but would be read so in the store's int16: bake the file apart, or give it the missing value of the others" "$stderr"
	[ ! -e store/v/c ]
}

@test "names an element by its place in the source" {
	packed '.from[0].shape = [3, 4] | .from[0].chunk_shape = [3, 4] |
		.from[0].refs.length = [12] | .from += [.from[0]] |
		.from[1].offset = {t: 3} | .from[1].refs.offset = [20] |
		.encoding = {missing: [19]}' >r
	run -65 --separate-stderr pgf-write store r
	contains "$stderr" "'source': 'v[1,2]': the value 18 is not missing"
}

@test "repacks, half to even" {
	region '.array.data_type = "int8" | .array.fill_value = -1 |
		.encoding = {missing: [-1], scale_factor: 2} |
		.from[0].encoding = {missing: [4]}' >r
	run -0 --separate-stderr pgf-write store r
	diff_text '' "$stderr"
	diff_text '0 0 1 255 2 3 4 4 5 6 6 7' "$(numbers store/v/c/0/0)"
}

@test "tells a value that does not fit, and the policy" {
	region '.array.data_type = "int8" | .array.fill_value = 0 |
		.encoding = {scale_factor: 0.125} |
		.from[0].encoding = {}' >r
	run -65 --separate-stderr pgf-write store r
	contains "$stderr" "'v[4,0]': the value 16 becomes too large for int8: set 'combine: {packing: unpack}', or repair the file"
}

@test "tells times anew, in integers" {
	region '.array.data_type = "int16" | .array.fill_value = 0 |
		.encoding = {time: {units: "hours since 2000-01-01",
			calendar: "standard"}} |
		.from[0].encoding = {time: {units: "days since 1999-12-30 12:00",
			calendar: "gregorian"}}' >r
	run -0 --separate-stderr pgf-write store r
	diff_text '' "$stderr"
	diff_text '-36 -12 12 60 84 108 156 180 204 252 276 300' \
		"$(od -An -v -td2 store/v/c/0/0 | xargs)"
}

@test "refuses a time that is no whole number, with the remedy" {
	region '.array.data_type = "int16" | .array.fill_value = 0 |
		.encoding = {time: {units: "days since 2000-01-01",
			calendar: "standard"}} |
		.from[0].encoding = {time: {units: "hours since 2000-01-01",
			calendar: "standard"}}' >r
	run -65 --separate-stderr pgf-write store r
	contains "$stderr" "'v[0,1]': 1 'hours since 2000-01-01' is no whole number of 'days since 2000-01-01': set finer units in 'combine: {time: ..}', or repair the file"
}

@test "refuses an encoding that it does not know" {
	packed '.encoding.log = true' >r
	run -65 --separate-stderr pgf-write store r
	diff_text "pgf-write: r:1: key t=0 x=0: array 'v': member 'encoding': 'log' is no member of an encoding" "$stderr"
}

# texts TYPE FILL: a region of three cells of text, of char(2,4) and S2.
texts() {
	printf 'ab\0\0cdef' >four
	printf 'gh' >two
	region '.array += {shape: [3], data_type: '"$1"',
			fill_value: "", dimension_names: ["t"],
			codecs: [{name: "'"$2"'"}]} |
		.array.chunk_grid.configuration.chunk_shape = [3] |
		.key.offset = {t: 0} | .size = {t: 3} |
		.from[0] += {path: "four", size: 8, shape: [2, 4],
			chunk_shape: [2, 4], dtype: "char",
			refs: {offset: [0], length: [8]}} |
		.from += [.from[0] + {path: "two", size: 2, shape: [1],
			chunk_shape: [1], dtype: "S2", offset: {t: 2},
			refs: {offset: [0], length: [2]}}] |
		'"${3:-.}"
}

@test "joins text of different widths to strings" {
	texts '"string"' vlen-utf8 '.cell = {dtype: "char", shape: [4]}' >r
	run -0 --separate-stderr pgf-write store r
	diff_text '' "$stderr"
	diff_text '3 0 0 0 2 0 0 0 97 98 4 0 0 0 99 100 101 102 2 0 0 0 103 104' \
		"$(numbers store/v/c/0)"
}

@test "joins text of different widths to the widest" {
	texts '{name: "null_terminated_bytes",
		configuration: {length_bytes: 4}}' bytes >r
	run -0 --separate-stderr pgf-write store r
	diff_text '' "$stderr"
	diff_text '97 98 0 0 99 100 101 102 103 104 0 0' \
		"$(numbers store/v/c/0)"
}

@test "refuses text that is wider than the array" {
	texts '{name: "null_terminated_bytes",
		configuration: {length_bytes: 3}}' bytes >r
	run -65 --separate-stderr pgf-write store r
	contains "$stderr" "variable 'v' of 'four': has text of 4 bytes, the array takes 3"
}

@test "converts large pieces band by band" {
	local row=786432 n
	for n in 0 1 2 3 4 5; do
		head -c "$row" /dev/zero | tr '\0' "\\$n"
	done >large
	region | jq -c --argjson row "$row" '
		.array.shape = [6, $row] |
		.array.chunk_grid.configuration.chunk_shape = [3, $row] |
		.encoding = {missing: [8]} |
		.key.offset = {t: (0, 3), x: 0} | .size = {t: 3, x: $row} |
		.from[0] += {path: "large", size: (6 * $row), shape: [6, $row],
			chunk_shape: [2, $row], encoding: {missing: [4]},
			refs: {offset: [0, 2 * $row, 4 * $row],
				length: [2 * $row, 2 * $row, 2 * $row]}}' >r
	run -0 --separate-stderr pgf-write store r
	diff_text '' "$stderr"
	tr '\4' '\10' <large >want
	cat store/v/c/0/0 store/v/c/1/0 >got
	cmp want got
}

# near [FILTER]: packed (values 0.5 n + 10, 5 is missing), to be compared with
# file other, which has the same as float32 but for cell [4,1]: 18.5, and 18.75.
near() {
	local n
	for n in $(seq 0 23); do
		case $n in
		5) echo -99 ;;
		17) echo 18.75 ;;
		*) awk -v n="$n" 'BEGIN { print n * 0.5 + 10 }' ;;
		esac
	done | python3 -c 'import struct, sys
v = [float(line) for line in sys.stdin]
sys.stdout.buffer.write(struct.pack(">%df" % len(v), *v))' >other
	packed '.close = {tolerance: 0.25, with: [.from[0] + {path: "other",
			size: 96, dtype: "float32", endian: "big",
			chunk_shape: [1, 4], encoding: {missing: [-99]},
			refs: {offset: [0, 16, 32, 48, 64, 80],
				length: [16, 16, 16, 16, 16, 16]}}]} | '"${1:-.}"
}

@test "takes what is close, and writes what the pieces have" {
	near >r
	run -0 --separate-stderr pgf-write store r
	diff_text '' "$stderr"
	diff_text 120 "$(jq .bytes_in <<<"$output")"
	packed | pgf-write want >/dev/null
	diff -r want store
}

@test "refuses what is further away than the tolerance" {
	near '.close.tolerance = 0.249' >r
	run -65 --separate-stderr pgf-write store r
	diff_text '' "$output"
	diff_text "pgf-write: r:1: key t=0 x=0: array 'v': variable 'v[4,1]' is 18.5 in 'source', and 18.75 in 'other': further apart than combine.static {close: 0.249}; make the files agree, or set it to 'first'" "$stderr"
	[ ! -e store/v/c ]
}

@test "every region compares its own cells" {
	near '.close.tolerance = 0 | (.key.offset = {t: 0, x: 0} | .size = {t: 4, x: 4}),
		(.key.offset = {t: 4, x: 3} | .size = {t: 2, x: 1}),
		(.key.offset = {t: 4, x: 0} | .size = {t: 2, x: 3})' >three
	run -1 --separate-stderr pgf-write -k store three
	diff_text 2 "$(wc -l <<<"$stderr")"
	starts_with "$stderr" "pgf-write: three:3: key t=4 x=0: array 'v': variable 'v[4,1]' is"
	diff_text 2 "$(wc -l <<<"$output")"
}

@test "compares with every file, and names the one that is off" {
	near '.close.with += [.close.with[0] + {path: "third"}]' >r
	cp other third
	printf '\177\300\0\0' | dd of=third bs=1 seek=92 conv=notrunc status=none
	run -65 --separate-stderr pgf-write store r
	contains "$stderr" "'v[5,3]' is 21.5 in 'source', and missing in 'third':"
	near '.close.with[0].encoding = {}' >r
	run -65 --separate-stderr pgf-write store r
	contains "$stderr" "'v[1,1]' is missing in 'source', and -99.0 in 'other':"
}

@test "converts the units of what is compared" {
	near '.close.with[0].encoding += {units: [2, 0]}' >r
	run -65 --separate-stderr pgf-write store r
	contains "$stderr" "'v[0,0]' is 10.0 in 'source', and 20.0 in 'other':"
}

@test "a file to compare with must not have changed" {
	near >r
	echo >>other
	run -75 --separate-stderr pgf-write store r
	contains "$stderr" "'other' changed since it was opened"
	rm other
	run -75 --separate-stderr pgf-write store r
	contains "$stderr" "'other' is gone"
}

@test "compares 64-bit integers exactly, and no further than they go" {
	region '.array.shape = [2] | .array.data_type = "int64" | .array.fill_value = 0 |
		.array.chunk_grid.configuration.chunk_shape = [2] |
		.array.dimension_names = ["x"] | .key.offset = {x: 0} | .size = {x: 2} |
		.encoding = {} |
		.from[0] += {offset: {}, shape: [2], chunk_shape: [2], dtype: "int64",
			path: "whole", size: 32, refs: {offset: [0], length: [16]}} |
		.close = {tolerance: 0.5, with: [.from[0] + {encoding: {},
			refs: {offset: [16], length: [16]}}]}' >r
	python3 -c 'import struct, sys
lo, hi = -2**63, 2**63 - 1
sys.stdout.buffer.write(struct.pack("<4q", lo, hi, lo, hi - 1))' >whole
	run -65 --separate-stderr pgf-write store r
	contains "$stderr" "'v[1]' is 9223372036854775807 in 'whole', and 9223372036854775806 in 'whole':"
	jq -c '.close.tolerance = 1' r >r1
	run -0 --separate-stderr pgf-write store r1
	jq -c '.close.tolerance = 1e19 |
		.close.with[0].refs.offset = [8]' r >r2
	run -65 --separate-stderr pgf-write store r2
	contains "$stderr" "'v[0]' is -9223372036854775808 in 'whole', and 9223372036854775807 in 'whole':"
	jq -c '.close.tolerance = 2e19' r2 >r3
	run -0 --separate-stderr pgf-write store r3
}

@test "text is equal or not" {
	printf abcdefgh >wide
	texts '"string"' vlen-utf8 '.cell = {dtype: "char", shape: [4]} |
		.close = {tolerance: 9, with: [.from[0] + {path: "wide"}]}' >r
	cp four wide
	run -0 --separate-stderr pgf-write store r
	printf x | dd of=wide bs=1 seek=5 conv=notrunc status=none
	run -65 --separate-stderr pgf-write store r
	contains "$stderr" "'v[1]' is 'cdef' in 'four', and 'cxef' in 'wide':"
}

@test "compares large files band by band" {
	local row=3145728 n
	for n in 0 1 2 3; do
		head -c "$row" /dev/zero | tr '\0' "\\$n"
	done >large
	cp large other
	printf '\7' | dd of=other bs=1 seek=$((4 * row - 1)) conv=notrunc status=none
	region | jq -c --argjson row "$row" '
		.array.shape = [4, $row] |
		.array.chunk_grid.configuration.chunk_shape = [4, $row] |
		.encoding = {} | .size = {t: 4, x: $row} |
		.from[0] += {path: "large", size: (4 * $row), shape: [4, $row],
			chunk_shape: [1, $row], refs:
			{offset: [0, $row, 2 * $row, 3 * $row],
				length: [$row, $row, $row, $row]}} |
		.close = {tolerance: 3, with: [.from[0] +
			{path: "other", encoding: {}}]}' >r
	run -65 --separate-stderr pgf-write store r
	contains "$stderr" "'v[3,3145727]' is 3.0 in 'large', and 7.0 in 'other':"
	jq -c '.close.tolerance = 4' r >r1
	run -0 --separate-stderr pgf-write store r1
}

# nothing: region's source, with the fill value in all of the chunk 0/1.
nothing() {
	{ printf header--; for n in $(seq 0 23); do
		if ((n % 4 == 3 && n < 16)); then n=255; fi
		printf '%b' "\\0$(printf %03o "$n")"
	done; } >source
}

@test "a chunk of nothing but the fill value is no object, if the record says so" {
	region | pgf-write s.zarr >/dev/null
	[ -e s.zarr/v/c/0/1 ]
	nothing
	region | pgf-write s.zarr >receipt
	diff_text 4 "$(jq '[.objects[] | select(.size > 0)] | length' receipt)"
	diff_text '255 255 255 255 255 255 255 255 255 255 255 255' "$(numbers s.zarr/v/c/0/1)"
	# What was there before is taken away.
	region '.write_empty_chunks = false' | pgf-write s.zarr >receipt
	diff_text '[{"name":"v/c/0/1","size":0}]' "$(jq -c '[.objects[] | select(.size == 0)]' receipt)"
	[ ! -e s.zarr/v/c/0/1 ]
	# One cell that is another makes a chunk, wherever it is.
	diff_text '19 255 255 23 255 255 255 255 255 255 255 255' "$(numbers s.zarr/v/c/1/1)"
	region '.array.fill_value = 0 | .write_empty_chunks = false' | pgf-write t.zarr >/dev/null
	diff_text '0 1 2 4 5 6 8 9 10 12 13 14' "$(numbers t.zarr/v/c/0/0)"
	run -65 --separate-stderr pgf-write s.zarr < <(region '.write_empty_chunks = "no"')
	contains "$stderr" "member 'write_empty_chunks' is neither true nor false"
}

@test "a shard leaves out what holds nothing, and is none if that is all" {
	local inner='{name: "sharding_indexed", configuration: {chunk_shape: [4, 1],
		codecs: [{name: "bytes"}], index_codecs: [{name: "bytes", configuration:
		{endian: "little"}}, {name: "crc32c"}], index_location: "end"}}'
	nothing
	region ".array.codecs = [$inner] | .write_empty_chunks = false" | pgf-write s.zarr >receipt
	diff_text v/c/0/1 "$(jq -r '.objects[] | select(.size == 0).name' receipt)"
	# three columns of 4 cells, an index of 3 entries, its checksum
	diff_text $((3 * 4 + 3 * 16 + 4)) "$(stat -c %s s.zarr/v/c/0/0)"
	diff_text '0 4 8 12' "$(head -c 4 s.zarr/v/c/0/0 >column && numbers column)"
	# one column within the array, the others beyond it
	diff_text $((4 + 3 * 16 + 4)) "$(stat -c %s s.zarr/v/c/1/1)"
}
