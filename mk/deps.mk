# SPDX-License-Identifier: Apache-2.0
# Packages, and what pkg-config says of them. config.mk is made once: make
# installs what is missing, asks pkg-config, reads the answers and starts over.

PKGS := jansson libcrypto libxxhash libcurl netcdf hdf5 libdeflate libzstd \
	blosc libisal libaec liblz4 liblzf bz2 yaml-0.1 udunits libxml-2.0 \
	libarchive libpcre2-8 zlib cmocka

ifneq ($(filter-out clean help deps uninstall,$(or $(MAKECMDGOALS),all)),)
include $(BUILD)/config.mk
endif
PKG_CFLAGS = $(sort $(foreach p,$(PKGS),$($(p)_CFLAGS)))
# Not netcdf: it is loaded when it is needed, and has an HDF5 library of its own.
PKG_LIBS = $(foreach p,$(filter-out netcdf,$(PKGS)),$($(p)_LIBS))

$(BUILD)/config.mk: mk/deps.sh mk/config.sh mk/deps.mk
	@mkdir -p $(@D)
	mk/deps.sh build
	mk/config.sh $(PKGS) >$@

$(BUILD)/deps/%.ok: mk/deps.sh
	@mkdir -p $(@D)
	mk/deps.sh $*
	@touch $@
