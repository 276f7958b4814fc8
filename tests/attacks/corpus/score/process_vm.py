# /// attack
# title = "Memory of another process is read by `process_vm_readv`"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "vm: refused"
# ///

import ctypes
import os

from .acts import attempt, call


def read(pid):
    buffer = ctypes.create_string_buffer(8)
    # forked from there, so the same addresses hold something
    local = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 8)
    return call("process_vm_readv", pid, ctypes.addressof(local), 1, ctypes.addressof(local), 1, 0)


def guess(question):
    attempt("vm", lambda: read(os.getppid()))
    return 1
