/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe: which version of a file a server has, told without fetching it.
 *
 * One request for the first byte: it says what a HEAD would, and that the server
 * sends ranges at all; and it works where a HEAD is refused.
 */
#ifndef PGF_PROBE_H
#define PGF_PROBE_H

#include "net/pull.h"
#include "record/json.h"

struct probe {
	struct pull pull;
};

/* What is known of a version, as members of an object: size, etag, modified.
 * ERR_DATA, with the remedy, as probe_file. */
int probe_version(const struct pull *pull, struct js *out,
	struct err *err) PGF_CHECKED;

/* Ask for url, which must stay until pull.done is set; what comes back is the
 * arena's. */
struct probe *probe_begin(struct puller *puller, struct arena *a,
	const struct url *url);

/* After that, what is known, as the member "file" of a record: url (that text),
 * size, and of etag and modified what the server says.  ERR_DATA, with the remedy:
 * there is neither of them, or no size, or there are no ranges; the file is
 * empty. */
int probe_file(struct probe *p, const char *text, struct js *file,
	struct err *err) PGF_CHECKED;

#endif
