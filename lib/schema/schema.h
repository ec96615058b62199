/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schema: everything that metadata says of an archive, as facts.
 *
 * A fact is one thing that every file answers for itself: the length of a
 * dimension, the value of an attribute, the type of a variable.  A schema holds
 * the distinct answers to each, and for each answer the files that gave it.  It
 * decides nothing (model/layout does), so schemas form a commutative monoid
 * whose every element is idempotent: folding any records in any order, grouping
 * or repetition gives the same schema, and the empty one changes nothing.
 * Memory grows with what differs, not with the number of files: of an attribute
 * or packing with more than SCHEMA_VALUES values only those that come first are
 * kept.
 */
#ifndef PGF_SCHEMA_H
#define PGF_SCHEMA_H

#include "schema/series.h"
#include "schema/spread.h"

/* Values of an attribute or packing of which the files are kept; of chunks only
 * whether there is more than one. */
enum { SCHEMA_VALUES = 16 };

enum fact_kind {
	FACT_CONCAT,   /* name of the concat dimension, null, or a list */
	FACT_MERGE,    /* name of the merge dimension, null, or a list */
	FACT_DIM,      /* length of dimension name */
	FACT_ATTR,     /* value of attribute name (of var, or of the group) */
	FACT_DIMS,     /* names of the dimensions of var */
	FACT_DTYPE,    /* element type of var */
	FACT_DIGEST,   /* digest of the values of var, where they must agree */
	FACT_PACKING,  /* type, scale, offset and sign of var, as one */
	FACT_MISSING,  /* list of the values of var that mean missing */
	FACT_UNPACKED, /* type of the values of var, where it is packed */
	FACT_TIME,     /* calendar of var, a time; with a grid */
	FACT_SERIES,   /* calendar of var, a concat coordinate, or null if no
			* time; with a series, of a time in milliseconds */
	FACT_MEANING,  /* units, packing and missing values of var as one,
			* where files at one place must hold the same values:
			* never many */
	FACT_CHUNKS,   /* chunk shape of var, or null if its chunks cannot stay
			* as they are, whatever the store's are */
	FACT_MONTHS,   /* as FACT_TIME, of months or years, as UDUNITS' are */
};

/* What a fact is about; compared in this order. */
struct fact_key {
	const char *var; /* "" for the group */
	enum fact_kind kind;
	const char *name; /* of the dimension or attribute, else "" */
};

struct schema_url {
	char *text;
	size_t cap;
};

/* All instants phase + k * step, in microseconds since 1970 of the calendar, that
 * the numbers of a time can tell.  The union of two is the coarsest grid that
 * holds both.  Step 0: none. */
struct grid_time {
	int64_t step, phase; /* 0 <= phase < step */
};

/* One answer, and who gave it. */
struct answer {
	const char *value; /* canonical JSON text */
	const char *dtype; /* of a numeric attribute, or NULL */
	char *text;        /* where value is, with room for cap */
	size_t cap;
	struct grid_time grid;         /* of FACT_TIME, FACT_MONTHS */
	struct series series;          /* of FACT_SERIES */
	struct spread files;           /* never empty */
	struct schema_url first, last; /* of the first and last file */
};

/* A fact with more than schema_most_values answers has many: answers are those
 * whose first file comes first, each with that file only, and all files that
 * gave any are together.  The union of two such facts needs no more. */
struct fact {
	struct fact_key key;
	size_t n, cap;
	struct answer **answers; /* by value, then dtype */
	bool many;
	struct spread files; /* many: all that gave one */
	struct schema_url first, last;
};

/* Unions of spreads while two schemas are united, the latest ones. */
enum { SCHEMA_UNIONS = 16 };

struct schema_union {
	const struct spread_part *of;
	struct spread with, is;
};

struct schema_unions {
	size_t n;
	struct schema_union at[SCHEMA_UNIONS];
};

/* Asked for the URL of a file that no fact tells; NULL: it is not known. */
struct schema_namer {
	const char *(*url)(void *state, struct arena *a, struct spread_key k);
	void *state;
};

