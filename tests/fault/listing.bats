#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A table: what a server may list, and what pgf-list makes of it. Each row is a
# name, a path of lister.py and options, and the result:
#
#	lists NAME..	these files and nothing else, and nothing is said
#	leaves N NAME..	the same, but one line says that N names are left out
#	fails CODE TEXT	one line with TEXT, and no record
#
# All of it within 600 MB, and each ends.

# shellcheck disable=SC2030,SC2031 # each test is a subshell, and means it
load ../bats/common

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	mkdir -p files/d/sub
	printf 12345 >'files/d/a b.nc'
	printf 1 >files/d/sub/c.nc
	touch -d 2024-01-02T03:04:05Z files/d/*.nc
	: >url
	: >ports
	python3 -u "$PGF_ROOT/tests/fault/lister.py" requests >url 2>http.err 3>&- &
	echo $! >pids
	# The package of Debian, whatever python3 is.
	/usr/bin/python3 "$PGF_ROOT/tests/fault/lister.py" ftp files \
		>ports 2>ftp.err 3>&- &
	echo $! >>pids
	await test -s url && await has_lines 5 ports && return
	cat http.err ftp.err
	return 1
}

teardown_file() { xargs kill <"$BATS_FILE_TMPDIR/pids"; }

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	base=$(cat "$BATS_FILE_TMPDIR/url")
	export AWS_CONFIG_FILE=none AWS_SHARED_CREDENTIALS_FILE=none HOME=$PWD
	unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_PROFILE
}

list() {
	run --separate-stderr bash -c 'ulimit -v 600000; exec timeout 300 pgf-list --retries 0 "$@"' - "$@"
}

# bucket PATH: what stands for the URL of a bucket that is at PATH.
bucket() { echo --s3-anonymous --s3-endpoint "$base$1" s3://bucket/; }

# ftp KIND: the URL of a server that knows as much as that.
ftp() { echo "ftp://127.0.0.1:$(sed -n "s/ $1\$//p" "$BATS_FILE_TMPDIR/ports")"; }

# at PATH [OPTION...]
at() { list "${@:2}" "$base$1"; }

# in_bucket PATH [OPTION...]
in_bucket() {
	# shellcheck disable=SC2046 # words
	list "${@:2}" $(bucket "$1")
}

names() { diff_text "$(printf '%s\n' "$@")" "$(jq -r .name <<<"$output")"; }

lists() {
	[ "$status" = 0 ] || { echo "code $status: $stderr"; return 1; }
	diff_text '' "$stderr" || return
	names "$@"
}

leaves() {
	[ "$status" = 0 ] || { echo "code $status: $stderr"; return 1; }
	one_line "$stderr" || return
	contains "$stderr" "warning: $1 names at '" || return
	! LC_ALL=C grep '[[:cntrl:]]' <<<"$stderr" || return
	names "${@:2}"
}

fails() {
	[ "$status" = "$1" ] || { echo "code $status: $stderr"; return 1; }
	diff_text '' "$output" || return
	one_line "$stderr" || return
	starts_with "$stderr" "pgf-list: cannot list '" || return
	! LC_ALL=C grep '[[:cntrl:]]' <<<"$stderr" || return
	contains "$stderr" "$2"
}

# Indexes.

@test "links to other hosts, other logins, other schemes, files and parents" {
	at /away/0/
	lists good.nc
	at /away/0/ --depth 9
	lists good.nc
}
@test "names that could be something else" {
	at /odd/0/
	leaves 7 good.nc ÿ.nc
}
@test "a base that is elsewhere" {
	at /base/0/
	lists ''
}
@test "a page without links" {
	at /html/0/
	lists ''
}
@test "a redirect to another host: links are below the URL that was asked for" {
	at /redirect/host/
	lists a.nc
	starts_with "$(jq -r .url <<<"$output")" "$base/redirect/host/a.nc"
}
@test "a redirect to file:, to ftp: and to itself" {
	at /redirect/file/
	fails 65 'only http and https are followed'
	at /redirect/ftp/
	fails 65 'only http and https are followed'
	at /redirect/loop/
	fails 65 'the server redirects in a circle, or too often'
}
@test "a million links, of a hundred megabytes" {
	at /many/1000000/ -o out
	lists
	diff_text "$(printf '%07d.nc\n' 0 999999)" "$(sed -n '1p;$p' out | jq -r .name)"
	diff_text 1000000 "$(wc -l <out)"
}
@test "a name of a million letters" {
	at /size/1000000/
	leaves 1 good.nc
	[ ${#stderr} -lt 1000 ]
}
@test "a million marks, one in the other" {
	at /deep/b/
	lists good.nc
	at /deep/table/
	lists good.nc
}
@test "folders in folders, without end" {
	at /deep/folders/ --depth 3
	lists d/d/d/f.nc d/d/f.nc d/f.nc f.nc
	at /deep/folders/ --depth 32
	diff_text 33 "$(wc -l <<<"$output")"
}
@test "ten thousand folders" {
	at /wide/0/ --depth 2
	lists ''
}
@test "pages without end, of whatever" {
	local what
	for what in links name comment text line keys key catalog json; do
		at "/endless/$what/"
		fails 65 'the page is too large, more than 256 MB: ' || { echo "$what"; return 1; }
	done
}
@test "pages without end, many at a time" {
	at /heavy/0/ --depth 1
	fails 65 'too large'
}
@test "a byte now and then" {
	at /drip/0.1/ --deadline 1
	fails 75 'the deadline, 1 s, has passed'
	run -2 pgf-list --deadline 0 "$base/drip/0.1/"
}

# Buckets.

@test "pages of a bucket that go on in a circle" {
	in_bucket /circle/3
	fails 65 'the server leads in a circle'
	in_bucket /circle/1
	fails 65 'the server leads in a circle'
}
@test "pages of a bucket without end, and nothing on them" {
	in_bucket /barren/0
	fails 65 '1000 pages in a row list nothing: list a folder below it, or name the files in a pattern'
}
@test "a bucket that has more, but does not say where" {
	in_bucket /tokenless/0
	fails 65 'there is more, but not where'
}
@test "a bucket of 20 pages" {
	in_bucket /pages/20
	diff_text '' "$stderr"
	diff_text "$(printf '%s\n' 0000-000.nc 0019-999.nc)" \
		"$(sed -n '1p;$p' <<<"$output" | jq -r .name)"
	diff_text 20000 "$(wc -l <<<"$output")"
}
@test "a bucket of Google, with a token" {
	STORAGE_EMULATOR_HOST=$base/pages/2 GOOGLE_OAUTH_ACCESS_TOKEN=t0k \
		list gs://bucket/
	diff_text '' "$stderr"
	diff_text "$(printf '%s\n' 0000-000.nc gs://bucket/0000-000.nc 0001-999.nc gs://bucket/0001-999.nc)" \
		"$(sed -n '1p;$p' <<<"$output" | jq -r .name,.url)"
	diff_text 'Bearer t0k' "$(grep -F '/pages/2/bucket/?list-type=2&' "$BATS_FILE_TMPDIR/requests" |
		cut -d' ' -f2- | sort -u)"
}
@test "what has no lists" {
	list az://container@account/x/
	fails 65 'it cannot be listed'
	list scp://127.0.0.1/x/
	fails 65 'it cannot be listed, as scp: and az: have no lists: list a folder below it, or name the files in a pattern'
}
@test "keys that are no paths" {
	in_bucket /keys/0 --depth 9
	leaves 5 good.nc
}
@test "a key with a character that XML does not have" {
	in_bucket /escape/0
	fails 65 'the XML is broken'
}

# Catalogs.

@test "catalogs that lead to each other" {
	at /catalog/circle/
	lists a.nc
	at /catalog/circle/ --depth 7
	lists a.nc
}
@test "catalogs that grow without end" {
	at /catalog/circle/ --depth 32 --deadline 2
	fails 75 'the deadline, 2 s, has passed'
}
@test "catalogs elsewhere" {
	at /catalog/away/ --depth 9
	leaves 1 a.nc
}
@test "a catalog of entities that grow, and of one that is a file of ours" {
	at /bomb/0/
	fails 65 'DOCTYPE'
	at /outside/0/
	fails 65 'DOCTYPE'
}

# Texts.

@test "a list that names a file of ours" {
	at /list/file/l.txt
	fails 65 "line 2: 'file:///etc/passwd' is a file of this machine"
}
@test "a list that names a path: it is the server's" {
	at /list/local/l.txt
	diff_text "$base/etc/passwd" "$(jq -rs '.[].url' <<<"$output" | grep passwd)"
}
@test "a list with other characters" {
	at /list/zero/l.txt
	fails 65 'a zero byte'
	at /list/escape/l.txt
	fails 65 'line 2: not a listing'
}

# FTP.

@test "FTP by MLSD: names, sizes and times" {
	list --depth 1 "$(ftp mlsd)/d/"
	lists 'a b.nc' sub/c.nc
	diff_text '5 2024-01-02T03:04:05Z' \
		"$(head -n 1 <<<"$output" | jq -r '"\(.size) \(.modified)"')"
}
@test "FTP by LIST where there is no MLSD: names and sizes; what was refused is not asked for again" {
	local url
	url=$(ftp list)
	list --depth 1 "$url/d/"
	lists 'a b.nc' sub/c.nc
	diff_text '5 null' "$(head -n 1 <<<"$output" | jq -r '"\(.size) \(.modified)"')"
	diff_text $'MLSD\nLIST\nLIST' \
		"$(sed -n "s/^${url##*:} //p" "$BATS_FILE_TMPDIR/ftp.log")"
}
@test "FTP by NLST where there is nothing else, or it cannot be read: names" {
	local kind
	for kind in names odd; do
		list "$(ftp $kind)/d/"
		lists 'a b.nc' sub
		diff_text null "$(head -n 1 <<<"$output" | jq .size)"
		list --depth 1 "$(ftp $kind)/d/"
		fails 65 'names only, and not which of them are folders'
	done
}
@test "FTP that lists nothing; a folder that is not there; a file" {
	list "$(ftp none)/d/"
	fails 65 'the server lists no folders'
	list "$(ftp mlsd)/none/"
	fails 65 'change to the given directory'
	list "$(ftp mlsd)/d"
	fails 65 'does not exist'
}
