/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts, one after the other: what is forgotten here would be stale for ever, so
 * rather too much is in it.
 */
#include "plan/plan_digest.h"

#include "base/version.h"
#include "base/xxh.h"
#include "record/json_write.h"

void plan_digest(const struct plan_all *all, char *out)
{
	const struct plan_target *p = all->target;
	const struct layout *l = p->layout;
	struct buf text = BUF_INIT;
	char name[16];

	buf_addf(&text, "%s %llu %u\n", PGF_VERSION,
		(unsigned long long)p->memory, l->nconcat);
	for (size_t i = 0; i < p->arrays->n; i++) {
		const struct plan_frame *f = &all->frames[i];
		const struct layout_var *v = f->array->var;

		buf_addf(&text, "%s\n%s\n%s\n%s\n%s\n", f->array->name,
			f->before, f->behind, f->options, f->encoding);
		for (unsigned k = 0; k < v->ndim; k++)
			buf_addf(&text, "%s %d %llu\n", v->dims[k],
				v->concat[k],
				v->concat[k] < 0 ?
					(unsigned long long)v->shape[k] :
					0);
		buf_addf(&text, "%s %a\n", dtype_name(v->dtype, name),
			v->tolerance);
		js_write(&text, v->attrs, JS_SORTED);
	}
	for (unsigned i = 0; i < l->nconcat; i++)
		buf_addf(&text, "%s\n", l->concat[i].name);
	xxh_of(text.data, text.len, out);
	buf_release(&text);
}
