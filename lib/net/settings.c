/* SPDX-License-Identifier: Apache-2.0 */
#include "net/settings.h"

#include "base/size.h"

enum { DAY = 86400 };

static int check_numbers(const struct settings *s, struct err *err)
{
	const struct {
		int64_t is, least, most;
		const char *name;
	} limits[] = {
		{ s->exec_timeout, 1, DAY, "exec-timeout" },
		{ s->every, 1, DAY, "progress-every" },
		{ s->per_host, 1, 256, "per-host" },
		{ s->retries, 0, 1000, "retries" },
		{ s->timeout, 1, DAY, "timeout" },
	};

	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++)
		if (limits[i].is < limits[i].least ||
			limits[i].is > limits[i].most)
			return err_set(err, ERR_USAGE,
				"--%s must be %lld to %lld", limits[i].name,
				(long long)limits[i].least,
				(long long)limits[i].most);
	if (s->deadline > 10LL * 366 * DAY)
		return err_set(err, ERR_USAGE, "--deadline is years from now");
	return 0;
}

static int read_texts(struct settings *s, struct err *err)
{
	if (s->unpack_limit != NULL &&
		!size_parse(s->unpack_limit, &s->unpack_most))
		return err_set(err, ERR_USAGE,
			"--unpack-limit must be a size such as 64GB");
	if (s->progress != NULL && !meter_read_form(s->progress, &s->form))
		return err_set(err, ERR_USAGE,
			"--progress must be auto, json or none");
	if (s->speed != NULL &&
		(!size_parse(s->speed, &s->least) || s->least > UINT32_MAX))
		return err_set(err, ERR_USAGE,
			"--least-speed must be an amount such as 10kB");
	if (s->rate != NULL && !size_parse(s->rate, &s->bytes_per_second))
		return err_set(err, ERR_USAGE,
			"--rate must be a size such as '10MB', not '%s'",
			s->rate);
	return 0;
}

int settings_check(struct settings *s, struct err *err)
{
	if (s->per_host < 0)
		s->per_host = 8;
	if (s->retries < 0)
		s->retries = 5;
	if (s->head + s->ranges + s->revalidate + s->verify + s->gc > 1)
		return err_set(err, ERR_USAGE,
			"--revalidate, --head, --ranges, --verify and --gc "
			"exclude each other");
	if (s->dry && !s->gc)
		return err_set(err, ERR_USAGE, "--dry-run needs --gc");
	if (s->skip_missing && (s->head || s->ranges || s->verify))
		return err_set(err, ERR_USAGE,
			"--skip-missing is for files that are fetched: not for "
			"--head, --ranges or --verify");
	if (s->remove && !s->verify)
		return err_set(err, ERR_USAGE, "--remove needs --verify");
	if (read_texts(s, err) < 0)
		return -1;
	if (s->every < 0)
		s->every = s->form == METER_JSON ? 1 : 60;
	return check_numbers(s, err);
}
