"""The launcher's own world: namespaces(7) around it and every guest it forks.

In it there are no other processes, no network, no shared memory of others, and no files but the
interpreter's and a scratch folder of limited size. It is built once for a launcher, so that a
guest pays nothing for it.
"""

from __future__ import annotations

import contextlib
import os
import stat
import struct
from pathlib import Path

from grader.boundary.guest import kernel, numbers

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWCGROUP = 0x02000000  # or /proc/self/cgroup names the container, and the job in it
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND = 0x2, 0x4, 0x8, 0x1000
MS_REC, MS_PRIVATE = 0x4000, 0x40000
MNT_DETACH = 2
MOUNT_SETATTR = 442  # the same number on every machine
AT_FDCWD, AT_RECURSIVE = -100, 0x8000
ATTR_RDONLY, ATTR_NOSUID, ATTR_NODEV = 0x1, 0x2, 0x4

SCRATCH = "/scratch"
_STAGE = "/tmp"  # noqa: S108 - a mount point for the new root, which stays empty in the old one


def enter(readable: list[str]) -> None:
    """Move this process into namespaces of its own where only `readable` exists.

    Returns in a new process, number 1 of its world; the old one waits for it and ends as it ends.
    Raises `OSError`, and nothing has changed, where the machine does not allow it.
    """
    _rehearse(readable)
    _separate(readable)


def mount_scratch(megabytes: int, owner: int) -> None:
    """An empty folder for the next guest, of limited size and number of files."""
    options = f"size={megabytes}m,nr_inodes=4096,mode=700,uid={owner},gid={owner}"
    kernel.mount("scratch", SCRATCH, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, options)


def unmount_scratch() -> None:
    """Forget the folder with all that is in it."""
    kernel.umount(SCRATCH, MNT_DETACH)


def _rehearse(readable: list[str]) -> None:
    """Do everything in a child first: half a world could not be left again."""
    ours, theirs = os.pipe()
    child = os.fork()
    if not child:
        reason = b""
        try:
            os.close(ours)
            _separate(readable)
        except OSError as error:
            reason = struct.pack("i", error.errno or 0)
        finally:
            with contextlib.suppress(OSError):
                os.write(theirs, reason)
            os._exit(0 if not reason else 1)
    os.close(theirs)
    with os.fdopen(ours, "rb") as pipe:
        reason = pipe.read(4)
    _, status = os.waitpid(child, 0)
    if status:
        number = struct.unpack("i", reason)[0] if len(reason) == 4 else 0
        raise OSError(number, os.strerror(number))


def _separate(readable: list[str]) -> None:
    user, group = os.geteuid(), os.getegid()
    flags = (
        CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP
    )
    kernel.unshare(flags | (CLONE_NEWUSER if user else 0))
    if user:  # the same numbers inside as outside
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")
    child = os.fork()
    if child:
        _wait(child)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, 9)
    _new_root(readable)


def _wait(child: int) -> None:
    """The outer process: it holds nothing open but stderr and ends as its child ends."""
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    _, status = os.waitpid(child, 0)
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def _new_root(readable: list[str]) -> None:
    # opened before anything is mounted over them: an interpreter may live below /tmp
    sources = [(path, os.open(path, os.O_PATH)) for path in _outermost(readable)]
    os.umask(0o022)  # the folders above an interpreter are for every guest to pass
    kernel.mount("", "/", "", MS_REC | MS_PRIVATE)
    kernel.mount("root", _STAGE, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755,size=1m")
    for path, handle in sources:
        _bind(handle, path)
        os.close(handle)
    for folder in ("proc", SCRATCH.strip("/")):
        Path(_STAGE, folder).mkdir()
    kernel.mount("proc", f"{_STAGE}/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    os.chdir(_STAGE)
    # pivot_root(2), section "pivot_root(".", ".")": the old root ends up on top, and goes
    kernel.syscall(numbers.of("pivot_root", kernel.MACHINE) or 0, b".", b".")
    kernel.umount(".", MNT_DETACH)
    os.chdir("/")
    _set_attributes("/", ATTR_RDONLY, recursive=False)


def _outermost(paths: list[str]) -> list[str]:
    """Those that exist and lie below no other, each with the place it really is at."""
    real = {place for path in paths for place in (path, os.path.realpath(path))}
    there = sorted(path for path in real if Path(path).exists() and not path.startswith("/proc"))
    return [p for p in there if not any(p != q and p.startswith(q + "/") for q in there)]


def _bind(handle: int, path: str) -> None:
    target = Path(_STAGE + path)
    target.parent.mkdir(parents=True, exist_ok=True)
    if stat.S_ISDIR(os.fstat(handle).st_mode):
        target.mkdir()
    else:
        target.touch()
    kernel.mount(f"/proc/self/fd/{handle}", str(target), "", MS_BIND | MS_REC)
    device = ATTR_NODEV if not path.startswith("/dev/") else 0
    _set_attributes(str(target), ATTR_RDONLY | ATTR_NOSUID | device, recursive=True)


def _set_attributes(path: str, attributes: int, *, recursive: bool) -> None:
    """mount_setattr(2): adds to what is set, which a user namespace may not take away."""
    wish = struct.pack("QQQQ", attributes, 0, 0, 0)
    flags = AT_RECURSIVE if recursive else 0
    kernel.syscall(MOUNT_SETATTR, AT_FDCWD, os.fsencode(path), flags, wish, len(wish))
