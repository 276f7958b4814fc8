"""A folder that was handed in: no link is followed, nothing but a plain file is opened."""

from __future__ import annotations

import errno
import os
import stat
import unicodedata
from functools import partial
from pathlib import Path
from typing import IO

from grader.intake.entries import Entry, Inventory, Listing, Seen, tool_folder


def folder(root: Path) -> Listing:
    """Plain files below `root`. Raises `Unsafe`."""
    inventory = Inventory()
    pending = [""]
    while pending:
        below = pending.pop()
        try:
            with os.scandir(root / below) as items:
                found = (_look(inventory, below, item) for item in items)
                pending += [within for within in found if within]
        except OSError:  # not ours to read, or nested too deep
            inventory.pass_over(below)
    return inventory.listing()


def _look(inventory: Inventory, below: str, item: os.DirEntry[str]) -> str:
    """Take one item down; a folder that should be looked into comes back."""
    name = unicodedata.normalize("NFC", below + item.name)
    if item.is_file(follow_symlinks=False):
        if tool := tool_folder(name):
            inventory.pass_over(tool)
        else:
            inventory.count(name)
            inventory.add(Entry(name, partial(open_plain, item.path), seen=_seen(item)))
    elif not item.is_dir(follow_symlinks=False):
        inventory.pass_over(name)
    elif tool := tool_folder(f"{name}/any.py"):
        inventory.pass_over(tool)
    else:
        inventory.count()
        return f"{below}{item.name}/"
    return ""


def _seen(item: os.DirEntry[str]) -> Seen | None:
    try:
        return Seen.of(item.stat(follow_symlinks=False))
    except OSError:  # gone, or not ours to look at
        return None


def open_plain(path: str) -> IO[bytes]:
    """Open a file that may have become a link or fifo since it was listed. Raises `OSError`."""
    careful = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)  # not on Windows
    handle = os.open(path, os.O_RDONLY | careful)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "not a plain file")
    return os.fdopen(handle, "rb")
