#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A server on the loopback device that is rude on request.

    server.py LOG          serve until killed; prints http://127.0.0.1:PORT
    server.py LOG HOW...   and more: http://[::1]:PORT for v6, https://127.0.0.1:PORT
                           for tls=CERTIFICATE, the same two seconds late for
                           late=CERTIFICATE, and a port that never answers for
                           mute, in this order
    server.py sum VERSION PATH...   SHA-256 of what belongs there, by line

Paths are /BEHAVIOUR/ARGUMENT/SIZE/NAME: SIZE bytes that follow from the path
alone. Behaviours that go wrong once do so for the first request of a path.
Each request is a line of LOG: path, Range and If-Range, "-" for none, and the
conditions that it has.
"""
import io
import os
import random
import re
import socket
import ssl
import struct
import sys
import threading
import time
from base64 import b64encode
from email.utils import formatdate
from hashlib import md5, sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CONDITIONS = "If-None-Match", "If-Modified-Since"
OLD = "Tue, 02 Jan 2024 03:04:05 GMT"
NEW = "Thu, 29 Feb 2024 23:59:59 GMT"
lock = threading.Lock()
seen = {}


def body_of(path, version=0):
    size = int(path.split("/")[3])
    return random.Random(f"{version}{path}").randbytes(size)


def b64(data):
    return b64encode(data).decode()


def digest_of(body):
    return f"sha-256=:{b64(sha256(body).digest())}:"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):
        _, behaviour, argument, *_ = self.path.split("/", 3)
        with lock:
            self.count = seen[self.path] = seen.get(self.path, 0) + 1
            with open(sys.argv[1], "a", encoding="utf-8") as log:
                print(self.path[:80], self.headers.get("Range", "-"),
                      self.headers.get("If-Range", "-"),
                      *filter(None, map(self.headers.get, (*CONDITIONS, "X-Run"))),
                      file=log)
        getattr(self, "do_" + behaviour)(argument)

    def do_HEAD(self):
        if self.path.split("/")[1] == "headless":
            self.head(405, Content_Length=0)
            return
        self.wfile, wfile = io.BytesIO(), self.wfile
        self.do_GET()
        self.wfile, said = wfile, self.wfile.getvalue()
        self.wfile.write(said.split(b"\r\n\r\n")[0] + b"\r\n\r\n")

    def head(self, status, **fields):
        self.send_response(status)
        for name, value in fields.items():
            if value is not None:
                self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()

    def close(self):
        self.close_connection = True

    def reset(self):
        """Unsent data is dropped and the peer sees RST."""
        self.wfile.flush()
        time.sleep(0.2)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                   struct.pack("ii", 1, 0))
        self.close()
        self.connection.close()
        raise ConnectionResetError

    def whole(self, etag='"v0"', modified=OLD, ranges=True, version=0):
        """What a good server does."""
        body = body_of(self.path, version)
        wanted = self.headers.get("Range")
        valid = self.headers.get("If-Range", etag) in (etag, modified)
        fields = {"ETag": etag, "Last_Modified": modified,
                  "Accept_Ranges": "bytes"}
        if not ranges:
            fields = {"ETag": etag}
        status = 200
        if wanted and valid and ranges:
            first, last = wanted[6:].split("-")
            first = int(first)
            last = min(int(last or len(body)), len(body) - 1)
            if first >= len(body):
                self.head(416, Content_Range=f"bytes */{len(body)}",
                          Content_Length=0)
                return
            fields["Content_Range"] = \
                f"bytes {first}-{last}/{len(body)}"
            body = body[first:last + 1]
            status = 206
        self.head(status, Content_Length=len(body), **fields)
        self.wfile.write(body)

    def half(self, etag='"v0"', modified=OLD, ranges="bytes", length=True):
        """The head of the whole, and half of the bytes."""
        body = body_of(self.path)
        fields = {"ETag": etag, "Last_Modified": modified,
                  "Accept_Ranges": ranges}
        if length:
            fields["Content_Length"] = len(body)
        self.head(200, **fields)
        self.wfile.write(body[:len(body) // 2])
        self.close()

    def do_plain(self, _):
        self.whole()

    def do_kept(self, argument):
        """argument: what there is to tell versions apart, tag, date or none,
        and how many requests the first one lasts: "tag2"."""
        version = int(self.count > int(argument.lstrip("adegnot")))
        tag = f'"v{version}"' if argument.startswith("tag") else None
        date = None
        if not argument.startswith("none"):
            date = NEW if version else OLD
        conditions = list(filter(None, map(self.headers.get, CONDITIONS)))
        if tag and conditions == [tag] or not tag and date and \
                conditions == [date]:
            self.head(304, ETag=tag, Last_Modified=date)
        else:
            self.whole(etag=tag, modified=date, version=version)

    def do_nolength(self, _):
        self.head(200, Connection="close")
        self.wfile.write(body_of(self.path))
        self.close()

    def do_chunked(self, argument):
        """argument: bytes a chunk; the first answer stops in the middle."""
        body, step = body_of(self.path), int(argument)
        self.head(200, Transfer_Encoding="chunked")
        if self.count == 1:
            body = body[:len(body) // 2]
        for at in range(0, len(body), step):
            part = body[at:at + step]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        if self.count == 1:
            self.close()
        else:
            self.wfile.write(b"0\r\n\r\n")

    def do_short(self, _):
        self.half() if self.count == 1 else self.whole()

    def do_shortdate(self, _):
        """Only a date to tell versions apart."""
        if self.count == 1:
            self.half(etag=None)
        else:
            self.whole(etag=None)

    def do_shortweak(self, _):
        """A weak tag and a date that is too young to be strong."""
        now = formatdate(usegmt=True)
        self.half(etag='W/"v0"', modified=now) if self.count == 1 else \
            self.whole(etag='W/"v0"', modified=now)

    def do_shortplain(self, _):
        """No ranges are offered."""
        if self.count == 1:
            self.half(ranges=None)
        else:
            self.whole(ranges=False)

    def do_ignored(self, _):
        """Ranges are offered and then ignored."""
        self.half() if self.count == 1 else self.whole(ranges=False)

    def do_changed(self, _):
        """Another version after the first answer."""
        self.half() if self.count == 1 else \
            self.whole(etag='"v1"', version=1)

    def wrong(self, first, etag):
        """A 206 that is not what was asked for, whatever If-Range said."""
        body = body_of(self.path, 1 if etag != '"v0"' else 0)
        fields = {"ETag": etag, "Last_Modified": OLD, "Content_Range":
                  f"bytes {first}-{len(body) - 1}/{len(body)}"}
        self.head(206, Content_Length=len(body) - first, **fields)
        self.wfile.write(body[first:])

    def do_flip(self, _):
        """The second answer continues another version."""
        if self.count == 1:
            self.half()
        elif self.headers.get("Range"):
            self.wrong(int(self.headers["Range"][6:-1]), '"v1"')
        else:
            self.whole(etag='"v1"', version=1)

    def do_offset(self, _):
        """The second answer begins at another byte than was asked for."""
        if self.count == 1:
            self.half()
        elif self.headers.get("Range"):
            self.wrong(int(self.headers["Range"][6:-1]) + 7, '"v0"')
        else:
            self.whole()

    def do_status(self, argument):
        self.head(int(argument), Content_Length=5)
        self.wfile.write(b"sorry")

    def do_once(self, argument):
        """argument: a status, for the first request."""
        self.do_status(argument) if self.count == 1 else self.whole()

    def do_after(self, argument):
        """argument: seconds of Retry-After with the first answer, a 503."""
        if self.count == 1:
            self.head(503, Retry_After=argument, Content_Length=0)
        else:
            self.whole()

    def do_refuse(self, _):
        """A range is refused although it was offered."""
        if self.count == 1:
            self.half()
        elif self.headers.get("Range"):
            self.head(416, Content_Length=0)
        else:
            self.whole()

    def do_reset(self, _):
        if self.count > 1:
            self.whole()
            return
        self.half()
        self.reset()

    def do_stall(self, argument):
        """argument: seconds of silence in the middle of the first answer."""
        if self.count == 1:
            self.half()
            time.sleep(float(argument))
        else:
            self.whole()

    def do_mute(self, argument):
        """argument: seconds of silence instead of the first answer."""
        if self.count == 1:
            time.sleep(float(argument))
            self.close()
        else:
            self.whole()

    def do_held(self, _):
        """Answers when there is a file LOG.go."""
        while not os.path.exists(sys.argv[1] + ".go"):
            time.sleep(0.02)
        self.whole()

    def do_slow(self, argument):
        """argument: pieces a second, of 64 KiB; also for ranges."""
        write = self.wfile.write

        def dripping(data):
            for at in range(0, len(data), 65536):
                write(data[at:at + 65536])
                if len(data) > 1000:
                    time.sleep(1 / float(argument))

        self.wfile.write = dripping
        self.whole()
        self.wfile.write = write

    def do_garbage(self, _):
        self.connection.sendall(b"\x00\x01\x02 nothing that is HTTP\r\n\r\n")
        self.close()

    def do_redirect(self, argument):
        where = {
            "file": "file:///etc/passwd",
            "loop": self.path,
            "ftp": "ftp://127.0.0.1/x",
            "none": None,
            "good": self.path.replace("/redirect/good/", "/plain/0/"),
        }[argument]
        fields = {"Location": where} if where else {}
        self.head(302, Content_Length=0, **fields)

    def do_login(self, _):
        """User joe, password a:b@c."""
        if self.headers.get("Authorization") == "Basic am9lOmE6YkBj":
            self.whole()
        else:
            self.head(401, WWW_Authenticate='Basic realm="x"',
                      Content_Length=0)

    def do_other(self, argument):
        """argument: where the same path is, as HOST:PORT or PORT."""
        host = argument if ":" in argument else "127.0.0.1:" + argument
        self.head(302, Content_Length=0,
                  Location=f"http://{host}" +
                  self.path.replace(f"/other/{argument}/", "/nologin/0/"))

    def do_nologin(self, _):
        """Nobody may show a login here."""
        if self.headers.get("Authorization"):
            self.head(400, Content_Length=0)
        else:
            self.whole()

    def do_chain(self, argument):
        """argument: redirects to come."""
        n = int(argument)
        if n == 0:
            self.whole()
        else:
            self.head(301, Content_Length=0, Location=self.path.replace(
                f"/chain/{n}/", f"/chain/{n - 1}/"))

    def do_digest(self, _):
        """User joe, password a:b@c, and Digest is the one way."""
        said = self.headers.get("Authorization", "")
        fields = dict(re.findall(r'(\w+)="?([^",]*)"?', said))
        one = md5(b"joe:x:a:b@c").hexdigest()
        two = md5(f"GET:{self.path}".encode()).hexdigest()
        if said.startswith("Digest ") and fields["response"] == \
                md5(f"{one}:n0:{two}".encode()).hexdigest():
            self.whole()
        else:
            self.head(401, WWW_Authenticate='Digest realm="x", nonce="n0"',
                      Content_Length=0)

    def do_headless(self, _):
        """HEAD is refused, GET is not."""
        self.whole()

    def do_waits(self, argument):
        """argument: status-N-KIND: N answers with Retry-After as seconds, a
        date, nonsense, or not at all."""
        status, n, kind = argument.split("-")
        after = {"none": None, "two": 2, "junk": "soon", "long": 100000,
                 "date": formatdate(time.time() + 3, usegmt=True)}[kind]
        if self.count <= int(n):
            self.head(int(status), Retry_After=after, Content_Length=0)
        else:
            self.whole()

    def do_longer(self, argument):
        """argument: bytes that are promised and never come; each time."""
        body = body_of(self.path)
        self.head(200, Content_Length=len(body) + int(argument))
        self.wfile.write(body)
        self.close()

    def do_shorter(self, argument):
        """argument: bytes that come beyond the length; the digest is that of all."""
        body = body_of(self.path)
        self.head(200, Content_Length=len(body) - int(argument),
                  Repr_Digest=digest_of(body))
        self.wfile.write(body)
        self.close()

    def do_lengths(self, argument):
        """argument: what stands for the length."""
        body = body_of(self.path)
        self.head(200, Content_Length=argument)
        self.wfile.write(body)
        self.close()

    def do_cut(self, _):
        """Chunks without the last one, each time."""
        body = body_of(self.path)
        self.head(200, Transfer_Encoding="chunked")
        self.wfile.write(b"%x\r\n%s" % (len(body), body[:len(body) // 2]))
        self.close()

    def do_badchunk(self, _):
        self.head(200, Transfer_Encoding="chunked")
        self.wfile.write(b"zz\r\nhello\r\n")
        self.close()

    def do_unasked(self, _):
        """A 206 although all was asked for, from the middle."""
        self.wrong(len(body_of(self.path)) // 2, '"v0"')

    def do_rangeless(self, _):
        """A 206 that does not say which bytes it is."""
        if not self.headers.get("Range"):
            self.half()
        else:
            self.head(206, Content_Length=10, ETag='"v0"')
            self.wfile.write(b"0123456789")

    def do_drip(self, argument):
        """argument: bytes a second."""
        body = body_of(self.path)
        self.head(200, Content_Length=len(body))
        for byte in body:
            self.wfile.write(bytes([byte]))
            time.sleep(1 / float(argument))

    def do_gzip(self, _):
        """An encoding that nobody asked for."""
        body = body_of(self.path)
        self.head(200, Content_Encoding="gzip", Content_Length=len(body))
        self.wfile.write(body)

    def do_page(self, argument):
        """argument: html, xml, json or text, with status 200."""
        body = {"html": b"<!DOCTYPE html><html>Please log in</html>",
                "xml": b"<?xml version='1.0'?><Error>NoSuchKey</Error>",
                "json": b'{"error": "quota"}', "text": b"busy"}[argument]
        self.head(200, Content_Length=len(body), Content_Type="text/" + argument)
        self.wfile.write(body)

    def do_digests(self, argument):
        """argument: HEADER-N: the first N answers are damaged underway."""
        name, n = argument.split("-")
        body = body_of(self.path)
        value = {"repr": ("Repr-Digest", digest_of(body)),
                 "content": ("Content-Digest", digest_of(body)),
                 "old": ("Digest", digest_of(body).replace(":", "")),
                 "md5": ("Content-MD5", b64(md5(body).digest()))}[name]
        if self.count <= int(n):
            body = body[:-1] + bytes([body[-1] ^ 1])
        self.head(200, Content_Length=len(body), **dict([value]))
        self.wfile.write(body)

    def do_heads(self, _):
        """A head without end."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for n in range(1000000):
            self.wfile.write(b"X-%d: %s\r\n" % (n, b"x" * 1000))

    def do_line(self, _):
        """One line of a head without end."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        for _ in range(10000):
            self.wfile.write(b"x" * 10000)

    def do_continue(self, argument):
        """argument: how often 100 comes before the answer."""
        for _ in range(int(argument)):
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self.whole()

    def do_number(self, argument):
        """argument: what stands for the status line."""
        self.connection.sendall(argument.replace("_", " ").replace("%2F", "/").encode() +
                                b"\r\nContent-Length: 0\r\n\r\n")
        self.close()

    def do_nothing(self, _):
        self.close()

    def do_tags(self, _):
        """Validators that are no text, or longer than any should be."""
        body = body_of(self.path)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"\xff\xfe"')
        self.send_header("Last-Modified", "x" * 5000)
        self.end_headers()
        self.wfile.write(body)


class Late(Handler):
    """Two seconds before the handshake."""

    def setup(self):
        time.sleep(2)
        super().setup()


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        pass


class Server6(Server):
    address_family = socket.AF_INET6


def main():
    if sys.argv[1] == "sum":
        for path in sys.argv[3:]:
            print(sha256(body_of(path, sys.argv[2])).hexdigest())
        return
    servers = [Server(("127.0.0.1", 0), Handler)]
    urls = [f"http://127.0.0.1:{servers[0].server_port}"]
    for how in sys.argv[2:]:
        if how == "v6":
            servers.append(Server6(("::1", 0), Handler))
            urls.append(f"http://[::1]:{servers[-1].server_port}")
        elif how == "mute":
            mute = socket.create_server(("127.0.0.1", 0))
            urls.append(f"https://127.0.0.1:{mute.getsockname()[1]}")
        else:
            what, certificate = how.split("=")
            late = what == "late"
            servers.append(Server(("127.0.0.1", 0), Late if late else Handler))
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            servers[-1].socket = context.wrap_socket(
                servers[-1].socket, server_side=True,
                do_handshake_on_connect=not late)
            urls.append(f"https://127.0.0.1:{servers[-1].server_port}")
    print("\n".join(urls), flush=True)
    for server in servers[1:]:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    servers[0].serve_forever()


main()
