#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# pgf-fetch and the FTP and SSH servers of Debian.

# shellcheck disable=SC2030,SC2031 # each test is a subshell, and means it
load ../bats/common
load dies
load transfer
bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	make_dies
	mkdir -p files/sub empty
	printf hello >files/a.nc
	: >files/empty.nc
	printf odd >'files/sub/b c?;type=i#.nc'
	head -c 3000000 /dev/urandom >files/big.nc
	touch -d '2024-01-02 03:04:05Z' files/*.nc
	chmod -R a+rX files && chmod a-w files empty
	ssh-keygen -q -t ed25519 -N '' -f host
	ssh-keygen -q -t ed25519 -N '' -f key
	ssh-keygen -q -t ed25519 -N '' -f other
	free_port >ssh.port
	free_port >ftp.port
	cat >sshd.conf <<-CONF
		ListenAddress 127.0.0.1:$(cat ssh.port)
		HostKey $PWD/host
		AuthorizedKeysFile $PWD/key.pub
		PasswordAuthentication no
		UsePAM no
		StrictModes no
		PidFile none
		Subsystem sftp internal-sftp
	CONF
	cat >vsftpd.conf <<-CONF
		listen=YES
		listen_address=127.0.0.1
		listen_port=$(cat ftp.port)
		background=NO
		run_as_launching_user=YES
		anonymous_enable=YES
		deny_email_enable=YES
		delay_failed_login=0
		banned_email_file=$PWD/banned
		anon_root=$PWD/files
		secure_chroot_dir=$PWD/empty
		xferlog_enable=YES
		vsftpd_log_file=$PWD/ftp.log
		seccomp_sandbox=NO
	CONF
	echo thief >banned
	[ "$(id -u)" != 0 ] || mkdir -p /run/sshd
	/usr/sbin/sshd -D -e -f "$PWD/sshd.conf" 2>sshd.log 3>&- &
	echo "$!" >pids
	/usr/sbin/vsftpd "$PWD/vsftpd.conf" >vsftpd.log 2>&1 3>&- &
	echo "$!" >>pids
	answers "$(cat ssh.port)" && answers "$(cat ftp.port)" && return
	cat sshd.log vsftpd.log
	return 1
}

teardown_file() { xargs kill <"$BATS_FILE_TMPDIR/pids"; }

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	at=$BATS_FILE_TMPDIR
	ssh=127.0.0.1:$(cat "$at/ssh.port")$at/files
	ftp=127.0.0.1:$(cat "$at/ftp.port")
	mkdir -p home/.ssh
	export HOME=$PWD/home
	unset NETRC SSH_AUTH_SOCK
	echo "[127.0.0.1]:$(cat "$at/ssh.port") $(cut -d' ' -f1,2 "$at/host.pub")" \
		>home/.ssh/known_hosts
	cp "$at/key" home/.ssh/id_ed25519
}

@test "sftp, scp and ftp: bytes, sizes and times" {
	local base
	for base in "sftp://$ssh" "scp://$ssh" "ftp://$ftp"; do
		fetch "$base/a.nc"
		right a.nc
		case $base in
		scp:*) ;; # it does not tell the time
		*) diff_text 2024-01-02T03:04:05.000000000Z "$(jq -r .file.modified <<<"$output")" ;;
		esac
		fetch "$base/empty.nc"
		right empty.nc
		fetch "$base/big.nc"
		right big.nc
		fetch "$base/sub/b c?;type=i%23.nc"
		right 'sub/b c?;type=i#.nc'
	done
}

@test "what has not changed is not sent again" {
	local base
	for base in "sftp://$ssh" "ftp://$ftp"; do
		fetch "$base/big.nc"
		contains "$stderr" "got '$base/big.nc'"
		fetch "$base/big.nc" --revalidate
		contains "$stderr" "have '$base/big.nc'"
		right big.nc
		touch -d '2025-01-02 03:04:05Z' "$at/files/big.nc"
		fetch "$base/big.nc" --revalidate
		contains "$stderr" "got '$base/big.nc'"
		touch -d '2024-01-02 03:04:05Z' "$at/files/big.nc"
	done
}

@test "what a killed run has left is continued" {
	local base
	for base in "sftp://$ssh" "ftp://$ftp"; do
		killed "$base/big.nc"
		fetch "$base/big.nc"
		right big.nc
	done
	# vsftpd writes down how many bytes of a file it has sent.
	await grep 'OK DOWNLOAD.*/big.nc", 1976000 bytes' "$at/ftp.log"
}

