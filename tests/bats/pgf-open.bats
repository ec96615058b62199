#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# From files to tables of chunks. The truth is ncdump's; the tables are read back
# by Python alone (tests/fixtures/table.py).

# run sets output in every test
# shellcheck disable=SC2030,SC2031

load common

setup_file() {
	local libs
	cd "$BATS_FILE_TMPDIR" || return
	read -ra libs < <(pkg-config --cflags --libs hdf5)
	gcc -o layouts "$PGF_ROOT/tests/fixtures/layouts.c" "${libs[@]}"
	./layouts .
	cat >a.cdl <<-'CDL'
	netcdf a {
	dimensions: time = UNLIMITED ; y = 3 ; x = 4 ; n = 5 ;
	variables:
		double time(time) ; time:units = "days since 2000-01-01" ;
		short v(time, y, x) ; v:_FillValue = -9s ; v:scale_factor = 0.5f ;
		float f(y, x) ; int i ; byte b(time) ; char c(y, n) ;
		:title = "t" ; :k = 1, 2 ; :none = "" ;
	data:
		time = 1, 2 ;
		v = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
			13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24 ;
		f = 1.5, 2.5, 3.1, 4, 5, 6, 7, 8, 9, 10, 11, 12 ;
		i = 7 ; b = 5, 6 ; c = "ab", "cdefg", "" ;
	}
	CDL
	ncgen -k classic -o classic.nc a.cdl
	ncgen -k '64-bit offset' -o offset.nc a.cdl
	ncgen -k '64-bit data' -o data.nc a.cdl
	ncgen -k netCDF-4 -o four.nc a.cdl
	nccopy -d 4 -s -c time/1,y/2,x/3 four.nc deflated.nc
}

setup() { cd "$BATS_FILE_TMPDIR" || return; }

open_file() { pgf-open <<<"{\"path\":\"$1\"}"; }
table() { open_file "$1" | python3 "$PGF_ROOT/tests/fixtures/table.py" "$2"; }

# truth FILE VARIABLE: numbers as ncdump has them, one a line.
truth() {
	ncdump -p 9,17 -v "$2" "$1" | tr -d '\n' | sed "s/.* $2 =//; s/;.*//" |
		tr -d ' ' | tr ',' '\n'
	echo
}

same_values() { # same_values FILE VARIABLE...
	local file=$1 variable
	shift
	for variable; do
		diff_text "$(truth "$file" "$variable")" \
			"$(table "$file" "$variable")" || return
	done
}

# formula N: the values of layouts.c.
formula() { seq 0 $(($1 - 1)) | awk '{ print $1 * 7 % 1000 }'; }

@test "prints help" { case_help pgf-open; }
@test "names an unknown option" { case_misuse pgf-open; }
@test "refuses what is no record" { case_bad_record pgf-open; }
@test "makes nothing of nothing" { case_empty pgf-open; }
@test "reports a full disk" {
	printf '{"path":"four.nc"}\n' >"$BATS_TEST_TMPDIR/in"
	case_full "$BATS_TEST_TMPDIR/in" pgf-open
}

@test "tables of every NetCDF format give ncdump's values" {
	for file in classic offset data four deflated; do
		same_values "$file.nc" time v f i b
	done
}

@test "characters are single bytes" {
	run -0 table classic.nc c
	diff_text '"a" "b" "" "" "" "c" "d" "e" "f" "g" "" "" "" "" ""' \
		"$(paste -sd ' ' <<<"$output")"
}

@test "a classic file has one chunk a record" {
	run -0 --separate-stderr open_file classic.nc
	diff_text '' "$stderr"
	run -0 jq -c '[.format, .dims, .vars.v.shape, .vars.v.chunk_shape,
		.vars.v.endian, (.vars.v.refs.offset | length)]' <<<"$output"
	diff_text '["netcdf3",{"time":2,"y":3,"x":4,"n":5},[2,3,4],[1,3,4],"big",2]' \
		"$output"
}

