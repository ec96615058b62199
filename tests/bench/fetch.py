#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Many small files and a few large ones from nginx: pgf-fetch, curl, aria2.

All have the same list of URLs on the loopback device and as many connections;
they run in turn, each into an empty folder. pgf-fetch checks length and digest
of each file and has the disk keep it, which the others do not; curl once more with
a `sync` behind it tells what that costs. Then what is in the cache is asked about
again, against as many requests HEAD of curl. Small files are removed at the end only:
for a minute ext4 looks at every inode that was freed before it makes a file, which
would be most of the time of whoever comes next. Needs nginx,
curl and aria2c; what is not installed is left out, without nginx everything is.
"""

import argparse
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import time

from bench import BIN, FOLDER, machine, record

SMALL, SMALL_SIZE = 10000, 20000
LARGE, LARGE_SIZE = 20, 200000000
CONNECTIONS = 8
PORT = int(os.environ.get("PGF_BENCH_PORT", 18131))
TOP = os.path.join(FOLDER, "fetch")
CONF = """\
worker_processes 1; daemon off; pid {top}/nginx.pid; error_log {top}/nginx.log;
events {{ worker_connections 1024; }}
http {{ access_log off; sendfile on; keepalive_requests 1000000;
  client_body_temp_path {top}/t1; proxy_temp_path {top}/t2;
  fastcgi_temp_path {top}/t3; uwsgi_temp_path {top}/t4; scgi_temp_path {top}/t5;
  server {{ listen 127.0.0.1:{port}; root {top}/www; }} }}
"""


def make():
    """The files, once."""
    draw = random.Random(1)
    block = draw.randbytes(1 << 20)
    for kind, count, size in (("small", SMALL, SMALL_SIZE),
                              ("large", LARGE, LARGE_SIZE)):
        folder = os.path.join(TOP, "www", kind)
        if os.path.isdir(folder) and len(os.listdir(folder)) == count:
            continue
        os.makedirs(folder, exist_ok=True)
        for i in range(count):
            with open(os.path.join(folder, f"{i}.nc"), "wb") as f:
                left = size - 8
                f.write(b"CDF\x01" + i.to_bytes(4, "big"))
                while left > 0:
                    left -= f.write(block[:left])


def urls(kind):
    count = SMALL if kind == "small" else LARGE
    return [f"http://127.0.0.1:{PORT}/{kind}/{i}.nc" for i in range(count)]


def path(name):
    return os.path.join(TOP, name)


def write(name, text):
    with open(path(name), "w", encoding="utf-8") as f:
        f.write(text)


def commands(kind):
    """Each as a function of the folder that the files go to."""
    write(kind + ".ndjson", "".join(json.dumps({"key": {}, "url": u}) + "\n"
                                    for u in urls(kind)))
    write(kind + ".aria2", "".join(u + "\n" for u in urls(kind)))
    write(kind + ".curl", "".join(f'url = "{u}"\noutput = "{i}"\n'
                                  for i, u in enumerate(urls(kind))))
    n = str(CONNECTIONS)
    curl = ["curl", "-s", "--parallel", "--parallel-max", n,
            "-K", path(kind + ".curl")]
    found = {
        "pgf-fetch": [os.path.join(BIN, "pgf-fetch"), "--cache", ".",
                      "--per-host", n, path(kind + ".ndjson")],
        "curl --parallel": curl,
        # without its files of control: it would make and remove one for each
        "aria2c": ["aria2c", "-q", "-j", n, "-x1", "--file-allocation=none",
                   "--auto-save-interval=0",
                   "-i", path(kind + ".aria2")],
        "curl --parallel, sync": ["sh", "-c", '"$@" && sync', "sh"] + curl}
    return {k: v for k, v in found.items() if shutil.which(v[0])}


def once(command, folder):
    """What it takes in seconds: wall, CPU."""
    os.makedirs(folder, exist_ok=True)
    os.sync()
    begin, cpu = time.monotonic(), os.times()
    with open(path("said"), "w", encoding="utf-8") as said:
        done = subprocess.run(command, stdout=said, stderr=subprocess.DEVNULL,
                              stdin=subprocess.DEVNULL, cwd=folder)
    wall, now = time.monotonic() - begin, os.times()
    if done.returncode:
        sys.exit(f"fetch: {command[0]} ended with code {done.returncode}")
    return wall, (now.children_user - cpu.children_user +
                  now.children_system - cpu.children_system)


def medians(found):
    return {name: [statistics.median(of) for of in zip(*runs)]
            for name, runs in found.items()}


def compare(kind, runs):
    todo = commands(kind)
    found = {name: [] for name in todo}
    for i in range(runs):
        for n, (name, command) in enumerate(todo.items()):
            folder = path(f"out/{kind}-{i}-{n}")
            found[name].append(once(command, folder))
            if kind == "large":
                shutil.rmtree(folder)
            print(f"run {i + 1}, {kind}, {name}: {found[name][-1][0]:.2f} s",
                  file=sys.stderr)
    return medians(found)


def ask(runs):
    """Revalidation, and HEAD."""
    write("head.curl", "".join(f'url = "{u}"\noutput = "/dev/null"\n'
                               for u in urls("small")))
    fill = commands("small")["pgf-fetch"]
    once(fill, path("out/ask"))
    found = {"pgf-fetch --revalidate": fill + ["--revalidate"],
             "curl --parallel --head": [
                 "curl", "-sI", "--parallel", "--parallel-max",
                 str(CONNECTIONS), "-K", path("head.curl")]}
    taken = {name: [] for name in found}
    for _ in range(runs):
        for name, command in found.items():
            taken[name].append(once(command, path("out/ask")))
    return medians(taken)


def rows(title, found, total):
    best = min(wall for name, (wall, _) in found.items()
               if not name.startswith("pgf") and not name.endswith("sync"))
    return [f"| {title} | {name} | {wall:.2f} s | {cpu:.2f} s | "
            f"{total / wall:,.0f} | {best / wall:.2f} |"
            for name, (wall, cpu) in found.items()]


def main():
    parser = argparse.ArgumentParser(prog="tests/bench/fetch.py")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--runs", type=int, default=3)
    options, _ = parser.parse_known_args()
    if not shutil.which("nginx") or not shutil.which("curl"):
        print("fetch: left out, there is no nginx or no curl", file=sys.stderr)
        return
    make()
    if os.path.exists(path("out")):
        shutil.rmtree(path("out"))
        time.sleep(60)
    write("nginx.conf", CONF.format(top=TOP, port=PORT))
    nginx = subprocess.Popen(["nginx", "-c", path("nginx.conf")])
    try:
        time.sleep(1)
        lines = ["| what | how | wall median | CPU median | a second | "
                 "rate / fastest other |", "|---|---|---|---|---|---|"]
        lines += rows("10,000 of 20 KB", compare("small", options.runs), SMALL)
        lines += rows("20 of 200 MB (MB)", compare("large", options.runs),
                      LARGE * LARGE_SIZE / 1e6)
        lines += rows("10,000 unchanged", ask(options.runs), SMALL)
    finally:
        nginx.send_signal(signal.SIGTERM)
        nginx.wait()
        shutil.rmtree(path("out"), ignore_errors=True)
    text = "\n".join(lines) + f"\n\n{options.runs} runs each, alternating; {machine()}"
    print(text)
    if options.record:
        record("fetch", text)


if __name__ == "__main__":
    main()
