#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# pgf-fetch and a server that speaks S3 and checks every signature.

# shellcheck disable=SC2030,SC2031 # each test is a subshell, and means it
load ../bats/common
bats_require_minimum_version 1.5.0

setup_file() {
	local build=${BUILD:-$PGF_BUILD} n
	cd "$BATS_FILE_TMPDIR" || return
	[ "${build#/}" != "$build" ] || build=$PGF_ROOT/$build
	BUILD=$build "$PGF_ROOT/tests/interop/setup" --only s3 || return
	for n in 0 1; do
		ncgen -k netCDF-4 -o "grid$n.nc" <<-CDL
		netcdf g {
		dimensions: time = UNLIMITED ; x = 30000 ;
		variables: double time(time) ; int v(time, x) ;
		data: time = $n ; v = $(seq -s, "$n" $((n + 29999))) ; }
		CDL
	done
	for n in 2 3; do
		python3 "$PGF_ROOT/tests/fixtures/stores.py" $n "v$n.zarr" 0
		python3 "$PGF_ROOT/tests/fixtures/stores.py" consolidate "v$n.zarr"
	done
	mkfifo hold
	"$build/venv-s3/bin/python" "$PGF_ROOT/tests/fault/s3.py" grid?.nc v?.zarr \
		<hold >known 2>said 3>&- &
	exec 8>hold
	await test -s known && return
	cat said
	return 1
}

teardown_file() { exec 8>&-; }

# known FILTER: of what the server has printed.
known() { jq -r "$1" "$BATS_FILE_TMPDIR/known"; }

setup() {
	local key n=0
	cd "$BATS_TEST_TMPDIR" || return
	mkdir home
	export HOME=$PWD/home AWS_REGION=eu-central-1
	unset "${!AWS_@}"
	export AWS_ENDPOINT_URL AWS_REGION=eu-central-1
	AWS_ENDPOINT_URL=$(known .url)
	while read -r key; do
		jq -nc --arg key "$key" --argjson n "$n" \
			'{key:{concat:{time:$n}},url:("s3://archive/" + $key),want:$key}'
		n=$((n + 1))
	done >items.ndjson <<'END'
a.nc
d=1/b+c d.nc
x%3D%y/e?#.nc
ä@:.nc
~_-.nc
END
}

# as joe | guest: whose keys are in the environment.
as() {
	case $1 in
	joe) set -- .id .secret null ;;
	guest) set -- '.lent[0]' '.lent[1]' '.lent[2]' ;;
	esac
	export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
	AWS_ACCESS_KEY_ID=$(known "$1")
	AWS_SECRET_ACCESS_KEY=$(known "$2")
	[ "$3" = null ] || export AWS_SESSION_TOKEN
	[ "$3" = null ] || AWS_SESSION_TOKEN=$(known "$3")
}

# fetch [OPTION...]: all items, without patience.
fetch() {
	run --separate-stderr pgf-fetch -v --retries 0 --cache c "$@" items.ndjson
	printf '%s\n' "$output" "$stderr" >>said
}

# right: every file came, with the right bytes.
right() {
	local want path
	[ "$status" = 0 ] || { echo "code $status: $stderr"; return 1; }
	[ "$(wc -l <<<"$output")" = 5 ] || return
	while IFS=$'\t' read -r want path; do
		diff_text "$want" "$(cat "$path")" || return
	done < <(jq -r '[.want, .file.path] | @tsv' <<<"$output")
}

# refused TEXT: 403, and it is final.
refused() {
	[ "$status" = 65 ] || { echo "code $status"; return 1; }
	contains "$stderr" "403 Forbidden: $1"
}

# clean: no secret was left behind, but what the names of keys may show.
clean() {
	local word
	for word in "$(known .secret)" "$(known '.lent[1]')" "$(known '.lent[2]')"; do
		run -1 grep -rFl -- "$word" c said
	done
	run -1 grep -rl -e 'Signature=' -e 'Credential=' c said
}

@test "keys of the environment open, whatever is in the names of the files" {
	as joe
	fetch
	right
	clean
}

@test "a key that is lent opens with its token, not without" {
	as guest
	fetch
	right
	unset AWS_SESSION_TOKEN
	rm -r c
	fetch
	refused InvalidAccessKeyId
	clean
}

