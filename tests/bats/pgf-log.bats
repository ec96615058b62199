#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# pgf-log, and the ledger that it reads.

load common
load bake
load engines

setup() { cd "$BATS_TEST_TMPDIR" || return; }

@test "prints help" { case_help pgf-log; }

@test "refuses misuse" {
	case_misuse pgf-log
	run -2 --separate-stderr pgf-log
	contains "$stderr" 'a work folder is wanted'
}

@test "a folder without a ledger is refused" {
	run -65 --separate-stderr pgf-log .
	diff_text '' "$output"
	one_line "$stderr"
	contains "$stderr" "there is no './ledger.ndjson'"
}

@test "a line for each task, between those of the runs" {
	archive 1
	pgf bake -q r.yaml
	pgf bake -q r.yaml
	run -0 --separate-stderr pgf log .pgf/toy
	diff_text '' "$stderr"
	diff_text 'bake begins
fetch f/00000
open o/00000
facts s/00000
schema schema.json
plan plan.ok
write w/00000
seal seal.json
bake ends,
bake begins
bake ends,' "$(awk '{ print $2, $3 }' <<<"$output")"
	diff_text "$(cat .pgf/toy/ledger.ndjson)" "$(pgf log --json .pgf/toy)"
	diff_text 'o/00000 w/00000' "$(pgf log .pgf/toy w/00000 o/00000 |
		awk '{ print $3 }' | paste -sd' ')"
	run -65 --separate-stderr pgf log .pgf/toy w/00000 w/99999
	one_line "$stderr"
	contains "$stderr" "no task 'w/99999' has begun there"
	contains "$output" 'w/00000'
}

@test "the ledger has every task, whole, at any number of jobs" {
	archive 20
	sed -i "s/^target/run: {batch: 1}\ntarget/" r.yaml
	pgf bake -q -j8 r.yaml
	# Each line is JSON and less than PIPE_BUF bytes.
	run -0 jq -c 'select(.end and .task) | [.program, .stage, .exit]' .pgf/toy/ledger.ndjson
	diff_text '20 ["pgf-fetch","fetch",0]
20 ["pgf-open","open",0]
1 ["pgf-plan","plan",0]
20 ["pgf-schema","facts",0]
1 ["pgf-schema","schema",0]
1 ["pgf-seal","seal",0]
20 ["pgf-write","write",0]' "$(sort <<<"$output" | uniq -c | sed 's/^ *//')"
	run -1 grep -E '.{4096}' .pgf/toy/ledger.ndjson
	jq -se 'map(select(.end and .task)) | all(.seconds >= 0 and .rss > 1e6 and
		.start < .end)' .pgf/toy/ledger.ndjson
	diff_text "$(find toy.zarr -path '*/c*' -type f -printf '%s\n' |
		awk '{ n++; s += $1 } END { print n, s }')" \
		"$(jq -rs 'map(select(.program == "pgf-write" and .end)) |
			"\(map(.objects) | add) \(map(.out) | add)"' .pgf/toy/ledger.ndjson)"
}

@test "a ledger that is damaged, or not to be written, is no failure" {
	archive 2
	pgf bake -q r.yaml
	printf 'half a li' >>.pgf/toy/ledger.ndjson
	printf '\0\n[1]\n{"task":7,"end":[]}\n{"run":{}}\n' >>.pgf/toy/ledger.ndjson
	source_file src/002.nc 2
	run -0 --separate-stderr pgf bake -q r.yaml
	diff_text '' "$stderr"
	run -0 pgf status .pgf/toy
	run -0 pgf log .pgf/toy
	run -0 --separate-stderr pgf-expand --ledger /nowhere/at/all -o items r.yaml
	diff_text '' "$stderr"
	[ -s items ]
}

@test "what a message says that is no text leaves the ledger readable" {
	echo '{"run":"x"}' >ledger
	bad=$'\377\001"\\'
	run -65 pgf-open --ledger ledger -o out "$bad"
	diff_text '65' "$(jq -s '.[-1].exit' ledger)"
	diff_text '3' "$(wc -l <ledger)"
}

@test "every engine keeps the ledger: each task once, with all it tells" {
	archive 3
	for engine in make8 ninja parallel; do
		"engine_$engine" "$engine.zarr" >/dev/null
		jq -r 'select(.end).task' "$engine.zarr.work/toy/ledger.ndjson" |
			sort >"$engine.tasks"
		jq -se 'map(select(.end)) | length == 15 and all(.start <= .end
			and .exit == 0 and .rss > 1e6 and .in >= 0 and .out >= 0)' \
			"$engine.zarr.work/toy/ledger.ndjson"
	done
	diff_text 15 "$(uniq <make8.tasks | wc -l)"
	diff make8.tasks ninja.tasks
	diff make8.tasks parallel.tasks
	# Also of what failed, and why.
	echo 'no netcdf' >src/001.nc
	run -1 engine_ninja ninja.zarr
	contains "$(pgf log ninja.zarr.work o/00001)" 'exit 65  '
}

@test "make alone keeps the ledger, too" {
	archive 2
	pgf-make r.yaml >r.mk
	pgf bake -q r.yaml
	source_file src/002.nc 2
	pgf-make r.yaml >r.mk
	make -s -f r.mk
	contains "$(pgf log .pgf/toy o/00002)" 'exit 0'
}
