/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcurl's multi interface, driven by curl_multi_perform and curl_multi_poll.
 * Its socket-callback interface was refused: with the hundred connections a
 * polite downloader has, poll(2) over all of them costs nothing.  Ranges are
 * asked for with CURLOPT_RANGE, not CURLOPT_RESUME_FROM, which makes an error
 * of the answer 200 that If-Range is there to allow.
 */
#include "net/http.h"

#include <ctype.h>
#include <curl/curl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/version.h"
#include "net/http_status.h"

enum {
	CONNECT_TIMEOUT = 30, /* seconds */
	REDIRECTS = 10,
	BUFFER = 256 * 1024,
	DRAIN_MAX = 64 * 1024, /* of an error page, to keep the connection */
};

struct transfer {
	struct http_pool *pool;
	struct transfer *next; /* in running or idle */
	CURL *curl;
	struct curl_slist *headers;
	struct http_request req;
	struct http_head head;
	struct err err; /* of a callback */
	uint64_t drained;
	bool head_given;
	bool drain; /* the body is an error page */
	bool conditional;
	char text[CURL_ERROR_SIZE];
};

struct http_pool {
	CURLM *multi;
	struct http_options options;
	struct transfer *running, *idle;
	struct sigaction old_pipe;
};

int64_t http_date(const char *text)
{
	return *text != '\0' ? (int64_t)curl_getdate(text, NULL) : -1;
}

/* Value of the header if line is "NAME: value", without blanks around. */
static const char *header_value(const char *line, size_t len, const char *name,
	size_t *value_len)
{
	size_t n = strlen(name);

	if (len <= n || line[n] != ':' || strncasecmp(line, name, n) != 0)
		return NULL;
	line += n + 1;
	len -= n + 1;
	while (len > 0 && isspace((unsigned char)*line))
		line++, len--;
	while (len > 0 && isspace((unsigned char)line[len - 1]))
		len--;
	*value_len = len;
	return line;
}

/* Copy a header into a field of HTTP_TAG_MAX; what is not text is none. */
static bool take_header(const char *line, size_t len, const char *name,
	char *out)
{
	size_t n;
	const char *value = header_value(line, len, name, &n);

	if (value == NULL)
		return false;
	out[0] = '\0';
	if (n < HTTP_TAG_MAX && str_is_utf8(value, n) &&
		memchr(value, '\0', n) == NULL) {
		memcpy(out, value, n);
		out[n] = '\0';
	}
	return true;
}

/* "bytes 100-199/200", the last may be a star (RFC 9110 section 14.4). */
static void read_content_range(const char *text, struct http_head *head)
{
	char first[HTTP_TAG_MAX], *dash, *slash;

	head->offset = HTTP_UNKNOWN;
	if (strncasecmp(text, "bytes ", 6) != 0)
		return;
	memcpy(first, text + 6, strlen(text + 6) + 1);
	dash = strchr(first, '-');
	slash = strchr(first, '/');
	if (dash == NULL || slash == NULL)
		return;
	*dash = '\0';
	if (str_to_u64(first, &head->offset))
		(void)str_to_u64(slash + 1, &head->length);
}

static size_t take_line(char *line, size_t size, size_t n, void *user)
{
	struct transfer *t = user;
	struct http_head *head = &t->head;
	char text[HTTP_TAG_MAX];

	n *= size;
	if (n >= 5 && memcmp(line, "HTTP/", 5) == 0)
		*head = (struct http_head){ .length = HTTP_UNKNOWN,
			.date = -1 };
	take_header(line, n, "etag", head->validators.etag);
	take_header(line, n, "last-modified", head->validators.modified);
	if (take_header(line, n, "accept-ranges", text))
		head->ranges = strncasecmp(text, "bytes", 5) == 0;
	if (take_header(line, n, "content-range", text))
		read_content_range(text, head);
	if (take_header(line, n, "date", text))
		head->date = http_date(text);
	return n;
}

/* The head is complete: tell the owner of the request, once. */
static int give_head(struct transfer *t)
{
	curl_off_t length = -1;
	long status = 0;

	if (t->head_given)
		return 0;
	t->head_given = true;
	curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(t->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	t->head.status = (int)status;
	t->drain = status != 200 && status != 206;
	if (t->drain)
		return 0;
	if (status == 200)
		t->head.offset = 0;
	if (status == 200)
		t->head.length = HTTP_UNKNOWN;
	if (t->head.length == HTTP_UNKNOWN && length >= 0 &&
		t->head.offset < HTTP_UNKNOWN - (uint64_t)length)
		t->head.length = t->head.offset + (uint64_t)length;
	return t->req.on_head(t->req.state, &t->head, &t->err);
}

static size_t take_body(char *p, size_t size, size_t n, void *user)
{
	struct transfer *t = user;

	n *= size;
	if (give_head(t) < 0)
		return 0;
	if (t->drain) {
		t->drained += n;
		return t->drained > DRAIN_MAX ? 0 : n;
	}
	return t->req.on_body(t->req.state, p, n, &t->err) < 0 ? 0 : n;
}

struct http_pool *http_open(const struct http_options *options, struct err *err)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct http_pool *pool = mem_alloc(sizeof(*pool));

	*pool = (struct http_pool){ .options = *options };
	if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
		pool->multi = curl_multi_init();
	if (pool->multi == NULL) {
		mem_free(pool);
		err_set(err, ERR_FAIL, "cannot start libcurl");
		return NULL;
	}
	/* A TLS library writes to a closed socket without MSG_NOSIGNAL. */
	sigaction(SIGPIPE, &ignore, &pool->old_pipe);
	curl_multi_setopt(pool->multi, CURLMOPT_MAXCONNECTS,
		(long)options->connections);
	return pool;
}

