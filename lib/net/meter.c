/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time left is guessed from files and not from bytes, since nobody knows the
 * size of a file before its server is asked.
 */
#include "net/meter.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/size.h"
#include "base/str.h"

enum { LIVE_EVERY = 250 /* ms */ };

bool meter_read_form(const char *text, enum meter_form *out)
{
	static const char *const words[] = { "auto", "json", "none" };

	for (int i = 0; i < 3; i++)
		if (str_eq(text, words[i])) {
			*out = (enum meter_form)i;
			return true;
		}
	return false;
}

/* Seconds, or -1 if it cannot be told. */
static double time_left(const struct meter *m, struct fetch_stats now,
	uint64_t waiting, bool all)
{
	double past = (double)(m->at - m->begun) / 1000;

	if (!all || now.done == 0)
		return -1;
	return past * (double)waiting / (double)now.done;
}

static void tell_json(const struct meter *m, struct fetch_stats now,
	uint64_t waiting, double left)
{
	struct buf line = BUF_INIT;

	buf_addf(&line,
		"{\"progress\":{\"done\":%llu,\"waiting\":%llu,\"running\":%u,"
		"\"bytes\":%llu,\"rate\":%.0f,\"seconds\":%.1f",
		(unsigned long long)now.done, (unsigned long long)waiting,
		now.running, (unsigned long long)now.bytes, m->rate,
		(double)(m->at - m->begun) / 1000);
	if (left >= 0)
		buf_addf(&line, ",\"left\":%.1f", left);
	buf_adds(&line, "}}");
	log_pass(line.data);
	buf_release(&line);
}

static void tell_people(const struct meter *m, struct fetch_stats now,
	uint64_t waiting, double left)
{
	struct buf line = BUF_INIT;
	char bytes[SIZE_TEXT], rate[SIZE_TEXT];

	size_text((double)now.bytes, bytes);
	size_text(m->rate, rate);
	buf_addf(&line, "%llu files, %llu to come, %u under way, %s, %s/s",
		(unsigned long long)now.done, (unsigned long long)waiting,
		now.running, bytes, rate);
	if (left >= 0)
		buf_addf(&line, ", %.0f s left", left);
	if (log_is_live())
		log_live("%s", line.data);
	else
		log_warn("%s", line.data);
	buf_release(&line);
}

void meter_show(struct meter *m, struct fetch_stats now, uint64_t waiting,
	bool all)
{
	int64_t at = clock_ms(), past = at - m->at;
	bool live = log_is_live() && m->form == METER_AUTO;
	double left;

	if (m->begun == 0) {
		m->begun = m->at = at;
		return;
	}
	if (m->form == METER_NONE ||
		past < (live ? LIVE_EVERY : m->every * 1000))
		return;
	m->rate = 0.8 * m->rate +
		0.2 * 1000.0 * (double)(now.bytes - m->bytes) / (double)past;
	m->at = at;
	m->bytes = now.bytes;
	left = time_left(m, now, waiting, all);
	if (m->form == METER_JSON)
		tell_json(m, now, waiting, left);
	else
		tell_people(m, now, waiting, left);
}
