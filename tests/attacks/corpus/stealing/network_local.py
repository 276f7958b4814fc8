# /// attack
# title = "Unix sockets by path and by name, netlink, virtual machines' sockets"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "path: refused"
# bare = true
# ///

import socket

from .acts import ABSTRACT, UNIX, attempt


def connect(address):
    with socket.socket(socket.AF_UNIX) as own:
        own.settimeout(0.2)
        own.connect(address)
        return "connected"


def guess(question):
    attempt("path", lambda: connect(UNIX))
    attempt("name", lambda: connect("\0" + ABSTRACT))
    for path in ("/run/docker.sock", "/var/run/docker.sock", "/run/dbus/system_bus_socket"):
        attempt("service", lambda: connect(path))
    attempt("netlink", lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW))
    attempt("machine", lambda: socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM))
    return 1
