"""What processes that do not know of one another share out: a claim is one process's at a time."""

from __future__ import annotations

import socket


def claimed(name: str) -> socket.socket | None:
    """A claim that lasts as long as its socket is open; None where somebody has it.

    The kernel gives a name to one process and takes it back when that ends, however it ends.
    """
    claim = socket.socket(socket.AF_UNIX)
    try:
        claim.bind(f"\0grader-{name}")
    except OSError:  # somebody's; our own, too
        claim.close()
        return None
    return claim
