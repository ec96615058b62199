#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# format.sh [ROOT]: the layout of C is what clang-format says.
set -eu
cd "${1:-.}"
find lib tools tests -name '*.[ch]' | sort | xargs -r clang-format --dry-run -Werror 2>&1 || exit 1
