"""The launcher: imports the heavy libraries once, then forks a template for each set of rules.

Started by exec (`python -s -P -B -m grader.boundary.guest.launcher FD DEVICE PRELOAD...`), or
forked by a process that was, before anybody told that anything (`grader.boundary.twins`): so it
never held a secret. DEVICE is the GPU that its guests may use, "" for none; it does not touch it
itself, as a context of CUDA does not survive a fork. Each message on its control socket is what an
exercise forbids, with the control socket of a new template. That arms the rules, proves that what
they forbid refuses, answers `{}`, and forks one guest after another, which cost no arming:

    {"open": {...limits}} + two descriptors  ->  {}, from the guest: the kernel names the sender
    {"end": grace in seconds}                ->  {"status": n, "cpu": s}

Both must stay single-threaded: a fork after a threaded operation hangs in the child. A template is
the subreaper of all its descendants, so what a guest left behind comes to it, and dies there.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from grader.boundary.guest import (
    cuda,
    forks,
    generators,
    identity,
    interpreter,
    kernel,
    namespaces,
    nvidia,
    refusal,
    seccomp,
    server,
)
from grader.boundary.guest.layers import Confinement, Layers, empty_environment, readable
from grader.boundary.guest.uses import Use

MAX_MESSAGE = 1 << 17  # bytes


def main() -> None:
    """The launcher, in a process of its own."""
    control = socket.socket(fileno=int(sys.argv[1]))
    serve(control, os.environ["TMPDIR"], sys.argv[2], sys.argv[3:])


def serve(control: socket.socket, folder: str, device: str, names: Sequence[str]) -> None:
    """Warm up, say so, make templates until the trusted side hangs up.

    `folder` is where guests have theirs, if they do not have a world with one.
    """
    world = _World(device, folder)
    kernel.keep_out_tracers()  # only now: who has no rights may not name its users after this
    with world.folder_for_libraries():
        preload(names)
    interpreter.open_streams()
    world.prepare()
    _share_memory()
    control.send(b"{}")
    while True:
        data, fds, _, _ = socket.recv_fds(control, MAX_MESSAGE, 1)
        if not data:
            break
        with socket.socket(fileno=fds[0]) as theirs:
            if not os.fork():
                control.close()
                forks.live(partial(_template, world, theirs, json.loads(data)))
    # its templates end as well: in a world of its own, the kernel forgets what a process has used
    # that ends after the first one
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()


def _share_memory() -> None:
    """Guests' collectors leave the objects of now, and so the shared pages, alone."""
    interpreter.flush_streams()  # or each guest would print what lies there
    gc.collect()
    gc.freeze()  # which also takes them out of what gc.get_objects finds


def _template(world: _World, control: socket.socket, rules: dict[str, Any]) -> None:
    """Arm, then fork guests until the trusted side hangs up."""
    if "tree_kill" in world.layers.in_force:
        _watch_over_the_tree()
    try:
        take_uses = refusal.arm(rules)
        refusal.prove(rules)
    except Exception as error:
        control.send(json.dumps({"broken": str(error)}).encode())
        return
    take_uses()  # those of the proof
    _share_memory()
    control.send(b"{}")
    guest: _Guest | None = None
    while True:
        data, fds, _, _ = socket.recv_fds(control, MAX_MESSAGE, 2)
        if not data:
            break
        message = json.loads(data)
        if "open" in message:
            if guest:  # one at a time
                guest.end(grace=0)
            guest = _open(world, control, take_uses, fds, message["open"])
        else:
            reply = guest.end(message["end"]) if guest else {}
            guest = None
            control.send(json.dumps(reply).encode())
    if guest:
        guest.end(grace=0)


def preload(names: Sequence[str]) -> None:
    """Import the libraries and let each do the work it puts off until its first use."""
    for name in names:
        importlib.import_module(name)
    if "torch" in names:
        import torch

        torch.set_num_threads(1)
        torch.manual_seed(0)
        (torch.ones(2, 2) @ torch.ones(2, 2)).sum().item()
    generators.seed(0)  # imports numpy.random, which costs 10 ms


