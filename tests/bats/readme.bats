#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What README shows is what happens.

bats_require_minimum_version 1.5.0
load common

# The commands of README, but for building.
tour() {
	awk '/^    \$ / { sub(/^    \$ /, ""); on = 1; print; next }
		on && /^        / { print; next }
		{ on = 0 }' "$PGF_ROOT/README.md" | grep -v '^make$\|^export PATH'
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir share
	ln -s "$PGF_ROOT/share/demo" share/demo
	awk '/^```yaml/ { on = 1; next } /^```/ { on = 0 } on' \
		"$PGF_ROOT/README.md" >demo.yaml
}

@test "the tour runs as README shows it" {
	{ echo 'set -eu -o pipefail' && tour; } >tour.sh
	run -0 --separate-stderr bash tour.sh
	contains "$output" "demo is up to date: $PWD/demo.zarr"
	contains "$output" '{"offset":['
	diff -r demo.zarr piped.zarr
	jq -e '.attributes.pgf_recipe == "demo"' demo.zarr/zarr.json
	diff_text '[12,90,180]' "$(jq -c .shape demo.zarr/SST/zarr.json)"
}
