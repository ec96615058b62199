#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Each rule of mk/lint: passes on a clean tree, catches a planted fault.

load common

setup() {
	lint=$PGF_ROOT/mk/lint
	cd "$BATS_TEST_TMPDIR" || return
	cp "$PGF_ROOT/.clang-format" "$PGF_ROOT/.clang-tidy" .
	mkdir -p lib/base lib/model lib/net tools mk tests/bats share/man/man1
	spdx='/* SPDX-License-Identifier: Apache-2.0 */'
	printf '%s\n' "$spdx" '#ifndef PGF_A_H' '#define PGF_A_H' 'int a_get(int n);' \
		'#endif' >lib/base/a.h
	printf '%s\n' "$spdx" '#include "base/a.h"' '' 'int a_get(int n)' '{' \
		$'\treturn n + 1;' '}' >lib/base/a.c
}

# caught RULE MESSAGE: the rule fails and its whole report is MESSAGE.
caught() {
	run -0 "$lint/$1.sh" "$BATS_TEST_TMPDIR/clean"
	run -1 "$lint/$1.sh" .
	diff_text "$2" "$output"
}

# plant FILE: stdin becomes FILE; before that, the clean tree is kept.
plant() {
	[ -d clean ] || { mkdir ../clean.$$ && cp -r . ../clean.$$ && mv ../clean.$$ clean; }
	mkdir -p "$(dirname "$1")"
	cat >"$1"
}

# lines N: N lines of C.
lines() { yes $'\tn++;' | head -n "$1"; }

@test "sizes: a file stops at 500 lines" {
	{ echo "$spdx"; yes '/* more */' | head -n 500; } | plant lib/base/b.c
	caught sizes 'lib/base/b.c:501: file has more than 500 lines'
}

@test "sizes: a file of 500 lines passes" {
	{ echo "$spdx"; yes '/* more */' | head -n 499; } | plant lib/base/b.c
	run -0 "$lint/sizes.sh" .
}

@test "sizes: a function stops at 60 lines" {
	{ printf 'static int long_one(int n)\n{\n'; lines 61; echo '}'; } | plant lib/base/b.c
	caught sizes "lib/base/b.c:2: function 'long_one' has 61 lines, not 60"
}

@test "sizes: main stops at 10 lines" {
	{ printf 'int main(int argc, char **argv)\n{\n'; lines 11; echo '}'; } | plant tools/b.c
	caught sizes "tools/b.c:2: function 'main' has 11 lines, not 10"
}

@test "sizes: a function takes five parameters" {
	printf '%s\n' 'int b_six(int a, int b, int (*f)(int, int),' $'\tint d, int e, int g)' \
		'{' $'\treturn 0;' '}' | plant lib/base/b.c
	caught sizes "lib/base/b.c:3: function 'b_six' has 6 parameters, not 5"
}

@test "sizes: arguments of a parameter and an ellipsis do not count" {
	printf '%s\n' 'int b_five(int a, int b, int (*f)(int, int),' $'\tint d, int e, ...)' \
		'{' $'\treturn 0;' '}' | plant lib/base/b.c
	run -0 "$lint/sizes.sh" .
}

@test "layers: a layer does not include a later one" {
	printf '%s\n' '#include "net/http.h"' | plant lib/model/b.c
	caught layers 'lib/model/b.c:1: layer model includes "net/http.h" of the later layer net'
}

@test "layers: a layer includes earlier ones" {
	printf '%s\n' '#include "base/a.h"' | plant lib/net/b.c
	run -0 "$lint/layers.sh" .
}

@test "layers: a folder that is no layer is refused" {
	printf '%s\n' '#include "base/a.h"' | plant lib/misc/b.c
	run -1 "$lint/layers.sh" .
	starts_with "$output" 'lib/misc/b.c:1: folder lib/misc is not a layer'
}

@test "layers: nothing includes a program" {
	printf '%s\n' '#include "../tools/b.c"' | plant tools/c.c
	caught layers 'tools/c.c:1: include "../tools/b.c" is not LAYER/NAME.h of lib'
}

