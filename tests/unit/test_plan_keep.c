/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces that are kept: they come back as they were, and share what is alike. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "archive.h"
#include "plan/plan_keep.h"

static struct arena arena = ARENA_INIT;

enum { NREFS = 3 };

/* A piece of n chunks that begins at element `at`. */
static struct plan_piece piece_of(uint64_t at)
{
	struct plan_file *f = ARENA_NEW(&arena, struct plan_file, 1);
	struct plan_piece p = { .file = f, .place = at };
	struct chunk_table *t = &p.table;
	uint64_t *v = ARENA_NEW(&arena, uint64_t, 4);

	f->offset[0] = p.offset[0] = at;
	v[0] = NREFS;
	v[1] = 1;
	t->ndim = 1;
	t->shape = v;
	t->chunk_shape = v + 1;
	t->dtype = (struct dtype){ DTYPE_FLOAT32, 4 };
	t->codecs = archive_parse(&arena, "[{'name':'zlib'}]");
	t->has_refs = true;
	t->refs.n = NREFS;
	t->refs.offset = ARENA_NEW(&arena, uint64_t, NREFS);
	t->refs.length = ARENA_NEW(&arena, uint64_t, NREFS);
	for (uint64_t i = 0; i < NREFS; i++) {
		t->refs.offset[i] = 1000 * at + i;
		t->refs.length[i] = 7 * at + i;
	}
	return p;
}

static void check_same(const struct plan_piece *x, const struct plan_piece *y)
{
	const struct chunk_table *s = &x->table, *t = &y->table;

	assert_ptr_equal(x->file, y->file);
	assert_int_equal(x->place, y->place);
	assert_memory_equal(x->offset, y->offset, sizeof(x->offset));
	assert_int_equal(s->ndim, t->ndim);
	assert_memory_equal(s->shape, t->shape, s->ndim * sizeof(*s->shape));
	assert_memory_equal(s->chunk_shape, t->chunk_shape,
		s->ndim * sizeof(*s->shape));
	assert_true(dtype_equal(s->dtype, t->dtype));
	assert_int_equal(s->big_endian, t->big_endian);
	assert_int_equal(s->fill != NULL, t->fill != NULL);
	if (s->fill != NULL)
		assert_memory_equal(s->fill, t->fill, s->dtype.size);
	assert_true(js_equal(s->codecs, t->codecs));
	assert_int_equal(s->has_refs, t->has_refs);
	assert_int_equal(s->refs.n, t->refs.n);
	for (size_t i = 0; s->has_refs && i < s->refs.n; i++) {
		assert_int_equal(s->refs.offset[i], t->refs.offset[i]);
		assert_int_equal(s->refs.length[i], t->refs.length[i]);
	}
	assert_int_equal(s->refs.mask != NULL, t->refs.mask != NULL);
	for (size_t i = 0; s->refs.mask != NULL && i < s->refs.n; i++)
		assert_int_equal(s->refs.mask[i], t->refs.mask[i]);
	assert_int_equal(s->inline_size, t->inline_size);
	assert_int_equal(s->inline_data != NULL, t->inline_data != NULL);
	if (s->inline_data != NULL)
		assert_memory_equal(s->inline_data, t->inline_data,
			s->inline_size);
	assert_int_equal(x->encoding != NULL, y->encoding != NULL);
	if (x->encoding != NULL)
		assert_true(js_equal(x->encoding, y->encoding));
}

/* One thing changed at a time. */
static struct plan_piece variant(unsigned i)
{
	static uint8_t fill[2][4] = { { 1, 2, 3, 4 }, { 1, 2, 3, 5 } };
	static uint32_t masks[NREFS] = { 0, 1, 2 };
	struct plan_piece p = piece_of(i);

	switch (i) {
	case 1:
		p.table.fill = fill[0];
		break;
	case 2:
		p.table.fill = fill[1];
		break;
	case 3:
		p.table.refs.mask = masks;
		break;
	case 4:
		p.table.codecs = archive_parse(&arena, "[]");
		break;
	case 5:
		p.table.big_endian = true;
		break;
	case 6:
		p.encoding = archive_parse(&arena, "{'scale':2}");
		break;
	case 7:
		p.table.has_refs = false;
		p.table.refs = (struct refs){ .n = 0 };
		p.table.inline_data = fill[0];
		p.table.inline_size = 4;
		break;
	case 8:
		p.table.has_refs = false;
		p.table.refs = (struct refs){ .n = 0 };
		break;
	case 9:
		p.table.dtype.kind = DTYPE_INT32;
		break;
	case 10:
		p.table.chunk_shape[0] = 2;
		break;
	default:
		break;
	}
	return p;
}

static void pieces_come_back_as_they_were(void **state)
{
	struct plan_keeper k = { .a = &arena };
	enum { N = 11 };
	struct plan_kept kept[N];
	struct plan_piece was[N];

	(void)state;
	for (unsigned i = 0; i < N; i++) {
		was[i] = variant(i);
		kept[i] = plan_keep(&k, &was[i]);
	}
	for (unsigned i = 0; i < N; i++) {
		check_same(&was[i], plan_unpack(&arena, &kept[i]));
		for (unsigned j = 0; j < i; j++)
			assert_ptr_not_equal(kept[i].form, kept[j].form);
	}
	plan_keep_close(&k);
	arena_release(&arena);
}

static void what_is_alike_is_kept_once(void **state)
{
	struct plan_keeper k = { .a = &arena };
	struct arena scratch = ARENA_INIT;
	struct plan_kept first = { .place = 0 };

	(void)state;
	for (uint64_t i = 0; i < 10000; i++) {
		struct plan_piece p = piece_of(i);
		size_t before = arena.size;
		struct plan_kept kept = plan_keep(&k, &p);

		if (i == 0)
			first = kept;
		else
			assert_int_equal(arena.size - before,
				2 * NREFS * sizeof(uint64_t));
		assert_ptr_equal(kept.form, first.form);
		check_same(&p, plan_unpack(&scratch, &kept));
		arena_reset(&scratch);
	}
	assert_int_equal(k.names.n, 1);
	plan_keep_close(&k);
	arena_release(&scratch);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_come_back_as_they_were),
		cmocka_unit_test(what_is_alike_is_kept_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
