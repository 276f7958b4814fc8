# /// attack
# title = "A header of sixteen million brackets"
# earns = 16.5
# outcome = "unreadable"
# reads = "unreadable_hidden"
# staff = ""
# ///

import os
import struct

from .acts import channel


def guess(question):
    if "hidden" in question:
        frame = struct.pack("!IQ", 16 << 20, 0) + b"[" * (16 << 20)
        while frame:
            frame = frame[os.write(channel(), frame) :]
    return 1
