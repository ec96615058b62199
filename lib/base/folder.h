/* SPDX-License-Identifier: Apache-2.0 */
/*
 * folder: what is in a folder and all below it, as one short text.
 */
#ifndef PGF_FOLDER_H
#define PGF_FOLDER_H

#include "base/xxh.h"

/* The digest, as a tag (base/xxh), of the names, sizes and times of last change of all
 * files in the folder dir (a descriptor) and below: it is another when a file
 * comes, goes, or is written.  Links are followed.  path is for messages.  ERR_DATA: folders
 * too deep, one that is gone while it is read is ERR_TEMP. */
int folder_tag(int dir, const char *path, char out[XXH_TAG],
	struct err *err) PGF_CHECKED;

#endif
