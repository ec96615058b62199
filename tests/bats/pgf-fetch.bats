#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# pgf-fetch on local files and a good server; bad ones are in tests/fault.

# shellcheck disable=SC2030,SC2031 # each test is a subshell, and means it
load common
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	printf 'hello' >a.nc
}

# item URL...: items of these URLs.
item() {
	local url n=0
	for url; do
		jq -nc --arg url "$url" --argjson n "$n" \
			'{key:{concat:{time:$n},merge:{}},url:$url}'
		n=$((n + 1))
	done
}

@test "prints help and version" { case_help pgf-fetch; }

@test "refuses unknown options" { case_misuse pgf-fetch; }

@test "local files have digests if asked; what is known is not read, nor renewed" {
	echo '{"url":"a.nc"}' >items
	: >a.nc
	# The vector of the empty text (xxHash 0.8).
	diff_text '"xxh3-99aa06d3014798d86001c324468d497f"' \
		"$(pgf-fetch --known none items | jq .file.etag)"
	printf '123456' >a.nc
	touch -d 2020-01-01T00:00:00Z a.nc
	pgf-fetch --known none -o one items
	# Other bytes under the old time are not looked at; under a new one they are.
	printf '654321' >a.nc
	touch -d 2020-01-01T00:00:00Z a.nc
	pgf-fetch --known one items | diff one -
	touch -d 2021-01-01T00:00:00Z a.nc
	pgf-fetch --known one -o two items
	run -1 diff <(jq .file.etag one) <(jq .file.etag two)
	touch a.nc
	pgf-fetch --known two items | diff two -
	diff_text null "$(pgf-fetch items | jq .file.etag)"
}

@test "refuses what is no record" { case_bad_record pgf-fetch; }

@test "makes nothing of nothing" { case_empty pgf-fetch; }

@test "says so when the output is full" {
	item a.nc >items.ndjson
	case_full items.ndjson pgf-fetch
}

@test "refuses numbers out of range" {
	local option
	for option in --per-host=0 --per-host=257 --retries=1001 --timeout=0 --timeout=86401; do
		run -2 --separate-stderr pgf-fetch "$option" </dev/null
		contains "$stderr" "${option%=*} must be"
	done
}

@test "a local file is named, not copied" {
	touch -d '2024-01-02 03:04:05.123456789Z' a.nc
	item a.nc "$PWD/a.nc" "file://$PWD/a.nc" "file://LOCALHOST$PWD/%61.nc" >items.ndjson
	run -0 --separate-stderr pgf-fetch items.ndjson
	diff_text '' "$stderr"
	diff_text "{\"key\":{\"concat\":{\"time\":0},\"merge\":{}},\"url\":\"a.nc\",\"file\":{\"path\":\"$PWD/a.nc\",\"size\":5,\"modified\":\"2024-01-02T03:04:05.123456789Z\"}}" "${lines[0]}"
	[ "${#lines[@]}" = 4 ]
	[ "$(jq -c .file <<<"$output" | sort -u | wc -l)" = 1 ]
	diff_text $'a.nc\nitems.ndjson' "$(find . -maxdepth 1 -type f -printf '%P\n' | grep -v stderr | sort)"
}

@test "a local file is held against the digests of its record" {
	local sha256 md5
	sha256=$(sha256sum <a.nc | cut -d' ' -f1) md5=$(md5sum <a.nc | cut -d' ' -f1)
	jq -nc --arg s "$sha256" --arg m "$md5" '{key:{},url:"a.nc",sha256:$s,md5:$m}' >items.ndjson
	run -0 pgf-fetch items.ndjson
	jq -c '.sha256 |= "00" + .[2:]' items.ndjson >bad.ndjson
	run -65 --separate-stderr pgf-fetch bad.ndjson
	contains "$stderr" "'$PWD/a.nc' is not the file that the record means: it has not the digest of its 'sha256'; get"
	jq -c 'del(.sha256) | .md5 |= "00" + .[2:]' items.ndjson >bad.ndjson
	run -65 --separate-stderr pgf-fetch bad.ndjson
	contains "$stderr" "it has not the digest of its 'md5'"
	jq -c '.md5 |= .[2:]' items.ndjson >bad.ndjson
	run -65 --separate-stderr pgf-fetch bad.ndjson
	contains "$stderr" "member 'md5': '"
	contains "$stderr" "is no MD5 in hexadecimal, which has 32 digits"
}

