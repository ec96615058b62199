/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaml_scalar: what a plain scalar means (YAML 1.2, section 10.3.2).
 */
#ifndef PGF_YAML_SCALAR_H
#define PGF_YAML_SCALAR_H

#include "record/json.h"

/* The value of a plain scalar, in the arena.  NULL with kind ERR_DATA for a
 * number that is out of range or has leading zeros; the message has no place
 * in it. */
struct js *yaml_scalar(struct arena *a, const char *text,
	struct err *err) PGF_CHECKED;

#endif