@test "a wrong secret, a wrong key and no key do not open" {
	as joe
	AWS_SECRET_ACCESS_KEY=wrong fetch
	refused SignatureDoesNotMatch
	AWS_ACCESS_KEY_ID=AKIAWRONG fetch
	refused InvalidAccessKeyId
	fetch --s3-anonymous
	refused 'the server wants a login'
	unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
	fetch
	refused 'the server wants a login'
	diff_text '' "$(find c -name '*.json')"
}

@test "keys, region and endpoint of a profile" {
	mkdir home/.aws
	printf '[lab]\naws_access_key_id = %s\naws_secret_access_key = %s\n' \
		"$(known .id)" "$(known .secret)" >home/.aws/credentials
	printf '[profile lab]\nregion = eu-central-1\nendpoint_url = %s\n' \
		"$(known .url)" >home/.aws/config
	unset AWS_ENDPOINT_URL AWS_REGION
	export AWS_PROFILE=lab
	fetch
	right
	AWS_PROFILE=other fetch
	[ "$status" = 65 ]
	contains "$stderr" "AWS_PROFILE names 'other'"
	unset AWS_PROFILE
	fetch --s3-endpoint "$(known .url)"
	right # from the cache
	clean
}

@test "what is there is asked for by its tag, and kept" {
	as joe
	fetch
	fetch --revalidate
	right
	diff_text 5 "$(grep -c '^pgf-fetch: have ' <<<"$stderr")"
}

@test "half of a key is said before anything is asked" {
	export AWS_ACCESS_KEY_ID=AKIA
	fetch
	[ "$status" = 65 ]
	contains "$stderr" 'the environment has an access key id, but not the secret access key'
}

@test "an object that is not there, and a bucket" {
	as joe
	printf '{"key":{},"url":"s3://archive/none.nc"}\n' >items.ndjson
	fetch
	[ "$status" = 65 ]
	contains "$stderr" '404 Not Found'
	printf '{"key":{},"url":"s3://nobucket/a.nc"}\n' >items.ndjson
	fetch
	[ "$status" = 65 ]
	contains "$stderr" '404 Not Found: NoSuchBucket: there is no such bucket'
	printf '{"key":{},"url":"s3://archive/"}\n' >items.ndjson
	fetch
	[ "$status" = 65 ]
	contains "$stderr" 'is a folder, not a file'
}

# lists NAME...: and nothing else, and fetched by its URL each is the right one
# (but the grids, whose names are not what is in them).
lists() {
	[ "$status" = 0 ] || { echo "code $status: $stderr"; return 1; }
	diff_text '' "$stderr" || return
	diff_text "$(printf '%s\n' "$@" | sort)" "$(jq -r .name <<<"$output")" || return
	jq -c '{key:{},url,want:(.url | ltrimstr("s3://archive/"))}' <<<"$output" >found
	[ ! -s found ] || pgf-fetch --cache c found | jq -r '.want, .file.path' |
		while read -r want && read -r path; do
			[[ $want != grid* ]] || continue
			diff_text "$want" "$(cat "$path")" || return
		done
}

@test "a bucket is listed page by page, signed, whatever is in the names" {
	local size
	as guest
	run --separate-stderr pgf-list --depth 9 s3://archive/
	lists a.nc 'd=1/b+c d.nc' 'x%3D%y/e?#.nc' 'ä@:.nc' '~_-.nc' grid0.nc grid1.nc
	size=$(jq -r 'select(.name == "a.nc") | "\(.size) \(.etag)"' <<<"$output")
	diff_text "4 \"$(printf a.nc | md5sum | cut -d' ' -f1)\"" "$size"
	run --separate-stderr pgf-list s3://archive
	lists a.nc 'ä@:.nc' '~_-.nc' grid0.nc grid1.nc
	run --separate-stderr pgf-list 's3://archive/x%3D%y/'
	lists 'e?#.nc'
	run --separate-stderr pgf-list --depth 1 's3://archive/d=1/b+'
	lists 'b+c d.nc'
	run --separate-stderr pgf-list 's3://archive/none/'
	lists ''
	run --separate-stderr pgf-list 's3://archive/ä@'
	lists 'ä@:.nc'
	printf '%s\n' "$stderr" >said
	clean
}

@test "a list of files that is an object" {
	as joe
	printf '%s\n' 'name: toy' "pattern: {list: 's3://archive/~_-.nc', dims: [{concat: time}]}" >r.yaml
	run -0 --separate-stderr pgf-expand r.yaml
	diff_text 's3://archive/~_-.nc' "$(jq -r .url <<<"$output")"
}

