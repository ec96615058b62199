#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What a change costs: tasks run and objects written, for each kind of change. Each
# ends with the store that a bake from nothing makes.

load common
load bake

# Six files of two days, a chunk of wide for each two days, a task a file.
setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export WIDE=yes
	archive 6
	sed -i 's/^target: .*/target: {store: toy.zarr, chunks: {time: 2}}\nrun: {batch: 1}/' \
		r.yaml
	pgf bake -q r.yaml
}

one_each='fetch 1, open 1, facts 1, schema 1, plan 1, write 1, seal 1'

# costs TASKS OBJECTS: an update runs these tasks, writes so many objects that were
# not there, and the store is right; the next one does nothing.
costs() {
	run -0 --separate-stderr pgf update -v --json r.yaml
	diff_text "$1" "$(tasks_of "$stderr")" || return
	diff_text "$2" "$(jq .chunks.written <<<"$output")" || return
	fresh_store fresh.zarr
	diff -r fresh.zarr toy.zarr || return
	run -0 --separate-stderr pgf update -v --json r.yaml
	diff_text none "$(tasks_of "$stderr")"
}

# shift_days FIRST BY: files from number FIRST on get numbers BY higher.
shift_days() {
	local n
	for ((n = 5; n >= $1; n--)); do
		source_file "src/$(printf '%03d' "$n").nc" "$((n + $2))"
	done
}

@test "nothing" { costs none 0; }

