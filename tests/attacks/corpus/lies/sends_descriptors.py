# /// attack
# title = "Open files are sent to the grader over the channel"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "descriptors: refused"
# ///

import array
import socket

from .acts import attempt, channel


def send():
    fds = array.array("i", [0] * 100)
    own = socket.socket(fileno=channel())
    try:
        own.sendmsg([b""], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)])
    finally:
        own.detach()


def guess(question):
    attempt("descriptors", send)
    return 1
