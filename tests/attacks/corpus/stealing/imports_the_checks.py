# /// attack
# title = "The hidden checks and the reference are imported"
# earns = 18
# outcome = "failed"
# reads = "failed"
# staff = "reference: refused"
# ///

import importlib
import sys

from .acts import COURSE, attempt


def load(folder, name):
    sys.path.insert(0, f"{COURSE}/{folder}")
    return importlib.import_module(name)


def guess(question):
    attempt("checks", lambda: load("assignments/attacked/checks/hidden", "test_hidden").ANSWERS)
    attempt("reference", lambda: open(f"{COURSE}/reference/attacked/vault.py").read())
    return 1