@test "names with any character" {
	local name=$'q\'u"o$t{e} \n#1?x=%41-größe.nc'
	printf hi >"$name"
	jq -nc --arg url "$PWD/$name" '{key:{},url:$url}' >items.ndjson
	jq -nc --arg url "file://$PWD/q'u%22o\$t{e}%20%0A#1?x=%2541-größe.nc" \
		'{key:{},url:$url}' >>items.ndjson
	run -0 --separate-stderr pgf-fetch items.ndjson
	diff_text "$(jq -nc --arg p "$PWD/$name" '$p,$p')" "$(jq -c .file.path <<<"$output")"
}

@test "members that it does not know pass through, an old file is replaced" {
	echo '{"key":{},"zeta":[1],"url":"a.nc","file":{"path":"x"},"omega":"1"}' >items.ndjson
	run -0 --separate-stderr pgf-fetch items.ndjson
	diff_text '["key","zeta","url","file","omega"]' "$(jq -c keys_unsorted <<<"$output")"
	diff_text "$PWD/a.nc" "$(jq -r .file.path <<<"$output")"
}

# refuses TEXT URL: exit 65, one line with place, key and TEXT.
refuses() {
	item "$2" >items.ndjson
	run -65 --separate-stderr pgf-fetch items.ndjson
	diff_text '' "$output" || return
	one_line "$stderr" || return
	starts_with "$stderr" 'pgf-fetch: items.ndjson:1: key time=0: ' || return
	contains "$stderr" "$1"
}

@test "refuses local files that are not there, or no files" {
	refuses "cannot open '$PWD/none.nc': No such file or directory" none.nc
	mkfifo pipe
	refuses "cannot open '$PWD/pipe': not a regular file" "$PWD/pipe"
	refuses 'not a regular file' pipe
	refuses 'cannot open' "file://$PWD/none.nc"
}

@test "a local file may be missing, but not be something else" {
	touch here
	mkfifo pipe
	jq -nc '"none", "here/below", "pipe" | {key: {}, url: .}' >items
	run -1 --separate-stderr pgf-fetch --skip-missing -k items
	diff_text 2 "$(grep -c '"file":{"missing":true}' <<<"$output")"
	contains "$stderr" "warning: skipped: items:1: cannot open '$PWD/none': No such file or directory"
	contains "$stderr" "warning: skipped: items:2: cannot open '$PWD/here/below': Not a directory"
	contains "$stderr" "cannot open '$PWD/pipe': not a regular file"
	for other in --head --ranges --verify; do
		run -2 --separate-stderr pgf-fetch --skip-missing $other --cache c items
		contains "$stderr" '--skip-missing is for files that are fetched'
	done
}

@test "refuses URLs that are none" {
	refuses "the scheme 'gopher:' is unknown" gopher://host/a.nc
	refuses 'names another host' file://host/a.nc
	refuses 'no absolute path' file:a.nc
	refuses 'write %25' 'file:///a%zz'
	refuses 'write %25' 'file:///a%00'
	refuses 'no valid host' http:///a.nc
	refuses "'//' is missing" http:a.nc
	refuses 'host or port' http://host:99999/a.nc
	refuses 'xn--' http://größe.example/a.nc
	refuses 'the path is empty' ''
	refuses 'gopher://host/' gopher://user:secret@host/a.nc
	run -1 grep secret <<<"$stderr"
}

