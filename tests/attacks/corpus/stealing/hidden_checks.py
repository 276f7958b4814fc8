# /// attack
# title = "The hidden checks are read: by path, link, `..`, `/proc/self`, `O_PATH`, hard link"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "path: refused"
# bare = true
# ///

import os

from .acts import COURSE, attempt

FILE = f"{COURSE}/assignments/attacked/checks/hidden/test_hidden.py"


def linked(make):
    make(FILE, "link")
    try:
        return open("link").read()
    finally:
        os.unlink("link")


def by_handle():
    fd = os.open(FILE, os.O_PATH)
    return open(f"/proc/self/fd/{fd}").read()


def guess(question):
    attempt("path", lambda: open(FILE).read())
    attempt("dots", lambda: open("../" * 20 + FILE.lstrip("/")).read())
    attempt("root", lambda: open(f"/proc/self/root{FILE}").read())
    attempt("thread", lambda: open(f"/proc/thread-self/root{FILE}").read())
    attempt("symbolic link", lambda: linked(os.symlink))
    attempt("hard link", lambda: linked(os.link))
    attempt("O_PATH", by_handle)
    attempt("folder", lambda: os.listdir(os.path.dirname(FILE)))
    attempt("chdir", lambda: os.chdir(os.path.dirname(FILE)) or os.getcwd())
    return 1
