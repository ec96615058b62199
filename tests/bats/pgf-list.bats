#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# pgf-list against real servers, and recipes whose files a server lists.

# shellcheck disable=SC2030,SC2031 # each test is a subshell, and means it
load common
load bake

setup() { cd "$BATS_TEST_TMPDIR" || return; }

# web COMMAND...: a server in the background, ended by teardown, which answers at
# WEB_URL before web returns (port, to the command).
web() {
	local port
	port=$(free_port)
	WEB_URL=http://127.0.0.1:$port
	port=$port "$@" >web.log 2>&1 3>&- &
	SERVE_PIDS+=("$!")
	answers "$port" || { cat web.log && return 1; }
}

nginx_here() { # nginx_here FORMAT: the folder www
	cat >nginx.conf <<-END
		pid $PWD/nginx.pid; error_log stderr; daemon off;
		master_process off;
		events {}
		http {
			access_log off; client_body_temp_path $PWD/t1;
			proxy_temp_path $PWD/t2; fastcgi_temp_path $PWD/t3;
			uwsgi_temp_path $PWD/t4; scgi_temp_path $PWD/t5;
			server {
				listen 127.0.0.1:$port; root $PWD/www;
				autoindex on; autoindex_format $1;
			}
		}
	END
	exec /usr/sbin/nginx -p "$PWD" -c "$PWD/nginx.conf" -e stderr
}

apache_here() {
	local modules=/usr/lib/apache2/modules
	cat >apache.conf <<-END
		ServerName localhost
		ServerRoot $PWD
		PidFile $PWD/apache.pid
		DefaultRuntimeDir $PWD
		Listen 127.0.0.1:$port
		ErrorLog /dev/stderr
		LoadModule mpm_event_module $modules/mod_mpm_event.so
		LoadModule authz_core_module $modules/mod_authz_core.so
		LoadModule dir_module $modules/mod_dir.so
		LoadModule autoindex_module $modules/mod_autoindex.so
		DocumentRoot $PWD/www
		<Directory $PWD/www>
			Options Indexes
			IndexOptions FancyIndexing HTMLTable
			Require all granted
		</Directory>
	END
	exec /usr/sbin/apache2 -X -f "$PWD/apache.conf"
}

ftp_here() {
	exec /usr/bin/python3 -m pyftpdlib -i 127.0.0.1 -p "$port" -d www
}

# files: a folder www with names of all sorts; and what is to be found there.
files() {
	local name
	mkdir -p www/d/2020/deep "www/d/ö &"
	names=(a.nc 'b c+d%e&f.nc' 'ü;,=@~.nc' "q'(1)\$.nc" '#x?.nc' 'a:b.nc' '<i>.nc')
	for name in "${names[@]}" 2020/x.nc 2020/deep/y.nc 'ö &/z.nc' ../up.nc; do
		printf '%s' "$name" >"www/d/$name"
	done
}

# finds: the records of $output are these names, and each URL is that file.
finds() {
	local url
	diff_text "$(printf '%s\n' "$@" | sort)" "$(jq -r .name <<<"$output")" || return
	jq -r .url <<<"$output" | while IFS= read -r url; do
		curl -sf "$url" && echo
	done | diff_text "$(printf '%s\n' "$@" | sort)" "$(cat)"
}

everything() {
	run -0 --separate-stderr pgf-list "$WEB_URL/d/"
	diff_text '' "$stderr"
	finds "${names[@]}"
	run -0 --separate-stderr pgf-list --depth 1 "$WEB_URL/d/"
	finds "${names[@]}" 2020/x.nc 'ö &/z.nc'
	run -0 --separate-stderr pgf-list --depth 9 "$WEB_URL/d/"
	finds "${names[@]}" 2020/x.nc 2020/deep/y.nc 'ö &/z.nc'
}

@test "prints help" { case_help pgf-list; }

@test "refuses misuse" {
	case_misuse pgf-list
	run -2 --separate-stderr pgf-list
	contains "$stderr" 'give one URL'
	run -2 --separate-stderr pgf-list --depth 33 http://127.0.0.1/
	contains "$stderr" '--depth must be 0 to 32'
	run -65 --separate-stderr pgf-list /tmp
	contains "$stderr" "use 'glob'"
}

