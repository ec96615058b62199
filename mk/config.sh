#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# config.sh PACKAGE...: print make variables PACKAGE_CFLAGS and PACKAGE_LIBS.
# Foreign headers are system headers, so that our warnings are about us.
set -eu

for package; do
	if pkg-config --exists "$package"; then
		cflags=$(pkg-config --cflags "$package")
		libs=$(pkg-config --libs "$package")
	else # some packages ship no .pc file
		cflags=
		libs=-l${package#lib}
	fi
	printf '%s_CFLAGS := %s\n' "$package" "$(printf '%s' "$cflags" |
		sed 's/-I */-isystem/g')"
	printf '%s_LIBS := %s\n' "$package" "$libs"
done
