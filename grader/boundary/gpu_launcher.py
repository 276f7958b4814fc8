"""The launcher of a grading process that may use GPUs: one without, and one for each device.

A context of CUDA does not survive a fork, so no launcher has one; a guest opens its own. Each
device has a launcher, because the world around its guests (`guest.namespaces`) holds its files.
"""

from __future__ import annotations

from collections.abc import Callable

from grader.boundary.channel import Channel
from grader.boundary.devices import Gpus, Seat
from grader.boundary.launchers import ForkLauncher, Launcher, launcher_for
from grader.boundary.submitted import Rules
from grader.course.assignment import Limits


class GpuLauncher:
    """Opens guests on a GPU while it has a seat there, and on the CPU otherwise.

    Where there are no devices, all are on the CPU. `waits` is called again and again while all
    seats are taken. `cpu` opens those on the CPU; a new launcher if there is none yet.
    """

    def __init__(
        self,
        preload: tuple[str, ...],
        gpus: Gpus,
        waits: Callable[[], None],
        cpu: Launcher | None = None,
    ) -> None:
        self._preload, self._gpus, self._waits = preload, gpus, waits
        self._none = cpu or launcher_for(preload)
        self._on: dict[str, ForkLauncher] = {}
        self._seat: Seat | None = None
        self._device = ""  # of the last seat
        self.reusable = self._none.reusable

    def use_gpu(self, *, wanted: bool) -> None:
        """Take a seat, or give it back. No guest is open meanwhile."""
        wanted = wanted and bool(self._gpus.devices)
        if wanted == (self._seat is not None):
            return
        if self._seat is not None:
            self._seat.leave()
            self._seat = None
            return
        self._seat = self._gpus.take(self._device, self._waits)
        self._device = self._seat.device
        if self._device not in self._on:
            self._on[self._device] = ForkLauncher(
                self._preload, device=self._device, gpu_share=self._gpus.share
            )

    def open(self, limits: Limits, rules: Rules) -> Channel:
        """Fork a guest where this process has a seat."""
        launcher: Launcher = self._none if self._seat is None else self._on[self._seat.device]
        return launcher.open(limits, rules)

    def close(self) -> None:
        """End everything."""
        for launcher in (self._none, *self._on.values()):
            launcher.close()
        if self._seat is not None:
            self._seat.leave()
