/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire: libcurl, and nothing else.
 *
 * One exchange with one server at a time on each wire, many wires in a pool,
 * one loop for all.  What an answer means, and where to ask next, is for
 * net/http to know.
 */
#ifndef PGF_WIRE_H
#define PGF_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "net/http_failure.h"

/* Strings must outlive the pool. */
struct wire_options {
	unsigned int connections; /* kept open for the next exchange */
	unsigned int timeout;     /* seconds below the speed: give up */
	unsigned int speed;       /* bytes a second; 1: any byte will do */
	const char *netrc;        /* file of logins by host, or NULL */
	const char *known_hosts;  /* file; ssh hosts not there are refused */
	const char *ssh_key;      /* file, or NULL: what the agent has */
	const char *authorities;  /* of certificates: a file, or NULL */
};

enum wire_next {
	WIRE_GO,
	WIRE_STOP,  /* break off */
	WIRE_PAUSE, /* the same bytes again after wire_resume */
};

/* How the exchange ended; strings live until the callback returns. */
struct wire_end {
	enum http_failure failure; /* HTTP_FINE: it did not fail */
	const char *cause;         /* part of a sentence, without URL */
	const char *redirect;      /* where the answer points to, or NULL */
	uint32_t retry_after;      /* seconds the server asks for; 0: none */
	bool digest;               /* the one way to log in is Digest */
};

struct wire_user {
	void (*on_line)(void *state, const char *line, size_t len);
	enum wire_next (*on_body)(void *state, const char *p, size_t len);
	void (*on_end)(void *state, const struct wire_end *end);
	void *state;
};

/* What is known when the first byte of the body, or the end, comes. */
struct wire_info {
	int status;       /* of HTTP */
	int64_t modified; /* others: time of the file, or -1 */
	int64_t length;   /* bytes to come, or -1 */
};

/* Copied by wire_begin. */
struct wire_ask {
	const char *url;
	const char *user, *password; /* or NULL */
	const char *const *headers;  /* ended by NULL */
	const char *range;           /* "0-99", "100-", or NULL */
	int64_t limit;               /* ms until it ends, or more; 0: none */
	int64_t since;               /* ftp: only if newer; 0: in any case */
	const char *command;         /* ftp: what lists a folder; NULL: LIST */
	bool netrc;                  /* may know a login */
	bool digest;                 /* instead of Basic */
	bool head_only;
	bool short_answer; /* worth to wait for a shared connection */
};

struct wire;
struct wire_pool;

struct wire_pool *wire_open(const struct wire_options *options,
	struct err *err) PGF_CHECKED;

/* Ends exchanges without a callback. */
void wire_close(struct wire_pool *pool);

/* One turn: as http_run. */
int wire_run(struct wire_pool *pool, int wait_ms, int fd,
	struct err *err) PGF_CHECKED;
void wire_wake(struct wire_pool *pool);

/* A wire that is idle, or a new one; NULL if the library cannot. */
struct wire *wire_take(struct wire_pool *pool, const struct wire_user *user);

/* Begin an exchange; another one after its on_end.  False if the library
 * cannot. */
bool wire_begin(struct wire *w, const struct wire_ask *ask) PGF_CHECKED;
void wire_info(struct wire *w, struct wire_info *out);
void wire_resume(struct wire *w);

/* Back to the pool; no exchange may run. */
void wire_give_back(struct wire *w);

/* Seconds since 1970 of a date of HTTP, or -1. */
int64_t wire_date(const char *text);

#endif
