# /// attack
# title = "The channel is shut down in both directions"
# earns = 16.5
# outcome = "crashed"
# reads = "crashed_hidden"
# staff = ""
# ///

import socket

from .acts import channel


def guess(question):
    if "hidden" in question:
        socket.socket(fileno=channel()).shutdown(socket.SHUT_RDWR)
    return 1
