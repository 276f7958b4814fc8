# /// attack
# title = "What others left in `/tmp`, `/dev/shm`, `/var/tmp`, and beside the own folder"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "found: refused"
# bare = true
# ///

import os

from .acts import attempt


def guess(question):
    own = os.path.basename(os.getcwd())
    for folder in ("/tmp", "/dev/shm", "/var/tmp", "/run", "..", os.path.expanduser("~/..")):
        attempt("found", lambda: [name for name in os.listdir(folder) if name != own])
    return 1
