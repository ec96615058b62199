#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# pgf-make: recipe in, makefile out; and what make does with it.

load common
load bake
load engines

setup() { cd "$BATS_TEST_TMPDIR" || return; }

@test "prints help" {
	case_help pgf-make
}

@test "refuses misuse" {
	case_misuse pgf-make
	run -2 --separate-stderr pgf-make
	diff_text '' "$output"
	contains "$stderr" 'one recipe is wanted'
	run -2 --separate-stderr pgf-make a.yaml b.yaml
	contains "$stderr" 'one recipe is wanted'
}

@test "says when its output cannot be written" {
	archive 1
	case_full /dev/null pgf-make r.yaml
}

@test "a recipe that is wrong is 65 and leaves nothing behind" {
	archive 1
	before=$(find . ! -name 'separate-stderr*' | sort)
	echo 'nme: x' >bad.yaml
	run -65 --separate-stderr pgf-make bad.yaml
	diff_text '' "$output"
	one_line "$stderr"
	contains "$stderr" bad.yaml
	rm bad.yaml
	run -65 --separate-stderr pgf-make missing.yaml
	one_line "$stderr"
	contains "$stderr" "'missing.yaml'"
	sed -i 's/src/none/' r.yaml
	run -65 --separate-stderr pgf-make r.yaml
	one_line "$stderr"
	diff_text "$before" "$(find . ! -name 'separate-stderr*' | sort)"
}

@test "prints the makefile, with a copy in the work folder" {
	archive 2
	run -0 --separate-stderr pgf-make r.yaml
	diff_text '' "$stderr"
	diff_text "$output" "$(cat .pgf/toy/recipe.mk)"
	pgf-make -o out.mk r.yaml
	diff .pgf/toy/recipe.mk out.mk
	pgf-make --work w r.yaml >w.mk
	diff w/toy/recipe.mk w.mk
	[ ! -e toy.zarr ]
}

@test "commands hold nothing that would need a shell" {
	archive 2
	run -0 pgf-make r.yaml
	commands=$(sed -n 's/^[^ ].*;\($(PGF_SHARE)\)\?\(\/.*pgf-\)/\2/p' \
		<<<"$output")
	diff_text "fetch 2, open 2, facts 2, schema 1, plan 1, write 2, seal 1" \
		"$(tasks_of "$commands")"
	run -1 grep '[^A-Za-z0-9_./, -]' <<<"$commands"
}

@test "the pipe, make, ninja and parallel make the same store" {
	archive 7
	pgf bake -q -j2 r.yaml
	[ -e toy.zarr/zarr.json ]
	for engine in pipe make1 make8 ninja parallel; do
		"engine_$engine" "$engine.zarr"
		diff -r toy.zarr "$engine.zarr"
	done
	pgf-plan -r r.yaml --schema pipe.zarr.work/toy/schema \
		<pipe.zarr.work/toy/open >regions
	parallel --will-cite --pipe -N1 -j4 pgf-write n1.zarr <regions |
		pgf-seal -r r.yaml --schema pipe.zarr.work/toy/schema n1.zarr
	diff -r toy.zarr n1.zarr
}

# A writer that says whether it has a share of make's jobs, and makes nothing.
probe() {
	cat >probe <<-'END'
	#!/bin/bash
	auth=$(sed -n 's/.*--jobserver-auth=\([^ ]*\).*/\1/p' <<<"$MAKEFLAGS")
	case $auth in
	'') echo alone ;;
	fifo:*) [ -p "${auth#fifo:}" ] && echo shares ;;
	*) [ -p "/proc/self/fd/${auth%,*}" ] && echo shares ;;
	esac
	while [ "$1" != -o ]; do shift; done
	: >"$2"
	END
	chmod +x probe
	sed "s#/[^ ]*/pgf-write #$PWD/probe #" work/toy/recipe.mk >probe.mk
}

@test "make shares its jobs with a writer, but does not run it when only asked" {
	local how
	archive 1
	pgf-make --work work r.yaml >r.mk
	make -s -f r.mk plan
	probe
	for how in -n -q -t -nk '-j3 -n' '--dry-run' '--question -s'; do
		# shellcheck disable=SC2086
		make -C work/toy -f ../../probe.mk PGF_WORK=. $how w/00000 >said || :
		diff_text '' "$(grep -x 'alone\|shares' said)"
		rm -f work/toy/w/00000
	done
	diff_text alone "$(make -s -C work/toy -f ../../probe.mk PGF_WORK=. w/00000)"
	rm work/toy/w/00000
	diff_text shares "$(make -s -j2 -C work/toy -f ../../probe.mk PGF_WORK=. w/00000)"
	rm work/toy/w/00000
	diff_text shares \
		"$(make -sk -j2 -C work/toy -f ../../probe.mk PGF_WORK=. w/00000)"
}

