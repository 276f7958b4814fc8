"""Landlock: an allow-list of files that the kernel enforces on this process and its children.

See landlock(7) and the kernel's Documentation/userspace-api/landlock.rst. Three system calls, with
the same numbers on x86-64 and aarch64. What the running kernel knows is asked first (its ABI
version); rights it does not know yet are left out.

What Landlock does not cover: stat, chdir, chmod, utime and the like on files that cannot be
opened; files that are already open.
"""

from __future__ import annotations

import contextlib
import os
import struct
from pathlib import Path

from grader.boundary.guest import kernel

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # landlock_create_ruleset(2), ...
CREATE_RULESET_VERSION = 1
RULE_PATH_BENEATH = 1

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
READ = EXECUTE | READ_FILE | READ_DIR
READ_ONE = EXECUTE | READ_FILE  # for a path that is a file: the kernel refuses READ_DIR there
# remove, make of every kind (bits 4 to 12), all since version 1
_FS_V1 = (1 << 13) - 1
_SPECIAL = 1 << 6 | 1 << 9 | 1 << 10 | 1 << 11  # devices, sockets and pipes: made by nobody
_FS_REFER, _FS_TRUNCATE, _FS_IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15  # versions 2, 3, 5
_FILE = READ_ONE | WRITE_FILE | _FS_TRUNCATE  # all that the kernel takes for what is no folder
_DEVICE = READ_FILE | WRITE_FILE | _FS_IOCTL_DEV
_NET = 0b11  # version 4: bind and connect of TCP
_SCOPES = 0b11  # version 6: abstract unix sockets, signals


def version() -> int:
    """The kernel's Landlock ABI; 0 when there is none."""
    try:
        return kernel.syscall(CREATE_RULESET, None, 0, CREATE_RULESET_VERSION)
    except OSError:
        return 0


def restrict(readable: list[str], writable: list[str], devices: list[str]) -> None:
    """Allow reading below `readable`, files and folders below `writable`, and use of `devices`.

    Also: no TCP, and from version 6 on no signal to any process outside. A path that is not there
    is left out. Raises `OSError` when the kernel has no Landlock or does not want to.
    """
    abi = kernel.syscall(CREATE_RULESET, None, 0, CREATE_RULESET_VERSION)
    handled = _file_rights(abi)
    attributes = struct.pack("QQQ", handled, _NET if abi >= 4 else 0, _SCOPES if abi >= 6 else 0)
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    ruleset = kernel.syscall(CREATE_RULESET, attributes, size, 0)
    try:
        for paths, rights in ((readable, READ), (writable, handled & ~_SPECIAL)):
            for path in paths:
                _allow(ruleset, path, rights)
        for path in devices:
            _allow(ruleset, path, handled & _DEVICE, _DEVICE)
        kernel.syscall(RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _file_rights(abi: int) -> int:
    rights = _FS_V1
    for since, right in ((2, _FS_REFER), (3, _FS_TRUNCATE), (5, _FS_IOCTL_DEV)):
        rights |= right if abi >= since else 0
    return rights


def _allow(ruleset: int, path: str, rights: int, of_a_file: int = _FILE) -> None:
    with contextlib.suppress(OSError):
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
        if not Path(path).is_dir():
            rights &= of_a_file
        rule = struct.pack("=Qi", rights, handle)
        try:
            kernel.syscall(ADD_RULE, ruleset, RULE_PATH_BENEATH, rule, 0)
        finally:
            os.close(handle)
