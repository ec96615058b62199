#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Compressed files and archives, made by other programs, on the way to a file.

# shellcheck disable=SC2030,SC2031 # each test is a subshell, and means it
load common
load bake

setup() { cd "$BATS_TEST_TMPDIR" || return; }

# pack: the file a.nc in all ways there are.
pack() {
	python3 - <<-'END'
		import bz2, gzip, io, lzma, random, tarfile, zipfile
		data = random.Random(1).randbytes(300000) + bytes(700000)
		open("a.nc", "wb").write(data)
		open("p.nc.gz", "wb").write(gzip.compress(data[:5000]) + gzip.compress(data[5000:]))
		open("p.nc.bz2", "wb").write(bz2.compress(data[:5000]) + bz2.compress(data[5000:]))
		open("p.nc.xz", "wb").write(lzma.compress(data[:5000]) + lzma.compress(data[5000:]))
		with zipfile.ZipFile("m.zip", "w", zipfile.ZIP_DEFLATED) as z:
		    z.write("a.nc", "x/ü a.nc")
		    z.writestr("b.nc", b"b" * 10)
		    z.writestr("x/", b"")
		with zipfile.ZipFile("one.zip", "w") as z:
		    z.write("a.nc", "../../only.nc")
		for name in "m.tar", "m.tgz", "m.tar.gz", "m.tar.bz2", "m.tar.xz":
		    kind = name.split(".")[-1].replace("tgz", "gz").replace("tar", "")
		    with tarfile.open(name, "w:" + kind) as t:
		        t.add("a.nc", "./x/ü a.nc")
		        t.add("a.nc", "../../evil")
		        for twice in 1, 2:
		            t.add("a.nc", "twice.nc")
		        link = tarfile.TarInfo("link")
		        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
		        t.addfile(link)
		for name in "p.nc.gz", "p.nc.bz2", "p.nc.xz", "m.zip", "m.tar.gz":
		    bytes_ = open(name, "rb").read()
		    open("cut-" + name, "wb").write(bytes_[:len(bytes_) * 2 // 3])
		    bad = bytearray(bytes_)
		    bad[len(bad) // 2] ^= 0x55
		    open("bad-" + name, "wb").write(bad)
	END
	zstd -qf a.nc -o p.nc.zst
	zstd -qf m.tar
}

# item URL...: items of these URLs.
item() {
	local url n=0
	for url; do
		jq -nc --arg url "$url" --argjson n "$n" \
			'{key:{concat:{time:$n},merge:{}},url:$url}'
		n=$((n + 1))
	done
}

@test "one file comes out of each, with its digest" {
	local sum first
	pack
	item p.nc.{gz,bz2,xz,zst} 'm.zip!x/ü a.nc' one.zip m.{tar,tgz}'!x/ü a.nc' \
		m.tar.{gz,bz2,xz,zst}'!./x/ü a.nc' 'm.tar!../../evil' \
		"file://$PWD/m.zip!x/%C3%BC%20a.nc" >items.ndjson
	sum=$(sha256sum <a.nc | cut -d' ' -f1)
	run -0 --separate-stderr pgf-fetch --cache c items.ndjson
	diff_text '' "$stderr"
	[ "${#lines[@]}" = 14 ]
	diff_text "1000000 $sum" "$(jq -r '.file | "\(.size) \(.sha256)"' <<<"$output" | sort -u)"
	diff_text "$sum" "$(jq -r .file.path <<<"$output" | xargs sha256sum | cut -d' ' -f1 | sort -u)"
	# Nothing is where the names in an archive say.
	diff_text '' "$(find . -name evil -o -name only.nc)"
	cp -r c before
	first=$output
	run -0 --separate-stderr pgf-fetch --cache c items.ndjson
	diff_text "$first" "$output"
	diff -r before c
}

@test "with --no-unpack they are files like others" {
	pack
	item p.nc.gz m.zip >items.ndjson
	run -0 --separate-stderr pgf-fetch --no-unpack items.ndjson
	diff_text "$PWD/p.nc.gz $PWD/m.zip" "$(jq -r .file.path <<<"$output" | paste -sd ' ')"
}

# refused URL TEXT: it is, in one line with key and URL, and nothing is left.
refused() {
	item "$1" >items.ndjson
	run -65 --separate-stderr pgf-fetch --cache c "${@:3}" items.ndjson
	diff_text '' "$output"
	one_line "$stderr"
	contains "$stderr" "items.ndjson:1: key time=0: "
	contains "$stderr" "'$1'"
	contains "$stderr" "$2"
	diff_text '' "$(find c -type f ! -name lock)"
}

@test "what is damaged, cut off, encrypted, ambiguous or too large" {
	pack
	for name in p.nc.gz p.nc.bz2 p.nc.xz 'm.zip!x/ü a.nc' 'm.tar.gz!x/ü a.nc'; do
		refused "bad-$name" 'it is damaged'
		refused "cut-$name" 'it is '
	done
	refused m.zip 'has several files: name one'
	refused 'm.zip!c.nc' 'has no such file'
	refused 'm.tar!link' 'no plain file'
	refused 'm.tar!twice.nc' 'twice'
	refused 'm.zip!' 'empty'
	refused p.nc.xz 'more than 999999 bytes: see --unpack-limit' --unpack-limit 999999B
	cp a.nc plain.nc.gz
	refused plain.nc.gz 'it is not compressed'
	# A member of this archive is encrypted (ZipCrypto): written byte for byte.
	python3 - <<-'END'
		import struct
		name = b"a.nc"
		local = struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 1, 0, 0, 33, 1, 17, 5, 4, 0) + name + bytes(17)
		central = struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\1\2", 20, 20, 1, 0, 0, 33, 1, 17, 5, 4, 0, 0, 0, 0, 0, 0) + name
		end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 1, 1, len(central), len(local), 0)
		open("secret.zip", "wb").write(local + central + end)
	END
	refused 'secret.zip!a.nc' 'it is encrypted'
	run -2 --separate-stderr pgf-fetch --unpack-limit x </dev/null
	contains "$stderr" 'must be a size'
	item p.nc.gz >items.ndjson
	run -2 --separate-stderr pgf-fetch items.ndjson
	contains "$stderr" '--cache'
}

@test "an archive of many items is fetched once" {
	mkdir www
	pack
	cp m.tar.gz m.zip www
	serve "$PWD/www"
	item "$SERVE_URL/m.tar.gz!x/%C3%BC%20a.nc" "$SERVE_URL/m.zip!b.nc" \
		"$SERVE_URL/m.tar.gz!../../evil" "$SERVE_URL/m.zip!x/ü a.nc" >items.ndjson
	run -0 --separate-stderr pgf-fetch --cache c items.ndjson
	diff_text '1000000 10 1000000 1000000' "$(jq .file.size <<<"$output" | paste -sd ' ')"
	diff_text 2 "$(grep -c GET "$SERVE_LOG")"
}

@test "a store from archives is that from the files" {
	archive 3
	cp -r src plain
	fresh_store plain.zarr
	(cd src && gzip -k 000.nc && tar -cJf t.tar.xz 001.nc && python3 -m zipfile -c z.zip 002.nc &&
		rm ./*.nc)
	sed -i 's|glob: "src/[*].nc"|files: [src/000.nc.gz, "src/t.tar.xz!001.nc", "src/z.zip!002.nc"]|' r.yaml
	run -0 --separate-stderr pgf bake r.yaml
	diff -r -x zarr.json plain.zarr toy.zarr
	# Another archive, another file: the batch of it, and what draws on it.
	source_file src/000.nc 0 777
	gzip -f src/000.nc
	cp src/000.nc.gz plain/
	gunzip -f plain/000.nc.gz
	run -0 --separate-stderr pgf update r.yaml
	starts_with "$output" 'toy: files 0 new, 1 changed, 0 gone; '
	sed 's|files: .*\], dims|glob: "plain/*.nc", dims|' r.yaml >plain.yaml
	fresh_store plain.zarr plain.yaml
	diff -r -x zarr.json plain.zarr toy.zarr
}

@test "what is packed cannot be read where it is" {
	printf '%s\n' 'name: toy' 'pattern: {files: ["https://127.0.0.1:1/a.nc.gz"]}' \
		'fetch: {cache: false}' 'target: {store: toy.zarr}' >r.yaml
	run -65 --separate-stderr pgf bake r.yaml
	one_line "$stderr"
	contains "$stderr" "'https://127.0.0.1:1/a.nc.gz' is packed: leave out 'cache: false'"
	[ ! -e toy.zarr ]
}

# A cache with what was made of a.nc.gz and b.nc.gz, and notes of its owner.
@test "--gc removes what no record names, and nothing else" {
	printf abc >a.nc
	printf abd >b.nc
	gzip a.nc b.nc
	for f in a b; do echo "{\"key\":{},\"url\":\"$f.nc.gz\"}"; done >items
	run -0 pgf-fetch --cache c --exec 'cp {in} {out}' -o out items
	diff_text 8 "$(find c -name '*-*' -type f | wc -l)"
	echo mine >c/notes
	echo mine >c/aa-notes
	find c -type f ! -name lock | sort >before
	head -n 1 items >one
	run -0 --separate-stderr pgf-fetch --cache c --gc --dry-run -o would one
	find c -type f ! -name lock | sort | diff before -
	run -0 --separate-stderr pgf-fetch --cache c --gc one
	diff_text '' "$stderr"
	diff_text "$(sort would)" "$(sort <<<"$output")"
	diff_text 4 "$(wc -l <would)"
	diff_text 4 "$(find c -name '*-*' -type f | grep -vc notes)"
	[ -e c/notes ]
	[ -e c/aa-notes ]
	diff_text abc "$(cat "$(head -n 1 out | jq -r .file.path)")"
	[ ! -e "$(tail -n 1 out | jq -r .file.path)" ]
	# Its output names them as well; stdin, too.
	run -0 --separate-stderr pgf-fetch --cache c --gc <out
	diff_text '' "$output"
	run -65 --separate-stderr pgf-fetch --cache c --gc /dev/null
	contains "$stderr" 'no record names a file'
	mkdir w
	run -65 --separate-stderr pgf-fetch --cache c --gc w
	contains "$stderr" 'is no work folder'
	run -2 --separate-stderr pgf-fetch --cache c --dry-run one
	run -2 --separate-stderr pgf-fetch --gc one
	diff_text abc "$(cat "$(head -n 1 out | jq -r .file.path)")"
}

@test "--gc leaves a cache alone that a run uses" {
	printf '{"key":{},"url":"http://127.0.0.1:1/a.nc"}\n' >items
	pgf-fetch -v --cache c --retries 1000 items >out 2>err 3>&- &
	await grep -q 'trying again' err
	run -75 --separate-stderr pgf-fetch --cache c --gc items
	contains "$stderr" 'another run uses the cache; try again when it has ended'
	kill $!
	wait $! || :
	run -0 --separate-stderr pgf-fetch --cache c --gc items
}

@test "--gc leaves a cache alone that is used for local files only" {
	mkfifo go
	printf abc >a.nc
	printf '{"key":{},"url":"a.nc"}\n' >items
	pgf-fetch --cache c --exec-timeout 600 \
		--exec 'sh -c "touch begun; cat go >\"\$1\"" sh {out} {in}' items >out 2>err 3>&- &
	until [ -e begun ]; do sleep 0.02; done
	run -75 --separate-stderr pgf-fetch --cache c --gc items
	contains "$stderr" 'another run uses the cache'
	echo made >go
	wait $!
	diff_text made "$(cat "$(jq -r .file.path out)")"
	run -0 --separate-stderr pgf-fetch --cache c --gc items
	diff_text '' "$output"
}
