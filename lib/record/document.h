/* SPDX-License-Identifier: Apache-2.0 */
/* document: a file that holds one record, such as a schema. */
#ifndef PGF_DOCUMENT_H
#define PGF_DOCUMENT_H

#include "record/json.h"

/* Read the one JSON object in the file ("-" is stdin); NULL for none or several
 * (ERR_DATA), the message names the file. */
struct js *document_read(struct arena *a, const char *path,
	struct err *err) PGF_CHECKED;

#endif
