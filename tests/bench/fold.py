#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A million dataset records into one schema: records a second, and memory.

The records are those of tests/fixtures/alike.py (ten variables, 5 KB each), in
order and shuffled. The peer does what any reduction in Python begins with: it
parses a twentieth of them by json.loads.
"""

import argparse
import os
import subprocess
import sys

from bench import BIN, HERE, machine, record

ALIKE = os.path.join(HERE, "..", "fixtures", "alike.py")
# A process begins with the peak of the one that started it, so that one is small.
WATCH = """
import os, sys
child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
_, status, used = os.wait4(child, 0)
print(status, used.ru_utime + used.ru_stime, used.ru_maxrss, file=sys.stderr)
"""
PARSE = "import json, sys\nfor line in sys.stdin: json.loads(line)"


def fold(n, command, *how):
    """CPU seconds and peak MB of the command, fed with n records."""
    with subprocess.Popen([sys.executable, ALIKE, str(n), *how],
                          stdout=subprocess.PIPE) as source:
        done = subprocess.run([sys.executable, "-S", "-c", WATCH, *command],
                              stdin=source.stdout, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True, check=True)
        source.stdout.close()
    status, seconds, peak = done.stderr.splitlines()[-1].split()
    if status != "0":
        sys.exit(f"bench: {command[0]} failed")
    return float(seconds), int(peak) * 1024 / 1e6


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--records", type=int, default=1000000)
    options, _ = parser.parse_known_args()
    n = options.records
    schema = [os.path.join(BIN, "pgf-schema"), "-q"]
    rows = ["| fold | records | records a second of CPU | peak |",
            "|---|---|---|---|"]
    for name, count, command, *how in (
            ("pgf-schema, in order", n, schema),
            ("pgf-schema, shuffled", n, schema, "shuffled"),
            ("json.loads alone", n // 20, [sys.executable, "-c", PARSE])):
        seconds, peak = fold(count, command, *how)
        rows.append(f"| {name} | {count:,} | {count / seconds:,.0f} | "
                    f"{peak:.0f} MB |")
        print(rows[-1], file=sys.stderr)
    text = "\n".join(rows) + "\n\n" + machine()
    print(text)
    if options.record:
        record("fold", text)


if __name__ == "__main__":
    main()