class _World:
    """What the launcher puts around all its guests."""

    def __init__(self, device: str, folder: str) -> None:
        self.layers = Layers()
        self.device = device
        self.user: int | None = None
        self._folder = folder
        number = os.getpid()  # a namespace calls it 1
        self.layers.attempt("tree_kill", _watch_over_the_tree)
        there = [*readable(), *nvidia.files(device)]
        self.layers.attempt("namespaces", partial(namespaces.enter, there))
        self._private = "namespaces" in self.layers.in_force
        try:
            self.user = identity.guest_user(number, readable())
        except OSError as error:
            self.layers.missing["own_user"] = error.strerror or str(error)

    @contextlib.contextmanager
    def folder_for_libraries(self) -> Iterator[None]:
        """Some libraries (torch._dynamo, behind every optimiser) want one as they are imported."""
        tempfile.tempdir = scratch = self.scratch(16)
        try:
            yield
        finally:
            tempfile.tempdir = None
            self.forget(scratch)

    def prepare(self) -> None:
        """What guests inherit: their environment, and the filter that each would compile."""
        self.layers.attempt("empty_environment", empty_environment)
        with contextlib.suppress(OSError):  # each guest says so
            seccomp.code_for(0, nvidia.requests(self.device))

    def scratch(self, megabytes: int) -> str:
        """A new empty folder for one guest."""
        owner = os.geteuid() if self.user is None else self.user
        if self._private:
            namespaces.mount_scratch(megabytes, owner)
            return namespaces.SCRATCH
        folder = tempfile.mkdtemp(prefix="guest-", dir=self._folder)
        os.chown(folder, owner, -1)
        return folder

    def forget(self, scratch: str) -> None:
        """Remove the folder."""
        if self._private:
            namespaces.unmount_scratch()
        else:
            # another process: what a student nested 10,000 deep must not end this one
            for command in (["chmod", "-R", "u+rwX"], ["rm", "-rf"]):
                subprocess.run([*command, "--", scratch], check=False, stderr=subprocess.DEVNULL)


def _watch_over_the_tree() -> None:
    """Die with the grading process; be the parent of every orphan below."""
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)


def _open(
    world: _World,
    control: socket.socket,
    take_uses: Callable[[], list[Use]],
    fds: list[int],
    limits: dict[str, Any],
) -> _Guest:
    scratch = world.scratch(limits["scratch_mb"])
    pid = os.fork()
    if not pid:
        forks.live(partial(_guest, world, control, take_uses, fds, {**limits, "scratch": scratch}))
    for fd in fds:
        os.close(fd)
    return _Guest(pid, world, scratch)


def _guest(
    world: _World,
    control: socket.socket,
    take_uses: Callable[[], list[Use]],
    fds: list[int],
    limits: dict[str, Any],
) -> None:
    control.send(b"{}")
    control.close()
    connection, output = (socket.socket(fileno=fd) for fd in fds)
    interpreter.redirect(output)
    interpreter.look_ordinary()
    output.close()
    forks.close_all_but({0, 1, 2, connection.fileno()})
    confinement = Confinement(**limits, user=world.user, device=world.device)
    world.layers.put_on(confinement)
    server.serve(connection, world.layers, take_uses, cuda.take(confinement, world.layers))


class _Guest:
    def __init__(self, pid: int, world: _World, scratch: str) -> None:
        self.pid = pid
        self._world, self._scratch = world, scratch

    def end(self, grace: float) -> dict[str, Any]:
        """Kill the guest and every descendant, remove its folder, tell how it ended.

        A guest that is ending by itself has `grace` seconds, so that its own status is seen. A
        guest that we had to kill has no meaningful status: 0.
        """
        told = True
        if grace:
            told = not forks.ends_within(self.pid, grace)
        # not reaped yet, so the number cannot have passed to another process
        _, status, usage = _kill_and_wait(self.pid)
        while orphans := _children():
            for orphan in orphans:
                _kill_and_wait(orphan)
        self._world.forget(self._scratch)
        return {
            "status": 0 if told else status,
            "cpu": usage.ru_utime + usage.ru_stime,
        }


def _kill_and_wait(pid: int) -> tuple[int, int, resource.struct_rusage]:
    ended, status, usage = os.wait4(pid, os.WNOHANG)
    if ended:
        return ended, status, usage
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(pid, signal.SIGKILL)
    return os.wait4(pid, 0)


def _children() -> list[int]:
    """Processes whose parent is this one: orphans of a guest are handed to the subreaper."""
    with open("/proc/thread-self/children", encoding="ascii") as file:
        return [int(pid) for pid in file.read().split()]


if __name__ == "__main__":
    main()
