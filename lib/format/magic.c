/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A table of signatures, then a look at text.  libmagic was refused: it knows
 * thousands of formats but not what to tell somebody who waits for NetCDF.
 */
#include "format/magic.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"

enum { HEAD_MAX = 1024, HDF5_LEN = 8, HDF5_FIRST_BLOCK = 512 };

static const char hdf5_signature[] = "\211HDF\r\n\032\n";

static const struct {
	enum magic_kind kind;
	unsigned offset, len;
	const char *bytes;
} signatures[] = {
	{ MAGIC_NETCDF3, 0, 4, "CDF\001" },
	{ MAGIC_NETCDF3, 0, 4, "CDF\002" },
	{ MAGIC_NETCDF3, 0, 4, "CDF\005" },
	{ MAGIC_HDF5, 0, HDF5_LEN, hdf5_signature },
	{ MAGIC_HDF4, 0, 4, "\016\003\023\001" },
	{ MAGIC_GZIP, 0, 2, "\037\213" },
	{ MAGIC_BZIP2, 0, 3, "BZh" },
	{ MAGIC_ZSTD, 0, 4, "\050\265\057\375" },
	{ MAGIC_ZIP, 0, 4, "PK\003\004" },
	{ MAGIC_ZIP, 0, 4, "PK\005\006" },
	{ MAGIC_TAR, 257, 5, "ustar" },
	{ MAGIC_GRIB, 0, 4, "GRIB" },
	{ MAGIC_BUFR, 0, 4, "BUFR" },
	{ MAGIC_TIFF, 0, 4, "II\052\000" },
	{ MAGIC_TIFF, 0, 4, "MM\000\052" },
	{ MAGIC_TIFF, 0, 4, "II\053\000" },
	{ MAGIC_TIFF, 0, 4, "MM\000\053" },
};

/* Indexed by kind: what it is, and what to do. */
static const struct {
	const char *what, *remedy;
} words[] = {
	[MAGIC_UNKNOWN] = { "neither NetCDF nor HDF5",
		"its first bytes are of no format that pgf knows" },
	[MAGIC_EMPTY] = { "an empty file, not NetCDF",
		"the download may have failed" },
	[MAGIC_NETCDF3] = { "NetCDF-3", "" },
	[MAGIC_HDF5] = { "HDF5", "" },
	[MAGIC_HDF4] = { "HDF4, not NetCDF", "convert it to NetCDF-4 first" },
	[MAGIC_HTML] = { "an HTML page, not NetCDF",
		"the server may ask for a login or the URL may be wrong" },
	[MAGIC_XML] = { "an XML document, not NetCDF",
		"it may be the server's error message" },
	[MAGIC_JSON] = { "a JSON document, not NetCDF",
		"it may be the server's error message" },
	[MAGIC_TEXT] = { "a text file, not NetCDF",
		"it may be the server's error message" },
	[MAGIC_GZIP] = { "a gzip file, not NetCDF", "gunzip it first" },
	[MAGIC_BZIP2] = { "a bzip2 file, not NetCDF", "bunzip2 it first" },
	[MAGIC_ZSTD] = { "a zstd file, not NetCDF", "unzstd it first" },
	[MAGIC_ZIP] = { "a zip archive, not NetCDF", "unzip it first" },
	[MAGIC_TAR] = { "a tar archive, not NetCDF", "unpack it first" },
	[MAGIC_GRIB] = { "GRIB, not NetCDF", "convert it to NetCDF first" },
	[MAGIC_BUFR] = { "BUFR, not NetCDF", "convert it to NetCDF first" },
	[MAGIC_TIFF] = { "TIFF, not NetCDF", "convert it to NetCDF first" },
};

static bool is_text(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c < ' ' && !isspace(c))
			return false;
	}
	return true;
}

static bool starts_tag(const char *s, const char *tag)
{
	return strncasecmp(s, tag, strlen(tag)) == 0;
}

/* head is NUL-terminated; len without the NUL. */
static enum magic_kind kind_of_text(const char *head, size_t len)
{
	const char *s = head;

	if (str_starts(s, "\357\273\277"))
		s += 3;
	while (isspace((unsigned char)*s))
		s++;
	if (starts_tag(s, "<!doctype html") || starts_tag(s, "<html") ||
		starts_tag(s, "<head") || starts_tag(s, "<body"))
		return MAGIC_HTML;
	if (starts_tag(s, "<?xml") && strstr(s, "<html") != NULL)
		return MAGIC_HTML;
	if (*s == '<' && is_text(head, len))
		return MAGIC_XML;
	if ((*s == '{' || *s == '[') && is_text(head, len))
		return MAGIC_JSON;
	return is_text(head, len) ? MAGIC_TEXT : MAGIC_UNKNOWN;
}

static enum magic_kind kind_of_head(const char *head, size_t len)
{
	for (size_t i = 0; i < sizeof(signatures) / sizeof(*signatures); i++) {
		size_t end = signatures[i].offset + signatures[i].len;

		if (len >= end &&
			memcmp(head + signatures[i].offset, signatures[i].bytes,
				signatures[i].len) == 0)
			return signatures[i].kind;
	}
	return kind_of_text(head, len);
}

/* After a user block; 0 if there is none. */
static int find_hdf5(const struct view *b, uint64_t *base, struct err *err)
{
	char found[HDF5_LEN];

	*base = 0;
	for (uint64_t at = HDF5_FIRST_BLOCK;
		b->size >= HDF5_LEN && at <= b->size - HDF5_LEN; at *= 2) {
		if (view_read(b, at, HDF5_LEN, found, err) < 0)
			return -1;
		if (memcmp(found, hdf5_signature, HDF5_LEN) != 0)
			continue;
		*base = at;
		return 0;
	}
	return 0;
}

int magic_of(const struct view *b, struct magic *out, struct err *err)
{
	char head[HEAD_MAX + 1];
	size_t len = b->size < HEAD_MAX ? (size_t)b->size : HEAD_MAX;

	*out = (struct magic){ .kind = MAGIC_EMPTY };
	if (len == 0)
		return 0;
	if (view_read(b, 0, len, head, err) < 0)
		return -1;
	head[len] = '\0';
	out->kind = kind_of_head(head, len);
	if (out->kind == MAGIC_HDF5 || out->kind == MAGIC_NETCDF3)
		return 0;
	if (find_hdf5(b, &out->base, err) < 0)
		return -1;
	if (out->base > 0)
		out->kind = MAGIC_HDF5;
	return 0;
}

int magic_refuse(enum magic_kind kind, struct err *err)
{
	return err_set(err, ERR_DATA, "%s; %s", words[kind].what,
		words[kind].remedy);
}
