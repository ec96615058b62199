/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libyaml's events, taken down by recursion (depth is limited) into values.
 * Its document interface was refused: it builds a second tree without limits
 * and knows neither duplicate keys nor how much an alias stands for.
 *
 * Places are kept by container, as one array of lines each, because values
 * have no identity of their own (there is only one null).
 */
#include "record/yaml.h"

#include <string.h>
#include <yaml.h>

#include "base/str.h"
#include "record/yaml_scalar.h"

enum {
	DEPTH_MAX = 64,
	VALUES_MAX = 4000000,
	EXPANDED_MAX = 100000,
	ANCHORS_MAX = 1000,
};

struct anchor {
	char *name;
	struct js *value; /* NULL while it is being read */
	size_t weight;    /* values in it, aliases expanded */
	unsigned height;  /* levels below it */
};

struct parse {
	yaml_parser_t parser;
	yaml_event_t event; /* the current one */
	struct arena *arena;
	const struct yaml_text *in;
	struct yaml_doc *doc;
	struct anchor *anchors;
	size_t nanchors;
	size_t values, expanded;
	unsigned deepest; /* level reached in the anchor being read */
	struct err *err;
};

static struct js *read_value(struct parse *p, unsigned depth);

static unsigned line_of(const struct parse *p)
{
	return (unsigned)p->event.start_mark.line + 1;
}

/* Put "NAME:LINE: " in front of the cause. */
static int fail_at(const struct parse *p, unsigned line)
{
	if (line == 0)
		return err_in(p->err, "%s", p->in->name);
	return err_in(p->err, "%s:%u", p->in->name, line);
}

static int fail(const struct parse *p, const char *cause)
{
	err_set(p->err, ERR_DATA, "%s", cause);
	return fail_at(p, line_of(p));
}

static unsigned line_at(const struct yaml_text *in, size_t offset)
{
	unsigned line = 1;

	for (size_t i = 0; i < offset && i < in->len; i++)
		line += in->text[i] == '\n';
	return line;
}

static int not_yaml(const struct parse *p)
{
	const yaml_parser_t *y = &p->parser;
	const char *problem = y->problem ? y->problem : "it ends too early";
	size_t at = y->problem_mark.index;

	if (y->error == YAML_READER_ERROR) {
		err_set(p->err, ERR_DATA, "not YAML: %s (0x%02x)", problem,
			(unsigned)y->problem_value);
		return fail_at(p, line_at(p->in, y->problem_offset));
	}
	if (at < p->in->len && p->in->text[at] == '\t')
		err_set(p->err, ERR_DATA,
			"not YAML: a tab where only blanks "
			"may stand");
	else if (y->context != NULL)
		err_set(p->err, ERR_DATA, "not YAML: %s (%s begun on line %u)",
			problem, y->context,
			(unsigned)y->context_mark.line + 1);
	else
		err_set(p->err, ERR_DATA, "not YAML: %s", problem);
	return fail_at(p, (unsigned)y->problem_mark.line + 1);
}

static int next_event(struct parse *p)
{
	yaml_event_delete(&p->event);
	if (!yaml_parser_parse(&p->parser, &p->event))
		return not_yaml(p);
	return 0;
}

/* Go past the next event to the one after it. */
static int pass_event(struct parse *p)
{
	if (next_event(p) < 0)
		return -1;
	return next_event(p);
}

/* What a YAML file may not hold as it is: C0 but tab and line ends, DEL, C1,
 * and the line separators that YAML folds. */
static bool has_control(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if ((c < ' ' && c != '\t' && c != '\n' && c != '\r') ||
			c == 0x7f)
			return true;
		if (c == 0xc2 && (unsigned char)s[i + 1] < 0xa0)
			return true;
		if (c == 0xe2 && (unsigned char)s[i + 1] == 0x80 &&
			((unsigned char)s[i + 2] & 0xfe) == 0xa8)
			return true;
	}
	return false;
}

static int check_text(const struct parse *p)
{
	const char *s = (const char *)p->event.data.scalar.value;

	if (has_control(s, p->event.data.scalar.length))
		return fail(p, "text holds a control character");
	return 0;
}

static const char *core_tag(const char *tag)
{
	const char *prefix = YAML_MAP_TAG;
	size_t len = strlen(prefix) - strlen("map");

	return strncmp(tag, prefix, len) == 0 ? tag + len : tag;
}

static struct js *unknown_tag(const struct parse *p, const char *tag)
{
	err_set(p->err, ERR_DATA,
		"the tag '%.60s' is not supported; "
		"leave it out",
		tag);
	fail_at(p, line_of(p));
	return NULL;
}

