/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Four walks behind one handle: an odometer over keys, a list of files, a
 * listing with keys, a stream of records.  Before an odometer starts, each dimension is run through
 * once with the others at their first key: that finds a URL that two keys
 * share, and members that a key lacks, before anything was given out.
 */
#include "recipe/pattern.h"

#include <string.h>

#include "base/str.h"
#include "recipe/pattern_files.h"
#include "recipe/pattern_listed.h"
#include "recipe/pattern_url.h"
#include "record/json_write.h"
#include "record/stream.h"

enum { ITEMS_MAX = 10000000 };

struct pattern {
	const struct pattern_spec *spec;
	struct arena arena;
	uint64_t prune;
	uint64_t n[PATTERN_MAX_DIMS]; /* keys walked */
	uint64_t k[PATTERN_MAX_DIMS]; /* the next ones */
	bool done;
	struct template_value values[PATTERN_MAX_DIMS];
	char keys[PATTERN_MAX_DIMS][PATTERN_KEY_TEXT];
	struct buf raw, url;
	struct pattern_files files;
	struct pattern_listed listed;
	size_t next; /* of listed */
	struct stream_in *records;
	const char *list;                 /* its absolute path */
	struct pattern_seen seen, places; /* URLs; keys of records */
};

static const char *op_name(const struct pattern_dim *dim)
{
	return dim->op == PATTERN_CONCAT ? "concat" : "merge";
}

/* Put "key time=3 variable=sst: " in front. */
static int in_key(const struct pattern *p, struct err *err)
{
	const struct pattern_spec *spec = p->spec;
	struct buf text = BUF_INIT;
	int r;

	buf_adds(&text, "key");
	for (size_t i = 0; i < spec->ndims; i++) {
		buf_addf(&text, " %.80s=", spec->dims[i].name);
		if (spec->dims[i].op == PATTERN_CONCAT)
			buf_addf(&text, "%llu", (unsigned long long)p->k[i]);
		else
			buf_addf(&text, "%.80s", p->values[i].text);
	}
	r = err_in(err, "%s: %s", spec->where, text.data);
	buf_release(&text);
	return r;
}

/* The address of the current keys into p->url. */
static int make_url(struct pattern *p, struct err *err)
{
	const struct pattern_spec *spec = p->spec;

	for (size_t i = 0; i < spec->ndims; i++)
		pattern_dim_key(&spec->dims[i], p->k[i], p->keys[i],
			&p->values[i]);
	buf_reset(&p->raw);
	buf_adds(&p->raw, "");
	if (template_expand(spec->url, p->values, &p->raw, err) < 0 ||
		pattern_url_resolve(spec->folder, p->raw.data, &p->url, err) <
			0)
		return in_key(p, err);
	return 0;
}

/* All keys of dimension i, the others at their first. */
static int check_dim(struct pattern *p, size_t i, struct err *err)
{
	int r = 0;

	for (; r == 0 && p->k[i] < p->n[i]; p->k[i]++) {
		r = make_url(p, err);
		if (r < 0 ||
			pattern_seen_add(&p->seen, p->url.data, p->url.len))
			continue;
		err_set(err, ERR_DATA,
			"the url '%.200s' is that of another "
			"key, too; use more of '{%.80s}' in it",
			p->url.data, p->spec->dims[i].name);
		r = in_key(p, err);
		break;
	}
	p->k[i] = 0;
	pattern_seen_release(&p->seen);
	return r;
}

static int begin_product(struct pattern *p, struct err *err)
{
	const struct pattern_spec *spec = p->spec;
	uint64_t total = 1;

	for (size_t i = 0; i < spec->ndims; i++) {
		const struct pattern_dim *dim = &spec->dims[i];

		p->n[i] = dim->n;
		if (p->prune && p->prune < dim->n && dim->op == PATTERN_CONCAT)
			p->n[i] = p->prune;
		total *= p->n[i]; /* at most 10^7 each, and 10^7 so far */
		if (total > ITEMS_MAX)
			return err_set(err, ERR_DATA,
				"%s: the keys mean %llu files or more; at most "
				"%d are supported",
				spec->where, (unsigned long long)total,
				ITEMS_MAX);
	}
	for (size_t i = 0; i < spec->ndims; i++)
		if (check_dim(p, i, err) < 0)
			return -1;
	return 0;
}

static int begin_files(struct pattern *p, struct err *err)
{
	if (pattern_files_read(&p->arena, p->spec, &p->files, err) < 0)
		return -1;
	p->n[0] = p->files.n;
	if (p->prune && p->prune < p->n[0])
		p->n[0] = p->prune;
	return 0;
}

