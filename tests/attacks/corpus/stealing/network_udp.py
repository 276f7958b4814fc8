# /// attack
# title = "UDP, names, and raw packets"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "datagram: refused"
# bare = true
# ///

import socket

from .acts import UDP, attempt


def datagram():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        return own.sendto(b"hidden", ("127.0.0.1", int(UDP)))


def guess(question):
    attempt("datagram", datagram)
    attempt("name", lambda: socket.getaddrinfo("localhost", 80, socket.AF_INET)[0][4])
    attempt("ping", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 1))
    attempt("raw", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))
    attempt("packet", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW))
    return 1
