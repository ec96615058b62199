/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of listings: what is a file there, what a folder, what neither. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/str.h"
#include "net/link.h"
#include "net/page.h"

/* Before the URL of a row: the page has names only. */
#define NAMES "names "

/* Links as lines: "file URL NAME SIZE MODIFIED ETAG". */
static const char *links_of(struct arena *a, const char *url, const char *text,
	struct err *err)
{
	static const char *const kinds[] = { "file", "folder", "next" };
	struct buf body = BUF_INIT, out = BUF_INIT;
	bool names = str_starts(url, NAMES);
	const struct page page = {
		.url = names ? url + strlen(NAMES) : url,
		.prefix = "p/",
		.text = &body,
		.names = names,
	};
	struct page_links links = { .arena = a };
	const char *result = NULL;

	buf_adds(&body, text);
	buf_adds(&out, "");
	if (page_read(&page, &links, err) == 0) {
		for (size_t i = 0; i < links.n; i++) {
			const struct page_link *l = &links.at[i];

			buf_addf(&out, "%s %s %s", kinds[l->kind], l->url,
				l->name);
			if (l->size != PAGE_UNKNOWN)
				buf_addf(&out, " %llu",
					(unsigned long long)l->size);
			if (l->modified != NULL)
				buf_addf(&out, " %s", l->modified);
			if (l->etag != NULL)
				buf_addf(&out, " %s", l->etag);
			buf_addc(&out, '\n');
		}
		if (links.odd > 0)
			buf_addf(&out, "odd %zu %s\n", links.odd,
				links.first_odd);
		result = arena_strdup(a, out.data);
	}
	page_links_release(&links);
	buf_release(&body);
	buf_release(&out);
	return result;
}

