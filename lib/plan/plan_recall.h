/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_recall: values that regions hold themselves, kept from one plan to the next.
 *
 * A coordinate in one chunk draws on all files.  Of inputs that are what they were
 * its values stand in the account, so that no record is read for them.
 */
#ifndef PGF_PLAN_RECALL_H
#define PGF_PLAN_RECALL_H

#include "plan/plan_account.h"
#include "plan/plan_state.h"

/* Note with the entries of an account what the pieces of all arrays hold: of all
 * inputs, or those that are chosen.  Of an input whose pieces of an array do not
 * all mean the same, or are not all such pieces, nothing is noted. */
void plan_recall_note(struct arena *a, const struct plan_all *all,
	const bool *chosen, struct plan_account *account);

/* Add the pieces of an array that an input has at some places, with the values that
 * were noted.  False, and nothing is added: they are not of these places. */
bool plan_recall(struct plan *p, size_t array, size_t input,
	const struct plan_recorded *values, const struct spread *places);

#endif
