/* SPDX-License-Identifier: Apache-2.0 */
/*
 * settings: how pgf-fetch is to do it, as its options say.
 */
#ifndef PGF_SETTINGS_H
#define PGF_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "net/access.h"
#include "net/meter.h"

struct settings {
	const char *recipe, *cache, *known, *exec; /* or NULL */
	bool no_unpack, skip_missing;
	struct access_options access;
	int64_t per_host, retries;               /* < 0: not said */
	int64_t timeout, deadline, exec_timeout; /* s */
	int64_t every; /* s between lines of progress; < 0: not said */
	const char *speed, *rate, *unpack_limit,
		*progress; /* as given, or NULL */
	bool revalidate, head, ranges, verify, remove, gc, dry;
	/* What those texts say, by settings_check: bytes a second, bytes. */
	uint64_t least, bytes_per_second, unpack_most;
	enum meter_form form;
};

#define SETTINGS_INIT                                                      \
	{                                                                  \
		.per_host = -1, .retries = -1, .every = -1, .timeout = 60, \
		.exec_timeout = 600, .unpack_most = UINT64_C(64000000000), \
	}

/* What the member fetch of the recipe, if there is one, says of who asks and how
 * fast counts where no option says otherwise; headers and queries are added.  All
 * lives in the arena.  Before settings_check.  As recipe_read. */
int settings_add_recipe(struct settings *s, struct arena *a,
	struct err *err) PGF_CHECKED;

/* ERR_USAGE: one is out of its range, is no amount, or two exclude each other. */
int settings_check(struct settings *s, struct err *err) PGF_CHECKED;

#endif
