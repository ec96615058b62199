# SPDX-License-Identifier: Apache-2.0
# Foreign libraries, program by program (names for pkg-config). A program that
# reaches for a library not on its line does not link: netCDF and libcurl make a
# process start ten times dearer, so they and libarchive are on no line at all:
# lib/format and lib/net load them (base/library).

ALL_PKGS = jansson libxxhash libcrypto
CODEC_PKGS = libdeflate libzstd blosc libisal libaec liblz4 liblzf bz2

PKGS_pgf = yaml-0.1 libpcre2-8
PKGS_pgf-expand = yaml-0.1 libpcre2-8
PKGS_pgf-fetch = zlib yaml-0.1 libpcre2-8
PKGS_pgf-list = libxml-2.0
PKGS_pgf-make = yaml-0.1 libpcre2-8
PKGS_pgf-open = hdf5 $(CODEC_PKGS)
PKGS_pgf-plan = yaml-0.1 libpcre2-8 udunits
PKGS_pgf-schema = yaml-0.1 libpcre2-8 udunits
PKGS_pgf-seal = yaml-0.1 libpcre2-8
PKGS_pgf-slab = hdf5 libisal
PKGS_pgf-update = yaml-0.1 libpcre2-8
PKGS_pgf-why = $(CODEC_PKGS)
PKGS_pgf-write = $(CODEC_PKGS)

libs_of = $(foreach p,$(PKGS_$(1)) $(ALL_PKGS),$($(p)_LIBS)) -lm -ldl