@test "killed in the middle and run again, all make the same store" {
	archive 7
	fresh_store whole.zarr
	killed_after open pipe pipe.zarr
	engine_pipe pipe.zarr
	diff -r whole.zarr pipe.zarr
	for engine in make1 make8 ninja parallel; do
		killed_after o/00002 "$engine" "$engine.zarr"
		"engine_$engine" "$engine.zarr"
		diff -r whole.zarr "$engine.zarr"
	done
}

@test "what one engine has left, another completes" {
	archive 7
	fresh_store whole.zarr
	killed_after o/00002 parallel s.zarr
	killed_after s/00000 ninja s.zarr
	killed_after r/00000 make8 s.zarr
	engine_ninja s.zarr
	diff -r whole.zarr s.zarr
	run -0 make -n -f s.zarr.mk
	diff_text none "$(tasks_of "$output")"
	run -0 engine_ninja s.zarr
	contains "$output" 'no work to do'
	# What make has made, ninja takes for made.
	engine_make t.zarr
	run -0 engine_ninja t.zarr
	contains "$output" 'no work to do'
}

# ninja_ran EXPECTED: ninja succeeds and runs just these tasks.
ninja_ran() {
	ninja -v -C s.zarr.work/toy -f recipe.ninja >ninja.log
	diff_text "$1" "$(tasks_of "$(sed 's/^\[[0-9/]*\] //' ninja.log)")"
}

@test "ninja runs what has changed, and no more" {
	archive 4
	pgf-make --format ninja --store s.zarr --work s.zarr.work r.yaml >r.ninja
	diff r.ninja s.zarr.work/toy/recipe.ninja
	ninja_ran "fetch 4, open 4, facts 4, schema 1, plan 1, write 4, seal 1"
	ninja_ran none
	touch s.zarr.work/toy/f/00002
	ninja_ran "open 1"
	ninja_ran none
	source_file src/002.nc 2 7
	source_file src/004.nc 4
	pgf-make --format ninja --store s.zarr --work s.zarr.work r.yaml >r.ninja
	ninja_ran "fetch 2, open 2, facts 2, schema 1, plan 1, write 1, seal 1"
	ninja_ran none
	fresh_store whole.zarr
	diff -r whole.zarr s.zarr
	sed -i 's/A toy/Another/' r.yaml
	pgf-make --format ninja --store s.zarr --work s.zarr.work r.yaml >r.ninja
	ninja_ran "seal 1"
}

@test "ninja sees through groups what has changed" {
	archive 101
	mkdir -p s.zarr.work/toy
	echo 1 >s.zarr.work/toy/conf.batch
	engine_ninja s.zarr
	contains "$(cat s.zarr.ninja)" ': run group/plan-0 group/plan-1'
	ninja_ran none
	source_file src/100.nc 100 7
	pgf-make --store s.zarr --work s.zarr.work r.yaml >r.mk
	# The change is there before ninja begins, whose log does not know of it;
	# then it comes while ninja runs.
	make -s -f r.mk open
	ninja_ran "fetch 1, open 1, facts 1, plan 1, write 1, seal 1"
	ninja_ran none
	source_file src/003.nc 3 7
	pgf-make --store s.zarr --work s.zarr.work r.yaml >r.mk
	ninja_ran "fetch 1, open 1, facts 1, plan 1, write 1, seal 1"
	fresh_store whole.zarr
	diff -r whole.zarr s.zarr
}

@test "task records come after those they depend on" {
	archive 3
	pgf-make --format ndjson --work w r.yaml >tasks
	[ ! -e w/toy/recipe.ninja ]
	run -0 jq -s 'reduce .[] as $t ({seen: [], bad: []};
		.bad += ($t.deps - .seen) | .seen += [$t.id]) | .bad | length' \
		tasks
	diff_text 0 "$output"
	diff_text 'fetch 3 open 3 facts 3 schema 1 plan 1 write 3 seal 1' \
		"$(jq -r .stage tasks | uniq -c | awk '{print $2, $1}' |
			paste -sd ' ')"
	# All inputs are made by a task, or here already.
	run -0 jq -s -r '(map(.inputs) | add) - (map(.outputs) | add) |
		unique | .[]' tasks
	missing=0
	while read -r name; do [ -e "w/toy/$name" ] || missing=1; done <<<"$output"
	diff_text 0 $missing
	diff_text "$PWD/w/toy" "$(jq -r .cwd tasks | sort -u)"
}

