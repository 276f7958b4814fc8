# /// attack
# title = "Compiled files, caches and libraries that the next student will load"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "cache: refused"
# ///

import importlib.util
import os
import random

from .acts import attempt


def guess(question):
    import numpy

    cache = importlib.util.cache_from_source(random.__file__)
    attempt("cache", lambda: open(cache, "r+b"))
    attempt("new cache", lambda: open(f"{os.path.dirname(cache)}/attack.pyc", "xb"))
    attempt("library", lambda: open(numpy.__file__, "r+b"))
    attempt("home", lambda: open(os.path.expanduser("~root/.cache"), "x"))
    attempt("configuration", lambda: open("/etc/ld.so.preload", "x"))
    return 1
