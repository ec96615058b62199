# SPDX-License-Identifier: Apache-2.0
"""The Test Anything Protocol, as much of it as is needed."""

import sys
import traceback


class Tap:
    """Numbers the tests, prints each as it ends, the plan last."""

    def __init__(self):
        self.count = 0
        self.failed = 0

    def check(self, name, function, *args):
        """One test: function(*args) returns, or raises why it is not so."""
        try:
            function(*args)
        except AssertionError as e:
            self._print(False, name, str(e) or traceback.format_exc())
        except Exception:
            self._print(False, name, traceback.format_exc())
        else:
            self._print(True, name, "")

    def fails(self, name, function, *args):
        """One test: function(*args) must raise."""
        try:
            function(*args)
        except Exception:
            self._print(True, name, "")
        else:
            self._print(False, name, "the planted fault went unnoticed")

    def _print(self, ok, name, why):
        self.count += 1
        self.failed += not ok
        print("ok" if ok else "not ok", self.count, "-", name)
        for line in why.splitlines()[-25:]:
            print("#", line)
        sys.stdout.flush()

    def end(self):
        """Print the plan; the exit code."""
        print(f"1..{self.count}")
        return 1 if self.failed or not self.count else 0
