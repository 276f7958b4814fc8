"""The GPUs of this machine, and seats on them: who has one may start a student process there.

Grading processes that share a machine do not know of one another: a seat is a claim. Nothing here
asks CUDA: what counts is which files of the driver can be opened.
"""

from __future__ import annotations

import os
import re
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grader.boundary.claims import claimed
from grader.boundary.guest import nvidia

_LOOK = 0.05  # seconds between two looks for a free seat


@dataclass(frozen=True)
class Gpus:
    """Devices by the names of their files, and what part of one a student process may have."""

    devices: tuple[str, ...] = ()
    share: float = 1.0

    @property
    def seats(self) -> int:
        """How many student processes may be on one device at once."""
        return int(1 / self.share)

    def take(self, before: str, waits: Callable[[], None]) -> Seat:
        """A seat, on the device that this process was on `before` if it can be.

        `waits` is called again and again while there is none.
        """
        devices = sorted(self.devices, key=lambda device: device != before)
        while True:
            for number in range(self.seats):
                for device in devices:
                    if (claim := claimed(f"gpu-{device}-{number}")) is not None:
                        return Seat(device, claim)
            waits()
            time.sleep(_LOOK)


NO_GPUS = Gpus()


@dataclass(frozen=True)
class Seat:
    """A claim on a part of a device, as long as its socket is open."""

    device: str
    claim: socket.socket

    def leave(self) -> None:
        """Give it back."""
        self.claim.close()


def found(dev: Path | None = None) -> tuple[str, ...]:
    """The devices in `dev` (/dev) that this process may use, in the order of their numbers.

    A file that cannot be opened is another job's (Slurm keeps it closed by a control group). In
    CUDA_VISIBLE_DEVICES numbers count those that are left; of anything else there, as a device's
    UUID, nobody here knows which file it is, and then there is none.
    """
    dev = dev or Path(nvidia.DEV)
    if sys.platform != "linux" or not all(_opens(dev / name) for name in nvidia.DRIVER):
        return ()
    names = [path.name for path in dev.glob("nvidia*") if re.fullmatch(r"nvidia\d+", path.name)]
    names.sort(key=lambda name: int(name.removeprefix("nvidia")))
    usable = [name for name in names if _opens(dev / name)]
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is None:
        return tuple(usable)
    numbers = {int(word) for word in visible.split(",") if word.strip().isdecimal()}
    return tuple(name for number, name in enumerate(usable) if number in numbers)


def _opens(path: Path) -> bool:
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CLOEXEC))
    except OSError:
        return False
    return True
