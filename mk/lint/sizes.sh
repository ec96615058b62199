#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# sizes.sh [ROOT]: a .c stops at 500 lines, a .h at 200, a function at 60, a main of tools/
# at 10, parameters at 5. Where small files were only a wish, large ones grew.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:-.}"

find lib tools tests -name '*.[ch]' | sort | xargs -r awk -f "$here/code.awk" -f "$here/sizes.awk" || exit 1
