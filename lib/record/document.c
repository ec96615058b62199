/* SPDX-License-Identifier: Apache-2.0 */
/* A stream that ends after its first record. */
#include "record/document.h"

#include "record/stream.h"

struct js *document_read(struct arena *a, const char *path, struct err *err)
{
	struct stream_in *in = stream_open(&path, 1);
	struct js *rec = NULL, *more;
	int got = stream_next(in, a, &rec, err);

	if (got == 0) {
		err_set(err, ERR_DATA, "holds no record");
	} else if (got > 0 && stream_next(in, a, &more, err) > 0) {
		err_set(err, ERR_DATA, "holds more than one record");
		got = 0;
	}
	stream_close(in);
	if (got > 0 && err->kind == ERR_NONE)
		return rec;
	err_in(err, "'%s'", path);
	return NULL;
}