static bool is_text(const char *tag)
{
	return str_eq(tag, "!") || str_eq(core_tag(tag), "str");
}

/* True if a tag says what the value is anyway. */
static bool tag_agrees(const char *tag, const struct js *v)
{
	switch (js_type(v)) {
	case JS_NULL:
		return str_eq(core_tag(tag), "null");
	case JS_FALSE:
	case JS_TRUE:
		return str_eq(core_tag(tag), "bool");
	case JS_INT:
		return str_eq(core_tag(tag), "int");
	case JS_REAL:
		return str_eq(core_tag(tag), "float");
	default:
		return false;
	}
}

static struct js *read_scalar(struct parse *p)
{
	const char *s = (const char *)p->event.data.scalar.value;
	const char *tag = (const char *)p->event.data.scalar.tag;
	struct js *v;

	if (check_text(p) < 0)
		return NULL;
	if ((tag == NULL && !p->event.data.scalar.plain_implicit) ||
		(tag != NULL && is_text(tag)))
		return js_new_text(p->arena, s);
	v = yaml_scalar(p->arena, s, p->err);
	if (v == NULL)
		fail_at(p, line_of(p));
	else if (tag != NULL && !tag_agrees(tag, v))
		return unknown_tag(p, tag);
	return v;
}

static struct js *read_list(struct parse *p, unsigned depth)
{
	const char *tag = (const char *)p->event.data.sequence_start.tag;
	struct js *list = js_new_list(p->arena);
	size_t place = yaml_places_add(&p->doc->places, list);

	if (tag != NULL && !str_eq(core_tag(tag), "seq"))
		return unknown_tag(p, tag);
	for (;;) {
		struct js *v;

		if (next_event(p) < 0)
			return NULL;
		if (p->event.type == YAML_SEQUENCE_END_EVENT)
			return list;
		yaml_places_line(&p->doc->places, place, NULL, line_of(p));
		v = read_value(p, depth + 1);
		if (v == NULL)
			return NULL;
		js_add(list, v);
	}
}

/* The text of a key, as written. */
static const char *read_key(struct parse *p, const struct js *obj)
{
	const char *s;

	if (p->event.type != YAML_SCALAR_EVENT) {
		fail(p, "a key must be plain text");
		return NULL;
	}
	if (check_text(p) < 0)
		return NULL;
	s = (const char *)p->event.data.scalar.value;
	if (js_get(obj, s) != NULL) {
		err_set(p->err, ERR_DATA, "the key '%.80s' is given twice", s);
		fail_at(p, line_of(p));
		return NULL;
	}
	return arena_strdup(p->arena, s);
}

static struct js *read_mapping(struct parse *p, unsigned depth)
{
	const char *tag = (const char *)p->event.data.mapping_start.tag;
	struct js *obj = js_new_object(p->arena);
	size_t place = yaml_places_add(&p->doc->places, obj);

	if (tag != NULL && !str_eq(core_tag(tag), "map"))
		return unknown_tag(p, tag);
	for (;;) {
		const char *key;
		struct js *v;

		if (next_event(p) < 0)
			return NULL;
		if (p->event.type == YAML_MAPPING_END_EVENT)
			return obj;
		key = read_key(p, obj);
		if (key == NULL)
			return NULL;
		yaml_places_line(&p->doc->places, place, key, line_of(p));
		if (next_event(p) < 0)
			return NULL;
		v = read_value(p, depth + 1);
		if (v == NULL)
			return NULL;
		js_set(obj, key, v);
	}
}

static struct js *read_alias(struct parse *p, unsigned depth)
{
	const char *name = (const char *)p->event.data.alias.anchor;
	const struct anchor *to = NULL;

	for (size_t i = p->nanchors; i > 0 && to == NULL; i--)
		if (str_eq(p->anchors[i - 1].name, name))
			to = &p->anchors[i - 1];
	if (to == NULL || to->value == NULL) {
		err_set(p->err, ERR_DATA,
			to ? "the alias '*%.60s' stands "
			     "within its own anchor" :
			     "the alias '*%.60s' has no "
			     "anchor before it",
			name);
		fail_at(p, line_of(p));
		return NULL;
	}
	p->values += to->weight;
	p->expanded += to->weight;
	if (p->expanded > EXPANDED_MAX) {
		fail(p, "aliases stand for more than 100000 values");
		return NULL;
	}
	if (depth + to->height > DEPTH_MAX) {
		fail(p, "nested deeper than 64 levels");
		return NULL;
	}
	if (depth + to->height > p->deepest)
		p->deepest = depth + to->height;
	return to->value;
}