@test "layers: modules do not include each other in a circle" {
	printf '%s\n' '#include "base/c.h"' | plant lib/base/b.h
	printf '%s\n' '#include "base/d.h"' | plant lib/base/c.c
	printf '%s\n' '#include "base/b.h"' | plant lib/base/d.h
	run -1 "$lint/layers.sh" .
	contains "$output" 'lib/base/b.h:1: is part of a loop of includes'
	contains "$output" 'lib/base/c.h:1: is part of a loop of includes'
	contains "$output" 'lib/base/d.h:1: is part of a loop of includes'
}

@test "owners: a foreign header has one owner" {
	printf '%s\n' '#include <stdio.h>' '#include <zlib.h>' | plant lib/base/b.c
	printf '%s\n' '#include <zlib.h>' | plant lib/base/c.c
	caught owners 'lib/base/c.c:1: foreign <zlib.h> belongs to lib/base/b.c'
}

@test "owners: a header shows no foreign header" {
	printf '%s\n' '#include <zlib.h>' | plant lib/base/b.h
	caught owners 'lib/base/b.h:1: a header shows the foreign <zlib.h>'
}

@test "owners: a program includes no foreign header" {
	printf '%s\n' '#include <curl/curl.h>' | plant tools/b.c
	caught owners 'tools/b.c:1: a program includes the foreign <curl/curl.h>'
}

@test "headers: a header that needs another one first is caught by both compilers" {
	echo '#define PGF_B 1' >lib/base/macro.h
	printf '%s\n' 'size_t b_size(void);' | plant lib/base/b.h
	run -0 "$lint/headers.sh" clean
	diff_text '' "$output"
	run -1 "$lint/headers.sh" .
	contains "$output" 'lib/base/b.h:1: does not compile alone (gcc)'
	contains "$output" 'lib/base/b.h:1: does not compile alone (clang)'
}

@test "banned: calls without a bound or with hidden state" {
	local call
	for call in strcpy strcat sprintf strtok atoi gmtime localtime system alloca; do
		printf '%s\n' '' "int x = $call(p);" | plant lib/base/b.c
		run -1 "$lint/banned.sh" .
		starts_with "$output" "lib/base/b.c:2: '$call': "
		one_line "$output"
	done
	run -0 "$lint/banned.sh" clean
}

@test "banned: names that only look like banned calls, comments and text pass" {
	printf '%s\n' 'int my_atoi(int n);' '/* never strcpy(a, b);' ' * nor atoi() */' \
		'const char *s = "system(\"x\") // y"; int c = '\''"'\'';' | plant lib/base/b.c
	run -0 "$lint/banned.sh" .
}

@test "banned: only mem and buf call malloc" {
	printf '%s\n' 'char *p = malloc(1);' | plant lib/base/mem.c
	printf '%s\n' 'char *p = malloc(1);' | plant lib/base/b.c
	caught banned \
		"lib/base/b.c:1: 'malloc': memory comes from base/mem and base/buf"
}

@test "banned: lib neither prints nor exits" {
	printf '%s\n' 'void b(void) { printf("x"); }' | plant lib/model/b.c
	caught banned "lib/model/b.c:1: 'printf': lib neither prints nor exits"
	printf '%s\n' 'void b(void) { exit(1); }' | plant lib/model/b.c
	caught banned "lib/model/b.c:1: 'exit': lib neither prints nor exits"
	printf '%s\n' 'void b(void) { fputs("x", stderr); }' | plant lib/model/b.c
	caught banned \
		'lib/model/b.c:1: standard streams belong to log, crash, opt, io, stream and tool'
}

@test "banned: comments are slash-star" {
	printf '%s\n' 'int n; // count' | plant lib/model/b.c
	caught banned 'lib/model/b.c:1: comments are /* */'
}

@test "symbols: a global that a loaded library exports too is caught" {
	mkdir -p build/lib build/bin
	echo 'int main(void) { return 0; }' | gcc -x c -o build/bin/b -
	echo 'int qsort_ours(void); int qsort_ours(void) { return 0; }' | gcc -x c -c -o b.o -
	ar rcs build/lib/libpgf.a b.o
	run -0 "$lint/symbols.sh" build
	echo 'int qsort(void); int qsort(void) { return 0; }' |
		gcc -fno-builtin -x c -c -o c.o -
	ar rcs build/lib/libpgf.a c.o
	run -1 "$lint/symbols.sh" build
	starts_with "$output" "c.o:1: global 'qsort' is also exported by /"
	one_line "$output"
}