static bool is_records(const struct pattern_spec *spec)
{
	return spec->from == PATTERN_LIST && str_ends(spec->path, ".ndjson");
}

static int begin_records(struct pattern *p, struct err *err)
{
	struct buf path = BUF_INIT;
	int r = pattern_list_path(p->spec, &path, err);

	if (r == 0) {
		p->list = arena_strdup(&p->arena, path.data);
		p->records = stream_open(&p->list, 1);
	}
	buf_release(&path);
	return r;
}

struct pattern *pattern_open(const struct pattern_spec *spec, uint64_t prune,
	struct err *err)
{
	struct pattern *p = mem_alloc(sizeof(*p));
	int r;

	memset(p, 0, sizeof(*p));
	p->spec = spec;
	p->prune = prune;
	if (spec->from == PATTERN_URL)
		r = begin_product(p, err);
	else if (is_records(spec))
		r = begin_records(p, err);
	else if (spec->from == PATTERN_LISTING)
		r = pattern_listed_read(&p->arena, spec, &p->listed, err);
	else
		r = begin_files(p, err);
	if (r == 0)
		return p;
	pattern_close(p);
	return NULL;
}

void pattern_close(struct pattern *p)
{
	if (p == NULL)
		return;
	stream_close(p->records);
	pattern_seen_release(&p->seen);
	pattern_seen_release(&p->places);
	buf_release(&p->raw);
	buf_release(&p->url);
	arena_release(&p->arena);
	mem_free(p);
}

/* What the recipe says of every file. */
static void add_common(const struct pattern *p, struct arena *a, struct js *rec)
{
	const struct pattern_spec *spec = p->spec;

	if (spec->format != NULL && js_get(rec, "format") == NULL)
		js_set_text(rec, "format", spec->format);
	if (js_get(rec, "expect") != NULL)
		return;
	for (size_t i = 0; i < spec->ndims; i++) {
		const struct pattern_dim *dim = &spec->dims[i];

		if (dim->items_per_file == 0)
			continue;
		if (js_get(rec, "expect") == NULL)
			js_set(rec, "expect", js_new_object(a));
		js_set_u64(js_get(rec, "expect"), dim->name,
			dim->items_per_file);
	}
}

/* Both kinds of keys, concat first. */
static struct js *make_key(const struct pattern *p, struct arena *a)
{
	const struct pattern_spec *spec = p->spec;
	struct js *key = js_new_object(a);

	for (int op = PATTERN_CONCAT; op <= PATTERN_MERGE; op++) {
		struct js *part = js_new_object(a);

		for (size_t i = 0; i < spec->ndims; i++) {
			const struct pattern_dim *dim = &spec->dims[i];

			if ((int)dim->op != op)
				continue;
			if (op == PATTERN_CONCAT)
				js_set_u64(part, dim->name, p->k[i]);
			else
				js_set_text(part, dim->name, p->values[i].text);
			js_set(key, op_name(dim), part);
		}
	}
	return key;
}

static struct js *make_item(const struct pattern *p, struct arena *a,
	const char *url)
{
	struct js *rec = js_new_object(a);

	js_set(rec, "key", make_key(p, a));
	js_set_text(rec, "url", url);
	add_common(p, a, rec);
	return rec;
}

/* The last dimension fastest. */
static void turn(struct pattern *p)
{
	for (size_t i = p->spec->ndims; i > 0; i--) {
		if (++p->k[i - 1] < p->n[i - 1])
			return;
		p->k[i - 1] = 0;
	}
	p->done = true;
}

/* A part of a record's key has exactly the dims of the pattern. */
static int check_part(const struct pattern *p, const struct js *key,
	enum pattern_op op, struct err *err)
{
	const struct js *part =
		js_get(key, op == PATTERN_CONCAT ? "concat" : "merge");
	size_t wanted = 0;

	for (size_t i = 0; i < p->spec->ndims; i++) {
		const struct pattern_dim *dim = &p->spec->dims[i];
		const struct js *v;
		int64_t at = -1;

		if (dim->op != op)
			continue;
		v = js_get(part, dim->name);
		wanted++;
		if (op == PATTERN_CONCAT &&
			(js_type(v) != JS_INT || !js_i64(v, &at) || at < 0))
			return err_set(err, ERR_DATA,
				"'key.concat.%.80s' must "
				"be the position of the file, 0 or more",
				dim->name);
		if (op == PATTERN_MERGE && js_text(v) == NULL)
			return err_set(err, ERR_DATA,
				"'key.merge.%.80s' must "
				"be text",
				dim->name);
	}
	if (js_count(part) != wanted)
		return err_set(err, ERR_DATA,
			"the key has a dimension that "
			"'pattern.dims' does not name");
	return 0;
}

