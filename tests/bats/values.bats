#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Coordinates whose values are in the regions themselves: the bits of the files, and
# no file is opened for them.

load common
bats_require_minimum_version 1.5.0

setup() { cd "$BATS_TEST_TMPDIR" || return; }

# files KIND TYPE VALUES...: a file for each, with these values of the coordinate t.
files() {
	local kind=$1 type=$2 n=0 values
	shift 2
	rm -rf src
	mkdir src
	for values; do
		ncgen -k "$kind" -o src/$n.nc <<-CDL
		netcdf x { dimensions: t = UNLIMITED; variables: $type t(t); ${units:-}
		data: t = $values; }
		CDL
		n=$((n + 1))
	done
	printf '%s\n' 'name: x' 'pattern: {glob: "src/*.nc", dims: [{concat: t}]}' \
		'combine: {order: any, gaps: allow}' 'target: {store: x.zarr}' >r.yaml
}

# plan: the regions r of what is in src, and those that they would be if no values
# were known, read.
plan() {
	pgf-expand r.yaml | pgf-fetch | pgf-open >open
	pgf-schema -q -r r.yaml open >schema.json
	pgf-plan -r r.yaml --schema schema.json open >r
	jq -c 'del(.vars[].data)' open | pgf-plan -r r.yaml --schema schema.json >"read"
}

# same: both regions make the same chunks.
same() {
	rm -rf known read.zarr
	pgf-write known r >receipt
	pgf-write read.zarr "read" >/dev/null
	diff -r known read.zarr
	[ -s known/t/c/0 ]
}

# shape: of each piece its length, and whether it has its values.
shape() { jq -c '[.from[] | [.shape[0], has("inline"), has("path")]]' r; }

@test "values are those of the files, to the bit" {
	while read -r kind type values; do
		IFS=';' read -ra list <<<"$values"
		files "$kind" "$type" "${list[@]}"
		plan
		diff_text '[[7,true,false]]' "$(shape)" || fail "$kind $type"
		jq -e '.from | length == 4 and all(has("refs"))' read
		same || fail "$kind $type"
	done <<-'END'
	nc4 double 0.1, -0.0; 1e300, -5e-324; 3.; 1, 1.7976931348623157e308
	nc4 float 0.1f, -0.0f; 1e30f, 1e-45f; 3.f; 1.f, 3.4028235e38f
	nc4 int64 9007199254740993, -9223372036854775807; 1, 2; 3; 4, 9223372036854775806
	nc4 uint64 9007199254740993, 18446744073709551613; 1, 2; 3; 4, 9223372036854775809
	nc4 short -32767, 3; 1, 2; 5; 32767, 6
	nc4 ubyte 200, 3; 1, 2; 5; 254, 6
	nc3 double 0.1, -0.0; 1e300, -5e-324; 3; 1, 2
	nc3 int -2147483647, 77; 1, 2; 3; 4, 5
	nc3 byte -127, 77; 1, 2; 3; 4, 5
	cdf5 int64 9007199254740993, -9223372036854775807; 1, 2; 3; 4, 5
	END
}

@test "values that text does not tell, and those of long files, are read" {
	files nc4 double 0,1 NaN,3 4,5 6,7
	plan
	diff_text '[[2,true,false],[2,false,true],[4,true,false]]' "$(shape)"
	same
	files nc4 double "$(seq -s, 32)" "$(seq -s, 33)" "$(seq -s, 34 40)"
	plan
	diff_text '[[32,true,false],[33,false,true],[7,true,false]]' "$(shape)"
	same
}

@test "values of two units are converted as those of files are" {
	for unit in days hours; do
		units="t:units = \"$unit since 2000-01-01\"; t:calendar = \"standard\";"
		files nc4 double 0,1 2 3,4
		mv src $unit
	done
	mkdir src
	mv days/0.nc days/1.nc hours/2.nc src
	plan
	diff_text '[[3,true,false],[2,true,false]]' "$(shape)"
	jq -e '.from[1].encoding and .encoding' r
	same
	units='t:scale_factor = 0.5; t:_FillValue = -9s;'
	files nc4 short 0,1 -9 3,4
	plan
	diff_text '[[5,true,false]]' "$(shape)"
	same
}

@test "no file is opened for values" {
	files nc4 double 0,1 2,3
	plan
	rm -r src
	pgf-write known r >receipt
	diff_text '0 32' "$(jq -r '"\(.bytes_in) \(.objects | length * 32)"' receipt)"
	run -75 --separate-stderr pgf-write read.zarr "read"
}

@test "pieces that may stay as they are stored name their files" {
	files nc4 double 0,1 2,3
	sed -i 's/x.zarr}/x.zarr, codecs: keep}/' r.yaml
	plan
	diff_text '[[2,false,true],[2,false,true]]' "$(shape)"
}

@test "values without a file that are not one plain chunk are refused" {
	files nc4 double 0,1 2,3
	plan
	for damage in '.shape = [3]' '.chunk_shape = [3]' '.chunk_shape = [2]' \
		'.codecs = [{name: "zlib", configuration: {level: 1}}]' \
		'.inline = "AAAA"' '.refs = {offset: [0], length: [32]}' \
		'.inline = "?"' 'del(.shape)' '.dtype = "float32"'; do
		jq -c ".from[0] |= ($damage)" r >bad
		run -65 --separate-stderr pgf-write bad.zarr bad
		contains "$stderr" "array 't'" || fail "$damage: $stderr"
		[ ! -e bad.zarr/t ]
	done
}

@test "what is planned again takes values from the plan before" {
	record() {
		printf '{"key":{"concat":{"t":%d}},"url":"u%d","file":{"path":"/u%d","size":9},"format":"netcdf4","dims":{"t":2},"attrs":{},"attr_dtypes":{},"vars":{"t":{"dims":["t"],"shape":[2],"dtype":"int32","endian":"little","attrs":{},"attr_dtypes":{},"chunk_shape":[2],"codecs":[],"refs":{"offset":[8],"length":[8]},"data":[%d,%d]}}}\n' \
			"$1" "$1" "$1" "$2" "$(($2 + 1))" >"o/$(printf %03d "$1")"
	}
	again() {
		printf '%s\n' o/* >o.list
		pgf-schema -q -r r.yaml --files-from o.list -o schema.json || return
		pgf-plan -r r.yaml --schema schema.json --split whole --files-from o.list \
			-o /dev/null || return
		pgf-plan -v -r r.yaml --schema schema.json --split r --files-from o.list \
			-o ok --since ok 2>&1 | grep -o '[0-9]* of [0-9]*' || return
		diff -r whole r
	}
	printf 'name: x\ncombine: {order: any, gaps: allow}\n' >r.yaml
	mkdir o
	for n in {0..39}; do record "$n" $((2 * n)); done
	diff_text '40 of 40' "$(again)"
	diff_text '0 of 40' "$(again)"
	record 40 80
	diff_text '1 of 41' "$(again)"
	diff_text r/040 "$(find r -type f -size +0)"
	record 7 1000
	diff_text '1 of 41' "$(again)"
	diff_text 82 "$(jq '.from[0].shape[0]' r/040)"
	# The first file says how regions are cut.
	record 0 5
	diff_text '41 of 41' "$(again)"
	# An account that says something else of values is not believed.
	sed -i 's/"inline":"EA/"inline":"FA/' ok
	diff_text '41 of 41' "$(again)"
}
