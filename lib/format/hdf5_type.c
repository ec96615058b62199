/* SPDX-License-Identifier: Apache-2.0 */
/*
 * By class, size and sign.  To ask the library for its native type was refused: it
 * makes one, compares it with all others, and does so for each attribute.
 */
#include "format/hdf5_type.h"

#include <hdf5.h>

static bool find_integer(hid_t type, struct dtype *out)
{
	static const enum dtype_kind kinds[][2] = {
		{ DTYPE_UINT8, DTYPE_INT8 },
		{ DTYPE_UINT16, DTYPE_INT16 },
		{ DTYPE_UINT32, DTYPE_INT32 },
		{ DTYPE_UINT64, DTYPE_INT64 },
	};
	size_t bits = H5Tget_precision(type), i = 0;

	while (i < 4 && bits > (size_t)8 << i)
		i++;
	if (bits == 0 || i == 4)
		return false;
	*out = dtype_of(kinds[i][H5Tget_sign(type) != H5T_SGN_NONE]);
	return true;
}

static bool find_float(hid_t type, struct dtype *out)
{
	size_t size = H5Tget_size(type);

	*out = dtype_of(size <= 4 ? DTYPE_FLOAT32 : DTYPE_FLOAT64);
	return size > 0 && size <= 8;
}

static bool find_enum(hid_t type, struct dtype *out)
{
	hid_t under = H5Tget_super(type);
	bool found = find_integer(under, out);

	H5Tclose(under);
	return found;
}

bool hdf5_type_find(int64_t type, struct dtype *out)
{
	switch (H5Tget_class(type)) {
	case H5T_INTEGER:
		return find_integer(type, out);
	case H5T_FLOAT:
		return find_float(type, out);
	case H5T_ENUM:
		return find_enum(type, out);
	case H5T_STRING:
		*out = dtype_of(
			H5Tis_variable_str(type) > 0 || H5Tget_size(type) != 1 ?
				DTYPE_STRING :
				DTYPE_CHAR);
		return true;
	default:
		return false;
	}
}

int64_t hdf5_type_standard(enum dtype_kind kind, bool big)
{
	switch (kind) {
	case DTYPE_INT8:
		return big ? H5T_STD_I8BE : H5T_STD_I8LE;
	case DTYPE_INT16:
		return big ? H5T_STD_I16BE : H5T_STD_I16LE;
	case DTYPE_INT32:
		return big ? H5T_STD_I32BE : H5T_STD_I32LE;
	case DTYPE_INT64:
		return big ? H5T_STD_I64BE : H5T_STD_I64LE;
	case DTYPE_UINT8:
		return big ? H5T_STD_U8BE : H5T_STD_U8LE;
	case DTYPE_UINT16:
		return big ? H5T_STD_U16BE : H5T_STD_U16LE;
	case DTYPE_UINT32:
		return big ? H5T_STD_U32BE : H5T_STD_U32LE;
	case DTYPE_UINT64:
		return big ? H5T_STD_U64BE : H5T_STD_U64LE;
	case DTYPE_FLOAT32:
		return big ? H5T_IEEE_F32BE : H5T_IEEE_F32LE;
	case DTYPE_FLOAT64:
		return big ? H5T_IEEE_F64BE : H5T_IEEE_F64LE;
	default:
		return -1;
	}
}
