#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# pgf-fetch against servers that break their word, kills, and company.

# shellcheck disable=SC2030,SC2031 # each test is a subshell, and means it
load ../bats/common
load dies
bats_require_minimum_version 1.5.0

setup_file() { make_dies; }

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	log=$PWD/requests
	: >"$log"
	: >url
	python3 -u "$PGF_ROOT/tests/fault/server.py" "$log" >url 2>server.err 3>&- &
	server=$!
	await test -s url || { cat server.err && return 1; }
	base=$(cat url)
}

teardown() {
	kill "$server" || :
}

# item PATH...: items of these paths.
item() {
	local path n=0
	for path; do
		jq -nc --arg url "$base$path" --argjson n "$n" \
			'{key:{concat:{time:$n}},url:$url}'
		n=$((n + 1))
	done
}

# sums VERSION PATH...: digests of what belongs there.
sums() { python3 "$PGF_ROOT/tests/fault/server.py" sum "$@"; }

# right PATH [VERSION]: the only record of $output has the right bytes, on disk
# and in the record.
right() {
	local want path
	want=$(sums "${2:-0}" "$1")
	diff_text "$want" "$(jq -r .file.sha256 <<<"$output")" || return
	path=$(jq -r .file.path <<<"$output")
	diff_text "$want" "$(sha256sum <"$path" | cut -d' ' -f1)" || return
	diff_text "$(stat -c %s "$path")" "$(jq -r .file.size <<<"$output")"
}

# requests: Range and If-Range of each request.
requests() { cut -d' ' -f2- "$log"; }

# leftovers: what is in the cache beside data files and their sidecars.
leftovers() { find c -type f \( -name '*.part' -o -name '*.note' -o -name '*.temp' \); }

# fetch PATH [OPTION...]: run on one item.
fetch() {
	local path=$1
	shift
	item "$path" >item.ndjson
	run --separate-stderr pgf-fetch --cache c "$@" item.ndjson
}

# heals PATH [OPTION...]: a first answer that is bad, a file that is right.
heals() {
	fetch "$@"
	diff_text '' "$stderr"
	[ "$status" = 0 ]
	right "$1" || return
	diff_text '' "$(leftovers)"
}

# fails CODE PATH TEXT [OPTION...]: one line that has the text, key and URL.
fails() {
	local code=$1 path=$2 text=$3
	shift 3
	fetch "$path" "$@"
	[ "$status" = "$code" ] || { echo "code $status"; return 1; }
	diff_text '' "$output" || return
	one_line "$stderr" || return
	starts_with "$stderr" "pgf-fetch: item.ndjson:1: key time=0: cannot fetch '" ||
		return
	contains "$stderr" "$text" || return
	diff_text '' "$(leftovers)"
}

@test "a plain answer: bytes, size, tag and date" {
	heals /plain/0/100000/a.nc
	diff_text '"v0"' "$(jq -r .file.etag <<<"$output")"
	diff_text 2024-01-02T03:04:05.000000000Z "$(jq -r .file.modified <<<"$output")"
	diff_text '- -' "$(requests)"
}

@test "an empty file" {
	heals /plain/0/0/a.nc
	diff_text 0 "$(jq -r .file.size <<<"$output")"
}

@test "no length, the end is the end of the connection" {
	heals /nolength/0/300000/a.nc
}

@test "chunks, at first without the last one" {
	heals /chunked/10000/300000/a.nc
	diff_text $'- -\n- -' "$(requests)"
}

@test "a short body is continued by Range and If-Range with the tag" {
	heals /short/0/300000/a.nc
	diff_text $'- -\nbytes=150000- "v0"' "$(requests)"
}

@test "a short body is continued with the date where there is no tag" {
	heals /shortdate/0/300000/a.nc
	diff_text $'- -\nbytes=150000- Tue, 02 Jan 2024 03:04:05 GMT' "$(requests)"
}

@test "weak validators do not continue" {
	heals /shortweak/0/300000/a.nc
	diff_text $'- -\n- -' "$(requests)"
}

@test "a short body without ranges is fetched from the start" {
	heals /shortplain/0/300000/a.nc
	diff_text $'- -\n- -' "$(requests)"
}