static const struct {
	const char *url, *text, *links;
} good[] = {
	/* Apache: sorting, the parent, absolute paths, escapes */
	{ "https://h/d/",
		"<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 3.2 Final//EN\">"
		"<html><body><h1>Index of /d</h1><table><tr><th>"
		"<a href=\"?C=N;O=D\">Name</a></th></tr>"
		"<tr><td><a href=\"/\">Parent Directory</a></td></tr>"
		"<tr><td><a href=\"a%20b.nc\">a b.nc</a> 1.2K</td></tr>"
		"<tr><td><a href=\"sub/\">sub/</a></td></tr>"
		"<tr><td><A HREF='/d/c.nc'>c</A></td></tr>"
		"</table></body></html>",
		"file https://h/d/a%20b.nc p/a b.nc\n"
		"folder https://h/d/sub/ p/sub/\n"
		"file https://h/d/c.nc p/c.nc\n" },
	/* nginx: relative with dots; what leads away; one file in two spellings */
	{ "https://h/d/",
		"<html>\n<head><title>Index</title></head><body><pre>"
		"<a href=\"../\">../</a>\n<a href=\"./x%2By.nc\">x</a>\n"
		"<a href=\"x+y.nc\">x</a>\n<a href=\"https://h/d/z.nc#top\">z"
		"</a><a href=\"https://other/d/z.nc\">z</a>"
		"<a href=\"//other/d/z.nc\">z</a><a href=\"http://h/d/z.nc\">z"
		"</a><a href=\"mailto:x@y\">m</a><a href=\"javascript:f()\">j"
		"</a><a>none</a></pre></body></html>",
		"file https://h/d/x%2By.nc p/x+y.nc\n"
		"file https://h/d/x%2By.nc p/x+y.nc\n"
		"file https://h/d/z.nc p/z.nc\n" },
	/* odd names */
	{ "https://h/d/",
		"<html><a href=\"%2e%2e/x\">1</a><a href=\"a%2Fb\">2</a>"
		"<a href=\"a%00b\">3</a><a href=\"a%0ab\">4</a>"
		"<a href=\"a//b\">5</a><a href=\"%ff\">6</a>"
		"<a href=\"%zz\">7</a><a href=\"a/../../b\">8</a></html>",
		"odd 7 a%2Fb\n" },
	/* a base; entities; no html tag at all */
	{ "https://h/d/index.html",
		"<!-- x --><base href=\"/d/e/\"><a href=\"a&amp;b.nc\">x</a>",
		"file https://h/d/e/a%26b.nc p/e/a&b.nc\n" },
	{ "https://h/d/", "<html><body>nothing</body></html>", "" },
	{ "https://h/d/", "", "" },
	/* nginx, JSON */
	{ "http://h/d/",
		"[\n{ \"name\":\"sub dir\", \"type\":\"directory\", "
		"\"mtime\":\"Wed, 01 Jan 2020 00:00:00 GMT\" },\n"
		"{ \"name\":\"a%.nc\", \"type\":\"file\", \"mtime\":\"Wed, 01 "
		"Jan 2020 00:00:01 GMT\", \"size\":12 },"
		"{ \"name\":\"s\", \"type\":\"other\"},"
		"{ \"name\":\"../x\", \"type\":\"file\"}]",
		"folder http://h/d/sub%20dir/ p/sub dir/\n"
		"file http://h/d/a%25.nc p/a%.nc 12 2020-01-01T00:00:01.000000000Z\n"
		"odd 1 ../x\n" },
	/* THREDDS */
	{ "https://h/thredds/catalog/x/catalog.xml",
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<catalog xmlns="
		"\"http://www.unidata.ucar.edu/namespaces/thredds/InvCatalog/"
		"v1.0\" xmlns:xlink=\"http://www.w3.org/1999/xlink\">"
		"<service name=\"all\" serviceType=\"Compound\" base=\"\">"
		"<service name=\"dap\" serviceType=\"OPENDAP\" "
		"base=\"/thredds/dodsC/\"/>"
		"<service name=\"http\" serviceType=\"HTTPServer\" "
		"base=\"/thredds/fileServer/\"/></service>"
		"<dataset name=\"x\" ID=\"x\"><metadata inherited=\"true\">"
		"<serviceName>all</serviceName></metadata>"
		"<dataset name=\"a.nc\" ID=\"x/a.nc\" urlPath=\"x/a b.nc\">"
		"<dataSize units=\"bytes\">123</dataSize>"
		"<date type=\"modified\">2020-01-02T03:04:05Z</date></dataset>"
		"<dataset name=\"b\" urlPath=\"x/b.nc\"><dataSize "
		"units=\"Mbytes\">1.2</dataSize></dataset>"
		"<catalogRef xlink:href=\"2020/catalog.xml\" "
		"xlink:title=\"2020\" name=\"\"/>"
		"<catalogRef xlink:href=\"/thredds/catalog/x/y/catalog.xml\"/>"
		"<catalogRef xlink:href=\"../catalog.xml\"/>"
		"<catalogRef xlink:href=\"https://o/thredds/catalog/x/c.xml\"/>"
		"</dataset></catalog>",
		"file https://h/thredds/fileServer/x/a%20b.nc x/a b.nc 123 "
		"2020-01-02T03:04:05Z\n"
		"file https://h/thredds/fileServer/x/b.nc x/b.nc\n"
		"folder https://h/thredds/catalog/x/2020/catalog.xml \n"
		"folder https://h/thredds/catalog/x/y/catalog.xml \n" },
	/* a base that is relative, datasets in datasets, access to one, a root that
	 * is no file, a second service of the kind */
	{ "https://h/x/catalog.xml",
		"<catalog xmlns='InvCatalog'><service name='h' "
		"serviceType='httpserver' base='files'/><service name='i' "
		"serviceType='HTTPServer' base='/other/'/><dataset name='top' "
		"urlPath=''><dataset name='n'><dataset name='c'><access "
		"serviceName='h' urlPath='/y/c.nc'/><dataSize units='bytes'>7"
		"</dataSize></dataset></dataset><dataset urlPath='d.nc'>"
		"<dataset urlPath='e.nc'/></dataset></dataset><dataset "
		"urlPath='y/'/><catalogRef/><catalogRef href='z.xml?a=b'/>"
		"</catalog>",
		"file https://h/x/files/y/c.nc y/c.nc 7\n"
		"file https://h/x/files/d.nc d.nc\n"
		"file https://h/x/files/e.nc e.nc\n"
		"odd 1 y/\n" },
	/* S3: escaped keys, said behind them; a further page */
	{ "https://b.s3.example/?list-type=2&prefix=a/b&continuation-token=x",
		"<?xml version=\"1.0\"?>\n<ListBucketResult xmlns=\"http://s3."
		"amazonaws.com/doc/2006-03-01/\"><Name>b</Name><Prefix>a/b"
		"</Prefix><IsTruncated>true</IsTruncated><Contents><Key>a/b%2B"
		"c+d.nc</Key><LastModified>2020-01-02T03:04:05.000Z"
		"</LastModified><ETag>&quot;e&quot;</ETag><Size>7</Size>"
		"</Contents><Contents><Key>a/</Key><Size>0</Size></Contents>"
		"<Contents><Key>a/../x</Key></Contents>"
		"<NextContinuationToken>t/=+</NextContinuationToken>"
		"<EncodingType>url</EncodingType></ListBucketResult>",
		"file https://b.s3.example/a/b%2Bc%20d.nc b+c d.nc 7 "
		"2020-01-02T03:04:05.000Z \"e\"\n"
		"next https://b.s3.example/?list-type=2&prefix=a/b&"
		"continuation-token=t%2F%3D%2B p/\n"
		"odd 1 a/../x\n" },
	/* its elder, path style, unescaped */
	{ "http://h:9/bucket",
		"<ListBucketResult><Prefix></Prefix><IsTruncated>true"
		"</IsTruncated><Contents><Key>x+y.nc</Key></Contents>"
		"</ListBucketResult>",
		"file http://h:9/bucket/x%2By.nc x+y.nc\n"
		"next http://h:9/bucket?marker=x%2By.nc p/\n" },
	/* FTP */
	{ "ftp://h/d/",
		"type=cdir;modify=20200102030405; .\r\n"
		"type=pdir; ..\r\n"
		"Type=file;Size=12;Modify=20200102030405.123;UNIX.mode=0644; "
		"a b;c.nc\r\n"
		"type=dir; sub\r\n",
		"file ftp://h/d/a%20b%3Bc.nc p/a b;c.nc 12 "
		"2020-01-02T03:04:05Z\n"
		"folder ftp://h/d/sub/ p/sub/\n" },
	{ "ftp://h/d/",
		"total 8\r\n"
		"-rw-r--r--    1 1000     1000           12 Jan 02 03:04 a  b\r\n"
		"drwxr-xr-x    2 ftp      ftp          4096 Feb 29  2020 May\r\n"
		"lrwxrwxrwx    1 0 0 5 Mar 01 00:00 l.nc -> a.nc\r\n"
		"-rw-r--r--    1 user     7 Dec 31  1999 nogroup\r\n",
		"file ftp://h/d/a%20%20b p/a  b 12\n"
		"folder ftp://h/d/May/ p/May/\n"
		"file ftp://h/d/l.nc p/l.nc\n"
		"file ftp://h/d/nogroup p/nogroup 7\n" },
	{ "ftp://h/d/",
		"01-31-20  12:34PM       <DIR>          sub\r\n"
		"01-31-2020  12:34PM              123 a b.nc\r\n",
		"folder ftp://h/d/sub/ p/sub/\n"
		"file ftp://h/d/a%20b.nc p/a b.nc 123\n" },
	/* links count as files; blanks at the ends of names, folders before them */
	{ "ftp://h/d/",
		"type=OS.unix=slink:/x;size=9; l\r\nType=OS.Unix=symlink; m\r\n"
		"type=OS.unix=chr-1/2; c\r\nmodify=2020;type=file; n\r\n",
		"file ftp://h/d/l p/l\nfile ftp://h/d/m p/m\n"
		"file ftp://h/d/n p/n\n" },
	{ NAMES "ftp://h/d/",
		"a b.nc\r\n/d/b.nc\r\n./c.nc\r\n.\r\n..\r\n-rw-r--r-- 1 a b 5 "
		"Jan 31 12:34 x\r\nsub\r\na\x1b\r\ntotal 5\r\n",
		"file ftp://h/d/a%20b.nc p/a b.nc\nfile ftp://h/d/b.nc p/b.nc\n"
		"file ftp://h/d/c.nc p/c.nc\n"
		"file ftp://h/d/-rw-r--r--%201%20a%20b%205%20Jan%2031%2012:34"
		"%20x p/-rw-r--r-- 1 a b 5 Jan 31 12:34 x\n"
		"file ftp://h/d/sub p/sub\nfile ftp://h/d/total%205 p/total 5\n"
		"odd 1 a?\n" },
	{ "sftp://h/d/",
		"-rw-r--r--    1 ftp      ftp             7 Jan 31  2020 a.nc\n"
		"drwxr-xr-x    2 ftp      ftp          4096 Jan 31 12:34 .\n"
		"drwxr-xr-x    2 ftp      ftp          4096 Jan 31 12:34 s t\n",
		"file sftp://h/d/a.nc p/a.nc 7\nfolder sftp://h/d/s%20t/ p/s t/\n" },
	/* a file of an FTP server is no folder */
	{ "ftp://h/d/l.txt", "a.nc\n", "file ftp://h/d/a.nc a.nc\n" },
	/* texts */
	{ "https://h/d/list.txt",
		"\xef\xbb\xbf# files\r\n\r\n a.nc \r\nhttps://o/b.nc?x=1\n/e/c.nc\n"
		"{\"url\":\"d.nc\",\"size\":5}",
		"file https://h/d/a.nc a.nc\n"
		"file https://o/b.nc?x=1 https://o/b.nc?x=1\n"
		"file https://h/e/c.nc https://h/e/c.nc\n"
		"file https://h/d/d.nc d.nc\n" },
};

