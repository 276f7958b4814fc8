"""Launchers, from the trusted side: they start guests, end them, and tell how they ended.

with ForkLauncher(["numpy", "torch"]) as launcher:
    channel = launcher.open(limits)
    reply = channel.exchange(request, deadline, handle)
    how_it_ended = channel.end()
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import signal
import site
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from typing import Any, Protocol

from grader.boundary.channel import Channel, Exit
from grader.boundary.clock import Usage
from grader.boundary.scratch import Scratch
from grader.course.assignment import Limits
from grader.errors import PlatformError

START_SECONDS = 120.0


class Launcher(Protocol):
    """Opens channels. `reusable`: one channel may serve several exercises."""

    reusable: bool

    def open(self, limits: Limits) -> Channel:
        """A guest of its own, with nothing imported."""

    def close(self) -> None:
        """End everything."""


class ForkLauncher:
    """Linux: a warm interpreter that forks a guest with all its layers in milliseconds."""

    reusable = False
    module = "grader.boundary.guest.launcher"

    def __init__(self, preload: tuple[str, ...]) -> None:
        try:
            self._scratch = Scratch()
        except OSError as error:
            folder = tempfile.gettempdir()
            raise PlatformError("error.cannot_write", file=folder, reason=error.strerror) from None
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control = ours
        self._ready = False
        self._process = subprocess.Popen(
            [*_interpreter(), "-m", self.module, str(theirs.fileno()), *preload],
            pass_fds=[theirs.fileno()],
            env={**_environment(), "TMPDIR": str(self._scratch.folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        theirs.close()

    def open(self, limits: Limits) -> Channel:
        """Fork a guest. Raises `PlatformError` when the launcher is gone."""
        self._wait_until_ready()
        connection, their_connection = socket.socketpair()
        output, their_output = socket.socketpair()
        wish = {
            "memory_mb": limits.memory_mb,
            "cpu_seconds": int(limits.submission_seconds) + 2,
            "threads": limits.threads,
            "scratch_mb": limits.scratch_mb,
        }
        fds = [their_connection.fileno(), their_output.fileno()]
        try:
            with their_connection, their_output:
                self._ask({"open": wish}, fds)
        except PlatformError:
            connection.close()
            output.close()
            raise
        return Channel(
            connection, output, limits.output_kb << 10, self._end_guest, self._usage_of_guest
        )

    def close(self) -> None:
        """End the launcher, and with it whatever it still holds."""
        self._control.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stderr:
            self._process.stderr.close()
        self._scratch.remove()

    def _end_guest(self, grace: float) -> Exit:
        answer = self._ask({"end": grace})
        status = int(answer["status"])
        return Exit(
            code=os.WEXITSTATUS(status) if os.WIFEXITED(status) else 0,
            signal=os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
            cpu_seconds=float(answer["cpu"]),
            memory_kb=int(answer["memory_kb"]),
        )

    def _usage_of_guest(self) -> Usage:
        return Usage(**self._ask({"usage": True}))

    def _wait_until_ready(self) -> None:
        if not self._ready:
            self._answer()
            self._ready = True

    def _ask(self, message: dict[str, Any], fds: Sequence[int] = ()) -> dict[str, Any]:
        """Send, and take the answer. The deadline of a check (SIGPROF) waits until it is here.

        An answer that nobody has taken would be taken for that to the next question.
        """
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGPROF})
        try:
            socket.send_fds(self._control, [json.dumps(message).encode()], fds)
            return self._answer()
        except OSError:
            raise self._gone() from None
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)

    def _answer(self) -> dict[str, Any]:
        self._control.settimeout(START_SECONDS)
        try:
            data = self._control.recv(65536)
        except OSError:
            data = b""
        if not data:
            raise self._gone()
        return dict(json.loads(data))

    def _gone(self) -> PlatformError:
        self._process.kill()
        self._process.wait()
        errors = b""
        if self._process.stderr and not self._process.stderr.closed:
            errors = self._process.stderr.read()
            self._process.stderr.close()
        if b"No module named 'grader'" in errors:  # ours is on PYTHONPATH
            return PlatformError("error.not_found_by_launcher")
        last = errors.decode("utf-8", "replace").strip().splitlines()[-1:] or ["-"]
        return PlatformError("error.launcher_gone", reason=last[0])


class SpawnLauncher:
    """Any system: a new interpreter a channel, which may serve several exercises."""

    reusable = True

    def open(self, limits: Limits) -> Channel:
        """Start an interpreter and hand it its two sockets."""
        connection, their_connection = socket.socketpair()
        output, their_output = socket.socketpair()
        theirs = [their_connection, their_output]
        process = subprocess.Popen(
            [*_interpreter(), "-m", "grader.boundary.guest.standalone"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            pass_fds=() if sys.platform == "win32" else [s.fileno() for s in theirs],
        )
        words = [_handover(s, process.pid) for s in theirs]
        if process.stdin:
            process.stdin.write((" ".join(words) + "\n").encode())
            process.stdin.flush()
        for their_socket in theirs:
            their_socket.close()

        started = time.monotonic()

        def usage() -> Usage:
            # no system tells it in the same way: here the wall clock is the measure
            return Usage(cpu=time.monotonic() - started)

        def end(grace: float) -> Exit:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=grace)
            process.kill()
            code = process.wait()
            if process.stdin:
                process.stdin.close()
            return Exit(max(code, 0), max(-code, 0), usage().cpu, 0)

        return Channel(connection, output, limits.output_kb << 10, end, usage)

    def close(self) -> None:
        """Nothing outlives its channel."""


def launcher_for(preload: tuple[str, ...]) -> Launcher:
    """The best launcher that this system has."""
    return ForkLauncher(preload) if sys.platform == "linux" else SpawnLauncher()


def _handover(their_socket: socket.socket, pid: int) -> str:
    if sys.platform == "win32":
        return base64.b64encode(their_socket.share(pid)).decode()
    return str(their_socket.fileno())


def _interpreter() -> list[str]:
    """A clean interpreter that finds what was installed, and nothing else.

    No folder that somebody stands in, no PYTHONPATH. The user's own libraries count where they
    count for us: after `pip install --user` the grader itself is one of them.
    """
    return [sys.executable, *([] if site.ENABLE_USER_SITE else ["-s"]), "-P", "-B"]


def _environment() -> dict[str, str]:
    """Nothing of ours but what an interpreter needs to start, and one thread."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    if site.ENABLE_USER_SITE:  # found by HOME or APPDATA otherwise
        kept["PYTHONUSERBASE"] = site.getuserbase()
    return {
        **kept,
        "LANG": "C.UTF-8",
        # huge pages where the kernel allows them on request: a fork copies fewer page tables,
        # which makes it a third quicker (4.2 ms to 2.9, and the same again at its end)
        "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
        "PYTHONHASHSEED": "0",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "CUDA_VISIBLE_DEVICES": "",
    }
