# SPDX-License-Identifier: Apache-2.0
"""powercut.py CUT SEED FOLDER...: take back what was not synced, in these folders.

CUT is the folder that powercut.c has filled. A file whose bytes were not synced
loses them, all or half; a new name, a removal or a new folder whose folder was not
synced may not have happened, and a folder that is lost takes along what is in it,
synced or not. Times stay, as they would. Prints how much was lost.
"""

import os
import random
import shutil
import sys


def read(path):
    """(inodes with bytes not synced, names not synced in their order)"""
    dirty, names, begun = {}, {}, {}
    with open(path, encoding="utf-8") as log:
        for number, line in enumerate(log):
            what, *rest = line.rstrip("\n").split("\t")
            if what == "W":
                dirty[int(rest[0])] = number
            elif what == "S":
                dirty.pop(int(rest[0]), None)
                names = {k: n for k, n in names.items() if n[1] != rest[0]}
            elif what == "F":
                begun[rest[0]] = number
            elif what == "A":
                until = begun[rest[0]]
                dirty = {i: k for i, k in dirty.items() if k > until}
                names = {k: n for k, n in names.items() if k > until}
            else:
                names[number] = (what, *rest)
    return set(dirty), list(names.values())


def take_back(names, chance):
    """Names that lose by chance, unless a later one has it that stays."""
    fixed, lost = set(), 0
    for what, _, *rest in reversed(names):
        if what == "D":
            inside = rest[0] + "/"
            if not any(name.startswith(inside) for name in fixed) and \
                    os.path.exists(inside) and chance.random() < 0.5:
                shutil.rmtree(inside)
                lost += 1
            continue
        name = rest[-2]
        if name in fixed or chance.random() < 0.5:
            fixed.add(name)
            continue
        if what == "R" and os.path.exists(name):
            os.rename(name, rest[0])
        if rest[-1] != "-":
            os.rename(rest[-1], name)
        lost += 1
    return lost


def empty(dirty, folders, chance):
    """Files that lose their bytes."""
    lost = 0
    for folder in folders:
        for where, _, files in os.walk(folder):
            for file in files:
                path = os.path.join(where, file)
                st = os.stat(path)
                if st.st_ino not in dirty or st.st_size == 0:
                    continue
                os.truncate(path, chance.choice([0, st.st_size // 2]))
                os.utime(path, ns=(st.st_atime_ns, st.st_mtime_ns))
                lost += 1
    return lost


def main():
    cut, seed, *folders = sys.argv[1:]
    chance = random.Random(int(seed))
    dirty, names = read(os.path.join(cut, "log"))
    print("names", take_back(names, chance), "files", empty(dirty, folders, chance))


main()
