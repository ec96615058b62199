#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# pgf-plan: regions on stdout or split over files.

load common
load records
bats_require_minimum_version 1.5.0

setup() { cd "$BATS_TEST_TMPDIR" || return; }

@test "prints help and version" { case_help pgf-plan; }

@test "refuses unknown options" { case_misuse pgf-plan; }

@test "refuses to begin without recipe and schema" {
	run -2 --separate-stderr pgf-plan </dev/null
	diff_text '' "$output"
	starts_with "$stderr" 'pgf-plan: --recipe and --schema must be given'
}

@test "refuses what is no record" {
	archive 2
	case_bad_record pgf-plan -r r.yaml --schema schema.json
}

@test "refuses a schema without layout, none, and two" {
	archive 2
	pgf-schema --partial open.ndjson >partial.json
	run -65 --separate-stderr pgf-plan -r r.yaml --schema partial.json open.ndjson
	diff_text '' "$output"
	starts_with "$stderr" "pgf-plan: 'partial.json': no member 'layout'"
	run -65 --separate-stderr pgf-plan -r r.yaml --schema gone.json open.ndjson
	starts_with "$stderr" "pgf-plan: 'gone.json': "
	cat schema.json schema.json >two.json
	run -65 --separate-stderr pgf-plan -r r.yaml --schema two.json open.ndjson
	starts_with "$stderr" "pgf-plan: 'two.json': holds more than one record"
}

@test "says so when the output is full" {
	archive 2
	case_full open.ndjson pgf-plan -r r.yaml --schema schema.json
}

@test "prints regions by variable and offset, for any order of datasets" {
	archive 5
	run -0 --separate-stderr pgf-plan -r r.yaml --schema schema.json open.ndjson
	diff_text '' "$stderr"
	diff_text 'mask {"x":0} 1
sst {"time":0,"x":0} 5
time {"time":0} 1' "$(jq -r '"\(.key.vars[0]) \(.key.offset) \(.from|length)"' <<<"$output")"
	all=$output
	run -0 --separate-stderr pgf-plan -r r.yaml --schema schema.json <(tac open.ndjson)
	diff_text "$all" "$output"
}

@test "a year of half hours is planned, each file once" {
	jq -nc 'range(17520) | {key:{concat:{time:.},merge:{}},url:"\(.).nc",
		file:{path:"/d/\(.).nc",size:1000},format:"netcdf4",
		dims:{time:1},attrs:{},attr_dtypes:{},vars:{v:{dims:["time"],
		shape:[1],dtype:"int16",endian:"little",attrs:{},attr_dtypes:{},
		chunk_shape:[1],codecs:[],refs:{offset:[100],length:[2]}}}}' |
		shuf --random-source=/dev/zero >year
	pgf-schema -q year >schema.json
	diff_text '{"time":[[17520,1]]}' "$(jq -c .layout.concat schema.json)"
	printf 'name: toy\ntarget: {chunks: {time: 48}}\n' >r.yaml
	pgf-plan -r r.yaml --schema schema.json year >regions
	diff_text '[17520,17520,17519]' "$(jq -sc '
		[(map(.size.time) | add), (map(.from | length) | add),
		 (map(.from[].offset.time) | unique | last)]' regions)"
}

@test "writes what array, chunks and codecs a region is of" {
	archive 2
	pgf-plan -r r.yaml --schema schema.json open.ndjson >regions
	diff_text '{"zarr_format":3,"node_type":"array","shape":[4,3],"data_type":"int16","chunk_grid":{"name":"regular","configuration":{"chunk_shape":[3,3]}},"chunk_key_encoding":{"name":"default","configuration":{"separator":"/"}},"fill_value":-9,"codecs":[{"name":"bytes","configuration":{"endian":"little"}}],"attributes":{},"dimension_names":["time","x"]}' \
		"$(jq -c 'select(.key.vars==["sst"]).array' regions)"
}

