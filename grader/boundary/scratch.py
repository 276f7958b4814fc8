"""Where a launcher's guests have their folders: removed at the end, or by the next one.

A launcher that is killed cannot tidy up. Its folder is locked as long as the trusted process
lives, however that ends, so whoever comes next can tell what was left behind from what is in use.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

_PREFIX = "grader-guests-"


class Scratch:
    """A folder that exists, and is locked, until `remove`."""

    def __init__(self) -> None:
        remove_abandoned()
        while True:
            self.folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
            lock = _locked(self.folder)
            if lock is not None:
                break  # otherwise another process took it for abandoned before we had the lock
        self._lock: int | None = lock
        self.folder.chmod(0o711)  # a guest may be another user: it passes, and lists nothing

    def remove(self) -> None:
        """Remove it and whatever guests left in it."""
        if self._lock is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
            os.close(self._lock)
            self._lock = None


def remove_abandoned() -> None:
    """Remove the folders of this user whose owner is gone."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        lock = _locked(folder)
        if lock is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)


def _locked(folder: Path) -> int | None:
    """A descriptor that holds the lock; None for a folder that is in use, gone or not ours."""
    import fcntl

    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            ours = os.fstat(handle).st_uid == os.getuid()
            if ours and os.path.samestat(os.fstat(handle), folder.stat()):
                return handle
        os.close(handle)
    return None
