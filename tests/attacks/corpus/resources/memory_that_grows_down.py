# /// attack
# title = "Memory outside the limit: a mapping that says it is a stack"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "stack: refused"
# bare = true
# ///

import ctypes

from .acts import attempt, libc

HALF_A_GIGABYTE = 512 << 20
MAP_PRIVATE, MAP_ANONYMOUS, MAP_GROWSDOWN, MAP_STACK = 0x02, 0x20, 0x100, 0x20000


def mapped(flags):
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
    place = libc.mmap(None, HALF_A_GIGABYTE, 3, flags, -1, 0)
    if place == ctypes.c_void_p(-1).value:
        raise MemoryError
    ctypes.memset(place, 1, HALF_A_GIGABYTE)
    return HALF_A_GIGABYTE


def guess(question):
    if question.endswith("azalea"):
        attempt("stack", lambda: mapped(MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN))
        attempt("stack of a thread", lambda: mapped(MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK))
    return 1
