#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# deps.sh GROUP...: install what the groups need and this machine lacks.
# Groups are build, demo and check. Where apt-get cannot be used the missing
# packages are named, and the code is 1.
set -eu

# group, Debian package, and how to see that what it brings is here anyway: a
# command, a library (as pkg-config knows it), a header, a module, a file
table='
build gcc               command gcc
build libc6-dev         header stdio.h
build make              command make
build pkg-config        command pkg-config
build libaec-dev        header libaec.h
build libarchive-dev   library libarchive
build libblosc-dev      header blosc.h
build libbz2-dev        header bzlib.h
build libcurl4-openssl-dev library libcurl
build libdeflate-dev    header libdeflate.h
build libhdf5-dev       library hdf5
build libisal-dev       library libisal
build libjansson-dev    library jansson
build liblz4-dev        library liblz4
build liblzf-dev        library liblzf
build libnetcdf-dev     library netcdf
build libpcre2-dev     library libpcre2-8
build libssl-dev        library libcrypto
build libudunits2-dev   header udunits2.h
build libxml2-dev      library libxml-2.0
build libxxhash-dev     library libxxhash
build libyaml-dev       library yaml-0.1
build libzstd-dev       library libzstd
build zlib1g-dev        library zlib
demo  python3           command python3
check python3           command python3
check apache2-bin         file /usr/sbin/apache2
check aria2                 command aria2c
check bats              command bats
check bsdextrautils     command col
check ca-certificates   file /etc/ssl/certs/ca-certificates.crt
check clang             command clang
check clang-format      command clang-format
check clang-tidy        command clang-tidy
check cppcheck          command cppcheck
check curl              command curl
check jq                command jq
check libclang-rt-dev   sanitizer fuzzer
check libcmocka-dev     library cmocka
check mandoc            command mandoc
check netcdf-bin        command ncgen
check ninja-build       command ninja
check nginx-light         file /usr/sbin/nginx
check nodejs            command node
check npm               command npm
check openssh-client    command ssh-keygen
check openssh-server    file /usr/sbin/sshd
check openssl           command openssl
check parallel          command parallel
check procps            command pgrep
check python3-pyftpdlib  file /usr/lib/python3/dist-packages/pyftpdlib
check python3-venv      module ensurepip
check shellcheck        command shellcheck
check vsftpd            file /usr/sbin/vsftpd
check xz-utils          command xz
check zstd              command zstd
'

say() { printf 'deps: %s\n' "$*" >&2; }

wanted() { # wanted GROUP...: "package probe name" lines
	for group; do
		case $group in
		build | demo | check) ;;
		*) say "unknown group '$group' (build, demo, check)" && return 2 ;;
		esac
		printf '%s' "$table" | awk -v g="$group" '$1 == g { print $2, $3, $4 }'
	done
}

installed() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

present() { # present PROBE NAME
	case $1 in
	command) command -v "$2" ;;
	library) pkg-config --exists "$2" ;;
	header) echo "#include <$2>" | gcc -E - ;;
	module) python3 -c "import $2" ;;
	sanitizer) ls "$(clang -print-runtime-dir)/libclang_rt.$2"*.a ;;
	file) [ -e "$2" ] ;;
	esac >/dev/null 2>&1
}

lacking() { # reads wanted lines, prints those of what is not here
	while read -r package probe name; do
		installed "$package" || present "$probe" "$name" ||
			printf '%s %s %s\n' "$package" "$probe" "$name"
	done
}

# Index files may be absent or stale: the first refusal is answered by update.
apt_install() {
	set -- env DEBIAN_FRONTEND=noninteractive apt-get -qq \
		-o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
		install -y --no-install-recommends "$@"
	$root "$@" >/dev/null 2>&1 && return
	$root apt-get -qq -o DPkg::Lock::Timeout=300 update && $root "$@"
}

can_install() {
	command -v apt-get >/dev/null || return
	root=
	[ "$(id -u)" = 0 ] && return
	root=sudo
	command -v sudo >/dev/null
}

list=$(wanted "$@")
missing=$(printf '%s\n' "$list" | sed '/^$/d' | lacking)
[ -n "$missing" ] || exit 0
packages=$(printf '%s\n' "$missing" | awk '!seen[$1]++ { print $1 }' |
	paste -s -d ' ' -)

if can_install; then
	say "installing $packages"
	# shellcheck disable=SC2086 # one word a package
	apt_install $packages && exit 0
	say "cannot install: $packages"
	exit 1
fi
say "this machine lacks (names of Debian packages):"
printf '%s\n' "$missing" | awk '!seen[$1]++ {
	printf "  %-22s %s %s\n", $1, $2, $3 }' >&2
say "cannot install them here; install them, then run make again"
exit 1
