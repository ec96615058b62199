# SPDX-License-Identifier: Apache-2.0
# pgf. This file is the table of contents: what can be made, and where its rules are.
# One graph, no lists of files: sources are found by wildcard.

VERSION := $(shell sed -n 's|.*PGF_VERSION "\(.*\)"|\1|p' lib/base/version.h)
DATE = November 22, 2026

BUILD = build#      where everything built goes
VARIANT = release#  release, debug, asan or fuzz; with CC each has its own folder
PREFIX = /usr/local
DESTDIR =
FUZZ_SECONDS = 60

MAKEFLAGS += -rR --no-print-directory
SHELL = /bin/sh
.DEFAULT_GOAL = all
.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: all help clean deps FORCE

include mk/flags.mk#    compilers, variants, warnings
include mk/deps.mk#     packages; where the foreign libraries are
include mk/tools.mk#    foreign libraries of each program
include mk/build.mk#    all: objects, the archive, programs
include mk/man.mk#      man install uninstall
include mk/check.mk#    check check-* fuzz bench demo
include mk/lint.mk#     lint lint-*

all: programs ## build the programs (build/bin)
deps: ; mk/deps.sh build demo check ## install every package that building and checking need
clean: ; rm -rf $(BUILD) ## remove everything that was built

help: ## list the targets
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | \
		awk -F'|' '{ printf "  %-14s %s\n", $$1, $$2 }'
	@echo 'variables: BUILD VARIANT=release|debug|asan CC=gcc|clang PREFIX' \
		'DESTDIR FUZZ_SECONDS V=1'