@test "splits regions over files named like the inputs" {
	archive 3
	split -l 1 -d -a 1 open.ndjson o
	: >o3
	run -0 --separate-stderr pgf-plan -r r.yaml --schema schema.json --split r -o all.ok o0 o1 o2 o3
	diff_text '' "$output"
	diff_text 'o0 o1 o2 o3' "$(jq -r '.name // empty' all.ok | paste -sd ' ')"
	pgf-plan -r r.yaml --schema schema.json open.ndjson >all
	diff <(sort r/*) <(sort all)
	diff_text 'o0 o1 o2 o3' "$(cd r && echo *)"
	diff_text '' "$(cat r/o3)"
	# Each goes with a file that it draws on, small ones with the last.
	diff_text 'r/o0 r/o2' "$(find r -size +0 -type f | sort | paste -sd ' ')"
	for n in 0 2; do
		diff_text true "$(jq -s --arg url "$(jq -r .url "o$n")" \
			'all(.[]; any(.from[]; .url == $url or has("inline")))' "r/o$n")"
	done
	touch -d 2001-01-01 r/*
	pgf-plan -r r.yaml --schema schema.json --split r o0 o1 o2 o3
	diff_text 4 "$(find r -type f ! -newermt 2002-01-01 | wc -l)"
}

# again: plan ten files of one batch each since ok; how many are read.
again() {
	printf '%s\n' o/* >o.list
	pgf-schema -q -r r.yaml --files-from o.list -o schema.json || return
	pgf-plan -r r.yaml --schema schema.json --split whole --files-from o.list >/dev/null || return
	pgf-plan -v -r r.yaml --schema schema.json --split r --files-from o.list -o ok --since ok 2>&1 |
		grep -o '[0-9]* of [0-9]*' || return
	diff -r whole r
}

# large NUMBER... : a record for each, of a file of one step that is a region.
large() {
	mkdir -p o
	for n; do
		printf '{"key":{"concat":{"t":%s}},"url":"u%s","file":{"path":"/u%s","size":9},"format":"netcdf4","dims":{"t":1,"x":4000000},"attrs":{},"attr_dtypes":{},"vars":{"v":{"dims":["t","x"],"shape":[1,4000000],"dtype":"int16","endian":"little","attrs":{},"attr_dtypes":{},"chunk_shape":[1,4000000],"codecs":[],"refs":{"offset":[%s],"length":[8000000]}}}}\n' \
			"$n" "$n" "$n" "${at-0}" >"o/$n"
	done
	printf 'name: x\ntarget: {chunks: {t: 2}}\n' >r.yaml
}

@test "plans again only what has changed" {
	large 0 1 2 3 4 5 6 7 8
	diff_text '9 of 9' "$(again)"
	diff_text '0 of 9' "$(again)"
	large 9
	diff_text '2 of 10' "$(again)"
	touch -d 2001-01-01 r/*
	again >/dev/null
	at=5 large 4
	diff_text '2 of 10' "$(again)"
	diff_text r/5 "$(find r -type f -newermt 2002-01-01)"
	# What regions are follows from the first file.
	at=5 large 0
	diff_text '10 of 10' "$(again)"
}

@test "plans again what a file comes to have that was filled" {
	large 0 1 2 3 4 5
	printf 'name: x\ncombine: {missing_variable: fill}\ntarget: {chunks: {v: {t: 1}, w: {t: 2}}}\n' >r.yaml
	for n in 0 1 2 3 4 5; do
		jq -c '.vars.w = .vars.v' "o/$n" >w
		cp w "o/$n"
	done
	cp o/3 with
	for n in 3 5; do
		jq -c 'del(.vars.w)' "o/$n" >w
		cp w "o/$n"
	done
	again
	# Its region goes with another file than before.
	cp with o/3
	diff_text '2 of 6' "$(again)"
	diff_text 'r/3' "$(grep -l '"vars":\["w"\]' r/[23])"
}

@test "plans everything again if an account is not to be trusted" {
	large 0 1 2 3
	again
	for damage in 'rm ok' ': >ok' 'sed -i 2d ok' 'sed -i s/t.:2/t.:3/ ok' \
		'truncate -s -1 ok' 'rm r/1' 'touch r/1' 'echo "{}" >>r/3' \
		'cp r/0 c; mv c r/0'; do
		diff_text '0 of 4' "$(again)"
		eval "$damage"
		diff_text '4 of 4' "$(again)" || fail "$damage"
	done
	printf 'name: x\ntarget: {chunks: {t: 1}}\n' >r.yaml
	diff_text '4 of 4' "$(again)"
	rm o/3
	diff_text '3 of 3' "$(again 2>&1 | head -n 1)"
}

@test "what is planned again is what would be planned from nothing" {
	cat >both <<-'END'
		#!/bin/sh
		# What cannot be planned must be refused in the same words.
		pgf-schema -q -r r.yaml --files-from o.list -o schema.json || exit
		plan="pgf-plan -r r.yaml --schema schema.json --files-from o.list"
		rm -rf whole
		$plan --split whole -o /dev/null 2>want
		code=$?
		$plan --split r -v -o ok --since ok 2>said
		[ $? = $code ] || exit 1
		[ $code = 0 ] || { grep -v 'are read$' said | cmp want -; exit; }
		grep -o '[0-9]* of [0-9]*' said >>counts
		for f in $(cat o.list); do
			cmp "whole/${f#o/}" "r/${f#o/}" || exit
		done
	END
	chmod +x both
	for seed in 1 2 3 4 5 6; do
		mkdir "seed$seed"
		(cd "seed$seed" && python3 "$PGF_ROOT/tests/fixtures/edits.py" "$seed" 12 ../both)
	done
	# And not by doing just that.
	[ "$(cat seed*/counts | awk '$1 < $3' | wc -l)" -gt 15 ]
}