static struct anchor *open_anchor(struct parse *p, const char *name)
{
	if (p->nanchors == ANCHORS_MAX) {
		fail(p, "more than 1000 anchors");
		return NULL;
	}
	if (p->anchors == NULL)
		p->anchors = ARENA_NEW(p->arena, struct anchor, ANCHORS_MAX);
	p->anchors[p->nanchors].name = arena_strdup(p->arena, name);
	return &p->anchors[p->nanchors++];
}

static struct js *read_content(struct parse *p, unsigned depth)
{
	switch (p->event.type) {
	case YAML_SCALAR_EVENT:
		return read_scalar(p);
	case YAML_SEQUENCE_START_EVENT:
		return read_list(p, depth);
	case YAML_MAPPING_START_EVENT:
		return read_mapping(p, depth);
	default:
		fail(p, "not YAML: a value is missing");
		return NULL;
	}
}

static const char *anchor_name(const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_SCALAR_EVENT:
		return (const char *)e->data.scalar.anchor;
	case YAML_SEQUENCE_START_EVENT:
		return (const char *)e->data.sequence_start.anchor;
	case YAML_MAPPING_START_EVENT:
		return (const char *)e->data.mapping_start.anchor;
	default:
		return NULL;
	}
}

static struct js *read_anchored(struct parse *p, unsigned depth)
{
	struct anchor *anchor = open_anchor(p, anchor_name(&p->event));
	size_t before = p->values;
	unsigned outer = p->deepest;
	struct js *v;

	if (anchor == NULL)
		return NULL;
	p->deepest = depth;
	v = read_content(p, depth);
	anchor->value = v;
	anchor->weight = p->values - before + 1;
	anchor->height = p->deepest - depth;
	if (outer > p->deepest)
		p->deepest = outer;
	return v;
}

static struct js *read_value(struct parse *p, unsigned depth)
{
	if (depth > DEPTH_MAX) {
		fail(p, "nested deeper than 64 levels");
		return NULL;
	}
	if (++p->values > VALUES_MAX) {
		fail(p, "more than 4000000 values");
		return NULL;
	}
	if (depth > p->deepest)
		p->deepest = depth;
	if (p->event.type == YAML_ALIAS_EVENT)
		return read_alias(p, depth);
	if (anchor_name(&p->event) != NULL)
		return read_anchored(p, depth);
	return read_content(p, depth);
}

static int read_document(struct parse *p)
{
	if (pass_event(p) < 0) /* the start of the stream */
		return -1;
	if (p->event.type == YAML_STREAM_END_EVENT) {
		err_set(p->err, ERR_DATA, "empty: there is no document in it");
		return fail_at(p, 0);
	}
	if (next_event(p) < 0)
		return -1;
	p->doc->line = line_of(p);
	p->doc->root = read_value(p, 1);
	if (p->doc->root == NULL || pass_event(p) < 0)
		return -1;
	if (p->event.type != YAML_STREAM_END_EVENT)
		return fail(p, "a second document begins; only one may");
	return 0;
}

/* The text without a byte order mark, whose encoding must be UTF-8. */
static int check_bytes(struct parse *p, struct yaml_text *in)
{
	size_t start = 0;

	if (in->len > YAML_MAX_SIZE) {
		err_set(p->err, ERR_DATA, "larger than 64 MiB");
		return fail_at(p, 0);
	}
	if (in->len >= 3 && memcmp(in->text, "\xef\xbb\xbf", 3) == 0) {
		in->text += 3;
		in->len -= 3;
	}
	for (unsigned line = 1; start < in->len; line++) {
		const char *end =
			memchr(in->text + start, '\n', in->len - start);
		size_t len = end ? (size_t)(end - in->text) - start :
				   in->len - start;

		if (!str_is_utf8(in->text + start, len)) {
			err_set(p->err, ERR_DATA, "not YAML: not UTF-8");
			return fail_at(p, line);
		}
		start += len + 1;
	}
	return 0;
}

int yaml_parse(struct arena *a, const struct yaml_text *in,
	struct yaml_doc *out, struct err *err)
{
	struct yaml_text text = *in;
	struct parse p = { .arena = a, .in = &text, .doc = out, .err = err };
	int r;

	*out = (struct yaml_doc){ .name = in->name, .places.arena = a };
	if (text.text == NULL) /* an empty buffer */
		text.text = "";
	if (check_bytes(&p, &text) < 0)
		return -1;
	if (!yaml_parser_initialize(&p.parser))
		return err_set(err, ERR_TEMP, "out of memory");
	yaml_parser_set_encoding(&p.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&p.parser,
		(const unsigned char *)text.text, text.len);
	r = read_document(&p);
	yaml_event_delete(&p.event);
	yaml_parser_delete(&p.parser);
	return r;
}
