/* SPDX-License-Identifier: Apache-2.0 */
#include "net/sources.h"

#include "base/buf.h"
#include "base/io.h"
#include "net/lock.h"

static int read_command(struct sources *s, struct err *err)
{
	const char *exec = s->set->exec;

	if (exec == NULL ||
		command_parse(&s->arena, exec, &s->finish.errand.command,
			err) == 0)
		return 0;
	err->kind = ERR_USAGE;
	return err_in(err, "--exec");
}

int sources_open(struct sources *s, const struct settings *set, struct err *err)
{
	s->set = set;
	s->finish.unpack_limit = set->unpack_most;
	s->finish.errand.timeout = (unsigned int)set->exec_timeout;
	if (read_command(s, err) < 0)
		return -1;
	s->access = access_open(&set->access, err);
	if (s->access == NULL)
		return -1;
	s->pull = (struct pull_options){
		.access = s->access,
		.shared = set->recipe,
		.rate = set->bytes_per_second,
		.per_host = (unsigned int)set->per_host,
		.retries = (unsigned int)set->retries,
		.timeout = (unsigned int)set->timeout,
		.speed = (unsigned int)set->least,
		.deadline = set->deadline,
	};
	return local_open(&s->local, &s->arena, set->known, err);
}

void sources_stop(struct sources *s)
{
	fetcher_close(s->fetcher);
	puller_close(s->puller);
	s->fetcher = NULL;
	s->puller = NULL;
}

void sources_close(struct sources *s)
{
	sources_stop(s);
	lock_close(s->lock);
	access_close(s->access);
	arena_release(&s->arena);
}

int sources_cache(struct sources *s, struct err *err)
{
	struct buf path = BUF_INIT;
	int got;

	if (s->finish.cache != NULL)
		return 0;
	if (s->set->cache == NULL)
		return err_set(err, ERR_USAGE,
			"a download, an archive or --exec needs --cache DIR");
	got = io_absolute(NULL, s->set->cache, &path, err);
	if (got == 0)
		got = io_make_dirs(path.data, err);
	if (got == 0)
		s->lock = lock_open(path.data, err);
	if (s->lock != NULL)
		s->finish.cache = s->finish.errand.cache =
			arena_strdup(&s->arena, path.data);
	buf_release(&path);
	return s->lock != NULL ? 0 : -1;
}

int sources_fetcher(struct sources *s, struct err *err)
{
	const struct settings *set = s->set;
	struct fetch_options o = {
		.per_host = (unsigned int)set->per_host,
		.retries = (unsigned int)set->retries,
		.timeout = (unsigned int)set->timeout,
		.speed = (unsigned int)set->least,
		.deadline = set->deadline,
		.revalidate = set->revalidate,
		.rate = set->bytes_per_second,
		.access = s->access,
	};

	if (s->fetcher != NULL)
		return 0;
	if (sources_cache(s, err) < 0)
		return -1;
	o.cache = s->finish.cache;
	s->fetcher = fetcher_open(&o, err);
	return s->fetcher == NULL ? -1 : 0;
}

int sources_puller(struct sources *s, struct err *err)
{
	if (s->puller == NULL)
		s->puller = puller_open(&s->pull, err);
	return s->puller == NULL ? -1 : 0;
}
