#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A table: what a server may do, and what pgf-fetch makes of it. Each row is a
# name, a path of server.py and options, and the result:
#
#	heals		the file is right, nothing is said, nothing is left over
#	becomes N	the same, but version N of the file
#	fails CODE TEXT	one line with TEXT, no file, nothing is left over
#
# and, where it matters, after how many requests.

# shellcheck disable=SC2030,SC2031 # each test is a subshell, and means it
load ../bats/common

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	printf '%s\n' '[ca]' default_ca=d '[d]' database=index new_certs_dir=. \
		default_md=sha256 policy=p rand_serial=yes '[p]' \
		commonName=supplied >ca.cnf
	: >index
	openssl req -new -newkey rsa:2048 -nodes -keyout key.pem -out req.pem \
		-subj /CN=127.0.0.1 2>openssl.err
	openssl ca -batch -selfsign -config ca.cnf -keyfile key.pem -in req.pem \
		-startdate 20200101000000Z -enddate 20200201000000Z \
		-out cert.pem 2>>openssl.err
	cat cert.pem key.pem >both.pem
	openssl req -x509 -newkey rsa:2048 -nodes -keyout good.key -out good.pem \
		-days 2 -subj /CN=pgf -addext subjectAltName=IP:127.0.0.1 2>>openssl.err
	cat good.key good.pem >good.both
	: >requests
	: >urls
	python3 -u "$PGF_ROOT/tests/fault/server.py" requests v6 mute \
		tls=both.pem late=good.both >urls 2>server.err 3>&- &
	echo $! >pid
	await has_lines 5 urls && return
	cat openssl.err server.err
	return 1
}

teardown_file() { kill "$(cat "$BATS_FILE_TMPDIR/pid")"; }

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mapfile -t urls <"$BATS_FILE_TMPDIR/urls"
	base=${urls[0]}
	members='{}'
}

sums() { python3 "$PGF_ROOT/tests/fault/server.py" sum "$@"; }

leftovers() { find c -type f \( -name '*.part' -o -name '*.note' -o -name '*.temp' \); }

# get PATH [OPTION...]: the name of the test makes the path its own.
get() {
	path=$1/$BATS_TEST_NUMBER.nc
	shift
	jq -nc --arg url "$base$path" --argjson more "$members" \
		'{key:{concat:{time:0}},url:$url} + $more' >item.ndjson
	run --separate-stderr timeout 300 pgf-fetch --cache c "$@" item.ndjson
}

becomes() {
	local version=$1 want
	shift
	get "$@"
	diff_text '' "$stderr" || return
	[ "$status" = 0 ] || return
	want=$(sums "$version" "$path")
	diff_text "$want" "$(jq -r .file.sha256 <<<"$output")" || return
	diff_text "$want" "$(sha256sum "$(jq -r .file.path <<<"$output")" |
		cut -d' ' -f1)" || return
	diff_text '' "$(leftovers)"
}

heals() { becomes 0 "$@"; }

fails() {
	local code=$1 text=$2
	shift 2
	get "$@"
	[ "$status" = "$code" ] || { echo "code $status: $stderr"; return 1; }
	diff_text '' "$output" || return
	one_line "$stderr" || return
	starts_with "$stderr" "pgf-fetch: item.ndjson:1: key time=0: cannot fetch '" ||
		return
	contains "$stderr" "$text" || return
	diff_text '' "$(leftovers)" || return
	diff_text '' "$(find c -name '*.nc')"
}

# asked N: so many requests were made.
asked() { diff_text "$1" "$(grep -c "^$path " "$BATS_FILE_TMPDIR/requests")"; }

# The length.

@test "no length" { heals /nolength/0/300000; }
@test "no length, and an empty file" { heals /nolength/0/0; }
@test "a length that never comes" {
	fails 75 'tried 2 times: ' /longer/100/3000 --retries 1
	asked 2
}
@test "a length that is too small for the digest" {
	fails 75 'as the header Repr-Digest says' /shorter/10/3000 --retries 0
	asked 1
}
@test "a length that is no number" { fails 75 'invalid Content-Length' /lengths/many/10 --retries 0; }
@test "a negative length" { fails 75 'invalid Content-Length' /lengths/-5/10 --retries 0; }
@test "a length beyond all disks" {
	fails 75 'bytes remaining' /lengths/9223372036854775807/10 --retries 0
}
@test "chunks" { heals /chunked/100/3000; }
@test "chunks that end in the middle, each time" {
	fails 75 'tried 2 times' /cut/0/3000 --retries 1
	asked 2
}
@test "chunks that are none" { fails 75 'chunked-encoding' /badchunk/0/3000 --retries 0; }

# Ranges.

