#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The manual pages and the programs say the same, and every example runs.

load common

# rendered PAGE: the page as text, one long line a paragraph.
rendered() { mandoc -T utf8 -O width=1000 "$1" | col -bx; }

# longs: the long options that stand at the start of an entry.
longs() {
	sed -nE 's/^ +(-[a-zA-Z0-9]( [A-Z]+)?, )?(--[a-z][a-z0-9-]*).*/\3/p' | sort -u
}

# each FUNCTION: call it for every program's name; all must succeed.
each() {
	local tool bad=0 n=0
	for tool in "$PGF_BUILD"/bin/*; do
		n=$((n + 1))
		"$1" "$(basename "$tool")" || bad=1
	done
	[ $n -gt 0 ] && [ $bad = 0 ]
}

setup() {
	man=$(dirname "$PGF_BUILD")/man
	[ ! -d "$PGF_BUILD/man" ] || man=$PGF_BUILD/man
}

same_options() {
	diff_text "$("$1" --help | longs)" "$(rendered "$man/man1/$1.1" | longs)"
}

@test "every page lists the options that --help lists" {
	each same_options
}

same_synopsis() {
	diff_text "$("$1" --help | sed -n '1s/^usage: //p')" \
		"$(rendered "$man/man1/$1.1" | sed -n '/^SYNOPSIS/{n;s/ \.\.\./.../g;s/^ *//p;}')"
}

@test "every page has the synopsis that --help prints" {
	each same_synopsis
}

same_summary() {
	diff_text "$1 – $("$1" --help | sed -n 2p)" \
		"$(rendered "$man/man1/$1.1" | sed -n '/^NAME/{n;s/^ *//p;}')"
}

@test "every page has the summary that --help prints" {
	each same_summary
}

# glob: text as a bash pattern, in which ... stands for anything.
glob() { sed -e 's/[][\\*?(){}|+@!^]/\\&/g' -e 's/\.\.\./*/g'; }

# example COMMAND EXPECTED: run it, compare what it prints on stdout.
example() {
	local out code
	out=$(bash -o pipefail -c "$1" 2>stderr)
	code=$?
	# shellcheck disable=SC2053 # it is a pattern
	[[ $out == $(glob <<<"$2") ]] && [ $code = 0 ] && return
	printf '$ %s\n(code %d, stderr: %s)\n' "$1" $code "$(cat stderr)"
	diff_text "$2" "$out"
	return 1
}

# Commands start with "$ ", go on after "> ", and are followed by what they
# print, up to an empty line.
examples_run() {
	local line command='' expected='' bad=0
	rm -rf "${BATS_TEST_TMPDIR:?}/$1"
	mkdir -p "$BATS_TEST_TMPDIR/$1"
	[ ! -d "$PGF_ROOT/share/man/examples" ] ||
		cp -r "$PGF_ROOT/share/man/examples/." "$BATS_TEST_TMPDIR/$1"
	cd "$BATS_TEST_TMPDIR/$1" || return
	while IFS= read -r line; do
		case $line in
		'$ '* | '')
			[ -z "$command" ] || example "$command" "$expected" || bad=1
			command=${line#'$ '} expected=
			;;
		'> '*) command+=$'\n'${line#'> '} ;;
		*) expected+=${expected:+$'\n'}$line ;;
		esac
	done < <(rendered "$man/man1/$1.1" |
		sed -n '/^EXAMPLES/,/^[A-Z]/{/^[A-Z]/d;s/^     //;p;}'; echo)
	return $bad
}

@test "every example runs and prints what its page shows" {
	each examples_run
}
