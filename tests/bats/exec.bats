#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Commands of a recipe, one run for each file.

# shellcheck disable=SC2016,SC2030,SC2031 # $1 is the command's; each test is a subshell
load common
load bake

setup() { cd "$BATS_TEST_TMPDIR" || return; }

# item URL...: items of these URLs, in items.ndjson.
item() {
	local url n=0
	for url; do
		jq -nc --arg url "$url" --argjson n "$n" \
			'{key:{concat:{time:$n},merge:{}},url:$url}'
		n=$((n + 1))
	done >items.ndjson
}

# made: what came out of the first record.
made() { cat "$(jq -r .file.path <<<"$output" | head -n 1)"; }

run_exec() {
	run --separate-stderr pgf-fetch --cache c --exec "$@" items.ndjson
}

@test "the output of the command is the file" {
	local name=$'q\'u"o $(touch evil) `x` {out} ;&.nc'
	printf abc >"$name"
	item "$name"
	run_exec 'cp -- {in} {out}'
	diff_text '' "$stderr"
	[ "$status" = 0 ]
	diff_text abc "$(made)"
	diff_text "$(sha256sum "$name" | cut -d' ' -f1)" "$(jq -r .file.sha256 <<<"$output" | sed 's/^\\//')"
	[ ! -e evil ]
	run_exec "sh -c 'tr a-z A-Z <\"\$1\" >\"\$2\"' sh {in} {out}"
	diff_text ABC "$(made)"
	run_exec 'sh -c "printf %s \"\$1\" >\"\$2\"" sh "a  b"\ c {out} {in}'
	diff_text 'a  b c' "$(made)"
}

@test "it runs once for each content, after unpacking" {
	printf abc >a.nc
	gzip -k a.nc
	item a.nc.gz
	run_exec "sh -c 'echo ran >>log; cp \"\$1\" \"\$2\"' sh {in} {out}"
	[ "$status" = 0 ]
	diff_text abc "$(made)"
	run_exec "sh -c 'echo ran >>log; cp \"\$1\" \"\$2\"' sh {in} {out}"
	diff_text ran "$(cat log)"
	printf abd >a.nc
	gzip -f a.nc
	run_exec "sh -c 'echo ran >>log; cp \"\$1\" \"\$2\"' sh {in} {out}"
	diff_text abd "$(made)"
	diff_text $'ran\nran' "$(cat log)"
}

# fails CODE TEXT COMMAND [OPTION...]: in one line that has the text, and nothing
# is left in the cache.
fails() {
	local code=$1 text=$2
	shift 2
	run_exec "$@"
	diff_text '' "$output"
	[ "$status" = "$code" ] || { echo "code $status: $stderr"; return 1; }
	one_line "$stderr"
	starts_with "$stderr" "pgf-fetch: items.ndjson:1: key time=0: cannot use 'a.nc': '"
	contains "$stderr" "$text"
	diff_text '' "$(find c -type f ! -name lock)"
}