@test "the index of Python" {
	files
	web python3 -c 'import http.server, os, sys
sys.argv = ["", os.environ["port"], "--bind", "127.0.0.1", "-d", "www"]
import runpy
runpy.run_module("http.server", run_name="__main__")'
	everything
}

@test "the HTML index of nginx" {
	files
	web nginx_here html
	everything
}

@test "the JSON index of nginx, with size and time" {
	files
	touch -d 2020-01-02T03:04:05Z www/d/a.nc
	web nginx_here json
	everything
	diff_text '4 2020-01-02T03:04:05.000000000Z' "$(jq -r \
		'select(.name == "a.nc") | "\(.size) \(.modified)"' <<<"$output")"
}

@test "the index of Apache" {
	files
	web apache_here
	everything
}

@test "a THREDDS catalog, and the catalogs below" {
	mkdir -p www/thredds/catalog/x/2020 www/thredds/fileServer/x/2020
	printf x/a.nc >www/thredds/fileServer/x/a.nc
	printf 'x/2020/b c.nc' >'www/thredds/fileServer/x/2020/b c.nc'
	catalog() {
		printf '<?xml version="1.0" encoding="UTF-8"?>
			<catalog xmlns="http://www.unidata.ucar.edu/namespaces/thredds/InvCatalog/v1.0" xmlns:xlink="http://www.w3.org/1999/xlink" version="1.2">
			<service name="all" serviceType="Compound" base="">
			<service name="odap" serviceType="OPENDAP" base="/thredds/dodsC/"/>
			<service name="http" serviceType="HTTPServer" base="/thredds/fileServer/"/>
			</service>
			<dataset name="x"><metadata inherited="true"><serviceName>all</serviceName></metadata>
			%s</dataset></catalog>' "$1"
	}
	catalog '<dataset name="a.nc" urlPath="x/a.nc"><dataSize units="bytes">6</dataSize></dataset>
		<catalogRef xlink:href="2020/catalog.xml" xlink:title="2020" name=""/>' \
		>www/thredds/catalog/x/catalog.xml
	catalog '<dataset name="b c.nc" urlPath="x/2020/b c.nc"/>
		<catalogRef xlink:href="../catalog.xml" xlink:title="up" name=""/>' \
		>www/thredds/catalog/x/2020/catalog.xml
	serve www
	WEB_URL=$SERVE_URL
	run -0 --separate-stderr pgf-list "$WEB_URL/thredds/catalog/x/catalog.xml"
	finds x/a.nc
	diff_text 6 "$(jq .size <<<"$output")"
	run -0 --separate-stderr pgf-list --depth 5 "$WEB_URL/thredds/catalog/x/catalog.xml"
	finds x/a.nc 'x/2020/b c.nc'
}

