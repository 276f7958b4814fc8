# /// attack
# title = "TCP: plainly, as multipath TCP, as TCP fast open"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "plain: refused"
# bare = true
# ///

import socket

from .acts import TCP, attempt

ADDRESS = ("127.0.0.1", int(TCP))
MSG_FASTOPEN, MPTCP = 0x20000000, 262


def plain(protocol=0):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, protocol) as own:
        own.settimeout(0.2)
        own.connect(ADDRESS)
        return "connected"


def fast_open():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as own:
        own.settimeout(0.2)
        return own.sendto(b"hidden", MSG_FASTOPEN, ADDRESS)


def guess(question):
    attempt("plain", plain)
    attempt("multipath", lambda: plain(MPTCP))
    attempt("fast open", fast_open)
    attempt("listening", lambda: socket.create_server(("127.0.0.1", 0)))
    return 1
