#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A server on the loopback device of which parts of files are asked.

    parts.py FOLDER LOG     serve until killed; prints http://127.0.0.1:PORT

Paths are /BEHAVIOUR/NAME: a file of FOLDER, whose tag is made from its size and
time. Each request is a line of LOG: path, Range, bytes of the body, If-Match and
If-Unmodified-Since, "-" for none; and how many others were under way when it came.
"""
import os
import re
import sys
import threading
import time
from email.utils import formatdate, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

TOKEN = "s3cr-t0ken"
folder, log_name = sys.argv[1:]
lock = threading.Lock()
seen = {}
turns = {}
under_way = set()
trios = []
met = threading.Condition()
four = threading.Event()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, body=b"", **fields):
        asked = [self.headers.get(name, "-").replace(" ", "_") for name in
                 ("Range", "If-Match", "If-Unmodified-Since")]
        with lock, open(log_name, "a", encoding="utf-8") as log:
            print(self.path, asked[0], len(body), *asked[1:], self.others,
                  file=log)
        # Who asks may have it all before we are back.
        with lock:
            under_way.discard(self)
        self.send_response(status)
        fields.setdefault("Content_Length", len(body))
        for name, value in fields.items():
            if value is not None:
                self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        with lock:
            self.others = len(under_way)
            Handler.last = time.monotonic()
            under_way.add(self)
        with met:
            met.notify_all()
        try:
            self.behave()
        finally:
            with lock:
                under_way.discard(self)

    def behave(self):
        url = urlsplit(self.path)
        _, behaviour, name = url.path.split("/", 2)
        self.key = parse_qs(url.query).get("key")
        with lock:
            self.count = seen[self.path] = seen.get(self.path, 0) + 1
            self.turn = turns[behaviour] = turns.get(behaviour, 0) + 1
        try:
            stat = os.stat(os.path.join(folder, name))
        except (FileNotFoundError, NotADirectoryError):
            self.answer(403 if behaviour == "closed" else 404)
            return
        self.file, self.size = os.path.join(folder, name), stat.st_size
        self.tag = f'"{stat.st_mtime_ns:x}-{self.size}"'
        self.date = formatdate(int(stat.st_mtime), usegmt=True)
        kind = behaviour.rstrip("0123456789")
        self.number = behaviour[len(kind):]
        getattr(self, "do_" + kind)()

    def read(self, first, end):
        with open(self.file, "rb") as file:
            file.seek(first)
            return file.read(end - first)

    def wanted(self):
        asked = self.headers.get("Range", "")
        found = re.match(r"bytes=-(\d+)$", asked)
        if found:
            return max(self.size - int(found[1]), 0), self.size
        found = re.match(r"bytes=(\d+)-(\d+)$", asked)
        if not found:
            return None
        return int(found[1]), min(int(found[2]) + 1, self.size)

    def is_met(self, tag):
        match = self.headers.get("If-Match")
        since = self.headers.get("If-Unmodified-Since")
        if match:
            return match == tag and not tag.startswith("W/")
        return not since or parsedate_to_datetime(self.date) <= \
            parsedate_to_datetime(since)

    def part(self, tag="", date="", shift=0, total=None, cut=0, checks=True):
        """What a good server does; then with other bytes, another length of the
        whole, or an end that never comes."""
        tag, date = self.tag if tag == "" else tag, \
            self.date if date == "" else date
        if checks and not self.is_met(tag or ""):
            self.answer(412)
            return
        if not self.wanted():
            self.do_whole()
            return
        first, end = self.wanted()
        if first >= self.size:
            self.answer(416, Content_Range=f"bytes */{self.size}")
            return
        first, end = first + shift, min(end + shift, self.size)
        body = self.read(first, end)
        self.answer(206, body[:len(body) - cut], ETag=tag, Last_Modified=date,
                    Content_Range=f"bytes {first}-{end - 1}/"
                    f"{total or self.size}", Content_Length=len(body))
        if cut:
            self.close_connection = True

    def do_good(self):
        self.part()

    def do_slow(self):
        time.sleep(0.05)
        self.part()

    def do_calm(self):
        """Answers when for a while nobody has asked for anything."""
        while time.monotonic() < Handler.last + 0.1:
            time.sleep(0.02)
        self.part()

    def do_trio(self):
        """Answers when three have been under way at once, then slowly."""
        with met:
            met.wait_for(lambda: len(under_way) >= 3 or trios)
            trios.append(self)
            met.notify_all()
        self.do_slow()

    def do_held(self):
        """held0, held1 ...: so many are answered, and then there is a file LOG.held."""
        if self.turn > int(self.number):
            with open(log_name + ".held", "w", encoding="utf-8"):
                pass
            threading.Event().wait()
        self.part()

    def do_token(self):
        """Wants to be shown TOKEN twice."""
        if self.key == [TOKEN] and self.headers.get("X-Key") == TOKEN:
            self.part()
        else:
            self.answer(403)

    def do_dated(self):
        """No tag."""
        self.part(tag=None)

    def do_weak(self):
        self.part(tag="W/" + self.tag)

    def do_blind(self):
        """Does not look at conditions."""
        self.part(checks=False)

    def do_mute(self):
        """Does not say which version it is."""
        self.part(tag=None, date=None)

    def do_unsized(self):
        self.part(total="*")

    def do_whole(self):
        """Knows no ranges."""
        self.answer(200, self.read(0, self.size), ETag=self.tag)

    def do_later(self):
        """Knows no ranges after the first one."""
        self.part() if self.count == 1 else self.do_whole()

    def do_shifted(self):
        """Sends the bytes behind those that are wanted."""
        self.part(shift=0 if self.count == 1 else 512)

    def do_short(self):
        """Every other answer breaks off."""
        first, end = self.wanted()
        self.part(cut=100 if self.count % 2 == 0 and end - first > 100 else 0)

    def do_together(self):
        """Answers nobody before four have asked at the same time (or 20 s)."""
        with lock:
            if len(under_way) >= 4:
                four.set()
        four.wait(20)
        self.part()

    def do_closed(self):
        """Does not say what is not there."""
        self.part()

    def do_halves(self):
        """The first answer with several bytes breaks off."""
        first, end = self.wanted()
        self.part(cut=(end - first) // 2 if self.count < 3 else 0)

    def do_broken(self):
        """Has documents only."""
        self.part() if self.file.endswith(("zarr.json", ".zmetadata")) \
            else self.answer(500)

    def do_flips(self):
        """Another tag for the same bytes, from the third answer on."""
        self.part(tag=self.tag if self.count < 3 else '"other"', checks=False)

    def do_gone(self):
        self.part() if self.count == 1 else self.answer(410)

    def do_busy(self):
        """Every third answer is none."""
        self.answer(503) if self.count % 3 == 0 else self.part()


class Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True


server = Server(("127.0.0.1", 0), Handler)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
