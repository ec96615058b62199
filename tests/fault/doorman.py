#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A server on the loopback device that asks who comes, and writes it down.

    doorman.py LOG     serve until killed; prints the port

Paths: /file/NAME gives NAME to anybody, /held/NAME when there is a file LOG.go; /basic/NAME
and /digest/NAME to joe with the password "pa ss", /token/NAME to who shows
TOKEN, as header or as member of the query. /go?URL redirects there, /echo?URL
takes more members of the query along, as some servers do. /enter/NAME wants a
cookie, which /login sets for joe. Each request is a line of LOG: path, then what
it brought to prove itself.
"""
import base64
import hashlib
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

TOKEN = "s3cr-t0ken&+/="
JOE = "Basic " + base64.b64encode(b"joe:pa ss").decode()
PROOFS = "Authorization", "Cookie", "X-Key", "x-ms-version"


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):
        proofs = [f"{n}={v}" for n in PROOFS if (v := self.headers.get(n))]
        with open(sys.argv[1], "a", encoding="utf-8") as log:
            print(self.path, *proofs, file=log)
        url = urlsplit(self.path)
        self.kind, self.name = (url.path[1:] + "/").split("/")[:2]
        self.query = parse_qs(url.query, keep_blank_values=True)
        getattr(self, "do_" + self.kind)(url.query)

    def answer(self, status, body=b"", **fields):
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def give(self, allowed=True, **refused):
        if allowed:
            self.answer(200, self.name.encode(), ETag='"1"')
        else:
            self.answer(**refused)

    def do_file(self, _):
        self.give()

    def do_held(self, _):
        while not os.path.exists(sys.argv[1] + ".go"):
            time.sleep(0.02)
        self.give()

    def do_big(self, _):
        self.answer(200, bytes(int(self.name)))

    def do_go(self, to):
        self.answer(302, b"elsewhere", Location=to.split("&")[0])

    def do_echo(self, to):
        self.answer(302, Location=to.replace("&", "?", 1))

    def do_basic(self, _):
        self.give(self.headers.get("Authorization") == JOE, status=401,
                  WWW_Authenticate='Basic realm="x"')

    def do_digest(self, _):
        said = dict(part.strip().split("=", 1) for part in
                    self.headers.get("Authorization", "=")[7:].split(",")
                    if "=" in part)
        said = {name: value.strip('"') for name, value in said.items()}
        secret = md5("joe:x:pa ss")
        right = md5(":".join([secret, said.get("nonce", ""), said.get("nc", ""),
                              said.get("cnonce", ""), "auth",
                              md5("GET:" + self.path)]))
        self.give(said.get("response") == right, status=401, WWW_Authenticate=(
            'Digest realm="x", qop="auth", nonce="n", algorithm=MD5'))

    def do_token(self, _):
        shown = [self.headers.get("X-Key"), *self.query.get("key", []),
                 *self.query.get("sig", []),
                 self.headers.get("Authorization", "")[len("Bearer "):]]
        self.give(TOKEN in shown, status=403)

    def do_enter(self, _):
        if self.headers.get("Cookie") == "who=joe":
            self.give()
        else:
            host = self.headers["Host"]
            self.answer(302, Location=f"/login?http://{host}{self.path}")

    def do_login(self, to):
        if self.headers.get("Authorization") == JOE:
            self.answer(302, Location=to, Set_Cookie="who=joe; Path=/")
        else:
            self.answer(401, WWW_Authenticate='Basic realm="x"')


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()
