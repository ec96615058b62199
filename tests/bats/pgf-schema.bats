#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# pgf-schema: one reduction, and what it refuses.

# shellcheck disable=SC2030,SC2031 # each test is a subshell, and means it
load common
load records
bats_require_minimum_version 1.5.0

setup() { cd "$BATS_TEST_TMPDIR" || return; }

@test "prints help and version" { case_help pgf-schema; }

@test "refuses unknown options" { case_misuse pgf-schema; }

@test "refuses what is no record" { case_bad_record pgf-schema; }

@test "refuses a record that is neither dataset nor schema" {
	run -65 --separate-stderr pgf-schema <<<'{"key":{"concat":{"time":3}}}'
	diff_text '' "$output"
	one_line "$stderr"
	starts_with "$stderr" "pgf-schema: <stdin>:1: key time=3: neither a dataset"
}

@test "makes the identity of nothing, but no layout" {
	run -0 --separate-stderr pgf-schema --partial </dev/null
	diff_text '{"facts":{"files":{},"vars":{}}}' "$output"
	diff_text '' "$stderr"
	run -65 --separate-stderr pgf-schema </dev/null
	diff_text '' "$output"
	starts_with "$stderr" 'pgf-schema: no datasets'
}

@test "says so when the output is full" {
	archive 2
	case_full open.ndjson pgf-schema -q
}

@test "gives the same bytes for any order, grouping and repetition" {
	archive 7
	pgf-schema -q <(shuf --random-source=open.ndjson open.ndjson) >shuffled
	cmp shuffled schema.json
	split -l 3 open.ndjson part.
	for p in part.a?; do pgf-schema --partial "$p" >"facts.$p"; done
	pgf-schema -q facts.part.ac open.ndjson facts.part.ab facts.part.aa facts.part.aa >grouped
	cmp grouped schema.json
}

@test "tells what it drops, one line an attribute" {
	archive 1
	{ dataset a.nc 0 && dataset b.nc 1 '.vars.sst.attrs.note="x"' &&
		dataset c.nc 2 '.vars.sst.attrs.note="y"'; } >three
	run -0 --separate-stderr pgf-schema three
	diff_text "pgf-schema: warning: attribute 'history' differs in 3 files: dropped
pgf-schema: warning: attribute 'note' of variable 'sst' differs in 2 files: dropped" "$stderr"
	diff_text '[null,"history",3,["a.nc","b.nc","c.nc"]]
["sst","note",2,["x","y"]]' \
		"$(jq -c '.layout.decisions[] | [.var, .name, .files, [.values[].value]]' <<<"$output")"
	run -0 --separate-stderr pgf-schema -q three
	diff_text '' "$stderr"
}

@test "caps the warnings" {
	{ dataset a.nc 0 '.attrs=([range(30)|{key:"a\(.)",value:1}]|from_entries)' &&
		dataset b.nc 1 '.attrs=([range(30)|{key:"a\(.)",value:2}]|from_entries)'; } >two
	run -0 --separate-stderr pgf-schema -o out two
	diff_text 21 "$(wc -l <<<"$stderr")"
	contains "$stderr" 'and 10 more: pgf-schema --report text'
	diff_text 30 "$(jq '.layout.decisions|length' out)"
}

@test "reports decisions to people and to programs" {
	archive 3
	run -0 --separate-stderr pgf-schema --report text open.ndjson
	diff_text '' "$stderr"
	diff_text "attribute 'history' differs in 3 files: dropped (combine.attrs)
    \"0.nc\" in '0.nc'
    \"1.nc\" in '1.nc'
    \"2.nc\" in '2.nc'" "$output"
	run -0 --separate-stderr pgf-schema --report json schema.json
	diff_text '' "$stderr"
	one_line "$output"
	diff_text "$(jq -c '.layout.decisions[0]' schema.json)" "$output"
}

