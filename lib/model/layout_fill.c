/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What cells hold that no file gives.  Floats have NaN for it; integers get the
 * value that netCDF itself would have put there (netcdf.h, NC_FILL_*), declared
 * as _FillValue, and since a file might use it as a number, the encoding makes
 * the writer look.
 */
#include "model/layout_decide.h"

#include "model/decision.h"
#include "model/encoding.h"
#include "record/json_write.h"

/* Not of floats and text, which need none. */
static struct js *default_fill(struct arena *a, struct dtype t)
{
	switch (t.kind) {
	case DTYPE_INT8:
		return js_new_int(a, -127);
	case DTYPE_INT16:
		return js_new_int(a, -32767);
	case DTYPE_INT32:
		return js_new_int(a, -2147483647);
	case DTYPE_INT64:
		return js_new_int(a, -9223372036854775806);
	case DTYPE_UINT8:
		return js_new_int(a, 255);
	case DTYPE_UINT16:
		return js_new_int(a, 65535);
	case DTYPE_UINT32:
		return js_new_int(a, 4294967295);
	case DTYPE_UINT64:
		return js_new_u64(a, 18446744073709551614u);
	default:
		return NULL;
	}
}

static void declare(struct decider *d, struct layout_var *v, struct js *fill)
{
	struct buf text = BUF_INIT;
	char name[16];

	js_set(v->attrs, "_FillValue", fill);
	js_set_text(v->attr_dtypes, "_FillValue", dtype_name(v->dtype, name));
	js_write(&text, fill, JS_RECORD);
	decision_add(d->a, d->out->decisions,
		&(struct decision){
			.what = "missing value",
			.var = v->name,
			.name = "",
			.decided = arena_printf(d->a,
				"%s declared, for what is filled", text.data),
			.policy = "combine.missing_variable",
		});
	buf_release(&text);
}

int decider_fill(struct decider *d, struct layout_var *v, struct err *err)
{
	struct js *fill = default_fill(d->a, v->dtype);
	struct encoding e;

	if (fill == NULL || js_get(v->attrs, "_FillValue") != NULL)
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