@test "ranges that are offered and ignored" {
	heals /ignored/0/300000/a.nc
	diff_text $'- -\nbytes=150000- "v0"' "$(requests)"
}

@test "a file that changes in between is the new one only" {
	fetch /changed/0/300000/a.nc
	[ "$status" = 0 ]
	right /changed/0/300000/a.nc 1
	diff_text '"v1"' "$(jq -r .file.etag <<<"$output")"
}

@test "a continuation of another version is thrown away" {
	fetch /flip/0/300000/a.nc
	[ "$status" = 0 ]
	right /flip/0/300000/a.nc 1
	diff_text $'- -\nbytes=150000- "v0"\n- -' "$(requests)"
}

@test "a continuation from another byte is thrown away" {
	heals /offset/0/300000/a.nc
	diff_text $'- -\nbytes=150000- "v0"\n- -' "$(requests)"
}

@test "a range that is refused: from the start" {
	heals /refuse/0/300000/a.nc
	diff_text $'- -\nbytes=150000- "v0"\n- -' "$(requests)"
}

@test "a reset in the middle is continued" {
	heals /reset/0/300000/a.nc
	contains "$(requests)" '"v0"'
}

@test "silence in the middle ends after --timeout and is continued" {
	heals /stall/20/300000/a.nc --timeout 1
	diff_text $'- -\nbytes=150000- "v0"' "$(requests)"
}

@test "silence instead of an answer ends after --timeout" {
	heals /mute/20/3000/a.nc --timeout 1
}

@test "500, 502, 504, 408, 425 and 429 once" {
	local n
	for n in 500 502 504 408 425 429; do
		item "/once/$n/3000/a.nc"
	done >items.ndjson
	run -0 --separate-stderr pgf-fetch --cache c items.ndjson
	diff_text '' "$stderr"
	[ "$(wc -l <"$log")" = 12 ]
	[ "${#lines[@]}" = 6 ]
}

@test "503 with Retry-After: 3 waits for so long" {
	SECONDS=0
	heals /after/3/3000/a.nc
	[ "$SECONDS" -ge 3 ]
}

@test "404 ends at once, with advice" {
	fails 65 /status/404/1/a.nc '404 Not Found: check the pattern'
	diff_text '- -' "$(requests)"
	contains "$stderr" "$base/status/404/1/a.nc"
}

@test "401, 403, 410 and 418 end at once" {
	fails 65 /status/401/1/a.nc '401 Unauthorized: '
	fails 65 /status/403/1/a.nc '403 Forbidden: '
	fails 65 /status/410/1/a.nc '410 Gone: '
	fails 65 /status/418/1/a.nc 'status 418'
	[ "$(wc -l <"$log")" = 4 ]
}

@test "500 for ever ends with 75 after --retries" {
	fails 75 /status/500/1/a.nc 'tried 3 times: 500 Internal Server Error' --retries 2
	[ "$(wc -l <"$log")" = 3 ]
}

@test "nobody listens" {
	base=http://127.0.0.1:1
	fails 75 /plain/0/1/a.nc 'failed to connect' --retries 0
}

@test "an answer that is no HTTP" {
	fails 75 /garbage/0/1/a.nc 'HTTP/0.9' --retries 0
}

@test "a redirect is followed" {
	item /redirect/good/3000/a.nc >item.ndjson
	run -0 --separate-stderr pgf-fetch --cache c item.ndjson
	diff_text "$(sums 0 /plain/0/3000/a.nc)" "$(jq -r .file.sha256 <<<"$output")"
}

@test "a redirect to file:, to ftp:, to itself and to nowhere is refused" {
	fails 65 /redirect/file/1/a.nc 'only http and https are followed'
	fails 65 /redirect/ftp/1/a.nc 'only http and https are followed'
	fails 65 /redirect/loop/1/a.nc 'redirects in a circle'
	fails 65 /redirect/none/1/a.nc 'status 302'
}

@test "validators that are no text or far too long count as none" {
	heals /tags/0/3000/a.nc
	diff_text '["path","size","sha256"]' "$(jq -c '.file | keys_unsorted' <<<"$output")"
}

