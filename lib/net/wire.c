/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcurl's multi interface, driven by curl_multi_perform and curl_multi_poll.
 * Its socket-callback interface was refused: with the hundred connections a
 * polite downloader has, poll(2) over all of them costs nothing.  Ranges are
 * asked for with CURLOPT_RANGE, not CURLOPT_RESUME_FROM, which makes an error
 * of the answer 200 that If-Range is there to allow.
 *
 * The library is loaded when the first exchange may begin: it brings thirty others,
 * and with them a program starts in 4 ms of CPU, without in 1, and most have only
 * local files to look at.  A program of its own for transfers was refused: whether
 * there will be any, the first has to find out anyway.
 */
#include "net/wire.h"

#include <ctype.h>
#define CURL_DISABLE_TYPECHECK /* its macros want the functions' names */
#include <curl/curl.h>
#include <signal.h>
#include <string.h>

#include "base/buf.h"
#include "base/library.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/version.h"

enum {
	CONNECT_TIMEOUT = 30, /* seconds */
	BUFFER = 256 * 1024,
	RETRY_AFTER_MAX = 86400,
};

struct wire {
	struct wire_pool *pool;
	struct wire *next; /* of all */
	struct wire *idle;
	CURL *curl;
	struct curl_slist *headers;
	struct wire_user user;
	bool http, ssh;
	bool began; /* the body */
	char text[CURL_ERROR_SIZE];
};

struct wire_pool {
	CURLM *multi;
	CURLSH *share; /* cookies */
	struct wire_options options;
	struct wire *all, *idle;
	struct sigaction old_pipe;
};

#undef curl_easy_getinfo
#undef curl_easy_setopt
#undef curl_multi_setopt
#undef curl_share_setopt

#define CURL_CALLS             \
	X(easy_cleanup)        \
	X(easy_getinfo)        \
	X(easy_init)           \
	X(easy_pause)          \
	X(easy_reset)          \
	X(easy_setopt)         \
	X(easy_strerror)       \
	X(getdate)             \
	X(global_cleanup)      \
	X(global_init)         \
	X(multi_add_handle)    \
	X(multi_cleanup)       \
	X(multi_info_read)     \
	X(multi_init)          \
	X(multi_perform)       \
	X(multi_poll)          \
	X(multi_remove_handle) \
	X(multi_setopt)        \
	X(multi_strerror)      \
	X(multi_wakeup)        \
	X(share_cleanup)       \
	X(share_init)          \
	X(share_setopt)        \
	X(slist_append)        \
	X(slist_free_all)

/* Of libcurl; NULL until it is loaded. */
static struct {
#define X(name) __typeof__ (&curl_##name)(name);
	CURL_CALLS
#undef X
} curl;

static int load(struct err *err)
{
#define X(name) { "curl_" #name, &curl.name },
	static const struct library_call calls[] = { CURL_CALLS{ NULL, NULL } };
#undef X

	return library_load("libcurl.so.4", calls, err);
}

int64_t wire_date(const char *text)
{
	struct err ignored = ERR_INIT;

	if (*text == '\0' || load(&ignored) < 0)
		return -1;
	return (int64_t)curl.getdate(text, NULL);
}

static size_t take_line(char *line, size_t size, size_t n, void *user)
{
	struct wire *w = user;

	if (w->http)
		w->user.on_line(w->user.state, line, size * n);
	return size * n;
}

static size_t take_body(char *p, size_t size, size_t n, void *user)
{
	struct wire *w = user;

	w->began = true;
	switch (w->user.on_body(w->user.state, p, size * n)) {
	case WIRE_GO:
		return size * n;
	case WIRE_PAUSE:
		return CURL_WRITEFUNC_PAUSE;
	default:
		return 0;
	}
}

