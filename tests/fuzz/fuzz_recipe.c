/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a recipe: YAML, members, calendars and templates must hold.
 * What was read goes out as JSON and must read back; files on disk are left
 * alone.
 */
#include <stdlib.h>

#include "recipe/recipe.h"
#include "record/json_write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { KEYS_MAX = 2000, ITEMS_MAX = 50 };

static const char *const members[] = { "name", "title", "description",
	"license", "keywords", "provenance", "maintainers", "fetch", "target",
	"run", NULL };

static void walk(const struct recipe *r)
{
	struct arena record = ARENA_INIT;
	struct err err = ERR_INIT;
	struct pattern *p;
	struct js *item;
	int n = 0;

	for (size_t i = 0; i < r->pattern.ndims; i++)
		if (r->pattern.dims[i].n > KEYS_MAX)
			return;
	p = pattern_open(&r->pattern, 0, &err);
	while (p != NULL && n++ < ITEMS_MAX &&
		pattern_next(p, &record, &item, &err) > 0)
		arena_reset(&record);
	pattern_close(p);
	arena_release(&record);
}

static void read_back(struct arena *a, const struct recipe *r)
{
	struct recipe_input in = { .path = "/f/again.yaml" };
	struct buf text = BUF_INIT;
	struct err err = ERR_INIT;
	struct recipe again;

	js_write(&text, recipe_to_json(a, r, members), JS_DOCUMENT);
	if (recipe_parse(a, &in, &text, &again, &err) < 0)
		abort();
	buf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct recipe_input in = { .path = "/f/r.yaml" };
	struct arena arena = ARENA_INIT;
	struct buf text = BUF_INIT;
	struct err err = ERR_INIT;
	struct recipe r;

	buf_add(&text, data, size);
	if (recipe_parse(&arena, &in, &text, &r, &err) == 0) {
		read_back(&arena, &r);
		if (r.has_pattern &&
			(r.pattern.from == PATTERN_URL ||
				r.pattern.from == PATTERN_FILES))
			walk(&r);
	} else if (err.kind != ERR_DATA || err.msg[0] == '\0') {
		abort();
	}
	arena_release(&arena);
	buf_release(&text);
	return 0;
}
