/* SPDX-License-Identifier: Apache-2.0 */
/*
 * barrier: everything written to a file system, made to last at once.
 *
 * To sync files one by one is to wait once for each.  Where the kernel can be
 * trusted to sync a whole file system and to tell when it could not (syncfs(2):
 * errors are reported since Linux 5.8), that is one wait.  It is also one for what
 * all others have written, so it is taken only while that is little.
 */
#ifndef PGF_BARRIER_H
#define PGF_BARRIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct barrier {
	int fd; /* of a folder, or -1 */
	dev_t device;
	bool elsewhere; /* something is on another file system */
};

#define BARRIER_INIT     \
	{                \
		.fd = -1 \
	}

/* Before the first file of a folder is written: remember where that is.  Harmless
 * if it was done. */
void barrier_begin(struct barrier *b, const char *folder);

/* A file that will have to last. */
void barrier_add(struct barrier *b, int fd);

/* True: all that was written since barrier_begin, and to the folders there, will
 * last.  False: nobody knows; fsync will tell, file by file.  n is how many would
 * have to be asked so. */
bool barrier_pass(struct barrier *b, size_t n);

void barrier_end(struct barrier *b);

/* What decides whether a whole file system is synced: "6.1.0-18-amd64", f_type of
 * statfs(2), and bytes that the machine has still to write (/proc/meminfo). */
struct barrier_place {
	const char *release;
	long type;
	uint64_t unwritten;
};
bool barrier_is_good(const struct barrier_place *p);

#endif