@test "half, with ranges" { heals /short/0/300000 && asked 2; }
@test "half, with a date only" { heals /shortdate/0/300000; }
@test "half, with weak validators" { heals /shortweak/0/300000; }
@test "half, without ranges" { heals /shortplain/0/300000; }
@test "ranges that are ignored" { heals /ignored/0/300000; }
@test "a range that is another one" { heals /offset/0/300000 && asked 3; }
@test "a range that nobody asked for" {
	fails 75 'another part than was asked for' /unasked/0/3000 --retries 0
}
@test "a range that does not say which" {
	fails 75 'bytes remaining' /rangeless/0/300000 --retries 2 && asked 3
}
@test "a range that is refused" { heals /refuse/0/300000 && asked 3; }
@test "another version between the ranges" { becomes 1 /changed/0/300000; }
@test "another version in the range itself" { becomes 1 /flip/0/300000; }

# Redirects.

@test "a redirect to itself" { fails 65 'redirects' /redirect/loop/1; }
@test "a redirect to file:" { fails 65 'redirect' /redirect/file/1; }
@test "a redirect to ftp:" { fails 65 'redirect' /redirect/ftp/1; }
@test "a redirect to nowhere" { fails 65 '302' /redirect/none/1; }
@test "nine redirects" {
	get /chain/9/3000
	[ "$status" = 0 ]
	diff_text "$(sums 0 "${path/chain\/9/chain\/0}")" "$(jq -r .file.sha256 <<<"$output")"
}
@test "eleven redirects" { fails 65 'redirects' /chain/11/3000; }
@test "a redirect to another host does not take the login along" {
	local port=${urls[1]##*:}
	base=${base/:\/\//:\/\/joe:a%3Ab%40c@}
	get "/other/[::1]:$port/3000"
	diff_text '' "$stderr"
	[ "$status" = 0 ]
}

# Logins.

@test "401 Basic, without a login" { fails 65 '401 Unauthorized' /login/0/3000 && asked 1; }
@test "401 Basic, with one" {
	base=${base/:\/\//:\/\/joe:a%3Ab%40c@}
	heals /login/0/3000
}
@test "401 Digest, with one" {
	base=${base/:\/\//:\/\/joe:a%3Ab%40c@}
	heals /digest/0/3000
}
@test "401 Digest, with the wrong one" {
	base=${base/:\/\//:\/\/joe:wrong@}
	fails 65 '401 Unauthorized' /digest/0/3000
	run ! grep -q wrong <<<"$stderr"
}

# What is not there, and need not be.

# skips PATH: one line says so, and so does the record.
skips() {
	get "$1" --skip-missing
	[ "$status" = 0 ] || { echo "code $status: $stderr"; return 1; }
	one_line "$stderr" || return
	starts_with "$stderr" "pgf-fetch: warning: skipped: item.ndjson:1: key time=0: cannot fetch '$base$path': " ||
		return
	diff_text '{"missing":true}' "$(jq -c .file <<<"$output")" || return
	diff_text '' "$(find c -name '*.nc*')" || return
	asked 1
}
@test "404 and 410 of what may be missing" { skips /status/404/1 && skips /status/410/2; }
@test "403, 401, 451 and a redirect in a circle do not say that it is missing" {
	fails 65 '403 Forbidden' /status/403/1 --skip-missing
	fails 65 '401 Unauthorized' /status/401/1 --skip-missing
	fails 65 '451' /status/451/1 --skip-missing
	fails 65 'redirects' /redirect/loop/1 --skip-missing
}
@test "500 and silence do not, either" {
	fails 75 '500' /status/500/1 --skip-missing --retries 0
	fails 75 'empty reply' /nothing/0/1 --skip-missing --retries 0
}
@test "a page with status 200 in place of what may be missing" {
	fails 65 'an HTML page' /page/html/1 --skip-missing
}
@test "HEAD refused: --head asks for a byte, and learns the same" {
	local size
	for size in 3000 1; do
		get /headless/0/$size --head
		[ "$status" = 0 ]
		diff_text "{\"url\":\"$base$path\",\"size\":$size,\"etag\":\"\\\"v0\\\"\",\"modified\":\"2024-01-02T03:04:05.000000000Z\"}" \
			"$(jq -c .file <<<"$output")"
		asked 1
	done
}

# What heals, and what does not.

@test "403" { fails 65 '403 Forbidden: ' /status/403/1 && asked 1; }
@test "404" { fails 65 '404 Not Found: ' /status/404/1 && asked 1; }
@test "410" { fails 65 '410 Gone: ' /status/410/1 && asked 1; }
@test "418" { fails 65 '418' /status/418/1 && asked 1; }
@test "500 for ever" { fails 75 'tried 3 times: 500' /status/500/1 --retries 2 && asked 3; }
@test "429 twice" { heals /waits/429-2-none/3000 && asked 3; }
@test "429 with Retry-After" {
	SECONDS=0
	heals /waits/429-1-two/3000
	[ "$SECONDS" -ge 2 ]
}
@test "503 with Retry-After, a date" {
	SECONDS=0
	heals /waits/503-1-date/3000
	[ "$SECONDS" -ge 1 ]
}
@test "503 without Retry-After" { heals /waits/503-2-none/3000 && asked 3; }
@test "503 with Retry-After, nonsense" { heals /waits/503-1-junk/3000; }
@test "503 with Retry-After, longer than we have" {
	fails 75 'the deadline, 1 s, has passed' /waits/503-1-long/3000 --deadline 1
	[ "$(grep -c "^$path " "$BATS_FILE_TMPDIR/requests")" -le 1 ]
}
@test "a reset in the middle" { heals /reset/0/300000; }
@test "nothing at all" { fails 75 'tried 2 times' /nothing/0/1 --retries 1 && asked 2; }
@test "nobody listens" {
	base=http://127.0.0.1:1
	fails 75 'connect' /plain/0/1 --retries 0
}

# The clock.

@test "silence in the middle" { heals /stall/20/300000 --timeout 1; }
@test "silence at first" { heals /mute/20/3000 --timeout 1; }
@test "ten bytes a second, where more are wanted" {
	fails 75 'less than 1000 bytes a second for 1 s' /drip/10/3000 \
		--timeout 1 --least-speed 1kB --retries 0
}
@test "ten bytes a second, until the deadline" {
	fails 75 'the deadline, 1 s, has passed' /drip/10/3000 --deadline 1
}
@test "a handshake that never comes" {
	base=${urls[2]}
	fails 75 'timeout' /plain/0/1 --timeout 1 --retries 0
}

@test "a handshake that is late" {
	base=${urls[4]}
	export CURL_CA_BUNDLE=$BATS_FILE_TMPDIR/good.pem
	heals /plain/0/3000 --timeout 60 && asked 1
}
@test "a handshake that is later than we wait" {
	base=${urls[4]}
	export CURL_CA_BUNDLE=$BATS_FILE_TMPDIR/good.pem
	fails 75 'timeout' /plain/0/3000 --timeout 1 --retries 0
}
@test "one byte a second, if nobody asks for more" { heals /drip/1/2 --timeout 60; }

# What the bytes are.

@test "a page with status 200" {
	fails 65 'an HTML page' /page/html/1
	asked 1
	contains "$stderr" login
}
@test "an XML document where NetCDF is wanted" {
	members='{"format":"netcdf4"}'
	fails 65 'an XML document' /page/xml/1
}
@test "a JSON document where NetCDF is wanted" {
	members='{"format":"netcdf3"}'
	fails 65 'a JSON document' /page/json/1
}
@test "a line of text where NetCDF is wanted" {
	members='{"format":"netcdf3"}'
	fails 65 'a text file' /page/text/1
}
@test "an encoding that nobody asked for is not undone" { heals /gzip/0/3000; }
@test "bytes that are damaged once, with Repr-Digest" { heals /digests/repr-1/3000 && asked 2; }
@test "bytes that are damaged once, with Content-Digest" { heals /digests/content-1/3000 && asked 2; }
@test "bytes that are damaged once, with Digest" { heals /digests/old-1/3000 && asked 2; }
@test "bytes that are damaged once, with Content-MD5" { heals /digests/md5-1/3000 && asked 2; }
@test "bytes that are damaged each time" {
	fails 65 'as the header Repr-Digest says' /digests/repr-9/3000
	asked 2
}
@test "bytes that the record knows better, SHA-256" {
	members='{"sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}'
	fails 65 'as the record says' /plain/0/3000
	asked 2
}
@test "bytes that the record knows better, MD5" {
	members='{"md5":"900150983cd24fb0d6963f7d28e17f72"}'
	fails 65 'as the record says' /plain/0/3000000
	asked 2
}

# The protocol.

@test "no HTTP" { fails 75 'HTTP/0.9' /garbage/0/1 --retries 0; }
@test "a status line without a number" { fails 75 'HTTP' /number/HTTP%2F1.1_OK/1 --retries 0; }
@test "a status of no kind" { fails 65 '999' /status/999/1; }
@test "a head without end" { fails 75 'too large response headers' /heads/0/1 --retries 0; }
@test "a line of a head without end" { fails 75 'emory' /line/0/1 --retries 0; }
@test "a hundred times 100 before the answer" { heals /continue/100/3000; }
@test "validators of no use" { heals /tags/0/3000; }
@test "IPv6 only" {
	base=${urls[1]}
	heals /plain/0/3000
}
@test "a certificate that has expired" {
	base=${urls[3]}
	fails 65 'certificate' /plain/0/3000 --retries 0
}
@test "10,000 connections that are refused" {
	seq 10000 | jq -c '{key:{},url:"http://127.0.0.1:1/\(.).nc"}' >items.ndjson
	(
		ulimit -n 200
		run -75 --separate-stderr pgf-fetch -k --retries 0 --cache c \
			--rejects bad.ndjson items.ndjson
		diff_text '' "$output"
		diff_text 10000 "$(wc -l <bad.ndjson)"
		contains "$(tail -n 1 bad.ndjson)" connect
	)
}
