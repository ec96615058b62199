#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# cppcheck.sh [ROOT]: what cppcheck finds.
set -eu
cd "${1:-.}"
cppcheck --quiet --std=c11 --enable=warning,portability,performance \
	--inline-suppr --error-exitcode=1 -j 2 -Ilib --suppress=missingIncludeSystem \
	--template='{file}:{line}: {message} ({id})' lib tools 2>&1
