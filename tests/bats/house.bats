#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The build, deps.sh and the tally, on a small tree of their own.

load common

# One module, one program, one page; config.mk is what the real build found.
setup() {
	cd "$BATS_TEST_TMPDIR" || return
	unset MAKEFLAGS MAKELEVEL MFLAGS MAKEOVERRIDES
	cp -r "$PGF_ROOT/Makefile" "$PGF_ROOT/mk" .
	mkdir -p lib/base tools tests share/man/man1 share/man/man7 build
	cp "$PGF_ROOT/tests/run" tests/
	printf '#!/bin/sh\n' >mk/deps.sh
	printf '#define PGF_VERSION "1.2.3"\n' >lib/base/version.h
	printf 'int a_get(void);\n' >lib/base/a.h
	printf '%s\n' '#include "base/a.h"' 'int a_get(void)' '{' $'\treturn 3;' '}' \
		>lib/base/a.c
	printf '%s\n' '#include <stdio.h>' '#include "base/a.h"' 'int main(void)' \
		'{' $'\tprintf(".It Fl x\\nnumber %d.\\n", a_get());' '}' >tools/pgf-t.c
	printf '%s\n' '.Dd @DATE@' '.Os pgf @VERSION@' '@OPTIONS@' 'tail' \
		>share/man/man1/pgf-t.1.in
	printf '%s\n' '.Dd @DATE@' >share/man/man7/pgf.7
}

@test "make: programs are in build/bin and a second make does nothing" {
	run -0 make
	run -0 build/bin/pgf-t
	contains "$output" 'number 3.'
	run -0 make
	diff_text "make: Nothing to be done for 'all'." "$output"
}

@test "make: a header that changes rebuilds what includes it" {
	run -0 make
	printf 'int a_get(void);\n#define A 1\n' >lib/base/a.h
	run -0 make
	contains "$output" obj/lib/base/a.o
	contains "$output" obj/tools/pgf-t.o
}

@test "make: other flags rebuild, a deleted source leaves the archive" {
	printf 'int b_get(void);\nint b_get(void)\n{\n\treturn 4;\n}\n' >lib/base/b.c
	run -0 make
	run -0 nm -A build/lib/libpgf.a
	contains "$output" b_get
	run -0 make CFLAGS=-DB
	contains "$output" obj/lib/base/b.o
	rm lib/base/b.c
	run -0 make CFLAGS=-DB
	run -0 nm -A build/lib/libpgf.a
	contains "$output" a_get
	run -1 grep b_get <<<"$output"
}

@test "make: variants and compilers have folders of their own" {
	run -0 make
	run -0 make VARIANT=asan CC=clang
	run -0 make VARIANT=debug
	run -0 build/clang-asan/bin/pgf-t
	run -0 build/debug/bin/pgf-t
	run -0 make
	diff_text "make: Nothing to be done for 'all'." "$output"
	run -0 nm build/clang-asan/bin/pgf-t
	contains "$output" __asan_
	run -2 make VARIANT=fast
	contains "$output" "VARIANT 'fast' is not one of"
}

@test "make: a warning stops either compiler" {
	printf 'int b_get(long n);\nint b_get(long n)\n{\n\treturn n;\n}\n' >lib/base/b.c
	run -2 make
	contains "$output" conversion
	run -2 make CC=clang
	contains "$output" conversion
}

@test "make: a program loads only the libraries it uses" {
	run -0 make
	run -0 ldd build/bin/pgf-t
	run -1 grep -E 'jansson|crypto|curl|hdf5' <<<"$output"
}

@test "make man: the options come from the program" {
	run -0 make man DATE='May 1, 2026'
	run -0 cat build/man/man1/pgf-t.1
	diff_text '.Dd May 1, 2026
.Os pgf 1.2.3
.It Fl x
number 3.
tail' "$output"
	run -0 cat build/man/man7/pgf.7
	diff_text '.Dd May 1, 2026' "$output"
}

@test "make install and uninstall: programs and pages below DESTDIR PREFIX" {
	run -0 make install DESTDIR="$PWD/d" PREFIX=/usr
	run -0 find d -type f
	diff_text 'd/usr/bin/pgf-t
d/usr/share/man/man1/pgf-t.1
d/usr/share/man/man7/pgf.7' "$(sort <<<"$output")"
	run -0 make uninstall DESTDIR="$PWD/d" PREFIX=/usr
	run -0 find d -type f
	diff_text '' "$output"
}

@test "make help: names the targets" {
	run -0 make help
	local target
	for target in all check lint install uninstall man fuzz bench bench-scale demo clean deps \
		check-unit check-bats check-interop check-fault; do
		run -0 grep -E "^  $target +[a-z]" <<<"$output"
		run -0 make help
	done
}

# stub NAME CODE [OUTPUT]: a command in ./bin that logs its call.
stub() {
	mkdir -p bin
	printf '#!/bin/sh\necho "%s $*" >>"%s/calls"\n%s\nexit %s\n' "$1" "$PWD" \
		"${3:+echo $3}" "$2" >"bin/$1"
	chmod +x "bin/$1"
}

# deps GROUP...: deps.sh on a machine that has only the stubs and these.
deps() {
	local tool
	mkdir -p bin
	for tool in sh awk sed paste env ls; do
		ln -sf "$(command -v "$tool")" "bin/$tool"
	done
	PATH=$PWD/bin "$(command -v sh)" "$PGF_ROOT/mk/deps.sh" "$@"
}

@test "deps: without apt the packages are named, and the code is 1" {
	run -1 --separate-stderr deps demo
	diff_text '' "$output"
	contains "$stderr" 'python3                command python3'
	contains "$stderr" 'cannot install them here'
}

