# /// attack
# title = "As much is written to the disk as fits"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "disk: refused"
# bare = true
# ///

import os

from .acts import attempt


def fill():
    written = 0
    try:
        for number in range(100):
            with open(f"file{number}", "wb") as file:
                for _ in range(8):
                    written += file.write(bytes(1 << 20))
    except OSError:
        pass
    return written >> 20 if written > 128 << 20 else None


def guess(question):
    if question.endswith("azalea"):
        attempt("disk", fill)
        for name in os.listdir("."):
            os.unlink(name)
        attempt("one large file", lambda: os.truncate(os.open("large", os.O_CREAT | os.O_RDWR), 1 << 40) or 1)
    return 1