@test "user and password are sent, and printed nowhere but in the record" {
	local secret=${base/:\/\//:\/\/joe:a%3Ab%40c@}
	jq -nc --arg url "$secret/login/0/3000/a.nc" '{key:{},url:$url}' >item.ndjson
	run -0 --separate-stderr pgf-fetch -v --cache c item.ndjson
	right /login/0/3000/a.nc
	contains "$stderr" /login/0/3000/a.nc
	run -1 grep -r -e joe -e a%3Ab -e a:b c <(echo "$stderr")
	diff_text '' "$output"
	jq -nc --arg url "${secret/joe/jim}/login/0/3000/b.nc" '{key:{},url:$url}' >item.ndjson
	run -65 --separate-stderr pgf-fetch -v --cache c item.ndjson
	contains "$stderr" '401 Unauthorized'
	run -1 grep -e jim -e a%3Ab <<<"$stderr"
}

@test "a file that is in the cache needs no server" {
	heals /plain/0/3000/a.nc
	local first=$output
	kill "$server"
	fetch /plain/0/3000/a.nc
	[ "$status" = 0 ]
	diff_text "$first" "$output"
	[ "$(wc -l <"$log")" = 1 ]
	sleep 60 &
	server=$!
}

# asked PATH: the same file once more, with --revalidate.
asked() {
	fetch "$1" --revalidate
	diff_text '' "$stderr"
	[ "$status" = 0 ]
}

@test "--revalidate asks by tag, else by date, and takes what is new" {
	local path first
	for path in /kept/tag2/3000/a.nc /kept/date2/3000/b.nc; do
		heals "$path"
		first=$output
		asked "$path"
		diff_text "$first" "$output"
		asked "$path"
		right "$path" 1
		first=$output
		asked "$path"
		diff_text "$first" "$output"
	done
	diff_text '- -
- - "v0"
- - "v0"
- - "v1"
- -
- - Tue, 02 Jan 2024 03:04:05 GMT
- - Tue, 02 Jan 2024 03:04:05 GMT
- - Thu, 29 Feb 2024 23:59:59 GMT' "$(requests)"
	diff_text '' "$(leftovers)"
}

@test "--revalidate fetches what only a sidecar tells of, once" {
	heals /kept/tag9/3000/a.nc
	rm "$(jq -r .file.path <<<"$output")"
	fetch /kept/tag9/3000/a.nc --revalidate --retries 0
	[ "$status" = 0 ]
	diff_text '' "$stderr"
	right /kept/tag9/3000/a.nc
	diff_text '- -
- - "v0"
- -' "$(requests)"
	diff_text '' "$(leftovers)"
}

@test "--revalidate fetches again what has neither tag nor date" {
	heals /kept/none1/3000/a.nc
	asked /kept/none1/3000/a.nc
	right /kept/none1/3000/a.nc 1
}

@test "--revalidate of what is gone or out of reach leaves what is here" {
	local first
	heals /plain/0/3000/a.nc
	first=$output
	kill "$server"
	fetch /plain/0/3000/a.nc --revalidate --retries 0
	[ "$status" = 75 ]
	one_line "$stderr"
	fetch /plain/0/3000/a.nc
	diff_text "$first" "$output"
	sleep 60 &
	server=$!
}

@test "a cached file that is short, or lost its sidecar, is fetched again" {
	local path
	heals /plain/0/3000/a.nc
	path=$(jq -r .file.path <<<"$output")
	truncate -s 2999 "$path"
	heals /plain/0/3000/a.nc
	rm "$path.json"
	heals /plain/0/3000/a.nc
	: >"$path.json"
	heals /plain/0/3000/a.nc
	rm "$path"
	heals /plain/0/3000/a.nc
	[ "$(wc -l <"$log")" = 5 ]
}

# killed PATH: a run that ends for good at byte 1024000 of the file, and says nothing.
killed() {
	item "$1" >item.ndjson
	run -137 dies_at 1024000 pgf-fetch --cache c item.ndjson
	diff_text '' "$output"
}

@test "a run that was killed is continued by the next" {
	local path=/plain/0/4000000/a.nc part
	killed "$path"
	part=$(find c -name '*.part')
	diff_text 1024000 "$(stat -c %s "$part")"
	[ ! -e "${part%.part}" ]
	heals "$path"
	diff_text $'- -\nbytes=1024000- "v0"' "$(requests)"
}

@test "what was killed on another boot of the machine is not trusted" {
	local path=/plain/0/4000000/a.nc note
	killed "$path"
	note=$(find c -name '*.note')
	jq -c '.boot = "another"' "$note" >new
	mv new "$note"
	heals "$path"
	diff_text $'- -\n- -' "$(requests)"
}

@test "killed between sidecar and data file: needs no server" {
	local data
	heals /plain/0/3000/a.nc
	data=$(jq -r .file.path <<<"$output")
	mv "$data" "$data.part"
	heals /plain/0/3000/a.nc
	[ "$(wc -l <"$log")" = 1 ]
	mv "$data" "$data.part"
	printf x | dd of="$data.part" conv=notrunc status=none
	heals /plain/0/3000/a.nc
	[ "$(wc -l <"$log")" = 2 ]
}

# went_on: of what was fetched in ranges nothing was fetched twice: each request
# begins where that of the run before had come to, and none begins anew. The number of
# the run is the last word: a busy server may find requests of the dead late.
went_on() {
	awk '{ print $NF, $0 }' "$log" | sort -s -k 1,1n | cut -d ' ' -f 2- | awk '$1 ~ /slow/ {
		from = $2 == "-" ? 0 : substr($2, 7) + 0
		if (from < at[$1])
			print "again:", $0, "after", at[$1]
		at[$1] = from
	}'
}

