# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# Loaded after common: one file from a server whose files are in $at/files, and what came of it.

# fetch URL [OPTION...]: one file, without patience.
fetch() {
	jq -nc --arg url "$1" '{key:{},url:$url}' >item.ndjson
	run --separate-stderr pgf-fetch -v --retries 0 --cache c "${@:2}" item.ndjson
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
