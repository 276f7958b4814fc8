"""Who a guest is: a user that owns nothing, with no capability (capabilities(7))."""

from __future__ import annotations

import os
import stat
import struct
from pathlib import Path

from grader.boundary.guest import kernel

# Above the users of people and of services, below those of containers; one for each launcher, so
# that guests of two launchers cannot signal each other and do not share a limit of threads.
FIRST_USER, USERS = 61000, 4000
CAPABILITY_VERSION_3 = 0x20080522


def guest_user(launcher: int, readable: list[str]) -> int:
    """The user that guests of the launcher with this process number become. Needs root.

    Raises `OSError` where that user could not read the interpreter, or does not exist: who is
    root by a user namespace (rootless containers, `unshare -r`) may be the only user in it.
    """
    if os.geteuid():
        raise PermissionError(1, "not started as root")
    for path in readable:
        _refuse_unreadable(Path(path))
    user = FIRST_USER + launcher % USERS
    _refuse_unmapped(user)
    return user


def become(user: int) -> None:
    """Give up root for good."""
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


def drop_capabilities() -> None:
    """No capability now; no_new_privs keeps an exec from giving one back."""
    kernel.capset(struct.pack("Ii", CAPABILITY_VERSION_3, 0), bytes(24))


def _refuse_unreadable(path: Path) -> None:
    for folder in (path, *path.parents):
        mode = folder.stat().st_mode if folder.exists() else stat.S_IXOTH
        if stat.S_ISDIR(mode) and not mode & stat.S_IXOTH:
            raise PermissionError(13, f"another user cannot read {folder}")


def _refuse_unmapped(user: int) -> None:
    with open("/proc/self/uid_map", encoding="ascii") as ranges:
        for line in ranges:
            first, _, count = map(int, line.split())
            if first <= user < first + count:
                return
    raise OSError(22, f"this user namespace has no user {user}")
