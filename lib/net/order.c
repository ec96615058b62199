/* SPDX-License-Identifier: Apache-2.0 */
#include "net/order.h"

#include <string.h>

#include "base/log.h"
#include "base/str.h"

struct order *order_new(void)
{
	struct order *o = mem_alloc(sizeof(*o));

	*o = (struct order){ .arena = ARENA_INIT, .finish.err = &o->err };
	return o;
}

void order_free(struct order *o)
{
	arena_release(&o->arena);
	mem_free(o);
}

static const char *shown(struct order *o)
{
	return url_show(&o->arena, o->finish.url);
}

static bool is_made(const struct order *o, const struct settings *set)
{
	return o->finish.what.kind != BUNDLE_NONE || set->exec != NULL;
}

/* What the record says. */
static int read_record(struct order *o, const struct settings *set,
	struct err *err)
{
	const char *text = js_get_text(o->rec, "url");

	if (text == NULL)
		return err_set(err, ERR_DATA,
			"the record has no text 'url': "
			"pgf-fetch reads what pgf-expand writes");
	o->finish = (struct finish_item){ .arena = &o->arena,
		.url = text,
		.what.container = text,
		.file = &o->file,
		.err = &o->err };
	if ((!set->no_unpack &&
		    bundle_name_split(&o->arena, text, &o->finish.what, err) <
			    0) ||
		url_parse(&o->arena, o->finish.what.container, &o->url, err) <
			0)
		return err_in(err, "'%s'", shown(o));
	return checks_read(&o->checks, o->rec, err);
}

static int begin_local(struct order *o, struct sources *s, struct err *err)
{
	if (local_is_store(o->url.path)) {
		bool plain = s->set->exec == NULL && o->checks.n == 0;

		o->folder = local_store(&o->arena, o->url.path, plain, err);
		return o->folder != NULL ? 0 : -1;
	}
	o->absent = local_is_absent(o->url.path);
	if (local_find(&s->local, &o->arena, o->url.path, &o->file, err) < 0)
		return -1;
	return local_check(&o->arena, &o->file, &o->checks, err);
}

/* Is it plain that a URL is that of a Zarr store, a folder? */
static bool is_store(const struct order *o)
{
	const char *format = js_get_text(o->rec, "format");
	size_t len = strcspn(o->finish.url, "?#");

	while (len > 0 && o->finish.url[len - 1] == '/')
		len--;
	return (format != NULL && str_eq(format, "zarr")) ||
		(len > 5 && strncmp(o->finish.url + len - 5, ".zarr", 5) == 0);
}

static int begin_store(struct order *o, struct sources *s, struct err *err)
{
	struct err ignored = ERR_INIT;

	if (!s->set->head)
		return err_set(err, ERR_DATA,
			"'%s' is a Zarr store on a server, which is read where "
			"it is: set fetch.cache to false in the recipe, or "
			"copy the store into a folder first",
			shown(o));
	if (pull_check(&o->url, shown(o), &ignored) < 0)
		return err_set(err, ERR_DATA,
			"'%s': a Zarr store is read from http, https, s3, gs "
			"and az only: copy it into a folder first",
			shown(o));
	if (sources_puller(s, err) < 0)
		return -1;
	o->store = zarr_probe_begin(s->puller, s->access, &o->arena,
		o->finish.url);
	return 0;
}

static int begin_remote(struct order *o, struct sources *s, struct err *err)
{
	bool head = s->set->head;

	if (is_store(o))
		return begin_store(o, s, err);
	if (head && pull_check(&o->url, shown(o), err) < 0)
		return -1;
	if (!url_is_http(&o->url) && str_ends(o->url.wire, "/"))
		return err_set(err, ERR_DATA, "'%s' is a folder, not a file",
			shown(o));
	if (access_resolve(s->access, &o->arena, &o->url, err) < 0)
		return err_in(err, "'%s'", shown(o));
	if (head && sources_puller(s, err) == 0)
		o->probe = probe_begin(s->puller, &o->arena, &o->url);
	else if (!head && sources_fetcher(s, err) == 0)
		o->fetch =
			fetcher_add(s->fetcher, &o->arena, &o->url, &o->checks);
	else
		return -1;
	return 0;
}

static int begin(struct order *o, struct sources *s, struct err *err)
{
	if (read_record(o, s->set, err) < 0)
		return -1;
	if (s->set->head && is_made(o, s->set))
		return err_set(err, ERR_DATA,
			"'%s' must be unpacked or changed: " PULL_REMEDY,
			shown(o));
	if (is_made(o, s->set) && sources_cache(s, err) < 0)
		return -1;
	return o->url.kind == URL_LOCAL ? begin_local(o, s, err) :
					  begin_remote(o, s, err);
}

void order_begin(struct order *o, struct sources *s)
{
	(void)begin(o, s, &o->err);
}

bool order_has_come(struct order *o)
{
	if ((o->fetch != NULL && !o->fetch->done) ||
		(o->probe != NULL && !o->probe->pull.done) ||
		(o->store != NULL && !zarr_probe_has_come(o->store)))
		return false;
	if (o->fetch != NULL && !o->taken) {
		o->file = o->fetch->file;
		o->err = o->fetch->err;
		o->absent = o->fetch->absent;
		o->taken = true;
	}
	return true;
}

int order_fill(struct order *o)
{
	struct js *file = js_new_object(&o->arena);

	if (o->store != NULL && o->err.kind == ERR_NONE &&
		zarr_probe_file(o->store, file, &o->err) < 0)
		return -1;
	if (o->probe != NULL &&
		probe_file(o->probe, js_get_text(o->rec, "url"), file,
			&o->err) < 0)
		return -1;
	if (o->err.kind != ERR_NONE)
		return -1;
	if (o->probe == NULL && o->store == NULL && o->folder == NULL)
		cache_file_to_json(&o->file, file);
	js_set(o->rec, "file", o->folder != NULL ? o->folder : file);
	if (o->fetch != NULL && log_level() >= LOG_VERBOSE)
		log_info("%s '%s', %llu bytes", o->fetch->hit ? "have" : "got",
			url_show(&o->arena, o->url.key),
			(unsigned long long)o->file.size);
	return 0;
}

void order_fill_missing(struct order *o)
{
	struct js *file = js_new_object(&o->arena);

	js_set(file, "missing", js_new_bool(&o->arena, true));
	js_set(o->rec, "file", file);
}
