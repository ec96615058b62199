#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# symbols.sh [FOLDER]: no global of FOLDER/lib/libpgf.a is also exported by a
# library that our programs load: the linker would silently replace one by the
# other (libnetcdf exports names as plain as `range` and `value`).
set -eu
folder=${1:-build}
archive=$folder/lib/libpgf.a
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

nm -gA --defined-only "$archive" 2>/dev/null |
	sed -n 's/^[^:]*:\([^:]*\):[^ ]* [A-Z] \(.*\)$/\2 \1/p' |
	sort >"$tmp/ours"
find "$folder/bin" -type f -exec ldd {} + |
	sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p' | sort -u >"$tmp/libraries"
while read -r library; do
	nm -D --defined-only "$library" 2>/dev/null | awk -v l="$library" '
	$2 ~ /^[A-Z]$/ { sub(/@.*/, "", $3); print $3, l }'
done <"$tmp/libraries" | sort -u >"$tmp/theirs"

join "$tmp/ours" "$tmp/theirs" | awk '{
	printf "%s:1: global \047%s\047 is also exported by %s\n", $2, $1, $3
	bad = 1
}
END { exit bad }'
