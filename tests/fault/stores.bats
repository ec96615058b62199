#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Zarr stores that stay on their servers (tests/fixtures/stores.py, behind
# tests/fault/parts.py).

# shellcheck disable=SC2030,SC2031 # each test is a subshell, and means it
load ../bats/common
bats_require_minimum_version 1.5.0

setup_file() {
	local v i
	cd "$BATS_FILE_TMPDIR" || return
	for v in 2 3; do
		for i in 0 3; do
			make_store "$v" "files/v$v-$i.zarr" "$i"
		done
	done
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	log=$PWD/requests
	: >"$log"
	cp -r "$BATS_FILE_TMPDIR/files" files
	python3 -u "$PGF_ROOT/tests/fault/parts.py" files "$log" >url \
		2>server.err 3>&- &
	server=$!
	await test -s url || { cat server.err && return 1; }
	base=$(cat url)
}

teardown() {
	kill "$server" || :
}

make_store() { # make_store VERSION FOLDER FIRST
	python3 "$PGF_ROOT/tests/fixtures/stores.py" "$@"
	python3 "$PGF_ROOT/tests/fixtures/stores.py" consolidate "$2"
}

recipe() { # recipe VERSION BEHAVIOUR [FETCH]
	printf '%s\n' 'name: z' \
		"pattern: {files: [$base/$2/v$1-0.zarr, $base/$2/v$1-3.zarr], dims: [{concat: time}]}" \
		"fetch: {cache: false, retries: 2${3-}}" \
		'target: {store: z.zarr, zarr_format: 2, chunks: {time: 1, x: 4},' \
		'  codecs: [{name: bytes, configuration: {endian: little}}]}' \
		'run: {batch: 1}' >r.yaml
}

# Row T of the store, which has no compressor.
row() { od -An -t d2 "z.zarr/v/$1.0" | tr -s ' ' | sed 's/^ //'; }
rows() { for t in 0 1 2 3 4 5; do row "$t"; done; }

truth() {
	printf '%s\n' '0 1 2 3' '10 11 12 13' '-9 -9 -9 23' '30 31 32 33' \
		'40 41 42 43' '-9 -9 -9 53'
}

item() { jq -nc --arg url "$base/$1" '{key:{concat:{}},url:$url}'; }
head_of() { item "$1" | pgf-fetch --head; }

@test "bakes stores of both versions, with chunks that are not there" {
	local v
	for v in 2 3; do
		: >"$log"
		rm -rf z.zarr
		recipe "$v" good
		run -0 --separate-stderr pgf bake -q r.yaml --work "w$v"
		diff_text '' "$stderr"
		diff_text "$(truth)" "$(rows)"
		run -0 pgf bake r.yaml --work "w$v"
		contains "$output" 'up to date'
	done
}

@test "an object is looked at by one small request, the index of a shard in the same" {
	head_of good/v2-0.zarr >two
	head_of good/v3-0.zarr >three
	: >"$log"
	pgf-open two three >opened
	grep '/[vt]' "$log" | grep -v 'zarr.json\|zmetadata' |
		awk '{ print $1, $2, $3 }' | sort >asked
	# what time is, is read
	diff_text "/good/v2-0.zarr/time/0 bytes=0-0 1
/good/v2-0.zarr/v/0.0 bytes=0-0 1
/good/v2-0.zarr/v/0.1 bytes=0-0 1
/good/v2-0.zarr/v/1.0 bytes=0-0 0
/good/v2-0.zarr/v/1.1 bytes=0-0 1
/good/v3-0.zarr/time/c/0 bytes=0-0 1
/good/v3-0.zarr/v/c/0/0 bytes=0-31 32
/good/v3-0.zarr/v/c/1/0 bytes=0-31 32" "$(cat asked)"
	jq -c '.vars.v.refs.offset' opened >got
	diff_text '[0,0,null,0]
[32,44,null,32]' "$(cat got)"
}

