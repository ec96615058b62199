#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Servers on the loopback device whose listings are strange on request.

    lister.py LOG          serve until killed; prints http://127.0.0.1:PORT
    lister.py ftp FOLDER   FTP of a folder; prints PORT and what it knows, a
                           line for each: mlsd, list, names, none, odd

Paths are /BEHAVIOUR/ARGUMENT/...; each request is a line of LOG.
"""
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

HTML = "<html><body>%s</body></html>"
S3 = ("<ListBucketResult><Name>b</Name><Prefix></Prefix>%s"
      "<IsTruncated>%s</IsTruncated></ListBucketResult>")
CATALOG = ('<catalog xmlns="http://www.unidata.ucar.edu/namespaces/thredds/'
           'InvCatalog/v1.0" xmlns:xlink="http://www.w3.org/1999/xlink">'
           '<service name="h" serviceType="HTTPServer" base="/files/"/>'
           '%s</catalog>')
lock = threading.Lock()


def link(href):
    return f'<a href="{href}">x</a>\n'


def page(more, token=None, keys=()):
    """One answer of ListObjectsV2."""
    inside = "".join(f"<Contents><Key>{k}</Key><Size>1</Size></Contents>"
                     for k in keys)
    if token:
        inside += f"<NextContinuationToken>{token}</NextContinuationToken>"
    return S3 % (inside, "true" if more else "false")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *args):
        pass

    def do_GET(self):
        url = urlsplit(self.path)
        query = parse_qs(url.query)
        self.token = query.get("continuation-token", [""])[0]
        with lock, open(sys.argv[1], "a", encoding="utf-8") as log:
            print(self.path, self.headers.get("Authorization", "-"), file=log)
        _, behaviour, argument, self.rest = url.path.split("/", 3)
        body = getattr(self, "do_" + behaviour)(argument)
        if body is not None:
            self.answer(body.encode("latin-1"))

    def answer(self, body, status=200, **fields):
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def endless(self, head, part):
        """A page without end, a MiB at a time."""
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(head.encode())
        part = (part * (2**20 // len(part) + 1)).encode()
        while True:
            self.wfile.write(part)

    # Buckets.

    def do_circle(self, argument):
        """argument: pages of the circle."""
        n = int(self.token or 0)
        return page(True, str(n % int(argument) + 1), [f"{n}.nc"])

    def do_barren(self, _):
        """Pages without end, and nothing on them."""
        return page(True, str(int(self.token or 0) + 1))

    def do_tokenless(self, _):
        return page(True, None, ["a.nc"])

    def do_pages(self, argument):
        """argument: pages of a thousand keys."""
        n = int(self.token or 0)
        return page(n + 1 < int(argument), str(n + 1),
                    [f"{n:04}-{k:03}.nc" for k in range(1000)])

    def do_keys(self, _):
        return page(False, None, ["../up", "a//b", "", "/abs", "a/./b",
                                  "good.nc"])

    def do_escape(self, _):
        return page(False, None, ["&#x1b;[2J.nc", "good.nc"])

    # Indexes.

    def do_away(self, _):
        """Links that lead elsewhere, and one that does not."""
        port = self.server.server_port
        return HTML % "".join(map(link, (
            "file:///etc/passwd", "http://localhost:9/away/0/x.nc",
            f"http://joe@127.0.0.1:{port}/away/0/x.nc", "//127.0.0.1:9/x.nc",
            "../up.nc", "/away/up.nc", "/away/0/../up.nc", "%2e%2e/up.nc",
            "ftp://127.0.0.1/away/0/x.nc", "?x=1", "javascript:alert(1)",
            "good.nc")))

    def do_odd(self, _):
        return HTML % "".join(map(link, (
            "a%00.nc", "b%0ac.nc", "c%1b[2J.nc", "d%7f.nc", "e%2ff.nc",
            "%ff.nc", "\xff.nc", "g%zz.nc", "good.nc")))

    def do_base(self, _):
        return ('<html><head><base href="http://localhost:9/x/"></head>'
                f'{link("a.nc")}</html>')

    def do_redirect(self, argument):
        """argument: host, file or ftp, where the page is said to be."""
        port = self.server.server_port
        where = {"host": f"http://localhost:{port}/moved/0/",
                 "file": "file:///etc/", "ftp": "ftp://127.0.0.1/",
                 "loop": self.path}[argument]
        self.answer(b"", 302, Location=where)

    def do_moved(self, _):
        return HTML % link("a.nc")

    def do_many(self, argument):
        """argument: links, of a hundred bytes each."""
        return HTML % "".join(link(f"{n:07}.nc") + "x" * 75
                              for n in range(int(argument)))

    def do_deep(self, argument):
        """A folder in a folder, without end; or nested marks: argument."""
        if argument == "folders":
            return HTML % (link("d/") + link("f.nc"))
        return HTML % (f"<{argument}>" * 1000000 + link("good.nc"))

    def do_wide(self, _):
        """Each folder has a hundred, without end."""
        return HTML % "".join(link(f"{n}/") for n in range(100))

    def do_heavy(self, _):
        """Eight folders, each a page without end."""
        if self.rest:
            return self.endless("<html>", link("a.nc"))
        return HTML % "".join(link(f"{n}/") for n in range(8))

    def do_endless(self, argument):
        """argument: what is without end."""
        head, part = {
            "links": ("<html>", link("a.nc")),
            "name": ('<html><a href="', "x"),
            "comment": ("<html><!--", "x"),
            "text": ("", "a.nc\n"),
            "line": ("", "x"),
            "keys": ("<ListBucketResult>",
                     "<Contents><Key>a.nc</Key></Contents>"),
            "key": ("<ListBucketResult><Contents><Key>", "x"),
            "catalog": (CATALOG.split("%")[0], '<dataset urlPath="a.nc"/>'),
            "json": ("[", '{"name":"a.nc","type":"file"},'),
        }[argument]
        self.endless(head, part)

    def do_size(self, argument):
        """argument: bytes of a name."""
        return HTML % (link("x" * int(argument)) + link("good.nc"))

    def do_drip(self, argument):
        """argument: seconds between bytes."""
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(b"<")
            time.sleep(float(argument))

    def do_bomb(self, _):
        """A page of entities that grow."""
        entity = '<!ENTITY a0 "ha">' + "".join(
            f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
        return (f"<?xml version='1.0'?><!DOCTYPE c [{entity}]>"
                + CATALOG % "<dataset urlPath='&a11;'/>")

    def do_outside(self, _):
        """An entity that is a file of the reader's."""
        return ("<?xml version='1.0'?><!DOCTYPE c [<!ENTITY x SYSTEM "
                "'file:///etc/passwd'>]>" + CATALOG %
                "<dataset urlPath='&x;'/>")

    def do_html(self, _):
        """A page for eyes, with status 200."""
        return HTML % "Please log in"

    # Catalogs.

    def do_catalog(self, argument):
        """argument: a circle of two, or what leads away."""
        if argument == "circle":
            return CATALOG % ('<dataset urlPath="a.nc"/>'
                              '<catalogRef xlink:href="one/"/>'
                              '<catalogRef xlink:href="one/two/"/>'
                              '<catalogRef xlink:href="../one/"/>')
        refs = ("http://localhost:9/catalog/away/x", "file:///etc/passwd",
                "../../x.xml", "//127.0.0.1:9/x")
        return CATALOG % ('<dataset urlPath="../../a"/>'
                          '<dataset urlPath="a.nc"/>' + "".join(
                              f'<catalogRef xlink:href="{r}"/>' for r in refs))

    # Lists.

    def do_list(self, argument):
        return {"file": "a.nc\nfile:///etc/passwd\n",
                "local": "a.nc\n/etc/passwd\n",
                "host": "a.nc\nhttp://localhost:9/b.nc\n",
                "zero": "a.nc\n\0b.nc\n",
                "escape": "a.nc\n\x1b[2Jb.nc\n"}[argument]


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