@test "attributes are plain JSON, with the types of the numeric ones" {
	for file in classic four; do
		run -0 open_file "$file.nc"
		diff_text '[{"title":"t","k":[1,2],"none":""},{"k":"int32"}]' \
			"$(jq -c '[.attrs, .attr_dtypes]' <<<"$output")"
		diff_text '[{"_FillValue":-9,"scale_factor":0.5},{"_FillValue":"int16","scale_factor":"float32"},-9]' \
			"$(jq -c '.vars.v | [.attrs, .attr_dtypes, .fill]' <<<"$output")"
	done
}

@test "codecs stand in the order of the pipeline" {
	run -0 open_file deflated.nc
	diff_text '[{"name":"shuffle","configuration":{"elementsize":2}},{"name":"zlib","configuration":{"level":4}}]' \
		"$(jq -c .vars.v.codecs <<<"$output")"
}

@test "compact, unallocated, masked and checked chunks give their values" {
	diff_text "$(formula 2000)" "$(table layouts.h5 checksum_last)"
	diff_text "$(formula 2000)" "$(table layouts.h5 edge_raw)"
	diff_text "$(formula 4)" "$(table layouts.h5 compact)"
	diff_text 0 "$(table layouts.h5 never | sort -u)"
	diff_text "$(printf -- '-5\n%s' "$(formula 60)" | sort -u)" \
		"$(table layouts.h5 holes | sort -u)"
	diff_text '"ab" "hello" ""' "$(table layouts.h5 text | paste -sd ' ')"
}

@test "a chunk whose filters were skipped is raw" {
	run -0 open_file layouts.h5
	diff_text '[0,3,0]' \
		"$(jq -c '.vars.skipped.refs.mask[:3]' <<<"$output")"
	run -0 table layouts.h5 skipped
	diff_text 0 "${lines[16]}"
	diff_text 16 "${lines[56]}"
}

@test "a dataset that netCDF passes over is told of" {
	run -0 --separate-stderr open_file flag.h5
	diff_text '["v"]' "$(jq -c '.vars | keys' <<<"$output")"
	one_line "$stderr"
	contains "$stderr" "flag.h5': variable 'flag' is left out: netCDF has no type for it, or none without a name"
}

@test "values that lie in other files are told of" {
	run -0 --separate-stderr open_file elsewhere.h5
	diff_text null "$(jq -c '.vars.v.refs' <<<"$output")"
	one_line "$stderr"
	contains "$stderr" "elsewhere.h5': the values of variable 'v' lie in other files"
}

@test "offsets count from the start of the file, user block included" {
	diff_text "$(formula 2000)" "$(table block.h5 chunked)"
	diff_text "$(formula 2000)" "$(table block.h5 whole)"
	diff_text 0 "$(table block.h5 never | sort -u)"
	{ head -c 512 /dev/zero && cat deflated.nc; } >"$BATS_TEST_TMPDIR/u.nc"
	diff_text "$(truth deflated.nc v)" "$(table "$BATS_TEST_TMPDIR/u.nc" v)"
}

@test "ten thousand chunks give their values" {
	diff_text "$(formula 20000)" "$(table many.h5 many)"
}

# bytes_read COMMAND...: how many bytes it read, libraries included.
bytes_read() { python3 "$PGF_ROOT/tests/fixtures/reads.py" "$@"; }

@test "of a large file only what describes it is read" {
	local name
	cd "$BATS_TEST_TMPDIR"
	ncgen -k classic -o classic.nc <<-'CDL'
	netcdf large { dimensions: y = 1500 ; x = 1400 ; variables: float v(y, x) ; }
	CDL
	nccopy -k netCDF-4 -c y/1500,x/1400 classic.nc whole.nc
	nccopy -k netCDF-4 -c y/5,x/700 classic.nc chunked.nc
	for name in classic whole chunked; do
		printf '{"path":"%s"}\n' "$PWD/$name.nc" >"$name"
		run -0 bytes_read cat "$name.nc"
		((output > 8000000))
		run -0 bytes_read pgf-open "$name"
		((output < 2000000)) # a sanitizer reads its own maps
	done
}

