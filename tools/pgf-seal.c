/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pgf-seal: receipts in, metadata into the store, one summary record out.  Until
 * here the store is not visible; after it, it is whole.
 */
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "format/zarr_meta.h"
#include "record/document.h"
#include "record/tool.h"
#include "store/cover.h"
#include "store/seal.h"
#include "store/tally.h"

static struct {
	const char *recipe, *schema;
	bool withdraw;
} cfg;

static const struct opt opts[] = {
	{ OPT_TEXT, 'r', "recipe", "RECIPE", &cfg.recipe,
		"the recipe, for what it says of the store" },
	{ OPT_TEXT, 0, "schema", "FILE", &cfg.schema,
		"the schema that the regions were planned with" },
	{ OPT_FLAG, 0, "withdraw", NULL, &cfg.withdraw,
		"remove the input files whose receipts name objects that are "
		"gone, so that make writes those again" },
	{ OPT_END, 0, NULL, NULL, NULL, NULL },
};

static const struct opt_spec spec = {
	.name = "pgf-seal",
	.summary = "publish a store of which every chunk is written",
	.synopsis = "[-kqv] -r RECIPE --schema FILE [--withdraw] [-o FILE] "
		    "[--stamp FILE] [--files-from FILE] [--rejects FILE] STORE "
		    "[FILE...]",
	.opts = opts,
	.more = tool_filter_options,
};

struct sealer {
	struct arena root;
	const char *store;
	struct recipe recipe;
	struct layout layout;
	struct arrays arrays;
	struct cover *cover;
	struct tally *tally;
	struct stream_in *in;
	struct seal_old old;
	char plan[SHA256_HEX];
};

static int read_target(struct sealer *s, struct err *err)
{
	struct recipe_input in = { .path = cfg.recipe };
	struct js *schema;

	if (cfg.recipe == NULL || cfg.schema == NULL)
		return err_set(err, ERR_USAGE,
			"--recipe and --schema must be given");
	if (recipe_read(&s->root, &in, &s->recipe, err) < 0)
		return -1;
	schema = document_read(&s->root, cfg.schema, err);
	if (schema == NULL)
		return -1;
	if (layout_from_json(&s->root, js_get(schema, "layout"), &s->layout,
		    err) < 0)
		return err_in(err, "'%s'", cfg.schema);
	return arrays_decide(&s->root, &s->layout, &s->recipe.target,
		&s->arrays, err);
}

static int add(struct js *rec, struct tool_sink *sink, struct err *err)
{
	struct sealer *s = sink->state;

	if (cover_add(s->cover, rec, stream_file(s->in), err) < 0)
		return -1;
	tally_add(s->tally, rec);
	return 0;
}

/* Take back the receipts of what is gone, before anyone trusts them again. */
static int withdraw(const struct sealer *s, const bool *is_gone,
	struct err *err)
{
	for (size_t i = 0; i < stream_nfiles(s->in); i++) {
		const char *name = stream_file_name(s->in, i);

		if (!is_gone[i] || str_eq(name, "-"))
			continue;
		if (unlink(name) < 0)
			return err_sys(err, "cannot remove '%s'", name);
		log_warn("'%s' withdrawn: objects that it names are gone",
			name);
	}
	return 0;
}

static int check_objects(struct sealer *s, struct err *err)
{
	struct err failed = ERR_INIT;
	bool *is_gone = ARENA_NEW(&s->root, bool, stream_nfiles(s->in));

	if (cover_check(s->cover, err) < 0)
		return -1;
	if (cover_look(s->cover, s->store, is_gone, err) == 0)
		return 0;
	if (cfg.withdraw && err->kind == ERR_TEMP &&
		withdraw(s, is_gone, &failed) < 0)
		*err = failed;
	return -1;
}

static void set_documents_v3(struct sealer *s, struct seal_new *new)
{
	struct arena *a = &s->root;
	struct js *children = js_new_object(a);

	for (size_t i = 0; i < s->arrays.n; i++) {
		const struct array *t = &s->arrays.at[i];
		struct js *doc = zarr_meta_array(a, t);

		js_set(new->of_arrays, arena_printf(a, "%s/zarr.json", t->name),
			doc);
		js_set(children, t->name, doc);
	}
	js_set(new->of_root, "zarr.json",
		zarr_meta_group(a,
			zarr_meta_group_attrs(a, &s->layout, &s->recipe,
				s->plan),
			s->recipe.target.consolidated ? children : NULL));
}

static void set_documents_v2(struct sealer *s, struct seal_new *new)
{
	struct arena *a = &s->root;
	struct js *all = js_new_object(a);

	js_set(new->of_root, ".zattrs",
		zarr_meta_group_attrs(a, &s->layout, &s->recipe, s->plan));
	js_set(new->of_root, ".zgroup", zarr_meta_zgroup(a));
	for (size_t i = 0; i < s->arrays.n; i++) {
		const struct array *t = &s->arrays.at[i];

		js_set(new->of_arrays, arena_printf(a, "%s/.zattrs", t->name),
			zarr_meta_zattrs(a, t));
		js_set(new->of_arrays, arena_printf(a, "%s/.zarray", t->name),
			zarr_meta_zarray(a, t));
	}
	if (!s->recipe.target.consolidated)
		return;
	js_set(all, ".zattrs", js_get(new->of_root, ".zattrs"));
	js_set(all, ".zgroup", js_get(new->of_root, ".zgroup"));
	for (void *it = js_first(new->of_arrays); it;
		it = js_next(new->of_arrays, it))
		js_set(all, js_name(it), js_member(it));
	js_set(new->of_root, ".zmetadata", zarr_meta_zmetadata(a, all));
}

