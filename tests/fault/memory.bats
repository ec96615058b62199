#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What run.memory, pgf-write --memory and pgf-schema promise: the peak that was
# measured lies below, source chunks are decoded as few times as that allows, and the
# bytes are the same.

load ../bats/common
bats_require_minimum_version 1.5.0

setup() { cd "$BATS_TEST_TMPDIR" || return; }

wide() { python3 "$PGF_ROOT/tests/fixtures/wide.py" "$@"; }

# maps DAYS LENGTH [ENCODED]: records, schema, and a recipe whose chunks are all
# days of an eighth by an eighth of the map.
maps() {
	wide "$@" >open.ndjson
	pgf-schema -q open.ndjson >schema.json
	printf '%s\n' 'name: wide' \
		"target: {chunks: {time: $1, y: $(($2 / 8)), x: $(($2 / 8))}}" \
		>r.yaml
}

# plan_for MEMORY
plan_for() {
	{ cat r.yaml; echo "run: {memory: $1}"; } >limited.yaml
	pgf-plan -r limited.yaml --schema schema.json open.ndjson
}

# write_within MEMORY STORE [OPTION...]: what has been planned for, in one process;
# sets used, and decoded: how often all sources were read.
write_within() {
	wide --peak pgf-write --memory "$1" "${@:3}" -o receipts "$2" \
		<regions 2>peak
	used=$(tail -n 1 peak)
	decoded=$(($(jq -s 'map(.bytes_in) | add' receipts) /
		$(jq -s 'map(.file.size) | add' open.ndjson)))
}

@test "a source chunk is decoded once if that fits, else as seldom as can be" {
	local memory
	maps 48 1024 # 100 MB
	for memory in 160MB:1 90MB:2 60MB:3 50MB:4; do
		plan_for "${memory%:*}" >regions
		write_within "${memory%:*}" "${memory%:*}.zarr"
		echo "$memory: used $used, decoded $decoded"
		((used <= ${memory%MB:*} * 1000000))
		[ "$decoded" = "${memory#*:}" ]
		diff -r 160MB.zarr "${memory%:*}.zarr"
	done
	# The bound is no idle one: the region alone is 100 MB.
	plan_for 160MB >regions
	write_within 160MB again.zarr
	((used >= 100000000))
}

@test "so do several hands, and give the same bytes" {
	local memory jobs
	maps 48 1024
	plan_for 160MB >regions
	write_within 160MB 1.zarr --jobs 1
	cp receipts one
	# As many as there is memory for: several, two, none beside the first.
	for memory in 160MB 130MB 126MB; do
		for jobs in 2 16; do
			write_within "$memory" "$memory-$jobs.zarr" --jobs "$jobs"
			echo "$memory, $jobs hands: used $used"
			((used <= ${memory%MB} * 1000000))
			[ "$decoded" = 1 ]
			diff -r 1.zarr "$memory-$jobs.zarr"
			diff <(jq -c 'del(.seconds, .rss)' one) \
				<(jq -c 'del(.seconds, .rss)' receipts)
		done
	done
}

@test "conversion stays below it, too" {
	maps 24 1024 encoded # 50 MB, 100 MB as reals
	plan_for 60MB >regions
	jq -e '.encoding' regions >/dev/null
	write_within 60MB store.zarr
	echo "used $used"
	((used <= 60000000))
	plan_for 200MB >regions
	write_within 200MB all.zarr
	((used <= 200000000))
	diff -r all.zarr store.zarr
	write_within 200MB hands.zarr --jobs 4
	((used <= 200000000))
	diff -r all.zarr hands.zarr
}

@test "a chunk that does not fit is refused when it is planned" {
	maps 24 1024
	run -65 --separate-stderr plan_for 14MB
	diff_text '' "$output"
	one_line "$stderr"
	contains "$stderr" "variable 'v': one chunk needs"
	contains "$stderr" "MB for a source chunk"
	contains "$stderr" "'run.memory' is 14.0 MB: set it to that"
}

@test "a region that does not fit is refused before it is read" {
	maps 24 1024
	plan_for 200MB >regions
	run -65 --separate-stderr pgf-write --memory 40MB store regions
	diff_text '' "$output"
	one_line "$stderr"
	contains "$stderr" "regions:1:"
	contains "$stderr" "the region needs"
	[ ! -e store ]
}

@test "what is no size is misuse" {
	run -2 --separate-stderr pgf-write --memory much store
	contains "$stderr" "--memory must be a size such as '1GB', not 'much'"
	maps 1 8
	run -65 --separate-stderr plan_for much
	contains "$stderr" "limited.yaml:3: 'run.memory' must be a size"
}

@test "what files say takes memory as they differ, not as they are many" {
	local n
	for n in 3000 30000; do
		python3 "$PGF_ROOT/tests/fixtures/alike.py" "$n" shuffled |
			wide --peak pgf-schema -q -o "$n.json" 2>peak
		used=$(tail -n 1 peak)
		echo "$n files: $used"
		((used <= 48000000))
	done
	python3 "$PGF_ROOT/tests/fixtures/alike.py" 30000 | pgf-schema -q -o ordered.json
	cmp ordered.json 30000.json
	diff_text '[[30000,1]]' "$(jq -c .layout.concat.time ordered.json)"
	((($(stat -c %s ordered.json)) <= 20000))
}