@test "deps: what is here needs no apt" {
	stub python3 0
	run -0 --separate-stderr deps demo
	diff_text '' "$output$stderr"
}

@test "deps: root installs only what dpkg does not know" {
	stub id 0 0
	stub apt-get 0
	printf '#!/bin/sh\nfor p; do :; done\n[ "$p" = bats ] || printf installed\n' >bin/dpkg-query
	chmod +x bin/dpkg-query
	run -0 --separate-stderr deps check
	diff_text 'deps: installing bats' "$stderr"
	run -0 cat calls
	contains "$output" 'install -y --no-install-recommends bats'
	run -0 grep -c apt-get calls
	diff_text 1 "$output"
}

@test "deps: another user goes through sudo" {
	stub id 0 1000
	stub apt-get 0
	stub sudo 0
	run -0 --separate-stderr deps demo
	run -0 grep '^sudo' calls
	contains "$output" 'apt-get'
	contains "$output" python3
}

@test "deps: a refusal is answered by one apt-get update, then reported" {
	stub id 0 0
	stub apt-get 100
	run -1 --separate-stderr deps demo
	run -0 cat calls
	contains "$output" 'update'
	stub apt-get 0
	run -0 --separate-stderr deps demo
}

@test "deps: an unknown group is misuse" {
	run -2 --separate-stderr deps kitchen
	contains "$stderr" "unknown group 'kitchen'"
}

# suite TEXT [CODE]: tests/run with one interop suite that prints TEXT.
suite() {
	mkdir -p tests/interop f
	printf '%s\n' "$1" >text
	printf '#!/bin/sh\ncat text\nexit %s\n' "${2:-0}" >tests/interop/run
	chmod +x tests/interop/run
	tests/run f:interop
}

@test "run: adds up, shows what failed and why" {
	run -1 --separate-stderr suite '1..3
ok 1 - a
not ok 2 - b
# because
ok 3 - c' 1
	diff_text '2 passed, 1 failed' "${lines[-1]}"
	diff_text 'FAIL: f interop: not ok 2 - b
      # because' "$stderr"
}

@test "run: a skip is counted and its reason shown" {
	run -0 --separate-stderr suite '1..2
ok 1 - a
ok 2 - b # skip no network'
	diff_text '1 passed, 0 failed, 1 skipped' "${lines[-1]}"
	diff_text 'skip: f interop: ok 2 - b # skip no network' "$stderr"
}

@test "run: nothing run is a failure" {
	mkdir f
	run -1 --separate-stderr tests/run f:unit f:bats f:interop f:fuzz
	diff_text '0 passed, 0 failed' "$output"
}

@test "run: only skips is a failure" {
	run -1 --separate-stderr suite '1..1
ok 1 - b # SKIP no'
	diff_text '0 passed, 0 failed, 1 skipped' "${lines[-1]}"
}

@test "run: a short plan, a crash and silence are failures" {
	run -1 --separate-stderr suite '1..2
ok 1 - a'
	diff_text '1 passed, 1 failed' "${lines[-1]}"
	contains "$stderr" 'planned 2 tests, ran 1'
	run -1 --separate-stderr suite '1..1
ok 1 - a' 139
	diff_text '1 passed, 1 failed' "${lines[-1]}"
	contains "$stderr" 'ended with code 139'
	run -1 --separate-stderr suite ''
	diff_text '0 passed, 1 failed' "${lines[-1]}"
	contains "$stderr" 'ran no test'
}

@test "run: unit tests speak through cmocka, also when they crash" {
	mkdir tests/unit
	cat >tests/unit/test_t.c <<-'C'
	#include <setjmp.h>
	#include <stdarg.h>
	#include <stddef.h>
	#include <stdint.h>
	#include <cmocka.h>
	#include "base/a.h"
	static void good(void **s) { (void)s; assert_int_equal(a_get(), 3); }
	static void bad(void **s) { (void)s; assert_int_equal(a_get(), 4); }
	static void lazy(void **s) { (void)s; skip(); }
	int main(void)
	{
		const struct CMUnitTest t[] = { cmocka_unit_test(good),
			cmocka_unit_test(bad), cmocka_unit_test(lazy) };
		return cmocka_run_group_tests_name("t", t, NULL, NULL);
	}
	C
	run -0 make units
	run -1 --separate-stderr tests/run build:unit
	diff_text '1 passed, 1 failed, 1 skipped' "${lines[-1]}"
	contains "$stderr" '0x3 != 0x4'
}

@test "run: a fuzzer that finds a crash is a failure" {
	mkdir -p tests/fuzz
	printf '%s\n' '#include <stddef.h>' '#include <stdint.h>' \
		'int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);' \
		'int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)' '{' \
		'return n > 0 && p[0] == 7 && p[n] == 1;' '}' >tests/fuzz/t.c
	run -0 make CC=clang VARIANT=fuzz fuzzers
	FUZZ_SECONDS=20 run -1 --separate-stderr tests/run build/clang-fuzz:fuzz
	diff_text '0 passed, 1 failed' "${lines[-1]}"
	contains "$stderr" 'heap-buffer-overflow'
	sed -i 's/p\[n\] == 1/p[n - 1] == 1/' tests/fuzz/t.c
	run -0 make CC=clang VARIANT=fuzz fuzzers
	FUZZ_SECONDS=1 run -0 --separate-stderr tests/run build/clang-fuzz:fuzz
	diff_text '1 passed, 0 failed' "${lines[-1]}"
}

@test "serve: answers from the folder it was given" {
	mkdir web
	echo hello >web/file
	serve web
	run -0 python3 -c "import urllib.request as r; print(r.urlopen('$SERVE_URL/file').read())"
	diff_text "b'hello\\n'" "$output"
	serve_stop
}
