#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Zarr stores as sources, made with Python alone (tests/fixtures/stores.py).

# run sets output in every test
# shellcheck disable=SC2030,SC2031

load common
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	for v in 2 3; do
		for i in 0 3; do
			python3 "$PGF_ROOT/tests/fixtures/stores.py" "$v" "in$v/$i.zarr" "$i"
		done
	done
}

recipe() { # recipe VERSION [MORE]
	printf '%s\n' 'name: z' \
		"pattern: {glob: \"in$1/*.zarr\", dims: [{concat: time}]}" \
		'target: {store: z.zarr, zarr_format: 2, chunks: {time: 1, x: 4},' \
		'  codecs: [{name: bytes, configuration: {endian: little}}]}' \
		'run: {batch: 1}' "${@:2}" >r.yaml
}

# Row T of the store, which has no compressor.
row() { od -An -t d2 "z.zarr/v/$1.0" | tr -s ' ' | sed 's/^ //'; }

rows() { for t in 0 1 2 3 4 5; do row "$t"; done; }

truth() {
	printf '%s\n' '0 1 2 3' '10 11 12 13' '-9 -9 -9 23' '30 31 32 33' \
		'40 41 42 43' '-9 -9 -9 53'
}

bad() { # bad FOLDER PART...: pgf-open refuses it in one line with 65
	run -65 --separate-stderr pgf-open <<<"{\"path\":\"$1\"}"
	diff_text '' "$output"
	one_line "$stderr"
	for part in "${@:2}"; do contains "$stderr" "$part"; done
}

@test "says where the chunks of a store lie" {
	run -0 --separate-stderr pgf-open <<<'{"path":"in2/0.zarr"}'
	diff_text '["zarr",{"time":3,"x":4},{"title":"two"}]' \
		"$(jq -c '[.format, .dims, .attrs]' <<<"$output")"
	diff_text '[[0,0,null,0],{"prefix":"v/","separator":"."}]' \
		"$(jq -c '.vars.v | [.refs.offset, .objects]' <<<"$output")"
	run -0 --separate-stderr pgf-open <<<'{"path":"in3/0.zarr"}'
	diff_text '[[32,44,null,32],{"prefix":"v/c/","separator":"/","per":[1,2]}]' \
		"$(jq -c '.vars.v | [.refs.offset, .objects]' <<<"$output")"
}

@test "bakes stores of both versions, with chunks that are not there" {
	for v in 2 3; do
		rm -rf z.zarr
		recipe "$v"
		run -0 --separate-stderr pgf bake r.yaml --work "w$v"
		diff_text "$(truth)" "$(rows)"
	done
}

@test "a chunk that is written anew is the only one that is read anew" {
	recipe 2
	run -0 pgf bake r.yaml
	run -0 pgf bake r.yaml
	contains "$output" 'up to date'
	ls -i z.zarr/v >before
	cp in2/0.zarr/v/1.1 in2/3.zarr/v/1.1
	run -0 pgf bake r.yaml
	diff_text '-9 -9 -9 23' "$(row 5)"
	diff_text '40 41 42 43' "$(row 4)"
	ls -i z.zarr/v >after
	# the other store's regions were left alone
	diff_text "$(grep '[012]\.0$' before)" "$(grep '[012]\.0$' after)"
	run -0 pgf bake r.yaml
	contains "$output" 'up to date'
}

@test "pgf-why names the store behind a chunk" {
	recipe 2
	run -0 pgf bake r.yaml
	run -0 --separate-stderr pgf-why z.zarr v/4.0
	contains "$output" "source $PWD/in2/3.zarr"
	contains "$output" $'\n'"  $PWD/in2/3.zarr"
	[ "${output#*"3.zarr, "}" = "$output" ]
}

@test "a chunk that comes later is taken in" {
	recipe 3
	run -0 pgf bake r.yaml
	mv in3/3.zarr/v/c/1/0 late
	run -0 pgf bake r.yaml
	diff_text '-9 -9 -9 -9' "$(row 5)"
	mv late in3/3.zarr/v/c/1/0
	run -0 pgf bake r.yaml
	diff_text '-9 -9 -9 53' "$(row 5)"
}

@test "an object that changes after it was looked at is told so" {
	recipe 2
	pgf-expand r.yaml | pgf-fetch | pgf-open >opened
	pgf-schema --recipe r.yaml <opened >schema
	pgf-plan --schema schema --recipe r.yaml <opened >regions
	touch in2/0.zarr/v/0.0
	run -75 --separate-stderr pgf-write z.zarr <regions
	contains "$stderr" "'v/0.0' of '"
	contains "$stderr" 'changed since it was opened'
	rm in2/0.zarr/v/0.0
	run -75 --separate-stderr pgf-write z.zarr <regions
	contains "$stderr" 'is gone since'
}

@test "what is no store, or damaged, is one line" {
	mkdir none array
	bad none "'$PWD/none'" 'no Zarr store'
	cp in2/0.zarr/v/.zarray array
	bad array 'an array, not a group'
	echo '{' >in2/0.zarr/.zmetadata
	bad in2/0.zarr "'.zmetadata'"
	head -c 20 in3/0.zarr/v/c/0/0 >short
	mv short in3/0.zarr/v/c/0/0
	bad in3/0.zarr "variable 'v'" "shard 'v/c/0/0'" truncated
	rm in3/3.zarr/v/c/0/0
	mkdir in3/3.zarr/v/c/0/0
	bad in3/3.zarr 'is no file'
}

@test "a chunk that is damaged stores nothing" {
	recipe 2
	echo x >in2/0.zarr/v/0.0
	run -65 --separate-stderr pgf bake r.yaml
	contains "$stderr" "chunk 0/0"
	contains "$stderr" "codec 'zlib'"
	[ ! -e z.zarr/.zmetadata ]
}

@test "a folder goes through no program and has no digest" {
	recipe 2 'fetch: {exec: "cp {in} {out}"}'
	run -65 --separate-stderr pgf bake r.yaml
	contains "$stderr" 'is a Zarr store, which has no digest and goes through no program'
}

@test "a store on a server is not copied" {
	for url in https://h.example/a.zarr 's3://b/a.zarr/' 'https://h.example/a.zarr?x=1'; do
		run -65 --separate-stderr pgf-fetch --cache c <<<"{\"url\":\"$url\"}"
		diff_text '' "$output"
		one_line "$stderr"
		contains "$stderr" 'is a Zarr store on a server'
	done
	run -65 --separate-stderr pgf-fetch --cache c \
		<<<'{"url":"https://h.example/a","format":"zarr"}'
	contains "$stderr" 'set fetch.cache to false'
	run -65 --separate-stderr pgf-fetch --head \
		<<<'{"url":"ftp://h.example/a.zarr"}'
	contains "$stderr" 'http, https, s3, gs and az only'
}

@test "names of objects that leave the folder are refused" {
	recipe 2
	pgf-expand r.yaml | pgf-fetch | pgf-open >opened
	pgf-schema --recipe r.yaml <opened >schema
	pgf-plan --schema schema --recipe r.yaml <opened |
		sed 's|"prefix":"v/"|"prefix":"../v/"|' >regions
	run -65 --separate-stderr pgf-write z.zarr <regions
	contains "$stderr" "'objects' does not say"
}
