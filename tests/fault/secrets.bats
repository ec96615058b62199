#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What opens a file goes where it was meant to, and is found nowhere else.

# shellcheck disable=SC2030,SC2031 # each test is a subshell, and means it
# shellcheck disable=SC2016 # names of variables are what it is about
load ../bats/common
load ../bats/bake
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir home work
	export HOME=$PWD/home
	unset NETRC
	export TOKEN='s3cr-t0ken&+/='
	pids=()
	doorman one
	doorman two
	here=http://127.0.0.1:$(cat one.port)
	there=http://localhost:$(cat two.port)
}

teardown() { kill "${pids[@]}" || :; }

# doorman NAME: one more server; its port in NAME.port, its log in NAME.log.
doorman() {
	: >"$1.log"
	python3 -u "$PGF_ROOT/tests/fault/doorman.py" "$1.log" >"$1.port" 3>&- &
	pids+=("$!")
	await test -s "$1.port"
}

# fetch URL [OPTION...]: into work/; a file that came is in $got.
fetch() {
	jq -nc --arg url "$1" '{key:{},url:$url}' >work/item.ndjson
	run --separate-stderr pgf-fetch -v --retries 0 --cache work/c "${@:2}" \
		-o work/out.ndjson work/item.ndjson
	printf '%s\n' "$output" "$stderr" >>work/said
	[ ! -e work/out.ndjson ] || got=$(cat "$(jq -r .file.path work/out.ndjson)")
}

# clean WORD...: none of them was left behind, in any form.
clean() {
	local word
	for word; do
		run -1 grep -rFl -- "$word" work
		run -1 grep -rFl -- "$(jq -rn --arg w "$word" '$w|@uri')" work
		run -1 grep -rFl -- "$(printf %s "$word" | base64 -w0)" work
	done
}

@test "a header and a member of the query arrive, and are left nowhere" {
	fetch "$here/token/a.nc" --header 'X-Key: ${TOKEN}'
	diff_text a.nc "$got"
	fetch "$here/token/b.nc?x=1" --query 'key=${TOKEN}'
	diff_text b.nc "$got"
	contains "$(cat one.log)" '/token/b.nc?x=1&key=s3cr-t0ken%26%2B%2F%3D'
	fetch "$here/token/c.nc"
	[ "$status" = 65 ]
	contains "$stderr" '403 Forbidden'
	clean "$TOKEN" s3cr-t0ken
	run -0 jq -r .url work/c/*/*-b.nc.json
	diff_text "$here/token/b.nc?x=1" "$output"
}

@test "no other process sees them" {
	# A word of its own: tests beside this one look for theirs with grep.
	export TOKEN=unseen-w0rd
	jq -nc --arg url "$here/held/a.nc" '{key:{},url:$url}' >work/item.ndjson
	pgf-fetch --header 'X-Key: ${TOKEN}' --query 'key=${TOKEN}' --cache work/c \
		-o work/out.ndjson work/item.ndjson &
	python3 - "$!" <<'PY'
import glob, os, sys, time
seen = asks = False
while not os.path.exists("work/out.ndjson"):
    # Once more when it is known to ask, and until it is done.
    if seen and not asks and os.path.getsize("one.log") > 0:
        asks = True
    elif asks:
        open("one.log.go", "w").close()
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            words = open(path, "rb").read()
        except OSError:
            continue
        seen = seen or path.split("/")[2] == sys.argv[1] and b"X-Key" in words
        assert os.environb[b"TOKEN"] not in words, path
    time.sleep(0.05)
assert seen
PY
	wait "$!"
}

@test "a redirect within the host keeps them, one to another loses them" {
	fetch "$here/go?/token/a.nc" --header 'X-Key: ${TOKEN}'
	diff_text a.nc "$got"
	fetch "$here/go?$there/file/b.nc" --header 'X-Key: ${TOKEN}' \
		--header 'Authorization: Bearer ${TOKEN}' \
		--header 'Cookie: ${TOKEN}' --query 'key=${TOKEN}'
	diff_text b.nc "$got"
	run -1 grep -E 'Authorization|Cookie|X-Key' two.log
	fetch "${here/\/\//\/\/joe:pa%20ss@}/go?$there/basic/c.nc"
	[ "$status" = 65 ]
	contains "$stderr" "redirected to '$there/basic/c.nc"
	diff_text $'/file/b.nc\n/basic/c.nc' "$(cat two.log)"
	fetch "$here/echo?$there/basic/d.nc" --query 'key=${TOKEN}'
	contains "$stderr" "redirected to '$there/basic/d.nc': 401"
	clean "$TOKEN" s3cr 'pa ss' 'joe:pa ss'
}

@test "from there back to the host they are shown again" {
	local port
	port=$(cat two.port)
	fetch "$here/go?http://127.0.0.1:$port/go?$here/token/a.nc" \
		--header 'X-Key: ${TOKEN}'
	diff_text a.nc "$got"
	run -1 grep X-Key two.log
	[ "$(grep -c X-Key one.log)" = 2 ]
}

@test "a login of the netrc file, Basic and Digest, here and where a redirect leads" {
	printf 'machine %s login joe password "pa ss"\n' 127.0.0.1 localhost >home/.netrc
	fetch "$here/basic/a.nc"
	diff_text a.nc "$got"
	fetch "$here/digest/b.nc"
	diff_text b.nc "$got"
	fetch "$here/go?$there/basic/c.nc"
	diff_text c.nc "$got"
	mv home/.netrc other
	fetch "$here/basic/d.nc"
	[ "$status" = 65 ]
	contains "$stderr" '401 Unauthorized: check user name and password'
	export NETRC=$PWD/other
	fetch "$here/basic/d.nc"
	diff_text d.nc "$got"
	clean 'pa ss' 'joe:pa ss'
}

@test "a login that redirects there and back, and sets a cookie" {
	printf 'machine 127.0.0.1 login joe password "pa ss"\n' >home/.netrc
	fetch "$here/enter/a.nc"
	diff_text a.nc "$got"
	diff_text 3 "$(wc -l <one.log)"
	clean who=joe 'pa ss'
}

@test "a variable that is missing, before anything is fetched" {
	unset TOKEN
	fetch "$here/file/a.nc" --header 'X-Key: ${TOKEN}'
	[ "$status" = 65 ]
	diff_text "pgf-fetch: header 'X-Key': the environment variable 'TOKEN' is not set" "$stderr"
	TOKEN=$'a\nb' fetch "$here/file/a.nc" --query 'key=${TOKEN}'
	[ "$status" = 65 ]
	one_line "$stderr"
	contains "$stderr" 'line break'
	diff_text '' "$(cat one.log)"
	[ ! -e work/out.ndjson ]
}

@test "a secret that was written down is refused" {
	fetch "$here/file/a.nc" --header 'authorization: Bearer s3cr-t0ken'
	[ "$status" = 2 ]
	contains "$stderr" "'authorization: \${TOKEN}'"
	fetch "$here/file/a.nc" --header 'X Key: a'
	[ "$status" = 2 ]
	fetch "$here/file/a.nc" --query 'key'
	[ "$status" = 2 ]
	diff_text '' "$(cat one.log)"
	clean s3cr-t0ken
}

@test "signatures in an address are not part of its name" {
	fetch "$here/file/a.nc?X-Amz-Signature=s3cr-t0ken&X-Amz-Date=1&x=1"
	diff_text a.nc "$got"
	fetch "$here/file/a.nc?X-Amz-Signature=another&X-Amz-Date=2&x=1"
	contains "$stderr" "have '$here/file/a.nc?x=1'"
	run -0 jq -r .url work/c/*/*.json
	diff_text "$here/file/a.nc?x=1" "$output"
	rm work/item.ndjson work/out.ndjson
	clean s3cr-t0ken
}