@test "the chunks of a shard come in one request" {
	recipe 3 good
	pgf bake -q r.yaml --work w
	jq -c 'select(.key.vars == ["v"] and .key.offset.time == 0)' w/z/r/* >regions
	: >"$log"
	pgf-write out.zarr regions >receipts
	diff_text '/good/v3-0.zarr/v/c/0/0 bytes=32-51 20' \
		"$(awk '{ print $1, $2, $3 }' "$log" | grep v3-0.zarr/v/c/0/0)"
}

@test "says which version of a store a server has, by its document" {
	local v name
	for v in 2:.zmetadata 3:zarr.json; do
		name=${v#*:} v=${v%:*}
		run -0 --separate-stderr head_of "good/v$v-0.zarr/"
		diff_text "$name $(stat -c %s "files/v$v-0.zarr/$name")" \
			"$(jq -r '.file.document | "\(.name) \(.size)"' <<<"$output")"
		jq -r .file.listing <<<"$output" >before
		touch -d yesterday "files/v$v-0.zarr/$name"
		run -0 --separate-stderr head_of "good/v$v-0.zarr/"
		run -1 cmp -s before <(jq -r .file.listing <<<"$output")
	done
}

@test "what does not say that it is absent is an error, not a hole" {
	recipe 2 closed
	run -65 --separate-stderr pgf bake -q r.yaml
	contains "$stderr" '/closed/v2-0.zarr/v/1.0'
	contains "$stderr" '403 Forbidden'
	recipe 2 broken
	run -75 --separate-stderr pgf bake -q r.yaml
	contains "$stderr" '/broken/v2-0.zarr/'
	contains "$stderr" 'tried 3 times'
	[ ! -e z.zarr/.zmetadata ]
}

@test "answers that are none for now, or break off, are asked for again" {
	local behaviour v
	for behaviour in 2:busy 3:halves; do
		v=${behaviour%:*} behaviour=${behaviour#*:}
		rm -rf z.zarr
		recipe "$v" "$behaviour"
		run -0 --separate-stderr pgf bake -q r.yaml --work "w$v"
		diff_text "$(truth)" "$(rows)"
	done
}

@test "an object that changed or went after it was looked at is told so" {
	local v name
	for v in 2:v/0.0 3:v/c/0/0; do
		name=${v#*:} v=${v%:*}
		recipe "$v" good
		rm -rf out.zarr z.zarr
		pgf bake -q r.yaml --work "w$v"
		touch -d yesterday "files/v$v-0.zarr/$name"
		run -75 --separate-stderr pgf-write out.zarr "w$v"/z/r/*
		one_line "$stderr"
		contains "$stderr" "'$base/good/v$v-0.zarr/$name': changed since it was opened: run again"
		rm "files/v$v-0.zarr/$name"
		run -75 --separate-stderr pgf-write out.zarr "w$v"/z/r/*
		contains "$stderr" "'$base/good/v$v-0.zarr/$name': gone since it was opened: run again"
		diff_text '' "$(find out.zarr -path '*/v/*' -type f)"
	done
}

@test "an object that is damaged stores nothing" {
	echo x >files/v2-0.zarr/v/0.0
	recipe 2 good
	run -65 --separate-stderr pgf bake -q r.yaml
	contains "$stderr" "chunk 0/0"
	contains "$stderr" "codec 'zlib'"
	truncate -s 20 files/v3-0.zarr/v/c/0/0
	head_of good/v3-0.zarr >three
	run -65 --separate-stderr pgf-open three
	contains "$stderr" "shard 'v/c/0/0'"
	contains "$stderr" truncated
	[ ! -e z.zarr/.zmetadata ]
}

@test "another metadata document is noticed, and only what is another is written" {
	recipe 2 good
	pgf bake -q r.yaml
	ls -i z.zarr/v >before
	cp files/v2-0.zarr/v/1.1 files/v2-3.zarr/v/1.1
	run -0 pgf update -q r.yaml
	diff_text '-9 -9 -9 53' "$(row 5)" # nobody said that it changed
	touch -d yesterday files/v2-3.zarr/.zmetadata
	run -0 pgf update -q r.yaml
	diff_text '-9 -9 -9 23' "$(row 5)"
	ls -i z.zarr/v >after
	diff_text "$(grep '[012]\.0$' before)" "$(grep '[012]\.0$' after)"
	: >"$log"
	run -0 pgf update -q r.yaml
	run -1 grep -v 'zarr.json\|.zmetadata\|.zgroup' "$log"
}

@test "a store without consolidated metadata, or none at all, is one line" {
	local fetch
	rm files/v2-0.zarr/.zmetadata
	run -65 --separate-stderr head_of good/v2-0.zarr
	one_line "$stderr"
	contains "$stderr" "'$base/good/v2-0.zarr' has no .zmetadata"
	python3 "$PGF_ROOT/tests/fixtures/stores.py" 3 files/v3-0.zarr 0
	head_of good/v3-0.zarr >three
	run -65 --separate-stderr pgf-open three
	one_line "$stderr"
	contains "$stderr" 'no consolidated metadata'
	run -65 --separate-stderr head_of good/none.zarr
	one_line "$stderr"
	contains "$stderr" 'no Zarr store is there'
	run -75 --separate-stderr head_of broken/v2-0.zarr
	for fetch in mute unsized whole; do
		run -65 --separate-stderr head_of $fetch/v2-3.zarr
		one_line "$stderr"
		diff_text '' "$output"
	done
}

@test "stores are not copied into a cache" {
	recipe 2 good
	sed -i 's/cache: false/cache: true/' r.yaml
	run -65 --separate-stderr pgf bake -q r.yaml
	contains "$stderr" 'set fetch.cache to false'
}

@test "a store of which the server has no chunk at all is warned of" {
	rm -r files/v2-0.zarr/v
	recipe 2 good
	run -0 --separate-stderr pgf bake -q r.yaml
	contains "$stderr" "'v' of '$base/good/v2-0.zarr': the server has none of its chunks"
	diff_text '-9 -9 -9 -9' "$(row 0)"
}
