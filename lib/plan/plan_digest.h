/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_digest: all that regions depend on besides records and where these are.
 */
#ifndef PGF_PLAN_DIGEST_H
#define PGF_PLAN_DIGEST_H

#include "plan/plan_reach.h"

/* The digest (XXH_HEX characters) of what a store is to be, without the length of
 * its concat dimensions and the files that arrays are taken from. */
void plan_digest(const struct plan_all *all, char *out);

#endif
