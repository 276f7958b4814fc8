"""What a process of its own costs: `python -m bench.isolation HW`.

The reference and all its variants, which are right packages of other hands, are graded in two ways
with the same checks, wire and outcomes:

    one process   every request is answered where the checks run, nothing is forked or confined
    isolated      `grader grade`'s way: a forked guest with every layer for each exercise, and what
                  an earlier package has answered is known

Everything is imported before. CPU seconds of all processes on one core; medians of one run.
`bench.grading` compares with other graders, and with checks that are plain calls, for hw1.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from bench.figures import Figure, run
from bench.processes import descendants
from grader.authoring.candidates import candidates
from grader.boundary import wire
from grader.boundary.channel import Exit, RawReply
from grader.boundary.clock import Deadline, Usage
from grader.boundary.guest.cuda import CPU
from grader.boundary.guest.launcher import preload
from grader.boundary.guest.layers import Layers
from grader.boundary.guest.server import Server
from grader.boundary.launchers import Launcher, launcher_for
from grader.boundary.submitted import Rules
from grader.checking.plugin import Checks, run_session
from grader.checking.transcripts import Transcripts
from grader.course.assignment import Assignment, Limits
from grader.course.folder import Course
from grader.grading.grading import Grading
from grader.grading.submission import grade
from grader.intake.read import Submission

ROOT = Path(__file__).parent.parent


class _Here:
    """A launcher and its channel in one: requests are answered in this very process."""

    reusable = False

    def __init__(self, package: str) -> None:
        self.package = package

    def use_gpu(self, *, wanted: bool) -> None:
        """It has no GPU."""

    def open(self, _: Limits, __: Rules) -> Any:
        for name in [n for n in sys.modules if n.partition(".")[0] == self.package]:
            del sys.modules[name]
        self._server, self._number = Server(Layers(), CPU), 0
        return self

    def ask(self, question: bytes, _: Deadline, begin: tuple[int | str, ...] = ()) -> RawReply:
        self._number += 1
        asked = wire.parts(wire.put_in_front(question, (self._number, *begin)))
        _, verb, *arguments = wire.decode(*asked, self._server.resolve)
        if verb == "survey":  # nothing is searched for here, and nothing armed: it would stay so
            arguments[2:4] = [{}, []]
        reply = self._server.answer(verb, arguments)
        return RawReply(self._number, *wire.parts(self._server.encode(self._number, reply, [])))

    def usage(self) -> Usage:
        return Usage(cpu=time.process_time())

    def take_output(self) -> str:
        return ""

    def end(self, *, hung_up: bool = False) -> Exit:  # noqa: ARG002 - a channel
        return Exit(0, 0, 0.0)

    def close(self) -> None:
        pass


def cpu_of_all() -> float:
    """CPU seconds of this process, of its launcher, and of the launcher's guests that ended."""
    return time.process_time() + sum(map(_cpu, descendants(os.getpid())))


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")  # own, and waited for


def right_packages(assignment: Assignment) -> dict[str, dict[str, bytes]]:
    """The reference and every variant of it: all earn full marks."""
    found = candidates(assignment, full=False)
    return {c.label: c.files for c in found if c.role.is_right}


def cost(
    assignment: Assignment, name: str, files: dict[str, bytes], checks: Checks, launcher: Launcher
) -> float:
    """CPU seconds for one of them."""
    before = cpu_of_all()
    submission = Submission.in_memory(name, files)
    record = grade(Grading(assignment, submission, checks, launcher), assignment.exercises)
    if record.points != assignment.possible:
        raise SystemExit(f"{assignment.id}, {name}: {record.points} points")
    return cpu_of_all() - before


def costs(
    assignment: Assignment, launcher: Launcher, transcripts: Transcripts | None
) -> list[float]:
    """Of each package in turn, after the reference has warmed everything up."""
    packages = right_packages(assignment)
    found: list[float] = []

    def body(checks: Checks) -> None:
        cost(assignment, "warm up", packages["reference"], checks, launcher)
        found.extend(cost(assignment, n, f, checks, launcher) for n, f in packages.items())

    run_session(assignment.check_files(), body, transcripts)
    launcher.close()
    return found


def figures(options: argparse.Namespace) -> list[Figure]:
    """Medians over the packages."""
    assignment = on_one_core(options.homework)
    preload(list(assignment.preload))
    bare = costs(assignment, _Here(assignment.package), None)
    ours = costs(assignment, launcher_for(assignment.preload), Transcripts())
    pairs = list(zip(ours, bare, strict=True))
    name = assignment.id
    return [
        Figure(f"{name}, one process, {len(pairs)} packages", statistics.median(bare), "s"),
        Figure(f"{name}, isolated", statistics.median(ours), "s"),
        Figure(f"{name}, above one process", statistics.median(o - b for o, b in pairs), "s"),
        Figure(
            f"{name}, isolated / one process",
            statistics.median(o / b for o, b in pairs),
            goal=1.15,
        ),
    ]


def on_one_core(name: str) -> Assignment:
    """The homework, to be graded by this process on one core with one thread."""
    os.environ["OMP_NUM_THREADS"] = "1"
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    return Course.find(ROOT).load(name)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("homework")
    run(figures, parser)
