#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# pgf-fetch, pgf-list and the FTP server of Debian with TLS.

# shellcheck disable=SC2030,SC2031 # each test is a subshell, and means it
load ../bats/common
load dies
load transfer
bats_require_minimum_version 1.5.0

# server NAME LINE...: one more, with those lines in its configuration; its port
# in NAME.port.
server() {
	free_port >"$1.port"
	cat - <(printf '%s\n' "${@:2}") >"$1.conf" <<-CONF
		listen=YES
		listen_address=127.0.0.1
		listen_port=$(cat "$1.port")
		background=NO
		run_as_launching_user=YES
		anonymous_enable=YES
		anon_root=$PWD/files
		secure_chroot_dir=$PWD/empty
		seccomp_sandbox=NO
		xferlog_enable=YES
		vsftpd_log_file=$PWD/$1.sent
	CONF
	/usr/sbin/vsftpd "$PWD/$1.conf" >"$1.log" 2>&1 3>&- &
	echo "$!" >>pids
	answers "$(cat "$1.port")" || { cat "$1.log" && return 1; }
}

# tls FILE [yes]: the lines for a server with that certificate; yes: TLS from the
# first byte.
tls() {
	printf '%s\n' ssl_enable=YES allow_anon_ssl=YES force_anon_logins_ssl=YES \
		force_anon_data_ssl=YES "rsa_cert_file=$PWD/$1.pem" \
		"rsa_private_key_file=$PWD/$1.key" "implicit_ssl=${2:-NO}"
}

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	make_dies
	mkdir -p files/d empty
	printf hello >files/a.nc
	printf there >files/d/b.nc
	head -c 3000000 /dev/urandom >files/big.nc
	chmod -R a+rX files && chmod a-w files empty
	openssl req -x509 -newkey rsa:2048 -nodes -keyout mine.key -out mine.pem -days 2 \
		-subj /CN=pgf -addext subjectAltName=IP:127.0.0.1 2>openssl.err
	printf '%s\n' '[ca]' default_ca=d '[d]' database=index new_certs_dir=. \
		default_md=sha256 policy=p rand_serial=yes '[p]' commonName=supplied >ca.cnf
	: >index
	cp mine.key old.key
	openssl req -new -key old.key -out old.req -subj /CN=127.0.0.1 2>>openssl.err
	openssl ca -batch -selfsign -config ca.cnf -keyfile old.key -in old.req \
		-startdate 20200101000000Z -enddate 20200201000000Z \
		-out old.pem 2>>openssl.err
	mapfile -t lines < <(tls mine)
	server explicit "${lines[@]}"
	mapfile -t lines < <(tls mine YES)
	server implicit "${lines[@]}"
	mapfile -t lines < <(tls old)
	server old "${lines[@]}"
	server plain
}

teardown_file() { xargs kill <"$BATS_FILE_TMPDIR/pids"; }

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	at=$BATS_FILE_TMPDIR
	export CURL_CA_BUNDLE=$at/mine.pem HOME=$PWD
	unset NETRC
	explicit=ftpes://127.0.0.1:$(cat "$at/explicit.port")
	implicit=ftps://127.0.0.1:$(cat "$at/implicit.port")
}

@test "TLS before the login, and from the first byte" {
	local base
	for base in "$explicit" "$implicit"; do
		fetch "$base/a.nc"
		right a.nc
		fetch "$base/big.nc"
		right big.nc
		fetch "$base/big.nc" --revalidate
		contains "$stderr" "have '$base/big.nc'"
		run -0 --separate-stderr pgf-list --retries 0 --depth 1 "$base/"
		diff_text '' "$stderr"
		diff_text 'a.nc big.nc d/b.nc' "$(jq -r .name <<<"$output" | xargs)"
		diff_text "$base/d/b.nc" "$(tail -n 1 <<<"$output" | jq -r .url)"
	done
}

@test "what a killed run has left is continued" {
	killed "$explicit/big.nc"
	fetch "$explicit/big.nc"
	right big.nc
	await grep 'OK DOWNLOAD.*/big.nc", 1976000 bytes' "$at/explicit.sent"
}

@test "a certificate that is not trusted, or has expired, gets no login" {
	printf 'machine 127.0.0.1 login joe password secret\n' >.netrc
	CURL_CA_BUNDLE=$at/old.pem fetch "$explicit/a.nc"
	fails "certificate is not trusted"
	CURL_CA_BUNDLE=$at/old.pem fetch "$implicit/a.nc"
	fails "certificate is not trusted"
	CURL_CA_BUNDLE=$at/old.pem fetch "ftpes://127.0.0.1:$(cat "$at/old.port")/a.nc"
	fails 'expired'
	contains "$stderr" "certificate is not trusted"
}

@test "no TLS where it must be: nothing is said in the clear" {
	fetch "ftpes://127.0.0.1:$(cat "$at/plain.port")/a.nc"
	fails 'the server speaks no TLS there'
	fetch "${explicit/ftpes/ftp}/a.nc"
	fails 'check the user name and its key or password'
}
