# /// attack
# title = "Which hidden files there are, how large and how old"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "size: refused"
# bare = true
# ///

import os

from .acts import COURSE, attempt, worked

FILE = f"{COURSE}/assignments/attacked/checks/hidden/test_hidden.py"


def guess(question):
    attempt("size", lambda: os.path.getsize(FILE) if os.stat(FILE) else 0)
    attempt("link itself", lambda: os.lstat(FILE).st_size)
    attempt("access", lambda: os.access(FILE, os.F_OK))
    attempt("space", lambda: os.statvfs(COURSE).f_blocks)
    attempt("watch", lambda: worked("inotify_add_watch", worked("inotify_init") and 3, FILE.encode(), 1))
    return 1
