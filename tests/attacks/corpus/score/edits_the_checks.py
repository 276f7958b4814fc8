# /// attack
# title = "The hidden checks are overwritten, moved, given other rights"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "write: refused"
# ///

import os
import shutil

from .acts import COURSE, attempt

FILE = f"{COURSE}/assignments/attacked/checks/hidden/test_hidden.py"


def changed(act):
    act(FILE)
    return act.__name__


def rights(path):
    os.chmod(path, 0o600)
    if os.stat(path).st_mode & 0o777 != 0o600:
        raise PermissionError


def age(path):
    os.utime(path, (0, 0))
    if os.stat(path).st_mtime:
        raise PermissionError


def owner(path):
    os.chown(path, 12345, 12345)
    if os.stat(path).st_uid != 12345:
        raise PermissionError


def mark(path):
    os.setxattr(path, "user.mark", b"x")
    os.getxattr(path, "user.mark")


def guess(question):
    attempt("write", lambda: open(FILE, "r+"))
    attempt("truncate", lambda: changed(lambda path: os.truncate(path, 0)))
    attempt("remove", lambda: changed(os.unlink))
    attempt("move", lambda: changed(lambda path: os.rename(path, path + "x")))
    attempt("replace", lambda: changed(lambda path: shutil.copy(__file__, path)))
    attempt("rights", lambda: changed(rights))
    attempt("age", lambda: changed(age))
    attempt("owner", lambda: changed(owner))
    attempt("mark", lambda: changed(mark))
    return 1