@test "refuses reports that there are not" {
	run -2 --separate-stderr pgf-schema --report xml </dev/null
	diff_text '' "$output"
	contains "$stderr" "--report is text or json, not 'xml'"
	run -2 --separate-stderr pgf-schema --partial --report text </dev/null
	diff_text '' "$output"
	contains "$stderr" '--partial decides nothing'
}

@test "keeps few of many values, and says so" {
	local n
	for ((n = 0; n < 40; n++)); do dataset "$n.nc" "$n"; done >forty
	pgf-schema -q forty >whole
	diff_text '[16,[[0,39]]]' "$(jq -c '.facts.attrs.history | [(.some|length), .files[""]]' whole)"
	diff_text '[40,16,true,"0.nc"]' \
		"$(jq -c '.layout.decisions[0] | [.files, (.values|length), .more, .values[0].value]' whole)"
	tac forty | split -l 7 - part.
	for p in part.a?; do pgf-schema --partial "$p" >"facts.$p"; done
	pgf-schema -q facts.* | cmp - whole
}

# policy TEXT: a recipe with this member combine.
policy() { printf 'name: toy\ncombine: %s\n' "$1" >r.yaml; }

@test "keeps the first of attributes that differ, or refuses them, as the recipe says" {
	archive 3
	policy '{attrs: first}'
	run -0 --separate-stderr pgf-schema -r r.yaml open.ndjson
	diff_text "pgf-schema: warning: attribute 'history' differs in 3 files: the first is kept" "$stderr"
	diff_text '0.nc' "$(jq -r .layout.attrs.history <<<"$output")"
	policy '{attrs: error}'
	run -65 --separate-stderr pgf-schema -r r.yaml open.ndjson
	diff_text '' "$output"
	one_line "$stderr"
	contains "$stderr" "attribute 'history' differs"
	contains "$stderr" "'0.nc'"
	contains "$stderr" 'combine.attrs'
}

@test "adds attributes" {
	archive 3
	policy '{attrs_add: {title: OISST, level: 3, list: [1, 2]}}'
	run -0 --separate-stderr pgf-schema -q -r r.yaml open.ndjson
	diff_text '{"title":"OISST","level":3,"list":[1,2]}' "$(jq -c .layout.attrs <<<"$output")"
}

@test "gives packed numbers one meaning, as the recipe says" {
	{ dataset a.nc 0 '.vars.sst.attrs.scale_factor=0.5' &&
		dataset b.nc 1 '.vars.sst.attrs.scale_factor=0.25'; } >two
	run -0 --separate-stderr pgf-schema -o out two
	contains "$stderr" "packing of variable 'sst' differs in 2 files: unpacked to float64"
	diff_text '["float64","NaN",null,{"missing":["NaN"]}]' \
		"$(jq -c '.layout.vars.sst | [.dtype, .attrs._FillValue, .attrs.scale_factor, .encoding]' out)"
	policy '{packing: repack}'
	run -0 --separate-stderr pgf-schema -q -r r.yaml two
	diff_text '["int16",-9,0.5]' "$(jq -c '.layout.vars.sst | [.dtype, .attrs._FillValue, .attrs.scale_factor]' <<<"$output")"
	policy '{packing: error}'
	run -65 --separate-stderr pgf-schema -r r.yaml two
	diff_text '' "$output"
	one_line "$stderr"
	contains "$stderr" "the packing of variable 'sst' differs"
	contains "$stderr" "combine.packing 'unpack'"
	policy '{packing: unpac}'
	run -65 --separate-stderr pgf-schema -r r.yaml two
	contains "$stderr" "did you mean 'unpack'?"
}