@test "tasks that write say what memory they may need" {
	archive 2
	pgf-make --format ndjson --set run.memory=1GB r.yaml >tasks
	diff_text $'write-00000 1000000000\nwrite-00001 1000000000' \
		"$(jq -r 'select(.memory) | "\(.id) \(.memory)"' tasks)"
	pgf-make --format ndjson r.yaml | jq -r .memory | sort -u >none
	diff_text null "$(cat none)"
	ram=$(awk '/^MemTotal/ { printf "%.0f", $2 * 1024 }' /proc/meminfo)
	pgf-make --format ninja --set run.memory=100TB r.yaml >r.ninja
	diff_text ' depth = 1' "$(sed -n '/^pool memory/{n;p;}' r.ninja)"
	diff_text 2 "$(grep -c '^ pool = memory$' r.ninja)"
	pgf-make --format ninja --set run.memory=$((ram / 3000000))MB r.yaml >r.ninja
	depth=$(sed -n '/^pool memory/{n;s/.*= //p;}' r.ninja)
	[ "$depth" -ge 1 ]
	[ "$depth" -le 3 ]
	pgf-make --format ninja r.yaml >r.ninja
	run -1 grep pool r.ninja
}

# most_of STAGE WORK: how many of its tasks ran at once, as the ledger has it.
most_of() {
	jq -rs --arg p "pgf-$1" 'map(select(.end and .program == $p)) |
		map([.start, 1], [.end, -1]) | sort | reduce .[] as $e
		({n: 0, most: 0}; .n += $e[1] | .most = ([.n, .most] | max)) |
		.most' "$2/ledger.ndjson"
}

@test "under make they take turns, as many as there is memory for" {
	WIDE=yes archive 6
	pgf bake -q -j8 --set run.batch=1 --set run.memory=100TB r.yaml
	diff_text 1 "$(most_of write .pgf/toy)"
	[ "$(most_of open .pgf/toy)" -gt 1 ]
	fresh_store fresh.zarr -j8 r.yaml --set run.batch=1
	[ "$(most_of write fresh.zarr.work/toy)" -gt 1 ]
	run -1 grep turns fresh.zarr.work/toy/recipe.mk
	diff -r fresh.zarr toy.zarr
}

@test "a turn ends with its process, however that ends" {
	printf '\n\n' >turns
	touch ledger
	mkfifo hold
	exec 7<>hold
	for n in 1 2 3; do
		pgf-open --turns turns --ledger ledger -o "out$n" <hold 3>&- &
		pid[n]=$!
	done
	until [ "$(wc -l <ledger)" = 2 ]; do sleep 0.02; done
	sleep 0.1
	diff_text 2 "$(wc -l <ledger)"
	first=$(jq -s '.[0].pid' ledger)
	kill -9 "$first"
	until [ "$(wc -l <ledger)" = 3 ]; do sleep 0.02; done
	diff_text 3 "$(jq -s 'map(.pid) | unique | length' ledger)"
	kill "${pid[@]}" 2>/dev/null || :
	wait "${pid[@]}" || :
	exec 7>&-
	# What is not there limits nothing.
	run -0 pgf-open --turns none -o out </dev/null
	run -1 --separate-stderr pgf-open --turns / -o out </dev/null
	contains "$stderr" "cannot take a turn of '/'"
}

@test "tasks that fetch share the connections to a host" {
	archive 6
	serve "$PWD/src"
	sed -i "s|glob: \"src/\*.nc\"|url: \"$SERVE_URL/{time:03d}.nc\"|
		s|concat: time|&, range: {start: 0, stop: 5, step: 1}|" r.yaml
	pgf bake -q -j6 --set run.batch=1 --set fetch.per_host=1 r.yaml
	diff_text 1 "$(most_of fetch .pgf/toy)"
	pgf-make --format ninja --set run.batch=4 --set fetch.per_host=6 r.yaml >r.ninja
	diff_text ' depth = 2' "$(sed -n '/^pool fetch/{n;p;}' r.ninja)"
}