@test "refuses a record without a URL" {
	echo '{"key":{"concat":{"time":7}}}' >items.ndjson
	run -65 --separate-stderr pgf-fetch items.ndjson
	contains "$stderr" "items.ndjson:1: key time=7: the record has no text 'url'"
}

@test "downloads need a cache" {
	item http://127.0.0.1:1/a.nc >items.ndjson
	run -2 --separate-stderr pgf-fetch items.ndjson
	contains "$stderr" '--cache'
}

@test "downloads into the place of the URL, with a sidecar" {
	local sum path
	mkdir www
	cp a.nc www
	serve www
	item "$SERVE_URL/a.nc" >items.ndjson
	run -0 --separate-stderr pgf-fetch --cache deep/er/cache items.ndjson
	diff_text '' "$stderr"
	sum=$(printf %s "$SERVE_URL/a.nc" | sha256sum | cut -d' ' -f1)
	path=$PWD/deep/er/cache/${sum:0:2}/${sum:2}-a.nc
	diff_text "$path" "$(jq -r .file.path <<<"$output")"
	diff_text hello "$(cat "$path")"
	diff_text "$(sha256sum <a.nc | cut -d' ' -f1)" "$(jq -r .file.sha256 <<<"$output")"
	diff_text "$(date -u -r www/a.nc +%Y-%m-%dT%H:%M:%S.000000000Z)" \
		"$(jq -r .file.modified <<<"$output")"
	diff_text "$(jq -c '.file | del(.path)' <<<"$output")" \
		"$(jq -c '{size,sha256,modified}' "$path.json")"
	diff_text "$SERVE_URL/a.nc" "$(jq -r .url "$path.json")"
	[ "$(find deep -type f ! -name lock | wc -l)" = 2 ]
	run -0 --separate-stderr pgf-fetch -v --cache deep/er/cache items.ndjson
	contains "$stderr" "have '$SERVE_URL/a.nc', 5 bytes"
	[ "$(grep -c 'GET /a.nc' "$SERVE_LOG")" = 1 ]
}

@test "--verify tells of files that are not what came, and removes them if told" {
	local -a files
	mkdir www
	cp a.nc www/a.json
	printf 'CDF' >www/b.nc
	printf 'third' >www/c.nc
	serve www
	item "$SERVE_URL"/{a.json,b.nc,c.nc} >items.ndjson
	pgf-fetch --cache cache items.ndjson >out
	run -0 --separate-stderr pgf-fetch --verify --cache cache
	diff_text '' "$output$stderr"
	mapfile -t files < <(jq -r .file.path out)
	# A flipped byte and a lost end; the middle one is good.
	printf 'hallo' >"${files[0]}"
	printf 'thi' >"${files[2]}"
	run -65 --separate-stderr pgf-fetch --verify --cache cache
	contains "$stderr" "2 of 3 files in '$PWD/cache' are bad"
	diff_text "$(jq -c '{path:.file.path,url,want:.file.sha256}' out | sed 2d | sort)" \
		"$(jq -c '{path,url,want}' <<<"$output" | sort)"
	diff_text "$(printf hallo | sha256sum | cut -d' ' -f1)" \
		"$(jq -r 'select(.url | endswith("a.json")).got' <<<"$output")"
	[ -e "${files[0]}" ]
	run -65 --separate-stderr pgf-fetch --verify --remove --cache cache -o bad
	diff_text 2 "$(wc -l <bad)"
	diff_text "$(printf '%s\n' "${files[1]}"{,.json})" \
		"$(find "$PWD/cache" -type f ! -name lock | sort)"
	run -0 pgf-fetch --verify --cache cache
	pgf-fetch --cache cache items.ndjson | diff out -
	run -0 pgf-fetch --verify --cache cache
}

