# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Loaded after bake: the ways to run a recipe, each as ENGINE STORE, with the work
# folder STORE.work and r.yaml; and killing one in the middle.

# The programs one after the other, with two files in place of a work folder.
engine_pipe() {
	mkdir -p "$1.work/toy"
	pgf-expand r.yaml | pgf-fetch --cache "$1.work/cache" |
		pgf-open >"$1.work/toy/open" || return
	pgf-schema <"$1.work/toy/open" >"$1.work/toy/schema" || return
	pgf-plan -r r.yaml --schema "$1.work/toy/schema" <"$1.work/toy/open" |
		pgf-write "$1" |
		pgf-seal -r r.yaml --schema "$1.work/toy/schema" "$1" >"$1.seal"
}

engine_make1() { engine_make "$1" -j1; }
engine_make8() { engine_make "$1" -j8; }
engine_make() {
	pgf-make --store "$1" --work "$1.work" r.yaml >"$1.mk" &&
		make -s -O "${2:--j4}" -f "$1.mk"
}

engine_ninja() {
	pgf-make --format ninja --store "$1" --work "$1.work" r.yaml \
		>"$1.ninja" && ninja -j4 -C "$1.work/toy" -f recipe.ninja
}

# Stage by stage, the tasks of one all at once.
engine_parallel() {
	pgf-make --format ndjson --store "$1" --work "$1.work" r.yaml \
		>"$1.ndjson" && run_waves "$1.ndjson"
}
run_waves() {
	local stage
	for stage in $(jq -r .stage "$1" | uniq); do
		jq -r "select(.stage == \"$stage\") |
			\"cd \(.cwd | @sh) && \(.argv | @sh)\"" "$1" |
			parallel --will-cite -j4 || return
	done
}

# killed_after NAME ENGINE STORE: start it, and kill it and all it has started as
# soon as NAME is there in the work folder.
killed_after() {
	local leader
	export -f engine_pipe engine_make engine_make1 engine_make8 \
		engine_ninja engine_parallel run_waves
	setsid bash -c 'set -o pipefail; "$@"' - "engine_$2" "$3" \
		>"$3.log" 2>&1 3>&- &
	leader=$!
	until [ -e "$3.work/toy/$1" ]; do
		kill -0 "$leader" 2>/dev/null || { cat "$3.log" && return 1; }
		sleep 0.01
	done
	# Again, until there is none that was being started meanwhile.
	while pkill -9 -s "$leader"; do sleep 0.02; done
	wait "$leader" 2>/dev/null || :
}