@test "a static variable has a digest, the same in every format" {
	local rec='{"key":{"concat":{"time":0}},"path":"%s"}\n'
	run -0 --separate-stderr bash -c "printf '$rec' classic.nc deflated.nc data.nc |
		pgf-open | jq -c '[.vars | to_entries[] | select(.value.digest) |
		[.key, .value.digest]]' | sort -u"
	one_line "$output"
	diff_text '["c","f","i"]' "$(jq -c '[.[][0]] | sort' <<<"$output")"
}

@test "a file that was fetched must still have its size" {
	run -75 --separate-stderr pgf-open <<-JSON
	{"key":{"concat":{"time":0}},"file":{"path":"$PWD/four.nc","size":5}}
	JSON
	diff_text '' "$output"
	one_line "$stderr"
}

bad() { # bad RECORD PART...: 65, one line that contains each PART
	local part
	run -65 --separate-stderr pgf-open <<<"$1"
	diff_text '' "$output" || return
	one_line "$stderr" || return
	shift
	for part; do
		contains "$stderr" "$part" || return
	done
}

@test "what the record promises must hold" {
	bad '{"key":{"concat":{"tiem":0}},"path":"four.nc"}' 'key tiem=0' \
		"four.nc'" "no dimension 'tiem'; the file has time, y, x, n"
	printf '%s\n' 'netcdf s {' 'variables: double time ; }' >single.cdl
	ncgen -k netCDF-4 -o single.nc single.cdl
	bad '{"key":{"concat":{"time":0}},"path":"single.nc"}' \
		"no dimension 'time': there it is a single value" fetch.exec
	bad '{"key":{"concat":{"time":0}},"path":"four.nc","expect":{"time":3}}' \
		'length 2' 'promises 3'
	bad '{"path":"four.nc","format":"netcdf3"}' "'netcdf3'" "'netcdf4'"
	bad '{"key":{"concat":{"time":0},"merge":{"v":"a"}},"path":"four.nc","expect":{"time":3}}' \
		'length 2' 'promises 3'
	# a member of a merge may be the same along a dimension
	run -0 --separate-stderr pgf-open <<<\
		'{"key":{"concat":{"tiem":0},"merge":{"v":"a"}},"path":"four.nc","expect":{"tiem":3}}'
	diff_text '' "$stderr"
	diff_text '{"tiem":0}' "$(jq -c .key.concat <<<"$output")"
}

@test "what is not NetCDF is told as what it is" {
	cd "$BATS_TEST_TMPDIR"
	printf '<!DOCTYPE html><html>login</html>' >page.nc
	bad '{"path":"page.nc"}' "cannot open '$PWD/page.nc': an HTML page, not NetCDF; the server may ask for a login or the URL may be wrong"
	: >empty.nc
	bad '{"path":"empty.nc"}' 'an empty file'
	bad '{"path":"missing.nc"}' 'No such file'
	bad '{"url":"https://h.example/x.nc"}' 'not a local file'
	bad '{"a":1}' "no 'file'"
}

@test "truncated files are told as truncated" {
	local file
	for file in four.nc deflated.nc classic.nc data.nc; do
		head -c "$(($(stat -c %s "$file") * 3 / 4))" "$file" \
			>"$BATS_TEST_TMPDIR/cut.nc"
		bad "{\"path\":\"$BATS_TEST_TMPDIR/cut.nc\"}" truncated
	done
}

@test "a damaged HDF5 file is one line" {
	cp four.nc "$BATS_TEST_TMPDIR/bad.nc"
	dd if=/dev/zero of="$BATS_TEST_TMPDIR/bad.nc" bs=1 seek=60 count=600 \
		conv=notrunc status=none
	bad "{\"path\":\"$BATS_TEST_TMPDIR/bad.nc\"}" corrupt
}

@test "types and groups that cannot be stored are named" {
	bad '{"path":"compound.h5"}' "variable 'pairs'" Zarr
	bad '{"path":"group.h5"}' "'/inner'" fetch.exec
}

