# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Loaded after common: a small archive, a recipe for it, and counting tasks.

# source_file FILE N [SST]: file N of the archive: DAYS days (default: two), a
# 3 x 4 map, the first cell of the map SST (default: 100 N). If WIDE is set there is a variable
# so wide that three days of it are enough for a region.
source_file() {
	local n=$2 first=${3:-$(($2 * 100))} i sst dims='' var='' data=''
	local days=${DAYS:-2} time=$(($2 * 2))
	for ((i = 1; i < days; i++)); do time+=", $(($2 * 2 + i))"; done
	sst=$first
	for ((i = 1; i < 12 * days; i++)); do sst+=", $((n * 100 + i))"; done
	if [ -n "${WIDE:-}" ]; then
		dims='y = 420; x = 420;'
		var='double wide(time, y, x); wide:_DeflateLevel = 1;'
		data="wide = $(awk -v n="$n" -v days="$days" 'BEGIN {
			for (i = 1; i < days * 420 * 420; i++)
				printf "%d,", n * 10 + i % 7
			print n ";" }')"
	fi
	ncgen -4 -o "$1" <<CDL
netcdf source {
dimensions: time = UNLIMITED; lat = 3; lon = 4; $dims
variables:
	double time(time); time:units = "days since 2000-01-01";
		time:calendar = "standard";
	float lat(lat); lat:units = "degrees_north";
	float lon(lon); lon:units = "degrees_east";
	short sst(time, lat, lon); sst:_FillValue = -999s; sst:units = "K";
		sst:_DeflateLevel = 4; sst:_Shuffle = "true";
	float area(lat, lon);
	$var
	:institution = "none";
data:
	time = $time;
	lat = -1, 0, 1;
	lon = 0, 90, 180, 270;
	sst = $sst;
	area = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12;
	$data
}
CDL
}

# archive N [FOLDER]: N files in FOLDER/src, and FOLDER/r.yaml, a recipe whose
# chunks are one and a half files long.
archive() {
	local n folder=${2:-.}
	mkdir -p "$folder/src"
	for ((n = 0; n < $1; n++)); do
		# ncgen takes some names of folders for URLs.
		(cd "$folder" && source_file "src/$(printf '%03d' "$n").nc" "$n")
	done
	cat >"$folder/r.yaml" <<'YAML'
name: toy
title: A toy
pattern: {glob: "src/*.nc", dims: [{concat: time}]}
target: {store: toy.zarr, chunks: {time: 3}}
YAML
}

# tasks_of TEXT: the commands in TEXT, counted by stage: "open 1, write 2", or "none".
tasks_of() {
	printf '%s\n' "$1" | awk '
	/^[^ ]*\/pgf-[a-z]+'\''? -/ {
		sub(/^[^ ]*\/pgf-([a-z]+'\''? --stage )?/, "")
		sub(/[^a-z].*/, "")
		n[$0]++
	}
	END {
		count = split("fetch open facts schema plan write seal", stage, " ")
		for (i = 1; i <= count; i++)
			if (stage[i] in n)
				out = out (out ? ", " : "") stage[i] " " n[stage[i]]
		print out ? out : "none"
	}'
}

# bake_ran EXPECTED [ARGUMENT...]: a bake succeeds and runs just these tasks.
bake_ran() {
	local expected=$1
	shift
	run -0 --separate-stderr pgf bake -v "${@:-r.yaml}"
	diff_text "$expected" "$(tasks_of "$stderr")"
}

# fresh_store STORE [ARGUMENT...]: the store that a bake from nothing makes.
fresh_store() {
	local store=$1
	shift
	rm -rf "$store" "$store.work"
	pgf bake -q --store "$store" --work "$store.work" "${@:-r.yaml}"
}

# told WORK: what a work folder tells of the tasks that ended well (a line each, from
# its ledger), of what they wrote (its receipts) and of the store (seal.json), sorted;
# without what is measured (when, how long, with how much memory, as which process) and
# what there was to do still (bytes that had to be fetched, objects and bytes that were
# new to the store), as whoever goes on after another has less of that.
told() {
	jq -cRr 'def of_task: select(.task and .exit == 0) |
			del(.pid, .start, .end, .seconds, .rss, .out, .objects) |
			if .stage == "fetch" then del(.in) else . end;
		def of_receipt: select(.region) | del(.seconds, .rss);
		def of_store: select(.work) | del(.store, .work.seconds, .work.peak);
		input_filename as $path | fromjson? | objects |
		of_task, of_receipt, of_store |
		"\($path | ltrimstr($ARGS.positional[0])) \(tojson)"' \
		"$1"/ledger.ndjson "$1"/w/* "$1"/seal.json --args "$1/" | sort
}

# killed_tasks WORK PID...: the tasks of a work folder whose last line is the first of one of
# these processes, which was killed: what it was to make may be there, and whole, without its word for it.
killed_tasks() {
	local work=$1
	shift
	jq -rR --argjson killed "[$(tr ' ' , <<<"$*")]" -n '
		[inputs | fromjson? | select(.task?)] | group_by(.task)[] | last |
		select(.end == null and (.pid | IN($killed[]))).task' \
		"$work/ledger.ndjson"
}
