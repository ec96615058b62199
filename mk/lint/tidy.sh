#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tidy.sh FILE...: clang-tidy with the checks of .clang-tidy. LINT_CFLAGS: flags
# of the build.
set -eu
# shellcheck disable=SC2086 # flags are words
clang-tidy --quiet "$@" -- ${LINT_CFLAGS:--std=c11 -D_XOPEN_SOURCE=700 -Ilib} 2>/dev/null
