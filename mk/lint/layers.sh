#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# layers.sh [ROOT]: the layer law. A folder of lib/ includes only itself and
# folders before it in this list; no two modules include each other, however
# far round; nothing includes a program.
set -eu
law='base record model recipe schema layout plan chunk format net store build'
cd "${1:-.}"
bad=0

includes() { # "file line layer/header" of every include of ours below FOLDER...
	find "$@" -name '*.[ch]' -exec grep -Hn '^#[[:space:]]*include[[:space:]]*"' {} + |
		sed 's/^\([^:]*\):\([0-9]*\):[^"]*"\([^"]*\)".*/\1 \2 \3/' | sort
}

includes lib tools | awk -v law="$law" '
function say(text) { printf "%s:%d: %s\n", $1, $2, text; bad = 1 }
BEGIN { n = split(law, name, " "); for (i = 1; i <= n; i++) rank[name[i]] = i }
{
	split($1, at, "/")
	to = $3
	sub(/\/.*/, "", to)
	if ($3 !~ /^[a-z]+\/[a-z0-9_]+\.h$/ || !(to in rank))
		say("include \"" $3 "\" is not LAYER/NAME.h of lib")
	else if (at[1] == "tools")
		next
	else if (!(at[2] in rank))
		say("folder lib/" at[2] " is not a layer: " law)
	else if (rank[to] > rank[at[2]])
		say("layer " at[2] " includes \"" $3 "\" of the later layer " to)
}
END { exit bad }' || bad=1

# A .c and its .h are one module, so a loop through either is a loop.
loop=$(includes lib | awk '{
	sub(/^lib\//, "", $1)
	sub(/\.[ch]$/, "", $1)
	sub(/\.h$/, "", $3)
	if ($1 != $3)
		print $1, $3
}' | tsort 2>&1 >/dev/null | sed -n 's/^tsort: \([a-z].*\/.*\)$/\1/p') || :
if [ -n "$loop" ]; then
	printf '%s\n' "$loop" | sed 's/.*/lib\/&.h:1: is part of a loop of includes/'
	bad=1
fi
exit $bad
