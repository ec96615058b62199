/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quote: a word of a command, as it stands in a file that an engine reads.
 */
#ifndef PGF_QUOTE_H
#define PGF_QUOTE_H

#include "base/buf.h"
#include "base/err.h"

/* Append a word so that make and ninja, and behind them the shell, take it for
 * what it is.  ERR_DATA for a word with a line break, which neither can
 * carry. */
int quote_word(const char *word, struct buf *out, struct err *err) PGF_CHECKED;

/* The same for a shell alone: any word will do. */
void quote_for_shell(const char *word, struct buf *out);

#endif
