#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# pgf-expand: recipes in, items out, and one line for whatever is wrong.

load common

setup() {
	mkdir "$BATS_TEST_TMPDIR/w"
	cd "$BATS_TEST_TMPDIR/w" || return
}

# recipe PATTERN: r.yaml with that member pattern (flow style).
recipe() { printf 'name: demo\npattern: %s\n' "$1" >r.yaml; }

# refused LINE: pgf-expand r.yaml ends with 65, prints nothing, says LINE.
refused() {
	run -65 --separate-stderr pgf-expand r.yaml
	diff_text '' "$output"
	diff_text "pgf-expand: $1" "$stderr"
}

days='[{concat: time, dates: {start: 1981-09-01, stop: 1981-09-03}, items_per_file: 1}]'
item='{"key":{"concat":{"time":0}},"url":"https://h/1981-09-01","expect":{"time":1}}
{"key":{"concat":{"time":1}},"url":"https://h/1981-09-02","expect":{"time":1}}
{"key":{"concat":{"time":2}},"url":"https://h/1981-09-03","expect":{"time":1}}'

@test "prints help and version" { case_help pgf-expand; }

@test "names an unknown option" { case_misuse pgf-expand; }

@test "a full disk is an error" {
	recipe "{url: 'https://h/{time}', dims: $days}"
	case_full r.yaml pgf-expand -
}

@test "one recipe is wanted" {
	run -2 --separate-stderr pgf-expand
	diff_text '' "$output"
	starts_with "$stderr" 'pgf-expand: give one recipe'
	run -2 --separate-stderr pgf-expand a b
	starts_with "$stderr" 'pgf-expand: give one recipe'
	run -2 --separate-stderr pgf-expand --prune 0 a
	starts_with "$stderr" "pgf-expand: option '--prune' wants 1 or more"
}

@test "items come from a file and from stdin" {
	recipe "{url: 'https://h/{time}', dims: $days}"
	run -0 --separate-stderr pgf-expand r.yaml
	diff_text '' "$stderr"
	diff_text "$item" "$output"
	run -0 --separate-stderr pgf-expand - <r.yaml
	diff_text "$item" "$output"
}

@test "JSON is a recipe too" {
	printf '{"name":"demo","pattern":{"url":"https://h/{time}","dims":[{"concat":"time",' >r.json
	printf '"dates":{"start":"1981-09-01","stop":"1981-09-03"},"items_per_file":1}]}}\n' >>r.json
	run -0 --separate-stderr pgf-expand r.json
	diff_text "$item" "$output"
}

@test "items are JSON records, and prune keeps the first" {
	recipe "{url: 'https://h/{time}/{v}', format: netcdf3,
  dims: [{concat: time, range: {stop: 99}}, {merge: v, values: [sst, ice]}]}"
	run -0 pgf-expand r.yaml
	diff_text 200 "$(jq -c . <<<"$output" | wc -l)"
	run -0 pgf-expand --prune 1 r.yaml
	diff_text '{"key":{"concat":{"time":0},"merge":{"v":"sst"}},"url":"https://h/0/sst","format":"netcdf3"}
{"key":{"concat":{"time":0},"merge":{"v":"ice"}},"url":"https://h/0/ice","format":"netcdf3"}' \
		"$output"
}

@test "-o writes a whole file or none" {
	recipe "{url: 'https://h/{time}', dims: $days}"
	run -0 --separate-stderr pgf-expand -o items r.yaml
	diff_text '' "$output"
	diff_text "$item" "$(cat items)"
	recipe "{files: [a, b, \"c\\td\"], dims: [{concat: time}]}"
	run -65 pgf-expand -o other r.yaml
	diff_text 'items
r.yaml' "$(ls -A)"
}

@test "paths are relative to the recipe, on stdin to the current folder" {
	mkdir -p sub
	printf 'name: a\npattern: {files: [x.nc], dims: [{concat: t}]}\n' >sub/r.yaml
	run -0 pgf-expand sub/r.yaml
	diff_text "$PWD/sub/x.nc" "$(jq -r .url <<<"$output")"
	run -0 pgf-expand - <sub/r.yaml
	diff_text "$PWD/x.nc" "$(jq -r .url <<<"$output")"
}

@test "a glob is sorted by bytes whatever the locale, also below odd folders" {
	mkdir -p 'o[d]d*?'
	touch 'o[d]d*?/'{b.nc,A.nc,a.nc,é.nc}
	printf 'name: a\npattern: {glob: "*.nc", dims: [{concat: t}]}\n' >'o[d]d*?/r.yaml'
	LC_ALL=en_US.UTF-8 run -0 pgf-expand 'o[d]d*?/r.yaml'
	diff_text 'A.nc
a.nc
b.nc
é.nc' "$(jq -r .url <<<"$output" | sed 's:.*/::')"
}

@test "no recipe there" {
	run -65 --separate-stderr pgf-expand none.yaml
	diff_text '' "$output"
	one_line "$stderr"
	contains "$stderr" "'none.yaml'"
}

@test "not YAML" {
	printf 'name: demo\npattern: {url: [\n' >r.yaml
	refused "r.yaml:3: not YAML: did not find expected node content (while parsing a flow node begun on line 3)"
	printf '<!DOCTYPE html>\n<html>\n' >r.yaml
	refused "r.yaml:1: a recipe is a mapping of members, as in 'name: demo'"
	printf '\211HDF\r\n\032\n' >r.yaml
	refused "r.yaml:1: not YAML: not UTF-8"
	: >r.yaml
	refused "r.yaml: empty: there is no document in it"
}

