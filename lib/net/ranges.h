/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ranges: a service that brings ranges of remote files to other programs.
 *
 * A record asks for ranges of one version of one file and names a local file into
 * which they are written, each at its own place; the answer says that they are
 * there.  Answers come as things are done, in any order (pgf-records, "Ranges").
 */
#ifndef PGF_RANGES_H
#define PGF_RANGES_H

#include "net/pull.h"
#include "record/stream.h"

/* Serve until the input ends and everything is answered.  What is wrong with an
 * order is its answer, also that nothing can be brought at all; -1 only for what ends
 * all of them. */
int ranges_serve(struct stream_in *in, struct stream_out *out,
	const struct pull_options *options, struct err *err) PGF_CHECKED;

/* Answer every order with the same failure, until the input ends. */
int ranges_refuse(struct stream_in *in, struct stream_out *out,
	const struct err *why, struct err *err) PGF_CHECKED;

#endif
