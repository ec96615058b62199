#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# pgf-clean: what a bake has made goes, anything else stays.

load common
load bake

setup() { cd "$BATS_TEST_TMPDIR" || return; }

@test "prints help" { case_help pgf-clean; }

@test "refuses misuse" {
	case_misuse pgf-clean
	run -2 --separate-stderr pgf-clean
	contains "$stderr" 'one work folder is wanted'
}

@test "the work folder goes, the store stays and is known to the next bake" {
	archive 3
	pgf bake -q r.yaml
	cp -r toy.zarr kept
	run -0 --separate-stderr pgf clean .pgf/toy
	diff_text '' "$stderr"
	[ ! -e .pgf/toy ]
	diff -r kept toy.zarr
	pgf bake -q r.yaml
	diff -r kept toy.zarr
}

# downloaded N: an archive of N files behind a server, baked.
downloaded() {
	archive "$1"
	serve "$PWD/src"
	printf '%s\n' 'name: toy' "pattern: {url: \"$SERVE_URL/{time}.nc\", dims: \
[{concat: time, values: [$(seq -f '"%03g"' -s ', ' 0 "$(($1 - 1))")]}]}" \
		'target: {store: toy.zarr, chunks: {time: 3}}' >r.yaml
	pgf bake -q r.yaml
}

@test "the cache goes only if asked" {
	downloaded 2
	pgf clean -q .pgf/toy
	diff_text cache "$(ls .pgf/toy)"
	pgf bake -q r.yaml
	[ "$(grep -c GET "$SERVE_LOG")" = 2 ]
	run -0 --separate-stderr pgf clean --cache .pgf/toy
	diff_text '' "$stderr"
	[ ! -e .pgf/toy ]
	[ -e toy.zarr/zarr.json ]
}

@test "the store goes only if asked, in either format, sealed or not" {
	archive 3
	for way in 2. 2/ 3. 3/; do
		pgf bake -q r.yaml --set "target.zarr_format=${way%?}" \
			--set "target.separator=${way#?}"
		run -0 --separate-stderr pgf clean --store .pgf/toy
		diff_text '' "$stderr"
		[ ! -e .pgf/toy ]
		[ ! -e toy.zarr ]
	done
	pgf-make r.yaml >r.mk
	make -s -f r.mk write
	pgf clean -q --store .pgf/toy
	[ ! -e toy.zarr ]
}

@test "what it did not make stays, wherever it is" {
	downloaded 2
	mkdir -p toy.zarr/sst/mine/c toy.zarr/other/c .pgf/toy/notes
	theirs=(toy.zarr/README toy.zarr/sst/notes.txt toy.zarr/sst/mine/c/0
		toy.zarr/other/zarr.json toy.zarr/other/c/0 .pgf/toy/notes/0
		.pgf/toy/k/mine .pgf/toy/k/1 .pgf/toy/mine.list .pgf/toy/cache/mine
		.pgf/toy/cache/ab-mine)
	for file in "${theirs[@]}"; do echo mine >"$file"; done
	echo outside >outside
	ln -s "$PWD" toy.zarr/link
	ln -s "$PWD" .pgf/toy/o/link
	run -0 --separate-stderr pgf clean --cache --store .pgf/toy
	contains "$stderr" 'the store holds something else, which stays'
	contains "$stderr" 'the cache holds something else, which stays'
	diff_text "$(printf '%s\n' "${theirs[@]}" | sort)" \
		"$(find toy.zarr .pgf -type f | sort)"
	[ -e outside ]
	[ -e src/000.nc ]
}

# two_recipes: toy.yaml and second.yaml, of files 0 to 3 and 2 to 5 behind a server.
two_recipes() {
	archive 6
	serve "$PWD/src"
	recipe toy 0 3 >toy.yaml
	recipe second 2 5 >second.yaml
}
recipe() {
	printf '%s\n' "name: $1" "pattern: {url: \"$SERVE_URL/{time:03d}.nc\", \
dims: [{concat: time, range: {start: $2, stop: $3, step: 1}}]}" \
		"target: {store: $1.zarr, chunks: {time: 3}}"
}

