# /// attack
# title = "Folders that nobody may enter, and a file that nobody may remove"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = ", expected"
# ///

import os

from .acts import TOKEN, call


def guess(question):
    os.makedirs("locked/in", exist_ok=True)
    open(f"locked/in/left-behind-{TOKEN}", "w").close()
    os.chmod("locked/in", 0)
    os.chmod("locked", 0)
    fd = os.open(f"left-behind-{TOKEN}", os.O_CREAT | os.O_RDWR)
    try:
        # FS_IOC_SETFLAGS, FS_IMMUTABLE_FL
        call("ioctl", fd, 0x40086602, b"\x10\0\0\0\0\0\0\0")
    except OSError:
        pass
    return 1
