# /// attack
# title = "Half a frame, then one byte every tenth of a second"
# earns = 16.5
# outcome = "timeout"
# reads = "timeout_hidden"
# staff = ""
# ///

import os
import struct
import time

from .acts import channel


def guess(question):
    if "hidden" in question:
        os.write(channel(), struct.pack("!IQ", 1000, 0))
        while True:
            os.write(channel(), b"[")
            time.sleep(0.1)
    return 1