@test "Google Storage and Azure, public and with what opens them" {
	export STORAGE_EMULATOR_HOST=${here#http://} AZURE_STORAGE_ENDPOINT=$here
	fetch gs://file/a.nc
	diff_text a.nc "$got"
	fetch az://file/b.nc
	diff_text b.nc "$got"
	contains "$(cat one.log)" '/file/b.nc x-ms-version=2020-10-02'
	fetch gs://token/c.nc
	[ "$status" = 65 ]
	GOOGLE_OAUTH_ACCESS_TOKEN=$TOKEN fetch gs://token/c.nc
	diff_text c.nc "$got"
	AZURE_STORAGE_SAS_TOKEN='?sv=1&sig=s3cr-t0ken%26%2B%2F%3D' fetch az://token/d.nc
	diff_text d.nc "$got"
	AZURE_STORAGE_ENDPOINT=ftp://127.0.0.1 fetch az://token/d.nc
	[ "$status" = 65 ]
	contains "$stderr" 'the endpoint of az: must be http://HOST or https://HOST'
	unset AZURE_STORAGE_ENDPOINT
	fetch az://token/d.nc
	contains "$stderr" 'az://CONTAINER@ACCOUNT/KEY'
	clean "$TOKEN" s3cr-t0ken
}

@test "a rate is never exceeded, by one file or by many" {
	local start=${EPOCHREALTIME/.}
	fetch "$here/big/200000" --rate 100kB
	[ "$status" = 0 ]
	[ $((${EPOCHREALTIME/.} - start)) -gt 1500000 ]
	for n in $(seq 20); do
		jq -nc --arg url "$here/big/10000?$n" '{key:{},url:$url}'
	done >work/items.ndjson
	start=${EPOCHREALTIME/.}
	run -0 pgf-fetch --rate 100kB --cache work/c -o work/out.ndjson work/items.ndjson
	[ $((${EPOCHREALTIME/.} - start)) -gt 1000000 ]
	run -2 pgf-fetch --rate fast </dev/null
}

@test "a bake by names: in the makefile, the work folder and the store there is none" {
	archive 2 work
	python3 -m http.server 0 --bind 127.0.0.1 --directory work/src >served 2>&1 3>&- &
	pids+=("$!")
	cat >work/r.yaml <<YAML
name: toy
pattern: {files: ["$here/token/000.nc", "$here/token/001.nc"], dims: [{concat: time}]}
fetch:
  retries: 0
  headers: {X-Key: "\${TOKEN}", Accept: "a \$b 'c'"}
  query: {other: "\${TOKEN}"}
target: {store: toy.zarr}
YAML
	(cd work && pgf-make -o Makefile r.yaml)
	run make -C work -f Makefile
	contains "$(cat one.log)" "X-Key=$TOKEN"
	contains "$(cat one.log)" 'other=s3cr-t0ken%26%2B%2F%3D'
	printf '%s\n' "$output" >work/made
	clean "$TOKEN" s3cr-t0ken
	run -0 grep -rF TOKEN work
	unset TOKEN
	rm -rf work/.pgf/toy/f work/.pgf/toy/cache
	run make -C work -f Makefile
	contains "$output" "the environment variable 'TOKEN' is not set"
}
