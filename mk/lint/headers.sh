#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# headers.sh [ROOT]: every header compiles alone, with both compilers, so that
# the order of includes never matters. LINT_CFLAGS: flags of the build.
set -eu
cd "${1:-.}"
bad=0
for compiler in gcc clang; do
	for header in $(find lib -name '*.h' | sort); do
		# shellcheck disable=SC2086 # flags are words
		printf '#include "%s"\nextern int lint_here;\n' "${header#lib/}" |
			$compiler ${LINT_CFLAGS:--std=c11 -D_XOPEN_SOURCE=700 -Ilib} \
				-fsyntax-only -x c - 2>&1 || {
			echo "$header:1: does not compile alone ($compiler)"
			bad=1
		}
	done
done
exit $bad
