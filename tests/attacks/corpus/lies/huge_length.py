# /// attack
# title = "A frame is announced that would hold 2⁶⁰ bytes"
# earns = 16.5
# outcome = "unreadable"
# reads = "unreadable_hidden"
# staff = "over the limit"
# ///

import os
import struct

from .acts import channel


def guess(question):
    if "hidden" in question:
        os.write(channel(), struct.pack("!IQ", 4, 1 << 60))
    return 1