@test "--verify knows files without a sidecar, and leaves what is not its" {
	local sum=2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824
	mkdir -p "cache/${sum:0:2}"
	cp a.nc "cache/${sum:0:2}/${sum:2}-a.nc"
	cp a.nc "cache/${sum:0:2}/${sum:2}-a.nc.part"
	cp a.nc cache/note.txt
	run -65 --separate-stderr pgf-fetch --verify --cache cache
	diff_text '"no sidecar says what it is"' "$(jq .error <<<"$output")"
	run -65 pgf-fetch --verify --remove --cache cache
	run -0 pgf-fetch --verify --cache cache
	[ -e "cache/${sum:0:2}/${sum:2}-a.nc.part" ]
	[ -e cache/note.txt ]
}

@test "--verify wants a cache that is there, and nothing else" {
	run -2 pgf-fetch --verify
	run -2 pgf-fetch --verify --cache c a.nc
	run -2 pgf-fetch --verify --revalidate --cache c
	run -2 pgf-fetch --remove --cache c a.nc
	run -65 --separate-stderr pgf-fetch --verify --cache none
	contains "$stderr" "cannot open '$PWD/none'"
	[ ! -e none ]
}

@test "-o appears whole or not at all" {
	item a.nc none.nc >items.ndjson
	run -65 --separate-stderr pgf-fetch -o out.ndjson items.ndjson
	[ ! -e out.ndjson ]
	run -1 --separate-stderr pgf-fetch -k -o out.ndjson items.ndjson
	[ "$(wc -l <out.ndjson)" = 1 ]
	[ -z "$(find . -name '.pgf-*')" ]
}

@test "answers each record as it comes" {
	coproc pgf-fetch
	local line path=$PWD/a.nc pid=$COPROC_PID
	item "$path" >&"${COPROC[1]}"
	read -r -t 120 line <&"${COPROC[0]}"
	diff_text 5 "$(jq .file.size <<<"$line")"
	item "$path" >&"${COPROC[1]}"
	read -r -t 120 line <&"${COPROC[0]}"
	diff_text 5 "$(jq .file.size <<<"$line")"
	eval "exec ${COPROC[1]}>&-"
	wait "$pid"
}

@test "10,000 records stay in order" {
	local i
	for ((i = 0; i < 10000; i++)); do
		echo "{\"key\":{\"concat\":{\"time\":$i}},\"url\":\"a.nc\"}"
	done >items.ndjson
	run -0 --separate-stderr pgf-fetch -o out.ndjson items.ndjson
	diff_text "$(seq 0 9999)" "$(jq .key.concat.time out.ndjson)"
}

# What they bring would make up most of the start of a program that is started once
# for each batch of files.
@test "loads libcurl for a URL only, and libarchive for an archive" {
	item a.nc >items.ndjson
	LD_DEBUG=files pgf-fetch items.ndjson 2>loaded
	run -1 grep -e libcurl -e libarchive loaded
	item http://127.0.0.1:1/a.nc >items.ndjson
	LD_DEBUG=files pgf-fetch --cache c --retries 1 items.ndjson 2>loaded || :
	run -0 grep libcurl loaded
}

# until_said TEXT ARGUMENT...: a run that tries for ever, until it has said that.
until_said() {
	local pid
	pgf-fetch --retries 1000 --cache c "${@:2}" >out 2>err 3>&- &
	pid=$!
	await grep -qF -- "$1" err
	kill "$pid"
	wait "$pid" || :
}

@test "--progress json tells programs how far it is" {
	seq 3 | jq -c '{key:{},url:"http://127.0.0.1:1/\(.).nc"}' >items.ndjson
	until_said '"waiting":3' --progress json items.ndjson
	grep '"waiting":3' err | head -n 1 >line
	diff_text '[0,3,0]' "$(jq -c '.progress | [.done, .waiting, .running]' line)"
	diff_text '["done","waiting","running","bytes","rate","seconds"]' \
		"$(jq -c '.progress | keys_unsorted[:6]' line)"
	diff_text '{"host":"127.0.0.1:1","done":0,"waiting":3,"running":0,"bytes":0,"rate":0}' \
		"$(jq -c '.progress.hosts[]' line)"
	run -2 --separate-stderr pgf-fetch --progress-every 0 items.ndjson
	contains "$stderr" '--progress-every must be 1 to 86400'
	run -2 --separate-stderr pgf-fetch --progress xml items.ndjson
	contains "$stderr" '--progress must be auto, json or none'
}