# s3_here: speaks ListObjectsV2, two keys a page; the objects are the files in www.
# With a key in the environment requests must be signed.
s3_here() {
	exec python3 - <<-'END'
		import http.server, os, pathlib, urllib.parse
		from xml.sax.saxutils import escape
		root = pathlib.Path("www/bucket")
		class S3(http.server.BaseHTTPRequestHandler):
		    def do_GET(self):
		        url = urllib.parse.urlsplit(self.path)
		        asked = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
		        signed = "AWS4-HMAC-SHA256 Credential=" in self.headers.get("Authorization", "")
		        key = urllib.parse.unquote(url.path.removeprefix("/bucket/"))
		        if os.environ.get("AWS_ACCESS_KEY_ID") and not signed:
		            return self.answer(403, b"")
		        if key:
		            return self.answer(200, (root / key).read_bytes())
		        prefix, mark = asked["prefix"], asked.get("delimiter")
		        keys = sorted(str(p.relative_to(root)) for p in root.rglob("*") if p.is_file())
		        keys = [k for k in keys if k.startswith(prefix)
		                and not (mark and mark in k[len(prefix):])]
		        first = int(asked.get("continuation-token", "t/=+0")[4:])
		        page = keys[first:first + 2]
		        more = first + 2 < len(keys)
		        text = "<?xml version='1.0'?><ListBucketResult xmlns='http://s3.amazonaws.com/doc/2006-03-01/'>"
		        for k in page:
		            text += ("<Contents><Key>%s</Key><Size>%d</Size><ETag>&quot;e&quot;</ETag>"
		                "<LastModified>2020-01-02T03:04:05.000Z</LastModified></Contents>"
		                % (escape(urllib.parse.quote_plus(k, safe="/")), (root / k).stat().st_size))
		        text += "<Prefix>%s</Prefix><EncodingType>url</EncodingType><IsTruncated>%s</IsTruncated>" % (
		            urllib.parse.quote_plus(prefix, safe="/"), str(more).lower())
		        if more:
		            text += "<NextContinuationToken>t/=+%d</NextContinuationToken>" % (first + 2)
		        self.answer(200, (text + "</ListBucketResult>").encode())
		    def answer(self, code, body):
		        self.send_response(code)
		        self.send_header("Content-Length", str(len(body)))
		        self.end_headers()
		        self.wfile.write(body)
		http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["port"])), S3).serve_forever()
	END
}

@test "a bucket, page by page, and its objects" {
	local n
	mkdir -p www/bucket/a/b/c www/bucket/other
	for n in 'x +%&.nc' 'ü.nc' 1.nc 2.nc 3.nc; do printf '%s' "$n" >"www/bucket/a/b/$n"; done
	touch www/bucket/a/b/c/deep.nc www/bucket/a/by.nc www/bucket/other/o.nc
	export AWS_CONFIG_FILE=none AWS_SHARED_CREDENTIALS_FILE=none AWS_EC2_METADATA_DISABLED=true
	unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_PROFILE
	web s3_here
	run -0 --separate-stderr pgf-list --s3-anonymous --s3-endpoint "$WEB_URL" s3://bucket/a/b/
	diff_text '' "$stderr"
	diff_text "$(printf '%s\n' 1.nc 2.nc 3.nc 'x +%&.nc' 'ü.nc' | sort)" "$(jq -r .name <<<"$output")"
	diff_text '{"url":"s3://bucket/a/b/x +%&.nc","name":"x +%&.nc","size":8,"modified":"2020-01-02T03:04:05.000Z","etag":"\"e\""}' \
		"$(grep '"x ' <<<"$output")"
	run -0 --separate-stderr pgf-list --depth 1 --s3-endpoint "$WEB_URL" s3://bucket/a/b
	diff_text 6 "${#lines[@]}"
	run -0 --separate-stderr pgf-list --depth 9 --s3-endpoint "$WEB_URL" s3://bucket
	diff_text 8 "${#lines[@]}"
	printf '%s\n' 'name: toy' \
		"pattern: {listing: {url: 's3://bucket/a/b/', match: '[.]nc$'}, dims: [{concat: time}]}" \
		"fetch: {s3: {endpoint: '$WEB_URL', anonymous: true}}" >r.yaml
	pgf-expand r.yaml >items
	run -0 --separate-stderr pgf-fetch --cache c --s3-endpoint "$WEB_URL" items
	diff_text 'x +%&.nc' "$(cat "$(jq -r 'select(.url | endswith("&.nc")).file.path' <<<"$output")")"
	serve_stop
	AWS_ACCESS_KEY_ID=key AWS_SECRET_ACCESS_KEY=secret web s3_here
	run -65 --separate-stderr pgf-list --s3-endpoint "$WEB_URL" s3://bucket/a/
	contains "$stderr" "cannot list 's3://bucket/"
	contains "$stderr" 403
	export AWS_ACCESS_KEY_ID=key AWS_SECRET_ACCESS_KEY=secret
	run -0 --separate-stderr pgf-list --s3-region x --s3-endpoint "$WEB_URL" s3://bucket/a/
	diff_text by.nc "$(jq -r .name <<<"$output")"
}

