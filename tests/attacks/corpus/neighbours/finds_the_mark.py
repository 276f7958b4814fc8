# /// attack
# title = "The next student looks for what was left"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "mark: refused"
# ///

import builtins
import random
import sys

from .acts import attempt

found = [name for name in ("json", "random", "builtins") if hasattr(sys.modules.get(name), "MARK")]


def guess(question):
    attempt("mark", lambda: found)
    return 1