@test "files that are touched" {
	touch -d '+1 hour' src/002.nc
	costs none 0
	cp -p src/002.nc kept
	mv kept src/002.nc
	touch src/*.nc
	costs none 0
	touch -d '2001-01-01' src/*.nc
	costs none 0
	# What is read later is known by its bytes.
	sed -i 's/time: 2/time: 4/' r.yaml
	run -0 --separate-stderr pgf update -v --json r.yaml
	run -1 grep -E 'fetch|open' <<<"$(tasks_of "$stderr")"
	costs none 0
	# One of those that were touched has other bytes then.
	source_file src/002.nc 2 4711
	run -0 --separate-stderr pgf update -v --json r.yaml
	contains "$(tasks_of "$stderr")" 'fetch 1, open 1, '
	costs none 0
}

@test "a file that is touched is read once, and not again before it is another" {
	touch -d '+1 hour' src/002.nc
	bake_ran none
	pgf-make r.yaml >r.mk
	run -0 make -q -f r.mk fetch
	# Nobody looks: size and time are those that were seen.
	cp -p src/002.nc kept
	printf 'x' | dd of=src/002.nc bs=1 conv=notrunc status=none
	touch -r kept src/002.nc
	bake_ran none
	cp -p kept src/002.nc
	[ -e .pgf/toy/t/00002 ]
	# Other bytes of the same size, with a time that was before: never taken for the
	# old ones.
	source_file other.nc 2 4711
	rm src/002.nc
	cp kept src/002.nc
	size=$(stat -c %s kept)
	printf 'x' | dd of=src/002.nc bs=1 seek=$((size - 1)) conv=notrunc status=none
	touch -d '2001-01-01' src/002.nc
	pgf-make r.yaml >r.mk
	[ ! -e .pgf/toy/t/00002 ]
	run -1 make -q -f r.mk fetch
	cp -p kept src/002.nc
	costs 'fetch 1' 0
}

@test "a file that is touched runs its tasks again where files have no digests, and nothing is written" {
	sed -i 's/^run:/fetch: {digest: false}\nrun:/' r.yaml
	pgf bake -q r.yaml
	run -1 grep -r xxh3- .pgf/toy/f .pgf/toy/r
	touch -d '+1 hour' src/002.nc
	# Of wide; of sst, which goes with the last file; the values of time are those that
	# they were.
	costs 'fetch 1, open 1, facts 1, plan 1, write 2, seal 1' 0
}

@test "other bytes of the same size are found out, in a file without chunks, too" {
	sed -i 's/"src/"raw/' r.yaml
	mkdir raw
	for n in 0 1 2; do nccopy -3 src/00$n.nc raw/00$n.nc; done
	pgf bake -q r.yaml
	size=$(stat -c %s raw/001.nc)
	source_file other.nc 1 4711
	nccopy -3 other.nc raw/001.nc
	diff_text "$size" "$(stat -c %s raw/001.nc)"
	run -0 --separate-stderr pgf update -v --json r.yaml
	contains "$(tasks_of "$stderr")" 'fetch 1, open 1, '
	diff_text 1 "$(jq .chunks.written <<<"$output")"
	costs none 0
	# Touched, and other bytes when they are read: never taken for the old ones.
	touch -d '+1 hour' raw/002.nc
	pgf bake -q r.yaml
	printf 'x' | dd of=raw/002.nc bs=1 seek=$((size - 1)) conv=notrunc status=none
	sed -i 's/time: 2/time: 4/' r.yaml
	pgf-make r.yaml >r.mk
	touch -d '2001-01-01' .pgf/toy/v/00002
	run -2 --separate-stderr make -s -f r.mk
	contains "$stderr" 'changed since it was opened: run again'
	touch .pgf/toy/v/00002
	pgf bake -q r.yaml
	costs none 0
}

@test "clocks: files of the work folder that are older than all do nothing" {
	find src toy.zarr -exec touch -h -d '2001-01-01' {} +
	pgf update -q r.yaml
	find toy.zarr .pgf -exec touch -h -d '+1 day' {} +
	find toy.zarr -name zarr.json -exec touch -d '2030-01-01' {} +
	costs none 0
}

@test "a new last file: its batch, and the regions that it touches" {
	source_file src/006.nc 6
	run -0 --separate-stderr pgf update -v --json r.yaml
	# Its own wide; time, and sst, which has another chunk.
	diff_text "$one_each" "$(tasks_of "$stderr")"
	diff_text 3 "$(jq .chunks.written <<<"$output")"
	costs none 0
}

@test "a file more: one task a stage, be it the first of a batch or not" {
	# Two files a batch; chunks of wide begin in one and end in the next.
	sed -i 's/time: 2/time: 5/; s/batch: 1/batch: 2/' r.yaml
	pgf bake -q r.yaml
	for n in 6 7 8 9 10; do
		source_file "src/$(printf '%03d' $n).nc" $n
		run -0 --separate-stderr pgf update -v --json r.yaml
		diff_text "$one_each" "$(tasks_of "$stderr")"
		# What has moved to another batch has one receipt, and is told of by pgf why.
		diff_text '' "$(jq -r '.objects[].name' .pgf/toy/w/0* | sort | uniq -d)"
		run -0 pgf why toy.zarr time/c/0
	done
	costs none 0
}

@test "a plan that died before it took receipts away takes them away later" {
	cd .pgf/toy
	cp plan.ok w/00005 ..
	source_file ../../src/006.nc 6
	pgf-make ../../r.yaml >/dev/null
	make -s -f recipe.mk PGF_WORK=. plan
	run -1 grep -c '"vars":\["time"\]' w/00005
	[ r/00005 -ot w/00005 ]
	[ r/00005 -ot r/00006 ]
	# It would have left this.
	cp -p ../00005 w/00005
	cp -p ../plan.ok plan.ok
	cd ../..
	costs "${one_each#*schema 1, }" 3
}

@test "files of a batch that go: what went with it is written with the one before" {
	sed -i 's/time: 2/time: 5/; s/batch: 1/batch: 2/' r.yaml
	source_file src/006.nc 6
	pgf bake -q r.yaml
	rm src/006.nc
	run -0 --separate-stderr pgf update -v --json r.yaml
	diff_text 'schema 1, plan 1, write 1, seal 1' "$(tasks_of "$stderr")"
	costs none 0
}

@test "a replaced file: its batch and regions" {
	source_file src/002.nc 2 4711
	run -0 --separate-stderr pgf update -v --json r.yaml
	contains "$(tasks_of "$stderr")" 'fetch 1, open 1, '
	# Of sst alone: wide and time are what they were.
	diff_text 1 "$(jq .chunks.written <<<"$output")"
	costs none 0
}

@test "another chunk size writes, and fetches and opens nothing" {
	sed -i 's/time: 2/time: 4/' r.yaml
	run -0 --separate-stderr pgf update -v --json r.yaml
	run -1 grep -E 'fetch|open' <<<"$(tasks_of "$stderr")"
	costs none 0
	diff_text '0 1 2' "$(find toy.zarr/sst/c -mindepth 1 -maxdepth 1 -printf '%f\n' |
		sort | paste -sd' ')"
}

@test "another separator writes, and leaves nothing of the old names" {
	sed -i 's/chunks: {time: 2}/&, separator: "."/' r.yaml
	run -0 --separate-stderr pgf update -v --json r.yaml
	run -1 grep -E 'fetch|open' <<<"$(tasks_of "$stderr")"
	costs none 0
	diff_text 'c.0.0.0 c.1.0.0 c.2.0.0 c.3.0.0 c.4.0.0 c.5.0.0' "$(cd toy.zarr/sst && echo c*)"
	diff_text '' "$(find toy.zarr -mindepth 2 -type d)"
	sed -i 's/, separator: "."//' r.yaml
	run -0 pgf update -q r.yaml
	costs none 0
}

@test "another title seals" {
	sed -i 's/A toy/Another/' r.yaml
	costs 'seal 1' 0
}

@test "a file that is gone from the end takes its chunks along" {
	rm src/005.nc
	run -0 --separate-stderr pgf update -v --json r.yaml
	run -1 grep -E 'fetch|open' <<<"$(tasks_of "$stderr")"
	[ ! -e toy.zarr/sst/c/5 ]
	[ ! -e toy.zarr/wide/c/5 ]
	costs none 0
}

@test "a file put into the middle moves what is behind it, and nothing before" {
	shift_days 3 1
	for n in 005 004 003; do mv src/$n.nc src/"$(printf '%03d' $((10#$n + 1)))".nc; done
	pgf update -q r.yaml
	stat -c '%n %y' toy.zarr/sst/c/[012]/0/0 toy.zarr/wide/c/[012]/0/0 >before
	source_file src/003.nc 3
	run -0 --separate-stderr pgf update -v --json r.yaml
	contains "$(tasks_of "$stderr")" 'fetch 4, open 4, '
	diff "$PWD/before" <(stat -c '%n %y' toy.zarr/sst/c/[012]/0/0 toy.zarr/wide/c/[012]/0/0)
	# sst and wide of four places, and time.
	[ "$(jq .chunks.written <<<"$output")" -le 9 ]
	costs none 0
}

@test "a file taken out of the middle moves what is behind it, and nothing before" {
	stat -c '%n %y' toy.zarr/sst/c/[012]/0/0 toy.zarr/wide/c/[012]/0/0 >before
	rm src/003.nc
	run -0 --separate-stderr pgf update -v --json r.yaml
	contains "$(tasks_of "$stderr")" 'fetch 2, open 2, '
	diff "$PWD/before" <(stat -c '%n %y' toy.zarr/sst/c/[012]/0/0 toy.zarr/wide/c/[012]/0/0)
	[ ! -e toy.zarr/sst/c/5 ]
	costs none 0
}

@test "a file that got longer moves what is behind it, and is alone opened again" {
	shift_days 3 1
	pgf update -q r.yaml
	stat -c '%n %y' toy.zarr/sst/c/[012]/0/0 toy.zarr/wide/c/[01]/0/0 >before
	DAYS=3 source_file src/002.nc 2
	run -0 --separate-stderr pgf update -v --json r.yaml
	contains "$(tasks_of "$stderr")" 'fetch 1, open 1, facts 1, schema 1, plan 1, '
	diff "$PWD/before" <(stat -c '%n %y' toy.zarr/sst/c/[012]/0/0 toy.zarr/wide/c/[01]/0/0)
	diff_text 13 "$(jq .shape[0] toy.zarr/sst/zarr.json)"
	costs none 0
}
