#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# words.sh [ROOT]: marks of unfinished work do not stay in the tree.
set -eu
cd "${1:-.}"
mark='TO''DO|FIX''ME|XX''X'
found=$(find . \( -name .git -o -name build -o -name node_modules \) -prune -o \
	-type f -print0 | xargs -0 -r grep -InEw "$mark" |
	sed 's/^\.\/\([^:]*:[0-9]*\):.*/\1: unfinished work is marked here/')
[ -z "$found" ] || { printf '%s\n' "$found" && exit 1; }