@test "a folder of an FTP server" {
	mkdir -p www/d/sub
	printf 12345 >'www/d/a b.nc'
	printf 1 >www/d/sub/c.nc
	web ftp_here
	run -0 --separate-stderr pgf-list --depth 1 "ftp${WEB_URL#http}/d/"
	diff_text '' "$stderr"
	diff_text 'a b.nc 5,sub/c.nc 1' "$(jq -r '"\(.name) \(.size)"' <<<"$output" | paste -sd ,)"
	jq -c '{key:{},url}' <<<"$output" >items
	run -0 --separate-stderr pgf-fetch --cache c items
	diff_text 12345 "$(cat "$(jq -rs '.[0].file.path' <<<"$output")")"
}

@test "what goes wrong is one line" {
	mkdir www
	printf '<html><a href="a.nc">' >www/cut.html
	printf '<svg/>' >www/x.svg
	serve www
	run -65 --separate-stderr pgf-list "$SERVE_URL/none/"
	one_line "$stderr"
	starts_with "$stderr" "pgf-list: cannot list '$SERVE_URL/none/': 404 "
	run -65 --separate-stderr pgf-list "$SERVE_URL/x.svg"
	contains "$stderr" 'not a listing'
	run -75 --separate-stderr pgf-list --retries 0 "$SERVE_URL/cut.html"
	contains "$stderr" 'the end of the page is missing'
	serve_stop
	run -75 --separate-stderr pgf-list --retries 0 "$SERVE_URL/"
	one_line "$stderr"
}

# listed MATCH [MEMBER]: a recipe for the folder src on a server.
listed() {
	printf '%s\n' 'name: toy' 'title: A toy' 'pattern:' \
		"  listing: {url: \"$SERVE_URL/\", match: '$1'${2:+, $2}}" \
		'  dims: [{concat: time}]' \
		'target: {store: toy.zarr, chunks: {time: 3}}' >r.yaml
}

@test "a nightly file is new to pgf update" {
	archive 3
	cp r.yaml local.yaml
	fresh_store local.zarr local.yaml
	serve "$PWD/src"
	listed '^(?<time>\d{3})[.]nc$'
	run -0 --separate-stderr pgf update r.yaml
	starts_with "$output" 'toy: files 3 new, 0 changed, 0 gone; '
	diff -r -x zarr.json local.zarr toy.zarr
	source_file src/003.nc 3
	touch src/notes.txt
	run -0 --separate-stderr pgf update r.yaml
	starts_with "$output" 'toy: files 1 new, 0 changed, 0 gone; '
	fresh_store local.zarr local.yaml
	diff -r -x zarr.json local.zarr toy.zarr
	run -0 --separate-stderr pgf update r.yaml
	diff_text '' "$output$stderr"
}

@test "a server that is down leaves the store as it is" {
	archive 2
	serve "$PWD/src"
	listed 'nc$'
	echo 'fetch: {retries: 0}' >>r.yaml
	pgf update -q r.yaml
	cp -r toy.zarr before.zarr
	serve_stop
	run -75 --separate-stderr pgf update r.yaml
	contains "$stderr" "r.yaml:4: cannot list '$SERVE_URL/'"
	diff -r before.zarr toy.zarr
}

@test "groups give keys and order" {
	local name
	mkdir src
	for name in ice-9 ice-10 sst-9 sst-10 sst-100; do touch "src/$name.nc"; done
	serve "$PWD/src"
	listed '^(?<variable>\w+)-(?<time>\d+)'
	sed -i 's/{concat: time}/{merge: variable}, &/' r.yaml
	run -0 --separate-stderr pgf-expand r.yaml
	diff_text "$(printf '%s\n' '0 ice ice-9' '1 ice ice-10' '0 sst sst-9' '1 sst sst-10' '2 sst sst-100')" \
		"$(jq -r '"\(.key.concat.time) \(.key.merge.variable) \(.url / "/" | last | rtrimstr(".nc"))"' <<<"$output")"
	run -0 --separate-stderr pgf-expand --prune 1 r.yaml
	diff_text 2 "${#lines[@]}"
	listed '(\d+)' 'sort: match'
	run -0 --separate-stderr pgf-expand r.yaml
	diff_text 'ice-9 sst-9 ice-10 sst-10 sst-100' \
		"$(jq -r '.url / "/" | last | rtrimstr(".nc")' <<<"$output" | paste -sd ' ')"
	listed 'sst'
	run -0 --separate-stderr pgf-expand r.yaml
	diff_text 'sst-10 sst-100 sst-9' \
		"$(jq -r '.url / "/" | last | rtrimstr(".nc")' <<<"$output" | paste -sd ' ')"
}

