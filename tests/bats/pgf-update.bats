#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# pgf-update: a bake for cron, which asks the servers and says little.

load common
load bake

setup() { cd "$BATS_TEST_TMPDIR" || return; }

@test "prints help" { case_help pgf-update; }

@test "refuses misuse" {
	case_misuse pgf-update
	run -2 --separate-stderr pgf-update
	contains "$stderr" 'one recipe is wanted'
}

# served N: an archive of N files behind a server, and a recipe for it.
served() {
	archive "$1"
	serve "$PWD/src"
	printf '%s\n' 'name: toy' 'title: A toy' "pattern: {url: \"$SERVE_URL/{time}.nc\", \
dims: [{concat: time, values: [$(names "$1")]}]}" \
		'target: {store: toy.zarr, chunks: {time: 3}}' >r.yaml
}
names() { seq -f '"%03g"' -s ', ' 0 "$(($1 - 1))"; }

# gets: how often the server has answered 200, and 304.
gets() { awk -F'" ' '{ n[$2 + 0]++ } END { print n[200] + 0, n[304] + 0 }' <(grep GET "$SERVE_LOG"); }

# update_ran EXPECTED: an update succeeds and runs just these tasks of make.
update_ran() {
	run -0 --separate-stderr pgf update -v r.yaml
	diff_text "$1" "$(tasks_of "$stderr")"
}

@test "one line of what is new, then silence" {
	archive 3
	run -0 --separate-stderr pgf update r.yaml
	diff_text '' "$stderr"
	one_line "$output"
	starts_with "$output" 'toy: files 3 new, 0 changed, 0 gone; 6 chunks written, '
	contains "$output" " s: $PWD/toy.zarr"
	run -0 --separate-stderr pgf update r.yaml
	diff_text '' "$output$stderr"
	fresh_store fresh.zarr
	diff -r fresh.zarr toy.zarr
}

@test "files that are new, changed and gone are counted" {
	archive 4
	pgf update -q r.yaml
	source_file src/004.nc 4
	source_file src/002.nc 2 777
	rm src/000.nc
	run -0 --separate-stderr pgf update r.yaml
	starts_with "$output" 'toy: files 1 new, 1 changed, 1 gone; '
	fresh_store fresh.zarr
	diff -r fresh.zarr toy.zarr
}

@test "only chunks that have other bytes count as written" {
	archive 4
	pgf update -q r.yaml
	# Days 8 and 9: in the third chunk, half full so far, of time and sst.
	source_file src/004.nc 4
	run -0 --separate-stderr pgf update --json r.yaml
	diff_text '{"new":1,"changed":0,"gone":0}' "$(jq -c .files <<<"$output")"
	[ "$(jq .chunks.written <<<"$output")" = \
		"$(find toy.zarr -path '*/c/*' -type f -newer .pgf/toy/k/00004 | wc -l)" ]
	[ "$(jq .chunks.bytes <<<"$output")" -gt 0 ]
	diff_text true "$(jq .sealed <<<"$output")"
	run -0 --separate-stderr pgf update --json r.yaml
	diff_text '[0,false,0]' "$(jq -c '[.tasks, .sealed, .chunks.written]' <<<"$output")"
}

@test "what the server has not replaced is asked for and nothing else" {
	served 3
	pgf update -q r.yaml
	diff_text '3 0' "$(gets)"
	update_ran none
	diff_text '' "$output"
	diff_text '3 3' "$(gets)"
	# A bake asks nobody.
	bake_ran none
	diff_text '3 3' "$(gets)"
}

@test "a file that the server has replaced is fetched, read and written again" {
	WIDE=yes served 4
	pgf update -q r.yaml
	WIDE=yes source_file src/003.nc 3 4711
	touch -d '+1 hour' src/003.nc
	run -0 --separate-stderr pgf update r.yaml
	starts_with "$output" 'toy: files 0 new, 1 changed, 0 gone; '
	diff_text '5 3' "$(gets)"
	fresh_store fresh.zarr
	diff -r fresh.zarr toy.zarr
	update_ran none
}

@test "the batch of a replaced file and its regions run, no other" {
	WIDE=yes served 4
	pgf update -q r.yaml
	WIDE=yes source_file src/003.nc 3 4711
	touch -d '+1 hour' src/003.nc
	update_ran 'fetch 1, open 1, facts 1, plan 1, write 1, seal 1'
}

@test "the same bytes under another date change nothing" {
	served 2
	pgf update -q r.yaml
	touch -d '+1 hour' src/000.nc
	update_ran none
	diff_text '' "$output"
	diff_text '3 1' "$(gets)"
	update_ran none
	diff_text '3 3' "$(gets)"
}

@test "a server that is away changes nothing and is 75" {
	served 2
	pgf update -q r.yaml
	cp -r toy.zarr kept
	serve_stop
	run -75 --separate-stderr pgf update --set fetch.retries=0 r.yaml
	diff_text '' "$output"
	one_line "$stderr"
	contains "$stderr" "$SERVE_URL/000.nc"
	diff -r kept toy.zarr
	# What it asked is settled from the cache.
	bake_ran none
}

