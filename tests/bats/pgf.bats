#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# pgf: the front door, and what a bake runs, when.

load common
load bake

setup() { cd "$BATS_TEST_TMPDIR" || return; }

@test "prints help" {
	case_help pgf
	diff_text "$output" "$(pgf bake --version)"
}

@test "refuses misuse" {
	case_misuse pgf
	run -2 --separate-stderr pgf bake
	diff_text '' "$output"
	contains "$stderr" 'one recipe is wanted'
	run -2 --separate-stderr pgf bake --jobs many r.yaml
	contains "$stderr" "'many'"
	for option in --store --work; do
		run -2 --separate-stderr pgf bake "$option" '' r.yaml
		contains "$stderr" "pgf: $option is empty"
	done
}

@test "alone it lists every program, each of which it runs" {
	run -0 --separate-stderr pgf
	diff_text '' "$stderr"
	text=$output
	for program in "$PGF_BUILD"/bin/pgf-*; do
		name=${program##*/pgf-}
		contains "$text" "  $name "
		run -0 --separate-stderr pgf "$name" --version
		diff_text "$(pgf-"$name" --version)" "$output"
	done
	diff_text "$text" "$(pgf help)"
}

@test "help shows what a program's own help says" {
	diff_text "$(pgf-plan --help)" "$(pgf help plan)"
	diff_text "$(pgf --help)" "$(pgf help bake)"
	run -2 --separate-stderr pgf help plam
	contains "$stderr" "'plan'"
}

@test "an unknown command is answered with the nearest" {
	run -2 --separate-stderr pgf bakke r.yaml
	diff_text '' "$output"
	contains "$stderr" "unknown command 'bakke': do you mean 'bake'?"
	run -2 --separate-stderr pgf frobnicate
	contains "$stderr" "unknown command 'frobnicate'"
}

@test "a limit to the size of files is told of, and outlived" {
	archive 3
	run -1 bash -c '(ulimit -f 0; exec pgf bake r.yaml) 2>&1 | cat; exit "${PIPESTATUS[0]}"'
	one_line "$output"
	contains "$output" 'File too large'
	run -0 --separate-stderr pgf bake -q r.yaml
	[ -e toy.zarr/zarr.json ]
}

@test "a bake says what came of it and of what work, the next that it is up to date" {
	archive 3
	run -0 --separate-stderr pgf bake r.yaml
	diff_text '' "$stderr"
	starts_with "$output" 'toy: '
	[[ ${lines[1]} =~ ^work:\ [0-9]+\ chunks\ by\ decode,\ [0-9.]+\ [kM]?B?(bytes)?\ read,\ [0-9.]+\ [kM]?B?(bytes)?\ written,\ [0-9]+\.[0-9]\ s\ of\ writers,\ [0-9.]+\ MB\ the\ largest$ ]]
	[ "${#lines[@]}" = 2 ]
	contains "$output" 'time 6'
	contains "$output" '5 variables'
	contains "$output" "$PWD/toy.zarr"
	bake_ran none
	diff_text "toy is up to date: $PWD/toy.zarr" "$output"
	run -0 --separate-stderr pgf bake -q r.yaml
	diff_text '' "$output$stderr"
}

@test "-q keeps a first bake quiet, -v shows each command" {
	archive 2
	run -0 --separate-stderr pgf bake -q r.yaml
	diff_text '' "$output$stderr"
	rm -r toy.zarr .pgf
	bake_ran 'fetch 2, open 2, facts 2, schema 1, plan 1, write 2, seal 1'
}

@test "a new last file runs its batch and the regions it touches" {
	WIDE=yes archive 4
	pgf bake -q r.yaml
	WIDE=yes source_file src/004.nc 4
	# Days 8 and 9: one in the chunk that began in file 3, one in a new one. Both, and
	# time, go with the new file now; what was written of file 3 stands.
	bake_ran 'fetch 1, open 1, facts 1, schema 1, plan 1, write 1, seal 1'
	bake_ran none
	fresh_store fresh.zarr
	diff -r fresh.zarr toy.zarr
}

@test "chunks of a size in bytes stay what they are when files are added" {
	archive 3
	run -0 --separate-stderr pgf bake r.yaml --set 'target.chunks=100B'
	stat -c '%n %y' toy.zarr/sst/c/*/*/* >before
	[ "$(jq -c .chunk_grid.configuration.chunk_shape \
		toy.zarr/sst/zarr.json)" = '[4,3,4]' ]
	for n in 003 004; do source_file src/$n.nc "$((10#$n))"; done
	run -0 --separate-stderr pgf bake r.yaml --set 'target.chunks=100B'
	[ "$(jq -c '[.shape, .chunk_grid.configuration.chunk_shape]' \
		toy.zarr/sst/zarr.json)" = '[[10,3,4],[4,3,4]]' ]
	# The first chunk was full and stays; the half one is written again.
	stat -c '%n %y' toy.zarr/sst/c/0/0/0 >after
	grep -Fxq -f after before
	[ "$(ls toy.zarr/sst/c)" = "$(printf '0\n1\n2')" ]
}

@test "a size that the lengths beside it exceed is one line and 65" {
	archive 1
	run -65 --separate-stderr pgf bake -q r.yaml \
		--set 'target.chunks={lat: -1, ...: 10B}'
	[[ $stderr == *"a chunk of variable 'area' is more than the 10 bytes"* ]]
	sed -i 's/chunks: .*}/chunks: {time: 1kB, ...: 2kB}}/' r.yaml
	run -65 --separate-stderr pgf bake r.yaml
	[ "$stderr" = "pgf: r.yaml:4: 'target.chunks....' is '2kB', and another\
 entry says '1kB': a chunk has one size" ]
}

@test "a title seals again and does nothing else" {
	archive 3
	pgf bake -q r.yaml
	sed -i 's/A toy/Another/' r.yaml
	bake_ran 'seal 1'
	contains "$(cat toy.zarr/zarr.json)" Another
	bake_ran none
	fresh_store fresh.zarr
	diff -r fresh.zarr toy.zarr
}

@test "another chunk size writes again and opens nothing" {
	WIDE=yes archive 3
	pgf bake -q r.yaml
	sed -i 's/time: 3/time: 4/' r.yaml
	bake_ran 'plan 1, write 2, seal 1'
	bake_ran none
	fresh_store fresh.zarr
	diff -r fresh.zarr toy.zarr
}

@test "a file that was replaced is read again, one that was touched changes nothing" {
	archive 3
	pgf bake -q r.yaml
	source_file src/001.nc 1 12345
	run -0 --separate-stderr pgf bake -v r.yaml
	contains "$(tasks_of "$stderr")" 'fetch 1, open 1, '
	fresh_store fresh.zarr
	diff -r fresh.zarr toy.zarr
	sleep 0.02
	touch src/001.nc
	pgf bake -q r.yaml
	diff -r fresh.zarr toy.zarr
	bake_ran none
}

@test "a file that is gone takes its chunks with it" {
	archive 4
	pgf bake -q r.yaml
	rm src/001.nc
	pgf bake -q r.yaml
	fresh_store fresh.zarr
	diff -r fresh.zarr toy.zarr
	rm src/003.nc
	pgf bake -q r.yaml
	fresh_store fresh.zarr
	diff -r fresh.zarr toy.zarr
	bake_ran none
}

@test "a store that is gone is written again, from what is known" {
	archive 3
	pgf bake -q r.yaml
	cp -r toy.zarr kept
	rm -r toy.zarr
	bake_ran 'write 3, seal 1'
	diff -r kept toy.zarr
}

@test "chunks that are gone are written again by the next seal" {
	archive 3
	pgf bake -q r.yaml
	cp -r toy.zarr kept
	rm toy.zarr/sst/c/1/0/0 toy.zarr/zarr.json
	run -0 --separate-stderr pgf bake -v r.yaml
	diff_text 'write 1, seal 2' "$(tasks_of "$stderr")"
	diff -r kept toy.zarr
}

@test "a work folder that is gone is made again beside its store" {
	archive 3
	pgf bake -q r.yaml
	cp -r toy.zarr kept
	rm -r .pgf
	pgf bake -q r.yaml
	diff -r kept toy.zarr
}

@test "a store that something else has filled is refused before any work" {
	archive 2
	mkdir other
	echo mine >other/file
	run -65 --separate-stderr pgf bake --store other r.yaml
	diff_text '' "$output"
	one_line "$stderr"
	contains "$stderr" "$PWD/other"
	diff_text mine "$(cat other/file)"
	[ ! -e .pgf ]
	sed 's/name: toy/name: second/' r.yaml >second.yaml
	pgf bake -q r.yaml
	run -65 --separate-stderr pgf bake second.yaml
	one_line "$stderr"
	contains "$stderr" "published already by recipe 'toy'"
	run -65 --separate-stderr pgf bake --set target.zarr_format=2 second.yaml
	contains "$stderr" "published already by recipe 'toy'"
	run -65 --separate-stderr pgf bake --store r.yaml r.yaml
	contains "$stderr" 'not a folder'
	[ ! -e .pgf/second ]
}

@test "a work folder inside the store is refused" {
	archive 1
	run -2 --separate-stderr pgf bake --work toy.zarr/work r.yaml
	contains "$stderr" 'in store'
	[ ! -e toy.zarr ]
	mkdir toy.zarr
	ln -s toy.zarr alias
	run -2 --separate-stderr pgf bake --work alias/work r.yaml
	contains "$stderr" 'in store'
}

@test "a source that is missing is one line and 65" {
	archive 2
	cat >r.yaml <<-'YAML'
	name: toy
	pattern: {files: [src/000.nc, src/none.nc], dims: [{concat: time}]}
	target: {store: toy.zarr}
	YAML
	run -65 --separate-stderr pgf bake r.yaml
	diff_text '' "$output"
	one_line "$stderr"
	starts_with "$stderr" pgf-fetch:
	contains "$stderr" "$PWD/src/none.nc"
	contains "$stderr" time=1
	[ ! -e toy.zarr ]
	cp src/001.nc src/none.nc
	run -0 pgf bake -q r.yaml
}

@test "names the files that are not in order, whichever batch they are in" {
	archive 5
	cp src/002.nc src/003.nc
	run -65 --separate-stderr pgf bake r.yaml
	one_line "$stderr"
	contains "$stderr" "pgf-schema: coordinate 'time' is not increasing in 1 places: "
	contains "$stderr" "(time=3, '$PWD/src/003.nc')"
	contains "$stderr" "combine.order"
}

@test "-k finishes what can be finished, the next bake just the rest" {
	archive 4
	echo 'no netcdf' >src/001.nc
	echo 'no netcdf' >src/003.nc
	run -65 --separate-stderr pgf bake -k -j1 r.yaml
	diff_text '' "$output"
	# The list, after whatever the tasks said while they ran.
	list=$(sed -n '/tasks have failed/,$p' <<<"$stderr")
	diff_text 4 "$(wc -l <<<"$list")"
	starts_with "$list" 'pgf: 2 tasks have failed:'
	contains "$list" $'\n  o/00001: '
	contains "$list" 'src/001.nc'
	contains "$list" $'\n  o/00003: '
	contains "$list" $'\nto try just these again: pgf bake -k -j1 r.yaml'
	[ -e .pgf/toy/s/00000 ]
	[ -e .pgf/toy/s/00002 ]
	[ ! -e toy.zarr ]
	source_file src/001.nc 1
	source_file src/003.nc 3
	run -0 --separate-stderr pgf bake -v r.yaml
	diff_text 'fetch 2, open 2, facts 2, schema 1, plan 1, write 4, seal 1' \
		"$(tasks_of "$stderr")"
	fresh_store fresh.zarr
	diff -r fresh.zarr toy.zarr
}

@test "downloads may be dropped once they are written, and nothing runs for it" {
	archive 3
	serve src
	sed -i "s|glob: \"src/\*.nc\"|files: [$SERVE_URL/000.nc, $SERVE_URL/001.nc, \
		$SERVE_URL/002.nc]|" r.yaml
	pgf bake -q r.yaml
	[ -n "$(find .pgf/toy/cache -type f)" ]
	rm -r .pgf/toy/cache
	serve_stop
	bake_ran none
	sed -i 's/A toy/Another/' r.yaml
	bake_ran 'seal 1'
}

# counting: programs in bin, of which pgf-fetch writes into ./counts how many of
# it run at once. None goes on before as many as ./want says have done so.
counting() {
	mkdir -p bin now
	cp "$PGF_BUILD"/bin/* bin
	cat >bin/pgf-fetch <<-SH
	#!/bin/sh
	: >"$PWD/now/\$\$"
	for _ in \$(seq 6000); do
		[ ! -e "$PWD/met" ] || break
		ls "$PWD/now" | wc -l | tee -a "$PWD/counts" | grep -qxf "$PWD/want" && : >"$PWD/met"
		sleep 0.02
	done
	sleep 0.1
	ls "$PWD/now" | wc -l >>"$PWD/counts"
	rm "$PWD/now/\$\$"
	exec "$PGF_BUILD/bin/pgf-fetch" "\$@"
	SH
}

# at_once N COMMAND...: so many of it do, and never more.
at_once() {
	rm -f counts met
	echo "$1" >want
	run -0 --separate-stderr "${@:2}"
	diff_text '' "$stderr"
	diff_text "$1" "$(sort -n counts | tail -n 1)"
}

@test "under make a bake shares its jobs" {
	archive 6
	counting
	cat >both.mk <<-MK
	both: one two
	one two: ; +bin/pgf bake -q --store \$@.zarr --work \$@.work r.yaml
	closed: ; bin/pgf bake -q --store \$@.zarr --work \$@.work r.yaml
	own: ; bin/pgf bake -q -j2 --store \$@.zarr --work \$@.work r.yaml
	MK
	at_once 3 make -s -j3 -f both.mk both
	# Not handed down: the one job that the command itself is.
	at_once 1 make -s -j3 -f both.mk closed
	at_once 2 make -s -j3 -f both.mk own
	diff -r one.zarr two.zarr
	diff -r one.zarr closed.zarr
}

@test "the logs of parallel tasks are whole lines, by task if make sorts them" {
	archive 8
	for n in 1 3 5 7; do echo 'no netcdf' >src/00$n.nc; done
	pgf-make r.yaml >r.mk
	run -2 --separate-stderr make -s -k -O -j8 -f r.mk
	diff_text '' "$output"
	# Each task is one line of its own and one of make's right behind it.
	grep -A1 '^pgf-open: ' <<<"$stderr" | grep -v '^--' >pairs
	diff_text 8 "$(wc -l <pairs)"
	for n in 1 3 5 7; do
		run -0 grep -A1 "src/00$n.nc" pairs
		contains "$output" "o/0000$n.ok] Error 65"
	done
}

@test "one failure is said once, without -k; with it, it is listed too" {
	archive 2
	echo 'no netcdf' >src/001.nc
	run -65 --separate-stderr pgf bake r.yaml
	one_line "$stderr"
	run -65 --separate-stderr pgf bake -k --store "a b\$c" r.yaml
	contains "$stderr" 'pgf: 1 task has failed:'
	contains "$stderr" "again: pgf bake -k --store 'a b\$c' r.yaml"
}

@test "a task that was killed is listed without a reason" {
	archive 3
	mkdir bin
	cp "$PGF_BUILD"/bin/* bin
	printf '#!/bin/sh\ncase "$*" in *k/00000) ;; *) kill -9 $$ ;; esac\n%s' \
		"exec '$PGF_BUILD/bin/pgf-fetch' \"\$@\"" >bin/pgf-fetch
	run -1 --separate-stderr bin/pgf bake -k r.yaml
	contains "$stderr" $'\n  f/00001: ended without a word'
	contains "$stderr" $'\n  f/00002: ended without a word'
	[ -e .pgf/toy/s/00000 ]
}

@test "a server that is away is 75" {
	archive 1
	cat >r.yaml <<-'YAML'
	name: toy
	pattern: {files: ["http://127.0.0.1:9/a.nc"], dims: [{concat: time}]}
	fetch: {retries: 0}
	target: {store: toy.zarr}
	YAML
	run -75 --separate-stderr pgf bake r.yaml
	one_line "$stderr"
	contains "$stderr" 'http://127.0.0.1:9/a.nc'
}

@test "of two bakes at once the second says who holds the folder" {
	archive 1
	# A server that never answers keeps the first one busy.
	mute
	cat >r.yaml <<-YAML
	name: toy
	pattern: {files: ["$MUTE_URL/a.nc"], dims: [{concat: time}]}
	target: {store: toy.zarr}
	YAML
	pgf bake -q r.yaml 2>/dev/null 3>&- &
	first=$!
	until [ -e .pgf/toy/recipe.mk ]; do sleep 0.05; done
	run -75 --separate-stderr pgf bake r.yaml
	kill "$first"
	wait "$first" || :
	diff_text '' "$output"
	one_line "$stderr"
	contains "$stderr" "in use by process $first"
}

@test "an outer make does not reach the tasks" {
	archive 2
	printf 'all:\n\t+pgf bake -q r.yaml\n' >outer.mk
	make -s -j3 -f outer.mk MAKEFLAGS_NOTE=1 PGF_WORK=elsewhere
	[ -e toy.zarr/zarr.json ]
	PGF_WORK=elsewhere MAKEFLAGS=-n bake_ran none
}

@test "make that is missing is named" {
	archive 1
	mkdir bin
	run -1 --separate-stderr env PATH=bin "$PGF_BUILD/bin/pgf" bake r.yaml
	contains "$stderr" "cannot run 'make'"
}

@test "--dry-run says what would run, and why, and runs nothing" {
	archive 3
	run -0 --separate-stderr pgf bake -n --set run.batch=1 r.yaml
	diff_text '' "$stderr"
	contains "$output" 'fetch f/00002.ok: not there'
	contains "$output" 'seal seal.json: not there'
	[ ! -e .pgf/toy/f/00000 ]
	[ ! -e toy.zarr ]
	pgf bake -q --set run.batch=1 r.yaml
	diff_text "toy is up to date: $PWD/toy.zarr" "$(pgf bake -n r.yaml)"
	source_file src/001.nc 1 4711
	run -0 --separate-stderr pgf bake --dry-run r.yaml
	starts_with "${lines[0]}" "fetch f/00001.ok: newer: v/00001 ($PWD/src/001.nc: "
	run -0 grep -Ex 'fetch [^(]* \(/[^ ]*: [0-9]+ bytes of [-0-9]{10}T[0-9:.]{18}Z -> [0-9]+ bytes of [-0-9]{10}T[0-9:.]{18}Z\)' \
		<<<"${lines[0]}"
	run -1 grep -q 00002 <<<"$output"
	pgf bake -q r.yaml
	sed -i 's/A toy/Another/' r.yaml
	# As often as it is asked, and against what was baked.
	sed -i 's/Another/A third/' r.yaml
	diff_text 'seal seal.json: newer: conf.seal (title: "A toy" -> "A third")' \
		"$(pgf bake -n r.yaml; pgf plan --dry-run r.yaml >second)"
	diff_text "$(pgf bake -n r.yaml)" "$(cat second)"
	sed -i 's/time: 3/time: 4, lat: 2/' r.yaml
	diff_text 'plan plan.ok: newer: conf.plan (target.chunks.time: 3 -> 4, target.chunks.lat: nothing -> 2)' \
		"$(pgf bake -n r.yaml | grep ^plan)"
	pgf bake -q r.yaml
	[ ! -e .pgf/toy/was ]
	# What was made by others since is not explained by what was before.
	sed -i 's/A third/A fourth/' r.yaml
	pgf-make r.yaml >r.mk
	make -s -f r.mk
	[ -e .pgf/toy/was/conf.seal ]
	sed -i 's/A fourth/A fifth/' r.yaml
	diff_text 'seal seal.json: newer: conf.seal (title: "A fourth" -> "A fifth")' \
		"$(pgf bake -n r.yaml)"
	pgf clean -q .pgf/toy
	[ ! -e .pgf/toy ]
}

@test "--dry-run says which files are new to a recipe" {
	archive 3
	pgf bake -q --set run.batch=2 r.yaml
	source_file src/003.nc 3
	run -0 --separate-stderr pgf bake -n r.yaml
	contains "$output" 'fetch f/00001.ok: newer: k/00001 (1 file more) v/00001 (1 file more)'
	pgf bake -q r.yaml
	rm src/000.nc
	run -0 --separate-stderr pgf bake -n r.yaml
	contains "$output" "newer: k/00000 ($PWD/src/000.nc -> $PWD/src/001.nc, 1 more of these) v/00000"
	contains "$output" "newer: k/00001 ($PWD/src/002.nc -> $PWD/src/003.nc, 1 file less) v/00001"
}

@test "on a terminal one line lives and goes" {
	archive 2
	run -0 script -qec 'pgf bake r.yaml' /dev/null
	contains "$output" 'fetch 2/2  open 2/2  facts 2/2  schema 1/1'
	contains "$output" 'toy: '
}

# waits_for PROGRAM TEXT: programs in bin, of which this one, when it is run for the second
# time, waits until what is shown has the text.
waits_for() {
	mkdir -p bin
	cp "$PGF_BUILD"/bin/* bin
	cat >"bin/pgf-$1" <<-SH
	#!/bin/sh
	echo >>ran
	[ "\$(wc -l <ran)" != 2 ] || timeout 120 \
		sh -c 'until grep -qE "$2" "$PWD/shown"; do sleep 0.02; done'
	exec "$PGF_BUILD/bin/pgf-$1" "\$@"
	SH
	: >shown
}

@test "the line tells the stages, how fast, how long still, bytes and failures" {
	local speed='[0-9.]+/s  ETA [0-9]+ s  [0-9.]+ (bytes|kB)/s  '
	archive 3
	waits_for write "write 1/3  seal 0/1  $speed"
	run -0 script -qefc 'bin/pgf bake -j1 --set run.batch=1 r.yaml' shown
	[[ $output =~ write\ 1/3\ \ seal\ 0/1\ \ $speed ]]
	rm -r bin .pgf toy.zarr
	echo 'no netcdf' >src/000.nc
	waits_for open 'open 0/3 .* failed 1 '
	run -65 script -qefc 'bin/pgf bake -k -j1 --set run.batch=1 r.yaml' shown
	[[ $output =~ open\ 0/3\ .*\ failed\ 1\  ]]
	contains "$output" '1 task has failed'
}