@test "cannot split stdin, nor tell equal names apart" {
	archive 1
	run -2 --separate-stderr pgf-plan -r r.yaml --schema schema.json --split r <open.ndjson
	contains "$stderr" 'not stdin'
	mkdir a
	cp open.ndjson a
	run -2 --separate-stderr pgf-plan -r r.yaml --schema schema.json --split r open.ndjson a/open.ndjson
	contains "$stderr" "'open.ndjson'"
}

@test "refuses datasets that the schema was not made from" {
	archive 3
	run -65 --separate-stderr pgf-plan -r r.yaml --schema schema.json -o out <(head -n 2 open.ndjson)
	diff_text '' "$output"
	one_line "$stderr"
	contains "$stderr" "no dataset for time=2"
	[ ! -e out ]
	dataset other.nc 1 | cat open.ndjson - >four
	run -65 --separate-stderr pgf-plan -r r.yaml --schema schema.json four
	one_line "$stderr"
	contains "$stderr" "two files for time=1: '1.nc' and 'other.nc'"
	dataset 1.nc 1 '.dims.time=3 | .vars.sst.shape=[3,3] | .vars.time.shape=[3]' >longer
	run -65 --separate-stderr pgf-plan -r r.yaml --schema schema.json longer
	one_line "$stderr"
	starts_with "$stderr" 'pgf-plan: longer:1: key time=1: '
}

@test "refuses names in chunks that are not there" {
	archive 1
	printf 'name: toy\ntarget: {chunks: {tme: 3}}\n' >r.yaml
	run -65 --separate-stderr pgf-plan -r r.yaml --schema schema.json open.ndjson
	diff_text '' "$output"
	one_line "$stderr"
	contains "$stderr" "'tme', which is neither a dimension nor a variable"
	contains "$stderr" "nearest is 'time'"
}

@test "says what is converted, and only that" {
	archive 1
	{ dataset a.nc 0 && dataset b.nc 1 '.vars.sst.attrs._FillValue=-8' &&
		dataset c.nc 2 '.vars.sst.dtype="int8" | .vars.sst.attr_dtypes._FillValue="int8"'; } >open.ndjson
	pgf-schema -q open.ndjson >schema.json
	run -0 --separate-stderr pgf-plan -r r.yaml --schema schema.json open.ndjson
	diff_text '[[-9],"int16",null,null]
[[-9],"int16",[-8],null]
[[-9],"int8",[-9],null]' "$(jq -c 'select(.key.vars==["sst"]) | .encoding.missing as $to | .from[] |
		[$to, .dtype, .encoding.missing, .encoding.scale_factor]' <<<"$output")"
	diff_text '[null,null]' "$(jq -c 'select(.key.vars==["time"]) | [.encoding, .from[0].encoding]' <<<"$output")"
}

@test "puts NULs behind text that is narrower than the array" {
	local chars='.dims.n=$w | .vars={name:{dims:["time","n"],shape:[2,$w],dtype:"char",
		endian:"little",attrs:{},attr_dtypes:{},chunk_shape:[2,$w],codecs:[],
		refs:{offset:[100],length:[2*$w]}}}'
	archive 1
	{ dataset a.nc 0 "5 as \$w | $chars" && dataset b.nc 1 "8 as \$w | $chars" &&
		dataset c.nc 2 "0 as \$w | $chars | .vars.name.refs={offset:[],length:[]}"; } >open.ndjson
	pgf-schema -q open.ndjson >schema.json
	echo '{name: toy, target: {chunks: {time: 6}, codecs: []}}' >r.yaml
	run -0 --separate-stderr pgf-plan -r r.yaml --schema schema.json open.ndjson
	diff_text '[6] {"dtype":"char","shape":[8]} a.nc{"time":0}[2,5] b.nc{"time":2}[2,8] null{"time":4}[2]' \
		"$(jq -r '"\(.array.shape) \(.cell) " + ([.from[]|"\(.url)\(.offset)\(.shape)"]|join(" "))' <<<"$output")"
	# in version 2 every byte is an element
	echo '{name: toy, target: {zarr_format: 2, chunks: {time: 6, n: 4}, codecs: []}}' >r.yaml
	run -0 --separate-stderr pgf-plan -r r.yaml --schema schema.json open.ndjson
	diff_text '[6,8] null a.nc{"time":0}[2,5][100] a.nc{"time":0,"n":5}[2,3][null] b.nc{"time":2}[2,8][100] c.nc{"time":4}[2,8][null]' \
		"$(jq -r '"\(.array.shape) \(.cell) " +
			([.from[]|"\(.url)\(.offset|tojson)\(.shape)\(.refs.offset)"]|join(" "))' <<<"$output")"
}
