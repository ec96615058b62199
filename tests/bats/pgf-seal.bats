#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# pgf-seal: coverage, order, orphans. The chunks are written by hand.

load common
load records
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	archive 2
}

# write: chunks of some bytes, and their receipts, of the regions of the plan.
write() {
	pgf-plan -r r.yaml --schema schema.json open.ndjson | jq -c '
		def chunks: .array.shape as $s |
			.array.chunk_grid.configuration.chunk_shape as $c |
			[range(0; $s|length) |
				[range(0; ($s[.] / $c[.]) | ceil)]] |
			if length == 0 then [[]] else [combinations] end;
		.array.chunk_key_encoding.name as $how | .key.vars[0] as $v |
		{key:.key,region:"d-\($v)",
		 objects:[chunks[] |
			{name:(if $how == "v2" then "\($v)/\(join("."))"
				else (["\($v)/c"] + map(tostring) | join("/")) end),
			 size:5,crc32c:"00000000"}],mode:"decode"}' >receipts
	jq -r '.objects[].name' receipts | while read -r name; do
		mkdir -p "s.zarr/$(dirname "$name")"
		printf 12345 >"s.zarr/$name"
	done
}

seal() { pgf-seal -r r.yaml --schema schema.json s.zarr "$@"; }

@test "prints help and version" { case_help pgf-seal; }

@test "refuses unknown options" { case_misuse pgf-seal; }

@test "refuses to begin without store, recipe and schema" {
	run -2 --separate-stderr pgf-seal </dev/null
	starts_with "$stderr" 'pgf-seal: no STORE is given'
	run -2 --separate-stderr pgf-seal s.zarr </dev/null
	starts_with "$stderr" 'pgf-seal: --recipe and --schema must be given'
}

@test "refuses what is no record" {
	case_bad_record pgf-seal -r r.yaml --schema schema.json s.zarr
	[ ! -e s.zarr ]
}

@test "refuses what is no receipt" {
	run -65 --separate-stderr seal open.ndjson
	starts_with "$stderr" 'pgf-seal: open.ndjson:1: key time=0: not a receipt'
	[ ! -e s.zarr ]
}

@test "says so when the output is full" {
	write
	case_full receipts pgf-seal -r r.yaml --schema schema.json s.zarr
}

@test "publishes version 3, and says what" {
	write
	run -0 --separate-stderr seal receipts
	diff_text '' "$stderr"
	diff_text '{"store":"s.zarr","zarr_format":3,"dims":{"x":3,"time":4},"arrays":{"mask":{"shape":[3],"chunk_shape":[3],"dtype":"int8","chunks":1,"bytes":5},"sst":{"shape":[4,3],"chunk_shape":[3,3],"dtype":"int16","chunks":2,"bytes":10},"time":{"shape":[4],"chunk_shape":[1024],"dtype":"int64","chunks":1,"bytes":5}},"chunks":4,"bytes":20,"work":{"modes":{"decode":4},"bytes_in":0,"bytes_out":0,"seconds":0,"peak":0}}' \
		"$(jq -c 'del(.plan)' <<<"$output")"
	diff_text "$(printf 'd-%s\n' mask sst time | sha256sum | cut -c 1-64)" \
		"$(jq -r .plan <<<"$output")"
	diff_text '{"title":"A toy","pgf_recipe":"toy"}' \
		"$(jq -c '.attributes | {title,pgf_recipe}' s.zarr/zarr.json)"
	for a in mask sst time; do
		diff <(jq -S . s.zarr/$a/zarr.json) \
			<(jq -S ".consolidated_metadata.metadata.$a" s.zarr/zarr.json)
	done
	diff_text '' "$(find s.zarr -name '.*')"
}

@test "publishes version 2, and says what" {
	printf 'name: toy\ntarget: {zarr_format: 2}\n' >r.yaml
	write
	run -0 --separate-stderr seal receipts
	diff_text '' "$stderr"
	diff_text '.zattrs .zgroup .zmetadata' "$(cd s.zarr && find . -maxdepth 1 -type f -printf '%P\n' | sort | xargs)"
	for key in .zattrs .zgroup sst/.zarray sst/.zattrs; do
		diff <(jq -S . "s.zarr/$key") \
			<(jq -S --arg k "$key" '.metadata[$k]' s.zarr/.zmetadata)
	done
	diff_text '{"zarr_format":2,"shape":[4,3],"chunks":[2,3],"dtype":"<i2","compressor":{"id":"blosc","cname":"lz4","clevel":5,"shuffle":1,"blocksize":0},"filters":null,"fill_value":-9,"order":"C","dimension_separator":"."}' \
		"$(jq -c . s.zarr/sst/.zarray)"
	diff_text '{"units":"K","_ARRAY_DIMENSIONS":["time","x"]}' "$(jq -c . s.zarr/sst/.zattrs)"
}

@test "leaves consolidated metadata out if the recipe says so" {
	printf 'name: toy\ntarget: {consolidated: false}\n' >r.yaml
	write
	seal receipts
	diff_text '["attributes","node_type","zarr_format"]' "$(jq -c keys s.zarr/zarr.json)"
}

@test "leaves files that do not change alone" {
	write
	seal receipts >first
	find s.zarr -type f -exec touch -d 2001-01-01 {} +
	seal receipts >second
	cmp first second
	diff_text '' "$(find s.zarr -type f -newermt 2002-01-01)"
}

# unsealed: nothing was published.
unsealed() { diff_text '' "$(find s.zarr -name zarr.json -o -name '.*')"; }

