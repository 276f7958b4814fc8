"""Memory that a fork copies by the page: gathered into pages of 2 MB, there are few to copy.

Each fork copies the page table of what its parent has written, and each exit takes it down: with
torch in it some 40,000 entries, which cost more than all else that a short guest does. A child
that writes still copies 4 kB only.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from grader.boundary.guest import kernel

HUGE = 2 << 20
MADV_COLLAPSE = 25  # madvise(2), since Linux 6.1


def gather() -> None:
    """Put what this process has written into huge pages, where the kernel can."""
    for start in _pieces():
        # a piece that is not all there, or shared with a parent, may be refused: it stays as it is
        with contextlib.suppress(OSError):
            kernel.madvise(start, HUGE, MADV_COLLAPSE)


def _pieces() -> Iterator[int]:
    """Addresses of all aligned pieces of private memory that no file is behind."""
    for line in Path("/proc/self/maps").read_text(encoding="utf-8").splitlines():
        addresses, permissions, _, _, inode, *_ = line.split()
        if permissions == "rw-p" and inode == "0":
            start, end = (int(address, 16) for address in addresses.split("-"))
            yield from range(-(-start // HUGE) * HUGE, end // HUGE * HUGE, HUGE)
