#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# complete.sh [ROOT]: every program has a manual page and a bats file; every
# folder of lib says what it is.
set -eu
cd "${1:-.}"
bad=0
need() { # need FOR FILE
	[ -e "$2" ] || { echo "$1:1: has no $2" && bad=1; }
}
for tool in tools/*.c; do
	[ -e "$tool" ] || continue
	name=$(basename "$tool" .c)
	need "$tool" "share/man/man1/$name.1.in"
	need "$tool" "tests/bats/$name.bats"
done
for layer in lib/*/; do
	[ ! -d "$layer" ] || need "$layer" "${layer}README.md"
done
exit $bad
