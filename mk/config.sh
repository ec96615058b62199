#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# config.sh PACKAGE...: print make variables PACKAGE_CFLAGS and PACKAGE_LIBS.
# Foreign headers are system headers, so that our warnings are about us.
set -eu

# The archive of HDF5 needs none of what its shared library was linked with for files
# in clouds, which is most of the time that a program with it takes to start.
archive_of() { # LIBS NAME
	for word in $1; do
		if [ -e "${word#-L}/lib$2.a" ]; then
			printf '%s/lib%s.a' "${word#-L}" "$2"
			return
		fi
	done
}

for package; do
	if pkg-config --exists "$package"; then
		cflags=$(pkg-config --cflags "$package")
		libs=$(pkg-config --libs "$package")
	else # some packages ship no .pc file
		cflags=
		libs=-l${package#lib}
	fi
	if [ "$package" = hdf5 ] && [ -n "$(archive_of "$libs" hdf5)" ]; then
		libs="$(archive_of "$libs" hdf5) -lsz -lz -ldl"
	fi
	printf '%s_CFLAGS := %s\n' "$package" "$(printf '%s' "$cflags" |
		sed 's/-I */-isystem/g')"
	printf '%s_LIBS := %s\n' "$package" "$libs"
done
