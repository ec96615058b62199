#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# cppcheck.sh [ROOT]: what cppcheck finds. Not varFuncNullUB: in POSIX, NULL is a
# pointer, and so may end a list of arguments.
set -eu
cd "${1:-.}"
cppcheck --quiet --std=c11 --enable=warning,portability,performance \
	--inline-suppr --error-exitcode=1 -j 2 -Ilib \
	--suppress=missingIncludeSystem --suppress=varFuncNullUB \
	--template='{file}:{line}: {message} ({id})' lib tools 2>&1
