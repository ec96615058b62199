/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crash: what is said when a foreign library dies of a damaged file.
 *
 * HDF5 follows some damaged metadata out of its memory.  That cannot be mended from
 * here, but the user is told which of many files it was.
 */
#ifndef PGF_CRASH_H
#define PGF_CRASH_H

/* From now on, if the process is to die of SIGSEGV, SIGBUS, SIGFPE or SIGABRT: print
 * one line with the file that was named last, and end with ERR_DATA's code (65); or die
 * as ever if none was.  Not in builds with a sanitizer, which tells more. */
void crash_watch(void);

/* The file in hand, copied, cut at 4096 bytes; NULL: none. */
void crash_name(const char *path);

#endif