@test "what goes wrong is said with what the command said" {
	printf abc >a.nc
	item a.nc
	fails 65 'it ended with code 3: out err' "sh -c 'echo out; echo err >&2; exit 3' {in} {out}"
	fails 75 'it ended with code 75: it said nothing' "sh -c 'exit 75' {in} {out}"
	fails 65 'it died of signal 9' "sh -c 'kill -9 \$\$' {in} {out}"
	fails 65 'it made no file' 'true {in} {out}'
	fails 65 'it made no file' "sh -c 'ln -s /etc/passwd \"\$2\"' sh {in} {out}"
	fails 65 "cannot run 'no-such-program'" 'no-such-program {in} {out}'
	fails 65 'it ended with code 1: ' "sh -c 'yes 0123456789 | head -c 100000; exit 1' {in} {out}"
	[ ${#stderr} -lt 1000 ]
}

# no_process TEXT: none has it in its command line.
no_process() { ! pgrep -f "$1" >/dev/null; }

@test "a command that takes too long is ended with all it has started" {
	printf abc >a.nc
	item a.nc
	fails 65 'it was ended after 3 s (see --exec-timeout): thinking' \
		"sh -c 'echo thinking; sleep 4321.$$ & sleep 4321.$$' {in} {out}" --exec-timeout 3
	await no_process "sleep 4321.$$"
	# What a good one leaves behind does not hold anyone up either.
	run_exec "sh -c 'sleep 4322.$$ & cp \"\$1\" \"\$2\"' sh {in} {out}"
	[ "$status" = 0 ]
	await no_process "sleep 4322.$$"
}

# Each waits for all, so none ends unless all run at once.
@test "commands run at once, as many as there are processors or jobs of make" {
	local n
	n=$(nproc)
	[ "$n" -le 16 ] || n=16
	[ "$n" -gt 1 ] || skip 'one processor: none runs beside another'
	# shellcheck disable=SC2046 # one word each
	item $(seq -f '%g.nc' "$n")
	for ((i = 1; i <= n; i++)); do echo "$i" >"$i.nc"; done
	run_exec "sh -c 'echo >>begun; until [ \$(wc -l <begun) -ge $n ]; do sleep 0.05; done; cp \"\$1\" \"\$2\"' sh {in} {out}" --exec-timeout 300
	diff_text '' "$stderr"
	[ "$status" = 0 ]
	diff_text "$(seq "$n")" "$(jq -r .file.path <<<"$output" | xargs cat)"
	rm -r c begun
	# A make with one job lends none.
	cat >mk <<-'END'
		.RECIPEPREFIX = >
		all:
		>+pgf-fetch --cache c --exec "sh -c 'echo in; [ ! -e one ] || exit 1; touch one; sleep 0.2; rm one; cp \"\$$1\" \"\$$2\"' sh {in} {out}" items.ndjson >out.ndjson
	END
	run -0 make -s -j1 -f mk
	diff_text "$n" "$(wc -l <out.ndjson)"
}

@test "files are unpacked and commands run while others still come" {
	printf abc >a.nc
	gzip a.nc
	item a.nc.gz
	mkfifo slow
	pgf-fetch --cache c --exec "sh -c 'cp \"\$1\" \"\$2\"; touch made' sh {in} {out}" \
		<slow >out.ndjson 3>&- &
	exec 7>slow
	cat items.ndjson >&7
	# Files that are here are looked at when the next record has come.
	await eval "echo '{\"key\":{},\"url\":\"a.nc.gz\"}' >&7 && [ -e made ]"
	exec 7>&-
	wait $!
	diff_text abc "$(cat "$(jq -r .file.path out.ndjson | head -n 1)")"
}

@test "a command does not outlive a run that is ended or killed" {
	local sig pid
	printf abc >a.nc
	item a.nc
	for sig in TERM INT KILL; do
		rm -f begun
		env --default-signal=INT pgf-fetch --cache c --exec "sh -c 'sleep 4323.$$ & echo >begun; sleep 4323.$$' {in} {out}" \
			items.ndjson >out.ndjson 2>err 3>&- &
		pid=$!
		until [ -e begun ]; do sleep 0.05; done
		kill -"$sig" "$pid"
		wait "$pid" || :
		await no_process "sleep 4323.$$"
		diff_text '' "$(cat out.ndjson)"
	done
}

@test "a command that cannot be one is misuse" {
	local command
	item a.nc
	for command in 'cp {in} x' 'cp x {out}' ''; do
		run_exec "$command"
		[ "$status" = 2 ]
		contains "$stderr" 'must have {in} and {out}'
	done
	run_exec "cp '{in} {out}"
	contains "$stderr" "has a quote ' without its end"
	printf '%s\n' 'name: toy' 'pattern: {files: [a.nc]}' 'fetch: {exec: cp}' >r.yaml
	run -65 --separate-stderr pgf-expand r.yaml
	contains "$stderr" "r.yaml:3: 'fetch.exec': must have {in} and {out}"
}

@test "a bake runs it in its fetch stage, and again if it has changed" {
	archive 3
	cp -r src plain
	fresh_store plain.zarr
	(cd src && for f in *.nc; do base64 "$f" >"$f.b64" && rm "$f"; done)
	sed -i 's|[*].nc|*.b64|' r.yaml
	cat >>r.yaml <<-'END'
		fetch:
		  exec: sh -c 'echo $$ >>"$0"; base64 -d "$1" >"$2"' LOG {in} {out}
	END
	sed -i "s|LOG|$PWD/log|" r.yaml
	pgf-expand r.yaml >/dev/null
	pgf-make r.yaml >/dev/null
	[ ! -e log ]
	run -0 --separate-stderr pgf bake r.yaml
	diff -r -x zarr.json plain.zarr toy.zarr
	diff_text 3 "$(wc -l <log)"
	bake_ran none
	sed -i 's/base64 -d/base64 --decode/' r.yaml
	run -0 --separate-stderr pgf bake -v r.yaml
	contains "$(tasks_of "$stderr")" 'fetch 3'
	diff_text 6 "$(wc -l <log)"
	diff -r -x zarr.json plain.zarr toy.zarr
}
