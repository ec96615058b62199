#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# owners.sh [ROOT]: a foreign header is included by one .c of lib, or by those of
# one prefix (hdf5.c, hdf5_attr.c), and by nobody else, so that a library can be
# replaced by touching what is called after it. Headers of C11, POSIX, the kernel
# and the compiler are not foreign.
set -eu
cd "${1:-.}"
known='assert ctype errno float inttypes limits locale math setjmp signal
stdalign stdarg stdatomic stdbool stddef stdint stdio stdlib stdnoreturn
string strings tgmath time uchar wchar wctype
dirent fcntl fnmatch ftw getopt glob grp iconv langinfo libgen netdb poll
pthread pwd regex sched search semaphore spawn sysexits termios unistd wordexp
arpa/inet net/if netinet/in netinet/tcp endian byteswap
sys/file sys/ioctl sys/mman sys/random sys/resource sys/select sys/socket
sys/stat sys/statvfs sys/syscall sys/time sys/times sys/types sys/uio sys/un
sys/utsname sys/vfs sys/wait linux/fs linux/limits linux/magic
immintrin emmintrin tmmintrin smmintrin nmmintrin x86intrin cpuid arm_neon
arm_acle'

find lib tools -name '*.[ch]' -exec grep -Hn '^#[[:space:]]*include[[:space:]]*<' {} + |
	sed 's/^\([^:]*\):\([0-9]*\):[^<]*<\([^>]*\)>.*/\1 \2 \3/' | sort |
	awk -v known="$known" '
function say(text) { printf "%s:%d: %s\n", $1, $2, text; bad = 1 }
BEGIN { n = split(known, k, /[ \n]+/); for (i = 1; i <= n; i++) ours[k[i] ".h"] }
$3 in ours { next }
$1 ~ /^tools\// { say("a program includes the foreign <" $3 ">"); next }
$1 ~ /\.h$/ { say("a header shows the foreign <" $3 ">"); next }
function prefix(path) { # lib/LAYER/PREFIX
	sub(/(_[a-z0-9_]*)?\.c$/, "", path)
	return path
}
$3 in owner && prefix(owner[$3]) != prefix($1) {
	say("foreign <" $3 "> belongs to " owner[$3])
	next
}
!($3 in owner) { owner[$3] = $1 }
END { exit bad }'
