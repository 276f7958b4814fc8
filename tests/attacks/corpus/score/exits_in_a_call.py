# /// attack
# title = "`sys.exit(0)` in the middle of a hidden check"
# earns = 16.5
# outcome = "crashed"
# reads = "crashed_hidden"
# staff = "SystemExit"
# ///

import sys


def guess(question):
    if "hidden" in question:
        sys.exit(0)
    return 1
