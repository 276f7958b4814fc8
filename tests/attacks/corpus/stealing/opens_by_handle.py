# /// attack
# title = "A file is opened by its number, past all folders"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "handle: refused"
# ///

import ctypes
import os

from .acts import COURSE, attempt, call

FILE = f"{COURSE}/assignments/attacked/checks/hidden/test_hidden.py".encode()


def handle():
    about = ctypes.create_string_buffer(8 + 128)
    about[0:4] = (128).to_bytes(4, "little")
    mount = ctypes.c_int()
    call("name_to_handle_at", -100, FILE, about, ctypes.byref(mount), 0)
    fd = call("open_by_handle_at", os.open("/usr", os.O_RDONLY), about, os.O_RDONLY)
    return os.read(fd, 100)


def guess(question):
    attempt("handle", handle)
    return 1
