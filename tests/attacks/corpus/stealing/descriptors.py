# /// attack
# title = "Descriptors that were left open"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "descriptors: refused"
# ///

import os
import stat

from .acts import attempt


def others():
    found = []
    for fd in range(256):
        try:
            about = os.fstat(fd)
        except OSError:
            continue
        if not stat.S_ISSOCK(about.st_mode) and about.st_rdev != os.makedev(1, 3):
            found.append((fd, oct(about.st_mode)))
    return found


def guess(question):
    attempt("descriptors", others)
    return 1
