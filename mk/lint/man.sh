#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# man.sh [FOLDER]: the pages in FOLDER/man, options spliced in, are good mdoc.
set -eu
[ -d "${1:-build}/man" ] || { echo "${1:-build}/man:1: no page was built" && exit 1; }
find "${1:-build}/man" -type f -name '*.[1-8]' | sort | xargs -r mandoc -Tlint -Wwarning || exit 1