@test "with -k a server that is away is 75, too, and the other is looked after" {
	served 2
	away=$SERVE_URL
	serve "$PWD/src"
	sed -i "s|url: .*values|files: [$away/000.nc, $SERVE_URL/001.nc], dims: [{concat: time}]}|
		s|\(concat: time}\]}\): .*|\1|" r.yaml
	pgf update -q r.yaml
	kill "${SERVE_PIDS[0]}"
	source_file src/001.nc 1 4711
	touch -d '+1 hour' src/001.nc
	run -75 --separate-stderr pgf update -k --set fetch.retries=0 r.yaml
	contains "$stderr" "$away/000.nc"
	contains "$output" 'files 0 new, 1 changed, 0 gone'
	fresh=$(pgf why --json toy.zarr sst/c/0/0/0 | jq -c '[.stored, .current]')
	diff_text '["same",true]' "$fresh"
}

@test "a file that the server has lost is 65; with -k the others are looked after" {
	served 3
	pgf update -q r.yaml
	mv src/001.nc kept.nc
	source_file src/002.nc 2 4711
	touch -d '+1 hour' src/002.nc
	run -65 --separate-stderr pgf update r.yaml
	one_line "$stderr"
	contains "$stderr" '404 Not Found'
	run -1 --separate-stderr pgf update -k r.yaml
	contains "$output" 'files 0 new, 1 changed, 0 gone'
	mv kept.nc src/001.nc
	run -0 pgf update -q r.yaml
	fresh_store fresh.zarr
	diff -r fresh.zarr toy.zarr
}

@test "killed between an answer and its consequences: the next bake settles it" {
	served 2
	pgf update -q r.yaml
	source_file src/001.nc 1 4711
	touch -d '+1 hour' src/001.nc
	# As pgf update asks, and dies.
	(cd .pgf/toy && cat k/0000* | jq -c '.batch = (.key.concat.time)' |
		while read -r item; do
			jq -c --arg was "$(jq -r .file.sha256 \
				"f/$(printf %05d "$(jq .batch <<<"$item")")")" \
				'.was = $was' <<<"$item"
		done >ask.in &&
		pgf-fetch --revalidate --cache cache ask.in >/dev/null)
	pgf bake -q r.yaml
	[ ! -e .pgf/toy/ask.in ]
	fresh_store fresh.zarr
	diff -r fresh.zarr toy.zarr
	bake_ran none
}

@test "a second run says who holds the folder and leaves with 75" {
	archive 1
	pgf update -q r.yaml
	exec 8>>.pgf/toy/lock
	flock 8
	echo $$ >.pgf/toy/lock
	run -75 --separate-stderr pgf update r.yaml
	exec 8>&-
	diff_text '' "$output"
	one_line "$stderr"
	contains "$stderr" "in use by process $$"
}

@test "the examples for cron and systemd name what there is" {
	run -0 grep -h -o 'pgf update [^|]*' "$PGF_ROOT"/share/cron/*
	while read -r option; do
		contains "$(pgf update --help)" "$option"
	done < <(grep -o -e ' --*[a-z]*' <<<"$output")
	sh -n <(sed -n 's/^17 3 \* \* \* //p' "$PGF_ROOT/share/cron/crontab")
	if command -v systemd-analyze >/dev/null; then
		systemd-analyze verify --man=no "$PGF_ROOT"/share/cron/pgf-update@.timer
	fi
}

# skipping N: as served, one file a batch; files that are not there are skipped.
skipping() {
	served "$1"
	sed -i 's/concat: time,/concat: time, items_per_file: 2,/; s/chunks:/codecs: [{name: bytes}], &/' r.yaml
	printf '%s\n' 'fetch: {on_missing: skip}' 'combine: {missing_variable: fill}' \
		'run: {batch: 1}' >>r.yaml
}

@test "a file that the server has not is skipped, told, and filled when it comes" {
	skipping 3
	mv src/001.nc later.nc
	run -0 --separate-stderr pgf update r.yaml
	contains "$stderr" "skipped: k/00001:1: key time=1: cannot fetch '$SERVE_URL/001.nc': 404 Not Found"
	starts_with "$output" 'toy: files 2 new, 0 changed, 0 gone; 6 chunks written, '
	# Days 0 to 2: the third is the first of the hole.
	diff_text "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23$(
		printf ' %.0s-999' {1..12})" "$(od -A n -v -t d2 toy.zarr/sst/c/0/0/0 | xargs)"
	cd .pgf/toy
	run -0 pgf schema -q -r conf.schema --items-from k.list --report text schema.json
	cd ../..
	contains "$output" "absence: no variable in 1 of 3 files: time=1, '$SERVE_URL/001.nc'"
	contains "$output" "absence of variable 'sst': filled with missing values at 1 of 3 positions (first time=1)"
	update_ran none
	mv later.nc src/001.nc
	run -0 --separate-stderr pgf update -v r.yaml
	diff_text 'fetch 1, open 1, facts 1, schema 1, plan 1, write 1, seal 1' "$(tasks_of "$stderr")"
	fresh_store fresh.zarr
	diff -r fresh.zarr toy.zarr
	# A server that has nothing at all is the wrong one, or not ready.
	mv src away
	mkdir src
	pgf clean -q --cache .pgf/toy
	run -65 --separate-stderr pgf update r.yaml
	contains "$stderr" "pgf-schema: there is nothing to store: none of 3 files ('$SERVE_URL/000.nc' to '$SERVE_URL/002.nc')"
	rmdir src
	mv away src
	pgf update -q r.yaml
	diff -r fresh.zarr toy.zarr
	# What the server has no more stays.
	rm src/001.nc
	update_ran none
	diff -r fresh.zarr toy.zarr
}
