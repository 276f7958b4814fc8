"""The Linux kernel's calls that Python does not offer, by their own names.

Each raises `OSError` with the kernel's reason. Everything here works on x86-64 and aarch64.
"""

from __future__ import annotations

import ctypes
import os
import platform

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38

MACHINE = {"arm64": "aarch64", "AMD64": "x86_64"}.get(platform.machine(), platform.machine())

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def syscall(number: int, *arguments: bytes | int | None) -> int:
    """Any system call by its number."""
    # every argument as a long: an int would be passed in half a register
    words = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return _checked(int(_libc.syscall(ctypes.c_long(number), *words)))


def prctl(option: int, *arguments: int | bytes) -> int:
    """A process's own settings (man 2 prctl)."""
    words = [ctypes.c_ulong(a) if isinstance(a, int) else a for a in (*arguments, 0, 0, 0, 0)[:4]]
    return _checked(int(_libc.prctl(option, *words)))


def keep_out_tracers() -> None:
    """Let no process of the same user trace this one, or read or write its memory (man 5 proc).

    It holds for forked children, and ends with an exec.
    """
    prctl(PR_SET_DUMPABLE, 0)


def unshare(flags: int) -> None:
    """Leave the namespaces named by `flags` (man 2 unshare)."""
    _checked(_libc.unshare(flags))


def mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    """Attach a file system (man 2 mount)."""
    texts = [os.fsencode(text) for text in (source, target, kind)]
    _checked(_libc.mount(*texts, ctypes.c_ulong(flags), os.fsencode(data)))


def umount(target: str, flags: int) -> None:
    """Detach it (man 2 umount2)."""
    _checked(_libc.umount2(os.fsencode(target), flags))


def capset(header: bytes, data: bytes) -> None:
    """Set the capabilities of this thread (man 2 capset)."""
    _checked(_libc.capset(header, data))


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