static bool is_pruned(const struct pattern *p, const struct js *key)
{
	const struct js *concat = js_get(key, "concat");

	for (void *it = js_first(concat); it; it = js_next(concat, it)) {
		int64_t at = 0;

		if (js_i64(js_member(it), &at) && p->prune > 0 &&
			(uint64_t)at >= p->prune)
			return true;
	}
	return false;
}

/* Each key may have one file. */
static int check_place(struct pattern *p, const struct js *key, struct err *err)
{
	struct buf text = BUF_INIT;
	bool is_new;

	js_write(&text, key, JS_SORTED);
	is_new = pattern_seen_add(&p->places, text.data, text.len);
	if (!is_new)
		err_set(err, ERR_DATA,
			"'%.200s' is a second file for key %.200s; give each "
			"key one file",
			p->url.data, text.data);
	buf_release(&text);
	return is_new ? 0 : -1;
}

static int check_record(struct pattern *p, struct js *rec, struct err *err)
{
	const struct js *key = js_get(rec, "key");
	const char *url = js_get_text(rec, "url");

	if (js_type(key) != JS_OBJECT)
		return err_set(err, ERR_DATA, "the record has no 'key'");
	if (url == NULL)
		return err_set(err, ERR_DATA, "the record has no 'url'");
	if (check_part(p, key, PATTERN_CONCAT, err) < 0 ||
		check_part(p, key, PATTERN_MERGE, err) < 0 ||
		pattern_url_resolve(p->spec->folder, url, &p->url, err) < 0)
		return -1;
	if (!pattern_seen_add(&p->seen, p->url.data, p->url.len))
		return err_set(err, ERR_DATA, "'%.200s' is listed twice", url);
	js_set_text(rec, "url", p->url.data);
	return check_place(p, key, err);
}

static int next_record(struct pattern *p, struct arena *a, struct js **item,
	struct err *err)
{
	for (;;) {
		int got = stream_next(p->records, a, item, err);

		if (got > 0 && check_record(p, *item, err) < 0)
			got = -1;
		if (got < 0)
			return err_in(err, "%s: %s:%llu", p->spec->where,
				p->spec->path,
				(unsigned long long)stream_line(p->records));
		if (got == 0 && p->seen.n == 0)
			return err_set(err, ERR_DATA,
				"%s: '%.200s' lists no "
				"file",
				p->spec->where, p->spec->path);
		if (got == 0)
			return 0;
		if (is_pruned(p, js_get(*item, "key")))
			continue;
		add_common(p, a, *item);
		return 1;
	}
}

static bool is_kept(const struct pattern *p,
	const struct pattern_listed_file *f)
{
	for (size_t i = 0; i < p->spec->ndims; i++)
		if (p->prune > 0 && p->spec->dims[i].op == PATTERN_CONCAT &&
			f->k[i] >= p->prune)
			return false;
	return true;
}

static int next_listed(struct pattern *p, struct arena *a, struct js **item,
	struct err *err)
{
	const struct pattern_listed_file *f;

	do {
		if (p->next == p->listed.n)
			return 0;
		f = &p->listed.at[p->next++];
	} while (!is_kept(p, f));
	if (pattern_url_resolve(p->spec->folder, f->url, &p->url, err) < 0)
		return err_in(err, "%s", p->spec->where);
	for (size_t i = 0; i < p->spec->ndims; i++) {
		p->k[i] = f->k[i];
		p->values[i].text = f->texts[i];
	}
	*item = make_item(p, a, p->url.data);
	return 1;
}

int pattern_next(struct pattern *p, struct arena *a, struct js **item,
	struct err *err)
{
	const char *url;

	if (p->records != NULL)
		return next_record(p, a, item, err);
	if (p->spec->from == PATTERN_LISTING)
		return next_listed(p, a, item, err);
	if (p->done)
		return 0;
	if (p->spec->from == PATTERN_URL) {
		if (make_url(p, err) < 0)
			return -1;
		url = p->url.data;
	} else {
		url = p->files.at[p->k[0]];
	}
	*item = make_item(p, a, url);
	turn(p);
	return 1;
}
