#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A bake that is killed, in part or as a whole, at any moment, and run again
# makes the store of one that was left alone, byte for byte.

load ../bats/common
load ../bats/bake

setup() { cd "$BATS_TEST_TMPDIR" || return; }

# One bake in a process group of its own, so that its processes can be told.
start() {
	setsid pgf bake -q -j2 --store "$1" --work "$1.work" r.yaml \
		>/dev/null 2>&1 3>&- &
	bake=$!
}

# A bake whose tasks outlive it is waited for as the message says.
finish() {
	local code=75 try
	for ((try = 0; try < 600 && code == 75; try++)); do
		code=0
		pgf bake -q -j2 --store "$1" --work "$1.work" r.yaml \
			2>last || code=$?
		[ $code != 75 ] || sleep 0.05
	done
	[ $code = 0 ] || cat last
	return $code
}

# The processes of the group: the bake, make, tasks.
members() { pgrep -g "$bake" || :; }

# victim WHAT: print the processes to kill: all, one of them, or one task.
victim() {
	local all=()
	mapfile -t all < <(members)
	[ ${#all[@]} -gt 0 ] || return 0
	case $1 in
	all) printf '%s\n' "${all[@]}" ;;
	one) printf '%s\n' "${all[RANDOM % ${#all[@]}]}" ;;
	task) printf '%s\n' "${all[-1]}" ;;
	esac
}