@test "two recipes share a cache, and neither is cleaned of what the other needs" {
	two_recipes
	pgf bake -q --cache cache toy.yaml
	PGF_CACHE=$PWD/cache pgf bake -q second.yaml
	diff_text 6 "$(grep -c GET "$SERVE_LOG")"
	[ ! -e .pgf/toy/cache ]
	fresh_store fresh.zarr second.yaml
	diff -r fresh.zarr second.zarr
	echo mine >cache/mine
	run -0 --separate-stderr pgf clean --cache --store .pgf/toy
	diff_text '' "$stderr"
	diff_text '002.nc 003.nc 004.nc 005.nc' "$(find cache -name '*.nc' -printf '%f\n' |
		sed 's/.*-//' | sort | paste -sd' ')"
	[ ! -e .pgf/toy ]
	serve_stop
	rm -r second.zarr
	pgf bake -q --cache cache second.yaml
	diff -r fresh.zarr second.zarr
	pgf clean -q --cache .pgf/second
	diff_text '' "$(find cache -name '*.nc*')"
	[ -e cache/mine ]
}

@test "what one recipe has replaced in a cache is not read with the chunks of before" {
	two_recipes
	pgf bake -q --cache cache toy.yaml
	pgf bake -q --cache cache second.yaml
	size=$(stat -c %s src/003.nc)
	source_file src/003.nc 3 4711
	touch -d '+1 hour' src/003.nc
	diff_text "$size" "$(stat -c %s src/003.nc)"
	pgf update -q --cache cache toy.yaml
	sed -i 's/time: 3/time: 4/' second.yaml
	run -75 --separate-stderr pgf bake -q --cache cache second.yaml
	contains "$stderr" "003.nc' was replaced in its cache since it was opened"
	pgf update -q --cache cache second.yaml
	fresh_store fresh.zarr second.yaml
	diff -r fresh.zarr second.zarr
}

@test "a cache that a bake uses is not cleaned" {
	two_recipes
	pgf bake -q --cache cache toy.yaml
	pgf bake -q --cache cache second.yaml
	mkdir bin
	cp "$PGF_BUILD"/bin/* bin
	printf '#!/bin/sh\n: >held\nsleep 600\n' >bin/pgf-fetch
	sed -i 's/stop: 5/stop: 6/' second.yaml
	setsid bin/pgf bake -q --cache cache second.yaml 3>&- &
	bake=$!
	until [ -e .pgf/second/held ]; do sleep 0.02; done
	run -75 --separate-stderr pgf clean --cache .pgf/toy
	kill -- "-$bake"
	wait "$bake" || :
	one_line "$stderr"
	contains "$stderr" "cache '$PWD/cache' is in use by a bake: try again when it has ended"
	[ -e .pgf/toy/seal.json ]
}

@test "two bakes at once share a cache" {
	two_recipes
	pgf bake -q --cache cache toy.yaml &
	first=$!
	pgf bake -q --cache cache second.yaml
	wait "$first"
	for recipe in toy second; do
		fresh_store fresh.zarr $recipe.yaml
		diff -r fresh.zarr $recipe.zarr
	done
}

@test "two recipes are given one place for their work, one after the other" {
	two_recipes
	for recipe in toy second; do
		pgf bake -q --work w $recipe.yaml
		fresh_store fresh.zarr $recipe.yaml
		diff -r fresh.zarr $recipe.zarr
	done
	for recipe in toy second; do
		diff_text "$recipe is up to date" "$(pgf bake --work w \
			$recipe.yaml | sed 's/:.*//')"
		pgf why --work w --json $recipe.zarr sst/c/0/0/0 |
			jq -e '.stored == "same"'
		diff_text '' "$(pgf update --work w $recipe.yaml)"
	done
	diff_text 'second toy' "$(cd w && echo *)"
	diff_text 'w/second w/toy' "$(pgf status --json w/ | jq -r .work | paste -sd ' ')"
	diff_text '' "$(pgf status w | sed -n '/^w.second: ended/,/^w.toy: ended/!p' |
		grep ended)"
	cp -r toy.zarr third.zarr
	run -65 --separate-stderr pgf why --work w third.zarr sst/c/0/0/0
	contains "$stderr" "no work folder in 'w' is of store '$PWD/third.zarr'"
	run -65 --separate-stderr pgf log w
	contains "$stderr" "'w' holds the work folders of 2 recipes: name one of them, such as 'w/second'"
	[ ! -e .pgf ]
}