static int publish(struct sealer *s, struct err *err)
{
	struct seal_new new = {
		.arrays = &s->arrays,
		.of_arrays = js_new_object(&s->root),
		.of_root = js_new_object(&s->root),
	};
	uint64_t swept = 0;

	if (s->recipe.target.zarr_format == 2)
		set_documents_v2(s, &new);
	else
		set_documents_v3(s, &new);
	if (seal_publish(&s->root, s->store, &new, &s->old, err) < 0 ||
		seal_sweep(&s->root, s->store, &new, &swept, err) < 0)
		return -1;
	if (swept > 0)
		log_info("%llu files that the store no longer names removed",
			(unsigned long long)swept);
	return 0;
}

static struct js *array_summary(struct sealer *s, size_t i)
{
	const struct array *t = &s->arrays.at[i];
	struct js *obj = js_new_object(&s->root);
	struct js *shape = js_new_list(&s->root);
	struct js *chunk = js_new_list(&s->root);
	char name[16];

	for (unsigned k = 0; k < t->ndim; k++) {
		js_add_u64(shape, t->shape[k]);
		js_add_u64(chunk, t->chunk_shape[k]);
	}
	js_set(obj, "shape", shape);
	js_set(obj, "chunk_shape", chunk);
	js_set_text(obj, "dtype", dtype_name(t->dtype, name));
	js_set_u64(obj, "chunks", array_chunks(t));
	js_set_u64(obj, "bytes", cover_bytes(s->cover, i));
	return obj;
}

static struct js *summary(struct sealer *s)
{
	struct arena *a = &s->root;
	struct js *obj = js_new_object(a), *dims = js_new_object(a);
	struct js *arrays = js_new_object(a);
	uint64_t chunks = 0, bytes = 0;

	for (size_t i = 0; i < s->arrays.n; i++) {
		const struct array *t = &s->arrays.at[i];

		for (unsigned k = 0; k < t->ndim; k++)
			js_set_u64(dims, t->dims[k], t->shape[k]);
		js_set(arrays, t->name, array_summary(s, i));
		chunks += array_chunks(t);
		bytes += cover_bytes(s->cover, i);
	}
	js_set_text(obj, "store", s->store);
	js_set_int(obj, "zarr_format", s->recipe.target.zarr_format);
	js_set(obj, "dims", dims);
	js_set(obj, "arrays", arrays);
	js_set_u64(obj, "chunks", chunks);
	js_set_u64(obj, "bytes", bytes);
	js_set(obj, "work", tally_sum(s->tally));
	js_set_text(obj, "plan", s->plan);
	return obj;
}

static int put_summary(struct sealer *s, struct err *err)
{
	struct stream_out *out = tool_output(err);

	if (out == NULL)
		return -1;
	if (stream_put(out, summary(s), err) < 0) {
		stream_abort(out);
		return -1;
	}
	return tool_publish(out, err);
}

/* Everything is known before the first byte is written. */
static int seal(struct sealer *s, struct err *err)
{
	struct arena record = ARENA_INIT;
	struct tool_sink sink = { .arena = &record, .state = s };
	int r;

	s->cover = cover_open(&s->root, &s->arrays);
	s->tally = tally_open(&s->root);
	r = tool_walk(s->in, &sink, add, err);
	arena_release(&record);
	if (r < 0 || tool_verdict(err) < 0 || check_objects(s, err) < 0)
		return -1;
	cover_plan(s->cover, s->plan);
	if (publish(s, err) < 0)
		return -1;
	return put_summary(s, err);
}

/* Without slashes at the end, which mean nothing here. */
static const char *store_path(struct sealer *s, const char *operand)
{
	size_t len = strlen(operand);

	while (len > 1 && operand[len - 1] == '/')
		len--;
	return arena_strndup(&s->root, operand, len);
}

static int run(char **operands, struct err *err)
{
	struct sealer s = { .root = ARENA_INIT };
	int r = -1;

	if (operands[0] == NULL || *operands[0] == '\0')
		return err_set(err, ERR_USAGE, "no STORE is given");
	s.store = store_path(&s, operands[0]);
	if (read_target(&s, err) == 0 &&
		seal_look(&s.root, s.store, s.recipe.name, &s.old, err) == 0) {
		s.in = tool_input(operands + 1, err);
		r = s.in ? seal(&s, err) : -1;
		stream_close(s.in);
	}
	arena_release(&s.root);
	return r;
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	int first = tool_begin(&spec, argc, argv, &err);

	return tool_end(first < 0 ? -1 : run(argv + first, &err), &err);
}
