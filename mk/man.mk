# SPDX-License-Identifier: Apache-2.0
# Man pages: the options come from the program's own table (--help=mdoc), the
# rest is written by hand in share/man. Then install and uninstall.

MAN1 := $(patsubst share/man/man1/%.1.in,$(BUILD)/man/man1/%.1,\
	$(wildcard share/man/man1/*.1.in))
MAN_PLAIN := $(patsubst share/man/%,$(BUILD)/man/%,\
	$(wildcard share/man/man5/*.5 share/man/man7/*.7))
PAGES := $(MAN1) $(MAN_PLAIN)

.PHONY: man install uninstall
man: $(PAGES) ## build the manual pages (build/man)

fill = sed -e 's/@VERSION@/$(VERSION)/' -e 's/@DATE@/$(DATE)/'

$(BUILD)/man/man1/%.1: share/man/man1/%.1.in $(OUT)/bin/% Makefile
	@mkdir -p $(@D)
	$(call quiet,MAN )$(OUT)/bin/$* --help=mdoc >$@.options
	@$(fill) -e '/^@OPTIONS@$$/{r $@.options' -e 'd;}' $< >$@
	@rm -f $@.options

$(BUILD)/man/%: share/man/% Makefile
	@mkdir -p $(@D)
	$(call quiet,MAN )$(fill) $< >$@

bindir = $(DESTDIR)$(PREFIX)/bin
mandir = $(DESTDIR)$(PREFIX)/share/man
page_dirs = $(sort $(patsubst $(BUILD)/man/%/,%,$(dir $(PAGES))))

install: programs man ## install programs and pages below DESTDIR PREFIX
	install -d $(bindir) $(page_dirs:%=$(mandir)/%)
	install -m 755 $(PROGRAMS) $(bindir)
	$(foreach d,$(page_dirs),install -m 644 \
		$(filter $(BUILD)/man/$(d)/%,$(PAGES)) $(mandir)/$(d) &&) :

uninstall: ## remove what install installed
	rm -f $(PROGRAMS:$(OUT)/bin/%=$(bindir)/%) $(PAGES:$(BUILD)/man/%=$(mandir)/%)
