/* SPDX-License-Identifier: Apache-2.0 */
/*
 * units: conversion of units of measurement, by UDUNITS-2.
 *
 * Its database is read when the first question cannot be answered without it,
 * and kept until the process ends.  Units of time since a date are not its
 * business: model/timecode knows calendars.
 */
#ifndef PGF_UNITS_H
#define PGF_UNITS_H

#include <stdbool.h>

#include "base/err.h"

/* What makes of a number in the units from that in the units to: *scale *
 * number + *offset.  Texts are UTF-8; blanks around them do not count.
 * ERR_DATA: a text that is no unit, units of different dimensions, a conversion
 * that is not linear (logarithms), times since a date.  ERR_FAIL: UDUNITS finds
 * no database. */
int units_convert(const char *from, const char *to, double *scale,
	double *offset, struct err *err) PGF_CHECKED;

/* True if both are spelled the same or mean the same ("m s-1", "m/s").  False
 * for two spellings of which one is not known. */
bool units_same(const char *from, const char *to);

#endif
