#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# man.sh [FOLDER]: the pages in FOLDER/man, options spliced in, are good mdoc.
set -eu
find "${1:-build}/man" -type f -name '*.[1-8]' | sort | xargs -r mandoc -Tlint -Wwarning || exit 1