@test "packs a variable as the recipe states it" {
	{ dataset a.nc 0 && dataset b.nc 1; } >two
	policy '{packing: {sst: {dtype: int32, scale_factor: 0.5, _FillValue: -1}}}'
	run -0 --separate-stderr pgf-schema -r r.yaml -o out two
	contains "$stderr" "packing of variable 'sst': packed as {\"dtype\":\"int32\""
	diff_text '["int32",-1,0.5,0]' \
		"$(jq -c '.layout.vars.sst | [.dtype, .attrs._FillValue, .attrs.scale_factor, .attrs.add_offset]' out)"
	run -0 --separate-stderr pgf-schema -r r.yaml --report text out
	contains "$output" '"_FillValue":-1} (combine.packing)'
	policy '{packing: {sts: repack}}'
	run -65 --separate-stderr pgf-schema -r r.yaml two
	diff_text '' "$output"
	one_line "$stderr"
	contains "$stderr" "'combine.packing' of the recipe names 'sts', which is no variable of the files (nearest is 'sst')"
}

# timed URL POSITION DATA [JQ]: a dataset whose times are known.
timed() { dataset "$1" "$2" '.vars.time.attrs.units="days since 2000-01-01" |
	.vars.time.data='"$3 | ${4:-.}"; }

@test "sees by their coordinates whether files follow each other" {
	{ timed a.nc 0 '[0,1]' && timed b.nc 1 '[1,2]'; } >overlap
	run -65 --separate-stderr pgf-schema overlap
	diff_text '' "$output"
	one_line "$stderr"
	contains "$stderr" "coordinate 'time' is not increasing in 1 places: from 2000-01-02T00:00:00 to 2000-01-02T00:00:00 (time=1, 'b.nc')"
	contains "$stderr" 'combine.order'
	policy '{order: any}'
	run -0 --separate-stderr pgf-schema -q -r r.yaml overlap
	{ timed a.nc 0 '[0,1]' && timed b.nc 1 '[5,6]'; } >gap
	run -0 --separate-stderr pgf-schema gap
	contains "$stderr" "gaps of variable 'time': 1 steps are longer than 1.5 times the usual 1 days"
	policy '{gaps: error}'
	run -65 --separate-stderr pgf-schema -r r.yaml gap
	one_line "$stderr"
	contains "$stderr" "coordinate 'time' has gaps"
	policy '{gaps: allow}'
	run -0 --separate-stderr pgf-schema -r r.yaml gap
	diff_text "pgf-schema: warning: attribute 'history' differs in 2 files: dropped" "$stderr"
}

@test "names files that it knows by their position alone from the items" {
	for i in 0 1 2 3; do timed $i.nc $i "[$((i < 2 ? i : i - 1))]" '.dims.time=1 | .vars |= map_values(select(.dims == ["time"])) | .vars.time.shape=[1] | .attrs={}'; done >records
	run -65 --separate-stderr pgf-schema records
	contains "$stderr" '2000-01-02T00:00:00 to 2000-01-02T00:00:00 (time=2)'
	jq -c '{key, url}' records >items
	printf 'no json\n{"url":"x"}\n{"key":{"concat":{"time":"x"}}}\n[]\n' >junk
	printf 'absent\njunk\nitems\n' >list
	run -65 --separate-stderr pgf-schema --items-from list records
	diff_text '' "$output"
	one_line "$stderr"
	contains "$stderr" '(time=2)'
	printf 'junk\nitems\n' >list
	run -65 --separate-stderr pgf-schema --items-from list records
	one_line "$stderr"
	contains "$stderr" "(time=2, '2.nc')"
	sed -n '1p;2p;4p' items >some
	echo some >list
	run -65 --separate-stderr pgf-schema --items-from list records
	contains "$stderr" '(time=2)'
}

@test "tells times in one unit" {
	{ timed a.nc 0 '[0,1]' && timed b.nc 1 '[0,24]' '.vars.time.attrs.units="hours since 2000-01-03"'; } >two
	run -0 --separate-stderr pgf-schema two
	contains "$stderr" "time 'units' of variable 'time' differs in 2 files: re-encoded as 'hours since 2000-01-01'"
	diff_text '{"units":"hours since 2000-01-01","calendar":"standard"}' "$(jq -c .layout.vars.time.encoding.time <<<"$output")"
	policy '{time: {units: "seconds since 1970-01-01"}}'
	run -0 --separate-stderr pgf-schema -q -r r.yaml two
	diff_text 'seconds since 1970-01-01' "$(jq -r .layout.vars.time.attrs.units <<<"$output")"
	policy '{time: {units: "seconds after 1970-01-01"}}'
	run -65 --separate-stderr pgf-schema -r r.yaml two
	diff_text '' "$output"
	contains "$stderr" "r.yaml:2: 'combine.time.units'"
	policy '{time: {calendar: noleap}}'
	run -65 --separate-stderr pgf-schema -r r.yaml two
	contains "$stderr" "must be one of 'keep'"
}

@test "converts units and takes static variables from the first file if asked" {
	{ dataset a.nc 0 && dataset b.nc 1 '.vars.sst.attrs.units="degC" | .vars.mask.digest="01"'; } >two
	policy '{static: first}'
	run -65 --separate-stderr pgf-schema -r r.yaml two
	one_line "$stderr"
	contains "$stderr" "combine.units to 'convert'"
	policy '{units: convert}'
	run -65 --separate-stderr pgf-schema -r r.yaml two
	one_line "$stderr"
	contains "$stderr" "combine.static to 'first'"
	policy '{units: convert, static: first}'
	run -0 --separate-stderr pgf-schema -r r.yaml two
	contains "$stderr" "attribute 'units' of variable 'sst' differs in 2 files: converted to 'K'"
	contains "$stderr" "values of variable 'mask' differs in 2 files: taken from the first file"
	diff_text '["float64","K"]' "$(jq -c '.layout.vars.sst | [.dtype, .attrs.units]' <<<"$output")"
}

# refused TEXT JQ: the second of three files, changed so, does not fit.
refused() {
	{ dataset a.nc 0 && dataset b.nc 1 "$2" && dataset c.nc 2; } >three
	run -65 --separate-stderr pgf-schema -o out three
	diff_text '' "$output"
	one_line "$stderr"
	contains "$stderr" "$1"
	contains "$stderr" "'b.nc'"
	[ ! -e out ]
}

@test "takes the widest of texts, and says so" {
	local chars='.vars.name={dims:["time","n"],shape:[2,$w],dtype:"char",endian:"little",
		attrs:{},attr_dtypes:{},chunk_shape:[2,$w],codecs:[],refs:{offset:[0],length:[2]}} |
		.dims.n=$w'
	{ dataset a.nc 0 "5 as \$w | $chars" && dataset b.nc 1 "8 as \$w | $chars"; } >two
	run -0 --separate-stderr pgf-schema two
	contains "$stderr" "dimension 'n' of variable 'name' differs in 2 files: it is as wide as the widest text, 8"
	diff_text '[4,8]' "$(jq -c .layout.vars.name.shape <<<"$output")"
	jq -c '.vars.m=(.vars.name|.dtype="int8")' two >numbers
	run -65 --separate-stderr pgf-schema -q numbers
	contains "$stderr" "variable 'm': the length of dimension 'n' differs: 5 in 1 file ('a.nc'), 8 in 1 file ('b.nc')"
}