# killed_at PART: kill when PART thousandths of a bake's time have passed.
killed_at() {
	local what=$2 store=k.zarr
	killed=()
	rm -rf "$store" "$store.work"
	start "$store"
	sleep "$(awk -v t="$whole" -v p="$1" 'BEGIN { printf "%.3f", t * p / 1000 }')"
	mapfile -t killed < <(victim "$what")
	[ ${#killed[@]} = 0 ] || kill -9 "${killed[@]}" 2>/dev/null || :
	wait "$bake" 2>/dev/null || :
	if [ -e "$store/zarr.json" ]; then
		# What can be seen is whole.
		diff -r whole.zarr "$store" >/dev/null ||
			unfinished+=("$1 $what")
	fi
	finish "$store"
	same_as_whole "$store"
}

# but_of TASKS: the lines of told but for those of these tasks.
but_of() { grep -vFf <(awk '{ print "\"task\":\"" $0 "\"," }' <<<"$1"); }

# same_as_whole STORE: it is the store of a bake that was left alone, and so is all
# that the two know: what the files are and say, what is written from which, what
# each task did, what was written for which region.
same_as_whole() {
	local store=$1 part silent
	diff -r whole.zarr "$store"
	diff_text '' "$(find "$store" "$store.work" -name '.pgf-*')"
	for part in f o s r schema.json; do
		diff -r -x '*.ok' "whole.zarr.work/toy/$part" "$store.work/toy/$part"
	done
	diff <(jq -r '.task // empty' whole.zarr.work/toy/ledger.ndjson | sort -u) \
		<(jq -r '.task // empty' "$store.work/toy/ledger.ndjson" | sort -u)
	# Four tasks a file and three of all, five receipts, the store.
	diff_text 41 "$(told whole.zarr.work/toy | wc -l)"
	silent=$(killed_tasks "$store.work/toy" "${killed[@]}")
	diff <(told whole.zarr.work/toy | but_of "$silent") \
		<(told "$store.work/toy" | uniq | but_of "$silent")
	# No task that had ended well was run again; one that was killed after its last
	# word had not.
	diff_text '' "$(jq -r --argjson killed "[$(tr ' ' , <<<"${killed[*]}")]" \
		'select(.task and .exit == 0 and (.pid | IN($killed[]) | not)).task' \
		"$store.work/toy/ledger.ndjson" | sort | uniq -d)"
}

@test "kills at random moments leave no trace" {
	RANDOM=${PGF_FAULT_SEED:-$$}
	echo "# PGF_FAULT_SEED=${PGF_FAULT_SEED:-$$}"
	unfinished=()
	archive 8
	begin=$(date +%s%N)
	fresh_store whole.zarr
	whole=$(awk -v ns=$(($(date +%s%N) - begin)) 'BEGIN { print ns / 1e9 }')
	for ((i = 0; i < ${PGF_FAULT_POINTS:-30}; i++)); do
		kinds=(all one task)
		killed_at $((RANDOM % 1100)) "${kinds[i % 3]}"
	done
	diff_text '' "${unfinished[*]}"
}

@test "kills one after the other do not add up" {
	archive 8
	begin=$(date +%s%N)
	fresh_store whole.zarr
	whole=$(awk -v ns=$(($(date +%s%N) - begin)) 'BEGIN { print ns / 1e9 }')
	killed=()
	for ((i = 1; i <= 6; i++)); do
		start k.zarr
		sleep "$(awk -v t="$whole" 'BEGIN { printf "%.3f", t / 5 }')"
		mapfile -t pids < <(victim all)
		killed+=("${pids[@]}")
		[ ${#pids[@]} = 0 ] || kill -9 "${pids[@]}" 2>/dev/null || :
		wait "$bake" 2>/dev/null || :
	done
	finish k.zarr
	same_as_whole k.zarr
}

@test "work that was done is not done again" {
	archive 4
	pgf-make --store s.zarr --work w r.yaml >r.mk
	make -s -f r.mk schema
	before=$(find w/toy/f w/toy/o -type f -printf '%p %T@\n' | sort)
	pgf bake -q --store s.zarr --work w r.yaml
	diff_text "$before" "$(find w/toy/f w/toy/o -type f -printf '%p %T@\n' | sort)"
}

@test "a growing store shows its old extent until the new one is whole" {
	archive 4
	pgf bake -q --store s.zarr --work s.zarr.work r.yaml
	cp s.zarr/zarr.json old.json
	source_file src/004.nc 4
	pgf-make --store s.zarr --work s.zarr.work r.yaml >r.mk
	make -s -f r.mk write
	diff old.json s.zarr/zarr.json
	[ -e s.zarr/sst/c/3/0/0 ]
	make -s -f r.mk
	run -1 diff -q old.json s.zarr/zarr.json
}

@test "a stopped bake ends its tasks and says nothing" {
	archive 8
	mkdir bin
	cp "$PGF_BUILD"/bin/* bin
	printf '#!/bin/sh\n: >"%s/held"\nexec sleep 3600\n' "$PWD" >bin/pgf-write
	PATH=$PWD/bin:$PATH start k.zarr
	await test -e held
	kill -TERM "$bake"
	code=0
	wait "$bake" || code=$?
	diff_text 143 "$code"
	diff_text '' "$(members)"
	finish k.zarr
	fresh_store whole.zarr
	diff -r whole.zarr k.zarr
}

# ended_by SIGNAL CODE COMMAND...: run in a session of its own until pgf-fetch is at
# it; the signal to the one process ends all of them, and it by the signal.
ended_by() {
	local signal=$1 code=$2 got=0
	shift 2
	setsid env --default-signal "$@" >/dev/null 2>&1 3>&- &
	bake=$!
	until pgrep -s "$bake" pgf-fetch >/dev/null; do sleep 0.02; done
	sleep 0.1
	kill "-$signal" "$bake"
	wait "$bake" || got=$?
	diff_text "$code" "$got"
	diff_text '' "$(pgrep -s "$bake")"
}

@test "a bake or update that is told to stop leaves nothing running" {
	archive 2
	mute
	sed "s|glob: .*.nc\"|files: [\"$MUTE_URL/a.nc\"]|" \
		r.yaml >far.yaml
	ended_by TERM 143 pgf bake far.yaml
	ended_by INT 130 pgf bake far.yaml
	ended_by HUP 129 pgf bake far.yaml
	# The question of an update, of which make knows nothing.
	pgf bake -q r.yaml
	jq -c --arg url "$MUTE_URL/a.nc" '.url = $url |
		.file.sha256 = "0"' .pgf/toy/f/00000 >known
	sed -i "s|glob: .*.nc\"|files: [\"$MUTE_URL/a.nc\"]|" r.yaml
	pgf-make r.yaml >/dev/null
	cp known .pgf/toy/f/00000
	ended_by TERM 143 pgf update r.yaml
	ended_by INT 130 pgf update r.yaml
}

@test "a bake whose signal is ignored is not told by it" {
	archive 2
	mute
	sed -i "s|glob: .*.nc\"|files: [\"$MUTE_URL/a.nc\"]|" r.yaml
	setsid env --ignore-signal=HUP pgf bake r.yaml >/dev/null 2>&1 3>&- &
	bake=$!
	until pgrep -s "$bake" pgf-fetch >/dev/null; do sleep 0.02; done
	kill -HUP "$bake"
	sleep 0.3
	kill -0 "$bake"
	kill -TERM "$bake"
	wait "$bake" || :
}

@test "a full disk in the work folder is one line, and no store" {
	[ "$(id -u)" = 0 ] || skip 'mounting a small file system needs root'
	mkdir small
	mount -t tmpfs -o size=64k,nr_inodes=64 none small ||
		skip 'cannot mount a tmpfs here'
	archive 4
	run --separate-stderr pgf bake --work small/w r.yaml
	umount small
	diff_text 1 "$status"
	one_line "$stderr"
	contains "$stderr" 'No space left'
	[ ! -e toy.zarr/zarr.json ]
}
