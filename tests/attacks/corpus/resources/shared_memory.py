# /// attack
# title = "Memory outside the limit: shared, of a file, of System V, of POSIX"
# earns = 16.5
# outcome = "failed"
# reads = "failed"
# staff = "shared: refused"
# bare = true
# ///

import mmap
import os

from .acts import attempt, call, worked

HALF_A_GIGABYTE = 512 << 20


def shared():
    memory = mmap.mmap(-1, HALF_A_GIGABYTE)
    for at in range(0, HALF_A_GIGABYTE, 4096):
        memory[at] = 1
    return len(memory)


def file(fd):
    os.ftruncate(fd, HALF_A_GIGABYTE)
    for _ in range(HALF_A_GIGABYTE >> 20):
        os.write(fd, bytes(1 << 20))
    return HALF_A_GIGABYTE


def guess(question):
    attempt("shared", shared)
    attempt("file in memory", lambda: file(os.memfd_create("x")))
    attempt("secret memory", lambda: call("syscall", 447, 0))
    attempt("System V", lambda: call("shmget", 0, HALF_A_GIGABYTE, 0o1600))
    attempt("POSIX", lambda: open(name := "/dev/shm/attack", "wb") and not os.unlink(name))
    return 1
