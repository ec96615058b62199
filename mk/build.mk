# SPDX-License-Identifier: Apache-2.0
# Objects, the one archive, the programs.

LIB_C := $(wildcard lib/*/*.c)
LIB_H := $(wildcard lib/*/*.h)
TOOL_C := $(wildcard tools/*.c)
UNIT_C := $(wildcard tests/unit/*.c)
FUZZ_C := $(wildcard tests/fuzz/*.c)
BENCH_C := $(wildcard tests/bench/*.c)

ARCHIVE := $(OUT)/lib/libpgf.a
LIB_O := $(LIB_C:%.c=$(OUT)/obj/%.o)
PROGRAMS := $(TOOL_C:tools/%.c=$(OUT)/bin/%)
UNITS := $(UNIT_C:tests/unit/%.c=$(OUT)/unit/%)
FUZZERS := $(FUZZ_C:tests/fuzz/%.c=$(OUT)/fuzz/%)
BENCHES := $(BENCH_C:tests/bench/%.c=$(OUT)/bench/%)
OBJECTS := $(LIB_O) $(patsubst %.c,$(OUT)/obj/%.o,$(TOOL_C) $(UNIT_C) $(FUZZ_C) \
	$(BENCH_C))

.PHONY: programs units fuzzers benches
programs: $(PROGRAMS)
units: $(UNITS)
fuzzers: $(FUZZERS)
benches: $(BENCHES)

# A stamp is rewritten only if its text changes, so that other flags rebuild
# objects and a deleted source rebuilds the archive.
define stamp
$(OUT)/$(1): $(if $(call differ,$(2),$(file <$(OUT)/$(1))),FORCE) | $(OUT)/.
	$$(file >$$@,$(2))
endef
$(OUT)/.:
	@mkdir -p $@
differ = $(if $(subst x$(strip $(1)),,x$(strip $(2)))$(subst \
	x$(strip $(2)),,x$(strip $(1))),y)
$(eval $(call stamp,flags,$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS)))
$(eval $(call stamp,members,$(LIB_O)))

# One short line a file; V=1 shows the commands.
quiet = $(if $(V),,@echo '  $(1) $@' && )

$(OUT)/obj/%.o: %.c $(OUT)/flags
	@mkdir -p $(@D)
	$(call quiet,CC  )$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(ARCHIVE): $(LIB_O) $(OUT)/members
	@mkdir -p $(@D)
	@rm -f $@
	$(call quiet,AR  )$(AR) rcs $@ $(LIB_O)

$(OUT)/bin/%: $(OUT)/obj/tools/%.o $(ARCHIVE) mk/tools.mk
	@mkdir -p $(@D)
	$(call quiet,LINK)$(CC) $(ALL_LDFLAGS) -o $@ $< $(ARCHIVE) $(call libs_of,$*)

$(OUT)/unit/%: $(OUT)/obj/tests/unit/%.o $(ARCHIVE)
	@mkdir -p $(@D)
	$(call quiet,LINK)$(CC) $(ALL_LDFLAGS) -o $@ $< $(ARCHIVE) $(PKG_LIBS) -lm

# What reads by netcdf-c, for comparison, is linked with it.
$(OUT)/bench/%: $(OUT)/obj/tests/bench/%.o $(ARCHIVE)
	@mkdir -p $(@D)
	$(call quiet,LINK)$(CC) $(ALL_LDFLAGS) -o $@ $< $(ARCHIVE) $(PKG_LIBS) $(netcdf_LIBS) -lm

$(OUT)/fuzz/%: $(OUT)/obj/tests/fuzz/%.o $(ARCHIVE)
	@mkdir -p $(@D)
	$(call quiet,LINK)$(CC) $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $< $(ARCHIVE) $(PKG_LIBS) -lm

.SECONDARY: $(OBJECTS)
-include $(wildcard $(OBJECTS:.o=.d))
