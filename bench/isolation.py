"""What a process of its own costs: `python -m bench.isolation HW`.

A right submission is graded in turn in two ways, with the same checks, wire and outcomes:

    one process   every request is answered where the checks run, nothing is forked or confined
    isolated      `grader grade`'s way: a forked guest with every layer for each exercise

Everything is imported before. CPU seconds of all processes on one core; medians of one run.
`bench.grading` compares with other graders, and with checks that are plain calls, for hw1.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.processes import descendants
from demo.build import solved
from grader.authoring.release import in_memory
from grader.boundary import wire
from grader.boundary.channel import Exit, RawReply
from grader.boundary.clock import Deadline, Usage
from grader.boundary.guest.launcher import preload
from grader.boundary.guest.layers import Layers
from grader.boundary.guest.server import Server
from grader.boundary.launchers import Launcher, launcher_for
from grader.boundary.submitted import Rules
from grader.checking.plugin import Checks, run_session
from grader.course.assignment import Assignment, Limits
from grader.course.folder import Course
from grader.grading.submission import grade

ROOT = Path(__file__).parent.parent
ROUNDS = 3


class _Here:
    """A launcher and its channel in one: requests are answered in this very process."""

    reusable = False

    def __init__(self, package: str) -> None:
        self.package = package

    def open(self, _: Limits, __: Rules) -> Any:
        for name in [n for n in sys.modules if n.partition(".")[0] == self.package]:
            del sys.modules[name]
        self._server, self._number = Server(Layers()), 0
        return self

    def ask(self, question: bytes, _: Deadline, begin: tuple[int | str, ...] = ()) -> RawReply:
        self._number += 1
        asked = wire.parts(wire.put_in_front(question, (self._number, *begin)))
        _, verb, *arguments = wire.decode(*asked, self._server.resolve)
        if verb == "load":  # nothing is searched for here, and nothing armed: it would stay so
            arguments[2:4] = [{}, []]
        reply = self._server.answer(verb, arguments)
        return RawReply(self._number, *wire.parts(self._server.encode(self._number, reply, [])))

    def usage(self) -> Usage:
        return Usage(cpu=time.process_time())

    def take_output(self) -> str:
        return ""

    def end(self, *, hung_up: bool = False) -> Exit:  # noqa: ARG002 - a channel
        return Exit(0, 0, 0.0, 0)

    def close(self) -> None:
        pass


def cpu_of_all() -> float:
    """CPU seconds of this process, of its launcher, and of the launcher's guests that ended."""
    return time.process_time() + sum(map(_cpu, descendants(os.getpid())))


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")  # own, and waited for


def compare(assignment: Assignment, files: dict[str, bytes], checks: Checks) -> None:
    """Print one row."""
    preload(list(assignment.preload))
    ways: dict[str, Launcher] = {
        "here": _Here(assignment.package),
        "isolated": launcher_for(assignment.preload),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(ROUNDS + 1):  # the first warms up
        for name, launcher in ways.items():
            before = cpu_of_all()
            submission = in_memory("right", files)
            record = grade(assignment, submission, checks, launcher, assignment.exercises)
            if record.points != assignment.possible:
                raise SystemExit(f"{assignment.id}, {name}: {record.points} points")
            if number:
                times[name].append(cpu_of_all() - before)
    for launcher in ways.values():
        launcher.close()
    here, isolated = (statistics.median(found) for found in times.values())
    print(
        f"{assignment.id}: {here:.2f} CPU s a submission in one process, {isolated:.2f} isolated,"
        f" ratio {isolated / here:.2f}"
    )


def row(compare: Callable[[Assignment, dict[str, bytes], Checks], None]) -> None:
    """The row of the homework that the command line names, on one core."""
    os.environ["OMP_NUM_THREADS"] = "1"
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    assignment = Course.find(ROOT).load(sys.argv[1])
    files = solved(assignment)
    run_session(assignment.check_files(), lambda checks: compare(assignment, files, checks))


if __name__ == "__main__":
    row(compare)
