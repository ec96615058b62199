/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands are lists of words, never text for a shell.  Every record names the
 * folder to be in, so that it is all that a worker needs to be handed.
 */
#include "build/ndjson.h"

#include <string.h>

#include "base/str.h"
#include "record/json_write.h"

static int add_word(struct js *list, const char *word, struct err *err)
{
	if (!str_is_utf8(word, strlen(word)))
		return err_set(err, ERR_DATA,
			"'%s' is not UTF-8, as records must be: rename it",
			word);
	js_add_text(list, word);
	return 0;
}

static struct js *list_of(struct arena *a, const struct words *w)
{
	struct js *list = js_new_list(a);

	for (size_t i = 0; i < w->n; i++)
		js_add_text(list, w->at[i]);
	return list;
}

static int set_argv(struct arena *a, const struct task *t, struct js *rec,
	struct err *err)
{
	struct js *argv = js_new_list(a);

	for (size_t i = 0; i < t->argv.n; i++)
		if (add_word(argv, t->argv.at[i], err) < 0)
			return -1;
	js_set(rec, "argv", argv);
	return 0;
}

static int print_task(const struct graph *g, const struct task *t,
	const char *work, struct buf *out, struct err *err)
{
	struct arena a = ARENA_INIT;
	struct js *rec = js_new_object(&a), *deps = js_new_list(&a);
	struct words outputs = WORDS_INIT;
	int r;

	for (size_t i = 0; i < t->outputs.n; i++)
		words_add(&outputs, &a, t->outputs.at[i]);
	if (t->stamp != NULL)
		words_add(&outputs, &a, t->stamp);
	for (size_t i = 0; i < t->ndeps; i++)
		js_add_text(deps, g->tasks[t->deps[i]].id);
	js_set_text(rec, "id", t->id);
	js_set_text(rec, "stage", t->stage);
	r = set_argv(&a, t, rec, err);
	js_set_text(rec, "cwd", work);
	js_set(rec, "inputs", list_of(&a, &t->inputs));
	js_set(rec, "outputs", list_of(&a, &outputs));
	js_set(rec, "deps", deps);
	if (t->memory > 0)
		js_set_u64(rec, "memory", t->memory);
	js_set_u64(rec, "weight", t->weight);
	if (r == 0) {
		js_write(out, rec, JS_RECORD);
		buf_addc(out, '\n');
	}
	arena_release(&a);
	return r;
}

int ndjson_print(const struct graph *g, const struct graph_head *head,
	struct buf *out, struct err *err)
{
	if (!str_is_utf8(head->work, strlen(head->work)))
		return err_set(err, ERR_DATA,
			"work folder '%s' is not UTF-8, as records must be: "
			"rename it",
			head->work);
	for (size_t i = 0; i < g->n; i++)
		if (print_task(g, &g->tasks[i], head->work, out, err) < 0)
			return -1;
	return 0;
}