@test "a list that is refused" {
	as joe
	AWS_SECRET_ACCESS_KEY=wrong run -65 --separate-stderr pgf-list s3://archive/
	contains "$stderr" "pgf-list: cannot list 's3://archive/?"
	contains "$stderr" '403 Forbidden: SignatureDoesNotMatch'
	run -65 --separate-stderr pgf-list s3://nobucket/
	contains "$stderr" 'NoSuchBucket: there is no such bucket'
	diff_text '' "$output"
}

@test "parts of objects, signed, without a copy" {
	local want n=0
	as guest
	pgf-fetch --head items.ndjson >files.ndjson
	jq -c '.file + {ranges: [[1, 3]], to: "part\(.key.concat.time)"}' \
		files.ndjson >orders
	run -0 --separate-stderr pgf-fetch --ranges orders
	diff_text 15 "$(jq -s 'map(.bytes) | add' <<<"$output")"
	while read -r want; do
		diff_text "$(tail -c +2 <<<"$want" | head -c 3 | base64)" \
			"$(tail -c +2 "part$n" | base64)"
		n=$((n + 1))
	done < <(jq -r .want items.ndjson)
	mkdir c
	: >said
	clean
	run -1 grep -l -e Signature -e "$(known '.lent[1]')" files.ndjson orders
}

# recipe CACHE [MEMBERS]: for the store CACHE.zarr, of two objects; more of fetch.s3.
recipe() {
	cat >"r-$1.yaml" <<-YAML
	name: grid
	pattern:
	  url: "s3://archive/grid{time}.nc"
	  dims: [{concat: time, range: {start: 0, stop: 1}}]
	fetch:
	  cache: $1
	  retries: 0
	  s3: {endpoint: "$(known .url)", region: eu-central-1${2-}}
	target: {store: $PWD/$1.zarr}
	YAML
}

@test "a bake without a copy: endpoint and region of the recipe, signed" {
	local digests='find . -type f ! -name zarr.json -exec sha256sum {} + | sort'
	as guest
	unset AWS_ENDPOINT_URL AWS_REGION
	for cache in true false; do
		recipe "$cache"
		run -0 --separate-stderr pgf bake --work "w-$cache" "r-$cache.yaml"
		printf '%s\n' "$output" "$stderr" >>said
	done
	diff_text "$(cd true.zarr && eval "$digests")" "$(cd false.zarr && eval "$digests")"
	[ "$(find false.zarr -path '*/v/*' -type f | wc -l)" -gt 0 ]
	for word in "$(known .secret)" "$(known '.lent[1]')" "$(known '.lent[2]')" \
		Signature= Credential=; do
		run -1 grep -rFl -- "$word" w-false false.zarr said
	done
	recipe false ', anonymous: true'
	rm -r w-false false.zarr
	run ! --separate-stderr pgf bake --work w-false r-false.yaml
	contains "$stderr" 'the server wants a login'
}

@test "a Zarr store in a bucket has the chunks of one in a folder" {
	local n
	as joe
	for n in 2 3; do
		pgf-open <<<"{\"path\":\"$BATS_FILE_TMPDIR/v$n.zarr\",\"key\":{\"concat\":{}}}" |
			jq -cS 'del(.path, .file, .vars[].refs.tag)' >here
		pgf-fetch --head <<<"{\"url\":\"s3://stores/v$n.zarr\",\"key\":{\"concat\":{}}}" |
			pgf-open | jq -cS 'del(.url, .file, .vars[].refs.tag)' >there
		diff_text "$(cat here)" "$(cat there)"
		[ "$(jq '[.vars[].refs.offset[]? | select(. == null)] | length' there)" -gt 0 ]
	done
}

@test "a Zarr store in a bucket is baked, and refused without keys" {
	printf '%s\n' 'name: z' \
		'pattern: {files: [s3://stores/v3.zarr], dims: [{concat: time}]}' \
		'fetch: {cache: false, retries: 0}' \
		'target: {store: z.zarr, zarr_format: 2, chunks: {time: 3, x: 4},' \
		'  codecs: [{name: bytes, configuration: {endian: little}}]}' >r.yaml
	as joe
	run -0 pgf bake -q r.yaml
	diff_text '0 1 2 3 10 11 12 13 -9 -9 -9 23' \
		"$(od -An -v -t d2 z.zarr/v/0.0 | xargs)"
	AWS_SECRET_ACCESS_KEY=wrong run -65 --separate-stderr pgf-fetch --head \
		<<<'{"url":"s3://stores/v3.zarr"}'
	one_line "$stderr"
	contains "$stderr" '403'
}
