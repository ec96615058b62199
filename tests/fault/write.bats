#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# pgf-write on full disks and read-only folders, with readers that go away, and
# killed at any moment.

load ../bats/common
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	head -c 4194304 /dev/urandom >source
	# 32 regions of 2 chunks of 64 KiB
	jq -nc '{array: {zarr_format: 3, node_type: "array", shape: [4194304],
			data_type: "uint8", fill_value: 0,
			chunk_grid: {name: "regular",
				configuration: {chunk_shape: [65536]}},
			chunk_key_encoding: {name: "default",
				configuration: {separator: "/"}},
			codecs: [{name: "bytes"}, {name: "gzip",
				configuration: {level: 1}}],
			attributes: {}, dimension_names: ["t"]},
		size: {t: 131072},
		from: [{path: "source", size: 4194304, var: "v",
			offset: {t: 0}, shape: [4194304], dtype: "uint8",
			endian: "little", chunk_shape: [4194304], codecs: [],
			refs: {offset: [0], length: [4194304]}}]} |
		.key = {offset: {t: (range(32) * 131072)}, vars: ["v"]}' >regions
}

teardown() { umount full 2>/dev/null || :; }

# temporaries FOLDER: what must not be left by a run that ends by itself.
temporaries() { find "$1" -name '.pgf-*'; }

@test "says that the disk is full and leaves no temporary" {
	mkdir full
	mount -t tmpfs -o size=1m tmpfs full 2>/dev/null || skip "needs mount"
	run -1 --separate-stderr pgf-write full/store regions
	one_line "$stderr"
	contains "$stderr" "cannot write: No space left on device"
	diff_text '' "$(temporaries full)"
	# what has a receipt is there
	jq -r '.objects[] | "\(.size) \(.name)"' <<<"$output" >want
	[ -s want ]
	(cd full/store && xargs -n2 sh -c 'stat -c "%s %n" "$2"' sh <../../want) >got
	diff want got
}

@test "says that a file got too large and leaves no temporary" {
	run -1 --separate-stderr bash -c \
		'trap "" XFSZ; ulimit -f 32; exec pgf-write store regions'
	one_line "$stderr"
	contains "$stderr" "store/v/c/0': cannot write: File too large"
	diff_text '' "$output"
	diff_text '' "$(temporaries store)"
}

@test "says that it must not write" {
	[ "$(id -u)" != 0 ] || {
		mkdir full
		mount -t tmpfs -o ro tmpfs full 2>/dev/null || skip "needs mount"
	}
	[ -d full ] || mkdir -m 555 full
	run -1 --separate-stderr pgf-write full/store regions
	one_line "$stderr"
	starts_with "$stderr" "pgf-write: regions:1: key t=0: array 'v': cannot make folder 'full/store'"
	diff_text '' "$output"
}

@test "says that the store is a file" {
	touch store
	run -1 --separate-stderr pgf-write store regions
	one_line "$stderr"
	contains "$stderr" "'store"
	diff_text '' "$output"
}

@test "leaves no temporary when its reader goes away" {
	pgf-write store regions 2>errors | head -n 1 >first
	[ ! -s errors ]
	[ -s first ]
	diff_text '' "$(temporaries store)"
}

@test "killed at any moment and run again, gives the same bytes" {
	pgf-write want regions >receipts
	for n in 1 2 3 4 5 6 7 8 9 10 11 12; do
		pgf-write store regions >some &
		pid=$!
		sleep "0.0$((n * 7 % 10))$n"
		kill -9 "$pid" 2>/dev/null || :
		wait "$pid" 2>/dev/null || :
		# an object is whole or not there
		while read -r file; do
			cmp "$file" "want/${file#store/}"
		done < <(find store -type f ! -name '.pgf-*' 2>/dev/null)
	done
	pgf-write store regions >again
	# what it took is another matter
	diff <(jq -c 'del(.seconds, .rss)' receipts) \
		<(jq -c 'del(.seconds, .rss)' again)
	find store -name '.pgf-*' -delete
	diff -r want store
}

# maps: a region of 16 maps of 1 MB, a source chunk each, that becomes 16 chunks.
maps() {
	python3 "$PGF_ROOT/tests/fixtures/wide.py" 16 1024 >open.ndjson
	pgf-schema -q open.ndjson >schema.json
	printf '%s\n' 'name: wide' 'target: {chunks: {time: 16, y: 256, x: 256}}' \
		>r.yaml
	pgf-plan -r r.yaml --schema schema.json open.ndjson >regions
}

# share N: a pipe as GNU make hands it down, with N jobs in it. free N prints how many
# there are, once there are N.
share() {
	mkfifo jobs.pipe
	exec 9<>jobs.pipe
	printf '%.*s' "$1" ++++++++ >&9
	export MAKEFLAGS=" -j --jobserver-auth=fifo:$PWD/jobs.pipe"
}
free() {
	local these='' more=''
	read -r -N "$1" -t 120 these <&9 || :
	read -r -N 1 -t 0.1 more <&9 || :
	printf '%s' "$these$more" >&9
	these+=$more
	echo "${#these}"
}

# hands PID: its threads but the first and the one that writes.
hands() { echo $(($(awk '/^Threads/ { print $2 }' "/proc/$1/status") - 2)); }

@test "works with the jobs that a make has free, and gives them back" {
	maps
	pgf-write want regions >/dev/null
	share 3
	pgf-write store regions 9>&- >/dev/null
	diff_text 3 "$(free 3)"
	diff -r want store
	printf 'no zlib' | dd of=day3 conv=notrunc status=none
	run -65 pgf-write other regions 9>&-
	contains "$output" "array 'v'"
	diff_text 3 "$(free 3)"
}

# stopped SIGNAL LOOKS: a run of several hands is ended after so many looks at how many
# there are; the most that were seen are in most.
stopped() {
	local pid now
	rm -rf store
	pgf-write --jobs 4 store many 9>&- >/dev/null &
	pid=$!
	for _ in $(seq "$2"); do
		sleep 0.01
		now=$(hands "$pid" 2>/dev/null)
		((now <= most)) || most=$now
	done
	kill -"$1" "$pid" 2>/dev/null || :
	wait "$pid" 2>/dev/null || :
	[ ! -e "/proc/$pid" ] || return
	diff_text 3 "$(free 3)" || return
	while read -r file; do
		cmp "$file" "want/${file#store/}" || return
	done < <(find store -type f ! -name '.pgf-*' 2>/dev/null)
}

@test "stopped at any moment, several hands leave nothing behind but whole objects" {
	local signal n most=0
	maps
	for n in 1 2 3 4 5 6; do jq -c . regions; done >many
	pgf-write want regions >/dev/null
	share 3
	for signal in TERM HUP; do
		for n in 1 4 9; do
			stopped "$signal" "$n"
		done
	done
	# Where none was seen at work, it looks longer.
	while ((most <= 0)); do
		stopped TERM 100
	done
	echo "$most hands"
}

@test "several hands tell the same failure as one" {
	local n
	maps
	for n in 5 6 11; do
		printf 'no zlib' | dd of="day$n" conv=notrunc status=none
	done
	run -65 --separate-stderr pgf-write --jobs 1 store regions
	one_line "$stderr"
	contains "$stderr" "day5'"
	want=$stderr
	for n in 1 2 3 4 5 6 7 8; do
		run -65 --separate-stderr pgf-write --jobs 4 store regions
		diff_text '' "$output"
		diff_text "$want" "$stderr"
		diff_text '' "$(temporaries .)"
	done
}