def serve_ftp(folder):
    from pyftpdlib.authorizers import DummyAuthorizer
    from pyftpdlib.handlers import FTPHandler
    from pyftpdlib.servers import FTPServer

    class Plain(FTPHandler):
        authorizer = DummyAuthorizer()
        seen = open("ftp.log", "a", encoding="utf-8", buffering=1)

        def pre_process_command(self, line, cmd, arg):
            if cmd in ("MLSD", "LIST", "NLST"):
                print(self.server.socket.getsockname()[1], cmd,
                      file=self.seen)
            return super().pre_process_command(line, cmd, arg)

    Plain.authorizer.add_anonymous(folder)

    def without(*commands):
        return type("Handler", (Plain,), {"proto_cmds": {
            k: v for k, v in FTPHandler.proto_cmds.items()
            if k not in commands}})

    class Odd(without("MLSD")):
        def ftp_LIST(self, path):
            self.push_dtp_data(b"+i8388621.48594,m825718503,r,s280,\tb.nc\r\n",
                               cmd="LIST")
            return path

    kinds = {"mlsd": Plain, "list": without("MLSD"),
             "names": without("MLSD", "LIST"),
             "none": without("MLSD", "LIST", "NLST"), "odd": Odd}
    servers = []
    for name, handler in kinds.items():
        servers.append(FTPServer(("127.0.0.1", 0), handler))
        print(servers[-1].address[1], name, flush=True)
    servers[0].serve_forever()  # one loop serves all


def main():
    if sys.argv[1] == "ftp":
        serve_ftp(sys.argv[2])
    server = Server(("127.0.0.1", 0), Handler)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


main()
