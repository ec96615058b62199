#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# pgf-status and pgf-log: a bake, seen from outside, and the ledger they read.

load common
load bake

setup() { cd "$BATS_TEST_TMPDIR" || return; }

@test "print help" {
	case_help pgf-status
	case_help pgf-log
}

@test "refuse misuse" {
	case_misuse pgf-status
	case_misuse pgf-log
	run -2 --separate-stderr pgf-status
	contains "$stderr" 'one work folder is wanted'
	run -2 --separate-stderr pgf-log
	contains "$stderr" 'a work folder is wanted'
}

@test "what is no work folder is refused" {
	mkdir empty
	run -65 --separate-stderr pgf-status empty
	one_line "$stderr"
	contains "$stderr" "'empty' is no work folder"
	run -65 --separate-stderr pgf-log empty
	one_line "$stderr"
	contains "$stderr" "there is no 'empty/ledger.ndjson'"
}

# done_of: "fetch 2/3, .." of the status.
done_of() {
	pgf status --json .pgf/toy | jq -r '[.stages | to_entries[] |
		"\(.key) \(.value.done)/\(.value.total)"] | join(", ")'
}

@test "before, during and after a bake" {
	archive 3
	pgf-make r.yaml >/dev/null
	diff_text 'fetch 0/3, open 0/3, schema 0/4, plan 0/1, write 0/3, seal 0/1' "$(done_of)"
	diff_text idle "$(pgf status --json .pgf/toy | jq -r .state)"
	make -s -C .pgf/toy -f recipe.mk open
	diff_text 'fetch 3/3, open 3/3, schema 0/4, plan 0/1, write 0/3, seal 0/1' "$(done_of)"
	pgf bake -q r.yaml
	diff_text 'fetch 3/3, open 3/3, schema 4/4, plan 1/1, write 3/3, seal 1/1' "$(done_of)"
	run -0 --separate-stderr pgf status .pgf/toy
	diff_text '' "$stderr"
	starts_with "$output" '.pgf/toy: ended, bake by process '
	contains "$output" ', exit 0'
}

@test "a task that runs is seen, with the process that has started it" {
	archive 1
	# A server that never answers keeps the bake busy.
	python3 -uc 'import socket, time
s = socket.create_server(("127.0.0.1", 0))
print(s.getsockname()[1])
time.sleep(60)' >port 3>&- &
	SERVE_PIDS+=("$!")
	until [ -s port ]; do sleep 0.05; done
	cat >r.yaml <<-YAML
	name: toy
	pattern: {files: ["http://127.0.0.1:$(cat port)/a.nc"], dims: [{concat: time}]}
	target: {store: toy.zarr}
	YAML
	pgf bake -q r.yaml 2>/dev/null 3>&- &
	first=$!
	until grep -qs f/00000 .pgf/toy/ledger.ndjson; do sleep 0.05; done
	run -0 --separate-stderr pgf status --json .pgf/toy
	diff_text "[\"running\",$first,1]" \
		"$(jq -c '[.state, .pid, .stages.fetch.running]' <<<"$output")"
	contains "$(pgf log .pgf/toy)" 'f/00000      runs'
	# Of what was killed neither says that it runs.
	task=$(jq -s 'map(select(.task))[0].pid' .pgf/toy/ledger.ndjson)
	kill -9 "$first" "$task"
	wait "$first" || :
	while [ -e "/proc/$task/exe" ]; do sleep 0.05; done
	run -0 --separate-stderr pgf status --json .pgf/toy
	diff_text '["interrupted",0,1]' "$(jq -c \
		'[.state, .stages.fetch.running, .stages.fetch.failed]' <<<"$output")"
	contains "$(pgf status .pgf/toy)" 'f/00000: pgf-fetch: was killed'
	contains "$(pgf log .pgf/toy)" 'f/00000      was killed'
}

@test "a failure is listed with its cause, until the task succeeds" {
	archive 3
	echo 'no netcdf' >src/001.nc
	run -65 --separate-stderr pgf bake -q r.yaml
	cause=${stderr%%$'\n'*}
	run -0 --separate-stderr pgf status .pgf/toy
	contains "$output" "o/00001: $cause"
	diff_text '[["o/00001",65]]' "$(pgf status --json .pgf/toy |
		jq -c '.failures | map([.task, .exit])')"
	contains "$(pgf log .pgf/toy o/00001)" "exit 65  ${cause#pgf-open: }"
	source_file src/001.nc 1
	pgf bake -q r.yaml
	diff_text '[]' "$(pgf status --json .pgf/toy | jq -c .failures)"
	one_line "$(pgf log .pgf/toy o/00001 | grep 'exit 65')"
	one_line "$(pgf log .pgf/toy o/00001 | grep 'exit 0')"
}

@test "the ledger has every task, whole, at any number of jobs" {
	archive 20
	sed -i "s/^target/run: {batch: 1}\ntarget/" r.yaml
	pgf bake -q -j8 r.yaml
	# Each line is JSON and less than PIPE_BUF bytes.
	run -0 jq -c 'select(.end and .task) | [.program, .exit]' .pgf/toy/ledger.ndjson
	diff_text '20 ["pgf-fetch",0]
20 ["pgf-open",0]
1 ["pgf-plan",0]
21 ["pgf-schema",0]
1 ["pgf-seal",0]
20 ["pgf-write",0]' "$(sort <<<"$output" | uniq -c | sed 's/^ *//')"
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
	run -0 --separate-stderr env PGF_LEDGER=/nowhere/at/all pgf-expand -o items r.yaml
	diff_text '' "$stderr"
	[ -s items ]
}

@test "what a message says that is no text leaves the ledger readable" {
	echo '{"run":"x"}' >ledger
	bad=$'\377\001"\\'
	run -65 env PGF_LEDGER=ledger pgf-open -o out "$bad"
	diff_text '65' "$(jq -s '.[-1].exit' ledger)"
	diff_text '3' "$(wc -l <ledger)"
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