@test "and at the same time, where a place may be that of the cache, too" {
	two_recipes
	pgf bake -q --work w --cache w/_cache toy.yaml &
	first=$!
	pgf bake -q --work w --cache w/_cache second.yaml
	wait "$first"
	diff_text 6 "$(grep -c GET "$SERVE_LOG")"
	diff_text 'w/second w/toy' "$(pgf status --json w | jq -r .work | paste -sd ' ')"
	for recipe in toy second; do
		fresh_store fresh.zarr $recipe.yaml
		diff -r fresh.zarr $recipe.zarr
	done
}

@test "what waits for one recipe of a place does not wait for another" {
	two_recipes
	mkdir bin
	cp "$PGF_BUILD"/bin/* bin
	printf '#!/bin/sh\n: >held\nsleep 600\n' >bin/pgf-fetch
	setsid bin/pgf bake -q --work w toy.yaml 3>&- &
	bake=$!
	until [ -e w/toy/held ]; do sleep 0.02; done
	run -0 --separate-stderr pgf bake -q --work w second.yaml
	run -75 --separate-stderr pgf bake -q --work w toy.yaml
	kill -- "-$bake"
	wait "$bake" || :
	contains "$stderr" "work folder '$PWD/w/toy' is in use"
}

@test "of a place one recipe's work goes, and none of the others'" {
	two_recipes
	for recipe in toy second; do pgf bake -q --work w $recipe.yaml; done
	mkdir kept
	cp -r w/second second.zarr kept
	run -65 --separate-stderr pgf clean --cache --store w
	contains "$stderr" "'w' holds the work folders of 2 recipes"
	run -0 --separate-stderr pgf clean --cache --store w/toy
	diff_text '' "$stderr"
	[ ! -e toy.zarr ]
	diff_text second "$(cd w && echo *)"
	diff -r kept/second w/second
	diff -r kept/second.zarr second.zarr
	# The only one need not be named.
	run -0 --separate-stderr pgf clean --cache w
	diff_text '' "$stderr$(ls w)"
	[ -e second.zarr/zarr.json ]
}

@test "what is no place for a work folder is refused" {
	two_recipes
	pgf-make --work w toy.yaml >toy.mk
	run -65 --separate-stderr pgf bake --work w/toy second.yaml
	one_line "$stderr"
	contains "$stderr" "'$PWD/w/toy' is the work folder of recipe 'toy'"
	[ ! -e w/toy/second ]
	mv w/toy w/second
	run -65 --separate-stderr pgf bake --work w second.yaml
	contains "$stderr" "work folder '$PWD/w/second' is of recipe 'toy'"
	run -2 --separate-stderr pgf bake --work second.zarr second.yaml
	contains "$stderr" "'$PWD/second.zarr/second' is in store"
	mkdir s.zarr
	run -2 --separate-stderr pgf bake --store s.zarr --cache s.zarr/c second.yaml
	contains "$stderr" 'in store'
}

@test "a store that another recipe has published since is refused" {
	archive 2
	pgf bake -q r.yaml
	rm -r toy.zarr
	sed 's/name: toy/name: second/' r.yaml >second.yaml
	pgf bake -q second.yaml
	cp -r toy.zarr kept
	run -65 --separate-stderr pgf clean --store .pgf/toy
	one_line "$stderr"
	contains "$stderr" "by recipe 'second'"
	diff -r kept toy.zarr
	[ -e .pgf/toy/recipe.mk ]
	pgf clean -q .pgf/toy
	[ ! -e .pgf/toy ]
	diff -r kept toy.zarr
}

@test "what is no work folder, or in use, is refused" {
	archive 1
	mkdir empty
	run -65 --separate-stderr pgf clean empty
	contains "$stderr" "'empty' is no work folder"
	diff_text '' "$(ls -A empty)"
	pgf bake -q r.yaml
	exec 8>>.pgf/toy/lock
	flock 8
	run -75 --separate-stderr pgf clean --store .pgf/toy
	exec 8>&-
	[ -e toy.zarr/zarr.json ]
	[ -e .pgf/toy/seal.json ]
}
