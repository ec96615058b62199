# SPDX-License-Identifier: Apache-2.0
# Tests. tests/run adds up; here is only what must be built before it.

.PHONY: check check-unit check-bats check-interop check-fault check-fuzz \
	fuzz soak bench bench-scale demo asan-all fuzz-all

asan := $(call out,$(CC),asan)
fuzz := $(call out,clang,fuzz)
check_deps := $(BUILD)/deps/check.ok
run = tests/run
export BUILD

$(patsubst %.c,$(OUT)/obj/%.o,$(UNIT_C) $(FUZZ_C)): | $(check_deps)

check: programs units man asan-all fuzz-all $(check_deps) ## run every test; the last line is the tally
	@FUZZ_SECONDS=3 $(run) $(OUT):unit $(OUT):bats $(OUT):fault \
		$(OUT):interop $(asan):unit $(asan):tools $(fuzz):fuzz

check-unit: units ## run the unit tests only
	@$(run) $(OUT):unit

check-bats: programs man $(check_deps) ## run the tests of the programs only
	@$(run) $(OUT):bats

check-interop: programs $(check_deps) ## run the tests against other readers and writers only
	@$(run) $(OUT):interop

check-fault: programs $(check_deps) ## run the tests with kills, full disks and bad servers only
	@$(run) $(OUT):fault

fuzz: fuzz-all ## fuzz each parser for FUZZ_SECONDS
	@FUZZ_SECONDS=$(FUZZ_SECONDS) $(run) $(fuzz):fuzz

SOAK_SECONDS = 300
SOAK_POINTS = 200

soak: programs $(check_deps) ## bake archives drawn at random for SOAK_SECONDS; kill bakes, and the machine, 200 times
	@PGF_BUILD=$(abspath $(OUT)) tests/interop/run differ --seconds $(SOAK_SECONDS)
	@PGF_BUILD=$(abspath $(OUT)) PGF_FAULT_POINTS=$(SOAK_POINTS) bats tests/fault/bake.bats \
		-f 'at random moments'
	@PGF_BUILD=$(abspath $(OUT)) PGF_CUT_POINTS=$(SOAK_POINTS) bats tests/fault/powercut.bats -f anywhere

# The same graph once more, in the folder of the variant.
asan-all: $(check_deps)
	+@$(MAKE) VARIANT=asan programs units

fuzz-all: $(check_deps)
	+@$(MAKE) CC=clang VARIANT=fuzz fuzzers

bench: programs benches $(check_deps) ## compare speeds with other programs (prints ratios)
	@tests/bench/run

bench-scale: programs $(check_deps) ## what a million files cost beside what they hold
	@tests/bench/run --scale

demo: programs $(BUILD)/deps/demo.ok ## bake a real archive from a loopback server
	@share/demo/run
