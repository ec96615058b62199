/* SPDX-License-Identifier: Apache-2.0 */
/*
 * haul: items in, the same items out, each with the file it is.
 *
 * Records wait in a queue in the order they came and leave it in that order,
 * so the output is the same however the transfers race.  What is done early
 * waits as a record only; files and connections are bounded by net/fetch.
 */
#ifndef PGF_HAUL_H
#define PGF_HAUL_H

#include "net/sources.h"
#include "record/stream.h"

/* Read in to its end, write out.  What is wrong with an item is refused as
 * record/tool has it. */
int haul_run(struct sources *s, struct stream_in *in, struct stream_out *out,
	struct err *err) PGF_CHECKED;

#endif
