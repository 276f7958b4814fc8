"""Handed in with every attack: a way to try an act and to say what came of it.

The places below are filled in when the attack is handed in: we assume a student who knows every
path, port and process number. `attempt` prints what staff read; the word GOT means that the act
worked, and then the test of that attack fails.
"""

import ctypes
import json
import os
import platform
import stat
import sys

COURSE = "@COURSE@"  # the hidden checks and the reference lie below
OUT = "@OUT@"  # the records
NEIGHBOUR = "@NEIGHBOUR@"  # another student's folder
REPOSITORY = "@REPOSITORY@"  # the platform's source
TCP, UDP = "@TCP@", "@UDP@"  # ports on which somebody listens
UNIX, ABSTRACT = "@UNIX@", "@ABSTRACT@"  # sockets on which somebody listens
TOKEN = "@TOKEN@"  # names what this run of the tests leaves behind

_NUMBERS = {
    # system calls without a function in the C library: number on x86-64, on aarch64
    "ptrace": (101, 117),
    "add_key": (248, 217),
    "keyctl": (250, 219),
    "process_vm_readv": (310, 270),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "perf_event_open": (298, 241),
    "io_uring_setup": (425, 425),
    "clone3": (435, 435),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
}
libc = ctypes.CDLL(None, use_errno=True)


def attempt(name, act):
    """Try an act. It got through when it returns something true."""
    try:
        got = act()
    except BaseException as error:
        print(f"{name}: refused ({type(error).__name__})")
        return None
    print(f"{name}: GOT {str(got)[:80]}" if got else f"{name}: refused")
    return got


def call(name, *arguments):
    """A function of the C library or a system call; the result, or the kernel's refusal."""
    words = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    if name in _NUMBERS:
        number = _NUMBERS[name][platform.machine() == "aarch64"]
        libc.syscall.restype = ctypes.c_long
        result = libc.syscall(ctypes.c_long(number), *words)
    else:
        result = getattr(libc, name)(*words)
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def worked(name, *arguments):
    """Whether the kernel did as it was told."""
    call(name, *arguments)
    return True


def server():
    """The names of the module that answers the grader in this process, found on the stack."""
    frame = sys._getframe()
    while "Server" not in frame.f_globals:
        frame = frame.f_back
    return frame.f_globals


def channel():
    """The descriptor on which this process answers the grader."""
    for fd in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                return fd
        except OSError:
            pass
    raise OSError("no channel")


def send(tree, body=b""):
    """Answer the request with a header and a body of one's own making."""
    header = json.dumps([[len(body)] if body else [], tree]).encode()
    frame = len(header).to_bytes(4, "big") + len(body).to_bytes(8, "big") + header + body
    while frame:
        frame = frame[os.write(channel(), frame) :]


def number():
    """The number of the request that is being answered."""
    frame = sys._getframe()
    while not ("number" in frame.f_locals and "request" in frame.f_locals):
        frame = frame.f_back
    return frame.f_locals["number"]