@test "refuses lengths, types, units and values that differ" {
	refused "the length of dimension 'x' differs: 3 in 2 files ('a.nc' to 'c.nc'), 4 in 1 file ('b.nc')" \
		'.dims.x=4 | .vars.sst.shape=[2,4] | .vars.mask.shape=[4] | .vars.sst.chunk_shape=[2,4] | .vars.mask.chunk_shape=[4]'
	refused "the type of variable 'sst' differs" '.vars.sst.dtype="char"'
	refused "attribute 'units' of variable 'sst' differs" '.vars.sst.attrs.units="degC"'
	refused "the type of variable 'mask' differs between files that must hold the same values: \"int8\" in 2 files ('a.nc' to 'c.nc'), \"int16\" in 1 file ('b.nc')" \
		'.vars.mask.dtype="int16"'
	refused "variable 'mask' does not have the concat dimension, but its values differ" \
		'.vars.mask.digest="01"'
}

# says POLICY TEXT... <records: refused under the policy (the words of combine),
# with every text in one line.
says() {
	policy "$1"
	cat >these
	run -65 --separate-stderr pgf-schema -r r.yaml -o out these
	diff_text '' "$output"
	[ ! -e out ]
	shift
	diff_text 1 "$(grep -vc ': warning: ' <<<"$stderr")"
	while [ $# -gt 0 ]; do
		contains "$stderr" "$1"
		shift
	done
}

# four JQ JQ..: four datasets, each changed so.
four() {
	local n=0
	while [ $# -gt 0 ]; do
		dataset "$n.nc" "$n" "$1" || return
		n=$((n + 1))
		shift
	done
}

@test "refusals name what differs, two files, how many there are, and a remedy" {
	local scale='.vars.sst.attrs.scale_factor' units='.vars.sst.attrs.units'
	four "$scale=1" "$scale=2" "$scale=1" "$scale=2" | says '{packing: error}' \
		"the packing of variable 'sst' differs: " "2 files ('0.nc' to '2.nc')" \
		"2 files ('1.nc' to '3.nc')" "combine.packing 'unpack'"
	four "$units=\"K\"" "$units=\"m\"" "$units=\"s\"" "$units=\"K\"" | says '{}' \
		"attribute 'units' of variable 'sst' differs: \"K\" in 2 files ('0.nc' to '3.nc'), \"m\" in 1 file ('1.nc'), and 1 more values" \
		"set combine.units to 'convert'"
	four "$units=\"K\"" "$units=\"m\"" '.' "$units=\"K\"" | says '{units: convert}' \
		"variable 'sst' in 1 file ('1.nc') and in 3 files ('0.nc' to '3.nc'): 'm' and 'K' do not measure the same"
	four "$units=\"K\"" "del($units)" "del($units)" | says '{}' \
		"attribute 'units' of variable 'sst' differs: \"K\" in 1 file ('0.nc'), absent in 2 (first time=1, '1.nc')"
	four '.' '.vars.sst.attrs.note="x"' '.vars.sst.attrs.note="y"' '.vars.sst.attrs.note="x"' | says \
		'{attrs: error}' "attribute 'history' differs: \"0.nc\" in 1 file ('0.nc'), \"1.nc\" in 1 file ('1.nc'), and 2 more values" \
		"combine.attrs 'drop'"
	four '.' '.vars.mask.digest="01"' '.vars.mask.digest="02"' '.' | says '{}' \
		"variable 'mask' does not have the concat dimension, but its values differ: one set in 2 files ('0.nc' to '3.nc'), another in 1 file ('1.nc'), and 1 more sets" \
		"set combine.static to 'first'"
	four '.' '.' 'del(.vars.sst)' 'del(.vars.sst)' | says '{}' \
		"variable 'sst' is in 2 files ('0.nc' to '1.nc'), and not in 2 others (first time=2, '2.nc')" \
		"set combine.missing_variable to 'fill'"
	four '.' '.vars.sst.dims=["x","time"] | .vars.sst.shape=[3,2] | .vars.sst.chunk_shape=[3,2]' | says '{}' \
		"the list of dimensions of variable 'sst' differs: [\"time\",\"x\"] in 1 file ('0.nc'), [\"x\",\"time\"] in 1 file ('1.nc')" \
		'bake the files that agree apart'
	four '.' '.vars.sst.dtype="string" | .vars.sst.attrs={}' '.' | says '{}' \
		"the type of variable 'sst' differs: \"int16\" in 2 files ('0.nc' to '2.nc'), \"string\" in 1 file ('1.nc')" \
		'bake the files that agree apart'
}

@test "refusals of times name both calendars and units, and do not offer to convert" {
	local cal='.vars.time.attrs.calendar' month
	month='.vars.time.attrs.units="months since 2000-01-'
	{ timed 0.nc 0 '[0,1]' "$cal=\"noleap\"" && timed 1.nc 1 '[2,3]'; } | says '{}' \
		"the calendar of variable 'time' differs: \"noleap\" in 1 file ('0.nc'), \"standard\" in 1 file ('1.nc')" \
		'bake the files apart'
	{ timed 0.nc 0 '[0,1]' "${month}01\"" && timed 1.nc 1 '[2,3]' "${month}02\""; } | says '{units: convert}' \
		"variable 'time' in 1 file ('1.nc') and in 1 file ('0.nc'): 'months since 2000-01-02' is a time, not a unit"
	{ timed 0.nc 0 '[0,1]' "${month}01\"" && timed 1.nc 1 '[2,3]' "${month}02\""; } | says '{}' \
		"attribute 'units' of variable 'time' differs: " "in 1 file ('0.nc')" "in 1 file ('1.nc')" \
		"would not mean the same: bake the files apart, or set combine.time.months to 'udunits'"
	[[ $stderr != *combine.units* ]]
}

@test "reports which files lack what is filled" {
	for t in 0 1 2 3; do
		if ((t == 1 || t == 2)); then dataset "$t.nc" "$t" 'del(.vars.sst)'; else dataset "$t.nc" "$t"; fi
	done >four
	policy '{missing_variable: fill}'
	run -0 --separate-stderr pgf-schema -r r.yaml --report json four
	diff_text '["absence","sst",2,{"":[[1,2]]}]' \
		"$(jq -c 'select(.what == "absence") | [.what,.var,.files,.examples]' <<<"$output")"
}

@test "months have a length if the recipe says whose" {
	local months='.vars.time.attrs.units="months since 2000-01-01"'
	{ timed 0.nc 0 '[0,1]' "$months" && timed 1.nc 1 '[61,91]' '.vars.time.attrs.units="days since 2000-01-01"'; } >two
	policy '{time: {months: udunits, units: "days since 2000-01-01"}}'
	run -0 --separate-stderr pgf-schema -r r.yaml two
	diff_text '{"units":"days since 2000-01-01","calendar":"standard"}' "$(jq -c .layout.vars.time.encoding.time <<<"$output")"
	diff_text 'float64' "$(jq -r .layout.vars.time.dtype <<<"$output")"
	# The piece that is told in months says so to pgf-write.
	echo "$output" >schema.json
	run -0 --separate-stderr pgf-plan -r r.yaml --schema schema.json two
	diff_text '["udunits",null]' "$(jq -c 'select(.key.vars == ["time"]) | [.from[].encoding.time.months]' <<<"$output")"
	policy '{time: {months: mean}}'
	run -65 --separate-stderr pgf-schema -r r.yaml two
	contains "$stderr" "must be one of 'udunits'"
}

@test "refusals of merged and of tiled files name two of them" {
	local b='.key.merge={v:"b"} | del(.vars.sst)' a='.key.merge={v:"a"}'
	local tile='.key.concat={time:$t,x:$x} | del(.vars.mask)'
	{ dataset 0a.nc 0 "$a" && dataset 0b.nc 0 "$b | .dims.time=1 | .vars={}"; } | says '{}' \
		"dimension 'time' differs between the merged files of one position: length 2 in 1 file ('0a.nc'), length 1 in 1 file ('0b.nc')" \
		'merge only files that cover the same stretch'
	{ dataset 0a.nc 0 "$a" && dataset 1a.nc 1 "$a" && dataset 0b.nc 0 "$b"; } | says '{}' \
		'no file for time=1 v=b (1 of 4 are missing)' "combine.missing_variable to 'fill'"
	{ dataset 0a.nc 0 "$a | .vars.time.digest=\"1\"" && dataset 0b.nc 0 "$b | .vars.time.digest=\"2\""; } | says '{}' \
		"variable 'time' is in several of the merged files, but its values differ: one set in 1 file ('0a.nc'), another in 1 file ('0b.nc')" \
		'make the merged files agree'
	{ dataset 00.nc 0 "${tile/\$t,x:\$x/0,x:0}" && dataset 01.nc 0 "${tile/\$t,x:\$x/0,x:1}" &&
		dataset 10.nc 1 "${tile/\$t,x:\$x/1,x:0}" &&
		dataset 11.nc 1 "${tile/\$t,x:\$x/1,x:1} | .dims.x=4 | .vars.sst.shape=[2,4] | .vars.sst.chunk_shape=[2,4]"; } | says '{}' \
		"dimension 'x' differs between the files of one position along it: length 3 in 3 files ('00.nc' to '10.nc'), length 4 in 1 file ('11.nc')" \
		'must form a product'
}

@test "what is taken from the first file is told, also what it means" {
	{ dataset a.nc 0 '.vars.mask.attrs.units="K"' && dataset b.nc 1 '.vars.mask.attrs.units="m" | .vars.mask.dtype="int16"'; } >two
	policy '{static: first}'
	run -0 --separate-stderr pgf-schema -r r.yaml two
	contains "$stderr" "packing of variable 'mask' differs in 2 files: taken from the first file"
	contains "$stderr" "attribute 'units' of variable 'mask' differs in 2 files: taken from the first file"
	diff_text '["int8","K"]' "$(jq -c '.layout.vars.mask | [.dtype, .attrs.units]' <<<"$output")"
}

@test "refuses a gap" {
	{ dataset a.nc 0 && dataset c.nc 2; } >two
	run -65 --separate-stderr pgf-schema two
	one_line "$stderr"
	contains "$stderr" 'no file for time=1'
}

@test "refuses two files for one position, naming both" {
	{ dataset a.nc 0 && dataset b.nc 0 '.vars.sst.dtype="int8"'; } >two
	run -65 --separate-stderr pgf-schema two
	diff_text '' "$output"
	one_line "$stderr"
	contains "$stderr" "'a.nc' and 'b.nc' differ in attribute 'history'"
}

@test "keeps numbers that are beyond 2^53" {
	dataset a.nc 0 '.vars.sst.attrs.big="9007199254740993" | .vars.sst.attr_dtypes.big="int64"' >one
	run -0 --separate-stderr pgf-schema one
	diff_text '9007199254740993' "$(jq -r .layout.vars.sst.attrs.big <<<"$output")"
	diff_text 'int64' "$(jq -r .layout.vars.sst.attr_dtypes.big <<<"$output")"
}

@test "goes on after a bad record with -k" {
	{ dataset a.nc 0 && echo '{}' && dataset b.nc 1; } >three
	run -1 --separate-stderr pgf-schema -kq --rejects bad three
	diff_text '[[2,2]]' "$(jq -c .layout.concat.time <<<"$output")"
	contains "$stderr" 'three:2: '
	diff_text 1 "$(wc -l <bad)"
}

@test "fills a variable that a file lacks only if the recipe says so" {
	{ dataset a.nc 0 && dataset b.nc 1 'del(.vars.sst)'; } >two
	run -65 --separate-stderr pgf-schema two
	contains "$stderr" "set combine.missing_variable to 'fill'"
	policy '{missing_variable: fill}'
	run -0 --separate-stderr pgf-schema -r r.yaml two
	diff_text '{"":[[0,0]]}' "$(jq -c .layout.vars.sst.from <<<"$output")"
	diff_text 1 "$(jq -c .layout.vars.sst.missing <<<"$output")"
	contains "$stderr" "absence of variable 'sst': filled with missing values at 1 of 2 positions (first time=1)"
}