@test "dimensions are what netCDF says, however they are put down" {
	cat >dims.cdl <<-'CDL'
	netcdf dims {
	types: byte enum answer { no = 0, yes = 1 } ;
	dimensions: y = 2 ; t = UNLIMITED ; x = 3 ; bare = 4 ; empty = UNLIMITED ;
	variables:
		double y(x, y) ; int t(t) ; short b(t, y) ; answer e(y) ;
		answer y:answers = no ;
	data: t = 1, 2 ; b = 1, 2, 3, 4, 5, 6 ; e = yes, no ;
	group: inner { variables: int more(t) ; data: more = 1, 2, 3, 4, 5 ; }
	}
	CDL
	ncgen -k netCDF-4 -o dims.nc dims.cdl
	run -0 --separate-stderr open_file dims.nc
	diff_text '{"y":2,"t":5,"x":3,"bare":4,"empty":0}' "$(jq -c .dims <<<"$output")"
	diff_text '{"y":["x","y"],"t":["t"],"b":["t","y"],"e":["y"]}' \
		"$(jq -c '.vars | map_values(.dims)' <<<"$output")"
	diff_text '["int8",[5,2]]' "$(jq -c '[.vars.e.dtype, .vars.b.shape]' <<<"$output")"
	contains "$stderr" "'/inner'"
}

@test "what is not a dimension of netCDF gets a name, what is not in the file is told of" {
	run -0 --separate-stderr open_file scales.h5
	diff_text '{"x":40,"phony_dim_1":50,"phony_dim_2":40}' "$(jq -c .dims <<<"$output")"
	diff_text '[["phony_dim_1","x"],["x","phony_dim_2"]]' \
		"$(jq -c '[.vars.a.dims, .vars.square.dims]' <<<"$output")"
	diff_text 3 "$(grep -c 'is left out' <<<"$stderr")"
	contains "$stderr" "'nowhere'"
	contains "$stderr" "'elsewhere'"
	contains "$stderr" "'matrix'"
}

@test "names that libraries read more into are names" {
	local name='a b\c#mode=zarr&x[1].nc'
	cp deflated.nc "$BATS_TEST_TMPDIR/$name"
	cd "$BATS_TEST_TMPDIR"
	run -0 --separate-stderr bash -c 'jq -nc --arg p "$1" "{path:\$p}" | pgf-open' - "$name"
	diff_text '[2,3,4]' "$(jq -c .vars.v.shape <<<"$output")"
}

@test "with -k a bad record is left out and the rest is described" {
	run -1 --separate-stderr pgf-open -k <<-'JSON'
	{"path":"missing.nc"}
	{"path":"four.nc"}
	JSON
	one_line "$output"
	contains "$stderr" 'missing.nc'
}

@test "tells of a long coordinate where it begins and ends, without what is missing" {
	{
		echo 'netcdf long { dimensions: time = 5000 ;'
		echo 'variables: int time(time) ; time:_FillValue = -1 ; data: time ='
		for ((i = 0; i < 5000; i++)); do
			case $i in
			0 | 100 | 4999) echo -1 ;;
			*) echo $((i < 4000 ? i : i + 999)) ;;
			esac
		done | paste -sd,
		echo '; }'
	} >long.cdl
	ncgen -k netCDF-4 -o long.nc long.cdl
	run -0 --separate-stderr pgf-open <<<'{"key":{"concat":{"time":0},"merge":{}},"path":"long.nc"}'
	diff_text '[{"n":4997,"first":1,"last":5997,"step":[1,1,1000]},false]' \
		"$(jq -c '.vars.time | [.range, has("data")]' <<<"$output")"
}

@test "a record does not wait for the next, and those that are there keep their order" {
	local first name
	mkfifo in
	pgf-open <in 3>&- | cat >out 3>&- &
	exec 9>in
	echo '{"path":"classic.nc"}' >&9
	for _ in $(seq 600); do
		[ ! -s out ] || break
		sleep 0.1
	done
	first=$(wc -l <out)
	exec 9>&-
	wait $!
	diff_text 1 "$first"
	for name in $(seq 20); do
		echo "{\"path\":\"classic.nc\",\"n\":$name}"
	done >many
	pgf-open many | jq .n >order
	diff_text "$(seq 20)" "$(cat order)"
}
