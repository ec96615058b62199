#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The machine dies in the middle of a bake: what was not synced is gone. The next
# bake makes the store of one that was left alone; no half of a file is taken for
# a whole one.

load ../bats/common
load ../bats/bake

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	cc -shared -fPIC -o cut.so "$PGF_ROOT/tests/fault/powercut.c" -ldl
	archive 6
	serve "$PWD/src"
	# A local file, and downloads.
	sed -i "s|glob: .*.nc\"|files: [src/000.nc, $(seq -f "$SERVE_URL/%03g.nc" \
		-s ', ' 1 5)]|; s/^target: .*/&\nrun: {batch: 1}/" r.yaml
	fresh_store whole.zarr
}

# recorded COMMAND...: run it with all that it has the disk do written down.
recorded() {
	rm -rf cut
	mkdir cut
	writing_down "$@"
}
writing_down() {
	PGF_CUT=$PWD/cut LD_PRELOAD=$PWD/cut.so "$@"
}

bake() { pgf bake -q -j2 --store k.zarr --work k.zarr.work "$@" r.yaml; }

# dies_at TENTHS COMMAND...: the machine dies when it has so many tenths of the lines
# that a whole run has written.
dies_at() {
	local part=$1 lines
	shift
	lines=$((whole * part / 10))
	rm -rf cut
	mkdir cut
	: >cut/log
	setsid bash -c "$(declare -f writing_down bake); \"\$@\"" - writing_down "$@" \
		>/dev/null 2>&1 3>&- &
	bake=$!
	while [ "$(wc -l <cut/log)" -lt "$lines" ] && kill -0 "$bake" 2>/dev/null; do
		sleep 0.002
	done
	while pkill -9 -s "$bake"; do sleep 0.02; done
	wait "$bake" 2>/dev/null || :
}

# comes_back SEED STORE: what was lost is lost; what can be seen of the store is whole;
# the next bake makes the rest, and has receipts of all of it. Nobody waits for the disk
# to have the ledger, so lines of it may be lost; those that are there are true.
comes_back() {
	local lost
	lost=$(python3 "$PGF_ROOT/tests/fault/powercut.py" cut "$1" k.zarr k.zarr.work)
	echo "seed $1, lost: $lost"
	[ ! -e k.zarr/zarr.json ] || [ ! -e "$2" ] ||
		diff -r "$2" k.zarr
	bake
	diff -r whole.zarr k.zarr
	diff_text '' "$(find k.zarr k.zarr.work -name '.pgf-*')"
	told whole.zarr.work/toy >want
	told k.zarr.work/toy | uniq >got
	diff <(grep -v ^ledger want) <(grep -v ^ledger got)
	[ "$2" != whole.zarr ] || diff_text '' "$(grep ^ledger got | comm -13 want -)"
}

@test "what was not synced is written down and can be taken back" {
	recorded sh -c 'pgf-expand -o out r.yaml'
	mkdir there
	printf 'not synced' >there/a
	printf 'W\t%s\n' "$(stat -c %i there/a)" >>cut/log
	python3 "$PGF_ROOT/tests/fault/powercut.py" cut 1 there . >lost
	[ "$(stat -c %s there/a)" -lt 10 ]
	[ -s out ]
	# A program that does not sync loses what it renames, or the name.
	recorded python3 -c 'import os
for i in range(20):
    with open(f"there/t{i}", "w") as f: f.write("bytes")
    os.rename(f"there/t{i}", f"there/n{i}")'
	python3 "$PGF_ROOT/tests/fault/powercut.py" cut 1 there >lost
	run -0 grep -E '^names [1-9][0-9]* files 2[0-9]$' lost
}

@test "a machine that dies anywhere in a bake leaves nothing that is taken for whole" {
	recorded bake
	whole=$(wc -l <cut/log)
	diff -r whole.zarr k.zarr
	for ((n = 0; n < ${PGF_CUT_POINTS:-10}; n++)); do
		rm -rf k.zarr k.zarr.work
		dies_at $((n % 10 + 1)) bake
		comes_back "$n" whole.zarr
	done
}

@test "a machine that dies right after a bake has lost nothing of the store" {
	for n in 1 2 3; do
		rm -rf k.zarr k.zarr.work
		recorded bake
		python3 "$PGF_ROOT/tests/fault/powercut.py" cut "$n" k.zarr
		diff -r whole.zarr k.zarr
	done
}

@test "a machine that dies while a store grows leaves the old one, or the new one" {
	bake --prune 4
	cp -r k.zarr old.zarr
	cp -r k.zarr.work old.work
	recorded bake
	whole=$(wc -l <cut/log)
	for ((n = 1; n <= 5; n++)); do
		rm -rf k.zarr k.zarr.work
		cp -r old.zarr k.zarr
		cp -a old.work k.zarr.work
		dies_at $((n * 2)) bake
		comes_back "$n" nothing
	done
}

# 256 objects, in regions of four.
many_regions() {
	head -c 1048576 /dev/urandom >source
	jq -nc '{array: {zarr_format: 3, node_type: "array", shape: [1048576],
			data_type: "uint8", fill_value: 0,
			chunk_grid: {name: "regular",
				configuration: {chunk_shape: [4096]}},
			chunk_key_encoding: {name: "default",
				configuration: {separator: "/"}},
			codecs: [{name: "bytes"}],
			attributes: {}, dimension_names: ["t"]},
		size: {t: 16384},
		from: [{path: "source", size: 1048576, var: "v",
			offset: {t: 0}, shape: [1048576], dtype: "uint8",
			endian: "little", chunk_shape: [1048576], codecs: [],
			refs: {offset: [0], length: [1048576]}}]} |
		.key = {offset: {t: (range(64) * 16384)}, vars: ["v"]}' >regions
	pgf-write want regions >receipts
}

@test "what has a receipt outlives the machine" {
	many_regions
	write=(sh -c 'exec pgf-write store regions >some')
	recorded "${write[@]}"
	whole=$(wc -l <cut/log)
	diff_text 64 "$(wc -l <some)"
	for ((n = 3; n <= 10; n++)); do
		rm -rf store
		dies_at "$n" "${write[@]}"
		python3 "$PGF_ROOT/tests/fault/powercut.py" cut "$n" store
		while read -r name; do
			cmp "store/$name" "want/$name"
		done < <(jq -r '.objects[].name' some)
	done
	[ -s some ]
}
