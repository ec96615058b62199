# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Loaded by every bats file (`load common`): where the programs are, the cases
# that every program must pass, comparing text, and a loopback server.
#
# $output and $stderr come from `run --separate-stderr`; assert one thing a line.

bats_require_minimum_version 1.5.0

PGF_ROOT=$(cd "${BATS_TEST_DIRNAME:?}/../.." && pwd)
PGF_BUILD=${PGF_BUILD:-$PGF_ROOT/build}
PATH=$PGF_BUILD/bin:$PATH
export PGF_ROOT PGF_BUILD PATH LC_ALL=C.UTF-8 TZ=UTC
unset PGF_CACHE

# diff_text EXPECTED ACTUAL: fail, and show how they differ.
diff_text() {
	diff -u --label expected --label actual \
		<(printf '%s\n' "$1") <(printf '%s\n' "$2")
}

# one_line TEXT: TEXT is one line and not empty.
one_line() {
	[ -n "$1" ] && [ "$(printf '%s\n' "$1" | wc -l)" = 1 ] && return
	printf 'not one line: <%s>\n' "$1"
	return 1
}

# starts_with TEXT PREFIX, contains TEXT PART: show the text if not.
starts_with() {
	[ "${1#"$2"}" != "$1" ] && return
	printf 'does not start with <%s>: <%s>\n' "$2" "$1"
	return 1
}
contains() {
	[ "${1#*"$2"}" != "$1" ] && return
	printf 'does not contain <%s>: <%s>\n' "$2" "$1"
	return 1
}

# await COMMAND...: until it succeeds. The bound is for what never will.
await() {
	local end=$((SECONDS + 120))
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || { printf 'in vain: %s\n' "$*" && return 1; }
		sleep 0.02
	done
}

has_lines() { [ "$(wc -l <"$2")" = "$1" ]; }

# free_port: one below those that the kernel hands out by itself.
free_port() {
	python3 -c 'import random, socket
while True:
    port = random.randrange(20000, 32768)
    try:
        socket.create_server(("127.0.0.1", port)).close()
        break
    except OSError:
        pass
print(port)'
}

# answers PORT: somebody listens there.
answers() { await connects "$1"; }
connects() { (exec 9<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# The five cases. Each is the body of a test:
#	@test "prints help" { case_help pgf-open; }

# case_help TOOL: help and version are data, on stdout.
case_help() {
	local long
	run -0 --separate-stderr "$1" --help
	diff_text '' "$stderr"
	contains "$output" "$1"
	contains "$output" --version
	long=$output
	run -0 --separate-stderr "$1" -h
	diff_text "$long" "$output"
	run -0 --separate-stderr "$1" --version
	diff_text '' "$stderr"
	starts_with "$output" "$1 "
	run -0 --separate-stderr "$1" -V
	starts_with "$output" "$1 "
}

# case_misuse TOOL: an unknown option is named, and the code is 2.
case_misuse() {
	run -2 --separate-stderr "$1" --no-such-option
	diff_text '' "$output"
	starts_with "$stderr" "$1: "
	contains "$stderr" "'--no-such-option'"
	contains "$stderr" "$1 --help"
}

# case_bad_record TOOL [ARGUMENT...]: text that is no record ends with 65 and
# one line that says where it was.
case_bad_record() {
	run -65 --separate-stderr "$@" <<<'not json'
	diff_text '' "$output"
	one_line "$stderr"
	starts_with "$stderr" "$1: <stdin>:1: "
}

# case_empty TOOL [ARGUMENT...]: a filter makes nothing of nothing.
case_empty() {
	run -0 --separate-stderr "$@" </dev/null
	diff_text '' "$output"
	diff_text '' "$stderr"
}

# case_full INPUT TOOL [ARGUMENT...]: output that cannot be written is an error,
# for help and for data (file INPUT is the input).
case_full() {
	local input=$1
	shift
	run -1 --separate-stderr full "$1" --help
	one_line "$stderr"
	starts_with "$stderr" "$1: cannot write"
	run -1 --separate-stderr full "$@" <"$input"
	one_line "$stderr"
	starts_with "$stderr" "$1: "
	contains "$stderr" 'cannot write'
}

# full COMMAND...: run it with stdout on a full disk.
full() { "$@" >/dev/full; }

# serve FOLDER: a server on a free port of the loopback device, which answers
# before serve returns. Sets SERVE_URL (no slash at its end); the requests are
# logged in SERVE_LOG. serve_stop, called by teardown, ends it.
SERVE_PIDS=()
serve() {
	SERVE_LOG=$BATS_TEST_TMPDIR/serve.${#SERVE_PIDS[@]}
	: >"$SERVE_LOG"
	python3 -u -m http.server 0 --bind 127.0.0.1 --directory "$1" \
		>"$SERVE_LOG" 2>&1 3>&- &
	SERVE_PIDS+=("$!")
	await grep -q '^Serving HTTP on .*/)' "$SERVE_LOG" || { cat "$SERVE_LOG" && return 1; }
	# shellcheck disable=SC2034 # for who calls
	SERVE_URL=$(sed -n 's/^Serving HTTP on .*(\(http:[^)]*\)\/).*/\1/p' "$SERVE_LOG")
}

# mute: a server that takes connections and never answers. Sets MUTE_URL.
mute() {
	python3 -uc 'import socket, time
s = socket.create_server(("127.0.0.1", 0))
print("http://127.0.0.1:%d" % s.getsockname()[1])
time.sleep(3600)' >mute.url 3>&- &
	SERVE_PIDS+=("$!")
	await grep -q . mute.url
	# shellcheck disable=SC2034
	MUTE_URL=$(cat mute.url)
}

serve_stop() {
	[ ${#SERVE_PIDS[@]} = 0 ] || kill "${SERVE_PIDS[@]}" 2>/dev/null || :
	SERVE_PIDS=()
}

# A file that has its own teardown calls serve_stop in it.
teardown() { serve_stop; }