@test "an unknown member, with its line and the nearest known" {
	printf 'name: demo\n\npatern:\n  glob: x\n' >r.yaml
	refused "r.yaml:3: unknown member 'patern' in 'recipe'; did you mean 'pattern'?"
	recipe '{glob: x, dims: [{concat: t, value: [a]}]}'
	refused "r.yaml:2: unknown member 'value' in 'pattern.dims[0]'; did you mean 'values'?"
}

@test "no pattern" {
	printf 'name: demo\n' >r.yaml
	refused "r.yaml: member 'pattern' is missing in 'recipe'"
}

@test "an unknown placeholder" {
	recipe "{url: 'https://h/{tim}', dims: $days}"
	refused "r.yaml:2: 'pattern.url': unknown placeholder '{tim}'; known: '{time}'; did you mean '{time}'?"
	recipe "{url: 'https://h/{time:%F}', dims: $days}"
	refused "r.yaml:2: 'pattern.url': unknown date code '%F' in '%F'; known: %Y %m %d %H %M %S %j %y %b %B %%"
}

@test "an empty pattern" {
	recipe '{files: [], dims: [{concat: t}]}'
	refused "r.yaml:2: 'pattern.files' is empty"
	recipe '{url: "x{t}", dims: [{concat: t, dates: {start: 2001, stop: 2000}}]}'
	refused "r.yaml:2: 'pattern.dims[0].dates' has no date: stop is before start"
	recipe '{glob: "none*.nc", dims: [{concat: t}]}'
	refused "r.yaml:2: 'none*.nc' matches no file"
}

@test "names that a shell would run are only text" {
	recipe "{files: ['\$(touch gone).nc', '\`id\`', \"q'q\", 'd\"d', '../up.nc', 'a;b', '-x'], dims: [{concat: t}]}"
	run -0 --separate-stderr pgf-expand r.yaml
	diff_text '' "$stderr"
	diff_text "$PWD/\$(touch gone).nc
$PWD/\`id\`
$PWD/q'q
$PWD/d\"d
$(dirname "$PWD")/up.nc
$PWD/a;b
$PWD/-x" "$(jq -r .url <<<"$output")"
	diff_text 'r.yaml' "$(ls -A)"
}

@test "a newline in a name is refused in one line" {
	recipe '{files: ["a\nb"], dims: [{concat: t}]}'
	refused "r.yaml:2: files[0]: the url 'a b' has a control character (0x0a)"
	touch $'new\nline.nc'
	recipe '{glob: "new*", dims: [{concat: t}]}'
	run -65 --separate-stderr pgf-expand r.yaml
	one_line "$stderr"
	contains "$stderr" 'control character (0x0a)'
	printf 'name: "a\\nb"\n' >r.yaml
	run -65 --separate-stderr pgf-expand r.yaml
	one_line "$stderr"
}

@test "a name that leaves the work folder is no name" {
	printf 'name: ../x\npattern: {files: [a], dims: [{concat: t}]}\n' >r.yaml
	refused "r.yaml:1: 'name' must be 1 to 63 of the characters a-z, 0-9 and '-', the first a letter, not '../x'"
}

@test "members can be set, wrong ones are misuse" {
	recipe "{url: 'https://h/{time}', dims: $days}"
	run -0 pgf-expand --set target.zarr_format=2 --set run.jobs=3 r.yaml
	diff_text "$item" "$output"
	run -2 --separate-stderr pgf-expand --set target.zarr_frmat=2 r.yaml
	diff_text '' "$output"
	starts_with "$stderr" "pgf-expand: --set target.zarr_frmat=2: unknown member 'zarr_frmat' in 'target'; did you mean 'zarr_format'?"
	run -2 --separate-stderr pgf-expand --set pattern.url=x r.yaml
	starts_with "$stderr" "pgf-expand: --set pattern.url=x: 'pattern' cannot be set; members of 'target', 'fetch' and 'run' can"
}

@test "an alias cannot explode" {
	{
		printf 'name: demo\nprovenance:\n  a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n'
		for i in 1 2 3 4 5 6 7 8 9; do
			p="*a$((i - 1))"
			printf '  a%d: &a%d [%s,%s,%s,%s,%s,%s,%s,%s,%s,%s]\n' \
				$i $i "$p" "$p" "$p" "$p" "$p" "$p" "$p" "$p" "$p" "$p"
		done
	} >r.yaml
	refused "r.yaml:7: aliases stand for more than 100000 values"
}

@test "the recipes of the source tree are recipes" {
	local n=0 r
	for r in "$PGF_ROOT"/recipes/*.yaml; do
		grep -qE '(glob|listing):' "$r" && continue
		run -0 --separate-stderr pgf-expand --prune 1 "$r"
		starts_with "$output" '{"key":'
		n=$((n + 1))
	done
	[ $n -ge 3 ]
	mkdir data
	touch data/a.nc
	cp "$PGF_ROOT/recipes/local-files.yaml" .
	run -0 --separate-stderr pgf-expand local-files.yaml
	diff_text "$PWD/data/a.nc" "$(jq -r .url <<<"$output")"
}
