/* SPDX-License-Identifier: Apache-2.0 */
/*
 * condition: how to ask for a resource only if it is not the one we have.
 */
#ifndef PGF_CONDITION_H
#define PGF_CONDITION_H

#include <stdbool.h>

enum { CONDITION_MAX = 288 }; /* a tag of net/http and the header's name */
enum { CONDITION_DATE = 40 };

/* The header that asks for anything but the version with this etag or, where it
 * has none (""), of this time (as clock_text writes it, or ""); false if there is
 * nothing to tell versions apart by (RFC 9110 sections 13.1.2, 13.1.3, 5.6.7). */
bool condition_unless(const char *etag, const char *time,
	char out[CONDITION_MAX]);

/* "Tue, 02 Jan 2024 03:04:05 GMT" of a time as clock_text writes it; false if
 * that is none. */
bool condition_date(const char *time, char out[CONDITION_DATE]);

/* The header that asks for nothing but that version: by the etag if it is strong
 * (RFC 9110 section 13.1.1), else by the time (13.1.4); false if there is neither,
 * and then only what the answer says can be compared. */
bool condition_only_if(const char *etag, const char *time,
	char out[CONDITION_MAX]);

#endif