struct schema {
	struct arena *arena;
	const struct schema_namer *namer; /* or NULL */
	struct schema_unions *unions;     /* or NULL */
	struct spread files;
	struct schema_url first, last;
	size_t n, cap;
	struct fact *facts; /* by key */
};

/* The identity; everything it will hold comes from the arena. */
void schema_init(struct schema *s, struct arena *a);

/* Answers of which the files are kept: SCHEMA_VALUES of attributes, packing and
 * missing values, 1 of chunks, SIZE_MAX (all) of anything else. */
size_t schema_most_values(enum fact_kind kind);

/* Fold in a dataset record, or the facts of a schema record.  ERR_DATA: no such
 * record, or one of its files is known already with other facts. */
int schema_fold(struct schema *s, const struct js *rec,
	struct err *err) PGF_CHECKED;

/* The file that a record's member "key" names: its place, and its member,
 * which is the value along the merge dimension; with several, their values in
 * the order of the dimensions' names, joined by '/', in which '%' and '/' stand
 * as %25 and %2F.  ERR_DATA: no 'key', or one that names no file.  The names of
 * its dimensions are not looked at. */
int schema_read_key(struct arena *a, const struct js *rec,
	struct spread_key *out, struct err *err) PGF_CHECKED;

/* Names of the dimensions of FACT_CONCAT or FACT_MERGE (the first answer's),
 * sorted; returns how many, at most PLACE_MAX_DIMS for FACT_CONCAT. */
unsigned schema_dims(struct arena *a, const struct schema *s,
	enum fact_kind kind, const char ***names);

/* "time=3 lat=0 variable=sst": the file of a key, by the names that the facts
 * give its dimensions.  "the only file" if there is no dimension. */
const char *schema_key_text(struct arena *a, const struct schema *s,
	struct spread_key key);

/* The URL of a file if it is known, else NULL; and "time=3, 'c.nc'" with it. */
const char *schema_url(struct arena *a, const struct schema *s,
	struct spread_key k);
const char *schema_file_text(struct arena *a, const struct schema *s,
	struct spread_key k);

/* s becomes the union of s and t.  ERR_DATA: a file of both with different
 * facts; the message names what differs and where. */
int schema_unite(struct schema *s, const struct schema *t,
	struct err *err) PGF_CHECKED;

/* The fact with a key, or NULL. */
const struct fact *schema_find(const struct schema *s, struct fact_key key);

/* Add files, with the URLs of the first and last of them. */
void schema_add_files(struct schema *s, const struct spread *files,
	const char *first, const char *last);

/* Add one answer of files that were added before.  Texts are copied. */
void schema_add_answer(struct schema *s, struct fact_key key,
	const struct answer *answer);

/* Make the fact one with many answers, of files that were added before. */
void schema_add_many(struct schema *s, struct fact_key key,
	const struct spread *files, const char *first, const char *last);

/* The answer with that value and dtype (or NULL), or NULL. */
const struct answer *fact_find(const struct fact *f, const char *value,
	const char *dtype);

/* All files that gave an answer are added to out. */
void fact_files(struct arena *a, const struct fact *f, struct spread *out);

/* Order of answers: by first file, then by value. */
int answer_rank(const struct answer *x, const struct answer *y);

/* The answer whose first file comes first of all but `but` (NULL: none); NULL
 * if there is no other.  Not that of the least value, so that what is told does
 * not depend on how values are spelled. */
const struct answer *fact_first(const struct fact *f, const struct answer *but);

/* The member "facts" of a schema record, {"files":..,"first":..,"last":..,
 * "concat":..,"merge":..,"dims":..,"attrs":..,"vars":..}.  An answer is
 * {"value":..,"dtype":..,"files":..,"first":..,"last":..}; the last three are
 * left out if all files gave it.  A fact with many answers is no list but
 * {"files":..,"first":..,"last":..,"some":[..]}.  Reading adds to s, which must
 * be empty. */
struct js *schema_to_json(struct arena *a, const struct schema *s);
int schema_from_json(struct schema *s, const struct js *facts,
	struct err *err) PGF_CHECKED;

#endif
