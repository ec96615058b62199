#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Files that stay on their servers: the same store as with a copy, few bytes, and
# never bytes of two versions.

# shellcheck disable=SC2030,SC2031 # each test is a subshell, and means it
load ../bats/common
bats_require_minimum_version 1.5.0

# The files: two of each form along time.
setup_file() {
	local libs n
	cd "$BATS_FILE_TMPDIR" || return
	mkdir files
	read -ra libs < <(pkg-config --cflags --libs hdf5)
	gcc -o layouts "$PGF_ROOT/tests/fixtures/layouts.c" "${libs[@]}"
	./layouts files
	for n in 0 1; do
		cdl $n "$n" >a.cdl
		ncgen -k '64-bit offset' -o files/three$n.nc a.cdl
		ncgen -k netCDF-4 -o four.nc a.cdl
		nccopy -d 1 -s -c time/2,y/50,x/40 four.nc files/four$n.nc
	done
	cdl 0 5 >a.cdl
	ncgen -k netCDF-4 -o four.nc a.cdl
	nccopy -d 1 -s -c time/2,y/50,x/40 four.nc next0.nc
}

# cdl N SEED: the file at place N.
cdl() {
	cat <<-CDL
	netcdf a {
	dimensions: time = UNLIMITED ; y = 100 ; x = 80 ; n = 5 ;
	variables:
		double time(time) ; time:units = "days since 2000-01-01" ;
		float y(y) ; short v(time, y, x) ; v:scale_factor = 0.5f ;
		:title = "t" ;
	data:
		time = $(seq -s, $(($1 * 10)) $(($1 * 10 + 9))) ;
		y = $(seq -s, 0 99) ;
		v = $(seq -s, "$2" $((79999 + $2)) | awk -v RS=, -v ORS=, \
			'{ print $1 * 7919 % 30011 }' | sed 's/,$//') ;
	}
	CDL
}

