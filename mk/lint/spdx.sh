#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# spdx.sh [ROOT]: every source names its licence in its first three lines.
set -eu
cd "${1:-.}"
find . \( -name .git -o -path ./build -o -name node_modules \) -prune -o -type f \
	\( -name Makefile -o -name '*.[ch]' -o -name '*.mk' -o -name '*.sh' -o -name '*.awk' \
	-o -name '*.bash' -o -name '*.bats' -o -name '*.py' -o -name '*.js' -o -name '*.mjs' \
	-o -name '*.in' -o -name '*.[1-8]' -o -name run \) -print |
	sed 's/^\.\///' | sort | xargs -r awk '
FNR == 1 { check(); file = FILENAME; found = 0 }
FNR <= 3 && /SPDX-License-Identifier: Apache-2\.0/ { found = 1 }
function check() {
	if (file != "" && !found) {
		print file ":1: no SPDX-License-Identifier: Apache-2.0"
		bad = 1
	}
}
END { check(); exit bad }' || exit 1
