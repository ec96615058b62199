/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_update: a plan made from what a plan before it has left.
 *
 * Inputs that are what they were are not read, unless a region draws on them that
 * must be cut again; regions that draw on nothing new, and lie where files begin
 * where they did, are what they were.  The result is that of a plan from nothing.
 * Whatever is not plainly so is not updated: whoever asks must be ready to plan
 * from nothing instead.
 */
#ifndef PGF_PLAN_UPDATE_H
#define PGF_PLAN_UPDATE_H

#include "plan/plan_account.h"
#include "plan/plan_cut.h"

struct plan;
struct plan_update;
struct plan_lines;

/* A plan without datasets, for inputs of which now->entries says names and what
 * they are (in); old is what the plan before says.  NULL: too much is new.  All is
 * borrowed and lives as long as the plan. */
struct plan_update *plan_update_open(struct plan *p,
	const struct plan_account *old, struct plan_account *now);

/* Must the datasets of input i be added?  Asked first of those that are new; when
 * these are, plan_update_choose says what is to be cut (false: too much), and then
 * it is asked again, of what that draws on. */
bool plan_update_wants(const struct plan_update *u, size_t i);
bool plan_update_choose(struct plan_update *u);

/* Cut, as plan_cut_by_input does, what is new. */
int plan_update_cut(struct plan_update *u, const struct plan_sink *sink,
	struct err *err) PGF_CHECKED;

/* Was input i there before?  May what goes with it hold regions that are no more what they are?  Then, or
 * if there are new ones of it, plan_update_merge appends what it becomes: of the
 * old lines those that still hold, between the new ones.  False: they are not what
 * the account says.  What is as it was is to be kept. */
bool plan_update_is_old(const struct plan_update *u, size_t i);
bool plan_update_suspects(const struct plan_update *u, size_t i);
bool plan_update_merge(struct plan_update *u, size_t i,
	const struct plan_lines *lines, struct buf *out);
void plan_update_keep(struct plan_update *u, size_t i);

/* For model/plan: fill an account of a plan from nothing. */
void plan_update_account(struct plan *p, const struct plan_all *all,
	const struct plan_draws *draws, struct plan_account *account);

#endif
