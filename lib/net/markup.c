/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libxml2's parsers, through their callbacks for names with prefixes (SAX1): a
 * tree of a page with a hundred thousand links would be as large as it is
 * useless.
 */
#include "net/markup.h"

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <limits.h>
#include <string.h>

#include "base/str.h"

struct reader {
	const struct markup *m;
	xmlParserCtxtPtr ctxt;
	struct err *err;
	bool failed;
};

static const char *local_name(const xmlChar *name)
{
	const char *s = (const char *)name, *colon = strchr(s, ':');

	return colon != NULL ? colon + 1 : s;
}

static void check(struct reader *r, int result)
{
	if (result == 0)
		return;
	r->failed = true;
	xmlStopParser(r->ctxt);
}

static void on_start(void *user, const xmlChar *name, const xmlChar **attrs)
{
	static const char *none[] = { NULL };
	struct reader *r = user;

	if (!r->failed && r->m->start != NULL)
		check(r,
			r->m->start(r->m->state, local_name(name),
				attrs ? (const char **)attrs : none, r->err));
}

static void on_end(void *user, const xmlChar *name)
{
	struct reader *r = user;

	if (!r->failed && r->m->end != NULL)
		check(r, r->m->end(r->m->state, local_name(name), r->err));
}

static void on_text(void *user, const xmlChar *text, int len)
{
	struct reader *r = user;

	if (!r->failed && r->m->text != NULL && len > 0)
		check(r,
			r->m->text(r->m->state, (const char *)text, (size_t)len,
				r->err));
}

static void on_doctype(void *user, const xmlChar *name, const xmlChar *id,
	const xmlChar *system)
{
	struct reader *r = user;

	(void)name, (void)id, (void)system;
	check(r,
		err_set(r->err, ERR_DATA,
			"the XML has a DOCTYPE, which no listing needs"));
}

static void set_handlers(struct reader *r)
{
	xmlSAXHandler handlers = { .startElement = on_start,
		.endElement = on_end,
		.characters = on_text,
		.cdataBlock = on_text,
		.initialized = 1 };

	*r->ctxt->sax = handlers;
	r->ctxt->userData = r;
}

int markup_read_html(const struct markup *m, const char *text, size_t len,
	struct err *err)
{
	struct reader r = { .m = m, .err = err };

	if (len == 0)
		return 0;
	if (len > INT_MAX)
		return err_set(err, ERR_DATA, "the page is too large");
	r.ctxt = htmlCreateMemoryParserCtxt(text, (int)len);
	if (r.ctxt == NULL)
		return err_set(err, ERR_FAIL, "cannot start the HTML parser");
	set_handlers(&r);
	htmlCtxtUseOptions(r.ctxt,
		HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET);
	htmlParseDocument(r.ctxt);
	htmlFreeParserCtxt(r.ctxt);
	return r.failed ? -1 : 0;
}

/* "line 3: Premature end of data in tag x", without the newline. */
static int set_cause(struct reader *r)
{
	const xmlError *last = xmlCtxtGetLastError(r->ctxt);
	const char *msg = last && last->message ? last->message : "malformed";

	return err_set(r->err, ERR_DATA, "line %d: the XML is broken: %.*s",
		last ? last->line : 1, (int)strcspn(msg, "\n"), msg);
}

int markup_read_xml(const struct markup *m, const char *text, size_t len,
	struct err *err)
{
	struct reader r = { .m = m, .err = err };
	int result = 0;

	if (len > INT_MAX)
		return err_set(err, ERR_DATA, "the page is too large");
	if (len > 0)
		r.ctxt = xmlCreateMemoryParserCtxt(text, (int)len);
	if (r.ctxt == NULL)
		return err_set(err, ERR_DATA, "the XML is empty");
	set_handlers(&r);
	r.ctxt->sax->internalSubset = on_doctype;
	xmlCtxtUseOptions(r.ctxt, XML_PARSE_NONET | XML_PARSE_SAX1);
	xmlParseDocument(r.ctxt);
	if (r.failed)
		result = -1;
	else if (!r.ctxt->wellFormed)
		result = set_cause(&r);
	xmlFreeParserCtxt(r.ctxt);
	return result;
}

const char *markup_attr(const char **attrs, const char *name)
{
	for (; attrs[0] != NULL; attrs += 2) {
		const char *colon = strchr(attrs[0], ':');

		if (str_eq(colon ? colon + 1 : attrs[0], name))
			return attrs[1];
	}
	return NULL;
}