/* Settings that are the same for all requests. */
static bool set_rules(struct transfer *t)
{
	CURL *c = t->curl;
	long timeout = (long)t->pool->options.timeout;
	long connect = timeout < CONNECT_TIMEOUT ? timeout : CONNECT_TIMEOUT;
	bool ok = true;

#define SET(option, value) \
	(ok &= curl_easy_setopt(c, CURLOPT_##option, value) == CURLE_OK)
	SET(NOSIGNAL, 1L);
	SET(PROTOCOLS_STR, "http,https");
	SET(REDIR_PROTOCOLS_STR, "http,https");
	SET(FOLLOWLOCATION, 1L);
	SET(MAXREDIRS, (long)REDIRECTS);
	SET(HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	SET(USERAGENT, "pgf/" PGF_VERSION);
	SET(CONNECTTIMEOUT, connect);
	SET(LOW_SPEED_LIMIT, 1L);
	SET(LOW_SPEED_TIME, timeout);
	SET(TCP_KEEPALIVE, 1L);
	SET(BUFFERSIZE, (long)BUFFER);
	SET(ERRORBUFFER, t->text);
	SET(HEADERFUNCTION, take_line);
	SET(HEADERDATA, t);
	SET(WRITEFUNCTION, take_body);
	SET(WRITEDATA, t);
	SET(PRIVATE, t);
	return ok;
}

static bool is_range(const struct http_request *req)
{
	return req->offset > 0 || req->length > 0;
}

/* "100-199" or "100-" (RFC 9110 section 14.1.1). */
static void range_text(const struct http_request *req, char *out, size_t size)
{
	unsigned long long first = req->offset, len = req->length;

	if (len == 0)
		snprintf(out, size, "%llu-", first);
	else
		snprintf(out, size, "%llu-%llu", first, first + len - 1);
}

static bool set_request(struct transfer *t)
{
	const struct http_request *req = &t->req;
	CURL *c = t->curl;
	char text[HTTP_TAG_MAX + 32];
	bool ok = true;

	SET(URL, req->url);
	if (req->user != NULL) {
		SET(USERNAME, req->user);
		SET(PASSWORD, req->password);
	}
	t->conditional = req->offset == 0 && req->unless != NULL;
	if (t->conditional)
		t->headers = curl_slist_append(t->headers, req->unless);
	if (req->only_if != NULL)
		t->headers = curl_slist_append(t->headers, req->only_if);
	if (is_range(req)) {
		range_text(req, text, sizeof(text));
		SET(RANGE, text);
	}
	if (req->offset > 0 && req->if_range != NULL) {
		snprintf(text, sizeof(text), "If-Range: %s", req->if_range);
		t->headers = curl_slist_append(t->headers, text);
	}
	SET(HTTPHEADER, t->headers);
#undef SET
	return ok;
}

static struct transfer *new_transfer(struct http_pool *pool)
{
	struct transfer *t = pool->idle;
	CURL *curl;

	if (t == NULL) {
		t = mem_alloc(sizeof(*t));
		curl = curl_easy_init();
	} else {
		pool->idle = t->next;
		curl = t->curl;
		curl_easy_reset(curl);
	}
	*t = (struct transfer){ .pool = pool,
		.curl = curl,
		.head.length = HTTP_UNKNOWN,
		.head.date = -1 };
	return t;
}

static void free_transfer(struct transfer *t)
{
	curl_easy_cleanup(t->curl);
	curl_slist_free_all(t->headers);
	mem_free(t);
}

int http_start(struct http_pool *pool, const struct http_request *request,
	struct err *err)
{
	struct transfer *t = new_transfer(pool);

	t->req = *request;
	if (t->curl == NULL || !set_rules(t) || !set_request(t) ||
		curl_multi_add_handle(pool->multi, t->curl) != CURLM_OK) {
		free_transfer(t);
		return err_set(err, ERR_FAIL,
			"libcurl cannot start a transfer");
	}
	/* libcurl has copies; the caller's may go. */
	t->req.url = t->req.user = t->req.password = NULL;
	t->req.if_range = t->req.only_if = t->req.unless = NULL;
	t->next = pool->running;
	pool->running = t;
	return 0;
}

/* Failures of transport that no other try will mend. */
static const char *lasting_cause(CURLcode code)
{
	switch (code) {
	case CURLE_UNSUPPORTED_PROTOCOL:
		return "only http and https are followed";
	case CURLE_URL_MALFORMAT:
		return "check the pattern";
	case CURLE_TOO_MANY_REDIRECTS:
		return "the server redirects in a circle, or too often";
	case CURLE_PEER_FAILED_VERIFICATION:
		return "the server's certificate is not trusted";
	case CURLE_SSL_CACERT_BADFILE:
		return "install ca-certificates";
	default:
		return NULL;
	}
}

/* What libcurl says of it, as part of a sentence. */
static const char *cause_of(struct transfer *t, CURLcode code)
{
	char *s = t->text;

	if (s[0] == '\0')
		return curl_easy_strerror(code);
	if (islower((unsigned char)s[1]))
		s[0] = (char)tolower((unsigned char)s[0]);
	return s;
}

static void judge_transport(struct transfer *t, CURLcode code,
	struct http_result *r)
{
	const char *why = lasting_cause(code);

	if (t->err.kind != ERR_NONE)
		r->err = t->err;
	else if (why != NULL)
		err_set(&r->err, ERR_DATA, "%s: %s", cause_of(t, code), why);
	else if (code == CURLE_OPERATION_TIMEDOUT && t->head_given)
		err_set(&r->err, ERR_TEMP, "no byte came for %u s",
			t->pool->options.timeout);
	else
		err_set(&r->err, ERR_TEMP, "%s", cause_of(t, code));
	r->retryable = r->err.kind == ERR_TEMP;
}

static void judge_status(struct transfer *t, struct http_result *r)
{
	curl_off_t wait = 0;
	int status = t->head.status;

	curl_easy_getinfo(t->curl, CURLINFO_RETRY_AFTER, &wait);
	r->retry_after = wait < 0 ? 0 : wait > 86400 ? 86400 : (uint32_t)wait;
	/* 416: the range is past the end, for the file has changed. */
	r->retryable = http_status_heals(status) ||
		(status == 416 && t->req.offset > 0 && t->req.length == 0);
	err_set(&r->err, r->retryable ? ERR_TEMP : ERR_DATA, "%s",
		http_status_text(status));
}

/* Give the transfer's room back before its owner is told, who may want it. */
static void finish(struct transfer *t, CURLcode code)
{
	struct http_pool *pool = t->pool;
	struct http_result r = { .ok = false };
	struct transfer **at = &pool->running;
	struct http_request req = t->req;

	if (code == CURLE_OK && give_head(t) < 0)
		code = CURLE_WRITE_ERROR;
	r.head = t->head;
	r.ok = code == CURLE_OK && !t->drain;
	r.unchanged = t->conditional && t->head.status == 304;
	if (t->drain && !r.unchanged)
		judge_status(t, &r);
	else if (!r.ok && !r.unchanged)
		judge_transport(t, code, &r);
	curl_multi_remove_handle(pool->multi, t->curl);
	curl_slist_free_all(t->headers);
	t->headers = NULL;
	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	t->next = pool->idle;
	pool->idle = t;
	req.on_done(req.state, &r);
}

int http_run(struct http_pool *pool, int wait_ms, int fd, struct err *err)
{
	struct curl_waitfd extra = { .fd = fd, .events = CURL_WAIT_POLLIN };
	CURLMcode code;
	CURLMsg *msg;
	bool any = false;
	int n;

	code = curl_multi_perform(pool->multi, &n);
	while (code == CURLM_OK &&
		(msg = curl_multi_info_read(pool->multi, &n)) != NULL) {
		char *t = NULL;

		if (msg->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &t);
		finish((void *)t, msg->data.result);
		any = true;
	}
	if (code == CURLM_OK && !any)
		code = curl_multi_poll(pool->multi, fd < 0 ? NULL : &extra,
			fd < 0 ? 0 : 1, wait_ms, NULL);
	if (code != CURLM_OK)
		return err_set(err, ERR_FAIL, "libcurl failed: %s",
			curl_multi_strerror(code));
	return 0;
}

void http_wake(struct http_pool *pool)
{
	curl_multi_wakeup(pool->multi);
}

static void free_all(struct http_pool *pool, struct transfer *t)
{
	while (t != NULL) {
		struct transfer *next = t->next;

		curl_multi_remove_handle(pool->multi, t->curl);
		free_transfer(t);
		t = next;
	}
}

void http_close(struct http_pool *pool)
{
	if (pool == NULL)
		return;
	free_all(pool, pool->running);
	free_all(pool, pool->idle);
	curl_multi_cleanup(pool->multi);
	curl_global_cleanup();
	sigaction(SIGPIPE, &pool->old_pipe, NULL);
	mem_free(pool);
}

const char *http_strong_validator(const struct http_head *head)
{
	const struct http_validators *v = &head->validators;

	if (v->etag[0] == '"')
		return v->etag;
	if (v->modified[0] != '\0' && http_date(v->modified) < head->date)
		return v->modified;
	return NULL;
}
