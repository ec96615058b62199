# SPDX-License-Identifier: Apache-2.0
# Compilers, variants and warnings. Each pair of variant and compiler has its
# own folder OUT; release with the default compiler is BUILD itself.

ifneq ($(filter default undefined,$(origin CC)),)
CC = gcc
endif
AR = ar
NM = nm

comma := ,
empty :=
space := $(empty) $(empty)

# $(call out,COMPILER,VARIANT)
out = $(strip $(BUILD))$(addprefix /,$(subst $(space),-,$(strip $(filter-out \
	gcc cc,$(notdir $(firstword $(1)))) $(filter-out release,$(2)))))
OUT := $(call out,$(CC),$(strip $(VARIANT)))

WERROR = -Werror
WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wwrite-strings -Wcast-qual -Wvla -Wformat=2 \
	-Wundef $(WERROR)
DIALECT = -std=c11 -D_XOPEN_SOURCE=700 -D_FILE_OFFSET_BITS=64
PATHS = -Ilib $(PKG_CFLAGS)

sanitize = -g -O1 -fno-omit-frame-pointer -fno-sanitize-recover=all \
	-fsanitize=address,undefined

OPTIMIZE_release = -O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong \
	-fstack-clash-protection
OPTIMIZE_debug = -O0 -g3
OPTIMIZE_asan = $(sanitize)
OPTIMIZE_fuzz = $(sanitize) -fsanitize=fuzzer-no-link

LINK_release = -pie -Wl,-z,relro,-z,now
LINK_debug = -pie
LINK_asan = $(sanitize)
LINK_fuzz = $(sanitize)

VARIANT_CFLAGS := $(OPTIMIZE_$(strip $(VARIANT)))
ifeq ($(VARIANT_CFLAGS),)
$(error VARIANT '$(VARIANT)' is not one of release, debug, asan, fuzz)
endif

# What the user gives in CFLAGS and LDFLAGS comes last and so wins.
ALL_CFLAGS = $(DIALECT) $(WARNINGS) $(PATHS) -fPIE $(VARIANT_CFLAGS) $(CFLAGS)
ALL_LDFLAGS = $(LINK_$(strip $(VARIANT))) -Wl,--as-needed $(LDFLAGS)
