# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# Loaded after common: one file from a server whose files are in $at/files, and what came of it.

# fetch URL [OPTION...]: one file, without patience.
fetch() {
	jq -nc --arg url "$1" '{key:{},url:$url}' >item.ndjson
	run --separate-stderr pgf-fetch -v --retries 0 --cache c "${@:2}" item.ndjson
}

# killed URL: a fetch that ends for good at byte 1024000 of the file.
killed() {
	jq -nc --arg url "$1" '{key:{},url:$url}' >item.ndjson
	run dies_at 1024000 pgf-fetch --cache c item.ndjson
	[ "$status" = 137 ] || { echo "code $status: $output"; return 1; }
	diff_text 1024000 "$(find c -name "*-${1##*/}.part" -printf '%s\n')"
}

# right NAME: the file came, with the right bytes.
right() {
	[ "$status" = 0 ] || { echo "code $status: $stderr"; return 1; }
	cmp "$at/files/$1" "$(jq -r .file.path <<<"$output")"
}

# fails TEXT: trying again is useless, and why.
fails() {
	[ "$status" = 65 ] || { echo "code $status: $stderr"; return 1; }
	one_line "$stderr" || return
	contains "$stderr" "$1" || return
	diff_text '' "$output"
}
