/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refresh: downloads that the server has replaced.
 *
 * A file that was fetched is not looked at again by make.  This asks the server
 * for those that have changed (pgf-fetch --revalidate, all batches in one run, so
 * that a host sees no more connections than the recipe says) and takes back what
 * is known of a batch (f/B) if a file in it has other bytes now.  A new tag or
 * date alone changes nothing.
 */
#ifndef PGF_REFRESH_H
#define PGF_REFRESH_H

#include "build/compile.h"

/* Ask for all downloads that are known.  0: done; else the exit code of pgf-fetch,
 * which has said why; -1 on error.  With keep_going the answers that came
 * count although others did not. */
int refresh_run(const struct compiled *c, bool keep_going,
	struct err *err) PGF_CHECKED;

/* What a run that was killed between the answers and their consequences has
 * left to do; nothing else is asked.  As refresh_run. */
int refresh_finish(const struct compiled *c, struct err *err) PGF_CHECKED;

#endif