struct wire_pool *wire_open(const struct wire_options *options, struct err *err)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct wire_pool *pool;

	if (load(err) < 0)
		return NULL;
	pool = mem_alloc(sizeof(*pool));
	*pool = (struct wire_pool){ .options = *options };
	if (curl.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
		pool->multi = curl.multi_init();
	if (pool->multi != NULL)
		pool->share = curl.share_init();
	if (pool->share == NULL) {
		curl.multi_cleanup(pool->multi);
		mem_free(pool);
		err_set(err, ERR_FAIL, "cannot start libcurl");
		return NULL;
	}
	/* Its buffers come and go with every exchange. */
	mem_keep();
	/* A TLS library writes to a closed socket without MSG_NOSIGNAL. */
	sigaction(SIGPIPE, &ignore, &pool->old_pipe);
	curl.multi_setopt(pool->multi, CURLMOPT_MAXCONNECTS,
		(long)options->connections);
	curl.share_setopt(pool->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE);
	return pool;
}

#define SET(option, value) \
	(ok &= curl.easy_setopt(c, CURLOPT_##option, value) == CURLE_OK)

/* What is the same for all exchanges. */
static bool set_rules(struct wire *w)
{
	CURL *c = w->curl;
	long timeout = (long)w->pool->options.timeout;
	long connect = timeout < CONNECT_TIMEOUT ? timeout : CONNECT_TIMEOUT;
	bool ok = true;

	SET(NOSIGNAL, 1L);
	SET(HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	SET(USERAGENT, "pgf/" PGF_VERSION);
	SET(SHARE, w->pool->share);
	SET(COOKIEFILE, "");
	SET(CONNECTTIMEOUT, connect);
	SET(LOW_SPEED_LIMIT, (long)w->pool->options.speed);
	SET(LOW_SPEED_TIME, timeout);
	SET(TCP_KEEPALIVE, 1L);
	/* Refused where the last exchange, by HTTP/2, has left its buffer. */
	(void)curl.easy_setopt(c, CURLOPT_BUFFERSIZE, (long)BUFFER);
	SET(ERRORBUFFER, w->text);
	SET(HEADERFUNCTION, take_line);
	SET(HEADERDATA, w);
	SET(WRITEFUNCTION, take_body);
	SET(WRITEDATA, w);
	SET(PRIVATE, w);
	if (w->pool->options.authorities != NULL)
		SET(CAINFO, w->pool->options.authorities);
	return ok;
}

/* The schemes that have no heads. */
static bool set_others(struct wire *w, const struct wire_ask *ask)
{
	const struct wire_options *o = &w->pool->options;
	CURL *c = w->curl;
	bool ok = true;

	SET(FILETIME, 1L);
	if (str_starts(ask->url, "ftp")) {
		SET(FTP_FILEMETHOD, (long)CURLFTPMETHOD_SINGLECWD);
		if (ask->command != NULL)
			SET(CUSTOMREQUEST, ask->command);
		if (ask->since > 0) {
			SET(TIMECONDITION, (long)CURL_TIMECOND_IFMODSINCE);
			SET(TIMEVALUE_LARGE, (curl_off_t)ask->since);
		}
		return ok;
	}
	SET(SSH_AUTH_TYPES,
		(long)CURLSSH_AUTH_PUBLICKEY | CURLSSH_AUTH_AGENT |
			CURLSSH_AUTH_PASSWORD | CURLSSH_AUTH_KEYBOARD);
	SET(SSH_KNOWNHOSTS, o->known_hosts != NULL ? o->known_hosts : "");
	if (o->ssh_key != NULL)
		SET(SSH_PRIVATE_KEYFILE, o->ssh_key);
	return ok;
}

/* libcurl rounds as it likes, and its clock runs a little slower or faster: never before the
 * moment that was meant, or who set it takes what has ended for something else. */
static long limit_of(const struct wire_ask *ask)
{
	return ask->limit > 0 ? (long)(ask->limit + ask->limit / 1000 + 2) : 0;
}

static bool set_login(struct wire *w, const struct wire_ask *ask)
{
	const char *netrc = w->pool->options.netrc;
	CURL *c = w->curl;
	bool ok = true;

	SET(TIMEOUT_MS, limit_of(ask));
	SET(HTTPAUTH, (long)(ask->digest ? CURLAUTH_DIGEST : CURLAUTH_BASIC));
	if (ask->user != NULL)
		SET(USERNAME, ask->user);
	if (ask->password != NULL)
		SET(PASSWORD, ask->password);
	if (ask->netrc && netrc != NULL) {
		SET(NETRC, (long)CURL_NETRC_OPTIONAL);
		SET(NETRC_FILE, netrc);
	}
	return ok;
}

/* What libcurl has no scheme for, ftpes, is to it an ftp that must begin with TLS
 * (RFC 4217). */
static bool set_url(struct wire *w, const char *url)
{
	char scheme[16] = "";
	struct buf text = BUF_INIT;
	CURL *c = w->curl;
	size_t len;
	bool ok = true;

	if (str_starts(url, "ftpes:")) {
		SET(USE_SSL, (long)CURLUSESSL_ALL);
		buf_addf(&text, "ftp%s", url + strlen("ftpes"));
		url = text.data;
	}
	len = strcspn(url, ":");
	ok &= len < sizeof(scheme);
	memcpy(scheme, url, ok ? len : 0);
	w->http = str_starts(scheme, "http");
	w->ssh = str_starts(scheme, "s");
	SET(URL, url);
	SET(PROTOCOLS_STR, scheme);
	buf_release(&text);
	return ok;
}

static bool set_ask(struct wire *w, const struct wire_ask *ask)
{
	CURL *c = w->curl;
	bool ok = set_url(w, ask->url);

	SET(NOBODY, ask->head_only ? 1L : 0L);
	/* Short answers share a connection; long bodies had better not. */
	SET(PIPEWAIT, ask->short_answer ? 1L : 0L);
	if (ask->range != NULL)
		SET(RANGE, ask->range);
	for (const char *const *h = ask->headers; *h != NULL; h++)
		w->headers = curl.slist_append(w->headers, *h);
	SET(HTTPHEADER, w->headers);
	return ok && set_login(w, ask) && (w->http || set_others(w, ask));
}
#undef SET

struct wire *wire_take(struct wire_pool *pool, const struct wire_user *user)
{
	struct wire *w = pool->idle;

	if (w == NULL) {
		w = mem_alloc(sizeof(*w));
		*w = (struct wire){ .pool = pool, .next = pool->all };
		w->curl = curl.easy_init();
		if (w->curl == NULL) {
			mem_free(w);
			return NULL;
		}
		pool->all = w;
	} else {
		pool->idle = w->idle;
	}
	w->user = *user;
	return w;
}

void wire_give_back(struct wire *w)
{
	w->idle = w->pool->idle;
	w->pool->idle = w;
}

bool wire_begin(struct wire *w, const struct wire_ask *ask)
{
	/* A reset of 7.88 forgets this list without giving it back. */
	curl.easy_setopt(w->curl, CURLOPT_COOKIEFILE, NULL);
	curl.easy_reset(w->curl);
	curl.slist_free_all(w->headers);
	w->headers = NULL;
	w->text[0] = '\0';
	w->began = false;
	return set_rules(w) && set_ask(w, ask) &&
		curl.multi_add_handle(w->pool->multi, w->curl) == CURLM_OK;
}

void wire_info(struct wire *w, struct wire_info *out)
{
	curl_off_t modified = -1, length = -1;
	long status = 0;

	curl.easy_getinfo(w->curl, CURLINFO_RESPONSE_CODE, &status);
	curl.easy_getinfo(w->curl, CURLINFO_FILETIME_T, &modified);
	curl.easy_getinfo(w->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	*out = (struct wire_info){ (int)status, modified, length };
}

void wire_resume(struct wire *w)
{
	curl.easy_pause(w->curl, CURLPAUSE_CONT);
}

static enum http_failure failure_of(const struct wire *w, CURLcode code)
{
	switch (code) {
	case CURLE_OK:
		return HTTP_FINE;
	case CURLE_UNSUPPORTED_PROTOCOL: /* or no status line, "HTTP/0.9" */
		return w->http ? HTTP_BROKEN : HTTP_NO_SCHEME;
	case CURLE_URL_MALFORMAT:
		return HTTP_MALFORMED;
	case CURLE_PEER_FAILED_VERIFICATION:
		return w->ssh ? HTTP_HOST_KEY : HTTP_UNTRUSTED;
	case CURLE_USE_SSL_FAILED:
		return HTTP_NO_TLS;
	case CURLE_SSL_CACERT_BADFILE:
		return HTTP_NO_AUTHORITIES;
	case CURLE_REMOTE_FILE_NOT_FOUND:
	case CURLE_FTP_COULDNT_RETR_FILE:
		return HTTP_MISSING;
	case CURLE_REMOTE_ACCESS_DENIED:
		return HTTP_DENIED;
	case CURLE_LOGIN_DENIED:
		return HTTP_LOGIN;
	case CURLE_OPERATION_TIMEDOUT:
		return w->began ? HTTP_STALLED : HTTP_BROKEN;
	default:
		return HTTP_BROKEN;
	}
}

/* What libcurl says of it, as part of a sentence. */
static const char *cause_of(struct wire *w, CURLcode code)
{
	char *s = w->text;

	if (s[0] == '\0')
		return curl.easy_strerror(code);
	if (islower((unsigned char)s[1]))
		s[0] = (char)tolower((unsigned char)s[0]);
	return s;
}

static void tell_end(struct wire *w, CURLcode code)
{
	struct wire_end end = { .failure = failure_of(w, code) };
	curl_off_t wait = 0;
	char *redirect = NULL;
	long ways = 0;

	end.cause = cause_of(w, code);
	curl.easy_getinfo(w->curl, CURLINFO_RETRY_AFTER, &wait);
	curl.easy_getinfo(w->curl, CURLINFO_HTTPAUTH_AVAIL, &ways);
	curl.easy_getinfo(w->curl, CURLINFO_REDIRECT_URL, &redirect);
	end.redirect = w->http ? redirect : NULL;
	end.retry_after = wait < 0     ? 0 :
		wait > RETRY_AFTER_MAX ? RETRY_AFTER_MAX :
					 (uint32_t)wait;
	end.digest = ((unsigned long)ways & CURLAUTH_DIGEST) &&
		!((unsigned long)ways & CURLAUTH_BASIC);
	curl.multi_remove_handle(w->pool->multi, w->curl);
	w->user.on_end(w->user.state, &end);
}

int wire_run(struct wire_pool *pool, int wait_ms, int fd, struct err *err)
{
	struct curl_waitfd extra = { .fd = fd, .events = CURL_WAIT_POLLIN };
	CURLMcode code;
	CURLMsg *msg;
	bool any = false;
	int n;

	code = curl.multi_perform(pool->multi, &n);
	while (code == CURLM_OK &&
		(msg = curl.multi_info_read(pool->multi, &n)) != NULL) {
		char *w = NULL;

		if (msg->msg != CURLMSG_DONE)
			continue;
		curl.easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &w);
		tell_end((void *)w, msg->data.result);
		any = true;
	}
	if (code == CURLM_OK && !any)
		code = curl.multi_poll(pool->multi, fd < 0 ? NULL : &extra,
			fd < 0 ? 0 : 1, wait_ms, NULL);
	if (code != CURLM_OK)
		return err_set(err, ERR_FAIL, "libcurl failed: %s",
			curl.multi_strerror(code));
	return 0;
}

void wire_wake(struct wire_pool *pool)
{
	curl.multi_wakeup(pool->multi);
}

void wire_close(struct wire_pool *pool)
{
	if (pool == NULL)
		return;
	while (pool->all != NULL) {
		struct wire *w = pool->all;

		pool->all = w->next;
		curl.multi_remove_handle(pool->multi, w->curl);
		curl.easy_cleanup(w->curl);
		curl.slist_free_all(w->headers);
		mem_free(w);
	}
	curl.multi_cleanup(pool->multi);
	curl.share_cleanup(pool->share);
	curl.global_cleanup();
	sigaction(SIGPIPE, &pool->old_pipe, NULL);
	mem_free(pool);
}
