/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file of its own: who lists folders has settings, too, and no recipe.
 */
#include "net/settings.h"
#include "recipe/recipe.h"

/* Add "NAME: TEXT", "NAME=TEXT". */
static int add_values(struct arena *a, const struct js *values,
	const char *between, struct opt_list *list, struct err *err)
{
	if (values == NULL)
		return 0;
	for (void *it = js_first(values); it; it = js_next(values, it)) {
		if (list->n == OPT_LIST_MAX)
			return err_set(err, ERR_USAGE,
				"there are more than %d headers, or members of "
				"the query, in the recipe and the options",
				OPT_LIST_MAX);
		list->at[list->n++] = arena_printf(a, "%s%s%s", js_name(it),
			between, js_text(js_member(it)));
	}
	return 0;
}

static void set_text(const char **field, const char *text)
{
	if (*field == NULL)
		*field = text;
}

static int add_fetch(struct settings *s, struct arena *a,
	const struct recipe_fetch *f, struct err *err)
{
	struct access_options *x = &s->access;

	if (s->per_host < 0)
		s->per_host = f->per_host;
	if (s->retries < 0)
		s->retries = f->retries;
	s->bytes_per_second = f->access.rate;
	set_text(&x->s3.endpoint, f->access.s3.endpoint);
	set_text(&x->s3.region, f->access.s3.region);
	x->s3.anonymous |= f->access.s3.anonymous;
	set_text(&x->ssh_key, f->access.ssh.key);
	set_text(&x->known_hosts, f->access.ssh.known_hosts);
	if (add_values(a, f->access.headers, ": ", &x->headers, err) < 0)
		return -1;
	return add_values(a, f->access.query, "=", &x->query, err);
}

int settings_add_recipe(struct settings *s, struct arena *a, struct err *err)
{
	const struct recipe_input in = { .path = s->recipe };
	struct recipe *r;

	if (s->recipe == NULL)
		return 0;
	r = ARENA_NEW(a, struct recipe, 1);
	return recipe_read(a, &in, r, err) < 0 ?
		-1 :
		add_fetch(s, a, &r->fetch, err);
}
