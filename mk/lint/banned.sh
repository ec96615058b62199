#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# banned.sh [ROOT]: calls that have no safe use here, and calls that belong to
# a few files: heap, streams, exit. Comments are slash-star only.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:-.}"

find lib tools -name '*.[ch]' | sort | xargs -r awk -f "$here/code.awk" -f "$here/banned.awk" || exit 1