# texts N: file N of texts.
texts() {
	ncgen -k netCDF-4 -o "files/text$1.nc" <<-CDL
	netcdf t {
	dimensions: time = UNLIMITED ; x = 3 ;
	variables: int time(time) ; string s(time, x) ;
	data: time = $1 ; s = "ab$1", "", "é" ; }
	CDL
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

item() { jq -nc --arg url "$base$1" '{key:{concat:{}},url:$url}'; }
head_of() { item "$1" | pgf-fetch --head; }

# recipe CACHE PATH [MEMBERS]: two files along time, as far as the store; more of
# fetch.
recipe() {
	cat >"r-$1.yaml" <<-YAML
	name: parts
	pattern:
	  url: "$base/$2{time}.nc"
	  dims:
	    - concat: time
	      range: {start: 0, stop: 1}
	fetch: {cache: $1, retries: 2${3-}}
	target: {store: $PWD/$1.zarr, chunks: {time: 5, y: 60, x: 80}}
	YAML
}

bake() { pgf bake -q --work "w-$1" "r-$1.yaml"; }

# digests STORE: of all objects; the plan has other names for the same bytes.
digests() {
	(cd "$1" && find . -type f ! -name zarr.json -exec sha256sum {} + |
		sort -k2)
}

bytes() { awk '{ n += $3 } END { print n }' "$log"; }

@test "says which version a server has" {
	run -0 --separate-stderr head_of /good/three0.nc
	diff_text '' "$stderr"
	diff_text "$base/good/three0.nc" "$(jq -r .file.url <<<"$output")"
	diff_text "$(stat -c %s files/three0.nc)" "$(jq .file.size <<<"$output")"
	contains "$(jq -r .file.etag <<<"$output")" "-$(stat -c %s files/three0.nc)"
	diff_text "$(date -ur files/three0.nc +%Y-%m-%dT%H:%M:%S.000000000Z)" \
		"$(jq -r .file.modified <<<"$output")"
	diff_text "1 1" "$(wc -l <"$log" | tr -d ' ') $(bytes)"
}

@test "refuses servers of which parts cannot be had safely" {
	local path
	for path in whole mute unsized; do
		run -65 --separate-stderr head_of /$path/three0.nc
		diff_text '' "$output"
		one_line "$stderr"
		contains "$stderr" "/$path/three0.nc"
		contains "$stderr" 'set fetch.cache to true'
	done
	run -65 --separate-stderr pgf-fetch --head \
		<<<'{"url":"ftp://127.0.0.1/a.nc"}'
	contains "$stderr" 'set fetch.cache to true'
	run -65 --separate-stderr head_of /good/none.nc
	contains "$stderr" '404 Not Found'
}

@test "brings ranges to their place" {
	head_of /good/three0.nc >files.ndjson
	jq -c '.file + {id: 7, ranges: [[10, 90], [50000, 1000]], to: "part"},
		.file + {id: "x", ranges: [[0, 5]], to: "moved", base: 100}' \
		files.ndjson >orders
	run -0 --separate-stderr pgf-fetch --ranges orders
	diff_text '' "$stderr"
	diff_text '{"id":"x","bytes":5}
{"id":7,"bytes":1090}' "$(sort <<<"$output")"
	cmp -n 90 -i 10 files/three0.nc part
	cmp -n 1000 -i 50000 files/three0.nc part
	diff_text 51000 "$(stat -c %s part)"
	cmp -n 5 -i 0:100 files/three0.nc moved
	diff_text 4 "$(wc -l <"$log")"
}

@test "brings a long range in pieces, several at once" {
	seq 3000000 | head -c 20000000 >files/long
	head_of /good/long | jq -c '.file + {ranges: [[5, 19999990]], to: "part"} |
		.url |= sub("/good/"; "/trio/")' >order
	: >"$log"
	run -0 --separate-stderr pgf-fetch --ranges order
	diff_text '{"bytes":19999990}' "$output"
	cmp -n 19999990 -i 5 files/long part
	diff_text 'bytes=5-8388612 bytes=8388613-16777220 bytes=16777221-19999994' \
		"$(awk '{ print $2 }' "$log" | sort -t= -k2n | paste -sd ' ')"
	diff_text '0 1 2' "$(awk '{ print $6 }' "$log" | sort | paste -sd ' ')"
}

# records KIND BETWEEN: 100 records of 4000 wanted bytes, and so many between them.
records() {
	ncgen -k "$1" -o files/rec0.nc <<-CDL
	netcdf r {
	dimensions: time = UNLIMITED ; x = 1000 ; y = $(($2 / 8 - 1)) ;
	variables: double time(time) ; int want(time, x) ; double other(time, y) ;
	data: time = $(seq -s, 0 99) ; want = $(seq -s, 100000) ; other = _ ;
	}
	CDL
}

@test "records that lie scattered come together, where little lies between" {
	local kind between n
	recipe false good/rec
	sed -i 's/stop: 1/stop: 0/; s/y: 60, x: 80/x: 1000/; s/time: 5/time: 100/' \
		r-false.yaml
	for kind in classic:60000:1 '64-bit offset:60000:1' '64-bit data:60000:1' \
		classic:70000:100; do
		IFS=: read -r kind between n <<<"$kind"
		records "$kind" "$between"
		rm -rf w-false false.zarr
		bake false
		jq -c 'select(.key.vars == ["want"])' w-false/parts/r/* >regions
		: >"$log"
		pgf-write out.zarr regions >receipts
		diff_text "$n" "$(wc -l <"$log")"
		[ "$(bytes)" = $((100 * 4000 + (n > 1 ? 0 : 99 * between))) ]
	done
}

@test "an order that fails is an answer, and the others go on" {
	head_of /good/three0.nc >files.ndjson
	{
		jq -c '.file + {id: 1, ranges: [[0, 1e9]], to: "part"}' files.ndjson
		echo '{"id":2}'
		echo 'no record'
		jq -c '.file + {id: 3, ranges: [[0, 9]], to: "/none/part"}' files.ndjson
		jq -c '.file + {id: 4, ranges: [[0, 9]], to: "part"}' files.ndjson
	} >orders
	run -0 --separate-stderr pgf-fetch --ranges orders
	diff_text '[1,65]
[2,65]
[3,1]
[4,null]
[null,65]' "$(jq -c '[.id, .code]' <<<"$output" | sort)"
}

@test "the same store as with a copy: NetCDF-3" {
	recipe true good/three && bake true
	recipe false good/three && bake false
	diff_text "$(digests true.zarr)" "$(digests false.zarr)"
	[ "$(digests false.zarr | wc -l)" -gt 4 ]
}

@test "the same store as with a copy: HDF5" {
	recipe true good/four && bake true
	recipe false good/four && bake false
	diff_text "$(digests true.zarr)" "$(digests false.zarr)"
}

# form KIND N: file N of a form, where v is a small part.
form() {
	{
		cdl "$2" "$2" | sed 's/short v(/double other(time, y, x), more(time, y, x) ; short v(/; $d'
		echo "other = $(seq -s, 80000) ; }"
	} >a.cdl
	ncgen -k "$1" -o "files/form$2.nc" a.cdl
}

@test "the same store as with a copy, and few bytes for one variable, of each form" {
	local kind whole
	for kind in classic '64-bit offset' '64-bit data' netCDF-4; do
		rm -rf w-* ./*.zarr
		form "$kind" 0
		form "$kind" 1
		recipe true good/form && bake true
		recipe false good/form && bake false
		diff_text "$(digests true.zarr)" "$(digests false.zarr)"
		[ "$(digests false.zarr | wc -l)" -gt 8 ]
		jq -c 'select(.key.vars == ["v"])' w-false/parts/r/* >regions
		: >"$log"
		pgf-write out.zarr regions >receipts
		whole=$(($(stat -c %s files/form0.nc) + $(stat -c %s files/form1.nc)))
		echo "$kind: $(bytes) of $whole"
		[ "$(bytes)" -lt $((whole / 2)) ]
		diff_text "$(digests false.zarr | grep ' ./v/')" \
			"$(digests out.zarr | grep ' ./v/')"
	done
}

@test "the program that brings parts is killed: 75, nothing is written, then all" {
	local n pid code
	recipe false good/four && bake false
	digests false.zarr >whole
	for n in 0 1 2; do
		sed "s|/good/|/held$n/|g" w-false/parts/r/* >regions
		rm -f "$log.held"
		pgf-write -r w-false/parts/conf.ranges out.zarr regions >receipts 2>said 3>&- &
		pid=$!
		await test -e "$log.held"
		# shellcheck disable=SC2046 # one word
		kill -9 $(cat "/proc/$pid/task/$pid/children")
		code=0
		wait "$pid" || code=$?
		diff_text 75 "$code"
		contains "$(cat said)" 'pgf-fetch died of signal 9: run again'
		one_line "$(cat said)"
	done
	pgf-write -r w-false/parts/conf.ranges out.zarr w-false/parts/r/* >receipts
	diff_text "$(cat whole)" "$(digests out.zarr)"
}

@test "the same tables and digests as of a copy: HDF5 of both ages, after a user block" {
	local name key='{"concat":{"none":0},"merge":{"m":"all"}}'
	for name in layouts block late many; do
		item /good/$name.h5 | jq -c ".key = $key" | pgf-fetch --head |
			pgf-open | jq -S 'del(.url, .file)' >remote
		jq -c "{path: ., key: $key}" <<<"\"files/$name.h5\"" |
			pgf-open | jq -S 'del(.path, .file)' >local
		cmp local remote
		[ "$(jq '[.vars[].digest // empty] | length' local)" -gt 0 ]
	done
}

@test "the same store whatever tells versions apart, and if answers break off" {
	local behaviour want
	recipe true good/four && bake true
	want=$(digests true.zarr)
	for behaviour in dated weak short busy; do
		rm -rf w-false false.zarr
		recipe false $behaviour/four && bake false
		diff_text "$want" "$(digests false.zarr)"
	done
}

@test "opens a large file by few requests and bytes" {
	head_of /good/large.h5 >files.ndjson
	: >"$log"
	run -0 --separate-stderr pgf-open files.ndjson
	diff_text '' "$stderr"
	diff_text 1600 "$(jq '.vars.large.refs.offset | length' <<<"$output")"
	jq -cS .vars.large.refs <<<"$output" >remote
	pgf-open <<<'{"path":"files/large.h5"}' | jq -cS .vars.large.refs |
		cmp - remote
	[ "$(stat -c %s files/large.h5)" -gt 104000000 ]
	[ "$(bytes)" -lt 2500000 ]
	[ "$(wc -l <"$log")" -lt 40 ]
}

@test "an index of the newest form takes few round trips" {
	head_of /calm/large_late.h5 >files.ndjson
	: >"$log"
	run -0 --separate-stderr pgf-open files.ndjson
	diff_text '' "$stderr"
	jq -cS .vars <<<"$output" >remote
	pgf-open <<<'{"path":"files/large_late.h5"}' | jq -cS .vars | cmp - remote
	diff_text '[1600,1600,1600]' "$(jq -c '[.[].refs.offset | length]' remote)"
	[ "$(bytes)" -lt 2500000 ]
	[ "$(wc -l <"$log")" -lt 45 ]
	# Of a round the first finds nobody under way; it is answered when all have come.
	[ "$(awk '$6 == 0' "$log" | wc -l)" -lt 15 ]
}

# others: how many more were under way, at most, when a question came.
others() { awk '$6 > n { n = $6 } END { print n + 0 }' "$log"; }

@test "small files are opened together, each by one request" {
	local n
	for n in 0 1 2 3 4 5 6 7; do
		cp files/three0.nc "files/small$n.nc"
		head_of /good/small$n.nc
	done | sed 's|/good/|/together/|g' >files.ndjson
	: >"$log"
	run -0 --separate-stderr pgf-open files.ndjson
	diff_text '' "$stderr"
	diff_text 8 "$(wc -l <<<"$output")"
	diff_text 8 "$(wc -l <"$log")"
	[ "$(others)" -ge 3 ]
	# in their order, as they are opened alone
	sed -n 4p files.ndjson | pgf-open | cmp - <(sed -n 4p <<<"$output")
}

@test "a file among others that cannot be opened is alone in that" {
	local n
	for n in 0 1 2; do
		cp files/four0.nc "files/small$n.nc"
		head_of /good/small$n.nc
	done >files.ndjson
	sed -n 1p files.ndjson | pgf-open >first
	sed -n 3p files.ndjson | pgf-open >third
	echo 'no record' >>files.ndjson
	rm files/small1.nc
	run -1 --separate-stderr pgf-open -k --rejects bad files.ndjson
	cmp <(echo "$output") <(cat first third)
	contains "$stderr" 'files.ndjson:2:'
	contains "$stderr" "'$base/good/small1.nc'"
	contains "$stderr" 'files.ndjson:4:'
	diff_text 2 "$(wc -l <bad)"
	run -65 --separate-stderr pgf-open files.ndjson
	one_line "$stderr"
	contains "$stderr" 'files.ndjson:2:'
}

@test "writing takes the bytes that it needs, and few more" {
	local need
	recipe false good/four
	pgf bake -q --work w-false r-false.yaml
	: >"$log"
	need=$(jq '[.from[].refs.length // [] | add] | add' w-false/parts/r/* |
		awk '{ n += $1 } END { print n }')
	pgf-write again.zarr w-false/parts/r/* >receipts
	[ "$(bytes)" -ge "$need" ]
	[ "$(bytes)" -le $((need + 40 * 32768)) ]
	diff_text "$(digests false.zarr)" "$(digests again.zarr)"
}

@test "a file that changed is told, and nothing of it is written" {
	local behaviour
	for behaviour in good blind dated weak; do
		rm -rf files out.zarr w-false false.zarr
		cp -r "$BATS_FILE_TMPDIR/files" files
		recipe false $behaviour/four && bake false
		cp files/four1.nc files/four0.nc
		run -75 --separate-stderr pgf-write out.zarr w-false/parts/r/*
		diff_text '' "$output"
		one_line "$stderr"
		contains "$stderr" "'$base/$behaviour/four0.nc': changed since it was opened: run again"
		diff_text '' "$(find out.zarr -type f)"
		run -75 --separate-stderr pgf-open w-false/parts/f/00000
		contains "$stderr" 'changed since it was opened: run again'
	done
}

@test "a file that changes while it is read is never mixed" {
	head_of /flips/large.h5 >files.ndjson
	run -75 --separate-stderr pgf-open files.ndjson
	diff_text '' "$output"
	contains "$stderr" 'changed since it was opened: run again'
}

@test "other bytes than are asked for are refused" {
	local behaviour
	for behaviour in shifted later; do
		head_of /$behaviour/four0.nc >files.ndjson
		run -65 --separate-stderr pgf-open files.ndjson
		diff_text '' "$output"
		one_line "$stderr"
		contains "$stderr" "/$behaviour/four0.nc"
		contains "$stderr" 'set fetch.cache to true'
	done
}

@test "a server that went is 75, a file that went 65" {
	head_of /gone/four0.nc >files.ndjson
	run -65 --separate-stderr pgf-open files.ndjson
	contains "$stderr" '410 Gone'
	head_of /good/four0.nc | jq -c '.file + {ranges: [[0, 9]], to: "p"}' \
		>order
	kill "$server"
	wait "$server" || :
	run -0 --separate-stderr pgf-fetch --ranges --retries 1 order
	diff_text 75 "$(jq .code <<<"$output")"
}

@test "an update writes again what a changed file is in, then nothing" {
	recipe false good/four && bake false
	run -0 pgf-why --work w-false false.zarr v/c/0/0/0
	contains "$output" "$base/good/four0.nc"
	contains "$output" 'on the server'
	digests false.zarr >before
	cp "$BATS_FILE_TMPDIR/next0.nc" files/four0.nc
	: >"$log"
	run -0 pgf update -q --work w-false r-false.yaml
	recipe true good/four && bake true
	diff_text "$(digests true.zarr)" "$(digests false.zarr)"
	[ "$(digests false.zarr)" != "$(cat before)" ]
	: >"$log"
	run -0 pgf update -q --work w-false r-false.yaml
	diff_text '1 1' "$(awk '{ print $3 }' "$log" | paste -sd ' ')"
}

# shellcheck disable=SC2016 # names of variables are what it is about
@test "headers and queries of the recipe open parts too, and are left nowhere" {
	local word members=', headers: {X-Key: "${TOKEN}"}, query: {key: "${TOKEN}"}'
	export TOKEN=s3cr-t0ken
	recipe true good/four && bake true
	recipe false token/four "$members"
	bake false
	diff_text "$(digests true.zarr)" "$(digests false.zarr)"
	for word in "$TOKEN" "$(base64 -w0 <<<"$TOKEN")"; do
		run -1 grep -rFl -- "$word" w-false false.zarr
	done
	run -0 grep -rl TOKEN w-false
	diff_text w-false/parts/conf.ranges "$output"
	TOKEN=other run -65 pgf-open -r w-false/parts/conf.ranges w-false/parts/f/00000
	contains "$output" "/token/four0.nc': 403 Forbidden"
	unset TOKEN
	run -65 --separate-stderr pgf-write -r w-false/parts/conf.ranges out.zarr w-false/parts/r/*
	one_line "$stderr"
	contains "$stderr" "header 'X-Key': the environment variable 'TOKEN' is not set"
	diff_text '' "$(find out.zarr -type f)"
}

@test "texts that only the library reads are opened by a header, too" {
	# shellcheck disable=SC2016
	local members=', headers: {X-Key: "${TOKEN}"}, query: {key: "${TOKEN}"}' n
	export TOKEN=s3cr-t0ken
	for n in 0 1; do
		texts "$n"
	done
	recipe true good/text
	recipe false token/text "$members"
	sed -i "s/y: 60, x: 80/x: 3/" r-true.yaml r-false.yaml
	bake true
	bake false
	diff_text "$(digests true.zarr)" "$(digests false.zarr)"
}

@test "all tasks of a bake together keep to per_host" {
	local n
	for n in $(seq 2 7); do
		cdl "$n" "$n" >a.cdl
		ncgen -k netCDF-4 -o "files/four$n.nc" a.cdl
	done
	recipe false trio/four ', per_host: 3'
	sed -i 's/stop: 1/stop: 7/' r-false.yaml
	echo 'run: {batch: 1}' >>r-false.yaml
	pgf bake -q -j 6 --work w-false r-false.yaml
	diff_text 2 "$(cut -d ' ' -f 6 "$log" | sort -n | tail -1)"
}

@test "a rate and a deadline of parts" {
	local start
	seq 100000 >files/long
	echo '{"name": "a", "fetch": {"rate": "100kB"}}' >r.yaml
	head_of /good/long | jq -c '.file + {ranges: [[0, 200000]], to: "part"}' >order
	start=${EPOCHREALTIME/.}
	run -0 --separate-stderr pgf-fetch -r r.yaml --ranges order
	[ $((${EPOCHREALTIME/.} - start)) -gt 1500000 ]
	diff_text '{"bytes":200000}' "$output"
	run -0 --separate-stderr pgf-fetch -r r.yaml --deadline 1 --retries 0 --ranges order
	diff_text 75 "$(jq .code <<<"$output")"
	contains "$output" "/good/long': the deadline"
}

@test "no temporary file stays" {
	mkdir tmp
	head_of /good/four0.nc >files.ndjson
	TMPDIR=$PWD/tmp run -0 pgf-open files.ndjson
	diff_text '' "$(ls tmp)"
	rm -r tmp
	TMPDIR=$PWD/tmp run -1 --separate-stderr pgf-open files.ndjson
	contains "$stderr" "cannot make a temporary file in '$PWD/tmp'"
}

@test "texts of any length, which only the library reads" {
	local n
	for n in 0 1; do
		texts "$n"
	done
	recipe true good/text
	recipe false good/text
	sed -i "s/y: 60, x: 80/x: 3/" r-true.yaml r-false.yaml
	bake true
	bake false
	diff_text "$(digests true.zarr)" "$(digests false.zarr)"
	head_of /good/text0.nc | jq -c .file >file
	run -0 --separate-stderr pgf-slab --remote s <file
	diff_text "$(pgf-slab files/text0.nc s | base64)" "$(pgf-slab --remote s <file | base64)"
	cp files/text1.nc files/text0.nc
	run -75 --separate-stderr pgf-slab --remote s <file
	contains "$stderr" 'changed since it was opened: run again'
	run -2 --separate-stderr pgf-slab --remote files/text0.nc s
	run -65 --separate-stderr pgf-slab --remote s <<<'{}'
	one_line "$stderr"
}
