/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kinds are told apart by how the text begins and by one word that only they
 * have.  The media type that a server gives was refused: catalogs come as
 * text/plain, indexes as application/octet-stream.
 */
#include "net/page.h"

#include <string.h>

#include "base/str.h"
#include "net/page_readers.h"

enum { HEAD = 2048 }; /* where the word must be */

static const struct format {
	const char *start; /* of the text, after blanks; any case */
	const char *word;  /* in its head, or NULL */
	page_reader *read;
} formats[] = {
	{ "<", "<ListBucketResult", page_read_s3 },
	{ "<", "InvCatalog", page_read_thredds },
	{ "<?xml", "<!DOCTYPE html", page_read_html },
	{ "<?xml", "<html", page_read_html },
	{ "<html", NULL, page_read_html },
	{ "<!DOCTYPE html", NULL, page_read_html },
	{ "<!--", NULL, page_read_html },
	{ "<pre", NULL, page_read_html },
	{ "<head", NULL, page_read_html },
	{ "[", NULL, page_read_json },
};

/* Of FTP, or of SFTP, which says for each file what LIST says. */
static bool is_folder_of_files(const char *url)
{
	return (str_starts(url, "ftp") || str_starts(url, "sftp:")) &&
		str_ends(url, "/");
}

int page_read(const struct page *p, struct page_links *out, struct err *err)
{
	const char *s = p->text->data ? p->text->data : "";

	if (strlen(s) != p->text->len)
		return err_set(err, ERR_DATA,
			"not a listing: it has a zero "
			"byte");
	if (str_starts(s, "\xef\xbb\xbf")) /* a byte order mark */
		s += 3;
	s += strspn(s, " \t\r\n");
	if (is_folder_of_files(p->url))
		return page_read_ftp(p, out, err);
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (page_begins(s, formats[i].start) &&
			(!formats[i].word ||
				page_has_word(s, HEAD, formats[i].word)))
			return formats[i].read(p, out, err);
	if (*s == '<')
		return err_set(err, ERR_DATA,
			"not a listing: neither HTML, nor a THREDDS catalog, "
			"nor an answer of S3");
	return page_read_text(p, out, err);
}
