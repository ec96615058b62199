/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stack: the facts of many dataset records, drawn once from parts that read alike.
 *
 * Gives what schema_fold of each record gives, several times as fast, of the text
 * of the records.  Of a part that was seen, only its text is looked at; what is in
 * a chunk table is not.
 */
#ifndef PGF_STACK_H
#define PGF_STACK_H

#include "schema/schema.h"
#include "record/scan.h"

struct stack;

struct stack *stack_open(void);
void stack_close(struct stack *s);

/* Read a line: its file, or NULL if it must be parsed to know what it is. Valid
 * until the next. */
const struct spread_key *stack_read(struct stack *s, struct span line);

/* Put the record last read on the stack, whose file must be in no schema that it
 * is going to be united with.  False, and nothing has changed, if it must be
 * folded by schema_fold: something is wrong with it, or its file is on the stack
 * already. */
bool stack_put(struct stack *s);

/* Is it better to take it off now? */
bool stack_is_full(const struct stack *s);

/* Number of records. */
size_t stack_count(const struct stack *s);

/* Unite all of it with to, and begin anew. */
int stack_take(struct stack *s, struct schema *to, struct err *err) PGF_CHECKED;

#endif