@test "format: layout that clang-format would change is caught" {
	run -0 "$lint/format.sh" .
	printf '%s\n' 'int b(void) {' '    return 0; }' | plant lib/base/b.c
	run -1 "$lint/format.sh" .
	starts_with "$output" 'lib/base/b.c:1:'
}

@test "tidy: what clang-tidy finds is caught" {
	run -0 "$lint/tidy.sh" lib/base/a.c
	printf '%s\n' 'int b(int n);' 'int b(int n)' '{' $'\tif (n > 0 && n > 0)' \
		$'\t\treturn 1;' $'\treturn 0;' '}' | plant lib/base/b.c
	run -1 "$lint/tidy.sh" lib/base/b.c
	contains "$output" 'lib/base/b.c:4:'
	contains "$output" 'misc-redundant-expression'
}

@test "cppcheck: what cppcheck finds is caught" {
	printf '%s\n' 'int b(void);' 'int b(void)' '{' $'\tint a[2] = { 0 };' '' \
		$'\treturn a[2];' '}' | plant lib/base/b.c
	run -0 "$lint/cppcheck.sh" clean
	run -1 "$lint/cppcheck.sh" .
	contains "$output" 'lib/base/b.c:6:'
	contains "$output" '(arrayIndexOutOfBounds)'
}

@test "shell: what shellcheck finds is caught, also without a suffix" {
	printf '%s\n' '#!/bin/sh' 'echo $1' | plant mk/b
	run -0 "$lint/shell.sh" clean
	run -1 "$lint/shell.sh" .
	contains "$output" './mk/b:2:'
	contains "$output" 'SC2086'
}

@test "man: a page that is not good mdoc is caught" {
	mkdir -p build/man/man1
	printf '%s\n' '.Dd January 1, 2026' '.Dt B 1' '.Os' '.Sh NAME' '.Nm b' '.Nd a' \
		>build/man/man1/b.1
	run -0 "$lint/man.sh" build
	diff_text '' "$output"
	run -1 "$lint/man.sh" nowhere
	diff_text 'nowhere/man:1: no page was built' "$output"
	printf '%s\n' '.Sh EXAMPLES' '.Bl -tag' '.It Fl x' '.Bogus' >>build/man/man1/b.1
	run -1 "$lint/man.sh" build
	contains "$output" 'build/man/man1/b.1:10:'
}

@test "spdx: a source without its licence line is caught" {
	printf '%s\n' 'int n;' | plant lib/base/b.c
	printf '%s\n' '# nothing' | plant mk/b.mk
	caught spdx 'lib/base/b.c:1: no SPDX-License-Identifier: Apache-2.0
mk/b.mk:1: no SPDX-License-Identifier: Apache-2.0'
}

@test "words: marks of unfinished work are caught, names for mktemp pass" {
	printf '%s\n' 'mktemp a.XXXXXX' | plant mk/b.mk
	run -0 "$lint/words.sh" .
	printf '%s\n' '' '/* TO''DO: more */' | plant lib/base/b.c
	caught words 'lib/base/b.c:2: unfinished work is marked here'
}

@test "complete: a program without a page or tests is caught" {
	touch lib/{base,model,net}/README.md
	printf '%s\n' "$spdx" | plant tools/pgf-b.c
	caught complete 'tools/pgf-b.c:1: has no share/man/man1/pgf-b.1.in
tools/pgf-b.c:1: has no tests/bats/pgf-b.bats'
	touch share/man/man1/pgf-b.1.in tests/bats/pgf-b.bats
	run -0 "$lint/complete.sh" .
}

@test "complete: a layer without its README is caught" {
	touch lib/{base,model,net}/README.md
	plant lib/store/b.c </dev/null
	caught complete 'lib/store/:1: has no lib/store/README.md'
}
