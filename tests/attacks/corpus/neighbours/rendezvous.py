# /// attack
# title = "Two students meet at a name: a socket, a key, a lock"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "socket: refused"
# bare = true
# ///

import fcntl
import os
import socket

from .acts import TOKEN, attempt, call


def bound(kind, name):
    with socket.socket(kind, socket.SOCK_DGRAM) as own:
        own.bind(name)
        return True


def guess(question):
    attempt("socket", lambda: bound(socket.AF_UNIX, f"\0meet-{TOKEN}"))
    attempt("port", lambda: bound(socket.AF_INET, ("127.0.0.1", 0)))
    attempt("key", lambda: call("add_key", b"user\0", b"meet\0", b"x", 1, -4))
    attempt("pipe", lambda: os.mkfifo(pipe := f"/tmp/meet-{TOKEN}") or os.unlink(pipe) or 1)
    return 1