@test "a host that is not known is refused" {
	: >home/.ssh/known_hosts
	fetch "sftp://$ssh/a.nc"
	fails 'known hosts'
	fetch "scp://$ssh/a.nc"
	fails 'known hosts'
	rm home/.ssh/known_hosts
	fetch "sftp://$ssh/a.nc"
	fails 'known hosts'
	echo "[127.0.0.1]:$(cat "$at/ssh.port") $(cut -d' ' -f1,2 "$at/other.pub")" >others
	fetch "sftp://$ssh/a.nc" --known-hosts others
	fails 'known hosts'
	sed "s|ssh-ed25519 .*|$(cut -d' ' -f1,2 "$at/host.pub")|" others >mine
	fetch "sftp://$ssh/a.nc" --known-hosts mine
	right a.nc
}

@test "the key of the option, of the folder, of the agent; another is refused" {
	fetch "sftp://$ssh/a.nc" --ssh-key "$at/other"
	fails 'check the user name and its key or password'
	rm home/.ssh/id_ed25519
	fetch "sftp://$ssh/a.nc"
	fails 'check the user name and its key or password'
	fetch "sftp://$ssh/a.nc" --ssh-key "$at/key"
	right a.nc
	eval "$(ssh-agent -s)" >/dev/null
	ssh-add -q "$at/key"
	fetch "sftp://$(id -un)@$ssh/a.nc" --cache d
	ssh-agent -k >/dev/null
	right a.nc
}

@test "a login of the netrc file for ftp; one that the server does not let in" {
	printf 'machine 127.0.0.1 login anonymous password thief\n' >home/.netrc
	fetch "ftp://$ftp/a.nc"
	fails 'check the user name and its key or password'
	run -1 grep thief <<<"$stderr"
	printf 'machine 127.0.0.1 login anonymous password me\n' >home/.netrc
	fetch "ftp://$ftp/a.nc"
	right a.nc
	run -1 grep -rF 'thief' c
}

@test "what is not there, and folders" {
	fetch "ftp://$ftp/none.nc"
	fails 'the file does not exist'
	fetch "ftp://$ftp/none/a.nc"
	fails 'check the pattern'
	fetch "ftp://$ftp/sub/"
	fails 'is a folder, not a file'
	fetch "sftp://$ssh/none.nc"
	fails 'No such file'
	fetch "scp://$ssh/none.nc"
	fails 'check the pattern'
}

@test "folders are listed by sftp, and nothing by scp" {
	run -0 --separate-stderr pgf-list --retries 0 "sftp://$ssh/"
	diff_text '' "$stderr"
	diff_text 'a.nc 5,big.nc 3000000,empty.nc 0' \
		"$(jq -r '"\(.name) \(.size)"' <<<"$output" | paste -sd ,)"
	run -0 --separate-stderr pgf-list --retries 0 --depth 1 "sftp://$ssh/"
	diff_text "sftp://$ssh/sub/b%20c%3F%3Btype=i%23.nc" "$(tail -n 1 <<<"$output" | jq -r .url)"
	jq -c '{key:{},url}' <<<"$output" >items
	run -0 --separate-stderr pgf-fetch --cache c items
	diff_text odd "$(cat "$(tail -n 1 <<<"$output" | jq -r .file.path)")"
	mv home/.ssh home/none
	printf '%s\n' 'name: toy' "pattern: {listing: {url: 'sftp://$ssh/', match: '^a'}, dims: [{concat: time}]}" \
		"fetch: {ssh: {key: '$PWD/home/none/id_ed25519', known_hosts: '$PWD/home/none/known_hosts'}}" >r.yaml
	run -0 --separate-stderr pgf-expand r.yaml
	diff_text "sftp://$ssh/a.nc" "$(jq -r .url <<<"$output")"
	mv home/none home/.ssh
	run -65 --separate-stderr pgf-list --retries 0 "sftp://$ssh/none/"
	one_line "$stderr"
	run --separate-stderr pgf-list --retries 0 "scp://$ssh/"
	[ "$status" = 65 ]
	one_line "$stderr"
	diff_text '' "$output"
}

@test "what is not there may be missing; a folder that is not, a login that fails and scp do not say so" {
	local url
	for url in "ftp://$ftp/none.nc" "sftp://$ssh/none.nc"; do
		fetch "$url" --skip-missing
		[ "$status" = 0 ]
		contains "$stderr" "warning: skipped: item.ndjson:1: cannot fetch '$url': "
		diff_text '{"missing":true}' "$(jq -c .file <<<"$output")"
	done
	fetch "ftp://$ftp/none/a.nc" --skip-missing
	fails 'check the pattern'
	fetch "scp://$ssh/none.nc" --skip-missing
	fails 'check the pattern'
	fetch "sftp://$ssh/a.nc" --skip-missing --ssh-key "$at/other"
	fails 'check the user name and its key or password'
}
