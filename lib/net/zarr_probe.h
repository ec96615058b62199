/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zarr_probe: which version of a Zarr store a server has, by the document that has all its
 * metadata: zarr.json of version 3, .zmetadata of version 2.
 *
 * What is changed in a store without another metadata document is not seen by this.
 */
#ifndef PGF_ZARR_PROBE_H
#define PGF_ZARR_PROBE_H

#include "net/access.h"
#include "net/pull.h"
#include "record/json.h"

struct zarr_probe;

/* Ask for the documents of the store at a URL that url_parse and pull_check have let
 * pass; all lives in the arena, which must stay until the puller is done. */
struct zarr_probe *zarr_probe_begin(struct puller *puller,
	struct access *access, struct arena *a, const char *url);
bool zarr_probe_has_come(const struct zarr_probe *s);

/* After that, what is known, as the member "file" of a record: url, document, with its
 * name, size, etag and modified, and listing, the digest of these.  Of two documents
 * that of version 3 counts.  ERR_DATA: there is none; or as pull fails. */
int zarr_probe_file(struct zarr_probe *s, struct js *file,
	struct err *err) PGF_CHECKED;

#endif