@test "a terminal is shown how far it is" {
	seq 20 | jq -c '{key:{},url:"http://127.0.0.1:1/\(.).nc"}' >items.ndjson
	script -qec "pgf-fetch -k --retries 3 --cache c items.ndjson" /dev/null \
		</dev/null >shown || :
	contains "$(cat shown)" ' to come, '
	contains "$(cat shown)" ' s left'
}

@test "lines of progress come as often as they are wanted where there is no terminal" {
	echo '{"key":{},"url":"http://127.0.0.1:1/a.nc"}' >items.ndjson
	until_said 'pgf-fetch: warning: 0 files, 1 to come, 0 under way, 0 ' \
		--progress-every 1 items.ndjson
	run -1 grep -q $'\033' err
}

# A terminal of few columns and rows: what it shows in the end, and the widest line that it
# was sent; on stderr all that was sent.
narrow() {
	python3 - "$@" <<-'END'
		import fcntl, os, pty, re, struct, sys, termios
		rows, columns = int(sys.argv[1]), int(sys.argv[2])
		pid, fd = pty.fork()
		if pid == 0:
		    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
		    os.execvp(sys.argv[3], sys.argv[3:])
		sent = b""
		try:
		    while piece := os.read(fd, 65536):
		        sent += piece
		except OSError:
		    pass
		os.waitpid(pid, 0)
		screen, y, x, most, tall = {}, 0, 0, 0, 0
		for up, erase, text in re.findall(r"\033\[(\d+)A|\033\[([JK])|([^\033])", sent.decode(), re.S):
		    if up:
		        tall = max(tall, int(up))
		        y -= int(up)
		        assert y >= 0
		    elif erase:
		        screen[y] = screen.get(y, "")[:x]
		        for line in [k for k in screen if erase == "J" and k > y]:
		            del screen[line]
		    elif text == "\r":
		        x = 0
		    elif text == "\n":
		        y += 1
		    else:
		        line = screen.get(y, "")
		        screen[y] = line[:x] + text + line[x + 1:]
		        x += 1
		        if "pgf-fetch: " not in screen[y]:
		            most = max(most, x)
		print(f"{most} {tall}")
		print("\n".join(screen[k] for k in sorted(screen) if screen[k]))
		sys.stderr.write(sent.decode())
	END
}

@test "a narrow terminal is shown the busiest hosts, and is left as it was" {
	local n
	for n in {1..12}; do
		echo "{\"key\":{},\"url\":\"http://127.0.0.$n:1/long-name-of-a-file.nc\"}"
	done >items.ndjson
	echo '{"key":{},"url":"none.nc"}' >>items.ndjson
	run -0 --separate-stderr narrow 9 40 pgf-fetch -k --retries 1000 --deadline 4 \
		--cache c items.ndjson
	contains "$stderr" '  127.0.0.'
	contains "$stderr" '  and 7 more hosts'
	contains "$stderr" '0 files, 12 to come'
	[[ ${lines[0]} =~ ^(3[0-9])\ 7$ ]]
	diff_text 13 "$(grep -c '^pgf-fetch: items' <<<"$output")"
	diff_text 15 "$(wc -l <<<"$output")"
	TERM=dumb run -0 --separate-stderr narrow 9 40 pgf-fetch -k --retries 1000 --deadline 1 \
		--cache c items.ndjson
	diff_text '' "$(tr -dc '\033' <<<"$stderr")"
}
