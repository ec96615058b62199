/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_failure: what a transfer that broke off means to someone who wants a
 * file.
 */
#ifndef PGF_HTTP_FAILURE_H
#define PGF_HTTP_FAILURE_H

#include "base/err.h"

enum http_failure {
	HTTP_FINE,    /* none */
	HTTP_BROKEN,  /* anything that another try may mend */
	HTTP_STALLED, /* no byte came for too long */
	HTTP_NO_SCHEME,
	HTTP_MALFORMED,
	HTTP_UNTRUSTED,      /* the certificate */
	HTTP_HOST_KEY,       /* the same of ssh */
	HTTP_NO_AUTHORITIES, /* nobody is trusted */
	HTTP_NO_TLS,         /* where it must begin */
	HTTP_MISSING,        /* of ftp, sftp, scp, as are the next */
	HTTP_DENIED,
	HTTP_LOGIN,
};

/* Set *err to "CAUSE: ADVICE": ERR_TEMP if another try may help, else
 * ERR_DATA. */
void http_failure_tell(enum http_failure f, const char *cause, struct err *err);

#endif
