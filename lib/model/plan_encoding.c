/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The layout says what the target means; each file says for itself what it
 * means, so nothing has to be handed on for each of a million files.
 */
#include "model/plan_encoding.h"

#include "model/encoding.h"

int plan_encoding(struct arena *a, const struct layout_var *want,
	const struct variable *have, const struct js **out, struct err *err)
{
	struct dtype t = have->table.dtype;
	struct encoding from, to;

	*out = NULL;
	if (want->encoding == NULL)
		return 0;
	if (dtype_is_text(t))
		return err_set(err, ERR_DATA,
			"text, where the schema has numbers; make the schema "
			"again from these datasets");
	if (encoding_from_json(want->encoding, want->dtype, &to, err) < 0 ||
		encoding_of_attrs(have->attrs, t, &from, err) < 0)
		return -1;
	if (to.time == NULL)
		from.time = NULL;
	if (from.time == NULL)
		from.calendar = NULL;
	if (!dtype_equal(t, want->dtype) || !encoding_equal(&from, &to, t))
		*out = encoding_to_json(a, &from, t);
	return 0;
}
