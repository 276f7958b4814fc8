# /// attack
# title = "The channel is made non-blocking, to confuse whoever shares it"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = ", expected"
# ///

import fcntl
import os

from .acts import channel


def guess(question):
    for fd in (1, 2, channel()):
        fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) | os.O_NONBLOCK)
        fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) & ~os.O_NONBLOCK)
    return 1
