#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# pgf-fetch and nginx with TLS and HTTP/2.

# shellcheck disable=SC2030,SC2031 # each test is a subshell, and means it
load ../bats/common
bats_require_minimum_version 1.5.0

# certificate NAME DAYS: signed by itself, for 127.0.0.1.
certificate() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
		-nodes -keyout "$1.key" -out "$1.pem" -days "$2" -subj /CN=pgf \
		-addext subjectAltName=IP:127.0.0.1 2>openssl.log
}

setup() {
	local port n
	cd "$BATS_TEST_TMPDIR" || return
	mkdir www
	for n in $(seq 40); do echo "file $n" >"www/$n.nc"; done
	certificate mine 2
	certificate other 2
	port=$(free_port)
	cat >nginx.conf <<-END
		pid $PWD/nginx.pid; error_log stderr; daemon off; master_process off;
		events {}
		http {
			log_format short '\$server_protocol \$connection \$status';
			access_log $PWD/requests short; client_body_temp_path $PWD/t1;
			proxy_temp_path $PWD/t2; fastcgi_temp_path $PWD/t3;
			uwsgi_temp_path $PWD/t4; scgi_temp_path $PWD/t5;
			server {
				listen 127.0.0.1:$port ssl http2; root $PWD/www;
				ssl_certificate mine.pem; ssl_certificate_key mine.key;
			}
		}
	END
	/usr/sbin/nginx -p "$PWD" -c "$PWD/nginx.conf" -e stderr 2>nginx.log 3>&- &
	server=$!
	answers "$port" || { cat nginx.log && return 1; }
	for n in $(seq 40); do
		jq -nc --arg url "https://127.0.0.1:$port/$n.nc" '{key:{},url:$url}'
	done >items.ndjson
}

teardown() { kill "$server" || :; }

@test "HTTP/2, and questions share a connection" {
	export CURL_CA_BUNDLE=$PWD/mine.pem
	run -0 --separate-stderr pgf-fetch --cache c items.ndjson
	diff_text "$(cat www/*.nc | sort)" \
		"$(jq -r .file.path <<<"$output" | xargs cat | sort)"
	diff_text HTTP/2.0 "$(cut -d' ' -f1 requests | sort -u)"
	: >requests
	run -0 --separate-stderr pgf-fetch --cache c --revalidate items.ndjson
	diff_text 40 "$(grep -c ' 304$' requests)"
	diff_text 1 "$(cut -d' ' -f2 requests | sort -u | wc -l)"
}

@test "who is not trusted gets no request" {
	local file
	for file in /dev/null "$PWD/other.pem"; do
		SSL_CERT_FILE=$file run -65 --separate-stderr pgf-fetch --cache c items.ndjson
		one_line "$stderr"
		contains "$stderr" certificate
	done
	run -65 --separate-stderr pgf-fetch --cache c items.ndjson
	contains "$stderr" "the server's certificate is not trusted"
	sed -i s/127.0.0.1/localhost/ items.ndjson
	SSL_CERT_FILE=$PWD/mine.pem run -65 --separate-stderr pgf-fetch --cache c items.ndjson
	contains "$stderr" "the server's certificate is not trusted"
	diff_text '' "$(cat requests)"
}
