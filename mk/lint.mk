# SPDX-License-Identifier: Apache-2.0
# Lint: one script a rule in mk/lint, each prints `file:line: message`.

TREE_RULES = sizes layers owners headers banned format cppcheck shell spdx words \
	complete
TIDY := $(patsubst %.c,$(OUT)/tidy/%.ok,$(LIB_C) $(TOOL_C))

export LINT_CFLAGS = $(filter-out -Werror,$(DIALECT) $(WARNINGS) $(PATHS))

.PHONY: lint lint-tidy lint-man lint-symbols $(TREE_RULES:%=lint-%)
lint: $(TREE_RULES:%=lint-%) lint-man lint-symbols lint-tidy ## check the house rules

$(TREE_RULES:%=lint-%): lint-%: $(check_deps)
	mk/lint/$*.sh

lint-man: man $(check_deps)
	mk/lint/man.sh $(BUILD)

lint-symbols: programs
	mk/lint/symbols.sh $(OUT)

# The object is newer than every header it includes, so this is too.
lint-tidy: $(TIDY)
$(OUT)/tidy/%.ok: $(OUT)/obj/%.o .clang-tidy | $(check_deps)
	@mkdir -p $(@D)
	$(call quiet,TIDY)mk/lint/tidy.sh $*.c
	@touch $@