static void test_good(void **state)
{
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct err err = ERR_INIT;
		const char *got = links_of(&a, good[i].url, good[i].text, &err);

		if (got == NULL)
			fail_msg("row %zu: %s", i, err.msg);
		assert_string_equal(got, good[i].links);
	}
	arena_release(&a);
}

static const struct {
	const char *url, *text;
	enum err_kind kind;
	const char *says;
} bad[] = {
	{ "https://h/d", "<html></html>", ERR_DATA, "must end in '/'" },
	{ "https://h/d/", "<html><a href=\"x\">", ERR_TEMP, "end of the page" },
	{ "https://h/d/", "<svg></svg>", ERR_DATA, "not a listing" },
	{ "https://h/d/", "[{\"name\":\"x\"}]", ERR_DATA, "not a listing" },
	{ "https://h/d/", "[{\"name\":", ERR_DATA, "not a listing" },
	{ "https://h/c.xml", "<catalog xmlns=\"InvCatalog\"><dataset>",
		ERR_DATA, "the XML is broken" },
	{ "https://h/c.xml",
		"<catalog xmlns=\"InvCatalog\"><dataset urlPath=\"x\"/>"
		"</catalog>",
		ERR_DATA, "no service of type HTTPServer" },
	{ "https://h/c.xml",
		"<catalog xmlns=\"InvCatalog\"><service serviceType=\"HTTPServer"
		"\" base=\"https://h.evil/\"/></catalog>",
		ERR_DATA, "another host" },
	{ "https://h/c.xml",
		"<!DOCTYPE x [<!ENTITY a \"b\">]><catalog xmlns=\"InvCatalog\"/>",
		ERR_DATA, "DOCTYPE" },
	{ "https://h/b?list-type=2",
		"<ListBucketResult><IsTruncated>true</IsTruncated>"
		"</ListBucketResult>",
		ERR_DATA, "but not where" },
	{ "ftp://h/d/", "a.nc\r\n", ERR_DATA, "not known, as in 'a.nc'" },
	{ "https://h/l.txt", "a.nc\nfile:///etc/passwd\n", ERR_DATA,
		"line 2: 'file:///etc/passwd' is a file of this machine" },
	{ "https://h/l.txt", "{\"x\":1}", ERR_DATA, "no text 'url'" },
	{ "https://h/l.txt", "a\x18.nc", ERR_DATA, "line 1: not a listing" },
	{ "https://h/l.txt", "a\xff.nc", ERR_DATA, "line 1: not a listing" },
};

static void test_bad(void **state)
{
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err err = ERR_INIT;

		if (links_of(&a, bad[i].url, bad[i].text, &err) != NULL)
			fail_msg("row %zu: was read", i);
		if (err.kind != bad[i].kind ||
			strstr(err.msg, bad[i].says) == NULL)
			fail_msg("row %zu: %d %s", i, (int)err.kind, err.msg);
	}
	arena_release(&a);
}

static void test_resolve(void **state)
{
	static const char *const cases[][3] = {
		{ "http://h/a/b?q", "c", "http://h/a/c" },
		{ "http://h/a/b?q", "/c#f", "http://h/c" },
		{ "http://h/a/b?q", "?r", "http://h/a/b?r" },
		{ "http://h/a/b?q", "//i/c", "http://i/c" },
		{ "http://h/a/b?q", " ./././c ", "http://h/a/c" },
		{ "http://h", "c", "http://h/c" },
		{ "http://h?x=/y/", "c", "http://h/c" },
		{ "http://h/a/", "FTP://x", "FTP://x" },
		{ "http://h/a/", "", "http://h/a/" },
	};
	struct arena a = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(link_resolve(&a, cases[i][0], cases[i][1]),
			cases[i][2]);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_resolve),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
