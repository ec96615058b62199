#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# pgf-status: a bake, seen from outside.

load common
load bake

setup() { cd "$BATS_TEST_TMPDIR" || return; }

@test "prints help" { case_help pgf-status; }

@test "refuses misuse" {
	case_misuse pgf-status
	run -2 --separate-stderr pgf-status
	contains "$stderr" 'one work folder is wanted'
}

@test "what is no work folder is refused" {
	mkdir empty
	run -65 --separate-stderr pgf-status empty
	one_line "$stderr"
	contains "$stderr" "'empty' is no work folder"
}

# done_of: "fetch 2/3, .." of the status.
done_of() {
	pgf status --json .pgf/toy | jq -r '[.stages | to_entries[] |
		"\(.key) \(.value.done)/\(.value.total)"] | join(", ")'
}

@test "before, during and after a bake" {
	archive 3
	pgf-make r.yaml >/dev/null
	diff_text 'fetch 0/3, open 0/3, facts 0/3, schema 0/1, plan 0/1, write 0/3, seal 0/1' "$(done_of)"
	diff_text idle "$(pgf status --json .pgf/toy | jq -r .state)"
	make -s -C .pgf/toy -f recipe.mk open
	diff_text 'fetch 3/3, open 3/3, facts 0/3, schema 0/1, plan 0/1, write 0/3, seal 0/1' "$(done_of)"
	pgf bake -q r.yaml
	diff_text 'fetch 3/3, open 3/3, facts 3/3, schema 1/1, plan 1/1, write 3/3, seal 1/1' "$(done_of)"
	run -0 --separate-stderr pgf status .pgf/toy
	diff_text '' "$stderr"
	starts_with "$output" '.pgf/toy: ended, bake by process '
	contains "$output" ', exit 0'
}

@test "a task that runs is seen, with the process that has started it" {
	archive 1
	# A server that never answers keeps the bake busy.
	mute
	cat >r.yaml <<-YAML
	name: toy
	pattern: {files: ["$MUTE_URL/a.nc"], dims: [{concat: time}]}
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