@test "a format that is none is misuse" {
	archive 1
	run -2 --separate-stderr pgf-make --format cmake r.yaml
	diff_text '' "$output"
	contains "$stderr" "'cmake' is none of make, ninja, ndjson"
	[ ! -e .pgf ]
}

@test "the makefile works from any folder, from stdin and for any goal" {
	archive 2
	mkdir -p 'else where'
	pgf-make r.yaml >'else where/a file.mk'
	cd 'else where'
	make -s -f 'a file.mk' open
	[ -e ../.pgf/toy/o/00001 ]
	[ ! -e ../.pgf/toy/s/00000 ]
	make -s -f - <'a file.mk'
	cd /
	run -0 make -n -f "$BATS_TEST_TMPDIR/else where/a file.mk"
	diff_text none "$(tasks_of "$output")"
	[ -e "$BATS_TEST_TMPDIR/toy.zarr/zarr.json" ]
}

# What make, sh and mdoc might each take for their own.
hostile='a b$c'\''d"e#f%g:h;i=j\k&l`m*n~$(o)|p<q>r'

@test "folders may have any name" {
	archive 3
	fresh_store plain.zarr
	mkdir -p "$hostile"
	archive 3 "$hostile"
	pgf-make "$hostile/r.yaml" >r.mk
	make -s -j2 -f r.mk
	diff -r plain.zarr "$hostile/toy.zarr"
	for format in ninja ndjson; do
		rm -rf "$hostile/.pgf" "$hostile/toy.zarr"
		pgf-make --format $format "$hostile/r.yaml" >r.$format
		[ $format = ndjson ] || ninja -C "$hostile/.pgf/toy" \
			-f recipe.ninja
		[ $format = ninja ] || run_waves r.ndjson
		diff -r plain.zarr "$hostile/toy.zarr"
	done
	pgf bake -q --store "$hostile/-s $hostile" --work "-w $hostile" r.yaml
	diff -r plain.zarr "$hostile/-s $hostile"
	[ -e "-w $hostile/toy/seal.json" ]
	# Whatever was cut at a blank or run by a shell would lie here.
	expected=$(printf '%s\n' "-w $hostile" "$hostile" plain.zarr \
		plain.zarr.work r.mk r.ndjson r.ninja r.yaml src | sort)
	diff_text "$expected" "$(find . -mindepth 1 -maxdepth 1 -printf '%P\n' |
		sort)"
}

@test "programs are found in a folder of any name" {
	archive 2
	mkdir -p "$hostile"
	cp "$PGF_BUILD"/bin/* "$hostile"
	fresh_store plain.zarr
	PATH=/usr/bin:/bin "$hostile/pgf-make" r.yaml >r.mk
	PATH=/usr/bin:/bin make -s -f r.mk
	diff -r plain.zarr toy.zarr
	contains "$(PATH=/usr/bin:/bin "$hostile/pgf" bake r.yaml)" 'up to date'
}

@test "a line break in a folder's name is refused" {
	archive 1
	for option in --store --work; do
		run -65 --separate-stderr pgf-make "$option" $'a\nb' r.yaml
		diff_text '' "$output"
		one_line "$stderr"
		contains "$stderr" 'line break'
	done
	[ ! -e $'a\nb' ]
}

@test "an append shifts no batch" {
	archive 1
	for ((n = 1; n < 130; n++)); do cp src/000.nc "src/$(printf %03d "$n").nc"; done
	truncate -s 1200K src/*.nc
	pgf-make r.yaml >r.mk
	diff_text 33 "$(cat .pgf/toy/conf.batch)"
	diff_text 4 "$(find .pgf/toy/k -type f | wc -l)"
	diff_text 31 "$(wc -l <.pgf/toy/k/00003)"
	cp -r .pgf/toy/k before
	for ((n = 130; n < 230; n++)); do cp src/000.nc "src/$n.nc"; done
	pgf-make r.yaml >r.mk
	diff_text 33 "$(cat .pgf/toy/conf.batch)"
	diff_text 7 "$(find .pgf/toy/k -type f | wc -l)"
	# The last batch had room and is filled; the others stay as they were.
	for k in before/*; do
		cmp -n "$(stat -c %s "$k")" "$k" ".pgf/toy/k/${k##*/}"
	done
	for k in before/000{00..02}; do diff "$k" ".pgf/toy/k/${k##*/}"; done
	diff_text 33 "$(wc -l <.pgf/toy/k/00003)"
	diff_text 32 "$(wc -l <.pgf/toy/k/00006)"
}