@test "a list behind a URL" {
	mkdir src src/l
	serve "$PWD/src"
	printf '# files\n\n b.nc \r\n../a.nc\nhttps://example.org/c.nc\n' >src/l/files.txt
	jq -nc '{key:{concat:{time:1}},url:"b.nc",x:1},{key:{concat:{time:0}},url:"/a.nc"}' >src/l/files.ndjson
	recipe() {
		printf '%s\n' 'name: toy' "pattern: {list: '$SERVE_URL/l/$1', dims: [{concat: time}]}" \
			'target: {store: toy.zarr}' >r.yaml
	}
	recipe files.txt
	run -0 --separate-stderr pgf-expand r.yaml
	diff_text "$SERVE_URL/l/b.nc $SERVE_URL/l/../a.nc https://example.org/c.nc" \
		"$(jq -r .url <<<"$output" | paste -sd ' ')"
	diff_text 0,1,2 "$(jq .key.concat.time <<<"$output" | paste -sd ,)"
	recipe files.ndjson
	run -0 --separate-stderr pgf-expand r.yaml
	diff_text "1 $SERVE_URL/l/b.nc 1,0 $SERVE_URL/a.nc null" \
		"$(jq -r '"\(.key.concat.time) \(.url) \(.x)"' <<<"$output" | paste -sd ,)"
	run -0 pgf-make -o mk r.yaml
	recipe none.txt
	run -65 --separate-stderr pgf-expand r.yaml
	starts_with "$stderr" "pgf-expand: r.yaml:2: cannot list '$SERVE_URL/l/none.txt': 404 "
	printf '%s\n' a.nc file:///etc/passwd >src/l/bad.txt
	recipe bad.txt
	run -65 --separate-stderr pgf-expand r.yaml
	contains "$stderr" "r.yaml:2: $SERVE_URL/l/bad.txt:2: 'file:///etc/passwd' is a file of this machine"
}

# refused TEXT: the recipe is, in one line that begins with its place.
refused() {
	run -65 --separate-stderr pgf-expand r.yaml
	one_line "$stderr"
	starts_with "$stderr" "pgf-expand: r.yaml:4: "
	contains "$stderr" "$1"
}

@test "listings that are refused" {
	mkdir src
	touch src/a1.nc src/b1.nc
	serve "$PWD/src"
	listed '(?<time>\d)'
	refused "'a1.nc' and 'b1.nc' have the same key"
	listed '(?<day>\d)'
	refused "has a group 'day', which is no dimension"
	listed 'x'
	refused 'lists 2 files, and none that matches'
	listed '(x'
	refused 'missing closing parenthesis at character 3'
	listed 'x' 'sort: match'
	refused 'needs a group'
	listed '(?<time>x)' 'sort: name'
	refused "cannot be 'name'"
	listed 'x' 'depth: 33'
	refused 'must be 0 to 32'
	SERVE_URL=/data listed 'x'
	refused "found by 'glob'"
}

@test "the recipe of the source tree that has a listing" {
	mkdir src
	touch src/sst.day.mean.{1981,1982}.nc src/sst.day.mean.1982.v2.nc
	serve "$PWD/src"
	sed "s|https://downloads.*/|$SERVE_URL/|" "$PGF_ROOT/recipes/psl-oisst.yaml" >r.yaml
	run -0 --separate-stderr pgf-expand r.yaml
	diff_text 2 "${#lines[@]}"
}