@test "killed at a hundred moments, then right, and nothing fetched twice" {
	local i pid n=0
	local paths=()
	for i in $(seq 8); do
		paths+=("/slow/100/6000000/$i.nc" "/plain/0/3000/$i.nc")
	done
	item "${paths[@]}" >items.ndjson
	# No run comes further than a bit beyond what those before it have come to; so
	# where a machine has much else to do, and runs die before they come to anything,
	# more of them end at that, whenever it is.
	for ((i = 1; i <= 100 || n <= 10; i++)); do
		n=$(grep -c bytes= "$log") || :
		dies_at $((262144 * (n + 1))) \
			pgf-fetch --header "X-Run: $i" --cache c items.ndjson >out 2>err 3>&- &
		pid=$!
		if [ "$i" -le 100 ]; then
			sleep "0.$(printf %03d $((RANDOM % 120)))"
			kill -9 $pid || :
		fi
		wait $pid || :
	done 2>killed
	run -0 --separate-stderr pgf-fetch --header 'X-Run: 999' --cache c items.ndjson
	diff_text "$(sums 0 "${paths[@]}")" "$(jq -r .file.sha256 <<<"$output")"
	diff_text "$(sums 0 "${paths[@]}")" "$(jq -r .file.path <<<"$output" |
		xargs sha256sum | cut -d' ' -f1)"
	diff_text '' "$(leftovers)"
	[ "$(grep -c bytes= "$log")" -gt 10 ]
	diff_text '' "$(went_on)"
}

@test "two runs on one cache share the work" {
	local i
	for i in $(seq 6); do item "/slow/40/1000000/$i.nc"; done >items.ndjson
	pgf-fetch --cache c items.ndjson >one.ndjson 3>&- &
	run -0 --separate-stderr pgf-fetch --cache c items.ndjson
	wait $!
	diff_text "$(cat one.ndjson)" "$output"
	[ "$(wc -l <"$log")" = 6 ]
	diff_text '' "$(leftovers)"
}

@test "one URL many times is fetched once" {
	local i
	for i in $(seq 20); do item /slow/40/500000/a.nc; done >items.ndjson
	run -0 --separate-stderr pgf-fetch --cache c items.ndjson
	[ "${#lines[@]}" = 20 ]
	[ "$(sort -u <<<"$output" | wc -l)" = 1 ]
	[ "$(wc -l <"$log")" = 1 ]
}

