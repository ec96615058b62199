/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What cells hold that no file gives.  Floats have NaN for it; integers get the
 * value that netCDF itself would have put there (netcdf.h, NC_FILL_*), declared
 * as _FillValue, and since a file might use it as a number, the encoding makes
 * the writer look.
 */
#include "layout/layout_decide.h"

#include "layout/decision.h"
#include "model/encoding.h"
#include "record/json_write.h"

static void declare(struct decider *d, struct layout_var *v, struct js *fill)
{
	struct buf text = BUF_INIT;
	char name[16];

	js_set(v->attrs, "_FillValue", fill);
	js_set_text(v->attr_dtypes, "_FillValue", dtype_name(v->dtype, name));
	js_write(&text, fill, JS_RECORD);
	decision_add(d->a, &d->told,
		&(struct decision){
			.what = "missing value",
			.var = v->name,
			.name = "",
			.decided = arena_printf(d->a,
				"%s declared, for what is filled", text.data),
			.policy = "combine.missing_variable",
			.at = &d->hole,
		});
	buf_release(&text);
}

int decider_fill(struct decider *d, struct layout_var *v, struct err *err)
{
	struct js *fill = encoding_default_fill(d->a, v->dtype);
	struct encoding e;

	if (fill == NULL || dtype_is_float(v->dtype) ||
		js_get(v->attrs, "_FillValue") != NULL)
		return 0;
	if (encoding_of_attrs(v->attrs, v->dtype, &e, err) < 0)
		return err_in(err, "variable '%.200s'", v->name);
	if (e.nmissing > 0) {
		declare(d, v, dtype_bytes_value(d->a, v->dtype, e.missing[0]));
		return 0;
	}
	declare(d, v, fill);
	if (encoding_of_attrs(v->attrs, v->dtype, &e, err) < 0)
		return err_in(err, "variable '%.200s'", v->name);
	e.time = e.calendar = NULL;
	v->encoding = encoding_to_json(d->a, &e, v->dtype);
	return 0;
}