@test "refuses receipts that do not cover every chunk" {
	write
	jq -c 'select(.key.vars != ["sst"])' receipts >some
	run -65 --separate-stderr seal some
	diff_text '' "$output"
	one_line "$stderr"
	contains "$stderr" "2 of 4 chunks missing, first 'sst/c/0/0'"
	unsealed
}

@test "refuses receipts of another plan" {
	write
	jq -c '.objects[0].name = "sst/c/9/0"' receipts >other
	run -65 --separate-stderr seal other
	one_line "$stderr"
	contains "$stderr" "'sst/c/9/0' is no chunk"
	unsealed
	jq -c '.key.vars = ["ice"]' receipts >other
	run -65 --separate-stderr seal other
	contains "$stderr" "array 'ice' is not in the schema"
	unsealed
	jq -c '.region = "other"' receipts | cat - receipts >both
	run -65 --separate-stderr seal both
	contains "$stderr" "two regions wrote"
	unsealed
}

@test "takes the same receipt twice for once" {
	write
	cat receipts receipts >twice
	seal receipts >first
	seal twice >second
	cmp first second
}

@test "a chunk that need not be there must not be there" {
	write
	jq -c '(.objects[] | select(.name == "sst/c/1/0")) |= {name,size:0}' receipts >some
	run -75 --separate-stderr seal some
	contains "$stderr" "1 of 4 chunks are gone from 's.zarr' or have another size, first 'sst/c/1/0'"
	rm s.zarr/sst/c/1/0
	run -0 --separate-stderr seal some
	diff_text 5 "$(jq .arrays.sst.bytes <<<"$output")"
}

@test "finds chunks that are gone or cut short, and withdraws their receipts" {
	write
	split -l 1 -d -a 1 receipts w
	rm s.zarr/mask/c/0
	printf 123 >s.zarr/time/c/0
	run -75 --separate-stderr seal w0 w1 w2
	diff_text '' "$output"
	one_line "$stderr"
	contains "$stderr" "2 of 4 chunks are gone"
	contains "$stderr" "first 'mask/c/0'"
	diff_text 'w0 w1 w2' "$(echo w?)"
	unsealed
	run -75 --separate-stderr seal --withdraw w0 w1 w2
	diff_text 'w1' "$(echo w?)"
	unsealed
}

@test "removes what the store no longer names, and nothing else" {
	write
	seal receipts
	mkdir -p s.zarr/notes s.zarr/sst/c/7 s.zarr/old/c
	printf x | tee s.zarr/notes/a s.zarr/README s.zarr/sst/note.txt s.zarr/sst/c/7/0 \
		s.zarr/sst/0.0 s.zarr/.pgf-1-2.tmp s.zarr/sst/c/.pgf-3-4.tmp s.zarr/old/c/0 >s.zarr/.zgroup
	printf '{}' >s.zarr/.zattrs
	rm s.zarr/.zgroup
	cp s.zarr/mask/zarr.json s.zarr/old
	run -0 --separate-stderr seal receipts
	for gone in sst/c/7 sst/0.0 .pgf-1-2.tmp sst/c/.pgf-3-4.tmp .zattrs; do
		[ ! -e "s.zarr/$gone" ] || { echo "$gone is there" && return 1; }
	done
	for kept in notes/a README sst/note.txt old/c/0 old/zarr.json sst/c/0/0; do
		[ -e "s.zarr/$kept" ] || { echo "$kept is gone" && return 1; }
	done
}

@test "removes arrays that left, and the metadata of the other version" {
	write
	seal receipts
	jq -c 'del(.vars.mask)' open.ndjson >less
	mv less open.ndjson
	pgf-schema -q open.ndjson >schema.json
	printf 'name: toy\ntarget: {zarr_format: 2}\n' >r.yaml
	write
	seal receipts
	diff_text './.zattrs ./.zgroup ./.zmetadata ./sst/.zarray ./sst/.zattrs ./sst/0.0 ./sst/1.0 ./time/.zarray ./time/.zattrs ./time/0' \
		"$(cd s.zarr && find . -type f | sort | xargs)"
	diff_text 2 "$(find s.zarr -mindepth 1 -type d | wc -l)"
}

@test "finishes what a killed seal began" {
	write
	seal receipts
	printf '["left"]' >s.zarr/.pgf-leaving
	mkdir -p s.zarr/left/c/0
	cp s.zarr/sst/zarr.json s.zarr/left
	printf x >s.zarr/left/c/0/0
	seal receipts
	[ ! -e s.zarr/left ]
	[ ! -e s.zarr/.pgf-leaving ]
}

@test "refuses a store that is not its own" {
	write
	seal receipts
	sed -i 's/"pgf_recipe": "toy"/"pgf_recipe": "other"/' s.zarr/zarr.json
	cp -r s.zarr before
	run -65 --separate-stderr seal receipts
	diff_text '' "$output"
	one_line "$stderr"
	contains "$stderr" "published already by recipe 'other'"
	printf '{"zarr_format":3,"node_type":"group","attributes":{}}' >s.zarr/zarr.json
	cp s.zarr/zarr.json before
	run -65 --separate-stderr seal receipts
	contains "$stderr" "published already, and not by pgf"
	rm s.zarr/zarr.json before/zarr.json
	printf '{"zarr_format":2}' | tee before/.zgroup >s.zarr/.zgroup
	run -65 --separate-stderr seal receipts
	contains "$stderr" "not by pgf"
	diff -r s.zarr before
}

@test "never follows links out of the store" {
	write
	mkdir outside
	printf x >outside/0
	ln -s "$PWD/outside" s.zarr/sst/c/5
	seal receipts
	[ -e outside/0 ]
}
