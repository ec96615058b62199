/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MLSD says what it means (RFC 3659 section 7).  LIST is for eyes: of a line like
 * that of "ls -l" the name is what follows the date, which is found by its month,
 * since servers leave out the columns they do not know; or it is like that of
 * DOS.  The dates of both have no zone, so they are not told.  NLST has names, of
 * folders, too.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "net/page_readers.h"

struct entry {
	const char *name;
	bool folder, link, skip;
	uint64_t size;
	const char *modified;
};

/* "20200131123456" to ISO 8601. */
static const char *iso(struct arena *a, const char *s)
{
	if (strspn(s, "0123456789") < 14)
		return NULL;
	return arena_printf(a, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", s, s + 4,
		s + 6, s + 8, s + 10, s + 12);
}

/* "OS.unix=slink:/x" in the examples of the RFC, "OS.unix=symlink" by its rules:
 * as in a LIST, where it leads to is not known. */
static bool is_link(const char *type)
{
	return strncasecmp(type, "OS.unix=slink", 13) == 0 ||
		strncasecmp(type, "OS.unix=symlink", 15) == 0;
}

/* "type=file;size=5;modify=20200131123456; name" */
static bool read_mlsd(struct arena *a, char *line, struct entry *e)
{
	char *blank = strchr(line, ' '), *fact, *save = NULL;

	if (blank == NULL || blank == line || blank[-1] != ';')
		return false;
	*blank = '\0';
	e->name = blank + 1;
	e->skip = true;
	for (fact = strtok_r(line, ";", &save); fact != NULL;
		fact = strtok_r(NULL, ";", &save)) {
		char *value = strchr(fact, '=');

		if (value == NULL)
			return false;
		*value++ = '\0';
		if (strcasecmp(fact, "type") == 0) {
			e->folder = strcasecmp(value, "dir") == 0;
			e->link = is_link(value);
			e->skip = !e->folder && !e->link &&
				strcasecmp(value, "file") != 0;
		} else if (strcasecmp(fact, "size") == 0) {
			(void)str_to_u64(value, &e->size);
		} else if (strcasecmp(fact, "modify") == 0) {
			e->modified = iso(a, value);
		}
	}
	return true;
}

static bool is_month(const char *s, size_t n)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (size_t i = 0; n == 3 && i < 36; i += 3)
		if (strncasecmp(s, months + i, 3) == 0)
			return true;
	return false;
}

static size_t word_length(const char *s)
{
	return strcspn(s, " ");
}

static char *next_word(char *s)
{
	s += word_length(s);
	return s + strspn(s, " ");
}

/* "-rw-r--r-- 1 ftp ftp 5 Jan 31 12:34 name" */
static bool read_unix(char *line, struct entry *e)
{
	char *size = NULL, *word = line, *arrow;

	if (strchr("-dl", *line) == NULL || word_length(line) < 10)
		return false;
	while (*word != '\0' && !is_month(word, word_length(word))) {
		size = word;
		word = next_word(word);
	}
	if (*word == '\0' || size == NULL)
		return false;
	size[word_length(size)] = '\0';
	word = next_word(next_word(word)); /* the time or year */
	word += word_length(word);
	if (*word != ' ')
		return false;
	e->name = word + 1;
	e->folder = *line == 'd';
	if (*line == '-')
		(void)str_to_u64(size, &e->size);
	arrow = *line == 'l' ? strstr(word + 1, " -> ") : NULL;
	if (arrow != NULL)
		*arrow = '\0';
	return true;
}

/* "01-31-20  12:34PM  <DIR>  name", "01-31-20  12:34PM  5 name" */
static bool read_dos(char *line, struct entry *e)
{
	char *time, *size;

	if (strspn(line, "0123456789-") < 8 || line[2] != '-')
		return false;
	time = next_word(line);
	size = next_word(time);
	e->name = next_word(size);
	if (strchr(time, ':') == NULL || *e->name == '\0')
		return false;
	e->folder = str_starts(size, "<DIR>");
	size[word_length(size)] = '\0';
	return e->folder || str_to_u64(size, &e->size);
}

/* Some servers put the folder before each name. */
static bool read_name(char *line, struct entry *e)
{
	const char *slash = strrchr(line, '/');

	e->name = slash != NULL ? slash + 1 : line;
	e->skip = *e->name == '\0';
	return true;
}

static bool read_line(struct arena *a, char *line, struct entry *e)
{
	e->skip = str_starts(line, "total ");
	return e->skip || read_mlsd(a, line, e) || read_unix(line, e) ||
		read_dos(line, e);
}

static int add_line(const struct page *p, struct page_links *out, char *line,
	struct err *err)
{
	struct arena *a = out->arena;
	struct entry e = { .size = PAGE_UNKNOWN };
	const char *shown = arena_printf(a, "%.100s", line);
	struct page_link *link;

	if (p->names ? !read_name(line, &e) : !read_line(a, line, &e))
		return err_set(err, ERR_DATA,
			"the server lists files in a way that is not known, "
			"as in '%s'",
			str_is_utf8(shown, strlen(shown)) ? shown : "?");
	if (e.skip || str_eq(e.name, ".") || str_eq(e.name, ".."))
		return 0;
	if (strchr(e.name, '/') != NULL) {
		page_add_odd(out, e.name);
		return 0;
	}
	link = page_add_name(p, out,
		arena_printf(a, "%s%s", e.name, e.folder ? "/" : ""));
	if (link != NULL && !e.folder && !e.link) {
		link->size = e.size;
		link->modified = e.modified;
	}
	return 0;
}

int page_read_ftp(const struct page *p, struct page_links *out, struct err *err)
{
	char *s = arena_strndup(out->arena, p->text->data, p->text->len);
	char *save = NULL;

	for (char *line = strtok_r(s, "\r\n", &save); line != NULL;
		line = strtok_r(NULL, "\r\n", &save))
		if (add_line(p, out, line, err) < 0)
			return -1;
	return 0;
}
