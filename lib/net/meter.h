/* SPDX-License-Identifier: Apache-2.0 */
/*
 * meter: how far the downloads are, told on stderr while they go on.
 */
#ifndef PGF_METER_H
#define PGF_METER_H

#include <stdbool.h>
#include <stdint.h>

#include "net/fetch.h"

enum meter_form {
	METER_AUTO, /* lines written over themselves on a terminal, else lines */
	METER_JSON, /* an object a line, for programs */
	METER_NONE,
};

enum { METER_HOSTS = 8 }; /* that are shown at once */

struct meter {
	enum meter_form form;
	int64_t every; /* s between lines; those of a terminal come more often */
	int64_t begun, at; /* ms; 0: not yet */
	uint64_t bytes;    /* at that time */
	double rate;       /* bytes per second, smoothed */
};

/* How far it is. */
struct meter_state {
	struct fetch_stats now;
	struct host *hosts; /* a list; their told is the meter's */
	bool all;           /* no more will be */
};

/* False: there is no such form ("auto", "json", "none"). */
bool meter_read_form(const char *text, enum meter_form *out);

/* Tell, if it is time to. */
void meter_show(struct meter *m, const struct meter_state *s);

#endif
