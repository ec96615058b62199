# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Loaded after common: what is killed at a byte, however fast it comes to that.

# make_dies, called by setup_file.
make_dies() { cc -shared -fPIC -o "$BATS_FILE_TMPDIR/dies.so" "$PGF_ROOT/tests/fault/dies.c" -ldl; }

# dies_at BYTES COMMAND...: it is killed when a file that it writes is that long.
dies_at() { PGF_DIES_AT=$1 LD_PRELOAD=$BATS_FILE_TMPDIR/dies.so exec "${@:2}"; }
