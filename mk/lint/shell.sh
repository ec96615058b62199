#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shell.sh [ROOT]: shellcheck for everything that a shell reads. Not SC2154:
# bats sets $stderr; nor SC2016: programs for awk and sh stand in single quotes.
set -eu
cd "${1:-.}"
find . \( -name .git -o -path ./build -o -name node_modules \) -prune -o -type f \
	\( -name '*.sh' -o -name '*.bash' -o -name '*.bats' -o \
	-exec sh -c 'head -n 1 "$1" | grep -aEq "^#!.*[/ ](ba)?sh( |$)"' test {} \; \) \
	-print | sort | xargs -r shellcheck -f gcc -x -e SC2016,SC2154 || exit 1