@test "batches are chosen by number and size, or by the recipe" {
	archive 1
	for ((n = 1; n < 40; n++)); do cp src/000.nc "src/$(printf %03d "$n").nc"; done
	pgf-make r.yaml >/dev/null
	# Very small ones are not worth two tasks.
	diff_text 40 "$(cat .pgf/toy/conf.batch)"
	# Of 2 MB, twenty; of 4 MB, ten; of 10 MB, six; of 30 MB, three; of 3 GB, one.
	for size in 2M:20 4M:10 10M:6 30M:3 3G:1; do
		truncate -s "${size%:*}" src/*.nc
		pgf-make --work "$size" r.yaml >/dev/null
		diff_text "${size#*:}" "$(cat "$size/toy/conf.batch")"
	done
	# Nobody knows the size of what is behind a URL.
	printf '%s\n' 'name: far' 'pattern: {files: [' >far.yaml
	for ((n = 0; n < 40; n++)); do echo "'http://localhost:1/$n',"; done >>far.yaml
	printf '%s\n' '], dims: [{concat: time}]}' 'target: {store: far.zarr}' >>far.yaml
	pgf-make far.yaml >/dev/null
	diff_text 3 "$(cat .pgf/far/conf.batch)"
	pgf-make --set run.batch=7 far.yaml >/dev/null
	diff_text 7 "$(cat .pgf/far/conf.batch)"
	diff_text 6 "$(find .pgf/far/k -type f | wc -l)"
}

@test "compiling again rewrites nothing that has not changed" {
	archive 2
	pgf-make r.yaml >/dev/null
	before=$(cd .pgf/toy && find . -type f ! -name lock -printf '%p %T@\n' | sort)
	sleep 0.02
	pgf-make r.yaml >/dev/null
	diff_text "$before" "$(cd .pgf/toy &&
		find . -type f ! -name lock -printf '%p %T@\n' | sort)"
}

@test "a title changes only what pgf-seal reads" {
	archive 2
	pgf-make r.yaml >/dev/null
	cp -r .pgf/toy before
	sed -i 's/A toy/Another/' r.yaml
	pgf-make r.yaml >/dev/null
	run -1 diff -rq -x lock before .pgf/toy
	diff_text "Files before/conf.seal and .pgf/toy/conf.seal differ
Only in .pgf/toy/was: conf.seal" "$output"
}

@test "what belongs to batches that are gone is removed" {
	archive 4
	pgf bake -q r.yaml
	rm src/002.nc src/003.nc
	pgf-make r.yaml >/dev/null
	for folder in k v f o s r w; do
		run -0 find ".pgf/toy/$folder" -name '0000[23]*'
		diff_text '' "$output"
		[ -e ".pgf/toy/$folder/00001" ]
	done
}

@test "temporaries of the dead are removed, those of the living are not" {
	archive 1
	pgf-make r.yaml >/dev/null
	sleep 0 &
	dead=$!
	wait "$dead"
	touch ".pgf/toy/f/.pgf-$dead-0.tmp" ".pgf/toy/.pgf-$dead-1.tmp" \
		".pgf/toy/f/.pgf-$$-0.tmp"
	pgf-make r.yaml >/dev/null
	run -0 find .pgf/toy -name '*.tmp'
	diff_text ".pgf/toy/f/.pgf-$$-0.tmp" "$output"
}

@test "prune and set reach the tasks" {
	archive 3
	pgf-make --prune 2 --set target.zarr_format=2 --store two.zarr r.yaml >r.mk
	diff_text 2 "$(find .pgf/toy/k -type f | wc -l)"
	make -s -f r.mk
	[ -e two.zarr/.zgroup ]
	[ ! -e two.zarr/zarr.json ]
	run -2 --separate-stderr pgf-make --set target.nonsense=2 r.yaml
	one_line "$(sed '/--help/d' <<<"$stderr")"
}

@test "a work folder that another process uses is refused with 75" {
	archive 1
	mkdir -p w/toy
	exec 8>w/toy/lock
	flock 8
	echo "$$" >&8
	run -75 --separate-stderr pgf-make --work w r.yaml 8>&-
	exec 8>&-
	diff_text '' "$output"
	one_line "$stderr"
	contains "$stderr" "in use by process $$"
	run -0 pgf-make --work w r.yaml
}