@test "the output is in the order of the input" {
	item /slow/5/200000/a.nc /plain/0/3000/b.nc /once/500/3000/c.nc \
		/plain/0/3000/d.nc >items.ndjson
	run -0 --separate-stderr pgf-fetch --cache c items.ndjson
	diff_text $'0\n1\n2\n3' "$(jq .key.concat.time <<<"$output")"
}

@test "a record that is done comes out while the next has not been given" {
	local line pid
	coproc pgf-fetch --cache c
	pid=$COPROC_PID
	item /plain/0/3000/a.nc >&"${COPROC[1]}"
	read -r -t 120 line <&"${COPROC[0]}"
	diff_text 3000 "$(jq .file.size <<<"$line")"
	eval "exec ${COPROC[1]}>&-"
	wait "$pid"
}

@test "no more than --per-host at once" {
	local i
	for i in $(seq 4); do item "/held/0/3000/$i.nc"; done >items.ndjson
	pgf-fetch --cache c --per-host 2 items.ndjson >out 3>&- &
	await has_lines 2 "$log"
	sleep 0.3 # for a third, if there were one
	has_lines 2 "$log"
	: >"$log.go"
	wait $!
	[ "$(wc -l <out)" = 4 ]
}

@test "hostile names stay in the cache and are the right files" {
	local long path n=0
	long=$(printf 'x%.0s' $(seq 4000))
	for path in '/plain/0/10/x/..' '/../../plain/0/11/x/../a..b' \
		"/plain/0/13/'\"\$(touch pwned)\`id\`.nc" '/plain/0/14/a%0ab' \
		'/plain/0/15/%2e%2e%2f%2e%2e%2fetc' "/plain/0/16/$long.nc" \
		'/plain/0/17/größe-日本.nc' '/plain/0/18/a b\c.nc' \
		'/plain/0/19/-rf' '/plain/0/20/a?x=1;y=../..&z=#frag'; do
		jq -nc --arg url "$base$path" '{key:{},url:$url}'
	done >items.ndjson
	run -0 --separate-stderr pgf-fetch -k --cache c items.ndjson
	diff_text '' "$stderr"
	[ "${#lines[@]}" = 10 ]
	while read -r path; do
		starts_with "$path" "$PWD/c/"
		[ -f "$path" ]
		diff_text '' "${path//[A-Za-z0-9.\/_+=,@-]/}"
		n=$((n + 1))
	done < <(jq -r .file.path <<<"$output")
	[ "$n" = 10 ]
	diff_text '' "$(find . .. -maxdepth 1 -name 'pwned*')"
}

@test "-k goes on, --rejects can be fed back" {
	item /once/404/3000/a.nc /plain/0/3000/b.nc /status/500/1/c.nc >items.ndjson
	run -1 --separate-stderr pgf-fetch -k --rejects bad.ndjson --retries 0 \
		--cache c items.ndjson
	diff_text 1 "$(jq .key.concat.time <<<"$output")"
	contains "$stderr" 'items.ndjson:1: key time=0: cannot fetch'
	contains "$stderr" 'items.ndjson:3: key time=2: cannot fetch'
	contains "$(jq -r .error bad.ndjson | tail -n 1)" '500 Internal Server Error'
	head -n 1 bad.ndjson | jq -c 'del(.error)' >again.ndjson
	run -0 --separate-stderr pgf-fetch --cache c again.ndjson
	diff_text 0 "$(jq .key.concat.time <<<"$output")"
}

@test "a file that may not grow ends with one line and no file" {
	local code=0
	(
		ulimit -f 100
		trap '' XFSZ
		item /plain/0/3000000/a.nc >item.ndjson
		pgf-fetch --cache c item.ndjson >out 2>err
	) || code=$?
	diff_text 1 "$code"
	diff_text '' "$(cat out)"
	one_line "$(cat err)"
	contains "$(cat err)" 'cannot write'
	diff_text '' "$(find c -name '*.json' -o -name '*.nc')"
}

@test "a cache that cannot be made" {
	: >file
	item /plain/0/1/a.nc >item.ndjson
	run -1 --separate-stderr pgf-fetch --cache file/c item.ndjson
	one_line "$stderr"
	contains "$stderr" 'cannot make folder'
}
