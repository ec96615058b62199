/* SPDX-License-Identifier: Apache-2.0 */
/*
 * err: why something failed, as a value.
 *
 * The function that meets the cause says what (err_set), every caller that
 * knows more says where (err_in), and one place prints it (record/tool).  The
 * caller of a fallible function owns the struct; nothing here allocates.
 */
#ifndef PGF_ERR_H
#define PGF_ERR_H

/* What a failure means to whoever might try again; the values are exit codes
 * (65 and 75 are EX_DATAERR and EX_TEMPFAIL of sysexits.h). */
enum err_kind {
	ERR_NONE = 0,
	ERR_FAIL = 1,  /* the system said no: disk, memory, permission */
	ERR_USAGE = 2, /* the command line is wrong */
	ERR_DATA = 65, /* the input is wrong: a retry is useless */
	ERR_TEMP = 75, /* a retry may help */
};

struct err {
	enum err_kind kind;
	char msg[1536];
};

#define ERR_INIT                 \
	{                        \
		.kind = ERR_NONE \
	}
#define PGF_CHECKED __attribute__((warn_unused_result))
#define PGF_PRINTF(f, a) __attribute__((format(printf, f, a)))

/* Record a failure.  The first cause is kept: a second call changes nothing.
 * Always returns -1, so that `return err_set(...)` is one line. */
int err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
	PGF_PRINTF(3, 4);

/* As err_set with kind ERR_FAIL, followed by ": " and the text of errno. */
int err_sys(struct err *err, const char *fmt, ...) PGF_PRINTF(2, 3);

/* Put "WHERE: " in front of the message.  Always returns -1. */
int err_in(struct err *err, const char *fmt, ...) PGF_PRINTF(2, 3);

/* Forget the failure, so that the struct can be used again. */
void err_clear(struct err *err);

#endif
