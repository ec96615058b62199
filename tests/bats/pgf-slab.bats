#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Raw values through the NetCDF library.

# run sets output in every test
# shellcheck disable=SC2030,SC2031

load common

setup_file() {
	local libs
	cd "$BATS_FILE_TMPDIR" || return
	read -ra libs < <(pkg-config --cflags --libs hdf5)
	gcc -o layouts "$PGF_ROOT/tests/fixtures/layouts.c" "${libs[@]}"
	./layouts .
	read -ra libs < <(pkg-config --cflags --libs netcdf)
	gcc -o grown "$PGF_ROOT/tests/fixtures/grown.c" "${libs[@]}"
	./grown grown.nc
	cat >a.cdl <<-'CDL'
	netcdf a {
	dimensions: t = UNLIMITED ; x = 3 ;
	variables: short v(t, x) ; double d ; int none(t, x) ;
	data: v = 1, 2, 3, 4, 5, 6 ; d = 2.5 ;
	}
	CDL
	ncgen -k classic -o three.nc a.cdl
	ncgen -k netCDF-4 -o four.nc a.cdl
	printf '%s\n' 'netcdf t {' 'dimensions: x = 3 ;' \
		'variables: string s(x) ;' 'data: s = "ab", "", "é" ; }' >t.cdl
	ncgen -k netCDF-4 -o text.nc t.cdl
}

setup() { cd "$BATS_FILE_TMPDIR" || return; }

# numbers TYPE ARGUMENT...: od's words of what pgf-slab prints.
numbers() {
	local type=$1
	shift
	pgf-slab "$@" | od -A n -v -t "$type" | xargs
}

@test "prints help" { case_help pgf-slab; }
@test "names an unknown option" { case_misuse pgf-slab; }
@test "reports a full disk" { case_full /dev/null pgf-slab four.nc v; }

@test "prints the whole variable, little-endian" {
	for file in three.nc four.nc; do
		diff_text '1 2 3 4 5 6' "$(numbers d2 "$file" v)"
		diff_text 2.5 "$(numbers f8 "$file" d)"
	done
}

@test "prints a box" {
	diff_text '5 6' "$(numbers d2 --start 1,1 four.nc v)"
	diff_text '2 3' "$(numbers d2 --start 0,1 --count 1,2 three.nc v)"
	diff_text '' "$(numbers d2 --count 0,3 four.nc v)"
	diff_text 2.5 "$(numbers f8 --start '' --count '' four.nc d)"
}

@test "prints plain HDF5, whatever its layout and byte order" {
	diff_text '0 7 14 21' "$(numbers d4 layouts.h5 compact)"
	diff_text '0 7' "$(numbers d4 --count 1,2 block.h5 chunked)"
	diff_text '-5 0' "$(numbers d4 --start 17,2 --count 1,2 layouts.h5 holes)"
}

@test "fills what lies behind the end of a variable, along every dimension" {
	local none=-2147483647
	diff_text "1 2 $none $none 3 4 $none $none $none $none $none $none" \
		"$(numbers d4 grown.nc few)"
	diff_text "1 2 $none $none 3 4 $none $none 5 6 $none $none" \
		"$(numbers d4 grown.nc inner)"
	diff_text "4 $none $none $none" \
		"$(numbers d4 --start 1,1 --count 2,2 grown.nc few)"
	diff_text "$none $none" \
		"$(numbers d4 --start 0,2 --count 1,2 grown.nc few)"
	diff_text '01 00 00 00 61 00 00 00 00 02 00 00 00 62 63 00 00 00 00' \
		"$(numbers x1 --count 2,2 grown.nc words)"
	diff_text '00 00 00 00 00 00 00 00' \
		"$(numbers x1 --start 2,2 --count 1,2 grown.nc words)"
}

@test "prints text with its size in front" {
	run -0 bash -c 'pgf-slab text.nc s | od -A n -v -t x1 | xargs'
	diff_text '02 00 00 00 61 62 00 00 00 00 02 00 00 00 c3 a9' "$output"
	run -0 bash -c 'pgf-slab layouts.h5 text | od -A n -v -t x1 | xargs'
	diff_text '02 00 00 00 61 62 05 00 00 00 68 65 6c 6c 6f 00 00 00 00' \
		"$output"
	run -0 bash -c 'pgf-slab --start 1 --count 1 layouts.h5 text | tail -c +5'
	diff_text hello "$output"
}

bad() { # bad CODE PART ARGUMENT...
	local code=$1 part=$2
	shift 2
	run "-$code" --separate-stderr pgf-slab "$@"
	diff_text '' "$output" || return
	contains "$stderr" "$part"
}

@test "errors name file, variable and box" {
	bad 65 "'four.nc': no variable 'w'" four.nc w
	bad 65 'No such file' missing.nc v
	bad 65 'it has 2 dimensions, the box has 1' --start 1 four.nc v
	bad 65 'along dimension 1, which has length 3' --start 0,4 four.nc v
	bad 65 'along dimension 0' --count 9,1 four.nc v
	bad 2 'operands' four.nc
	bad 2 'whole numbers' --start 1,x four.nc v
	bad 2 'whole numbers' --start 1, four.nc v
	bad 65 'neither NetCDF nor HDF5' layouts v
}
