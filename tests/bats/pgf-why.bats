#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# pgf-why: what is behind a chunk.

load common
load bake

setup() { cd "$BATS_TEST_TMPDIR" || return; }

@test "prints help" { case_help pgf-why; }

@test "refuses misuse" {
	case_misuse pgf-why
	run -2 --separate-stderr pgf-why store
	contains "$stderr" 'a store and the name of a chunk are wanted'
}

# why MEMBERS CHUNK: what pgf why says, through jq.
why() { pgf why --json toy.zarr "$2" | jq -c "$1"; }

@test "a chunk names its tasks, its sources, and the cells of each" {
	archive 4
	pgf bake -q r.yaml --set run.batch=1
	# Days 3 to 5: the second of file 1, both of file 2.
	diff_text '[{"time":3,"lat":0,"lon":0},{"time":3,"lat":3,"lon":4}]' \
		"$(why '[.start, .count]' sst/c/1/0/0)"
	diff_text "$PWD/src/001.nc 3 1"$'\n'"$PWD/src/002.nc 4 2" \
		"$(pgf why --json toy.zarr sst/c/1/0/0 | jq -r '.sources[] |
			"\(.url) \(.start.time) \(.count.time)"')"
	why .tasks sst/c/1/0/0 | jq -e 'contains(["f/00001","o/00001","s/00001",
		"f/00002","o/00002","s/00002","schema.json","plan.ok"]) and
		(map(select(startswith("w/"))) | length == 1) and length == 9'
	# The last chunk reaches beyond the array.
	diff_text '{"time":2,"lat":3,"lon":4}' "$(why .count sst/c/2/0/0)"
	diff_text "[$(stat -c %s toy.zarr/sst/c/1/0/0),\"same\",true]" \
		"$(why '[.size, .stored, .current]' sst/c/1/0/0)"
}

@test "the text says the same" {
	archive 2
	pgf bake -q r.yaml
	run -0 --separate-stderr pgf why toy.zarr sst/c/1/0/0
	diff_text '' "$stderr"
	starts_with "$output" 'chunk sst/c/1/0/0'
	contains "$output" 'time 3..3, lat 0..2, lon 0..3'
	contains "$output" "crc32c $(why .crc32c sst/c/1/0/0 | jq -r .); in the store: same"
	contains "$output" "source $PWD/src/001.nc"
}

@test "every chunk of a store has a reason, in either format" {
	archive 3
	for way in 2. 2/ 3. 3/; do
		rm -rf toy.zarr .pgf
		pgf bake -q r.yaml --set "target.zarr_format=${way%?}" \
			--set "target.separator=${way#?}"
		find toy.zarr -type f -name '*[0-9]' -printf '%P\n' >chunks
		[ "$(wc -l <chunks)" -ge 6 ]
		while read -r chunk; do
			diff_text '["same",true]' "$(why '[.stored, .current]' "$chunk")"
			why .sources "$chunk" | jq -e 'length > 0'
		done <chunks
	done
}

@test "an object that is gone, another one, and a plan that has changed are told" {
	archive 3
	pgf bake -q r.yaml
	mv toy.zarr/sst/c/0/0/0 kept
	diff_text '"missing"' "$(why .stored sst/c/0/0/0)"
	head -c 10 kept >toy.zarr/sst/c/0/0/0
	diff_text '"differs"' "$(why .stored sst/c/0/0/0)"
	mv kept toy.zarr/sst/c/0/0/0
	source_file src/000.nc 0 4711
	pgf-make r.yaml >r.mk
	make -s -f r.mk plan
	diff_text '["same",false]' "$(why '[.stored, .current]' sst/c/0/0/0)"
	contains "$(pgf why toy.zarr sst/c/0/0/0)" 'which has changed since: bake again'
}

@test "a chunk or store that nobody knows is refused" {
	archive 1
	pgf bake -q r.yaml --work elsewhere
	run -65 --separate-stderr pgf why toy.zarr sst/c/0/0/0
	one_line "$stderr"
	contains "$stderr" "no work folder at '$PWD/.pgf', name it with --work"
	run -0 pgf why --work elsewhere toy.zarr sst/c/0/0/0
	run -65 --separate-stderr pgf why --work elsewhere toy.zarr sst/c/0/0/7
	contains "$stderr" "has written a chunk 'sst/c/0/0/7'"
	run -65 --separate-stderr pgf why toy.zarr/none sst/c/0/0/7
	contains "$stderr" "there is no 'toy.zarr/none'"
	cp -r toy.zarr copy
	run -65 --separate-stderr pgf why --work elsewhere copy sst/c/0/0/0
	contains "$stderr" "is of store '$PWD/toy.zarr', not of '$PWD/copy'"
}

@test "a coordinate in one chunk names all files, with the days that each has" {
	archive 4
	pgf bake -q r.yaml --set run.batch=2
	diff_text "$PWD/src/000.nc 0 2
$PWD/src/001.nc 2 2
$PWD/src/002.nc 4 2
$PWD/src/003.nc 6 2" "$(pgf why --json toy.zarr time/c/0 | jq -r '.sources[] |
		"\(.url) \(.start.time) \(.count.time)"')"
	diff_text '["f/00000","o/00000","s/00000","f/00001","o/00001","s/00001","schema.json","plan.ok","w/00001"]' \
		"$(why .tasks time/c/0)"
	why '.sources[0]' time/c/0 | jq -e '.var == "time" and .size > 0 and
		.path and .modified'
	sed -i 's/time: 3/time: {time: 3}/' r.yaml
	pgf bake -q r.yaml
	# One that begins in the middle of a file.
	diff_text "$PWD/src/001.nc 3 1"$'\n'"$PWD/src/002.nc 4 2" \
		"$(pgf why --json toy.zarr time/c/1 | jq -r '.sources[] |
			"\(.url) \(.start.time) \(.count.time)"')"
}
